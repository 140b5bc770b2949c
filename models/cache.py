"""Lowered models on disk, so that a known file is ready without PySD (whose import alone
takes a second).

An entry is JSON, named by the hash of the file's bytes, PySD's version and the hash of this
package's own code. Whatever goes wrong with it (unreadable, unwritable, cut short,
from another time) means only that the model is read from its text again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import equations
from .equations import Equations


@cache
def code() -> str:
    """Hash of this package: what lowering yields may change with any of its modules."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def folder() -> Path:
    """Where entries are kept; ``XIEHENG_CACHE`` names another folder."""
    named = os.environ.get("XIEHENG_CACHE")
    if named:
        return Path(named)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "xieheng"


def _entry(sha256: str) -> Path:
    try:
        translator = version("pysd")
    except PackageNotFoundError:
        translator = "none"
    name = hashlib.sha256(f"{sha256} {translator} {code()}".encode()).hexdigest()
    return folder() / f"model-{name[:32]}.json"


def fetch(sha256: str) -> Equations | None:
    """The lowered model of a file with this hash, if it is kept."""
    try:
        text = _entry(sha256).read_text(encoding="utf-8")
        digest, _, body = text.partition("\n")
        if digest != hashlib.sha256(body.encode()).hexdigest():
            return None
        return equations.load(body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        return None


def keep(sha256: str, lowered: Equations) -> None:
    """Keep a lowered model; a reader sees a whole entry or none."""
    body = lowered.dump()
    text = f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}"
    with contextlib.suppress(OSError, RuntimeError):
        target = _entry(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            os.replace(name, target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
