"""Every mechanism can be switched off by a parameter, and then just its effect is gone."""

from __future__ import annotations

import numpy as np
import pytest

from models import Model, Runs, run
from models.links import links

SECTORS = ("agriculture", "industry", "services")
ACCOUNTS = ("fund account error", "people account error", "produce account error")


def each(name: str, value: float) -> dict[str, float]:
    return {f"{name}[{sector}]": value for sector in SECTORS}


def columns(name: str) -> tuple[str, ...]:
    return tuple(f"{name}[{sector}]" for sector in SECTORS)


# mechanism: what switches it off, and columns with the value that they keep from then on
OFF: dict[str, tuple[dict[str, float], dict[tuple[str, ...], float]]] = {
    "tilt to cheap points": ({"base tilt": 0.0}, {("tilt towards cheap points",): 0.0}),
    "pressure for points": ({"pressure elasticity": 0.0}, {}),
    "crowded-in investment": (
        each("crowd in ratio", 0.0),
        {columns("crowded in investment"): 0.0},
    ),
    "lasting support": (each("climate gain", 0.0), {columns("investment climate"): 1.0}),
    "know-how transfer": (
        {"people taught by an expert": 0.0},
        {columns("know how transfer"): 0.0},
    ),
    "labour between sectors": (
        {"mobility": 0.0},
        {
            ("leaving farming[industry]", "leaving farming[services]", "net going away"): 0.0,
        },
    ),
    "labour cooperation": (
        {"additional share of placements": 0.0},
        {("moves by placement",): 0.0},
    ),
    "insurance": ({"insured sum per mu": 0.0}, {("claims paid", "premium"): 0.0}),
    "adaptive expectations": ({"expectation speed": 0.0}, {("expected price",): 0.123}),
    "shelter": ({"designated share": 0.0}, {("sheltered sales",): 0.0}),
    "W's disappointment": ({"disappointment effect": 0.0}, {}),
    "willingness to cooperate": (
        {"motivation elasticity of coordination": 0.0},
        {("willingness to cooperate",): 1.0},
    ),
    "own revenue for services": ({"self financing share": 0.0}, {("means of the county",): 1.0}),
    "spoilage": ({"spoilage rate": 0.0}, {("spoilage",): 0.0}),
}


@pytest.mark.parametrize("mechanism", OFF)
def test_switched_off_it_is_gone_and_nothing_else(county: Model, mechanism: str) -> None:
    values, kept = OFF[mechanism]
    whole, without = run(county), run(county, Runs(values=values))
    for names, value in kept.items():
        for name in names:
            assert np.abs(whole[name] - value).max() > 0.0, f"{name} never acted"
            np.testing.assert_allclose(without[name], value, rtol=0.0, atol=1e-12)
    assert max(np.abs(without[account]).max() for account in ACCOUNTS) < 1e-9
    reached = downstream(county, {column.partition("[")[0] for column in values})
    for column in county.columns:
        if column.partition("[")[0] not in reached:
            np.testing.assert_array_equal(without[column], whole[column], err_msg=column)


def downstream(county: Model, names: set[str]) -> set[str]:
    """The variables that any of ``names`` acts on, at once or by way of others."""
    effects: dict[str, set[str]] = {}
    for link in links(county):
        effects.setdefault(link.cause, set()).add(link.effect)
    found, open_ = set(names), list(names)
    while open_:
        for effect in effects.get(open_.pop(), set()) - found:
            found.add(effect)
            open_.append(effect)
    return found


def test_services_keep_people_only_through_their_switches(county: Model) -> None:
    """With its effects off, money for services moves nobody; with them on, it does.

    The pressure for points is off, too: money for services also earns points.
    """
    lever = "yearly money for public services"
    table = county.lookups[lever]
    paths = np.stack([table.y, np.where(table.x >= 2027, 3 * table.y, table.y)])
    off = {
        "service effect on staying": 0.0,
        "service effect on attrition": 0.0,
        "education effect": 0.0,
        "pressure elasticity": 0.0,
    }
    moves = ["net going away", "leaving of skilled people[services]"]
    on = run(county, Runs(lookups={lever: paths}), columns=moves)
    without = run(county, Runs(values=off, lookups={lever: paths}), columns=moves)
    for column in moves:
        assert np.abs(np.diff(on[column], axis=0)).max() > 0.0, column
        assert np.abs(np.diff(without[column], axis=0)).max() == 0.0, column
