"""The project library: ``projects.csv``, one candidate project a line. Money in 10,000 yuan.

What a project's money does is the model's: its payments enter the money of its sector and
instrument. The operator's own money, jobs, life and gestation are what the source says of the
project; they are shown beside it and counted nowhere, because the model already has firms'
money that follows cooperation money, jobs, wear and the time that works take.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from models.catalogue import Catalogue
from optimize.projects import Project
from scenarios.catalogue import instruments, spellings
from scenarios.findings import Finding, Message, did_you_mean, say
from scenarios.levers import WHERE, Place
from scenarios.plan_csv import decoded, spelled

NAMES = " ;；、"  # what may stand between the names of several projects


def blank(value: object) -> object:
    """An empty cell is nothing."""
    return None if value == "" else value


def listed(value: object) -> object:
    """Names in one cell."""
    if not isinstance(value, str):
        return value
    for mark in NAMES:
        value = value.replace(mark, " ")
    return tuple(value.split())


Amount = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Cost = Annotated[Amount | None, BeforeValidator(blank)]
Year = Annotated[int | None, BeforeValidator(blank), Field(ge=1900, le=2200)]
Ids = Annotated[tuple[str, ...], BeforeValidator(listed)]


class Line(BaseModel):
    """A line of the library.

    ``cost_1`` is paid in the year of the start, ``cost_2`` the year after, ``cost_3`` then.
    ``life`` and ``gestation`` are in years; ``earliest`` and ``latest`` limit the start;
    ``needs`` must have started in an earlier year, ``excludes`` cannot be in the same plan;
    ``starts`` is how often the project may be begun.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]
    sector: str
    instrument: str
    cost_1: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    cost_2: Cost = None
    cost_3: Cost = None
    operator: Amount = 0.0
    life: Amount
    gestation: Amount
    earliest: Year = None
    latest: Year = None
    needs: Ids = ()
    excludes: Ids = ()
    jobs: Amount = 0.0
    starts: Annotated[int, Field(ge=1, le=50)] = 1
    source: Annotated[str, Field(min_length=1)]
    note: str = ""


@dataclass(frozen=True)
class LibraryProject:
    """A project as its library describes it; ``plan`` is what the optimiser is told."""

    plan: Project
    zh: str
    en: str
    operator: float  # 10,000 yuan of the operator's own
    life: float  # years
    gestation: float  # years from the first money to the opening
    jobs: float
    source: str
    note: str

    @property
    def cost(self) -> float:
        """What the fund pays in all."""
        return sum(self.plan.costs)


def read_library(
    path: Path, names: Catalogue, places: Collection[Place]
) -> tuple[tuple[LibraryProject, ...], list[Finding]]:
    """The projects of a library and everything that is wrong with the file.

    ``places`` are the sectors and instruments that the model has. Both may be written in
    Chinese or English as the catalogue names them.
    """
    try:
        text = decoded(path.read_bytes())
    except OSError:
        return (), [Finding(path, "", say("finding.no_file"), say("hint.csv_path"))]
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lower() for name in next(reader, [])]
    findings = list(wrong_columns(path, header))
    if findings:
        return (), findings
    sectors = {s: id for s, id in spellings(names, "element").items() if id in WHERE}
    sectors |= {name: name for name in WHERE}
    tools = {**instruments(names), **{tool: tool for _, tool in places}}
    found: dict[str, tuple[int, LibraryProject]] = {}
    ids: dict[str, int] = {}  # of every line, also of those that are wrong
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        number = reader.line_num
        if len(cells) != len(header):
            reason = say("finding.fields", number=len(cells), needed=len(header))
            findings.append(Finding(path, "", reason, say("hint.all_fields"), number))
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        if row["id"] in ids:
            reason, hint = say("finding.project_twice", name=row["id"]), say("hint.project_twice")
            findings.append(Finding(path, "id", reason, hint, number))
        ids[row["id"]] = number
        line, wrong = filled(path, number, row)
        findings += wrong
        wrong = list(misplaced(path, number, row, sectors, tools, places))
        findings += wrong
        if line is not None and not wrong:
            sector = sectors[spelled(row["sector"])]
            found[line.id] = (number, project(line, sector, tools[spelled(row["instrument"])]))
    findings += unknown_projects(path, found, ids)
    return tuple(project for _, project in found.values()), findings


def wrong_columns(path: Path, header: Sequence[str]) -> Iterator[Finding]:
    """Columns that are missing or that there are not."""
    known = list(Line.model_fields)
    for name, field in Line.model_fields.items():
        if name not in header and field.is_required():
            hint = say("hint.library_columns", columns=",".join(known))
            yield Finding(path, name, say("finding.no_column"), hint, 1)
    for name in header:
        if name not in known:
            yield Finding(path, name, say("finding.unknown_column"), did_you_mean(name, known), 1)


def filled(path: Path, number: int, row: Mapping[str, str]) -> tuple[Line | None, list[Finding]]:
    """The line in its form, or what is wrong with its cells."""
    optional = {name for name, field in Line.model_fields.items() if not field.is_required()}
    given = {name: cell for name, cell in row.items() if cell or name not in optional}
    try:
        return Line.model_validate(given), []
    except ValidationError as error:
        return None, [
            Finding(path, str(detail["loc"][0]), *complaint(detail), number)
            for detail in error.errors(include_url=False)
        ]


def complaint(detail: Mapping[str, Any]) -> tuple[Message, Message]:
    """Reason and hint of one of pydantic's errors on a cell."""
    kind, cell = detail["type"], detail["input"]
    if kind in ("string_too_short", "missing"):
        return say("finding.missing"), say("hint.cell")
    if kind == "string_pattern_mismatch":
        return say("finding.bad_name", value=cell), say("hint.project_id")
    if kind.startswith("int"):
        return say("finding.not_whole", value=cell), say("hint.whole_number")
    if kind == "greater_than":
        return say("finding.not_above", value=cell, limit=0), say("hint.positive")
    if kind == "greater_than_equal":
        limit = f"{detail['ctx']['ge']:g}"
        return say("finding.too_small", value=cell, limit=limit), say("hint.limit")
    if kind == "less_than_equal":
        limit = f"{detail['ctx']['le']:g}"
        return say("finding.too_large", value=cell, limit=limit), say("hint.limit")
    return say("finding.not_number", value=cell), say("hint.plain_number")


def misplaced(
    path: Path,
    number: int,
    row: Mapping[str, str],
    sectors: Mapping[str, str],
    tools: Mapping[str, str],
    places: Collection[Place],
) -> Iterator[Finding]:
    """A sector or an instrument that the model does not have, or not together."""
    for column, known in (("sector", sectors), ("instrument", tools)):
        name = spelled(row[column])
        if name not in known:
            reason = say("finding.unknown_name", name=row[column])
            yield Finding(path, column, reason, did_you_mean(name, known), number)
    sector, tool = sectors.get(spelled(row["sector"])), tools.get(spelled(row["instrument"]))
    if sector and tool and (sector, tool) not in places:
        reason = say("finding.no_lever", sector=sector, instrument=tool)
        where = ", ".join(of for of, instrument in places if instrument == tool)
        yield Finding(path, "sector", reason, say("hint.known", names=where), number)


def unknown_projects(
    path: Path, found: Mapping[str, tuple[int, LibraryProject]], ids: Collection[str]
) -> Iterator[Finding]:
    """Needs and exclusions that name no project of the library, or the project itself."""
    for number, one in found.values():
        for column, others in (("needs", one.plan.needs), ("excludes", one.plan.excludes)):
            for other in others:
                if other == one.plan.id:
                    reason, hint = say("finding.project_itself"), say("hint.drop_option")
                    yield Finding(path, column, reason, hint, number)
                elif other not in ids:
                    reason = say("finding.unknown_project", name=other)
                    yield Finding(path, column, reason, did_you_mean(other, list(ids)), number)


def project(line: Line, sector: str, instrument: str) -> LibraryProject:
    """A line that is right, as a project."""
    costs = [line.cost_1, line.cost_2 or 0.0, line.cost_3 or 0.0]
    while not costs[-1]:
        costs.pop()
    plan = Project(
        line.id,
        sector,
        instrument,
        tuple(costs),
        line.earliest,
        line.latest,
        line.needs,
        line.excludes,
        line.starts,
    )
    return LibraryProject(
        plan,
        line.zh,
        line.en,
        line.operator,
        line.life,
        line.gestation,
        line.jobs,
        line.source,
        line.note,
    )
