"""A study of one's own: which numbers decide how much of their income farmers lose to a drought.

    python -m examples.sensitivity

The outcome is made here from two of the model's, and the factors are chosen by hand; designs and
indices are those of ``sensitivity``. All other numbers stay as the scenario has them.
"""

from __future__ import annotations

import numpy as np

from optimize.uncertainty.factors import Factor, Spread, futures_at
from optimize.uncertainty.variance import Indices, sobol
from scenarios.county import County
from scenarios.futures import parameters
from scenarios.load import load
from scenarios.problem import problem
from scenarios.studied import Studied

VARIABLES = ("dry year yield", "coverage without subsidy", "insured sum per mu", "normal yield")
INCOME, IF_DRY = "farmers income per head", "farmers income per head if dry"


def loss_to_drought(rows: int = 1024, seed: int = 1) -> tuple[tuple[int, ...], Indices]:
    """The years, and the indices of the loss in each of them (per cent of income)."""
    county = County(load("w-county"))
    stated = problem(county)
    past = Studied(county, stated, stated.past_practice, given=True)
    chosen = [p for p in parameters(county) if p.column.partition("[")[0] in VARIABLES]
    factors = [Factor(parameter.column, (parameter,)) for parameter in chosen]
    design = sobol([factor.name for factor in factors], rows, seed)
    lay = Spread.of(factors, seed)
    futures = futures_at(factors, lay(design.shares))
    found = past.simulated(futures, [INCOME, IF_DRY], past.years)
    loss = 100.0 * (1.0 - found[:, 1] / found[:, 0])
    return past.years, design.analysed(loss)


def main() -> None:
    """Print the total index of each factor, with its interval, in the first and the last year."""
    years, indices = loss_to_drought()
    print(f"Share of the variance of farmers' loss to a drought ({indices.rows:,} rows)")
    for place in (0, len(years) - 1):
        spread = np.sqrt(indices.variance[place])
        print(f"\n{years[place]}: standard deviation {spread:.1f} per cent of income")
        for factor in indices.ranked(place):
            total = indices.total.at(factor, place)
            ends = f"{total.low:.2f} to {total.high:.2f}"
            print(f"  {indices.names[factor]:28} {total.value:.2f} ({ends})")


if __name__ == "__main__":
    main()
