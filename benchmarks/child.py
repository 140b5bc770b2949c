"""One measurement that needs a fresh process; prints it as JSON.

python -m benchmarks.child load ours MODEL
python -m benchmarks.child memory MODEL RUNS KERNEL WORKERS
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def measured(*arguments: str, cache: str | None = None) -> dict[str, float]:
    """Run one such measurement in a process of its own.

    Raises:
        RuntimeError: it failed; the text is its last line.
    """
    environment = dict(os.environ)
    if cache is not None:
        environment["XIEHENG_CACHE"] = cache
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
        env=environment,
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no reason given"])[-1])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _load(engine: str, path: str) -> dict[str, float]:
    begin = time.perf_counter()
    if engine == "ours":
        from models import load, run

        model = load(path)
        ready = time.perf_counter()
        run(model)
    elif engine == "PySD":
        from models.quiet import quiet

        with quiet():
            import tempfile

            import pysd

            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / Path(path).name
                copy.write_bytes(Path(path).read_bytes())
                peer = pysd.read_vensim(str(copy))
                ready = time.perf_counter()
                peer.run(progress=False)
    else:
        import simlin

        sim = simlin.load(path).simulate()
        ready = time.perf_counter()
        sim.run_to_end()
    return {"load": ready - begin, "first_run": time.perf_counter() - ready}


def peak_bytes() -> int:
    """The most memory this process has held so far.

    Linux hands ``ru_maxrss`` of a parent on to the program it starts, so a small child of a large
    parent would report the parent's; VmHWM is of the child's own memory.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # bytes there, KiB elsewhere


def _memory(name: str, runs: int, kernel: str, workers: int) -> dict[str, float]:
    from models import Runs

    from .tasks import simulate, task

    chosen = task(name, runs)
    simulate(chosen.model, Runs(values=chosen.first(64)), chosen.outcomes, kernel, workers)
    before = peak_bytes()
    begin = time.perf_counter()
    simulate(chosen.model, Runs(values=chosen.values), chosen.outcomes, kernel, workers)
    spent = time.perf_counter() - begin
    return {"seconds": spent, "peak": float(peak_bytes()), "before": float(before)}


def main(arguments: list[str]) -> int:
    if arguments[0] == "load":
        found = _load(arguments[1], arguments[2])
    elif arguments[0] == "peak":
        found = {"peak": float(peak_bytes())}
    else:
        found = _memory(arguments[1], int(arguments[2]), arguments[3], int(arguments[4]))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
