"""``--bands``: charts with bands over many futures, and how many these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scenarios.findings import refuse, say

if TYPE_CHECKING:
    from scenarios.comparison import Comparison
    from scenarios.county import County
    from scenarios.scenario import Tables

USUAL = 500  # futures


def asked_bands(wanted: bool, futures: int | None) -> int | None:
    """The number of futures; nothing, if no bands are wanted.

    Raises:
        FindingsError: a number is given, but no bands are wanted.
    """
    if wanted:
        return USUAL if futures is None else futures
    if futures is None:
        return None
    needs = say("finding.needs", option="--futures", needed="--bands")
    raise refuse("--futures", needs, say("hint.add_option", needed="--bands"))


def banded(
    found: Comparison,
    counties: Sequence[County],
    levers: Sequence[Tables],
    shown: Sequence[str],
    number: int,
) -> Comparison:
    """The comparison with bands over ``number`` futures, drawn with the first one's seed.

    Raises:
        FindingsError: in no future all runs are finite.
    """
    from scenarios.comparison import figures
    from scenarios.comparison.bands import spreads

    asked, years = figures.banded(found, shown), found.model_years
    seed = counties[0].scenario.search.seed
    try:
        made = spreads(found.alternatives, counties, levers, asked, years, number, seed)
    except ArithmeticError as error:
        raise refuse("--bands", say("finding.no_finite_run"), say("hint.no_finite_run")) from error
    return replace(found, spreads=made)


def bands_csv(found: Comparison) -> dict[str, str]:
    """The numbers behind the bands, by the name of their file."""
    from scenarios.comparison import bands
    from scenarios.report.tables import csv_text

    assert found.spreads is not None
    units = found.alternatives[0].units
    rows = bands.rows(found.alternatives, found.spreads, units)
    return {bands.CSV: csv_text(bands.COLUMNS, rows)}
