"""The county model against few parameters, so that a fit takes a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from models import Model, load
from models.catalogue import Catalogue, county
from optimize.calibration import Misfit, Observation, uncertain
from optimize.calibration.observations import read

Few = Callable[..., Misfit]


@pytest.fixture(scope="session")
def model() -> Model:
    return load()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return county()


@pytest.fixture(scope="session")
def observations(model: Model) -> tuple[Observation, ...]:
    return read(model)


@pytest.fixture(scope="session")
def few(model: Model, catalogue: Catalogue, observations: tuple[Observation, ...]) -> Few:
    """A misfit with only the named columns free, against the named observations or all."""
    known = {p.column: p for p in uncertain(model, catalogue)}
    rows = {o.id: o for o in observations}

    def misfit(columns: Sequence[str], ids: Sequence[str] | None = None) -> Misfit:
        chosen = observations if ids is None else tuple(rows[i] for i in ids)
        return Misfit(model, tuple(known[column] for column in columns), chosen)

    return misfit
