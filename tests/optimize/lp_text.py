"""Every rule as Pyomo writes it: a linear programme in CPLEX's LP format, with readable names.

``python -m tests.optimize.lp_text`` writes the files of ``lp/`` anew, after a rule was changed.
"""

from __future__ import annotations

import inspect
import io
import re
from pathlib import Path
from typing import Any

from optimize import rules
from optimize.rules import constraints
from tests.optimize.small import (
    BUDGETS,
    CHOICE_FIELDS,
    DECISIONS,
    FIELDS,
    OUTCOMES,
    chosen_of,
    rows_of,
)

FOLDER = Path(__file__).parent / "lp"
CHOSEN = re.compile(r"\bchosen\(\S+\)")


def lp_text(rule: str) -> str:
    r"""The rule on the small problem: its sentence (``\`` begins a comment) and its rows."""
    import pyomo.environ as pyo
    from pyomo.repn.plugins.lp_writer import LPWriter

    choices = rule in rules.CHOICE_RULES
    model = _chosen_model(rule) if choices else _model(rule)
    model.aim = pyo.Objective(expr=0.0)
    written = io.StringIO()
    LPWriter().write(model, written, symbolic_solver_labels=True)
    _, _, body = written.getvalue().partition("s.t.\n")
    body = re.split(r"\nbounds\b|\nend\b", body)[0].strip()
    body = re.sub(r"^c_[eul]_(\w+)\((.*)\)_:$", readable, body, flags=re.MULTILINE)
    body = re.sub(r"\d+\.\d{11,}", lambda long: f"{float(long[0]):.10g}", body)
    of = rules.CHOICE_RULES[rule] if choices else rules.RULES[rule]
    sentence = (inspect.getdoc(of) or "").partition("\n\n")[0]
    told = ", ".join(
        f"{name} = {value}" for name, value in {**FIELDS, **CHOICE_FIELDS}[rule].items()
    )
    remarks = [*sentence.splitlines(), *([told] if told else [])]
    head = "".join(f"\\ {remark}\n" for remark in remarks)
    binary = ""
    if choices:
        binary = "\nbinary\n" + "".join(
            f"  {name}\n" for name in dict.fromkeys(CHOSEN.findall(body))
        )
    return f"{head}\nminimize\nobj:\n\nsubject to\n\n{body}\n{binary}\nend\n"


def _model(rule: str) -> Any:
    """The rows of a rule over money or outcomes."""
    import pyomo.environ as pyo

    model = constraints.money_model(DECISIONS)
    model.outcome = pyo.Var([(o.column.replace("[", "_").rstrip("]"), o.year) for o in OUTCOMES])
    rows = rows_of(rule)
    quantities = model.money if rows[0].on == "money" else model.outcome
    constraints.add(model, rows, dict(enumerate(quantities.values())))
    return model


def _chosen_model(rule: str) -> Any:
    """The links of a rule over money and choices; no amount exceeds its year's budget."""
    problem = chosen_of({rule: CHOICE_FIELDS[rule]})
    model = constraints.mixed_model(problem)
    money, chosen = list(model.money.values()), list(model.chosen.values())
    most = [BUDGETS[decision.year] for decision in DECISIONS]
    constraints.add_links(model, problem.links, money, chosen, most)
    return model


def readable(name: re.Match[str]) -> str:
    """A row's name without the solver's marks."""
    subject = re.sub(r"_+", "_", name[2]).strip("_")
    return f"{name[1]}({subject}):"


if __name__ == "__main__":
    for stale in FOLDER.glob("*.lp"):
        stale.unlink()
    for id in (*rules.RULES, *rules.CHOICE_RULES):
        (FOLDER / f"{id}.lp").write_text(lp_text(id), encoding="utf-8", newline="\n")
