"""RANDOM functions: repeatable, each run for itself, and distributed as their names say."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from models import Model, Runs, run, stream

Small = Callable[..., Model]

DRAWS = (
    "u = RANDOM UNIFORM(2, 5, 0) ~~|\nplain = RANDOM 0 1() ~~|\n"
    "n = RANDOM NORMAL(-1, 2, mean, 1.5, 0) ~~|\nmean = 0.5 ~~|\n"
    "e = RANDOM EXPONENTIAL(0, 9, 1, 2, 0) ~~|\nt = RANDOM TRIANGULAR(0, 9, 1, 2, 6, 0) ~~|\n"
    "w = RANDOM WEIBULL(0, 50, 2, 0, 3, 0) ~~|\ng = RANDOM GAMMA(0, 90, 3, 0, 2, 0) ~~|\n"
    "b = RANDOM BETA(0, 9, 2, 5, 1, 3, 0) ~~|\n"
    "p = RANDOM POISSON(0, 99, 4, 0, 1, 0) ~~|\nc = RANDOM BINOMIAL(0, 99, 0.3, 12, 0, 1, 0) ~~|\n"
)
LAWS = {
    "u": stats.uniform(2, 3),
    "plain": stats.uniform(0, 1),
    "n": stats.truncnorm(-1, 1, loc=0.5, scale=1.5),
    "e": stats.truncexpon(4, loc=1, scale=2),
    "t": stats.triang(0.2, loc=1, scale=5),
    "w": stats.weibull_min(2, scale=3 / 0.886226925452758),
    "g": stats.gamma(3, scale=2),
    "b": stats.beta(2, 5, loc=1, scale=3),
}
WHOLE = {"p": stats.poisson(4), "c": stats.binom(12, 0.3)}
LONG = "INITIAL TIME = 0 ~~|FINAL TIME = 99 ~~|TIME STEP = 1 ~~|SAVEPER = 1 ~~|"


def test_distributions(small: Small) -> None:
    out = run(small(DRAWS, LONG), Runs(values={"mean": [0.5] * 50}, seed=3))
    for name, law in LAWS.items():
        found = stats.kstest(out[name].reshape(-1), law.cdf)
        assert found.pvalue > 1e-3, (name, found)
    for name, law in WHOLE.items():
        drawn = out[name].reshape(-1)
        assert np.array_equal(drawn, np.trunc(drawn))
        counts = np.bincount(drawn.astype(int), minlength=13)[:11]
        expected = len(drawn) * law.pmf(np.arange(11))
        assert np.sum((counts - expected) ** 2 / expected) < stats.chi2(11).ppf(0.999), name
    steps, runs = out["plain"][:, 1:], out["plain"][1:]
    assert abs(np.corrcoef(steps.ravel(), out["plain"][:, :-1].ravel())[0, 1]) < 0.05
    assert abs(np.corrcoef(runs.ravel(), out["plain"][:-1].ravel())[0, 1]) < 0.05
    assert abs(np.corrcoef(out["plain"].ravel(), out["u"].ravel())[0, 1]) < 0.05


def test_the_company_of_a_run_changes_nothing(small: Small) -> None:
    model = small(DRAWS)
    whole = run(model, Runs(values={"mean": [0.5] * 7}))
    assert np.array_equal(run(model, Runs(values={"mean": [0.5] * 7}), block=2).data, whole.data)
    assert np.array_equal(run(model).data[0], whole.data[0])
    assert np.array_equal(run(model, Runs(numbers=3)).data[0], whole.data[3])
    half = run(model, Runs(values={"mean": [0.5] * 3}, numbers=4))
    assert np.array_equal(half.data, whole.data[4:])
    assert np.array_equal(run(pickle.loads(pickle.dumps(model))).data[0], whole.data[0])
    parts = list(stream(model, Runs(values={"mean": [0.5] * 7}), piece=3))
    assert np.array_equal(np.concatenate([part.data for part in parts]), whole.data)
    each = (Runs(values={"mean": [0.5] * size}) for size in (2, 5))
    parts = list(stream(model, each, piece=3))
    assert np.array_equal(np.concatenate([part.data for part in parts]), whole.data)
    only = run(model, columns=["n"], times=[2.0])
    assert only.data[0, 0, 0] == whole["n"][0, 8]
    begun = run(model, keep_state_at=1.0)
    assert np.array_equal(run(model, Runs(start=begun.state)).data[0], whole.data[0, 4:])


def test_seeds(small: Small) -> None:
    model = small("NOISE SEED = 4 ~~|\nx = RANDOM UNIFORM(0, 1, 0) ~~|\n")
    given = run(model)["x"]
    assert not np.array_equal(run(model, Runs(seed=5))["x"], given)
    assert np.array_equal(run(model, Runs(seed=4))["x"], given)
    both = run(model, Runs(values={"NOISE SEED": [4.0, 5.0]}))["x"]
    assert np.array_equal(both[0], given[0]) and not np.array_equal(both[1], given[0])
    other = small("NOISE SEED = 4 ~~|\ny = 3 ~~|\nx = RANDOM UNIFORM(0, 1, 0) ~~|\n")
    assert np.array_equal(run(other)["x"], given)  # another equation moves no draw
    stream = small("NOISE SEED = 4 ~~|\nx = RANDOM UNIFORM(0, 1, 9) ~~|\n")
    assert not np.array_equal(run(stream)["x"], given)


def test_each_call_and_element_draws_for_itself(small: Small) -> None:
    model = small(
        ":MACRO: M(a)\nM = a * RANDOM 0 1() ~~|\n:END OF MACRO:\nr: a, b ~~|\n"
        "x[r] = RANDOM 0 1() ~~|\ny = RANDOM 0 1() - RANDOM 0 1() ~~|\nm1 = M(1) - M(1) ~~|\n"
    )
    out = run(model)
    assert not np.any(out["x[a]"] == out["x[b]"])
    assert not np.any(out["y"] == 0) and not np.any(out["m1"] == 0)
    fresh = run(small("x = RANDOM 0 1() ~~|\ns = SAMPLE IF TRUE(Time < 1, x, 0) ~~|\n"))
    assert np.all(fresh["s"][0, 4:] == fresh["x"][0, 3])


def test_draws_follow_their_parameters(small: Small) -> None:
    model = small(
        "m = 1 ~~|\ns = 2 ~~|\nx = RANDOM NORMAL(-2, 4, m, s, 0) + RANDOM UNIFORM(0, m, 0)"
        " + RANDOM EXPONENTIAL(0.5, 9, 0, s, 0) + RANDOM WEIBULL(0.5, 9, 2, 0, s, 0)"
        " + RANDOM GAMMA(0.5, 9, 2, 0, s, 0) + RANDOM BETA(0.5, 2, 2, 3, 0, s, 0) ~~|\n"
    )
    for name, base in (("m", 1.0), ("s", 2.0)):
        slope = run(model, Runs(values={name: [base + 1e-20j]}))["x"][0].imag / 1e-20
        low = run(model, Runs(values={name: base - 1e-6}))["x"][0]
        high = run(model, Runs(values={name: base + 1e-6}))["x"][0]
        assert np.allclose(slope, (high - low) / 2e-6, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("sd", [0.0, 1.0])
def test_no_spread_is_the_mean_and_bounds_hold(small: Small, sd: float) -> None:
    model = small(f"x = RANDOM NORMAL(0.9, 1.1, 1, {sd}, 0) ~~|\n")
    out = run(model)["x"]
    assert np.all((out >= 0.9) & (out <= 1.1))
    assert np.all(out == 1) == (sd == 0)
