"""Numbers and subscripts that a model takes from tables beside it.

GET XLS and GET DIRECT DATA, CONSTANTS, LOOKUPS and SUBSCRIPT are read by PySD's own classes, so
that cells, rows, columns, transposed blocks and named ranges mean what they mean there.
A model file is data from anywhere: it may name tables on disk only, by a path relative to
itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .quiet import quiet
from .refusal import Refusal
from .workbook_limits import too_large

T = TypeVar("T")
Points = tuple[tuple[float, ...], tuple[float, ...]]

_SHEETS = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".odf", ".odt")
_TEXTS = (".csv", ".tab", ".tsv", ".txt", ".dat")
_INDIRECT = re.compile(r"^30:(\?[^=\r\n]*)=([^\r\n]*)$", re.MULTILINE)
_CALL = re.compile(r"GET\s+(XLS|DIRECT)\s+(DATA|CONSTANTS|LOOKUPS|SUBSCRIPT)", re.IGNORECASE)


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes; "" if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def unchanged(files: Mapping[str, str], root: Path) -> bool:
    """Whether the tables of a model are those that were read once."""
    return all(digest(root / name) == known for name, known in files.items())


class Files:
    """The tables beside a model; ``digests`` tells which were read (name -> SHA-256).

    ``text`` is that of the model file, whose last lines tell what ``?name`` stands for.
    """

    def __init__(self, root: Path | None = None, text: str = "") -> None:
        self.root = root if root is not None else Path()
        self.digests: dict[str, str] = {}
        self._indirect = {name.strip(): file.strip() for name, file in _INDIRECT.findall(text)}

    def _named(self, file: Any) -> Any:
        """The file that ``?name`` stands for in the settings of a .mdl file."""
        return self._indirect.get(file.strip(), file) if isinstance(file, str) else file

    def constants(self, tree: Any, sizes: Sequence[int], text: str) -> NDArray[np.float64]:
        """The numbers of GET CONSTANTS, in C order over ranges of these sizes.

        Raises:
            Refusal: the file, the sheet or a cell is missing, or holds no number.
        """
        from pysd.py_backend.external import ExtConstant

        file = self._named(tree.file)

        def read() -> Any:
            coords = _coords(sizes)
            found = ExtConstant(file, tree.tab, tree.cell, coords, self.root, coords, "")
            found.initialize()
            return found.data

        name = _function(text, "CONSTANTS")
        data = self._guarded(read, name, file, tree.tab, tree.cell)
        values = np.asarray(data, dtype=np.float64).reshape(-1)
        if not np.all(np.isfinite(values)):
            raise _refusal("a cell holds no number", name, file, tree.tab, tree.cell)
        return values

    def series(self, tree: Any, sizes: Sequence[int], rule: str, text: str) -> list[Points]:
        """The points (times, values) of GET DATA for each element, in C order.

        Raises:
            Refusal: as for :meth:`constants`.
        """
        from pysd.py_backend.external import ExtData

        file, row = self._named(tree.file), tree.time_row_or_col

        def read() -> Any:
            coords = _coords(sizes)
            found = ExtData(file, tree.tab, row, tree.cell, rule, coords, self.root, coords, "")
            found.initialize()
            return found.data

        name = _function(text, "DATA")
        return self._points(read, name, file, tree.tab, row, tree.cell)

    def lookups(self, tree: Any, sizes: Sequence[int], text: str) -> list[Points]:
        """The points of GET LOOKUPS for each element, in C order.

        Raises:
            Refusal: as for :meth:`constants`.
        """
        from pysd.py_backend.external import ExtLookup

        file, row = self._named(tree.file), tree.x_row_or_col

        def read() -> Any:
            coords = _coords(sizes)
            found = ExtLookup(file, tree.tab, row, tree.cell, coords, self.root, coords, "")
            found.initialize()
            return found.data

        name = _function(text, "LOOKUPS")
        return self._points(read, name, file, tree.tab, row, tree.cell)

    def subscript(self, listed: Mapping[str, str]) -> list[str]:
        """The elements that GET SUBSCRIPT names.

        Raises:
            Refusal: as for :meth:`constants`, or there are none.
        """
        from pysd.py_backend.external import ExtSubscript

        file, tab = self._named(listed["file"]), listed["tab"]
        first, last, prefix = listed["firstcell"], listed["lastcell"], listed["prefix"]

        def read() -> Any:
            return ExtSubscript(file, tab, first, last, prefix, self.root).subscript

        name = "GET SUBSCRIPT"
        found = [str(element) for element in self._guarded(read, name, file, tab, first, last)]
        if not found:
            raise _refusal("the cells are empty", name, file, tab, first, last)
        for element in found:
            if not re.fullmatch(r"[^\[\]!,;:|~\"']+", element):
                raise _refusal(f"'{element[:40]}' is no subscript", name, file, tab, first, last)
        return found

    # -- reading -----------------------------------------------------------------------

    def _points(self, read: Callable[[], Any], name: str, *place: Any) -> list[Points]:
        data = self._guarded(read, name, *place)
        x = np.asarray(data.coords[data.dims[0]], dtype=np.float64)
        columns = np.asarray(data, dtype=np.float64).reshape(len(x), -1).T
        found: list[Points] = []
        for y in columns:
            known = ~np.isnan(y)
            if not known.any():
                raise _refusal("no cell holds a number", name, *place)
            if not np.all(np.isfinite(x)) or np.isinf(y).any():
                raise _refusal("a cell is infinite", name, *place)
            found.append((tuple(x[known].tolist()), tuple(y[known].tolist())))
        return found

    def _guarded(self, read: Callable[[], T], name: str, *place: Any) -> T:
        """Read by a class of PySD; whatever goes wrong in there names the place."""
        from pysd.py_backend.external import Excels

        path = self._allowed(name, *place)
        Excels.clean()  # it knows files by name, whatever was written into them since
        try:
            why = too_large(path)
            if why:
                raise _refusal(why, name, *place)
            self.digests[str(place[0])] = digest(path)
            with quiet():
                return read()
        except Refusal:
            raise
        except ImportError as error:
            raise _refusal(
                f"this kind of file needs the package {error.name or 'xlrd'}",
                name,
                *place,
                hint="save the workbook as .xlsx, or install the package",
            ) from error
        except Exception as error:  # pandas, openpyxl and zipfile have no common class
            raise _refusal(_reason(error), name, *place) from error
        finally:
            Excels.clean()

    def _allowed(self, name: str, *place: Any) -> Path:
        file, tab = place[0], place[1]
        if not all(isinstance(part, str) for part in place):
            raise Refusal("its arguments are not all texts", name, "write them in single quotes")
        if not file.strip() or file[0] == "?" or "\0" in file:
            raise _refusal("an indirect name of a file", name, *place, hint="name the file itself")
        windows = PureWindowsPath(file)
        if "://" in file or windows.drive or windows.root or Path(file).is_absolute():
            raise _refusal(
                "not a path relative to the model file",
                name,
                *place,
                hint="put the table beside the model and name it by a relative path",
            )
        path: Path = self.root / file
        kind = path.suffix.lower()
        if kind not in (*_SHEETS, *_TEXTS):
            raise _refusal(
                f"a file of the kind '{kind}' is not read",
                name,
                *place,
                hint=f"save it as one of {' '.join((*_SHEETS[:3], *_TEXTS))}",
            )
        if kind in _TEXTS and len(tab) > 1 and not tab[0].isalnum():
            raise _refusal(
                f"'{tab[:20]}' is no separator", name, *place, hint="write ',' or one character"
            )
        if not path.is_file():
            raise _refusal("no such file", name, *place, hint=f"it should be {path}")
        return path


def _coords(sizes: Sequence[int]) -> dict[str, list[str]]:
    """Dimensions of these sizes as PySD has them; their names mean nothing here."""
    return {
        f"d{place}": [f"e{place}_{number}" for number in range(size)]
        for place, size in enumerate(sizes)
    }


def _function(text: str, default: str) -> str:
    """The function as the model writes it; PySD takes GET XLS and GET DIRECT for one."""
    found = _CALL.search(text)
    return f"GET {found.group(1)} {found.group(2)}".upper() if found else f"GET {default}"


def _reason(error: Exception) -> str:
    words = " ".join(str(error).replace("Hardcoded external subscript", "").split())
    return f"cannot be read ({words[:300] or type(error).__name__})"


def _refusal(reason: str, name: str, *place: Any, hint: str = "") -> Refusal:
    shown = ", ".join(repr(part) for part in place)
    return Refusal(f"{shown}: {reason}", name, hint or "check the file, the sheet and the cells")
