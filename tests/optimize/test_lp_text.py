"""The text of every rule, kept in ``lp/``, is what Pyomo writes and what a solver reads."""

from __future__ import annotations

import re

import numpy as np
import pytest

from optimize import Row, rules
from tests.optimize.lp_text import FOLDER, lp_text
from tests.optimize.small import CHOICE_FIELDS, DECISIONS, FIELDS, OUTCOMES, chosen_of, rows_of


def test_one_file_a_rule() -> None:
    written = {path.stem for path in FOLDER.glob("*.lp")}
    assert written == {*rules.RULES, *rules.CHOICE_RULES} == {*FIELDS, *CHOICE_FIELDS}


@pytest.mark.parametrize("rule", [*FIELDS, *CHOICE_FIELDS])
def test_text_of_the_rule(rule: str) -> None:
    """Where a rule is meant to change: ``python -m tests.optimize.lp_text``."""
    assert lp_text(rule) == (FOLDER / f"{rule}.lp").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", FIELDS)
def test_a_solver_reads_the_same_rows(rule: str) -> None:
    from highspy._core import _Highs

    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(FOLDER / f"{rule}.lp"))
    read, rows = solver.getLp(), rows_of(rule)
    places = [
        f"money({d.year}_{d.sector}_{d.instrument})".replace(" ", "_") for d in DECISIONS
    ] if rows[0].on == "money" else [
        f"outcome({o.column}_{o.year})".replace(" ", "_").replace("[", "_").replace("]", "")
        for o in OUTCOMES
    ]  # fmt: skip
    matrix = np.zeros((read.num_row_, len(places)))
    starts, index = np.array(read.a_matrix_.start_), np.array(read.a_matrix_.index_)
    for column, name in enumerate(read.col_names_):
        span = slice(starts[column], starts[column + 1])
        matrix[index[span], places.index(name)] = np.array(read.a_matrix_.value_)[span]
    names = list(read.row_names_)
    for row in rows:
        number = names.index(name_of(row))
        meant = np.zeros(len(places))
        meant[list(row.coefficients)] = list(row.coefficients.values())
        np.testing.assert_allclose(matrix[number], meant, rtol=1e-9, atol=1e-12)
        limits = (read.row_lower_[number], read.row_upper_[number])
        expected = {"<=": (-np.inf, row.bound), ">=": (row.bound, np.inf)}[row.sense]
        np.testing.assert_allclose(limits, expected, rtol=1e-9, atol=1e-12)


def test_a_solver_reads_the_same_choices() -> None:
    """Integer columns, and the least amounts in the rows."""
    import highspy
    from highspy._core import _Highs

    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(FOLDER / "minimum_size.lp"))
    read, problem = solver.getLp(), chosen_of(CHOICE_FIELDS)
    whole = [kind == highspy.HighsVarType.kInteger for kind in read.integrality_]
    assert sum(whole) == len(problem.choices)
    names = list(read.row_names_)
    assert set(names) == {name_of(link.row(())) for link in problem.links}
    matrix = np.zeros((read.num_row_, read.num_col_))
    starts, index = np.array(read.a_matrix_.start_), np.array(read.a_matrix_.index_)
    for column in range(read.num_col_):
        span = slice(starts[column], starts[column + 1])
        matrix[index[span], column] = np.array(read.a_matrix_.value_)[span]
    for link in problem.links:
        line = matrix[names.index(name_of(link.row(())))]
        (size,) = line[whole][line[whole] != 0.0]
        expected = -100.0 - 10.0 * (link.year == 2028)
        assert size == (expected if link.unless is not None else link.choices[min(link.choices)])


def name_of(row: Row) -> str:
    """A row's name in the file."""
    parts = [re.sub(r"\W+", "_", row.subject).strip("_"), str(row.year or "")]
    return f"{row.rule}({'_'.join(part for part in parts if part) or 'all'})"
