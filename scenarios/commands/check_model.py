"""``check --model``: what is in a Vensim file, whether its units agree, what its Reality
Checks say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, WRONG, print_json
from scenarios.findings import Finding, Message, refuse, say, shown
from scenarios.model_words import Said
from scenarios.words import Words

if TYPE_CHECKING:
    from models import Model
    from models.checks import ModelChecks
    from models.equations import Variable
    from models.reality import Verdict
    from models.units_check import UnitFinding

_MOST = 12  # names in a list of variables


def check_model(words: Words, scenario: str | None, resolved: bool, path: Path, json: bool) -> int:
    """Check that the engine can run a Vensim file, and everything that can be checked in it.

    Ends with 2 if units do not agree or are missing, or a Reality Check fails or cannot be
    run; missing comments and Vensim's own warnings are told, and are no errors.
    """
    if scenario is not None:
        raise refuse("--model", say("finding.both"), say("hint.choose_one"))
    if resolved:
        raise refuse(
            "--resolved", say("finding.no_use", option="--resolved"), say("hint.drop_option")
        )
    from models import ModelError
    from models.checks import check_model as look
    from scenarios.fit import open_model, refused

    opened = open_model(path)
    try:
        checks = look(opened)
    except ModelError as error:  # the file of Reality Checks beside the model
        raise refused(error) from error
    if json:
        print_json(_record(words, opened, checks))
    else:
        _tell(words, opened, checks)
    return DONE if checks.in_order else WRONG


def _kinds(opened: Model) -> Counter[str]:
    return Counter(variable.kind for variable in opened.variables.values())


def _record(words: Words, opened: Model, checks: ModelChecks) -> dict[str, object]:
    broken = [item for item in checks.verdicts if item.outcome in ("failed", "refused")]
    found = [_unit(item) for item in checks.units if not item.warning]
    found += [_verdict(item) for item in broken]
    found += [_no_unit(opened, item) for item in checks.without_unit]
    return {
        "file": str(opened.path),
        "sha256": opened.sha256,
        "variables": dict(_kinds(opened)),
        "reality_checks": [
            {"name": item.name, "line": item.line, "outcome": item.outcome}
            for item in checks.verdicts
        ],
        "without_comment": [item.name for item in checks.without_comment],
        "warnings": [_unit(item).record(words) for item in checks.units if item.warning],
        "findings": [finding.record(words) for finding in found],
    }


def _tell(words: Words, opened: Model, checks: ModelChecks) -> None:
    kinds = _kinds(opened)
    if checks.in_order:
        print(words.say("check.model_right", file=shown(opened.path)))
    else:
        print(words.say("check.model_wrong", file=shown(opened.path)))
    print(
        words.say(
            "check.model_facts",
            variables=sum(kinds.values()),
            stocks=kinds.get("stock", 0),
            columns=len(opened.columns),
            first=f"{opened.initial_time:g}",
            last=f"{opened.final_time:g}",
            step=f"{opened.time_step:g}",
        )
    )
    wrong = [item for item in checks.units if not item.warning]
    print(words.say("check.units_right") if not wrong else _count(words, "units", len(wrong)))
    for unit in wrong:
        print(_unit(unit).words(words))
    _tell_reality(words, checks)
    _tell_names(words, "without_unit", checks.without_unit)
    _tell_names(words, "without_comment", checks.without_comment)
    warnings = [item for item in checks.units if item.warning]
    if warnings:
        print(_count(words, "warnings", len(warnings)))
        for unit in warnings:
            print(_unit(unit).words(words))


def _tell_reality(words: Words, checks: ModelChecks) -> None:
    if not checks.verdicts:
        print(words.say("check.reality_none"))
        return
    outcomes = Counter(item.outcome for item in checks.verdicts)
    print(
        words.say(
            "check.reality",
            checks=len(checks.verdicts),
            passed=outcomes["passed"],
            failed=outcomes["failed"],
            idle=outcomes["not triggered"],
            refused=outcomes["refused"],
        )
    )
    for item in checks.verdicts:
        if item.outcome != "passed":
            print(_verdict(item).words(words))


def _count(words: Words, what: str, count: int) -> str:
    return words.say(f"check.{what}_wrong", count=count)


def _tell_names(words: Words, what: str, variables: tuple[Variable, ...]) -> None:
    if not variables:
        return
    names = ", ".join(f"{item.name} ({item.line})" for item in variables[:_MOST])
    more = ", ..." if len(variables) > _MOST else ""
    print(words.say(f"check.{what}", count=len(variables), names=names + more))


def _unit(item: UnitFinding) -> Finding:
    reason = say(
        f"check.unit.{item.rule}", part=item.part, expected=item.expected, found=item.found
    )
    hint = say(f"check.unit.hint.{item.hint}", expected=item.expected, factor=item.factor)
    return Finding(Path(item.file), item.variable, reason, hint, item.line)


def _no_unit(opened: Model, item: Variable) -> Finding:
    return Finding(opened.path, item.name, say("check.no_unit"), None, item.line)


def _verdict(item: Verdict) -> Finding:
    reason = say(
        f"check.reality.{item.outcome.replace(' ', '_')}",
        time="" if item.time is None else f"{item.time:g}",
        comparison=item.comparison,
        left=f"{item.left:.6g}",
        right=f"{item.right:.6g}",
        reason=Said(item.reason),
    )
    hint: Message | None = Said(item.hint) if item.hint else None
    return Finding(Path(item.file), item.name, reason, hint, item.line)
