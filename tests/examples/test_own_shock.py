"""The example does what its text says."""

from __future__ import annotations

import numpy as np
import pytest

from examples.own_shock import main, spoiled
from scenarios.futures import futures
from tests.uncertainty.county import w_county


def test_a_closed_railway_makes_produce_spoil() -> None:
    county, _, _ = w_county()
    found = spoiled(county, futures(county, 6, 1))
    assert set(found) == {"past_practice", "no_cooperation"}
    assert all(np.all(tonnes > 0.0) for tonnes in found.values())
    assert found["past_practice"].shape == (6,)


def test_it_prints_a_line_for_each_plan(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["past_practice", "no_cooperation"]
