"""Results that another program left: tables, Vensim's .dat and .vdf, and other simulators."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ModelError, Problem
from .quiet import quiet
from .run_data import Points, decoded, read_run_data
from .source import key

ENGINES = ("pysd", "simlin")
_FULL, _SINGLE = 17, 7  # significant digits of double and single precision
_LEAST = 6  # what Vensim prints, trailing zeros left out
_NUMBER = re.compile(r"(?<![\w.])[+-]?(\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
_SIMLIN = "pip install pysimlin"


@dataclass(frozen=True)
class Recorded:
    """Series by key of the column (times, values), and how many digits of them count.

    ``names`` are the columns as they were written.
    """

    source: str
    series: Mapping[str, Points]
    names: Mapping[str, str]
    digits: int


def column_key(name: str) -> str:
    """A column as Vensim compares names: case, blanks, ``_`` and quotes do not count."""
    base, bracket, inside = name.strip().partition("[")
    if not bracket:
        return key(base)
    return f"{key(base)}[{','.join(key(part) for part in inside.rstrip(']').split(','))}]"


def read_recorded(path: str | Path) -> Recorded:
    """Read results from a file: .csv, .tab, .dat, or .vdf (which needs pysimlin).

    Raises:
        ModelError: the file is missing, or holds no such results.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".vdf":
        return _read_vdf(path)
    raw = b""
    if suffix == ".dat":
        raw = _bytes(path)
        if (blocks := _blocks(raw, path)) is not None:
            return _recorded(str(path), blocks, _digits(raw))
    found = read_run_data(path, any_number=True)
    return _recorded(str(path), dict(found.series), _digits(raw or _bytes(path)))


def simulated_by(engine: str, path: str | Path) -> Recorded:
    """The same model run by another simulator, ``pysd`` or ``simlin``.

    Raises:
        ModelError: that simulator is not installed, or cannot run the model.
    """
    path = Path(path)
    if engine == "pysd":
        from .reference import reference_run

        try:
            with quiet():
                table = reference_run(str(path))
        except ModelError:
            raise
        except Exception as error:  # PySD's own, of any kind
            raise _cannot(path, "PySD", error) from error
        return _from_frame("PySD", table, _FULL)
    simlin = _simlin()
    try:
        with quiet():  # it warns of its loop analysis
            table = simlin.load(path).run().results
    except Exception as error:
        raise _cannot(path, "Simlin", error) from error
    return _from_frame("Simlin", table, _FULL)


def _cannot(path: Path, engine: str, error: Exception) -> ModelError:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return ModelError(Problem(f"{engine} cannot run it ({said})", str(path)))


def _simlin() -> Any:
    try:
        import simlin
    except ImportError:
        raise ModelError(Problem("the package pysimlin is not installed", hint=_SIMLIN)) from None
    return simlin


def _read_vdf(path: Path) -> Recorded:
    _bytes(path)
    simlin = _simlin()
    try:
        table = simlin.load_vdf(path)
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise ModelError(Problem(f"not readable as Vensim's .vdf ({said})", str(path))) from error
    return _from_frame(str(path), table, _SINGLE)


def _from_frame(source: str, table: Any, digits: int) -> Recorded:
    series: dict[str, Points] = {}
    times = [float(time) for time in table.index]
    for name in table.columns:
        values = [float(value) for value in table[name]]
        series[str(name)] = tuple(times), tuple(values)
    return _recorded(source, series, digits)


def _recorded(source: str, series: Mapping[str, Points], digits: int) -> Recorded:
    names = {column_key(name): name for name in series if column_key(name) != "time"}
    return Recorded(source, {at: series[name] for at, name in names.items()}, names, digits)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error})"
        raise ModelError(Problem(reason, str(path), hint="check the path")) from error


def _digits(raw: bytes) -> int:
    """The most significant digits that a number of the file is written with."""
    mantissas = (match.group(1) for match in _NUMBER.finditer(decoded(raw)))
    most = max((len(m.replace(".", "").strip("0")) for m in mantissas), default=0)
    return min(max(most, _LEAST), _FULL)


def _blocks(raw: bytes, path: Path) -> dict[str, Points] | None:
    """Vensim's .dat: a name alone on a line, then a line ``time<tab>value`` for each point.

    None for a file whose first line is not a name alone: a table.
    """
    lines = [line.rstrip() for line in decoded(raw).splitlines()]
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not filled or "\t" in filled[0][1]:
        return None
    found: dict[str, tuple[list[float], list[float]]] = {}
    name = ""
    for number, line in filled:
        parts = line.split("\t")
        if len(parts) == 1:
            name = line.strip()
            found.setdefault(name, ([], []))
            continue
        try:
            time, value = (float(part) for part in parts)
        except ValueError:
            reason = f"'{line.strip()[:40]}' is no time and value"
            raise ModelError(Problem(reason, str(path), number, name)) from None
        if math.isfinite(time):
            found[name][0].append(time)
            found[name][1].append(value)
    return {each: (tuple(t), tuple(y)) for each, (t, y) in found.items() if t}
