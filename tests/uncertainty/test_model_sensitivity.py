"""``sensitivity --model``: known indices; ranges, and what is wrong with them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from models import load
from optimize.calibration.parameters import Form, Parameter
from optimize.uncertainty.futures import quantiles
from scenarios.commands.sensitivity import sensitivity
from scenarios.findings import FindingsError
from scenarios.language import Language
from scenarios.sensitivity.factors import By
from scenarios.sensitivity.of_model import OfModel, constants, usual_outcomes, usual_times
from scenarios.sensitivity.ranges import read_ranges, template
from scenarios.words import LANGUAGES, Words

FOLDER = Path(__file__).parents[1] / "models"
ISHIGAMI = Path(__file__).with_name("ishigami.mdl")
PI = "3.141592653589793"
both_languages = pytest.mark.parametrize("language", LANGUAGES)

# Ishigami & Homma (1990) with a = 7 and b = 0.1, by integration.
A, B = 7.0, 0.1
ONLY_1 = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
ONLY_2 = A**2 / 8.0
BOTH = 8.0 * B**2 * np.pi**8 / 225.0  # x1 and x3 only together
ALL = ONLY_1 + ONLY_2 + BOTH
FIRST = {"x1": ONLY_1 / ALL, "x2": ONLY_2 / ALL, "x3": 0.0}
TOTAL = {"x1": (ONLY_1 + BOTH) / ALL, "x2": ONLY_2 / ALL, "x3": BOTH / ALL}


def ranges(folder: Path, text: str, name: str = "ranges.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def angles(folder: Path) -> Path:
    rows = "".join(f"{name},-{PI},{PI}\n" for name in ("x1", "x2", "x3"))
    return ranges(folder, f"name,low,high\n{rows}")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@both_languages
def test_the_indices_of_ishigami(
    language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, out = Words(language), tmp_path / "out"
    asked = {"ranges": angles(tmp_path), "times": "1,12"}
    code = sensitivity(
        words,
        None,
        model=ISHIGAMI,
        of_model=asked,
        show=["ishigami", "sum of it"],
        samples=1024,
        second=True,
        futures=500,
        out=out,
    )
    assert code == 0
    found = rows(out / "indices.csv")
    assert {row["variable"] for row in found} == {"ishigami", "sum of it"}
    assert {row["year"] for row in found} == {"1", "12"}  # the times
    for row in found:
        known = FIRST if row["order"] == "first" else TOTAL
        truth = known[row["factor"]]
        if row["order"] == "second":
            truth = BOTH / ALL if (row["factor"], row["with"]) == ("x1", "x3") else 0.0
        assert float(row["value"]) == pytest.approx(truth, abs=0.05)
        room = 0.02  # an interval of 95 % need not hold the truth each time
        assert float(row["low"]) - room <= truth <= float(row["high"]) + room
    assert {row["input"] for row in rows(out / "importance.csv")} == {"x1", "x2", "x3"}
    again = read_ranges(out / "ranges.csv", load(ISHIGAMI))
    assert again == read_ranges(tmp_path / "ranges.csv", load(ISHIGAMI))
    assert not list(tmp_path.glob("*.unfinished"))
    record = json.loads((out / "sensitivity.json").read_text(encoding="utf-8"))
    assert record["scenario"] == "ishigami" and record["seed"] == 1
    page = (out / "sensitivity.html").read_text(encoding="utf-8")
    said = words.say("sensitivity.when.time", time="12 Month")
    assert said in page and said in capsys.readouterr().out
    assert words.say("fan.trust.shown", lines=8) not in page
    figures = {file.stem for file in (out / "figures").glob("*.png")}
    assert figures == {"indices-1", "indices-2"}  # both ends of every angle are the same: no bars


def test_the_template_is_an_assumption_that_runs_when_filled_in(tmp_path: Path) -> None:
    model = load(ISHIGAMI)
    for name in ("ranges.csv", "ranges.toml"):
        file = tmp_path / name
        asked = {"template": file}
        assert sensitivity(Words("zh"), None, model=ISHIGAMI, of_model=asked) == 0
        text = file.read_text(encoding="utf-8-sig")
        assert "假设" in text and all(column in text for column in constants(model))
        # The angles are 0 in the model, so they have no range yet and stay as they are.
        found = read_ranges(file, model)
        assert [(p.column, p.low, p.high, p.form) for p in found] == [
            ("a", 5.6, 8.4, "uniform"),
            ("b", 0.08, 0.12, "uniform"),
        ]
        with pytest.raises(FindingsError) as caught:
            sensitivity(Words("zh"), None, model=ISHIGAMI, of_model=asked)
        assert [finding.reason.key for finding in caught.value.findings] == ["finding.file_exists"]


def test_elements_have_the_range_of_their_variable(tmp_path: Path) -> None:
    model = load(FOLDER / "mdl" / "subscripts.mdl")
    name = next(c for c in constants(model) if "[" in c).partition("[")[0]
    elements = [c for c in constants(model) if c.partition("[")[0] == name]
    text = f'[ranges]\n"{name.upper()}" = [1, 3]\n'
    found = read_ranges(ranges(tmp_path, text, "r.toml"), model)
    assert [p.column for p in found] == elements and len(elements) > 1
    subject = OfModel(model, found, usual_times(model))
    assert [f.name for f in subject.factors(By.element)] == elements
    assert [f.elements for f in subject.factors(By.variable)] == [len(elements)]


def test_a_model_in_xmile_has_a_template_too() -> None:
    model = load(FOLDER / "xmile" / "functions.xmile")
    found = template(model, ".csv", Words("en")).splitlines()
    assert len(found) == 1 + len(constants(model)) and usual_outcomes(model)


MISTAKES = """name,low,high,distribution
x1,3,1,uniform
x22,0,1,uniform
ishigami,0,1,
TIME STEP,0.1,1,
a,one,2,
b,1,2,normal
x3,-1,1,beta
x2,0,1,loguniform
"""


@both_languages
def test_everything_that_is_wrong_is_said_at_once(language: Language, tmp_path: Path) -> None:
    asked = {"ranges": ranges(tmp_path, MISTAKES), "times": "3,4.5"}
    show = ["ishigamy", "a"]
    with pytest.raises(FindingsError) as caught:
        sensitivity(
            Words("en"), None, model=ISHIGAMI, of_model=asked, show=show, out=tmp_path / "x"
        )
    found = caught.value.findings
    assert [(finding.line, finding.reason.key.partition(".")[2]) for finding in found] == [
        (2, "low_not_below_high"),
        (3, "unknown_name"),
        (4, "no_constant"),
        (5, "constant_of_the_run"),
        (6, "not_number"),
        (7, "mode_outside"),
        (8, "unknown_name"),
        (9, "loguniform"),
        (None, "unknown_name"),
        (None, "outcome_constant"),
        (None, "no_step"),
    ]
    said = "\n".join(finding.words(Words(language)) for finding in found)
    assert "x2" in said and "ishigami" in said
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("name,low,high\nx1,0,1\n", ["few_ranges"]),
        ("name,low,high\nx1,0,1\nx2,0,1\nX1,0,2\n", ["name_twice"]),
        ("name,low\nx1,0\n", ["no_column"]),
    ],
)
def test_what_is_wrong_with_a_table(text: str, reasons: list[str], tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as caught:
        read_ranges(ranges(tmp_path, text), load(ISHIGAMI))
    assert [finding.reason.key.partition(".")[2] for finding in caught.value.findings] == reasons


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("x1 = [0, 1]", ["no_ranges"]),
        ("[ranges]\nx1 = 3\nx2 = { lo = 1 }\n", ["no_range", "no_range"]),
        ("[ranges\n", ["bracket"]),
    ],
)
def test_what_is_wrong_with_a_toml(text: str, reasons: list[str], tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as caught:
        read_ranges(ranges(tmp_path, text, "r.toml"), load(ISHIGAMI))
    assert [finding.reason.key.partition(".")[2] for finding in caught.value.findings] == reasons


def test_options_of_a_plan_and_of_a_model_do_not_mix() -> None:
    words, asked = Words("en"), {"ranges": Path("r.csv")}
    with pytest.raises(FindingsError) as caught:
        sensitivity(words, "w-county", model=ISHIGAMI, of_model=asked, decisions=True, by="block")
    keys = [finding.key for finding in caught.value.findings]
    assert keys == ["SCENARIO", "--decisions", "--by block"]
    with pytest.raises(FindingsError) as caught:
        sensitivity(words, None, of_model=asked)
    assert [finding.key for finding in caught.value.findings] == ["--ranges"]
    with pytest.raises(FindingsError) as caught:
        sensitivity(words, None, model=ISHIGAMI)
    assert caught.value.findings[0].hint is not None
    assert "--template" in caught.value.findings[0].hint.of(words)


@pytest.mark.parametrize(
    ("form", "median", "mean"),
    [
        ("uniform", 4.5, 4.5),
        ("triangular", 1.0 + np.sqrt(0.5 * 7.0 * 5.0), (1.0 + 6.0 + 8.0) / 3.0),
        ("loguniform", np.sqrt(8.0), 7.0 / np.log(8.0)),
    ],
)
def test_distributions_have_their_median_and_mean(form: Form, median: float, mean: float) -> None:
    parameter = Parameter("x", 6.0, 1.0, 8.0, form)
    shares = (np.arange(20_000) + 0.5) / 20_000
    found = quantiles(parameter, shares)
    assert np.all(np.diff(found) > 0.0)
    assert quantiles(parameter, np.array([0.0, 1.0])) == pytest.approx([1.0, 8.0])
    assert quantiles(parameter, np.array([0.5]))[0] == pytest.approx(median)
    assert found.mean() == pytest.approx(mean, rel=1e-5)
