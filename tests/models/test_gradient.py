"""Gradients and Hessians against closed forms, and labels and refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models import Model, ModelError, Runs, gradient, hessian, load

Small = Callable[..., Model]
STEPS, DT = 32, 0.25  # of the small models: 8 years

OSCILLATOR = """
w2 = 0.7 ~1/year/year~|
x start = 1 ~m~|
x = INTEG(v, x start) ~m~|
v = INTEG(-w2 * x, 0.3) ~m/year~|
"""
LINEAR = """
a = 0.1 ~1/year~|
b = 0.05 ~1/year~|
c = 0.02 ~1/year~|
p = INTEG(-a * p + b * q, 10) ~ton~|
q = INTEG(a * p - b * q - c * q, 5) ~ton~|
"""
LOGISTIC = """
r = 0.5 ~1/year~|
K = 100 ~fish~|
n0 = 5 ~fish~|
n = INTEG(r * n * (1 - n / K), n0) ~fish~|
"""


def powers_of(matrix: np.ndarray) -> np.ndarray:
    return np.linalg.matrix_power(np.eye(2) + DT * matrix, STEPS)


def by_matrix(matrix: np.ndarray, inner: np.ndarray, start: np.ndarray) -> np.ndarray:
    """d(A^n s) for dA = DT * inner, by the product rule."""
    step = np.eye(2) + DT * matrix
    total = np.zeros(2)
    for k in range(STEPS):
        after = np.linalg.matrix_power(step, STEPS - 1 - k)
        total += after @ (DT * inner) @ np.linalg.matrix_power(step, k) @ start
    return total


def test_decay_in_closed_form(small: Small) -> None:
    model = small("k = 0.3 ~1/year~|\nx0 = 10 ~kg~|\nx = INTEG(-k * x, x0) ~kg~|\n")
    at = np.array([0.1, 0.3, 0.9])
    d = gradient(model, [("x", 2.0), "x"], ["k", "x0"], at=Runs({"k": at}))
    for place, n in enumerate((8, 32)):
        kept = 1 - DT * at
        assert np.allclose(d.values[:, place], 10 * kept**n, rtol=1e-13)
        assert np.allclose(d.data[:, place, 0], -10 * n * DT * kept ** (n - 1), rtol=1e-12)
        assert np.allclose(d.data[:, place, 1], kept**n, rtol=1e-13)
    h = hessian(model, [("x", 2.0), "x"], ["k", "x0"], at=Runs({"k": at}))
    for place, n in enumerate((8, 32)):
        bent = 10 * n * (n - 1) * DT**2 * kept ** (n - 2)
        crossed = -n * DT * kept ** (n - 1)
        exact = np.array([[bent, crossed], [crossed, np.zeros(3)]]).transpose(2, 0, 1)
        gap = np.abs(h.data[:, place] - exact)
        assert np.all(gap <= 1e-9 * np.abs(exact).max())
        assert np.all(gap <= 3 * h.error[:, place] + 1e-13)


def test_oscillator_and_its_starts(small: Small) -> None:
    model = small(OSCILLATOR)
    matrix = np.array([[0.0, 1.0], [-0.7, 0.0]])
    start = np.array([1.0, 0.3])
    d = gradient(model, ["x", "v"], ["w2", "x", "v", "x start"])
    total = powers_of(matrix)
    assert np.allclose(d.values[0], total @ start, rtol=1e-13)
    assert np.allclose(d.data[0, :, 1:3], total, rtol=1e-12)
    assert np.array_equal(d.data[0, :, 3], d.data[0, :, 1])
    inner = np.array([[0.0, 0.0], [-1.0, 0.0]])
    assert np.allclose(d.data[0, :, 0], by_matrix(matrix, inner, start), rtol=1e-12)
    h = hessian(model, ["x"], ["w2", "v"])
    turned = by_matrix(matrix, inner, np.array([0.0, 1.0]))[0]
    assert h.data[0, 0, 0, 1] == pytest.approx(turned, rel=1e-10)
    assert abs(h.data[0, 0, 1, 1]) < 1e-11  # linear in its starts


def test_linear_system(small: Small) -> None:
    model = small(LINEAR)
    a, b, c = 0.1, 0.05, 0.02
    matrix = np.array([[-a, b], [a, -b - c]])
    start = np.array([10.0, 5.0])
    d = gradient(model, ["p", "q"], ["a", "b", "c"])
    for place, inner in enumerate(([[-1, 0], [1, 0]], [[0, 1], [0, -1]], [[0, 0], [0, -1]])):
        exact = by_matrix(matrix, np.array(inner, dtype=float), start)
        assert np.allclose(d.data[0, :, place], exact, rtol=1e-12)


def test_logistic_by_its_own_recursion(small: Small) -> None:
    model = small(LOGISTIC)
    r, top = 0.5, 100.0
    value, by_r, by_start, twice = 5.0, 0.0, 1.0, 0.0
    for _ in range(STEPS):
        slope = 1 + DT * r * (1 - 2 * value / top)
        twice = slope * twice + 2 * DT * (1 - 2 * value / top) * by_r - 2 * DT * r / top * by_r**2
        by_r = slope * by_r + DT * value * (1 - value / top)
        by_start = slope * by_start
        value += DT * r * value * (1 - value / top)
    d = gradient(model, ["n"], ["r", "n0"])
    assert np.allclose(d.data[0, 0], [by_r, by_start], rtol=1e-12)
    h = hessian(model, ["n"], ["r", "n0", "K"])
    assert h.data[0, 0, 0, 0] == pytest.approx(twice, rel=1e-9)
    # n(s n0, s K) = s n(n0, K): by Euler's theorem the rows of those two vanish along them
    along = h.data[0, 0, 1:, 1:] @ np.array([5.0, 100.0])
    assert np.all(np.abs(along) < 1e-9)


def test_points_of_lookups_are_hats(small: Small) -> None:
    model = small("money((0,1),(4,2),(8,5)) ~~|\nx = INTEG(money(Time), 0) ~~|\n")
    time = np.arange(0, 8, DT)
    hats = [np.interp(time, [0, 4, 8], row).sum() * DT for row in np.eye(3)]
    d = gradient(model, ["x"], ["money"])
    assert d.inputs == ("money@0", "money@4", "money@8")
    assert np.allclose(d.data[0, 0], hats, rtol=1e-13)
    one = gradient(model, ["x"], ["Money@4"])
    assert one.data.shape == (1, 1, 1) and one.data[0, 0, 0] == d.data[0, 0, 1]


def test_a_kink_has_the_slope_of_the_branch_and_a_large_doubt(small: Small) -> None:
    model = small("a = 2 ~~|\ny = MAX(a, 2) * 3 ~~|\nz = a * a ~~|\n")
    d = gradient(model, ["y", "z"], ["a"])
    assert d.data[0, 0, 0] == 3.0  # at the kink: of the first argument, which MAX takes
    h = hessian(model, ["y", "z"], ["a"])
    assert h.error[0, 0, 0, 0] > 1.0
    assert h.data[0, 1, 0, 0] == pytest.approx(2.0, rel=1e-11)
    assert h.error[0, 1, 0, 0] < 1e-9


def test_many_points_are_each_their_own(small: Small) -> None:
    model = small(LOGISTIC)
    random = np.random.default_rng(3)
    at = {"r": random.uniform(0.1, 0.9, 7), "n0": random.uniform(1, 9, 7)}
    names = ["r", "n0", "K", "n"]
    whole = gradient(model, ["n", ("n", 1.0)], names, at=Runs(at))
    bent = hessian(model, ["n"], names, at=Runs(at))
    for i in range(7):
        mine = Runs({name: value[i] for name, value in at.items()})
        assert np.array_equal(
            gradient(model, ["n", ("n", 1.0)], names, at=mine).data[0], whole.data[i]
        )
        assert np.array_equal(hessian(model, ["n"], names, at=mine).data[0], bent.data[i])


def test_the_county_agrees_with_differences() -> None:
    model = load()
    names = ["contracting time", "construction time[industry]", "labour elsewhere"]
    names += ["yearly money for talent[industry]@2027"]
    d = gradient(model, ["structure gap", ("planted area", 2030.0)], names)
    for place, name in enumerate(d.inputs[:2]):
        value = model.constants[name]
        near = gradient(model, ["structure gap"], [], at=Runs({name: value * (1 + 1e-6)})).values
        slope = (near[0, 0] - d.values[0, 0]) / (1e-6 * value)
        assert d.data[0, 0, place] == pytest.approx(slope, rel=1e-3)
    assert np.all(np.isfinite(d.data)) and np.all(d.data[0, 0] != 0.0)


def test_labels_and_units(small: Small) -> None:
    model = small(LINEAR)
    d = gradient(model, ["p", ("q", 4.0)], ["a", "q"])
    assert d.outcomes == (("p", 8.0), ("q", 4.0))
    assert d.units["p", "a"] == "ton*year" and d.units["q", "q"] == "Dmnl"
    frame = d.frame()
    assert frame.loc[("q", 4.0), "a"] == d.data[0, 1, 0]
    tidy = d.tidy()
    row = tidy[(tidy["variable"] == "q") & (tidy["input"] == "a")]
    assert row["value"].item() == d.data[0, 1, 0] and row["unit"].item() == "ton*year"
    h = hessian(model, ["p"], ["a", "c"])
    assert h.units["p", "a", "c"] == "ton*year^2"
    assert h.frame().loc["c", "a"] == h.data[0, 0, 1, 0]
    assert np.array_equal(h.gradient.data[0], gradient(model, ["p"], ["a", "c"]).data[0])


@pytest.mark.parametrize(
    ("outcomes", "names", "words"),
    [
        (["p"], ["aa"], "did you mean 'a'"),
        (["p"], ["aa", "inflo@3"], "inflo@3"),
        (["p"], ["Time step 2"], "no such number"),
        (["pp"], ["a"], "no such column"),
        ([("p", 0.1)], ["a"], "no step of this run"),
    ],
)
def test_wrong_names_are_refused(
    small: Small, outcomes: list[str], names: list[str], words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        gradient(small(LINEAR), outcomes, names)


def test_computed_numbers_and_missing_points_are_refused(small: Small) -> None:
    model = small("f((0,1),(4,2)) ~~|\ny = f(Time) ~~|\n")
    with pytest.raises(ModelError, match="not a constant, a stock or a lookup"):
        gradient(model, ["y"], ["y"])
    with pytest.raises(ModelError, match=r"no point at 3(.|\n)*x: 0, 4"):
        gradient(model, ["y"], ["f@3"])


@pytest.mark.parametrize("control", ["TIME STEP", "INITIAL TIME", "FINAL TIME"])
def test_what_sets_the_steps_has_no_derivative(small: Small, control: str) -> None:
    """A complex step of the grid would be lost without a word, and the slope read as 0."""
    model = small(OSCILLATOR)
    for names in ([control], [control, "w2"]):
        with pytest.raises(ModelError, match="no derivative"):
            gradient(model, ["x"], names)
