"""The rule that money is not scattered (notation as in :mod:`optimize.rules.money`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimize.problem import Choice, Link, Problem, Row, Vector
from optimize.projects import PAYMENTS
from optimize.rules.context import RuleContext
from optimize.rules.money import UNIT

RULE = "minimum_size"
NOTHING = " = 0"  # ends the subject of the row that holds while a place gets nothing

Switch = tuple[Choice, tuple[Link, Link]]


def minimum_size(
    context: RuleContext, problem: Problem, *, at_least: float = 50.0, **named: float
) -> Iterator[Switch]:
    """Money of a year for an instrument in a sector is nothing, or at least so much.

    With ``z[y, s, i]`` 1 where there is money, else 0: ``x[y, s, i] >= least[i] * z[y, s, i]``, and
    ``x[y, s, i] <= 0`` unless ``z[y, s, i]``. ``at_least`` (10,000 yuan) holds for the instruments
    that are not named; 0 asks for nothing. ``problem`` says what whole projects are paid: their
    sizes are their own, so the rule is about what ``x`` is beyond them. Source: assumption.
    """
    instruments = tuple({decision.instrument for decision in context.decisions})
    for name in named:
        context.check_name(RULE, name, instruments)
    payments = [link for link in problem.links if link.rule == PAYMENTS]
    projects = {index: link.choices for link in payments for index in link.money}
    owed = {index: link.bound for link in payments for index in link.money}
    owed |= {i: row.bound for row in problem.rows if row.rule == PAYMENTS for i in row.coefficients}
    number = len(problem.choices)
    for index, decision in enumerate(context.decisions):
        least = float(named.get(decision.instrument, at_least))
        if least <= 0.0:
            continue
        group, year = place(decision.sector, decision.instrument), decision.year
        money, paid, due = {index: 1.0}, projects.get(index, {}), owed.get(index, 0.0)
        some = Link(RULE, money, {number: -least, **paid}, ">=", due, UNIT, year, group)
        none = Link(RULE, money, paid, "<=", due, UNIT, year, group + NOTHING, unless=number)
        yield Choice(group, year), (some, none)
        number += 1


def place(sector: str, instrument: str) -> str:
    """What the choices of a sector's instrument have in common."""
    return f"{sector}: {instrument}"


def is_nothing(row: Row) -> bool:
    """Whether a row says that a place gets nothing."""
    return row.rule == RULE and row.subject.endswith(NOTHING)


def sizes(problem: Problem) -> Iterator[tuple[int, Row]]:
    """Every choice to spend at all, and the least amount as a row about money alone."""
    number = {(choice.group, choice.year): i for i, choice in enumerate(problem.choices)}
    for link in problem.links:
        if link.rule == RULE and link.unless is None:
            own = number[link.subject, link.year]
            yield own, link.row({own})


def too_small(problem: Problem, amounts: Vector) -> Sequence[Row]:
    """The least amounts that ``amounts`` (n,) fall short of without being nothing.

    Only where no project is paid: which projects a plan of amounts stands for is not known.
    """
    ruled = {link.rule for link in problem.links} | {row.rule for row in problem.rows}
    if PAYMENTS in ruled:
        return ()
    return [row for _, row in sizes(problem) if 0.0 < row.value(amounts) < row.bound]
