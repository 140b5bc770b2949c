"""``optimize --fix``: a plan edited by hand, completed, and compared with the free optimum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from optimize import Answer, Problem, Response, solve
from optimize.edit import KEPT, conflict, differing, keeping, nearest, shares
from optimize.measures import measures
from scenarios.county import County
from scenarios.findings import FindingsError
from scenarios.plan_csv import read_edit
from scenarios.report.result import Edit


def read(fitted: County, path: Path) -> Mapping[tuple[int, str, str], float]:
    """The amounts to keep, fitting the scenario's years and the model's levers."""
    scenario = fitted.scenario
    kept, findings = read_edit(path, scenario.catalogue, scenario.plan.years, fitted.levers)
    if findings:
        raise FindingsError(findings)
    return kept


def edited(
    stated: Problem,
    response: Response,
    kept: Mapping[tuple[int, str, str], float],
    free: Answer,
    file: str,
    settings: Mapping[str, Any],
) -> tuple[Problem, Answer, Edit]:
    """The problem with the kept amounts, its answer, and how that compares with ``free``.

    ``settings`` go to the search. Where no plan keeps the amounts and the rules, the answer says
    so and the edit holds the nearest amounts that some plan keeps.
    """
    index = {(d.year, d.sector, d.instrument): i for i, d in enumerate(stated.decisions)}
    amounts = {index[key]: amount for key, amount in kept.items()}
    part = keeping(stated, amounts)
    answer = solve(part, response, begin=(free.continuous,), **settings)
    if answer.status.startswith("infeasible"):
        edit = Edit(file, kept, free.objective, free.objective_without_money)
        if answer.stop != "done":
            return part, answer, edit
        plan = nearest(stated, response, amounts, free.continuous)
        differ = set(differing(stated, plan, amounts))
        near = {key: float(plan[i]) for key, i in index.items() if i in differ}
        rows = conflict(stated, amounts)
        if rows:
            answer = replace(answer, conflict=tuple(row.name for row in rows))
        own = tuple(row for row in rows if row.rule == KEPT)
        return replace(part, rows=(*part.rows, *own)), answer, replace(edit, nearest=near)
    if answer.objective < free.objective and answer.stop == free.stop == "done":
        again = solve(stated, response, begin=(answer.continuous,), **{**settings, "starts": 1})
        free = min(free, again, key=lambda one: one.objective)
    answer = replace(answer, objective_without_money=free.objective_without_money)
    past = response.values(stated.past_practice[None])
    told = answer.stop == "done"
    ends = (free.objective, answer.objective)
    edit = Edit(
        file,
        kept,
        free.objective,
        free.objective_without_money,
        past_objective=float(measures(stated, past[0]).objective(past)[0]),
        free_money={key: float(free.amounts[i]) for key, i in index.items()},
        shares=shares(stated, response, amounts, free.amounts, ends) if told else (),
    )
    return part, answer, edit
