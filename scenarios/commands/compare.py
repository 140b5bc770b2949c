"""``compare``: alternatives side by side, scenarios or run folders, the first as baseline."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DONE, print_text, until_the_reader_leaves
from scenarios.commands.folders import new_folder, not_writable
from scenarios.findings import Finding, FindingsError, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.comparison import Alternative, Comparison
    from scenarios.scenario import Scenario

FEWEST, MOST = 2, 7


def compare(
    words: Words,
    names: Sequence[str],
    *,
    show: Sequence[str] = (),
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Compare plans; a scenario is optimised first. Ctrl-C leaves nothing behind."""
    if not FEWEST <= len(names) <= MOST:
        reason = say("finding.alternatives", number=len(names), fewest=FEWEST, most=MOST)
        raise refuse("compare", reason, say("hint.alternatives"))
    folder = new_folder(out, "compare")
    from scenarios.comparison import compared

    found = list(_alternatives(words, names))
    try:
        comparison = compared(found)
    except ValueError as error:
        raise refuse("compare", say("finding.no_common_year"), say("hint.common_year")) from error
    columns = _columns(comparison, show)
    files = _write(words, comparison, columns, folder)
    with until_the_reader_leaves():
        if json:
            print_text(_record(comparison))
        else:
            _print(words, comparison, folder, files)
    return DONE


def _alternatives(words: Words, names: Sequence[str]) -> Iterator[Alternative]:
    """Run folders are read, scenarios are solved; every problem of all of them at once."""
    from scenarios.commands.solving import solved
    from scenarios.comparison import Alternative, from_folder, from_result
    from scenarios.county import County
    from scenarios.load import load

    findings: list[Finding] = []
    ready: list[Alternative | Scenario] = []
    for name in names:
        try:
            path = Path(name)
            ready.append(from_folder(path) if path.is_dir() else load(name))
        except FindingsError as error:
            findings += error.findings
    if findings:
        raise FindingsError(findings)
    for item in ready:
        if isinstance(item, Alternative):
            yield item
            continue
        identity = item.identity
        title = identity.title_zh if words.chinese else identity.title_en
        print(words.say("compare.solving", name=title), file=sys.stderr)
        yield from_result(solved(words, County(item)))


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


def _write(
    words: Words, found: Comparison, columns: Sequence[str], folder: Path
) -> tuple[str, ...]:
    """The folder of the comparison, whole or not at all; the names of its files."""
    from scenarios.comparison import page
    from scenarios.comparison.figures import drawings
    from scenarios.comparison.tables import COLUMNS, rows
    from scenarios.report import FIGURES, put, whole
    from scenarios.report.chapters import Part, Picture
    from scenarios.report.figures import written
    from scenarios.report.html import page_html
    from scenarios.report.inline_svg import inline_svg
    from scenarios.report.tables import csv_text

    made = {drawing.name: drawing for drawing in drawings(found, words, columns)}
    try:
        with whole(folder) as staging:
            svgs = written(
                lambda: ((d.name, d.reading, d.draw()) for d in made.values()), staging / FIGURES
            )
            pictures = [
                Picture(
                    number,
                    name,
                    made[name].caption,
                    reading,
                    inline_svg(name, svg, reading),
                    made[name].data,
                )
                for number, (name, reading, svg) in enumerate(svgs, start=1)
            ]
            put(staging / "comparison.csv", csv_text(COLUMNS, rows(found)))
            base = found.alternatives[0]
            sections = tuple(f(found, words) for f in (page.legend, page.table, page.money))
            text = page_html(
                words,
                title=words.say("compare.title", name=base.title[words.language]),
                under=words.say(
                    "report.under",
                    years=words.years(found.plan_years),
                    price_year=base.price_year,
                ),
                lead=page.sentences(found, words),
                parts=(
                    Part("tables", words.say("compare.part.tables"), sections),
                    Part("charts", words.say("compare.part.charts"), (), tuple(pictures)),
                ),
            )
            put(staging / "comparison.html", text)
            paths = (p for p in staging.rglob("*") if p.is_file())
            return tuple(sorted(path.relative_to(staging).as_posix() for path in paths))
    except OSError as error:
        raise not_writable(folder, error) from error


def _print(words: Words, found: Comparison, folder: Path, files: Sequence[str]) -> None:
    from scenarios.comparison import page
    from scenarios.report.console import Page

    base = found.alternatives[0]
    sheet = Page()
    sheet.title(
        words.say("compare.title", name=base.title[words.language]),
        beside=words.say("summary.price", price_year=base.price_year),
    )
    for section in (page.largest, page.legend, page.table, page.money):
        section(found, words).show_section(sheet)
    sheet.heading(words.say("summary.section.files"))
    sheet.paragraph(str(folder))
    sheet.paragraph("  ".join(files), indent=4)


def _record(found: Comparison) -> str:
    """The comparison for programs: every difference, the largest first."""
    import json

    record = {
        "baseline": found.alternatives[0].name,
        "alternatives": [a.name for a in found.alternatives],
        "plan_years": list(found.plan_years),
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
