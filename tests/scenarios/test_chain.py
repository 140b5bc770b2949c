"""Files that extend files: what is laid over what, and where each value was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.chain import merge, read_chain
from scenarios.findings import FindingsError
from scenarios.load import load
from scenarios.words import Words

from .conftest import Write

LEAVES = st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
DOCUMENTS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), LEAVES, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), LEAVES | inner, max_size=3),
    max_leaves=8,
)


@given(DOCUMENTS, DOCUMENTS)
def test_the_nearer_file_wins_and_every_leaf_has_an_origin(
    far: dict[str, object], near: dict[str, object]
) -> None:
    merged: dict[str, object] = {}
    origins: dict[tuple[str, ...], Path | str] = {}
    for name, document in (("far", far), ("near", near)):
        merge(merged, document, name, (), origins)
    leaves = dict(walk(merged))
    stated = {keys: value for keys, value in walk(near) if value != "{}"}
    assert stated.items() <= leaves.items()
    for keys, value in leaves.items():
        assert origins[keys] in ("far", "near")
        assert dict(walk(far if origins[keys] == "far" else near))[keys] == value
    again: dict[str, object] = {}
    merge(again, merged, "both", (), {})
    assert again == merged


def walk(document: object, above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], object]]:
    """Keys and values of a document's leaves: what is no table, or an empty one."""
    if not isinstance(document, dict) or not document:
        return [(above, repr(document))] if above else []
    return [leaf for name, value in document.items() for leaf in walk(value, (*above, name))]


def test_a_grandchild_changes_one_number(write: Write) -> None:
    write("child.toml", 'extends = "w-county"\n[rules.productive_share]\nat_least = 0.65\n')
    path = write("grandchild.toml", 'extends = "child"\n[scenario]\nname = "g"\n')
    scenario, county = load(path), load()
    assert scenario.name == "g"
    assert scenario.rules["productive_share"].fields()["at_least"] == 0.65
    assert scenario.rules["productive_share"].source == county.rules["productive_share"].source
    assert {**scenario.rules, "productive_share": None} == {
        **county.rules,
        "productive_share": None,
    }
    place = scenario.merged.place(("rules", "productive_share", "at_least"))
    assert place == (path.with_name("child.toml").resolve(), 3)


def test_a_sibling_comes_before_a_shipped_file(write: Write) -> None:
    write("w-county.toml", '[scenario]\nname = "mine"\n')
    path = write("own.toml", 'extends = "w-county"\n')
    assert read_chain(path).values == {"scenario": {"name": "mine"}}


def test_underscores_name_the_same_thing(write: Write) -> None:
    write("far.toml", 'extends = "w-county"\n[parameters]\nbase_tilt = 0.1\n')
    path = write("near.toml", 'extends = "far"\n[parameters]\n"base tilt" = 0.3\n')
    assert load(path).numbers.values == {"base tilt": 0.3}


def test_a_circle_is_refused_with_its_files(write: Write) -> None:
    write("a.toml", 'extends = "b"\n')
    write("b.toml", '\nextends = "c"\n')
    path = write("c.toml", 'extends = "a"\n')
    with pytest.raises(FindingsError) as caught:
        load(path)
    (finding,) = caught.value.findings
    assert finding.reason.key == "finding.cycle"
    assert (finding.file, finding.line) == (path.with_name("b.toml").resolve(), 2)
    text = finding.words(Words("en"))
    assert [text.index(name) for name in ("c.toml ->", "a.toml ->", "b.toml ->")] == sorted(
        text.index(name) for name in ("c.toml ->", "a.toml ->", "b.toml ->")
    )


def test_a_file_that_extends_itself_is_a_circle(write: Write) -> None:
    with pytest.raises(FindingsError) as caught:
        load(write("self.toml", 'extends = "self"\n'))
    assert [f.reason.key for f in caught.value.findings] == ["finding.cycle"]


def test_the_command_line_comes_first(write: Write) -> None:
    path = write("own.toml", 'extends = "w-county"\n[search]\nseed = 5\nstarts = 3\n')
    scenario = load(path, {"seed": 7, "starts": None})
    assert (scenario.search.seed, scenario.search.starts) == (7, 3)


def test_lists_replace() -> None:
    merged: dict[str, object] = {}
    merge(merged, {"a": {"b": [1, 2], "c": 1}}, "far", (), {})
    merge(merged, {"a": {"b": [3]}}, "near", (), {})
    assert merged == {"a": {"b": [3], "c": 1}}


def test_the_folder_of_a_run_names_its_scenario(tmp_path: Path) -> None:
    (tmp_path / "resolved.toml").write_text('extends = "w-county"\n', encoding="utf-8")
    assert load(str(tmp_path)).file == (tmp_path / "resolved.toml").resolve()
    with pytest.raises(FindingsError):
        load(str(tmp_path / "none"))
