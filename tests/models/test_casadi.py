"""Derivatives against CasADi, which differentiates a graph of the same equations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import Model, gradient, hessian, load

FOLDER = Path(__file__).parent / "mdl"
MODELS = ("arithmetic", "decay", "logic", "long", "mapping")


def graph_of(model: Model) -> Any:
    pytest.importorskip("casadi", reason="the extra 'crosscheck' brings it")
    from optimize.crosscheck.graph import Graph

    return Graph(model)


def run_of(graph: Any, columns: list[str]) -> Any:
    """The function (constants, *tables) -> columns at the last step."""
    import casadi as ca

    model, grid = graph.model, graph.model.nominal_grid
    wanted = [model.slot[column] for column in columns]
    states = graph.states_of(wanted)
    held = {index: ca.SX.sym(f"s{index}") for index in states}
    symbols = ca.vertcat(*held.values())
    arguments = [symbols, graph.given, *graph.tables, graph.time]
    first = [graph.given, *graph.tables, graph.time]
    begin = ca.Function("begin", first, [graph.beginning(states)])
    step = ca.Function("step", arguments, [graph.following(held)])
    show = ca.Function("show", arguments, [graph.shown(wanted, held)])
    given = ca.MX.sym("p", len(graph.constants))
    tables = [ca.MX.sym(f"y{i}", table.numel()) for i, table in enumerate(graph.tables)]
    now = begin(given, *tables, grid.initial)
    for k in range(grid.last):
        now = step(now, given, *tables, grid.time(k))
    found = show(now, given, *tables, grid.time(grid.last))
    return ca.Function("run", [given, *tables], [found])


def moved_constants(graph: Any) -> list[str]:
    """The constants that a run may move a little."""
    slots = graph.model.equations.slots
    fixed = {*graph.model.equations.structural, *graph.model.equations.controls.values()}
    return [slots[i].column for i in graph.constants if slots[i].column and i not in fixed]


def judged(graph: Any, columns: list[str], names: list[str]) -> tuple[Any, Any]:
    """Values (m,) and derivatives (m, n) of columns at the end, by CasADi."""
    import casadi as ca

    made = run_of(graph, columns)
    given = ca.MX.sym("given", len(graph.constants))
    values, tables = graph.nominal()
    found = made(given, *tables)
    places = [graph.constants.index(graph.model.slot[name]) for name in names]
    seeds = ca.DM.zeros(len(graph.constants), len(places))
    for column, place in enumerate(places):
        seeds[place, column] = 1
    slopes = ca.jtimes(found, given, seeds)
    value, slope = ca.Function("f", [given], [found, slopes])(values)
    return np.array(value).ravel(), np.array(slope)


@pytest.mark.parametrize("name", MODELS)
def test_gradients_of_every_column(name: str) -> None:
    model = load(FOLDER / f"{name}.mdl")
    graph = graph_of(model)
    columns, names = list(model.columns), moved_constants(graph)
    values, slopes = judged(graph, columns, names)
    mine = gradient(model, columns, names)
    assert len(names) >= 1 and np.any(slopes != 0.0)
    assert np.allclose(mine.values[0], values, rtol=1e-12, atol=1e-12)
    scale = np.abs(slopes).max(axis=0) + 1e-300
    assert np.all(np.abs(mine.data[0] - slopes) <= 1e-11 * scale)


def test_gradients_of_the_county() -> None:
    model = load()
    graph = graph_of(model)
    columns = ["structure gap", "labour elsewhere", "planted area"]
    names = moved_constants(graph)
    values, slopes = judged(graph, columns, names)
    mine = gradient(model, columns, names)
    assert len(names) > 100
    assert np.allclose(mine.values[0], values, rtol=1e-10)
    scale = np.abs(slopes).max(axis=1, keepdims=True)
    assert np.all(np.abs(mine.data[0] - slopes) <= 1e-9 * scale)


@pytest.mark.parametrize(
    ("name", "column", "names"),
    [
        ("long", "prey", ["hunter rate"]),
        ("decay", "later", ["delay time", "rate[a]", "initial stock"]),
    ],
)
def test_hessians(name: str, column: str, names: list[str]) -> None:
    model = load(FOLDER / f"{name}.mdl")
    graph = graph_of(model)
    import casadi as ca

    given = ca.MX.sym("given", len(graph.constants))
    values, tables = graph.nominal()
    whole, _ = ca.hessian(run_of(graph, [column])(given, *tables), given)
    matrix = np.array(ca.Function("h", [given], [whole])(values))
    places = [graph.constants.index(model.slot[name]) for name in names]
    exact = matrix[np.ix_(places, places)]
    mine = hessian(model, [column], names)
    gap = np.abs(mine.data[0, 0] - exact)
    assert np.all(gap <= 1e-7 * np.abs(exact).max())
    assert np.all(gap <= 10 * mine.error[0, 0] + 1e-12 * np.abs(exact).max())
