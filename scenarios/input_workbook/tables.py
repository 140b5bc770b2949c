"""The sheets of the form that are tables: the county's figures, its projects, its past practice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.model import COUNTY
from models.source import key
from scenarios.catalogue import catalogue
from scenarios.fit import open_model
from scenarios.input_workbook.current import county_figures
from scenarios.input_workbook.style import Column, Value, choices, header, limits, put
from scenarios.levers import WHERE, levers
from scenarios.plan_csv import known_places, read_past, spelled
from scenarios.project_csv import COLUMNS, library_table
from scenarios.words import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from scenarios.scenario import Scenario

BLANK = 40  # rows of the library that are there to be filled in
WIDE = {"zh": 24, "en": 26, "instrument": 24, "source": 24, "note": 60}  # in characters
AMOUNTS = ("cost_1", "cost_2", "cost_3", "operator", "life", "gestation", "jobs")


def figures(sheet: Worksheet, base: Scenario, words: Words) -> None:
    """What the county is, parameter by parameter and element by element; to be filled in."""
    say = words.say
    columns = (
        Column(say("input.column.name"), 34),
        Column(say("input.column.unit"), 16),
        Column(say("input.column.now"), 12),
        Column(say("input.column.now_low"), 12),
        Column(say("input.column.now_high"), 12),
        Column(say("input.column.value"), 14, input=True),
        Column(say("input.column.low"), 12, input=True),
        Column(say("input.column.high"), 12, input=True),
        Column(say("input.column.source"), 22, input=True),
        Column(say("input.column.remark"), 34, input=True),
        Column(say("input.column.id"), 30, quiet=True),
    )
    row = header(sheet, columns, words, say("input.text.figures"))
    for cells, id in figure_rows(base, words):
        put(sheet, row, columns, [*cells, None, None, None, None, None, id])
        row += 1
    limits(sheet, f"F4:H{row - 1}", words, 0.0, None, money=True)


def figure_rows(base: Scenario, words: Words) -> Iterator[tuple[list[Value], str]]:
    """What the base has of each figure: name, unit, value, low, high; and the figure's id."""
    names, model, own = base.catalogue, base.model, base.numbers.values
    for id in county_figures(base):
        about = names.rows[key(id)]
        for column in (c for c in model.constants if key(c.partition("[")[0]) == key(id)):
            low, high = names.range_of(column, model) or (None, None)
            now = own.get(column, model.constants[column])
            label, unit = names.label(column, words.language), words.unit(about.unit)
            yield [label, unit, _plain(now), _plain(low), _plain(high)], column


def projects(sheet: Worksheet, base: Scenario, words: Words) -> None:
    """The library of the base, where it has one, and room for more."""
    names = catalogue(COUNTY)
    places = levers(open_model(COUNTY).lookups)
    columns = [
        Column(words.say(f"input.project.{name}"), WIDE.get(name, 13), input=True)
        for name in COLUMNS
    ]
    row = header(sheet, columns, words, words.say("input.text.projects"))
    if base.library_file is not None:
        sectors, tools = known_places(names, places)
        table, _ = library_table(base.library_file)
        for line in table.rows:
            cells = dict(line.cells)
            cells["sector"] = words.name(sectors[spelled(cells["sector"])])
            cells["instrument"] = words.name(tools[spelled(cells["instrument"])])
            put(sheet, row, columns, [_number(cells.get(name, "")) for name in COLUMNS])
            row += 1
    for _ in range(BLANK):
        put(sheet, row, columns, [None] * len(COLUMNS))
        row += 1
    letters = {name: _letter(COLUMNS.index(name) + 1) for name in COLUMNS}

    def of(name: str) -> str:
        return f"{letters[name]}4:{letters[name]}{row - 1}"

    choices(sheet, of("sector"), [words.name(where) for where in WHERE], words)
    tools_shown = [words.name(tool) for tool in dict.fromkeys(tool for _, tool in places)]
    choices(sheet, of("instrument"), tools_shown, words)
    for name in AMOUNTS:
        limits(sheet, of(name), words, 0.0, None, money=True)
    limits(sheet, of("starts"), words, 1.0, 50.0, money=False)


def past(sheet: Worksheet, base: Scenario, words: Words) -> None:
    """The past practice of the base: places down, years across."""
    names, model = base.catalogue, open_model(COUNTY)
    places = levers(model.lookups)
    years = [round(x) for x in model.lookups[next(iter(places.values()))].x]
    amounts, _ = read_past(base.past_practice_file, names, years, places)
    columns = [
        Column(words.say("input.column.sector"), 12),
        Column(words.say("input.column.instrument"), 30),
        *(Column(str(year), 9, input=True) for year in years),
    ]
    row = header(sheet, columns, words, words.say("input.text.past"))
    for sector, tool in places:
        cells = [_plain(amounts.get((year, sector, tool))) for year in years]
        put(sheet, row, columns, [words.name(sector), words.name(tool), *cells])
        row += 1
    limits(sheet, f"C4:{_letter(len(columns))}{row - 1}", words, 0.0, None, money=True)


def _plain(value: float | None) -> Value:
    """A whole number without decimals."""
    return int(value) if value is not None and float(value).is_integer() else value


def _number(text: str) -> Value:
    """The text of a table's cell as a spreadsheet holds it."""
    try:
        return _plain(float(text))
    except ValueError:
        return text or None


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
