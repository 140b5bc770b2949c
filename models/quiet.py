"""PySD and pandas warn on every use; inside :func:`quiet`, and only there, nobody listens."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out every warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
