"""Rules as a planner says them: the name, and what it means that a rule binds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from optimize.problem import Row, RuleReport
from optimize.projects import EXCLUSIONS, NEEDS, STARTS
from optimize.rules.sizes import NOTHING, is_nothing
from scenarios.levers import ALL, WHERE
from scenarios.report.result import Result
from scenarios.words import Words, number, significant

SHARE_FIELD: Mapping[str, str] = {  # the field of a rule that holds its share; "" = the subject's
    "productive_share": "at_least",
    "sector_floor": "",
    "sector_ceiling": "",
    "instrument_floor": "",
    "instrument_ceiling": "",
    "sector_instrument_floor": "",
    "sector_instrument_ceiling": "",
    "yearly_change": "at_most",
}


@dataclass(frozen=True)
class Binding:
    """A rule that binds in some years, in words."""

    years: tuple[int, ...]  # empty: the rule is about the whole plan
    sentence: str

    def line(self, words: Words) -> str:
        """Years and sentence."""
        when = words.years(self.years) if self.years else words.say("rule.all_years")
        return words.say("summary.binds.line", years=when, sentence=self.sentence)


def rule_name(words: Words, row: Row, *, with_year: bool = True) -> str:
    """What a row is called: rule, subject, year."""
    key = f"rule.{row.rule}.name"
    name = words.say(key) if words.has(key) else row.rule
    year = str(row.year or "") if with_year else ""
    parts = [part for part in (subject(words, row), year) if part]
    if words.chinese:
        return f"{name}（{'、'.join(parts)}）" if parts else name
    return f"{name} ({', '.join(parts)})" if parts else name


def subject(words: Words, row: Row) -> str:
    """What a row is about: a sector, an instrument, a way of change or a span of years."""
    if row.rule in (STARTS, NEEDS, EXCLUSIONS):
        return row.subject
    if is_nothing(row):
        return subject(words, replace(row, subject=row.subject.removesuffix(NOTHING)))
    place, _, way = row.subject.partition(" ")
    if way in ("up", "down"):
        return words.say(f"rule.{way}", place=words.place(place))
    sector, colon, instrument = row.subject.partition(": ")
    if colon:
        if sector == ALL:
            return words.name(instrument)
        where, what = words.place(sector), words.name(instrument)
        return words.say("rule.in_sector", sector=where, instrument=what)
    if row.subject.endswith("-"):
        return words.say("rule.span", first=row.subject[:-1])
    if not row.subject and row.rule == "carry_over" and row.year is not None:
        return str(row.year)
    return words.place(row.subject) if row.subject in WHERE else words.name(row.subject)


def limit(words: Words, rows: Sequence[Row], settings: Mapping[str, object]) -> str:
    """The limit that rows of one rule state: a share, an amount, or a range of amounts."""
    field = SHARE_FIELD.get(rows[0].rule)
    if field is not None:
        share: object = settings
        for key in (field or rows[0].subject).split(": "):
            share = share.get(key) if isinstance(share, Mapping) else None
        return words.percent(float(share), 0) if isinstance(share, int | float) else ""
    bounds = sorted({row.bound for row in rows})
    texts = [with_unit(words, bound, rows[0].unit) for bound in (bounds[0], bounds[-1])]
    if texts[0] == texts[1]:
        return texts[0]
    return words.say("rule.limits", low=texts[0], high=texts[1])


def with_unit(words: Words, value: float, unit: str) -> str:
    """A value in the unit of a row."""
    if unit == "wanyuan":
        return words.money(value)
    if unit == "share":
        return words.percent(value, 0 if round(100.0 * value, 6).is_integer() else 1)
    digits = min(2, significant(value, 3)) if abs(value) < 1000 else 0
    return f"{number(value, digits)} {words.unit(unit)}"


def sentence(words: Words, rows: Sequence[Row], settings: Mapping[str, object]) -> str:
    """What it means that these rows of one rule and subject bind."""
    key = f"rule.{rows[0].rule}.sentence"
    if is_nothing(rows[0]):
        key = f"rule.{rows[0].rule}.sentence.nothing"
    if settings.get("of") == "last year":
        key = f"rule.{rows[0].rule}.sentence.last_year"
    if not words.has(key):
        return rows[0].rule
    about = subject(words, rows[0])
    text = words.say(key, limit=limit(words, rows, settings), subject=about)
    return text[:1].upper() + text[1:]


def binding(result: Result, words: Words) -> tuple[Binding, ...]:
    """The rules that bind, years merged, in the order of the problem's rules.

    That a place gets nothing is told only where some money would do good.
    """
    groups: dict[tuple[str, str], list[RuleReport]] = {}
    for report in result.answer.rules:
        if report.binding and (report.shadow_price or not is_nothing(report.row)):
            groups.setdefault((report.row.rule, report.row.subject), []).append(report)
    return tuple(
        Binding(
            tuple(sorted(r.row.year for r in group if r.row.year is not None)),
            sentence(words, [r.row for r in group], result.rules.get(rule, {})),
        )
        for (rule, _), group in groups.items()
    )


def conflict(result: Result, words: Words, names: Iterable[str]) -> tuple[str, ...]:
    """Rows by :attr:`Row.name` in words, years merged, for rules that contradict each other."""
    problem = result.problem
    rows = {row.name: row for row in (*problem.rows, *(link.row(()) for link in problem.links))}
    groups: dict[str, list[int]] = {}
    for name in names:
        row = rows.get(name)
        years = groups.setdefault(rule_name(words, row, with_year=False) if row else name, [])
        if row is not None and row.year is not None:
            years.append(row.year)
    return tuple(
        Binding(tuple(sorted(years)), name).line(words) if years else name
        for name, years in groups.items()
    )
