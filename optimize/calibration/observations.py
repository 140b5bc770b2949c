"""``calibration.csv``: what is known about the county, as data.

A row says what is measured on which run, what was observed, and how far apart model and
observation may be:

- ``level``: the measure at the end of ``year``;
- ``growth``: its yearly growth from the end of ``since`` to the end of ``year``, per cent;
- ``contrast``: its difference at the end of ``year`` between a run with the ``experiment``
  and the run without, per cent.

``spread`` is one standard deviation in the unit of the row, or of the logarithm where
``scale`` is ``log``. ``known`` is the year that the figure speaks of. ``source`` names rows of
``evidence.csv``, or is ``assumption``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

import models
from models import Model
from optimize.calibration.expressions import Measure, parse

FOLDER = Path(models.__file__).parent
TABLE = FOLDER / "calibration.csv"
ASSUMED = "assumption"

Form = Literal["level", "growth", "contrast"]
Scale = Literal["linear", "log"]

_CHANGE = re.compile(r"^(?P<lookup>.+)\((?P<first>\d+)(?:-(?P<last>\d+))?\) = (?P<value>\S+)$")


@dataclass(frozen=True)
class Observation:
    """One row; ``experiment`` holds whole tables by lookup, empty for past practice."""

    id: str
    zh: str
    en: str
    unit: str
    measure: Measure
    form: Form
    year: int
    since: int
    experiment: Mapping[str, NDArray[np.float64]]
    experiment_text: str
    observed: float
    spread: float
    scale: Scale
    known: int
    source: str
    note: str

    @property
    def assumed(self) -> bool:
        """Whether it rests on no figure."""
        return self.source == ASSUMED

    def label(self, lang: Literal["zh", "en"]) -> str:
        return self.zh if lang == "zh" else self.en


def read(model: Model, path: str | Path = TABLE) -> tuple[Observation, ...]:
    """Read observations.

    Raises:
        ValueError: a row that does not fit the model, with its id.
    """
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.DictReader(file))
    found = []
    for record in records:
        try:
            found.append(_observation(record, model))
        except (ValueError, KeyError) as error:
            raise ValueError(f"{Path(path).name}, row '{record.get('id')}': {error}") from error
    ids = [observation.id for observation in found]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise ValueError(f"{Path(path).name}: more than one row '{twice[0]}'")
    return tuple(found)


def _observation(record: Mapping[str, str], model: Model) -> Observation:
    form, scale = record["form"], record["scale"]
    if form not in get_args(Form) or scale not in get_args(Scale):
        raise ValueError(f"unknown form '{form}' or scale '{scale}'")
    if float(record["spread"]) <= 0:
        raise ValueError("the spread must be above zero")
    return Observation(
        id=record["id"],
        zh=record["zh"],
        en=record["en"],
        unit=record["unit"],
        measure=parse(record["measure"], model),
        form=cast(Form, form),
        year=int(record["year"]),
        since=int(record["since"] or record["year"]),
        experiment=_experiment(record["experiment"], model),
        experiment_text=record["experiment"],
        observed=float(record["observed"]),
        spread=float(record["spread"]),
        scale=cast(Scale, scale),
        known=int(record["known"]),
        source=record["source"],
        note=record["note"],
    )


def _experiment(text: str, model: Model) -> dict[str, NDArray[np.float64]]:
    tables: dict[str, NDArray[np.float64]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        match = _CHANGE.match(part)
        if match is None or match["lookup"] not in model.lookups:
            raise ValueError(f"'{part}' is not like 'yield index(2022) = 1.35'")
        table = model.lookups[match["lookup"]]
        first, last = int(match["first"]), int(match["last"] or match["first"])
        x, y = np.asarray(table.x), np.asarray(table.y, dtype=float)
        tables[match["lookup"]] = np.where((first <= x) & (x <= last), float(match["value"]), y)
    return tables
