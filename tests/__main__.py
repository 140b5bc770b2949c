"""``python -m tests [pytest options]``: make what is needed ready, then run pytest.

Test files are shared out to as many processes as there are processors; ``-n 0`` runs all in one.
"""

import os
import sys

import bootstrap

if __name__ == "__main__":
    bootstrap.ensure("test", command=["-m", "tests", *sys.argv[1:]])
    # Processes side by side would fight for the processors with several threads each.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))
    import pytest

    sys.exit(pytest.main(["--numprocesses=auto", "--dist=loadfile", *sys.argv[1:]]))
