"""Complex-step derivatives: exact where the model is smooth, one-sided at a kink."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models import Model, Runs, load, run

FOLDER = Path(__file__).parent / "mdl"
H = 1e-30


def gradient(model: Model, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Derivative of every column at the end by a constant: complex step, central difference."""
    value = model.constants[name]
    last = [model.final_time]
    exact = run(model, Runs({name: value + 1j * H}), times=last).data[0, 0].imag / H
    step = 1e-6 * max(1.0, abs(value))
    pair = run(model, Runs({name: [value - step, value + step]}), times=last).data[:, 0]
    return exact, (pair[1] - pair[0]) / (2 * step)


def test_decay_by_its_rate(small: Callable[..., Model]) -> None:
    model = small("k = 0.3 ~~|\nx = INTEG(-k * x, 10) ~~|\n")
    out = run(model, Runs({"k": 0.3 + 1j * H}), columns=["x"])
    n = np.arange(len(out.times))
    analytic = -10 * n * 0.25 * (1 - 0.25 * 0.3) ** (n - 1.0)
    assert np.allclose(out["x"][0].imag / H, analytic, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "constant"),
    [
        ("decay", "delay time"),
        ("decay", "rate[b]"),
        ("long", "hunter rate"),
        ("subscripts", "birth rate[north]"),
        ("subscripts", "death rate[south]"),
        ("inputs", "height"),
        ("arithmetic", "b"),
        ("mapping", "money[firms]"),
    ],
)
def test_complex_step_meets_central_differences(name: str, constant: str) -> None:
    exact, near = gradient(load(FOLDER / f"{name}.mdl"), constant)
    assert np.allclose(exact, near, rtol=2e-4, atol=1e-6 * (1 + np.abs(near).max()))


def test_real_part_is_the_real_run() -> None:
    for name in ("maths", "logic", "lookups", "smooth", "delay", "memory", "subscripts"):
        model = load(FOLDER / f"{name}.mdl")
        plain = run(model).data[0]
        for constant in list(model.constants)[:3]:
            if model.slot[constant] in model.equations.structural:
                continue
            value = model.constants[constant] + 1j * H
            real = run(model, Runs({constant: [value, value]})).data[1].real
            assert np.allclose(real, plain, rtol=1e-12, atol=1e-13, equal_nan=True)


def test_comparisons_look_at_real_parts(small: Callable[..., Model]) -> None:
    model = small(
        "a = 2 ~~|\n"
        "low = MIN(a, 3) ~~|\n"
        "high = MAX(a, 1) ~~|\n"
        "other = MIN(a, 1) ~~|\n"
        "size = ABS(-a) ~~|\n"
        "branch = IF THEN ELSE(a >= 2 :AND: a <= 2, a * a, 0) ~~|\n"
        "whole = INTEGER(a * 1.2) ~~|\n"
        "rest = MODULO(a, 1.5) ~~|\n"
        "share = ZIDZ(1, a) ~~|\n"
        "powered = a ^ 2.5 + LN(a) + SQRT(a) + EXP(a) ~~|\n"
        "f((0,0),(4,8)) ~~|\n"
        "read = f(a) ~~|\n"
        "beyond = f(a * 5) ~~|\n"
    )
    out = run(model, Runs({"a": [2 + 1j * H, 2 - 1j * H]}), times=[0])
    slope = {c: out[c][0, 0].imag / H for c in out.columns}
    assert slope["low"] == slope["high"] == slope["size"] == slope["rest"] == 1.0
    assert slope["other"] == slope["whole"] == slope["beyond"] == 0.0
    assert slope["branch"] == 4.0
    assert slope["read"] == 2.0
    assert slope["share"] == pytest.approx(-0.25)
    expected = 2.5 * 2**1.5 + 0.5 + 0.5 / np.sqrt(2) + np.exp(2)
    assert slope["powered"] == pytest.approx(expected, rel=1e-14)
    assert np.array_equal(out.data[1].imag, -out.data[0].imag)


def test_lookup_points_are_levers(small: Callable[..., Model]) -> None:
    model = small("money((0,1),(4,2),(8,5)) ~~|\nx = INTEG(money(Time), 0) ~~|\n")
    y = np.array([[1, 2, 5]] * 3) + 1j * H * np.eye(3)
    out = run(model, Runs(lookups={"money": y}), columns=["x"], times=[8])
    time = np.arange(0, 8, 0.25)
    hats = [np.interp(time, [0, 4, 8], row).sum() * 0.25 for row in np.eye(3)]
    assert np.allclose(out["x"][:, 0].imag / H, hats, rtol=1e-13)
