"""The numbers behind each chart, as a table of years."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimize.problem import Vector
from scenarios.levers import WHERE
from scenarios.report import assessment, farmers, partners, structure
from scenarios.report.bands import LEVELS, Basis
from scenarios.report.blocks import Table
from scenarios.report.result import PLANS, Money, PlanName, Result, total
from scenarios.words import Words, number

Line = tuple[str, str, list[float], int]  # what, whose, values by year, decimals
SHOWN = (LEVELS[0], 0.5, LEVELS[-1])  # of the bands


def figure_data(name: str, result: Result, words: Words) -> Table:
    """What the chart ``name`` shows: a row for each quantity and plan, a column for each year."""
    years, lines = TABLES[name](result, words)
    return Table(
        (words.say("report.column.what"), words.say("report.column.plan"), *map(str, years)),
        tuple(
            (what, whose, *(number(value, digits) for value in values))
            for what, whose, values, digits in lines
        ),
        texts=(0, 1),
        whole=(1,),
    )


def _money(result: Result, words: Words, whose: Sequence[str], by: str) -> list[Line]:
    years = result.plan_years
    lines: list[Line] = []
    plans: tuple[tuple[PlanName, Money], ...] = (
        ("optimal", result.plan_money),
        ("past_practice", result.past_money),
    )
    for item in whose:
        name = words.title(item) if by == "instrument" else words.place(item)
        for plan, money in plans:
            values = [
                total(money, years=[year], sector=item)
                if by == "sector"
                else total(money, years=[year], instrument=item)
                for year in years
            ]
            lines.append((name, words.say(f"plan.{plan}"), values, 0))
    return lines


def _allocation(result: Result, words: Words) -> tuple[Sequence[int], list[Line]]:
    return result.plan_years, _money(result, words, WHERE, "sector")


def _instruments(result: Result, words: Words) -> tuple[Sequence[int], list[Line]]:
    return result.plan_years, _money(result, words, result.instruments, "instrument")


def _paths(
    result: Result, words: Words, columns: Sequence[tuple[str, str, float, int]]
) -> list[Line]:
    lines: list[Line] = []
    for what, column, scale, digits in columns:
        if not all(column in path for path in result.paths.values()):
            continue
        for plan in PLANS:
            values = _values(result, plan, column, scale)
            lines.append((what, words.say(f"plan.{plan}"), values, digits))
        lines += _bands(result, words, what, (column, "level"), scale, digits)
    return lines


def _bands(
    result: Result,
    words: Words,
    what: str,
    outcome: tuple[str, Basis],
    scale: float = 1.0,
    digits: int = 0,
) -> list[Line]:
    """The ends of the widest band and the median, where there are bands.

    Over the model's years; gains are shown over the plan's alone.
    """
    found = None if result.bands is None else result.bands.of(*outcome)
    if found is None:
        return []
    shown = len(result.plan_years if outcome[1] == "gain" else result.model_years)
    return [
        (
            what,
            words.say("bands.level", plan=words.say("plan.optimal"), level=f"{100 * level:g}%"),
            [scale * value for value in values[-shown:]],
            digits,
        )
        for level, values in zip(LEVELS, found.quantiles, strict=True)
        if level in SHOWN
    ]


def _values(result: Result, plan: PlanName, column: str, scale: float) -> list[float]:
    values: Vector = scale * result.paths[plan].at(column, result.model_years)
    return [float(value) for value in values]


def _structure(result: Result, words: Words) -> tuple[Sequence[int], list[Line]]:
    years = result.model_years
    shares = [
        (words.name(column.partition("[")[2].rstrip("]")), column, 100.0, 2)
        for column in structure.COLUMNS
        if column.startswith("share")
    ]
    targets: list[Line] = [
        (
            words.name(column.partition("[")[2].rstrip("]")),
            words.say("plan.target"),
            _values(result, "optimal", column, 100.0),
            2,
        )
        for column in structure.COLUMNS
        if column.startswith("target")
    ]
    return years, [*_paths(result, words, shares), *targets]


def _farmers(result: Result, words: Words) -> tuple[Sequence[int], list[Line]]:
    columns = [
        (words.say(f"figure.farmers.{panel.key}"), panel.column, panel.scale, panel.digits)
        for panel in farmers.PANELS
    ]
    return result.model_years, _paths(result, words, columns)


def _partners(result: Result, words: Words) -> tuple[Sequence[int], list[Line]]:
    lines: list[Line] = []
    for key, column in partners.PARTNERS:
        for plan in partners.SHOWN[::-1]:
            gain: Vector = partners.gain(result, plan, column)
            lines.append(
                (words.say(f"figure.partners.{key}"), words.say(f"plan.{plan}"), gain.tolist(), 0)
            )
        lines += _bands(result, words, words.say(f"figure.partners.{key}"), (column, "gain"))
    return result.plan_years, lines


def _assessment(result: Result, words: Words) -> tuple[Sequence[int], list[Line]]:
    column = assessment.COLUMN
    return result.model_years, _paths(result, words, [(words.name(column), column, 1.0, 1)])


TABLES: dict[str, Callable[[Result, Words], tuple[Sequence[int], list[Line]]]] = {
    "allocation": _allocation,
    "structure": _structure,
    "farmers": _farmers,
    "instruments": _instruments,
    "partners": _partners,
    "assessment": _assessment,
}
