"""The committed results belong to this model; the report and its files repeat to the byte."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from models import Model, Runs, run
from models.catalogue import Catalogue
from optimize.calibration import (
    POSTERIOR,
    RESULTS,
    VALUES,
    Misfit,
    Observation,
    calibrate,
    calibrated,
    grounded,
    touched,
    uncertain,
)
from scenarios.commands.calibrate import calibrate as command
from scenarios.findings import FindingsError
from scenarios.report.calibration_tables import calibration_files
from scenarios.words import Words

RENEW = "remove models/calibrated, then run: python cli.py calibrate --out models/calibrated"
FEW = ("revenue share", "jobs per completed money", "productivity growth", "price flexibility")


@pytest.fixture(scope="module")
def free(model: Model, catalogue: Catalogue, observations: tuple[Observation, ...]) -> Misfit:
    whole = Misfit(model, uncertain(model, catalogue), observations)
    return whole.with_parameters(touched(whole))


def small(catalogue: Catalogue) -> Catalogue:
    """A catalogue with few parameters, so that a calibration takes a moment."""
    few = {key: row for key, row in catalogue.rows.items() if row.id in FEW}
    return Catalogue(catalogue.path, few)


def rows(name: str) -> list[dict[str, str]]:
    with (RESULTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def deviations(misfit: Misfit, values: np.ndarray) -> np.ndarray:
    middle = np.array([p.default for p in misfit.parameters])
    width = np.array([p.deviation for p in misfit.parameters])
    return np.asarray((values - middle) / width, dtype=np.float64)


def test_values_are_those_of_this_model(model: Model, catalogue: Catalogue, free: Misfit) -> None:
    ranges = {
        row["column"]: (float(row["low"]), float(row["default"]), float(row["high"]))
        for row in rows(VALUES)
    }
    known = {p.column: (p.low, p.default, p.high) for p in uncertain(model, catalogue)}
    assert ranges == known, RENEW
    fitted = {row["column"] for row in rows(VALUES) if row["verdict"] != "untouched"}
    assert fitted == {p.column for p in free.parameters}, RENEW


def test_values_are_still_the_most_likely(free: Misfit) -> None:
    values = calibrated()
    z = deviations(free, np.array([values[p.column] for p in free.parameters]))
    residuals = free.residuals(z)[0]
    low, high = free.bounds
    slope = free.jacobian(z).T @ residuals + z
    held = ((z <= low + 1e-4) & (slope > 0)) | ((z >= high - 1e-4) & (slope < 0))
    assert np.abs(slope[~held]).max() < 0.02, RENEW
    written = [float(row["residual_fitted"]) for row in rows("residuals.csv")]
    assert residuals == pytest.approx(written, abs=0.01), RENEW


def test_the_sample_agrees_with_the_data_and_its_ranges(free: Misfit) -> None:
    draws = grounded()
    assert set(draws) == {p.column for p in free.parameters}, RENEW
    values = np.stack([draws[p.column] for p in free.parameters], axis=1)
    assert values.shape[0] >= 100
    assert np.all(values >= [p.low for p in free.parameters])
    assert np.all(values <= [p.high for p in free.parameters])
    misfits = np.sum(free.residuals(deviations(free, values)) ** 2, axis=1)
    assert misfits.mean() < 1.3 * len(free.observations), RENEW
    assert (RESULTS / POSTERIOR).stat().st_size < 300_000


def test_the_sample_runs(model: Model) -> None:
    out = run(model, Runs(values=grounded()), columns=["GDP of the year", "structure gap"])
    assert np.all(np.isfinite(out.data))
    assert np.all(out["GDP of the year"] > 0)


def test_files_repeat_to_the_byte(model: Model, catalogue: Catalogue) -> None:
    once, twice = (
        calibration_files(calibrate(model, small(catalogue), draws=10, starts=2, seed=5))
        for _ in range(2)
    )
    assert once == twice
    assert set(once) == {path.name for path in RESULTS.iterdir()}
    for name, lines in (("report.md", "limits"), ("report.zh.md", "局限")):
        assert lines in "\n".join(once[name].splitlines()[:4])


def test_the_command_shows_and_writes_the_same(
    catalogue: Catalogue,
    observations: tuple[Observation, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("models.catalogue.county", lambda: small(catalogue))
    assert command(Words("en"), out=tmp_path / "new", draws=5) == 0
    shown = capsys.readouterr()
    figures = sum(not o.assumed for o in observations)
    assert f"{figures} observed figures" in " ".join(shown.out.split())
    assert "fitting (3 starts)" in shown.err
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        path.name for path in RESULTS.iterdir()
    }
    assert len(grounded(tmp_path / "new")["revenue share"]) == 5


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FindingsError):
        command(Words("en"), out=tmp_path)
