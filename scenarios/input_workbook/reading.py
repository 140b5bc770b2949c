"""From a workbook that was filled in to the document that a TOML file would have been.

Sheets are known by their columns, not by their titles, and rows by their key or, where that was
lost, by their name; so sheets and rows may be renamed, moved or left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.aliases import source
from scenarios.findings import Finding, Message, Place, did_you_mean, refuse, say
from scenarios.input_workbook.entries import Entry, county_entries
from scenarios.money import parse_amount, parse_number
from scenarios.plan_csv import NO, PAST, YEARS, YES, year_of
from scenarios.project_csv import LIBRARY
from scenarios.sheets import FORMULA, Sheet, plain, read_book, text_of
from scenarios.table import Form, has_rows, read_table
from scenarios.toml_text import Keys, dotted, pieces

COLUMNS = {
    "键": "key",
    "类别": "group",
    "项目": "item",
    "英文名称": "group",
    "chinese name": "group",
    "您的值": "value",
    "your value": "value",
    "每年": "value",
    "every year": "value",
    "误差": "error",
    "相对误差": "error",
    "relative error": "error",
}
FORM = Form("", ("key", "group", "item", "value"), YEARS, COLUMNS)
WHAT_IT_IS = {("extends",), ("scenario", "name")}  # one of them is in every form
TOP = 20  # rows in which the names of the columns are looked for


@dataclass
class Filled:
    """What a workbook says: the document, the cell of every key, and what is wrong."""

    document: dict[str, Any] = field(default_factory=dict)
    places: dict[Keys, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """A cell that was filled in."""

    keys: Keys
    entry: Entry | None  # None where the form has no such entry
    text: str
    place: str


def read_document(path: Path) -> Filled:
    """The document of a workbook.

    Raises:
        FindingsError: it is no workbook, or no form of a scenario.
    """
    known = {entry.keys: entry for rows in county_entries().values() for entry in rows}
    filled = read_entries(path, known)
    if not filled.places.keys() & WHAT_IT_IS:
        raise refuse("", say("finding.no_form"), say("hint.no_form"), path)
    _tables(filled, path)
    return filled


def read_entries(path: Path, known: Mapping[Keys, Entry], fields: Collection[str] = ()) -> Filled:
    """What is filled in on the sheets of entries; ``fields`` are columns beside values and years.

    Raises:
        FindingsError: it is no workbook.
    """
    filled = Filled()
    spellings = _spellings(known)
    for sheet in read_book(path).values():
        for found in _cells(sheet, known, spellings, fields):
            if isinstance(found, Cell):
                _put(filled, path, found)
            else:
                filled.findings.append(Finding(path, *found))
    return filled


def _cells(
    sheet: Sheet,
    known: Mapping[Keys, Entry],
    spellings: Mapping[tuple[str, str], Keys],
    fields: Collection[str],
) -> Iterator[Cell | tuple[str, Message, Message | None, Place]]:
    """The cells of a sheet of entries that are filled in, or why a row cannot be read."""
    top = _top(sheet)
    if top is None:
        return
    columns = [_column(text_of(value)) for value in sheet.rows[top]]
    for number, row in enumerate(sheet.rows[top + 1 :], start=top + 2):
        texts = [text_of(value) for value in row]
        cells = dict(zip(columns, texts, strict=True))
        filled = [
            (columns[j], texts[j], sheet.place(number, j + 1))
            for j, column in enumerate(columns)
            if texts[j] and (column == "value" or column in YEARS or column in fields)
        ]
        if not filled:
            continue
        keys = pieces(cells.get("key", ""))
        if not keys:
            names = (plain(cells.get("group", "")), plain(cells.get("item", "")))
            keys = spellings.get(names) or spellings.get(("", names[1])) or ()
        if not keys:
            name = cells.get("item") or cells.get("group") or ""
            items = {entry.item[lang] for entry in known.values() for lang in entry.item}
            reason = say("finding.unknown_name", name=name)
            yield name, reason, did_you_mean(name, sorted(items), 3), filled[0][2]
            continue
        for column, text, place in filled:
            path = keys if column == "value" else (*keys, column)
            yield Cell(path, known.get(path) or known.get(keys), text, place)


def _top(sheet: Sheet) -> int | None:
    """The index of the row with the columns' names, where the sheet has entries."""
    for index, row in enumerate(sheet.rows[:TOP]):
        columns = {_column(text_of(value)) for value in row}
        if columns & {"key", "item"} and columns & {"value", *YEARS}:
            return index
    return None


def _column(name: str) -> str:
    try:
        return str(year_of(name))
    except ValueError:
        return FORM.column(name)


def _spellings(known: Mapping[Keys, Entry]) -> Mapping[tuple[str, str], Keys]:
    """Entries by group and name, and by a name that only one has."""
    found: dict[tuple[str, str], Keys] = {}
    alone: dict[str, set[Keys]] = {}
    for keys, entry in known.items():
        for language, item in entry.item.items():
            found[plain(entry.group[language]), plain(item)] = keys
            alone.setdefault(plain(item), set()).add(keys)
    return {**{("", item): next(iter(k)) for item, k in alone.items() if len(k) == 1}, **found}


def _put(filled: Filled, path: Path, cell: Cell) -> None:
    """Lay a cell into the document."""

    def wrong(reason: Message, hint: Message | None) -> None:
        filled.findings.append(Finding(path, dotted(cell.keys), reason, hint, cell.place))

    if cell.text == FORMULA:
        return wrong(say("finding.no_saved_value"), say("hint.save_again"))
    kind = cell.entry.kind if cell.entry else _kind(cell)
    if kind == "yes_no" and cell.text.lower() not in (*YES, *NO):
        return wrong(say("finding.not_yes", value=cell.text), say("hint.yes_or_no"))
    table = filled.document
    for name in cell.keys[:-1]:
        inner = table.setdefault(name, {})
        if not isinstance(inner, dict):
            return wrong(say("finding.one_and_years"), say("hint.one_and_years"))
        table = inner
    if isinstance(table.get(cell.keys[-1]), dict):
        return wrong(say("finding.one_and_years"), say("hint.one_and_years"))
    if cell.keys[-1] in table:
        return wrong(say("finding.entry_twice"), say("hint.one_line_each"))
    named = cell.keys[-1] == "source"
    table[cell.keys[-1]] = source(cell.text) if named else _value(cell.text, kind)
    filled.places[cell.keys] = cell.place
    return None


def _kind(cell: Cell) -> str:
    """What a cell holds that the form does not have."""
    try:
        parse_number(cell.text)
    except ValueError:
        return "yes_no" if cell.keys[-1] == "on" else "text"
    return "number"


def _value(text: str, kind: str) -> object:
    """The value of a cell as TOML would have it; text where it is none of its kind."""
    if kind == "yes_no":
        return text.lower() in YES
    parts = [part for part in text.replace("；", ";").replace("、", ";").split(";") if part.strip()]
    if kind == "names":
        return [part.strip() for part in parts]
    try:
        if kind == "numbers":
            return [parse_number(part) for part in parts]
        if kind == "whole":
            try:
                return year_of(text)
            except ValueError:
                number = parse_number(text)
                return int(number) if number.is_integer() else number
        if kind == "money":
            return parse_amount(text)
        return parse_number(text) if kind == "number" else text
    except ValueError:
        return text


def _tables(filled: Filled, path: Path) -> None:
    """Sheets that are tables are the files that the document names."""
    from scenarios.figures import FORM as FIGURES
    from scenarios.figures import NUMBERS

    table, _ = read_table(path, FIGURES)
    if any(row.cells[name] for row in table.rows for name in NUMBERS):
        _name(filled, path, ("scenario", "figures"), table.rows[0].place)
    for form, keys in ((PAST, ("plan", "past_practice")), (LIBRARY, ("projects", "library"))):
        if has_rows(path, form):
            _name(filled, path, keys, "")


def _name(filled: Filled, path: Path, keys: Keys, place: Place) -> None:
    section = filled.document.setdefault(keys[0], {})
    section.setdefault(keys[1], path.name)
    filled.places.setdefault(keys, place)
