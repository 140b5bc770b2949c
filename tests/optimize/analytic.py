"""Small problems with known answers, and a stand-in for the county of the real size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize import Decision, FunctionResponse, Outcome, Problem, Row, Term, rules

Function = Callable[[NDArray[Any]], NDArray[Any]]


def decisions(count: int, high: float = float("inf")) -> tuple[Decision, ...]:
    """Decisions that differ by sector or year only."""
    sectors = rules.SECTORS
    return tuple(
        Decision(2027 + i // 3, sectors[i % 3], "talent", f"lever {i}", 0.0, high)
        for i in range(count)
    )


def outcomes(count: int) -> tuple[Outcome, ...]:
    """Outcomes of any meaning."""
    return tuple(Outcome(f"outcome {i}", 2027) for i in range(count))


def budget(count: int, amount: float) -> Row:
    """All money together."""
    return Row("total_budget", "money", dict.fromkeys(range(count), 1.0), "<=", amount, "wanyuan")


def water_filling(worth: NDArray[Any], money: float) -> tuple[NDArray[Any], float]:
    """Maximise ``sum(worth * log(1 + x))`` with ``sum(x) = money``: x and the price.

    The worth of a marginal unit is level where money flows: ``x = max(0, worth / price - 1)``.
    """
    order = np.sort(worth)[::-1]
    for used in range(len(order), 0, -1):
        price = order[:used].sum() / (money + used)
        if order[used - 1] >= price:
            break
    return np.maximum(worth / price - 1.0, 0.0), float(price)


def separable(worth: NDArray[Any], money: float) -> tuple[Problem, FunctionResponse]:
    """The water-filling problem; outcome 0 is the worth of the plan."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.sum(worth * np.log1p(x), axis=1, keepdims=True))

    n = len(worth)
    problem = Problem(
        decisions(n),
        outcomes(1),
        (Term("worth", -1.0, {0: 1.0}),),
        (budget(n, money),),
        np.full(n, money / n),
    )
    return problem, FunctionResponse(function, 1.0)


YEARS = range(2027, 2036)
TIED = ("productive projects", "talent", "market building")
COLUMNS = ("farmers income per head if dry", "structure gap", "assessment score")


def county_like() -> tuple[Problem, FunctionResponse]:
    """117 decisions in 9 years with concave effects that build up; three aims and six rules."""
    random = np.random.default_rng(0)
    placed: list[Decision] = []
    for year in YEARS:
        places = [(sector, i) for sector in rules.SECTORS for i in TIED]
        places.append(("agriculture", "insurance subsidy"))
        places += [
            ("all", i) for i in ("public services", "labour cooperation", "mechanism and platform")
        ]
        placed += [Decision(year, sector, i, f"{i}[{sector}]") for sector, i in places]
    n = len(placed)
    worth = random.random(n) + 0.2
    half = random.random(n) * 1000.0 + 200.0
    mixing = random.random((5, 13)) * (random.random((5, 13)) < 0.4)

    def function(x: NDArray[Any]) -> NDArray[Any]:
        yearly = (worth * np.log1p(x / half)).reshape(-1, 9, 13).sum(axis=2)
        income = np.cumsum(yearly, axis=1)
        built = np.cumsum((x / 1000.0).reshape(-1, 9, 13) @ mixing.T, axis=1)
        gap = ((built - np.linspace(3.0, 20.0, 9)[:, None]) ** 2).sum(axis=2)
        return np.concatenate([income, gap, built[:, :, 0]], axis=1)

    measured = tuple(Outcome(column, year) for column in COLUMNS for year in YEARS)
    past = np.full(n, 2000.0 / 13.0)
    context = rules.RuleContext(
        tuple(placed),
        measured,
        function(past[None])[0],
        {("agriculture", "productive projects"): 1300.0, ("all", "public services"): 700.0},
        dict.fromkeys(range(2027, 2036), 3000.0),
    )
    rows = rules.build(
        {
            "yearly_budget": {},
            "productive_share": {},
            "yearly_change": {},
            "farmers_worst_year": {"at_least_share_of_past_practice": 0.8},
            "assessment_score": {"at_least": 0.4},
        },
        context,
    )
    aims = (
        Term("balance", 1.0, {9 + i: 1.0 / 9.0 for i in range(9)}),
        Term("farmers_worst_year", -0.5, {i: 1.0 for i in range(9)}, "worst"),
    )
    return Problem(tuple(placed), measured, aims, rows, past), FunctionResponse(function, 1000.0)
