"""The project library: ``projects.csv``, one candidate project a line. Money in 10,000 yuan.

What a project's money does is the model's: its payments enter the money of its sector and
instrument. The operator's own money, jobs, life and gestation are what the source says of the
project; they are shown beside it and counted nowhere, because the model already has firms'
money that follows cooperation money, jobs, wear and the time that works take.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from models.catalogue import Catalogue
from optimize.projects import Project
from scenarios.aliases import source
from scenarios.findings import Finding, Message, did_you_mean, say
from scenarios.levers import Place
from scenarios.money import parse_amount, parse_number
from scenarios.plan_csv import check_name, known_places, placed, spelled, year_of
from scenarios.table import Form, Row, Table, read_table

NAMES = " ;；、,，"  # what may stand between the names of several projects


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


def amount(value: object) -> object:
    """A number as tables have it, or money with a unit; anything else is left as it is."""
    try:
        return parse_amount(value) if isinstance(value, str) else value
    except ValueError:
        return value


def plain_number(value: object) -> object:
    """A number as tables have it; anything else is left as it is."""
    try:
        return parse_number(value) if isinstance(value, str) else value
    except ValueError:
        return value


def year(value: object) -> object:
    """A year, with 年 behind it or without."""
    try:
        return year_of(value) if isinstance(value, str) else value
    except ValueError:
        return value


Amount = Annotated[float, BeforeValidator(amount), Field(ge=0.0, allow_inf_nan=False)]
Number = Annotated[float, BeforeValidator(plain_number), Field(ge=0.0, allow_inf_nan=False)]
Positive = Annotated[float, BeforeValidator(amount), Field(gt=0.0, allow_inf_nan=False)]
Cost = Annotated[Amount | None, BeforeValidator(blank)]
Year = Annotated[int | None, BeforeValidator(year), BeforeValidator(blank), Field(ge=1900, le=2200)]
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
    en: str = ""
    sector: str
    instrument: str
    cost_1: Positive
    cost_2: Cost = None
    cost_3: Cost = None
    operator: Amount = 0.0
    life: Number
    gestation: Number
    earliest: Year = None
    latest: Year = None
    needs: Ids = ()
    excludes: Ids = ()
    jobs: Number = 0.0
    starts: Annotated[int, Field(ge=1, le=50)] = 1
    source: Annotated[str, Field(min_length=1)]
    note: str = ""


CHINESE = {
    "编号": "id",
    "中文名称": "zh",
    "名称": "zh",
    "项目名称": "zh",
    "英文名称": "en",
    "产业": "sector",
    "手段": "instrument",
    "第一年资金": "cost_1",
    "第二年资金": "cost_2",
    "第三年资金": "cost_3",
    "经营主体自筹": "operator",
    "使用年限": "life",
    "建设年数": "gestation",
    "最早开工": "earliest",
    "最晚开工": "latest",
    "前置项目": "needs",
    "互斥项目": "excludes",
    "岗位": "jobs",
    "可开工次数": "starts",
    "来源": "source",
    "备注": "note",
}
COLUMNS = tuple(Line.model_fields)
NEEDED = tuple(name for name, field in Line.model_fields.items() if field.is_required())
LIBRARY = Form(
    "input.projects",
    NEEDED,
    tuple(name for name in COLUMNS if name not in NEEDED),
    CHINESE,
    say("hint.library_columns", columns=",".join(COLUMNS)),
)


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


def library_table(path: Path) -> tuple[Table, list[Finding]]:
    """The table of a library, and what is wrong with its columns."""
    return read_table(path, LIBRARY)


def read_library(
    path: Path, names: Catalogue, places: Collection[Place]
) -> tuple[tuple[LibraryProject, ...], list[Finding]]:
    """The projects of a library and everything that is wrong with the file.

    ``places`` are the sectors and instruments that the model has. Both may be written in
    Chinese or English as the catalogue names them.
    """
    table, findings = library_table(path)
    sectors, tools = known_places(names, places)
    found: dict[str, tuple[Row, LibraryProject]] = {}
    ids: set[str] = set()  # of every line, also of those that are wrong
    for row in table.rows:
        cells = row.cells
        if cells["id"] in ids:
            reason = say("finding.project_twice", name=cells["id"])
            findings.append(Finding(path, "id", reason, say("hint.project_twice"), row.at("id")))
        ids.add(cells["id"])
        line, wrong = filled(cells)
        wrong += misplaced(cells, sectors, tools, places)
        findings += placed(wrong, path, row)
        if line is not None and not wrong and line.id not in found:
            sector = sectors[spelled(cells["sector"])]
            found[line.id] = (row, project(line, sector, tools[spelled(cells["instrument"])]))
    findings += unknown_projects(path, found, ids)
    return tuple(project for _, project in found.values()), findings


def filled(cells: Mapping[str, str]) -> tuple[Line | None, list[Finding]]:
    """The line in its form, or what is wrong with its cells."""
    given = {name: cell for name, cell in cells.items() if cell or name in NEEDED}
    try:
        return Line.model_validate(given), []
    except ValidationError as error:
        return None, [
            Finding(None, str(detail["loc"][0]), *complaint(detail))
            for detail in error.errors(include_url=False)
        ]


def complaint(detail: Mapping[str, Any]) -> tuple[Message, Message]:
    """Reason and hint of one of pydantic's errors on a cell."""
    kind, cell = detail["type"], detail["input"]
    if kind in ("string_too_short", "missing") or cell == "":
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
    cells: Mapping[str, str],
    sectors: Mapping[str, str],
    tools: Mapping[str, str],
    places: Collection[Place],
) -> list[Finding]:
    """A sector or an instrument that the model does not have, or not together."""
    named = (("sector", sectors), ("instrument", tools))
    wrong = [f for column, known in named if (f := check_name(column, cells[column], known))]
    if wrong:
        return wrong
    sector, tool = sectors[spelled(cells["sector"])], tools[spelled(cells["instrument"])]
    if (sector, tool) in places:
        return []
    reason = say("finding.no_lever", sector=sector, instrument=tool)
    where = ", ".join(of for of, instrument in places if instrument == tool)
    return [Finding(None, "sector", reason, say("hint.known", names=where))]


def unknown_projects(
    path: Path, found: Mapping[str, tuple[Row, LibraryProject]], ids: Collection[str]
) -> Iterator[Finding]:
    """Needs and exclusions that name no project of the library, or the project itself."""
    for row, one in found.values():
        for column, others in (("needs", one.plan.needs), ("excludes", one.plan.excludes)):
            for other in others:
                if other == one.plan.id:
                    reason, hint = say("finding.project_itself"), say("hint.drop_option")
                    yield Finding(path, column, reason, hint, row.at(column))
                elif other not in ids:
                    reason = say("finding.unknown_project", name=other)
                    hint = did_you_mean(other, sorted(ids))
                    yield Finding(path, column, reason, hint, row.at(column))


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
        line.en or line.zh,
        line.operator,
        line.life,
        line.gestation,
        line.jobs,
        source(line.source),
        line.note,
    )
