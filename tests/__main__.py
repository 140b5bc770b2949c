"""``python -m tests [pytest options]``: make what is needed ready, then run pytest."""

import sys

import bootstrap

if __name__ == "__main__":
    bootstrap.ensure("test", command=["-m", "tests", *sys.argv[1:]])
    import pytest

    sys.exit(pytest.main(sys.argv[1:]))
