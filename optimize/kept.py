"""Finished pieces of a long study, found again when an interrupted one is begun again.

A piece is a few arrays by name. What is computed from pieces that were kept is the same, to the
last bit, as from pieces just made: arrays are kept exactly, and a study never asks which of its
pieces are new. Where they are kept, and when they still fit, is the caller's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]  # numbers or texts


class Pieces(Protocol):
    """Where pieces are kept."""

    def get(self, name: str) -> Arrays | None:
        """The piece, if there is one."""

    def put(self, name: str, piece: Arrays) -> None:
        """Keep a piece; one of that name is replaced."""


class Nowhere:
    """Keeps nothing."""

    def get(self, name: str) -> None:
        """Nothing."""

    def put(self, name: str, piece: Arrays) -> None:
        """Nothing."""


NOWHERE = Nowhere()


def piece(pieces: Pieces, name: str, make: Callable[[], Arrays]) -> Arrays:
    """The piece that was kept, or one that is made, and kept, now."""
    found = pieces.get(name)
    if found is None:
        found = make()
        pieces.put(name, found)
    return found
