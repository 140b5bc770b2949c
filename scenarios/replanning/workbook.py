"""The form for a year's figures as a workbook, in the look of a scenario's input workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.input_workbook.entries import Entry
from scenarios.input_workbook.style import Column, Value, guide, header, put
from scenarios.input_workbook.writing import allowed, let_in
from scenarios.replanning.observed import ERROR
from scenarios.replanning.template import Asked
from scenarios.toml_text import Keys, dotted
from scenarios.words import Words

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


def write_workbook(file: Path, form: Asked, words: Words, called: str) -> None:
    """Write the form, which will be ``called`` so, with what is given filled in."""
    from openpyxl import Workbook

    book: Workbook = Workbook()
    book.remove(book.active)
    sheets, expected = form.entries, form.expected()
    scenario = form.county.scenario
    title = words.say("replan.form.title", name=scenario.title(words.language), until=form.until)
    lines = [("", words.say("replan.form.what", file=called)), ("", words.say("input.text.money"))]
    lines += [(_title(name, words), words.say(f"replan.form.text.{name}")) for name in sheets]
    lines.append(("", words.say("input.text.free")))
    guide(book.create_sheet(words.say("input.guide")), title, lines)
    given: dict[Keys, object] = {
        ("replan", "until"): form.until,
        ("replan", "error"): ERROR,
        **form.given,
    }
    for name, rows in sheets.items():
        asked = [*rows, *_others(name, rows, form)]
        _sheet(book.create_sheet(_title(name, words)), name, asked, expected, given, words)
    book.properties.creator = "Xieheng"
    book.properties.title = title
    book.save(file)


def _title(sheet: str, words: Words) -> str:
    return words.say(f"replan.form.{sheet}")


def _others(sheet: str, rows: Sequence[Entry], form: Asked) -> list[Entry]:
    """Rows for what is given and the form does not ask for, such as another variable."""
    known = {entry.keys for entry in rows}
    names: dict[Keys, None] = {}
    for keys in form.given:
        if keys[0] == sheet and keys not in known and keys[:-1] not in known and len(keys) > 2:
            names[keys[:-1]] = None
    group = rows[0].group
    return [
        Entry(
            keys, "number", group, {"zh": keys[-1], "en": keys[-1]}, years=form.years, single=False
        )
        for keys in names
    ]


def _sheet(
    sheet: Worksheet,
    name: str,
    rows: Sequence[Entry],
    expected: Mapping[tuple[Keys, int], float | int | bool],
    given: Mapping[Keys, object],
    words: Words,
) -> None:
    """A row for every entry: what it is, what the plan has, the cells to fill in, its key."""
    say = words.say
    years = sorted({year for entry in rows for year in entry.years})
    noted = any(entry.source for entry in rows)
    plan = [Column(say("replan.form.expected", year=year), 13) for year in years]
    cells = [Column(str(year), 13, input=True) for year in years]
    if not years:
        cells = [Column(say("input.column.value"), 16, input=True)]
    if name == "observed":
        cells.append(Column(say("replan.form.error"), 12, input=True))
    columns = (
        Column(say("input.column.group"), 22),
        Column(say("input.column.item"), 40),
        Column(say("input.column.unit"), 14),
        *plan,
        *cells,
        Column(say("input.column.allowed"), 24),
        *((Column(say("input.column.note"), 40),) if noted else ()),
        Column(say("input.column.key"), 40, quiet=True),
    )
    row = header(sheet, columns, words, say(f"replan.form.text.{name}"))
    first = next(i for i, column in enumerate(columns, start=1) if column.input)
    for entry in rows:
        group, item = entry.group[words.language], entry.item[words.language]
        unit = words.unit(entry.unit) if entry.unit not in ("", "Dmnl") else ""
        before = [_value(expected.get((entry.keys, year)), words) for year in years]
        keys = [(*entry.keys, str(year)) for year in years] or [entry.keys]
        if name == "observed":
            keys.append((*entry.keys, "error"))
        filled = [_value(given.get(k), words) for k in keys]
        source = entry.source[words.language] if entry.source else ""
        note = [words.source(source)] if noted else []
        about = [allowed(entry, words), *note, dotted(entry.keys)]
        values = [group, item, unit, *before, *filled, *about]
        begins = group != sheet.cell(row - 1, 1).value
        put(sheet, row, columns, values, begins=begins)
        last = sheet.cell(row, first + len(years or [0]) - 1).coordinate
        let_in(sheet, f"{sheet.cell(row, first).coordinate}:{last}", entry, words)
        row += 1


def _value(held: object, words: Words) -> Value:
    """A value as a cell has it."""
    if isinstance(held, bool):
        return words.say("workbook.yes" if held else "workbook.no")
    if isinstance(held, float):
        return int(held) if held.is_integer() else held
    return held if isinstance(held, int | str) else None
