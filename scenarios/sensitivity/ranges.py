"""``ranges.csv`` or ``.toml``: which constants of a model are uncertain, and how; its template.

A row names a constant, or a variable all of whose elements have the same range, its low and high
end, and how it is distributed between them: uniform (where nothing is said), normal with its
middle at the model's value (the range being two deviations to each side, cut off), triangular
with its mode there, or loguniform. A row without ends stays as the model has it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from models import Model
from models.source import key
from optimize.calibration.parameters import Form as Distribution
from optimize.calibration.parameters import Parameter
from scenarios.findings import Finding, FindingsError, Message, Place, did_you_mean, say
from scenarios.report.tables import csv_text
from scenarios.sensitivity.of_model import CLOCK, constants
from scenarios.table import Form, read_table
from scenarios.toml_reasons import toml_reason
from scenarios.toml_text import key as toml_key
from scenarios.words import Words

AROUND = 0.2  # of the model's value, to each side: the template's assumption
COLUMNS = ("name", "low", "high", "distribution", "value", "unit", "note")
FEWEST = 2  # constants
DISTRIBUTIONS: tuple[Distribution, ...] = get_args(Distribution)
FORM = Form(
    "ranges.sheet",
    needed=COLUMNS[:3],
    allowed=COLUMNS[3:],
    spellings={
        "名称": "name",
        "低值": "low",
        "高值": "high",
        "分布": "distribution",
        "模型取值": "value",
        "单位": "unit",
        "说明": "note",
    },
    hint=say("hint.ranges"),
)
SPELLED: dict[str, Distribution] = {
    "": "uniform",
    "均匀": "uniform",
    "正态": "normal",
    "三角": "triangular",
    "对数均匀": "loguniform",
    **{form: form for form in DISTRIBUTIONS},
}


@dataclass(frozen=True)
class _Stated:
    """One entry of a file, as it is written, and where."""

    name: str
    low: str
    high: str
    distribution: str
    place: Place | None


def read_ranges(file: Path, model: Model) -> tuple[Parameter, ...]:
    """The uncertain constants that a file names.

    Raises:
        FindingsError: everything that is wrong with it.
    """
    stated, findings = _of_toml(file) if file.suffix.lower() == ".toml" else _of_table(file)
    unreadable = bool(findings)
    known = constants(model)
    found: dict[str, Parameter] = {}
    for one in stated:
        columns = [c for c in known if key(one.name) in (key(c), key(c.partition("[")[0]))]
        if not columns:
            findings.append(Finding(file, one.name, *_unknown(one.name, model, known), one.place))
            continue
        if not one.low and not one.high:
            continue
        problems = list(_problems(file, one, model, columns))
        findings += problems
        for column in columns if not problems else ():
            if column in found:
                reason, hint = say("finding.name_twice"), say("hint.drop_option")
                findings.append(Finding(file, one.name, reason, hint, one.place))
            form = SPELLED[one.distribution.lower()]
            value = float(model.constants[column])
            found[column] = Parameter(column, value, float(one.low), float(one.high), form)
    if not unreadable and not findings and len(found) < FEWEST:
        reason = say("finding.few_ranges", number=len(found), fewest=FEWEST)
        findings.append(Finding(file, "", reason, say("hint.few_ranges")))
    if findings:
        raise FindingsError(findings)
    return tuple(found.values())


def _of_table(file: Path) -> tuple[list[_Stated], list[Finding]]:
    table, findings = read_table(file, FORM)
    stated = [
        _Stated(
            row.cells["name"],
            row.cells["low"],
            row.cells["high"],
            row.cells.get("distribution", ""),
            row.at("name"),
        )
        for row in table.rows
    ]
    return stated, findings


def _of_toml(file: Path) -> tuple[list[_Stated], list[Finding]]:
    """``[ranges]``: a name and two ends, or a table of low, high and distribution."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError:
        return [], [Finding(file, "", say("finding.no_file"), say("hint.csv_path"))]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [], [Finding(file, "", toml_reason(str(error)), say("hint.ranges"))]
    entries = document.get("ranges")
    if not isinstance(entries, dict):
        return [], [Finding(file, "ranges", say("finding.no_ranges"), say("hint.ranges"))]
    stated: list[_Stated] = []
    findings: list[Finding] = []
    for name, given in entries.items():
        pair = isinstance(given, list) and len(given) == 2
        entry = {"low": given[0], "high": given[1]} if pair else given
        if not isinstance(entry, dict) or not {*entry} <= {*COLUMNS}:
            findings.append(Finding(file, name, say("finding.no_range"), say("hint.ranges")))
            continue
        low, high, form = (str(entry.get(part, "")) for part in ("low", "high", "distribution"))
        stated.append(_Stated(name, low, high, form, None))
    return stated, findings


def _unknown(name: str, model: Model, known: Sequence[str]) -> tuple[Message, Message]:
    """Why a name is no constant that can be varied, and what is near."""
    hint = did_you_mean(name, known)
    column = model.find(name)
    if column is None:
        return say("finding.unknown_name", name=name), hint
    if column in model.constants or column.casefold() in CLOCK:
        return say("finding.constant_of_the_run"), say("hint.drop_option")
    return say("finding.no_constant"), hint


def _problems(file: Path, one: _Stated, model: Model, columns: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the ends and the distribution of an entry."""
    ends: dict[str, float] = {}
    for part, text in (("low", one.low), ("high", one.high)):
        value = _number(text)
        if value is None:
            reason = say("finding.not_number", value=text)
            yield Finding(file, f"{one.name}.{part}", reason, say("hint.both_ends"), one.place)
        else:
            ends[part] = value
    form = SPELLED.get(one.distribution.lower())
    if form is None:
        reason = say("finding.unknown_name", name=one.distribution)
        hint = did_you_mean(one.distribution, DISTRIBUTIONS)
        yield Finding(file, f"{one.name}.distribution", reason, hint, one.place)
    if len(ends) < 2:
        return
    low, high = ends["low"], ends["high"]
    if low >= high:
        reason = say("finding.low_not_below_high", low=f"{low:g}", high=f"{high:g}")
        yield Finding(file, one.name, reason, say("hint.low_below_high"), one.place)
        return
    if form == "loguniform" and low <= 0.0:
        reason = say("finding.loguniform", low=f"{low:g}")
        yield Finding(file, one.name, reason, say("hint.loguniform"), one.place)
    for column in columns if form in ("normal", "triangular") else ():
        middle = float(model.constants[column])
        if not low <= middle <= high:
            reason = say("finding.mode_outside", value=f"{middle:g}", form=str(form))
            yield Finding(file, column, reason, say("hint.mode_outside"), one.place)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def template(model: Model, suffix: str, words: Words) -> str:
    """Every constant with a range of 20 % about its value, to be edited; none about zero."""
    rows = []
    for column in constants(model):
        value, unit = float(model.constants[column]), model.units[column]
        ends = sorted((value * (1.0 - AROUND), value * (1.0 + AROUND)))
        low, high = (f"{end:.6g}" for end in ends) if value else ("", "")
        note = words.say("ranges.assumed" if value else "ranges.zero")
        rows.append((column, low, high, "uniform", f"{value:g}", unit, note))
    if suffix != ".toml":
        return csv_text(COLUMNS, rows)
    lines = [f"# {words.say('ranges.head')}", "[ranges]"]
    for name, low, high, form, shown, unit, note in rows:
        ends_of = f'{{ low = {low}, high = {high}, distribution = "{form}" }}' if low else "{}"
        lines.append(f"{toml_key(name)} = {ends_of}  # {shown} {unit}: {note}")
    return "\n".join(lines) + "\n"


def used(parameters: Sequence[Parameter], model: Model) -> str:
    """The ranges of a study as a file that can be read again."""
    return csv_text(
        COLUMNS[:6],
        (
            (p.column, repr(p.low), repr(p.high), p.form, repr(p.default), model.units[p.column])
            for p in parameters
        ),
    )
