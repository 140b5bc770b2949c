"""A run folder holds the whole result: what is made of it again is what was made at first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.explain.contributions import Contributions
from optimize.problem import Chosen, WhyNot
from scenarios.commands.report import report, unused
from scenarios.findings import FindingsError
from scenarios.language import Language
from scenarios.report import Drawn, Reference, Result, fill, read_result, report_html
from scenarios.report.plain import built, plain
from scenarios.report.result import Source
from scenarios.words import Words


@dataclass(frozen=True)
class Inner:
    name: str
    bound: float = float("inf")


@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    amounts: dict[tuple[int, str], float]
    one: Inner | None
    values: tuple[int, float, str]
    by_place: dict[int, float]


INNER = st.builds(Inner, st.text(max_size=5), st.floats(allow_nan=False))
OUTER = st.builds(
    Outer,
    st.lists(INNER, max_size=3).map(tuple),
    st.dictionaries(st.tuples(st.integers(), st.text(max_size=3)), st.floats(allow_nan=False)),
    st.none() | INNER,
    st.tuples(st.integers(), st.floats(allow_nan=False), st.text(max_size=3)),
    st.dictionaries(st.integers(), st.floats(allow_nan=False), max_size=3),
)


@given(OUTER)
@settings(max_examples=40)
def test_plain_values_read_back(value: Outer) -> None:
    text = json.dumps(plain(value), allow_nan=False)
    assert built(Outer, json.loads(text)) == value


def test_what_another_version_wrote_is_read_as_far_as_it_goes() -> None:
    assert built(Inner, {"name": "a", "colour": "red"}) == Inner("a")
    with pytest.raises(TypeError):
        built(Inner, {"bound": 1.0})
    with pytest.raises(TypeError):
        built(Inner, ["a"])


def whole_result(result: Result) -> Result:
    """A result with everything in it that a run can have."""
    chosen = Chosen((), 0.01, 3, 4, True, -0.32, (WhyNot("mill", (1,), 0.002),))
    return replace(
        result,
        reference=Reference("PySD 3.14.1", 3e-13),
        contributions=Contributions(result.answer.gradient, 0.5, 0.0),
        answer=replace(result.answer, chosen=chosen, bound=None),
        model=replace(
            result.model, sources=(Source("M020", "a yearbook", "W", "2020", ("parameter 41",)),)
        ),
    )


def folder_of(result: Result, folder: Path) -> Path:
    folder.mkdir()
    fill(result, folder, resolved="[scenario]\n", write_model=lambda file: file.touch())
    return folder


def test_every_field_of_a_result_reads_back(result: Result, tmp_path: Path) -> None:
    before = whole_result(result)
    after = read_result(folder_of(before, tmp_path / "run"))
    assert plain(replace(after, paths={})) == plain(replace(before, paths={}))
    assert {f.name for f in fields(Result)} == set(plain(before))
    for plan, path in before.paths.items():
        assert after.paths[plan].columns == path.columns
        assert np.array_equal(after.paths[plan].data, path.data)


def test_the_page_made_again_is_the_same(
    result: Result, tmp_path: Path, drawn: Mapping[Language, tuple[Path, Drawn]]
) -> None:
    words = Words("zh")
    figures, charts = drawn["zh"]
    run = folder_of(result, tmp_path / "run")
    assert report(words, run) == 0
    made = run / "report-zh"
    at_first = report_html(result, words, charts.inline)
    assert (made / "report.html").read_text(encoding="utf-8") == at_first
    for name in charts.files:
        assert (made / "figures" / name).read_bytes() == (figures / name).read_bytes()
    assert (made / "plan.xlsx").exists() and not (made / "report.docx").exists()
    assert unused(made).name == "report-zh-2"


def test_what_is_no_run_folder_is_refused(result: Result, tmp_path: Path) -> None:
    words = Words("en")
    with pytest.raises(FindingsError) as caught:
        report(words, tmp_path / "nothing")
    assert [f.key for f in caught.value.findings] == ["run.json", "result.json", "outcomes.csv"]
    run = folder_of(result, tmp_path / "run")
    (run / "result.json").write_text('{"scenario": 1}', encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        report(words, run)
    assert [f.reason.key for f in caught.value.findings] == ["finding.broken_folder"]
    assert not (run / "report-en").exists()
