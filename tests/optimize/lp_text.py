"""Every rule as Pyomo writes it: a linear programme in CPLEX's LP format, with readable names.

``python -m tests.optimize.lp_text`` writes the files of ``lp/`` anew, after a rule was changed.
"""

from __future__ import annotations

import inspect
import io
import re
from pathlib import Path

from optimize import rules
from optimize.rules import constraints
from tests.optimize.small import DECISIONS, FIELDS, OUTCOMES, rows_of

FOLDER = Path(__file__).parent / "lp"


def lp_text(rule: str) -> str:
    r"""The rule on the small problem: its sentence (``\`` begins a comment) and its rows."""
    import pyomo.environ as pyo
    from pyomo.repn.plugins.lp_writer import LPWriter

    model = constraints.money_model(DECISIONS)
    model.outcome = pyo.Var([(o.column.replace("[", "_").rstrip("]"), o.year) for o in OUTCOMES])
    rows = rows_of(rule)
    quantities = model.money if rows[0].on == "money" else model.outcome
    constraints.add(model, rows, dict(enumerate(quantities.values())))
    model.aim = pyo.Objective(expr=0.0)
    written = io.StringIO()
    LPWriter().write(model, written, symbolic_solver_labels=True)
    _, _, body = written.getvalue().partition("s.t.\n")
    body = re.split(r"\nbounds\b|\nend\b", body)[0].strip()
    body = re.sub(r"^c_[eul]_(\w+)\((.*)\)_:$", readable, body, flags=re.MULTILINE)
    body = re.sub(r"\d+\.\d{11,}", lambda long: f"{float(long[0]):.10g}", body)
    sentence = (inspect.getdoc(rules.RULES[rule]) or "").partition("\n\n")[0]
    told = ", ".join(f"{name} = {value}" for name, value in FIELDS[rule].items())
    remarks = [*sentence.splitlines(), *([told] if told else [])]
    head = "".join(f"\\ {remark}\n" for remark in remarks)
    return f"{head}\nminimize\nobj:\n\nsubject to\n\n{body}\n\nend\n"


def readable(name: re.Match[str]) -> str:
    """A row's name without the solver's marks."""
    subject = re.sub(r"_+", "_", name[2]).strip("_")
    return f"{name[1]}({subject}):"


if __name__ == "__main__":
    for stale in FOLDER.glob("*.lp"):
        stale.unlink()
    for id in rules.RULES:
        (FOLDER / f"{id}.lp").write_text(lp_text(id), encoding="utf-8", newline="\n")
