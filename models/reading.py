"""Which reader a model file needs, and what a model's identity is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ModelError, Problem

if TYPE_CHECKING:
    from .source import Source
    from .vensim import Parsed


def read_model(path: Path) -> tuple[Source, Parsed]:
    """The text of a model file, and its definitions.

    Raises:
        ModelError: it is no model file, or has definitions that cannot be read.
    """
    from .source import read
    from .vensim import parse
    from .xmile import SUFFIXES, read_xmile

    kind = path.suffix.lower()
    if kind in SUFFIXES:
        return read_xmile(path)
    if kind != ".mdl":
        hint = "save the model from Vensim as text (.mdl), or as XMILE"
        reason = f"not a .mdl file, nor one of {' '.join(SUFFIXES)}"
        raise ModelError(Problem(reason, str(path), hint=hint))
    source = read(path)
    return source, parse(path, source)


def identity(text: str, files: Mapping[Any, str]) -> str:
    """SHA-256 of a model: its text's own, unless its numbers come from other files as well.

    ``files`` are those files (name -> SHA-256) in the order in which they are searched.
    """
    if not files:
        return text
    listed = [(Path(name).suffix.lower(), digest) for name, digest in files.items()]
    return hashlib.sha256(repr((text, listed)).encode()).hexdigest()
