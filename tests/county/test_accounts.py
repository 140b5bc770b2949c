"""Money, people and produce are conserved, whatever is done with the money."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Model, Runs, run

from .conftest import PLAN_START

SAME = 1e-9


ACCOUNTS = ("fund account error", "people account error", "produce account error")


def errors(county: Model, runs: Runs) -> list[float]:
    """Largest error of each account, as the model gives it: a share of the account's size."""
    out = run(county, runs, columns=ACCOUNTS)
    return [float(np.abs(out[account]).max()) for account in ACCOUNTS]


def test_past_practice_balances(county: Model) -> None:
    assert max(errors(county, Runs())) < SAME


def test_no_money_balances_and_leaves_no_stock_negative(
    county: Model, levers: tuple[str, ...]
) -> None:
    nothing = Runs(lookups={lever: np.zeros_like(county.lookups[lever].y) for lever in levers})
    assert max(errors(county, nothing)) < SAME
    stocks = [
        column
        for variable in county.variables.values()
        if variable.kind == "stock"
        for column in variable.columns
    ]
    out = run(county, nothing, columns=stocks)
    lowest = {column: float(out[column].min()) for column in stocks}
    assert {column: low for column, low in lowest.items() if low < 0.0} == {}


@settings(max_examples=30, deadline=None)
@given(amounts=st.lists(st.floats(0.0, 8_000.0), min_size=13, max_size=13))
def test_any_plan_balances(county: Model, levers: tuple[str, ...], amounts: list[float]) -> None:
    tables = {}
    for lever, amount in zip(levers, amounts, strict=True):
        table = county.lookups[lever]
        tables[lever] = np.where(table.x >= PLAN_START, amount, table.y)
    assert max(errors(county, Runs(lookups=tables))) < SAME
