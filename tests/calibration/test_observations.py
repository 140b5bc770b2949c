"""The observations are what the evidence says, and rows that cannot be read are refused."""

from __future__ import annotations

import csv
import re
import statistics
from math import prod, sqrt
from pathlib import Path

import numpy as np
import pytest

import models
from models import Model
from optimize.calibration import Observation
from optimize.calibration.backtest import read_series
from optimize.calibration.expressions import parse
from optimize.calibration.observations import TABLE, read
from optimize.calibration.parameters import read_fixed

FOLDER = Path(models.__file__).parent
SIXTH = sqrt(1 + 1 / 5)  # how much wider a sixth county spreads than five do about their mean
Rows = dict[str, Observation]


@pytest.fixture(scope="module")
def evidence() -> dict[str, float]:
    with (FOLDER / "evidence.csv").open(encoding="utf-8", newline="") as file:
        figures = {}
        for row in csv.DictReader(file):
            try:
                figures[row["id"]] = float(row["value"])
            except ValueError:
                continue
        return figures


@pytest.fixture(scope="module")
def rows(observations: tuple[Observation, ...]) -> Rows:
    return {o.id: o for o in observations}


def five(evidence: dict[str, float], first: int) -> np.ndarray:
    """Five counties' figures in consecutive rows."""
    return np.array([evidence[f"R{first + i:03}"] for i in range(5)])


def test_every_figure_has_its_rows_in_the_evidence() -> None:
    with (FOLDER / "evidence.csv").open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    for name in ("calibration.csv", "calibration_series.csv"):
        with (FOLDER / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                sources = row["source"].split()
                assert sources, row
                assert row["source"] == "assumption" or set(sources) <= known, row
                assert set(re.findall(r"\b[WRPKNLIVMB]\d{3}\b", row["note"])) <= known, row


def test_labels_stand_on_a_gbk_console(observations: tuple[Observation, ...]) -> None:
    for observation in observations:
        assert observation.zh.encode("gbk")
        assert observation.en.isascii()
        assert observation.spread > 0


def test_structure_is_the_median_of_the_five_counties(
    evidence: dict[str, float], rows: Rows
) -> None:
    gdp = five(evidence, 11)
    shares = [100 * five(evidence, first) / gdp for first in (16, 21, 26)]
    medians = np.array([np.median(share) for share in shares])
    scaled = 100 * medians / medians.sum()
    for sector, at in (("agriculture", 0), ("industry", 1)):
        row = rows[f"{sector} share"]
        assert row.observed == pytest.approx(scaled[at], abs=0.05)
        assert row.spread == pytest.approx(SIXTH * shares[at].std(ddof=1), abs=0.05)
    ratio = 100 * five(evidence, 31) / (five(evidence, 21) + five(evidence, 26))
    assert rows["own revenue"].observed == pytest.approx(np.median(ratio), abs=0.05)
    assert rows["own revenue"].spread == pytest.approx(SIXTH * ratio.std(ddof=1), abs=0.06)


def test_growth_is_the_mean_of_the_years(evidence: dict[str, float], rows: Rows) -> None:
    for sector in ("agriculture", "industry", "services"):
        row = rows[f"{sector} growth"]
        growth = [1 + evidence[source] / 100 for source in row.source.split()]
        assert row.observed == pytest.approx(100 * (prod(growth) ** (1 / 3) - 1), abs=0.05)
    like = [evidence[source] for source in rows["growth of like counties"].source.split()]
    assert rows["growth of like counties"].observed == pytest.approx(
        statistics.mean(like), abs=0.05
    )


def test_ulanqab_is_deflated_by_its_gdp(evidence: dict[str, float], rows: Rows) -> None:
    nominal = [evidence["P069"], evidence["P074"], evidence["P079"]]
    real = [1 + evidence["P078"] / 100, 1 + evidence["P083"] / 100]
    deflators = [nominal[i + 1] / nominal[i] / real[i] for i in range(2)]
    series = {(r.sector, r.year): r.growth for r in read_series() if r.series == "Ulanqab"}
    for sector, ids in (
        ("agriculture", ("P070", "P075", "P080")),
        ("industry", ("P071", "P076", "P081")),
        ("services", ("P072", "P077", "P082")),
    ):
        levels = [evidence[i] for i in ids]
        growth = [levels[i + 1] / levels[i] / deflators[i] for i in range(2)]
        for year, value in zip((2020, 2021), growth, strict=True):
            assert series[sector, year] == pytest.approx(100 * (value - 1), abs=0.005)
        mean = 100 * (sqrt(prod(growth)) - 1)
        assert rows[f"{sector} growth in Ulanqab"].observed == pytest.approx(mean, abs=0.05)


def test_ratios_of_the_fund(evidence: dict[str, float], rows: Rows) -> None:
    nation = evidence["N001"]
    jobs = [evidence["M017"], 1e4 * evidence["N007"] / nation]
    sales = [evidence["M018"], evidence["N006"] / nation]
    assert rows["jobs for money"].observed == pytest.approx(sqrt(prod(jobs)), abs=6)
    assert rows["sales for money"].observed == pytest.approx(sqrt(prod(sales)), abs=0.006)
    firms = [evidence["M016"], evidence["K059"] / evidence["K058"]]
    assert rows["firm investment for money"].observed == pytest.approx(sqrt(prod(firms)), abs=0.01)
    beijing = evidence["K029"] / evidence["K009"]
    assert rows["placed in Beijing"].observed == pytest.approx(beijing, abs=0.5)
    trained = evidence["K021"] / evidence["K008"]
    assert rows["trained for money"].observed == pytest.approx(trained, abs=0.5)


def test_what_is_fixed_is_in_the_model(model: Model) -> None:
    assert read_fixed() <= set(model.variables)


def test_a_measure_is_read_from_the_left(model: Model) -> None:
    measure = parse("100 * one year / first year & one year + full marks", model)
    values = {"one year": np.array([1.0, 2.0]), "first year": 4.0, "full marks": 7.0}
    assert measure.of(lambda column: np.asarray(values[column])).tolist() == [
        100 / 5 + 7,
        200 / 6 + 7,
    ]


def test_a_name_without_element_is_all_its_elements(model: Model) -> None:
    measure = parse("labour[agriculture] / labour", model)
    assert len(measure.columns) == 3
    assert measure.of(lambda column: np.array(2.0)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"measure": "labour of nobody"}, "labour of nobody"),
        ({"form": "guess"}, "guess"),
        ({"spread": "0"}, "spread"),
        ({"experiment": "rain(2022) = 2"}, "rain"),
    ],
)
def test_a_row_that_does_not_fit_is_named(
    model: Model, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file)) | change
    path = tmp_path / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    with pytest.raises(ValueError, match=said) as error:
        read(model, path)
    assert row["id"] in str(error.value)
