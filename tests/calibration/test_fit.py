"""The fit finds what made the data, stays in bounds, and says what it cannot know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models import Model
from models.catalogue import Catalogue
from optimize.calibration import Misfit, fit, identify, touched, uncertain

from .conftest import Few

GROWTH = tuple(f"productivity growth[{s}]" for s in ("agriculture", "industry", "services"))
KNOWN = (
    *GROWTH,
    "revenue share",
    "jobs per completed money",
    "cost of training",
    "price flexibility",
)
PRODUCT = ("ordinary claims", "insured sum per mu")  # the claims observed are their product
SEEN_BY = {
    "agriculture growth": GROWTH[0],
    "industry growth": GROWTH[1],
    "services growth": GROWTH[2],
    "own revenue": "revenue share",
    "jobs for money": "jobs per completed money",
    "trained for money": "cost of training",
    "glut": "price flexibility",
    "claims": "insured sum per mu",
}


def made_by(misfit: Misfit, truth: np.ndarray, sharper: float) -> Misfit:
    """Observations that the model itself makes at ``truth``, with smaller spreads."""
    values = misfit.modelled(truth)[0]
    rows = [
        replace(o, observed=float(value), spread=o.spread / sharper)
        for o, value in zip(misfit.observations, values, strict=True)
    ]
    return misfit.with_observations(rows)


@pytest.fixture(scope="module")
def synthetic(few: Few) -> tuple[Misfit, np.ndarray]:
    whole = few((*KNOWN, *PRODUCT), list(SEEN_BY))
    truth = np.random.default_rng(3).uniform(-1, 1, len(whole.parameters))
    return made_by(whole, truth, 1e4), truth


def test_known_parameters_are_found(synthetic: tuple[Misfit, np.ndarray]) -> None:
    misfit, truth = synthetic
    found = fit(misfit, starts=3, seed=2)
    assert found.agreeing == 3
    assert found.z[: len(KNOWN)] == pytest.approx(truth[: len(KNOWN)], abs=1e-3)
    product = np.prod(misfit.natural(found.z)[-2:]) / np.prod(misfit.natural(truth)[-2:])
    assert product == pytest.approx(1, rel=1e-3)


def test_a_product_is_known_and_its_factors_are_not(
    synthetic: tuple[Misfit, np.ndarray],
) -> None:
    misfit, _ = synthetic
    told = identify(fit(misfit, starts=1))
    known, factors = range(len(KNOWN)), range(len(KNOWN), len(KNOWN) + 2)
    assert all(told.verdict(i) == "speaks" and told.left[i] < 1e-2 for i in known)
    assert all(told.left[i] > 0.4 for i in factors)
    assert [tuple(sorted(group)) for group in told.alike] == [tuple(factors)]
    correlation = {(i, j): value for i, j, value in told.tied}
    assert correlation[factors[0], factors[1]] < -0.99
    assert told.told == pytest.approx(len(KNOWN) + 1, abs=0.01)


def test_what_no_observation_touches_is_not_fitted(
    few: Few, model: Model, catalogue: Catalogue
) -> None:
    misfit = few((*KNOWN, "payout ratio", "benefit of a worker"), list(SEEN_BY))
    assert {p.column for p in touched(misfit)} >= set(KNOWN)
    assert "payout ratio" not in {p.column for p in touched(misfit)}
    assert not {"third party assessment", "use own target"} & {
        p.column for p in uncertain(model, catalogue)
    }


def test_bounds_hold_and_the_rest_stays_at_its_default(few: Few) -> None:
    misfit = few((*KNOWN, "payout ratio"), list(SEEN_BY))
    far = misfit.observing([40.0, -30.0, *(o.observed for o in misfit.observations[2:])])
    far = far.with_observations([replace(o, spread=o.spread / 100) for o in far.observations])
    found = fit(far, starts=2)
    low, high = far.bounds
    assert np.all(low <= found.z) and np.all(found.z <= high)
    assert found.z[0] == high[0]
    assert found.z[1] == low[1]
    assert found.z[-1] == 0
    assert found.gradient < 1e-2 * np.abs(found.jacobian.T @ found.residuals).max()


def test_the_derivatives_are_exact(few: Few) -> None:
    misfit = few((*KNOWN, "expectation speed", "mobility", "contracting time"))
    z = np.random.default_rng(5).uniform(-0.5, 0.5, len(misfit.parameters))
    step = 1e-5 * np.eye(z.size)
    central = (misfit.residuals(z + step) - misfit.residuals(z - step)).T / 2e-5
    assert misfit.jacobian(z) == pytest.approx(central, abs=1e-6)


def test_a_fit_improves_on_the_defaults(few: Few) -> None:
    found = fit(few(KNOWN), starts=1)
    before = found.residuals_before @ found.residuals_before
    assert found.cost < before
    assert found.gradient < 1e-3
