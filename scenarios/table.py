"""Tables that planners write: csv files however a spreadsheet saves them, and sheets of workbooks.

A csv file may be UTF-8, Excel's Unicode text or the Chinese encoding, with commas, semicolons or
tabs; its first line names the columns. Of a workbook, the sheet is read that has the table's
title, else the first that has its columns; what stands above the columns' names is passed over.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.findings import Finding, FindingsError, Message, Place, did_you_mean, say
from scenarios.sheets import FORMULA, Book, Sheet, is_workbook, read_book, text_of

YEAR = re.compile(r"^([0-9]{4})\s*年$")
IN_BRACKETS = re.compile(r"\s*[(（].*[)）]\s*$")  # the unit behind a column's name


@dataclass(frozen=True)
class Form:
    """What a table looks like; its columns by their English names.

    ``sheet`` is the row of the message table that titles its sheet; ``spellings`` are other
    names of columns; ``hint`` says which columns there are. A sheet must also have ``one_of``
    some columns to be taken for the table.
    """

    sheet: str
    needed: Sequence[str]
    allowed: Sequence[str] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    hint: Message | None = None
    one_of: Sequence[str] = ()

    def column(self, name: str) -> str:
        """A column by its English name, without a unit in brackets."""
        plain = name.strip().lower()
        bare = YEAR.sub(r"\1", IN_BRACKETS.sub("", plain))
        return self.spellings.get(plain) or self.spellings.get(bare, bare)


@dataclass(frozen=True)
class Row:
    """One row: its cells by column, and where each stands."""

    cells: Mapping[str, str]
    places: Mapping[str, Place]
    place: Place  # of the row as a whole

    def at(self, column: str) -> Place:
        """The line of a file, or the cell of a sheet."""
        return self.places.get(column, self.place)


@dataclass(frozen=True)
class Table:
    """The rows of a table, blank ones left out."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def text(self) -> str:
        """The table as csv text, whatever it was read from."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([row.cells[name] for name in self.header] for row in self.rows)
        return out.getvalue()


def read_table(path: Path, form: Form) -> tuple[Table, list[Finding]]:
    """The table of a file, and what is wrong with its columns and with the length of its rows.

    No rows where a column is missing or not known.
    """
    try:
        return _of_sheet(path, form) if is_workbook(path) else _of_csv(path, form)
    except OSError:
        found = [Finding(path, "", say("finding.no_file"), say("hint.csv_path"))]
    except FindingsError as error:
        found = list(error.findings)
    return Table(path, (), ()), found


def has_rows(path: Path, form: Form) -> bool:
    """Whether a workbook has a sheet of the form, and something in it."""
    found = _sheet(read_book(path), form)
    return found is not None and any(_filled(*found, form))


def _of_csv(path: Path, form: Form) -> tuple[Table, list[Finding]]:
    text = decoded(path.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    header = tuple(form.column(name) for name in trimmed(next(reader, [])))
    findings = list(_columns(path, header, dict.fromkeys(header, 1), 1, form))
    rows: list[Row] = []
    for cells in reader if not findings else ():
        if not any(cell.strip() for cell in cells):
            continue
        line = reader.line_num
        if len(cells) > len(header):
            cells = [*cells[: len(header)], *trimmed(cells[len(header) :])]
        if len(cells) != len(header):
            reason = say("finding.fields", number=len(cells), needed=len(header))
            hint = "hint.no_thousands_comma" if len(cells) > len(header) else "hint.all_fields"
            findings.append(Finding(path, "", reason, say(hint), line))
            continue
        named = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        rows.append(Row(named, {}, line))
    return Table(path, header, tuple(rows)), findings


def _of_sheet(path: Path, form: Form) -> tuple[Table, list[Finding]]:
    found = _sheet(read_book(path), form)
    if found is None:
        reason = say("finding.no_sheet", sheet=say(form.sheet))
        return Table(path, (), ()), [Finding(path, "", reason, form.hint)]
    sheet, top = found
    names = [form.column(text_of(cell)) for cell in sheet.rows[top]]
    places: dict[str, Place] = {
        name: sheet.place(top + 1, j + 1) for j, name in enumerate(names) if name
    }
    findings = list(_columns(path, tuple(places), places, sheet.place(top + 1, 1), form))
    if findings:
        return Table(path, (), ()), findings
    rows = tuple(_filled(sheet, top, form))
    for row in rows:
        for name, cell in row.cells.items():
            if cell == FORMULA:
                reason = say("finding.no_saved_value")
                findings.append(Finding(path, name, reason, say("hint.save_again"), row.at(name)))
    return Table(path, tuple(places), rows if not findings else ()), findings


def _sheet(book: Book, form: Form) -> tuple[Sheet, int] | None:
    """The sheet of a form, and the index of the row that names its columns."""
    from scenarios.words import LANGUAGES, Words

    titles = [Words(language).say(form.sheet) for language in LANGUAGES]
    ranked = sorted(book.values(), key=lambda sheet: sheet.title not in titles)
    best: tuple[int, Sheet, int] | None = None
    for sheet in ranked:
        for index, row in enumerate(sheet.rows[:20]):
            columns = {form.column(text_of(cell)) for cell in row}
            known = columns & set(form.needed)
            if len(known) == len(form.needed) and (not form.one_of or columns & {*form.one_of}):
                return sheet, index
            if sheet.title in titles and len(known) > (best[0] if best else 0):
                best = len(known), sheet, index
    return best[1:] if best else None


def _filled(sheet: Sheet, top: int, form: Form) -> Iterator[Row]:
    names = [form.column(text_of(cell)) for cell in sheet.rows[top]]
    for index, values in enumerate(sheet.rows[top + 1 :], start=top + 2):
        named = {
            name: (text_of(value), sheet.place(index, j + 1))
            for j, (name, value) in enumerate(zip(names, values, strict=True))
            if name
        }
        if any(text for text, _ in named.values()):
            cells = {name: text for name, (text, _) in named.items()}
            places: dict[str, Place] = {name: place for name, (_, place) in named.items()}
            yield Row(cells, places, next(iter(places.values())))


def _columns(
    path: Path, header: Sequence[str], places: Mapping[str, Place], top: Place, form: Form
) -> Iterator[Finding]:
    """Columns that are missing, that there are not, or that stand there twice."""
    known = (*form.needed, *form.allowed)
    for name in form.needed:
        if name not in header:
            yield Finding(path, name, say("finding.no_column"), form.hint, top)
    for name in dict.fromkeys(header):
        if name not in known:
            hint = did_you_mean(name, {**{one: one for one in known}, **form.spellings})
            yield Finding(path, name, say("finding.unknown_column"), hint, places[name])
        elif header.count(name) > 1:
            reason, hint = say("finding.column_twice"), say("hint.drop_option")
            yield Finding(path, name, reason, hint, places[name])


def decoded(data: bytes) -> str:
    """UTF-8, what Excel calls Unicode text, or the Chinese encoding in which it saves csv files."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def delimiter(text: str) -> str:
    """What parts the columns: spreadsheets write semicolons or tabs, too."""
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells
