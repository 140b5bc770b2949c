"""Writes the input workbook: a form on the scenario that it extends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.source import key
from scenarios.agreement import AGREED_AMOUNT
from scenarios.input_workbook.current import county_figures, current
from scenarios.input_workbook.entries import WEIGHT, Entry, county_entries
from scenarios.input_workbook.style import (
    Column,
    Value,
    choices,
    guide,
    header,
    limits,
    no_input,
    put,
)
from scenarios.input_workbook.tables import figures, past, projects
from scenarios.toml_text import Keys, dotted
from scenarios.words import Words

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from scenarios.scenario import Scenario

ORDER = (
    "county",
    "objective",
    "rules",
    "figures",
    "agreement",
    "projects",
    "past",
    "parameters",
    "series",
)
TABLES = {"figures": figures, "projects": projects, "past": past}


def write_form(
    file: Path, base: Scenario, given: Mapping[Keys, str], words: Words, called: str
) -> None:
    """Write the form, which will be ``called`` so; ``given`` are the entries filled in already."""
    from openpyxl import Workbook

    book: Workbook = Workbook()
    book.remove(book.active)
    title = given["scenario", f"title_{words.language}"]
    _guide(book.create_sheet(words.say("input.guide")), base, title, called, words)
    rows, now = county_entries(), current(base)
    # What other sheets ask for.
    elsewhere = {key(id) for id in (*county_figures(base), *AGREED_AMOUNT.values(), WEIGHT)}
    for name in ORDER:
        sheet = book.create_sheet(words.say(f"input.{name}"))
        if name in TABLES:
            TABLES[name](sheet, base, words)
            continue
        shown = [entry for entry in rows[name] if _ahead(entry, base)]
        if name == "parameters":
            shown = [entry for entry in shown if key(entry.keys[1]) not in elsewhere]
        _entries(sheet, name, shown, {**now, **given}, given, words, base.plan.first_year)
    book.properties.creator = "Xieheng"
    book.properties.title = title
    book.save(file)


def _ahead(entry: Entry, base: Scenario) -> bool:
    """Whether an entry is not the budget of a year before the plan."""
    year = entry.keys[2] if entry.keys[:2] == ("money", "budget") and entry.keys[2:] else ""
    return not year or int(year) >= base.plan.first_year


def _guide(sheet: Worksheet, base: Scenario, title: str, file: str, words: Words) -> None:
    about = {"base": base.title(words.language), "file": file}
    lines = [("", words.say(f"input.text.{text}", **about)) for text in ("what", "run", "money")]
    lines += [(words.say(f"input.{name}"), words.say(f"input.text.{name}")) for name in ORDER]
    lines.append(("", words.say("input.text.free")))
    guide(sheet, words.say("input.text.title", name=title), lines)


def _entries(
    sheet: Worksheet,
    name: str,
    rows: Sequence[Entry],
    now: Mapping[Keys, object],
    given: Mapping[Keys, str],
    words: Words,
    first_year: int,
) -> None:
    """A row for every entry: what it is, what holds now, the planner's cells, its key."""
    say = words.say
    begin = first_year if name == "agreement" else 0
    years = sorted({year for entry in rows for year in entry.years if year >= begin})
    noted = any(entry.source for entry in rows)
    catalogued = name in ("parameters", "series")
    every = Column(say("input.column.every" if years else "input.column.value"), 16, input=True)
    labels = (
        Column(say("input.column.item"), 36),
        Column(say("input.column.other" if catalogued else "input.column.group"), 28),
    )
    columns = (
        *(labels if catalogued else labels[::-1]),
        Column(say("input.column.unit"), 14),
        Column(say("input.column.now"), 18),
        *((every,) if any(entry.single for entry in rows) else ()),
        *(Column(str(year), 9, input=True) for year in years),
        Column(say("input.column.allowed"), 30),
        *((Column(say("input.column.note"), 40),) if noted else ()),
        Column(say("input.column.key"), 40, quiet=True),
    )
    row = header(sheet, columns, words, say(f"input.text.{name}"))
    first = next(i for i, column in enumerate(columns, start=1) if column.input)
    for entry in rows:
        inputs: list[Value] = [None] * sum(column.input for column in columns)
        if entry.keys in given:
            inputs[0] = given[entry.keys]
        unit = words.unit(entry.unit) if entry.unit else ""
        called = [entry.item[words.language], entry.group[words.language]]
        about = [*(called if catalogued else called[::-1]), unit]
        before = None if entry.keys in given else _now(entry, now, words)
        source = entry.source[words.language] if entry.source else ""
        note = [words.source(source)] if noted else []
        after = [allowed(entry, words), *note, dotted(entry.keys)]
        begins = not catalogued and about[0] != sheet.cell(row - 1, 1).value
        put(sheet, row, columns, [*about, before, *inputs, *after], begins=begins)
        for number, column in enumerate(columns, start=1):
            year = int(column.title) if column.title.isdecimal() else None
            if column.input and not (entry.single if year is None else year in entry.years):
                no_input(sheet.cell(row, number))
        last = sheet.cell(row, first + len(inputs) - 1).coordinate
        let_in(sheet, f"{sheet.cell(row, first).coordinate}:{last}", entry, words)
        row += 1
    if years:
        sheet.freeze_panes = "C4"


def _now(entry: Entry, now: Mapping[Keys, object], words: Words) -> Value:
    """What holds now, in one cell."""
    value = now.get(entry.keys)
    if value is None:
        of_years = {now.get((*entry.keys, str(year))) for year in entry.years} - {None}
        if not of_years:
            return None
        value = next(iter(of_years)) if len(of_years) == 1 else words.say("input.now.varies")
    if isinstance(value, bool):
        return words.say("workbook.yes" if value else "workbook.no")
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if entry.keys[-1] == "source":
        return words.source(str(value))
    return value if isinstance(value, int) else str(value)


def allowed(entry: Entry, words: Words) -> str:
    """What a cell of an entry may hold, in words."""
    if entry.kind in ("yes_no", "numbers", "names"):
        return words.say(f"input.allowed.{entry.kind}")
    if entry.choices:
        return " / ".join(entry.choices)
    if entry.low is not None and entry.high is not None:
        return words.say("input.allowed.span", low=f"{entry.low:.10g}", high=f"{entry.high:.10g}")
    if entry.kind == "money":
        return words.say("input.allowed.money")
    if entry.low is not None:
        return words.say("input.allowed.low", low=f"{entry.low:g}")
    return ""


def let_in(sheet: Worksheet, cells: str, entry: Entry, words: Words) -> None:
    """Drop-downs and limits of the planner's cells."""
    if entry.kind == "yes_no":
        options = [words.say("workbook.yes"), words.say("workbook.no")]
        choices(sheet, cells, options, words)
    elif entry.choices:
        choices(sheet, cells, entry.choices, words)
    elif entry.kind in ("number", "money", "whole"):
        limits(sheet, cells, words, entry.low, entry.high, money=entry.kind == "money")
