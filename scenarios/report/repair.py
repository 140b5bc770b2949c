"""The section on what would make a plan possible: the smallest repairs, with numbers."""

from __future__ import annotations

from optimize.problem import Give
from scenarios.report.blocks import Blocks
from scenarios.report.result import Result
from scenarios.report.rule_words import rule_name, with_unit
from scenarios.words import Words


def repair(result: Result, words: Words) -> Blocks:
    """What each rule would have to give alone, and what is least together."""
    section = Blocks(words.say("repair.section"))
    for mending in result.answer.repairs:
        groups: dict[tuple[str, str], list[Give]] = {}
        for give in mending.gives:
            groups.setdefault((give.row.rule, give.row.subject), []).append(give)
        said = [_said(words, gives) for gives in groups.values()]
        text = ("；" if words.chinese else "; ").join(said)
        section.item(words.say(f"repair.{mending.way}", gives=text))
    return section


def _said(words: Words, gives: list[Give]) -> str:
    """A rule with what it must give: a share in all years, or amounts year by year."""
    name = rule_name(words, gives[0].row, with_year=False)
    texts: dict[str, list[int]] = {}
    for give in gives:
        texts.setdefault(_amount(words, give), []).append(give.row.year or 0)
    parts = [
        words.say("repair.years", years=words.years(years), amount=amount) if all(years) else amount
        for amount, years in texts.items()
    ]
    return words.say("repair.rule", rule=name, parts=("、" if words.chinese else ", ").join(parts))


def _amount(words: Words, give: Give) -> str:
    row = give.row
    down = row.sense == ">="
    if give.share is not None:
        was = give.share + (give.by if down else -give.by)
        key = f"repair.share.{'down' if down else 'up'}"
        return words.say(key, was=words.percent(was, 1), to=words.percent(give.share, 1))
    key = f"repair.bound.{'down' if down else 'up'}"
    bound = row.bound - give.by if down else row.bound + give.by
    to, by = with_unit(words, bound, row.unit), with_unit(words, give.by, row.unit)
    if row.bound == 0.0 or row.rule == "yearly_change":
        return words.say("repair.bound.by", by=by)
    return words.say(key, by=by, to=to)
