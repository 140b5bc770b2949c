"""Thousands of damaged model files: each must run, or be refused in words, within seconds.

    python -m benchmarks.fuzz [--cases 20000] [--seed 1]

Prints how each kind of end occurred and the slowest case; a file that ended otherwise is kept.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from models import ModelError, load, run
from tests.models.test_hostile import MODELS, mutated

SLOW = 20.0  # seconds


def main() -> int:
    """Exit code 1 if any case ended in anything but a run or a refusal, or was slow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    ends: Counter[str] = Counter()
    slowest = 0.0
    kept = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for case in range(arguments.cases):
        model = dice.choice(MODELS)
        file = kept / f"{case}{model.suffix}"
        file.write_bytes(mutated(model.read_bytes(), dice))
        begin = time.perf_counter()
        try:
            run(load(file))
            end = "ran"
        except ModelError:
            end = "refused"
        except Exception as error:
            end = f"{type(error).__name__}: {error}"[:100]
        spent = time.perf_counter() - begin
        slowest = max(slowest, spent)
        good = end in ("ran", "refused") and spent < SLOW
        ends[end if good or spent < SLOW else f"slow ({end})"] += 1
        if good:
            file.unlink()
        else:
            print(f"{file}: {end}, {spent:.1f} s", flush=True)
    for end, number in ends.most_common():
        print(f"{number:>8}  {end}")
    print(f"slowest: {slowest:.2f} s")
    return int(bool(set(ends) - {"ran", "refused"}))


if __name__ == "__main__":
    raise SystemExit(main())
