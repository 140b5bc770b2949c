"""Makes ``python cli.py`` and ``python -m tests`` work on a bare Python: standard library only.

If the packages that Xieheng needs are missing here, ``.venv`` is made beside this file, the
project is installed into it, and the same command is run again in it. A stamp (hash of
pyproject.toml) makes the second time free. In an environment that has the packages, nothing
happens; an installed wheel does not carry this file.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
UNFINISHED = VENV / "xieheng-unfinished"  # there while .venv is being made
OLDEST = (3, 11)
MODULES = {
    "": (
        *("numpy", "scipy", "pandas", "pysd", "lxml", "xlrd", "pyomo", "highspy", "piqp"),
        *("SALib", "matplotlib", "fontTools", "jinja2", "openpyxl", "docx", "typer", "rich"),
        "pydantic",
    ),
    "test": ("pytest", "xdist", "hypothesis", "hatchling", "mypy", "ruff"),
}


def ensure(extra: str = "", command: list[str] | None = None) -> None:
    """Return when this interpreter has the packages; else run the command in ``.venv`` and exit.

    ``extra`` names an optional dependency group of pyproject.toml; ``command`` is what follows
    ``python`` (default: this process's own arguments). Leaves by ``SystemExit`` with one
    sentence where that is not possible.
    """
    if sys.version_info < OLDEST:
        stop(
            f"需要 Python {OLDEST[0]}.{OLDEST[1]} 或更高版本，当前为 {sys.version.split()[0]}。",
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.",
        )
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    modules = [*MODULES[""], *MODULES.get(extra, ())]
    if not inside and all(importlib.util.find_spec(name) for name in modules):
        return
    if not installed(extra):
        with only_one():
            if not installed(extra):  # nobody else made it while this process waited
                install(extra)
    elif inside:
        return
    rerun([str(PYTHON), *(sys.argv if command is None else command)])


def stamp(extra: str) -> Path:
    return VENV / f"xieheng-installed{'-' + extra if extra else ''}"


def fingerprint() -> str:
    """Changes with the requirements and with the place of the checkout (a moved one is redone)."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + bytes(ROOT)).hexdigest()


def installed(extra: str) -> bool:
    try:
        return PYTHON.exists() and stamp(extra).read_text("ascii") == fingerprint()
    except OSError:
        return False


def install(extra: str) -> None:
    say(
        "首次运行：正在把所需的软件包装入 .venv（需要网络，约一两分钟）。",
        "first run: installing the packages it needs into .venv (network, a minute or two).",
    )
    try:
        if UNFINISHED.exists() or not PYTHON.exists():  # half made, moved, or not there
            shutil.rmtree(VENV, ignore_errors=True)
            VENV.mkdir(parents=True, exist_ok=True)
            UNFINISHED.touch()
            outside = getattr(sys, "_base_executable", sys.executable)  # .venv's own is gone now
            if not quietly([outside, "-m", "venv", str(VENV)]):
                stop(
                    "无法建立虚拟环境。提示：在 Debian/Ubuntu 上先运行 apt install python3-venv。",
                    "cannot make a virtual environment. hint: on Debian or Ubuntu run "
                    "apt install python3-venv first.",
                )
        UNFINISHED.touch()
        target = f"{ROOT}[{extra}]" if extra else str(ROOT)
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        if not quietly([*pip, "--editable", target]):
            stop(
                "安装软件包失败（见上）。提示：请检查网络或 pip 的镜像设置，然后再次运行同一命令。",
                "the packages could not be installed (see above). hint: check the network or "
                "pip's index setting, then run the same command again.",
            )
        for done in {"", extra}:
            stamp(done).write_text(fingerprint(), "ascii")
        UNFINISHED.unlink()
    except OSError as error:
        stop(f"无法写入 {VENV}：{error}", f"cannot write {VENV}: {error}")


def quietly(command: list[str]) -> bool:
    """Run a command; what it says is shown only if it fails. Returns whether it did well."""
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if run.returncode:
        sys.stderr.write(run.stdout.decode(errors="replace"))
    return run.returncode == 0


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let one process install at a time; the system drops the lock if that process dies."""
    try:
        lock = open(ROOT / ".venv.lock", "w")  # noqa: SIM115
    except OSError as error:
        stop(f"无法写入 {ROOT}：{error}", f"cannot write in {ROOT}: {error}")
    with lock:
        if sys.platform == "win32":
            import msvcrt
            import time

            while True:
                with contextlib.suppress(OSError):  # it gives up after ten seconds
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                    break
                time.sleep(1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def rerun(command: list[str]) -> NoReturn:
    """Become the command, with its exit code and signals."""
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform != "win32":
        os.execv(command[0], command)
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child, which decides
    raise SystemExit(subprocess.run(command).returncode)


def say(chinese: str, english: str) -> None:
    print(f"协衡 {chinese}\nXieheng: {english}", file=sys.stderr, flush=True)


def stop(chinese: str, english: str) -> NoReturn:
    say(chinese, english)
    raise SystemExit(1)
