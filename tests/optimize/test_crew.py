"""The processes that bound boxes end with the one that began them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import time
from optimize.bounds.boxes import crew

class Slow:
    def bound(self, low, high):
        print("begun", flush=True)
        time.sleep(60.0)

if __name__ == "__main__":
    with crew(2) as hands:
        for _ in range(3):
            hands.submit(Slow(), None, None)
        time.sleep(60.0)
"""


def test_a_killed_process_takes_its_crew_along(tmp_path: Path) -> None:
    """All of them hold the pipe, so it ends when the last of them has."""
    file = tmp_path / "slow.py"
    file.write_text(PROGRAM, encoding="utf-8")
    root = str(Path(__file__).resolve().parents[2])
    begun = subprocess.Popen(
        [sys.executable, str(file)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert begun.stdout is not None
    assert [begun.stdout.readline().strip() for _ in range(2)] == ["begun", "begun"]
    begun.terminate()
    rest, _ = begun.communicate(timeout=30.0)
    assert rest == ""
    assert begun.returncode != 0
