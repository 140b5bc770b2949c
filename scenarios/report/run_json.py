"""``run.json``: what was run and how far to trust it, for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from optimize.crosscheck import CrossCheck
from optimize.problem import Repair, RuleReport
from scenarios.report import edit
from scenarios.report.explained_record import resolved
from scenarios.report.plain import plain
from scenarios.report.project_sections import begun
from scenarios.report.result import Result

SCHEMA_VERSION = 1


def run_record(result: Result, files: Sequence[str]) -> dict[str, object]:
    """The content of ``run.json``. Money in 10,000 yuan at the prices of ``price_year``."""
    answer, reference = result.answer, result.reference
    found = result.feasible  # else what the answer holds is no plan, and has no value
    record: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "scenario": result.scenario,
        "status": answer.status,
        "stop": answer.stop,
        "price_year": result.price_year,
        "objective": {
            "value": answer.objective if found else None,
            "without_money": answer.objective_without_money,
            "parts": {
                term.name: {
                    "value": answer.parts.get(term.name) if found else None,
                    "weight": term.weight,
                    "unit": term.unit,
                }
                for term in result.problem.objective
            },
        },
        "bound": answer.bound,
        "gap_of_gain": answer.gap_of_gain,
        "kkt_residual": answer.kkt_residual,
        "max_violation": answer.max_violation,
        "starts": {
            "number": answer.starts.number,
            "agreeing": answer.starts.agreeing,
            "spread": answer.starts.spread,
        },
        "reference": None
        if reference is None
        else {
            "engine": reference.engine,
            "max_relative_difference": reference.max_relative_difference,
        },
        "futures": None if result.futures is None else plain(result.futures),
        **({} if result.bands is None else {"bands": result.bands.record()}),
        "crosschecks": [crosscheck_record(check) for check in result.crosschecks],
        "rules": [rule_record(report) for report in answer.rules],
        "choices": choice_record(result),
        "projects": project_record(result),
        "conflict": list(answer.conflict),
        "repairs": [repair_record(repair) for repair in answer.repairs],
        "explanation": None if result.explanation is None else resolved(result.explanation),
        **({} if result.edit is None else {"edit": edit.record(result)}),
        "seconds": {
            **result.seconds,
            **{f"search.{phase}": spent for phase, spent in answer.seconds.items()},
        },
        "seed": result.seed,
        "model": {
            "file": result.model.file,
            "sha256": result.model.sha256,
            "parameters": result.model.parameters,
            "assumptions": result.model.assumptions,
        },
        "versions": dict(result.versions),
        "files": list(files),
    }
    clean = finite(record)
    assert isinstance(clean, dict)
    return clean


def crosscheck_record(check: CrossCheck) -> dict[str, object]:
    """What another solver found, and how it compares with the plan before rounding."""
    return {
        "solver": check.solver,
        "version": check.version,
        "begin": check.begin,
        "status": check.status,
        "refused": check.refused or None,
        "objective": check.objective,
        "worse_by_of_gain": check.worse_by,
        "max_violation": check.violation,
        "kkt_residual": check.kkt_residual,
        "bound": check.bound,
        "gap_of_gain": check.gap_of_gain,
        "variables": check.variables,
        "constraints": check.constraints,
        "seconds": check.seconds,
    }


def repair_record(repair: Repair) -> dict[str, object]:
    """What would make a plan possible: by how much which rows give."""
    gives = [
        {"name": g.row.name, "by": g.by, "share": g.share, "unit": g.row.unit} for g in repair.gives
    ]
    return {"way": repair.way, "gives": gives}


def choice_record(result: Result) -> dict[str, object] | None:
    """How many yes-or-no choices were made and how they were found; None without any."""
    chosen = result.answer.chosen
    if chosen is None or not result.feasible:
        return None
    return {
        "number": len(result.problem.choices),
        "made": len(chosen.choices),
        "mip_gap_of_gain": chosen.mip_gap,
        "sets_polished": chosen.polished,
        "sets_simulated": chosen.simulated,
        "settled": chosen.settled,
        "objective_of_free_money": chosen.free_objective,
    }


def project_record(result: Result) -> dict[str, object] | None:
    """The projects of the plan and how they were found; None without a library.

    The choice is the best found: by MIPs on the response, and by trials of its changes.
    """
    chosen = result.answer.chosen
    if chosen is None or not result.feasible or not result.library:
        return None
    known = {project.plan.id for project in result.library}
    gain = result.answer.objective_without_money - result.answer.objective
    free = chosen.free_objective
    return {
        "chosen": [
            {"project": s.project.plan.id, "start_year": s.year, "cost": s.project.cost}
            for s in begun(result)
        ],
        "mip_gap_of_gain": chosen.mip_gap,
        "sets_polished": chosen.polished,
        "sets_simulated": chosen.simulated,
        "settled": chosen.settled,
        "objective_of_free_money": free,
        "loss_of_whole_projects": None if free is None else result.answer.objective - free,
        "why_not": [
            {
                "project": left.group,
                "loss": left.loss,
                "share_of_gain": left.loss / gain if gain > 0.0 else None,
            }
            for left in chosen.why_not
            if left.group in known
        ],
    }


def rule_record(report: RuleReport) -> dict[str, object]:
    """One row of a rule at the plan."""
    row = report.row
    return {
        "name": row.name,
        "rule": row.rule,
        "subject": row.subject,
        "year": row.year,
        "sense": row.sense,
        "bound": row.bound,
        "value": report.value,
        "slack": report.slack,
        "binding": report.binding,
        "shadow_price": report.shadow_price,
        "valid_up_to": report.valid_up_to,
        "unit": row.unit,
        "source": row.source,
    }


def run_json(result: Result, files: Sequence[str]) -> str:
    """:func:`run_record` as JSON text; numbers that are not finite become ``null``."""
    record = run_record(result, files)
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def finite(value: object) -> object:
    """``value`` in plain Python types, with ``None`` for NaN and infinities."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    number = float(value)  # type: ignore[arg-type]  # float or a NumPy number
    return number if math.isfinite(number) else None
