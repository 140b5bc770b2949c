"""``compare``: alternatives side by side, scenarios or run folders, the first as baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_text, until_the_reader_leaves
from scenarios.commands.banding import asked_bands, banded, bands_csv
from scenarios.commands.folders import new_folder, write_study
from scenarios.findings import Finding, FindingsError, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.comparison import Alternative, Comparison
    from scenarios.county import County
    from scenarios.scenario import Scenario

FEWEST, MOST = 2, 7


def compare(
    words: Words,
    names: Sequence[str],
    *,
    show: Sequence[str] = (),
    out: Path | None = None,
    bands: bool = False,
    futures: int | None = None,
    json: bool = False,
) -> int:
    """Compare plans; a scenario is optimised first. Ctrl-C leaves nothing behind.

    ``bands`` are drawn in the charts, over so many ``futures``, the same for all.
    """
    number = asked_bands(bands, futures)
    if not FEWEST <= len(names) <= MOST:
        reason = say("finding.alternatives", number=len(names), fewest=FEWEST, most=MOST)
        raise refuse("compare", reason, say("hint.alternatives"))
    folder = new_folder(out, "compare")
    from scenarios.comparison import compared

    ready = list(_alternatives(words, names))
    found = [alternative for alternative, _ in ready]
    try:
        comparison = compared(found)
    except ValueError as error:
        raise refuse("compare", say("finding.no_common_year"), say("hint.common_year")) from error
    from scenarios.comparison.said import said
    from scenarios.comparison.tables import COLUMNS, rows
    from scenarios.report.tables import csv_text

    table = {"comparison.csv": csv_text(COLUMNS, rows(comparison))}
    columns = _columns(comparison, show)
    if number is not None:
        counties = [of_county() for _, of_county in ready]
        levers = [c.tables(a.money) for c, a in zip(counties, found, strict=True)]
        comparison = banded(comparison, counties, levers, columns, number)
        table |= bands_csv(comparison)
    told = said(comparison, words, columns)
    files = write_study(told, words, folder, "comparison", table)
    with until_the_reader_leaves():
        if json:
            print_text(_record(comparison))
        else:
            _print(words, comparison, folder, files)
    return DONE


def _alternatives(
    words: Words, names: Sequence[str]
) -> Iterator[tuple[Alternative, Callable[[], County]]]:
    """Run folders are read, scenarios are solved; every problem of all of them at once.

    Each with what loads its county, which is needed for bands alone.
    """
    from scenarios.commands.solving import solved
    from scenarios.comparison import from_folder, from_result
    from scenarios.county import County
    from scenarios.load import load

    findings: list[Finding] = []
    ready: list[tuple[Path, Alternative] | Scenario] = []
    for name in names:
        try:
            path = Path(name)
            ready.append((path, from_folder(path)) if path.is_dir() else load(name))
        except FindingsError as error:
            findings += error.findings
    if findings:
        raise FindingsError(findings)
    for item in ready:
        if isinstance(item, tuple):
            folder, alternative = item
            yield alternative, partial(_county, folder)
            continue
        county = County(item)
        yield from_result(solved(words, county)), partial(_itself, county)


def _county(folder: Path) -> County:
    """The county of a run folder."""
    from scenarios.chain import RESOLVED
    from scenarios.county import County
    from scenarios.load import load

    return County(load(folder / RESOLVED))


def _itself(county: County) -> County:
    return county


def _columns(found: Comparison, show: Sequence[str]) -> list[str]:
    """The model columns that ``--show`` names, in any spelling; all problems at once."""
    from models.catalogue import county
    from scenarios.columns import named

    known = [
        column
        for column in found.alternatives[0].path.columns
        if all(column in a.path for a in found.alternatives)
    ]
    return named(show, known, county(), "--show")


def _print(words: Words, found: Comparison, folder: Path, files: Sequence[str]) -> None:
    from scenarios.comparison import page
    from scenarios.report.console import Page

    base = found.alternatives[0]
    sheet = Page()
    sheet.title(
        words.say("compare.title", name=base.title[words.language]),
        beside=words.say("summary.price", price_year=base.price_year),
    )
    for section in (
        page.largest,
        page.legend,
        page.table,
        *page.of_bands(found),
        page.money,
    ):
        section(found, words).show_section(sheet)
    sheet.files(words, folder, files)


def _record(found: Comparison) -> str:
    """The comparison for programs: every difference, the largest first."""
    import json

    record = {
        "baseline": found.alternatives[0].name,
        "alternatives": [a.name for a in found.alternatives],
        "plan_years": list(found.plan_years),
        **({} if found.spreads is None else {"bands": found.spreads.record()}),
        "differences": [
            {
                "alternative": found.alternatives[item.alternative].name,
                "measure": item.measure.key,
                "unit": item.measure.unit,
                "value": item.value,
                "baseline": item.base,
                "change": item.change,
                "share_of_what_money_achieves": item.weight,
            }
            for item in found.differences
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
