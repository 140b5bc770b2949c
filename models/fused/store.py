"""Object code on disk: a known program of a known model is ready in milliseconds.

An entry is a line of JSON (what a call must know), then the object code; its name is the hash
of all that it follows from: the model file, the columns, this package's code, the compiler and
the processor. Machine code is executed, not parsed, so it is trusted only as far as Python's
own files in the user's folder are: the folder is made for the user alone (0700), and an entry
counts only if user and folder say so (on Windows the user's profile is guarded by its access
list). The digest in an entry's first line finds damage; it is no defence against a writer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

from .. import cache

LIMIT = 200 << 20  # bytes of object code that are kept


def folder() -> Path:
    return cache.folder() / "code"


def _own(path: Path) -> bool:
    """Whether nobody but the user (or root) can have written this."""
    if os.name != "posix":
        return True
    found = path.lstat()
    private = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return private and not stat.S_ISLNK(found.st_mode) and found.st_uid == os.geteuid()


def fetch(key: str) -> tuple[dict[str, Any], bytes] | None:
    """The entry of this key, if it is there, whole and the user's own."""
    try:
        path = folder() / f"{key}.o"
        if not (_own(path.parent) and _own(path)):
            return None
        digest, head, body = path.read_bytes().split(b"\n", 2)
        if digest.decode() != hashlib.sha256(head + b"\n" + body).hexdigest():
            return None
        described = json.loads(head)
        with contextlib.suppress(OSError):
            os.utime(path)  # used now: pruned last
        return described, body
    except (OSError, ValueError, RuntimeError):
        return None


def keep(key: str, described: dict[str, Any], code: bytes) -> None:
    """Keep an entry, whole or not at all, and drop the oldest ones beyond the limit."""
    inside = json.dumps(described).encode() + b"\n" + code
    with contextlib.suppress(OSError, RuntimeError):
        place = folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _own(place):
            return
        handle, name = tempfile.mkstemp(dir=place, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(inside).hexdigest().encode() + b"\n" + inside)
            os.replace(name, place / f"{key}.o")
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _prune(place)


def _prune(place: Path) -> None:
    found = []
    for path in place.iterdir():
        with contextlib.suppress(OSError):
            entry = path.stat()
            found.append((entry.st_mtime, entry.st_size, path))
    size = sum(item[1] for item in found)
    for _, length, path in sorted(found):
        if size <= LIMIT:
            break
        with contextlib.suppress(OSError):
            path.unlink()
            size -= length
