"""The lines that stand beside a status: what was checked, how, and with which result."""

from __future__ import annotations

import math

from optimize.crosscheck import SAME, CrossCheck
from scenarios.report.estimates import chance
from scenarios.report.project_sections import choice_line
from scenarios.report.result import InFutures, Result
from scenarios.report.rule_words import rule_name, with_unit
from scenarios.words import DASH, Words, number, significant

PARITY = 1e-9  # relative: the engine and PySD agree
NOISE = 1e-12  # relative: what rounding of floating point numbers leaves


def lines(result: Result, words: Words) -> list[tuple[str, str]]:
    """Label and finding of each line, with the seconds spent on it where they are known."""
    answer = result.answer
    found = [
        ("value", _value(result, words), result.seconds.get("reference")),
        ("violation", _violation(result, words), answer.seconds.get("rounding")),
        (
            "kkt",
            words.say("evidence.kkt.value", value=f"{answer.kkt_residual:.1e}"),
            answer.seconds.get("finish"),
        ),
        ("starts", _starts(result, words), answer.seconds.get("starts"))
        if answer.chosen is None
        else ("choice", choice_line(result, words), answer.seconds.get("choice")),
        ("bound", _bound(result, words), None),
        *(("crosscheck", _crosscheck(check, words), check.seconds) for check in result.crosschecks),
        *([] if result.futures is None else [("futures", _futures(result.futures, words), None)]),
    ]
    return [
        (
            words.say(f"evidence.{key}"),
            text
            if seconds is None
            else words.say("evidence.timed", finding=text, seconds=number(seconds, 2)),
        )
        for key, text, seconds in found
    ]


def model(result: Result, words: Words) -> str:
    """How much of the model is assumed: no check of the search can mend that."""
    return words.say(
        "evidence.model",
        parameters=result.model.parameters,
        assumptions=result.model.assumptions,
        spread=words.say(f"evidence.model.{'bare' if result.bands is None else 'banded'}"),
    )


def _value(result: Result, words: Words) -> str:
    answer = result.answer
    digits = significant(answer.objective - answer.objective_without_money, 4)
    value, none = (number(v, digits) for v in (answer.objective, answer.objective_without_money))
    if result.reference is None:
        return words.say("evidence.value.pending", value=value, none=none)
    apart = result.reference.max_relative_difference > PARITY
    return words.say(
        "evidence.value.apart" if apart else "evidence.value.done",
        value=value,
        none=none,
        engine=result.reference.engine,
        difference=f"{result.reference.max_relative_difference:.1e}",
    )


def _violation(result: Result, words: Words) -> str:
    reports = result.answer.rules
    worst = max(reports, key=lambda report: report.violation, default=None)
    if worst is None or worst.violation <= NOISE:
        return words.say("evidence.violation.none", rules=len(reports))
    return words.say(
        "evidence.violation.some",
        rule=rule_name(words, worst.row),
        amount=with_unit(words, -worst.slack, worst.row.unit),
        relative=f"{worst.violation:.1e}",
    )


def _starts(result: Result, words: Words) -> str:
    """How many starts agree, and what became of the others."""
    starts = result.answer.starts
    found = words.say(
        "evidence.starts.value",
        number=starts.number,
        agreeing=starts.agreeing,
        spread=number(starts.spread, significant(starts.spread, 2)),
    )
    ends = [end for end in starts.objectives if math.isfinite(end)]
    worse = max(ends) - min(ends) if ends else 0.0
    if starts.agreeing < len(ends):
        text = number(worse, significant(worse, 2))
        found += words.say("evidence.starts.worse", number=len(ends) - starts.agreeing, by=text)
    if lost := len(starts.objectives) - len(ends):
        found += words.say("evidence.starts.lost", number=lost)
    return found


def _bound(result: Result, words: Words) -> str:
    answer = result.answer
    if answer.bound is None:
        return words.say("evidence.bound.none")
    gap = DASH if answer.gap_of_gain is None else words.percent(answer.gap_of_gain, 2)
    return words.say("evidence.bound.value", bound=number(answer.bound, 5), gap=gap)


def _futures(found: InFutures, words: Words) -> str:
    """What of the plan stands where the model's numbers, weather and prices are otherwise."""
    text = words.say(
        "evidence.futures.value",
        number=found.gain.size,
        better=chance(words, found.better),
        gain=number(found.gain.value, 3),
        low=number(found.gain.low, 3),
        high=number(found.gain.high, 3),
    )
    if found.rules:
        weakest, held = min(
            zip(found.rules, found.held, strict=True), key=lambda pair: pair[1].value
        )
        text += words.say(
            "evidence.futures.rules",
            all=chance(words, found.all_held),
            rule=words.say(f"rule.{weakest}.name"),
            held=chance(words, held),
        )
    if found.failed:
        text += words.say("evidence.futures.failed", number=found.failed)
    return text


def _crosscheck(check: CrossCheck, words: Words) -> str:
    """What another solver found, against the plan before rounding."""
    key = f"evidence.crosscheck.status.{check.status.lower()}"
    head = words.say(
        "evidence.crosscheck.head",
        solver=check.version,
        begin=words.say(f"evidence.crosscheck.begin.{check.begin}"),
        status=words.say(key) if words.has(key) else check.status,
    )
    return head + _verdict(check, words) + _left_open(check, words)


def _verdict(check: CrossCheck, words: Words) -> str:
    if check.refused:
        return words.say("evidence.crosscheck.refused", why=check.refused)
    if check.worse_by is None or check.violation is None:
        return words.say("evidence.crosscheck.none")
    if not check.feasible:
        return words.say("evidence.crosscheck.breaks", relative=f"{check.violation:.1e}")
    kind = "better" if check.better else "same" if check.worse_by <= SAME else "worse"
    if check.solver == "scip" and kind == "same":  # it may only hand back what it was given
        return words.say("evidence.crosscheck.nothing_better")
    share = 100.0 * abs(check.worse_by)
    return words.say(
        f"evidence.crosscheck.{kind}",
        objective=number(check.objective or 0.0, 6),
        share=number(share, significant(share, 2)),
        kkt=f"{check.kkt_residual:.0e}",
    )


def _left_open(check: CrossCheck, words: Words) -> str:
    """The solver's own bound, where it has one; a gap above all that money does says nothing."""
    if check.gap_of_gain is None:
        return ""
    if check.gap_of_gain > 1.0:
        return words.say("evidence.crosscheck.no_bound")
    return words.say("evidence.crosscheck.bound", gap=words.percent(check.gap_of_gain, 1))
