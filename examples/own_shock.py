"""A shock and an outcome of your own, on the public functions.

The railway out of the county is closed in 2030 and 2031: the open market buys a third less, at
prices a tenth lower. How much of what farmers grow spoils, under past practice and without the
cooperation, and what do 200 futures say of it?

    python -m examples.own_shock
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimize.uncertainty import Futures
from optimize.uncertainty.risk import Estimate, mean
from optimize.uncertainty.shocks import Change, Shock, paths
from scenarios.county import County
from scenarios.futures import ensemble, futures
from scenarios.load import load
from scenarios.problem import problem
from scenarios.stress import candidates

SPOILED = "produce spoiled to date"  # tonnes since 2020, a stock of the model
CLOSED = {2030: 0.9, 2031: 0.9}
RAILWAY = Shock(
    "railway",
    series=(Change("market price index", "times", CLOSED),),
    constants=(Change("base open demand", "times", {2030: 2 / 3, 2031: 2 / 3}),),
)


def spoiled(county: County, drawn: Futures) -> dict[str, NDArray[np.float64]]:
    """Tonnes that spoil in 2030-2032 because of the shock, by plan and future (S,)."""
    every = ensemble(county, problem(county), drawn)
    found = {}
    for plan in candidates(county):
        with_shock, without = (
            paths(every, shock, plan.tables, [SPOILED], [2029.0, 2032.0])
            for shock in (RAILWAY, Shock("none"))
        )
        lost = [path[:, 1, 0] - path[:, 0, 0] for path in (with_shock, without)]
        found[plan.name] = lost[0] - lost[1]
    return found


def main() -> None:
    """Print the mean of each plan with its interval."""
    county = County(load("w-county"))
    drawn = futures(county, 200, seed=1)
    for plan, tonnes in spoiled(county, drawn).items():
        found: Estimate = mean(tonnes, drawn.sets)  # futures that share a set count together
        print(f"{plan}: {found.value:,.0f} t ({found.low:,.0f} to {found.high:,.0f})")


if __name__ == "__main__":
    main()
