"""``doctor``: whether this machine has all that is needed, each line with what to do if not."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scenarios.commands import DONE, WRONG, print_json
from scenarios.words import Words

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "pysd",
    "pyomo",
    "highspy",
    "piqp",
    "matplotlib",
    "typer",
    "rich",
    "pydantic",
)
TINY_MODEL = """{UTF-8}
level = INTEG(rate, 1) ~ ~ |
rate = level ~ ~ |
FINAL TIME = 1 ~ ~ |
INITIAL TIME = 0 ~ ~ |
SAVEPER = TIME STEP ~ ~ |
TIME STEP = 0.5 ~ ~ |
"""


@dataclass(frozen=True)
class Line:
    """One thing looked at. ``hint`` is the key of what to do when it is not right."""

    key: str
    right: bool
    detail: str


def doctor(words: Words, *, json: bool = False) -> int:
    """Look at everything and print one line each; exit code 2 if anything is not right."""
    lines = []
    for line in look():
        lines.append(line)
        if not json:
            print(shown(words, line), flush=True)
    if json:
        records = [{"what": line.key, "ok": line.right, "detail": line.detail} for line in lines]
        print_json(records)
    return DONE if all(line.right for line in lines) else WRONG


def shown(words: Words, line: Line) -> str:
    """The line, and its hint where it is not right."""
    state = words.say("doctor.ok" if line.right else "doctor.not_ok")
    text = f"[{state}] {words.say(f'doctor.{line.key}')}: {line.detail}"
    if line.right:
        return text
    return text + "\n  " + words.say("finding.hint", hint=words.say(f"doctor.{line.key}.hint"))


def look() -> Iterator[Line]:
    """All checks, the quick ones first. A check that fails says what it met."""
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("python", python),
        ("packages", packages),
        ("encoding", encoding),
        ("writable", writable),
        ("font", font),
        ("highs", highs),
        ("piqp", piqp),
        ("pysd", pysd_runs),
        ("engine", engine),
    )
    for key, check in checks:
        try:
            yield Line(key, True, check())
        except Exception as error:  # whatever it is, it is the answer
            yield Line(key, False, f"{type(error).__name__}: {error}")


def python() -> str:
    return f"{platform.python_version()}, {platform.system()} {platform.machine()}"


def packages() -> str:
    """Versions of what is installed."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)


def encoding() -> str:
    """The console must be able to show Chinese."""
    name = sys.stdout.encoding or "?"
    "协衡".encode(name)
    return name


def writable() -> str:
    """A folder can be made where results go."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        return str(Path(folder).parent)


def font() -> str:
    """The font of the charts is there and has Chinese."""
    from scenarios.report.fonts import FAMILY, FILE, check

    check("协衡:县域东西部协作")
    return f"{FAMILY}, {FILE.name}"


def highs() -> str:
    """HiGHS solves max x + y, x + 2y <= 4, 3x + y <= 6: x = 1.6, y = 1.2."""
    import numpy as np

    from optimize.highs import Lp, solve_lp

    rows, limits = np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([4.0, 6.0])
    free, most = np.full(2, -np.inf), np.full(2, 10.0)
    found = solve_lp(Lp(-np.ones(2), rows, free, limits, np.zeros(2), most))
    if not found.optimal or not np.allclose(found.x, [1.6, 1.2]):
        raise RuntimeError(str(found))
    return f"{importlib.metadata.version('highspy')}, x = {found.x[0]:g}, y = {found.x[1]:g}"


def piqp() -> str:
    """PIQP solves min (x - 2)^2 + (y - 2)^2, x + y <= 2: x = y = 1."""
    import numpy as np

    from optimize.highs import Lp
    from optimize.quadratic import by_piqp

    rows, limit, low, most = np.ones((1, 2)), np.full(1, 2.0), np.zeros(2), np.full(2, 10.0)
    free = np.full(1, -np.inf)
    found = by_piqp(Lp(np.full(2, -4.0), rows, free, limit, low, most, 2.0 * np.eye(2)))
    if not found.optimal or not np.allclose(found.x, 1.0, atol=1e-6):
        raise RuntimeError(str(found))
    return f"{importlib.metadata.version('piqp')}, x = {found.x[0]:.6g}, y = {found.x[1]:.6g}"


def pysd_runs() -> str:
    """PySD translates and runs a model of one stock: 1.5 squared after two half steps."""
    import warnings

    import pysd

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySD warns of its own accord on every run
        path = Path(folder) / "tiny.mdl"
        path.write_text(TINY_MODEL, encoding="utf-8")
        level = float(pysd.read_vensim(str(path)).run()["level"].iloc[-1])
    if abs(level - 2.25) > 1e-12:
        raise RuntimeError(f"level = {level}")
    return f"{pysd.__version__}, level = {level:g}"


def engine() -> str:
    """The county model loads and runs through the ensemble engine."""
    from models import Runs, load, run

    model = load()
    out = run(model, Runs())
    return f"{model.path.name}, {len(out.columns)} x {len(out.times)}, cpu {os.cpu_count()}"
