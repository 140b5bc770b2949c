"""The made-up run that the tests of the report share."""

from __future__ import annotations

import pytest

from scenarios.report import Result
from tests.report.made_up import made_up_result


@pytest.fixture(scope="session")
def result() -> Result:
    return made_up_result()
