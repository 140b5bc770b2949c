"""The county model and ways to vary it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models import Model, Runs, Trajectories, load, run

MONEY = "yearly money for "
PLAN_START = 2027


@pytest.fixture(scope="session")
def county() -> Model:
    """The model of the county, lowered once."""
    return load()


@pytest.fixture(scope="session")
def levers(county: Model) -> tuple[str, ...]:
    """The lookup columns that carry money."""
    return tuple(column for column in county.lookups if column.startswith(MONEY))


@pytest.fixture(scope="session")
def years() -> np.ndarray:
    """The plan years."""
    return np.arange(PLAN_START, 2036)


Changes = dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]


@pytest.fixture(scope="session")
def vary(county: Model) -> Callable[..., Trajectories]:
    """Run the county with tables changed by ``f(years, table)`` and constants by value."""

    def changed(tables: Changes | None = None, **constants: float) -> Trajectories:
        lookups = {
            column: np.asarray(change(county.lookups[column].x, county.lookups[column].y), float)
            for column, change in (tables or {}).items()
        }
        values = {name.replace("_", " "): value for name, value in constants.items()}
        return run(county, Runs(values=values, lookups=lookups))

    return changed


def from_plan_start(amount: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A table that holds ``amount`` from the first plan year on."""
    return lambda x, y: np.where(x >= PLAN_START, amount, y)


def steady(amount: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A table that holds ``amount`` throughout."""
    return lambda x, y: np.full_like(y, amount)
