"""Launcher of the installed wheel: puts the carried code on the path and runs its command line.

The wheel holds `models`, `optimize`, `scenarios` and `cli` under ``xieheng/_app``, so that such
general names never reach site-packages. In a checkout that folder does not exist and the
checkout's own files are used.
"""

import sys
from pathlib import Path


def main() -> None:
    """Run the command line; leaves by ``SystemExit`` with its exit code."""
    carried = Path(__file__).resolve().parent / "_app"
    if carried.is_dir():
        sys.path.insert(0, str(carried))
    import cli

    cli.main()
