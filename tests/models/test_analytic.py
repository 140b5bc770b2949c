"""Answers known on paper."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models import Model, ModelError, Runs, run

Small = Callable[..., Model]
UNITS = " ~ Dmnl ~ |\n"


def equations(*lines: str) -> str:
    return "".join(line + UNITS for line in lines)


def test_decay_is_the_euler_power(small: Small) -> None:
    model = small(equations("x = INTEG(-x / 4, 100)"))
    out = run(model)
    steps = np.arange(len(out.times))
    assert np.allclose(out["x"][0], 100 * (1 - 0.25 / 4) ** steps, rtol=1e-13)


@pytest.mark.parametrize("order", [1, 3, 5])
def test_delay_conserves_what_flows_through(small: Small, order: int) -> None:
    model = small(
        equations(
            "inflow = IF THEN ELSE(Time < 2, 8, 1)",
            f"outflow = DELAY N(inflow, 2, 3, {order})",
            "entered = INTEG(inflow, 0)",
            "left = INTEG(outflow, 0)",
        ),
        "INITIAL TIME = 0 ~~|FINAL TIME = 60 ~~|TIME STEP = 0.125 ~~|SAVEPER = 1 ~~|",
    )
    out = run(model)
    under_way = out["entered"][0] - out["left"][0]
    # it starts with 3 * 2 inside, and ends at rest with 1 * 2 inside
    assert under_way[-1] == pytest.approx(1 * 2 - 3 * 2, abs=1e-9)
    assert out["outflow"][0, -1] == pytest.approx(1.0)


def test_smooth_step_response(small: Small) -> None:
    model = small(equations("x = STEP(1, 0)", "seen = SMOOTHI(x, 2, 0)"))
    out = run(model)
    steps = np.arange(len(out.times))
    assert np.allclose(out["seen"][0], 1 - (1 - 0.25 / 2) ** steps, rtol=1e-13)


def test_third_order_smooth_is_three_in_a_row(small: Small) -> None:
    model = small(
        equations(
            "x = SIN(Time)",
            "s = SMOOTH3I(x, 3, 0)",
            "a = INTEG((x - a) * 3 / 3, 0)",
            "b = INTEG((a - b) * 3 / 3, 0)",
            "c = INTEG((b - c) * 3 / 3, 0)",
        )
    )
    out = run(model)
    assert np.array_equal(out["s"], out["c"])


def test_fixed_delay_moves_the_input(small: Small) -> None:
    model = small(equations("x = INTEG(1, 5)", "late = DELAY FIXED(x, 1.5, -1)"))
    out = run(model)
    assert np.array_equal(out["late"][0, :6], np.full(6, -1.0))
    assert np.array_equal(out["late"][0, 6:], out["x"][0, :-6])


def test_lookup_by_elements_of_a_subrange(small: Small) -> None:
    model = small(
        "place: a, b, c ~~|\ncoast: b, c ~~|\n"
        + equations("f[a]((0,0),(1,10))", "f[coast]((0,1),(1,3))", "y[place] = f[place](0.5)")
    )
    out = run(model, columns=["y[a]", "y[b]", "y[c]"])
    assert out.data[0, 0].tolist() == [5.0, 2.0, 2.0]


def test_time_does_not_drift(small: Small) -> None:
    model = small(
        equations("now = Time"),
        "INITIAL TIME = 0 ~~|FINAL TIME = 100 ~~|TIME STEP = 0.1 ~~|SAVEPER = 1 ~~|",
    )
    out = run(model)
    assert np.array_equal(out["now"][0], out.times)
    assert np.allclose(out.times, np.arange(101.0), rtol=0, atol=1e-12)


def test_integers_do_not_truncate(small: Small) -> None:
    model = small(equations("x = 1 / 2", "s = SMOOTHI(0.9, 4, 1)"))
    out = run(model)
    assert out["x"][0, 0] == 0.5
    assert out["s"][0, 1] == pytest.approx(1 + (0.9 - 1) / 4 * 0.25)


def test_division_by_zero_is_infinite_not_an_error(small: Small) -> None:
    model = small(equations("x = INTEG(1, -1)", "y = 1 / x", "z = LN(x)", "w = SQRT(x)"))
    out = run(model)
    assert np.isinf(out["y"][0, 4]) and np.isnan(out["z"][0, 0]) and np.isnan(out["w"][0, 0])
    assert out["y"][0, 5] == 4.0


def test_branch_not_taken_does_no_harm(small: Small) -> None:
    model = small(equations("a = 2", "x = IF THEN ELSE(Time = 0, a, 1 / Time)"))
    alone = run(model)
    many = run(model, Runs(values={"a": [2.0, 3.0]}))
    assert alone["x"][0, 0] == 2.0
    assert np.array_equal(many["x"][:, 0], [2.0, 3.0])
    assert np.array_equal(many["x"][0], alone["x"][0])


def test_delay_shorter_than_the_step_is_refused(small: Small) -> None:
    model = small(equations("x = DELAY3(Time, 0.1)"))
    with pytest.raises(ModelError, match="shorter than the time step"):
        run(model)


def test_step_of_the_run_can_be_set(small: Small) -> None:
    model = small(equations("x = INTEG(-x, 1)"))
    half = run(model, Runs(values={"TIME STEP": 0.125}))
    assert len(half.times) == 65
    assert half["x"][0, -1] == pytest.approx((1 - 0.125) ** 64)
