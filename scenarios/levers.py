"""The levers of the county model: through which instrument money goes, and to which sector.

Every lever is a lookup table of the model, ``yearly money for <instrument>``, by sector or not.
A plan names it by instrument and sector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optimize.rules import SECTORS

LEVER = "yearly money for "
ALL = "all"
WHERE = (*SECTORS, ALL)
# Tables without a sector serve all of them, save the instruments that only one sector has.
ONLY_IN = {"insurance subsidy": "agriculture"}

Place = tuple[str, str]  # (sector, instrument)


def levers(tables: Iterable[str]) -> Mapping[Place, str]:
    """Lever columns of a model by sector and instrument, in the model's order.

    ``tables`` are the names of its lookup tables, e.g. ``yearly money for talent[industry]``.
    """
    found: dict[Place, str] = {}
    for column in tables:
        if column.startswith(LEVER):
            instrument, _, element = column.removeprefix(LEVER).partition("[")
            sector = element.rstrip("]") or ONLY_IN.get(instrument, ALL)
            found[sector, instrument] = column
    return found


def by_year(points: Iterable[float]) -> bool:
    """Whether the points of a table are years; not so for a table over incomes."""
    return all(1900 <= point <= 2200 for point in points)
