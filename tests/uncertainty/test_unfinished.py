"""Long studies that are interrupted go on from finished pieces, with the same bytes at the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimize import FunctionResponse, Row, Term
from optimize.kept import Arrays, Pieces, piece
from optimize.pareto import Front, front
from optimize.uncertainty import Risk, Robust, RobustAnswer, plan_for
from optimize.uncertainty.hindsight import hindsight
from scenarios.commands.fan import fan
from scenarios.commands.sensitivity import sensitivity
from scenarios.commands.unfinished import Unfinished, county_key
from scenarios.discovery import criteria, studied
from scenarios.futures import futures
from scenarios.report.plain import plain
from scenarios.sensitivity.decisions import Size
from scenarios.words import Words
from tests.optimize.test_pareto import two_goals
from tests.uncertainty.county import w_county
from tests.uncertainty.made_up import sample, stated
from tests.uncertainty.studied import plan_file

WORDS = Words("en")


class Memory:
    """Keeps pieces, and is interrupted when so many have been put."""

    def __init__(self, until: float = np.inf) -> None:
        self.until, self.made = until, 0
        self.kept: dict[str, dict[str, NDArray[Any]]] = {}

    def get(self, name: str) -> Arrays | None:
        return self.kept.get(name)

    def put(self, name: str, piece: Arrays) -> None:
        if self.made >= self.until:
            raise KeyboardInterrupt
        self.made += 1
        self.kept[name] = {key: np.array(value) for key, value in piece.items()}


def interrupted(run: Callable[[Pieces], Any], after: int) -> tuple[Any, Memory]:
    """What a run gives that was interrupted after so many pieces and begun again."""
    memory = Memory(after)
    with suppress(KeyboardInterrupt):  # a front ends by itself, with what it has
        run(memory)
    assert memory.made == after, "there were fewer pieces"
    again = Memory()
    again.kept = memory.kept
    return run(again), again


def the_front(pieces: Pieces) -> Front:
    problem, response, aims = two_goals()
    return front(problem, response, aims, 7, unit=None, pieces=pieces)


@pytest.mark.parametrize("after", [1, 3, 6, 11])
def test_a_front_goes_on(after: int) -> None:
    memory = Memory()
    whole = the_front(memory)
    found, again = interrupted(the_front, after)
    assert plain(found) == plain(whole)
    assert again.made == memory.made - after  # nothing was searched twice


def needs(seed: int) -> Any:
    need = np.random.default_rng(seed).uniform(1.0, 2.0, (60, 3))

    def outcomes(plans: NDArray[Any]) -> NDArray[Any]:
        away = plans[:, None, :] - need
        cost = (away**4 + np.exp(away)).sum(axis=2)
        return np.stack([cost, plans.sum(axis=1)[:, None] - need.sum(axis=1)], axis=2)

    return outcomes


FLOOR = Row("farmers_not_worse", "outcome", {1: 1.0}, ">=", 0.0, "yuan/person", 2027)


def the_plan(pieces: Pieces) -> RobustAnswer:
    problem, rules, measure = stated(3, 2, (Term("cost", 1.0, {0: 1.0}),), (FLOOR,))
    first, second = (sample(measure, needs(seed), 60) for seed in (1, 2))
    asked = Robust(Risk(0.5, 0.8), 0.9)
    begin = np.full(3, 0.2)
    return plan_for(
        problem, rules, measure, first, begin, asked, second=second, unit=None, pieces=pieces
    )


def test_a_plan_over_futures_goes_on_from_any_step() -> None:
    memory = Memory()
    whole = plain(the_plan(memory))
    assert memory.made > 2 and list(memory.kept) == ["search"]
    for after in range(1, memory.made):
        found, again = interrupted(the_plan, after)
        assert again.made == memory.made - after
        same = plain(found)
        assert same | {"seconds": 0} == whole | {"seconds": 0}


def test_best_plans_of_single_futures_go_on() -> None:
    problem, rules, measure = stated(1, 1, (Term("loss", 1.0, {0: 1.0}),))

    def loss(at: float, plans: NDArray[Any]) -> NDArray[Any]:
        return (plans[:, :1] - at) ** 2

    def run(pieces: Pieces) -> Any:
        alone = [(measure, FunctionResponse(partial(loss, at), 1000.0)) for at in (0.4, 1.0, 1.7)]
        return plain(hindsight(problem, rules, alone, np.array([0.5]), pieces=pieces))

    whole = run(Memory())
    for after in (1, 2):
        assert interrupted(run, after)[0] == whole


def test_where_a_plan_fails_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    county, problem, _ = w_county()
    drawn = futures(county, 90, 1, observed=False)
    asked = criteria(county, ["w", "market capability>0.2"])
    monkeypatch.setattr("scenarios.discovery.study.FEWEST", 10)

    def run(pieces: Pieces) -> Any:
        tables = county.tables({})
        found = studied(county, problem, tables, asked, drawn, 1, pieces)
        return [plain((f.margins, f.discovery, f.searched)) for f in found.failures]

    whole = run(Memory())
    monkeypatch.setattr("scenarios.discovery.study.PIECE", 32)
    for after in (1, 4):  # of three blocks of runs and two criteria
        found, again = interrupted(run, after)
        assert found == whole and again.made == 5 - after


def csv_bytes(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.csv"))}


def left(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.unfinished"))


def stop_after(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Ctrl-C as the piece after so many is finished."""
    put, made = Unfinished.put, []

    def once(self: Unfinished, name: str, piece: Arrays) -> None:
        made.append(name)
        if len(made) == number + 1:
            raise KeyboardInterrupt
        put(self, name, piece)

    monkeypatch.setattr(Unfinished, "put", once)


def test_the_same_command_goes_on_and_another_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("scenarios.sensitivity.decisions.Size", lambda: Size(1, 2, 60))
    monkeypatch.setattr("scenarios.sensitivity.study.PIECE", 200)
    plan = plan_file(tmp_path)

    def run(name: str, seed: int = 1) -> int:
        return sensitivity(
            WORDS,
            None,
            plan=plan,
            show=["structure gap"],
            by="block",
            factors=4,
            samples=64,
            futures=60,
            decisions=True,
            seed=seed,
            out=tmp_path / name,
        )

    assert run("whole") == 0
    assert not left(tmp_path)
    with monkeypatch.context() as patched:
        stop_after(patched, 7)
        with pytest.raises(KeyboardInterrupt):
            run("again")
    assert not (tmp_path / "again").exists()
    (kept,) = left(tmp_path)
    assert len(list(kept.glob("*.npz"))) == 7
    assert str(kept) in capsys.readouterr().err
    with monkeypatch.context() as patched:
        stop_after(patched, 0)
        with pytest.raises(KeyboardInterrupt):
            run("other", seed=2)
    assert left(tmp_path) == [kept]  # nothing of the other study was finished
    assert str(kept) not in capsys.readouterr().err
    assert run("again") == 0
    assert "finished pieces: 7" in capsys.readouterr().err
    assert csv_bytes(tmp_path / "again") == csv_bytes(tmp_path / "whole")
    assert not left(tmp_path)


def test_a_fan_of_many_futures_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.fans.bands.PIECE", 30)
    plan = plan_file(tmp_path)

    def run(name: str) -> int:
        show, out = ["structure gap"], tmp_path / name
        return fan(WORDS, None, plan=plan, show=show, futures=90, out=out)

    with monkeypatch.context() as patched:
        stop_after(patched, 2)
        with pytest.raises(KeyboardInterrupt):
            run("again")
    assert len(left(tmp_path)) == 1
    assert run("again") == run("whole") == 0
    assert csv_bytes(tmp_path / "again") == csv_bytes(tmp_path / "whole")
    assert not left(tmp_path)


def test_pieces_are_kept_exactly_and_by_what_they_depend_on(tmp_path: Path) -> None:
    out, values = tmp_path / "out", np.array([0.1, np.nan, np.inf, -0.0])
    names = np.array(["甲", "b"])
    with Unfinished(WORDS, out, "study", {"seed": 1}) as pieces:
        assert pieces.get("a") is None
        assert not left(tmp_path)  # nothing yet: no folder
        pieces.put("a", {"values": values, "names": names, "none": np.zeros((0, 3))})
        pieces.put("broken", {"values": values})
        (pieces.folder / "broken.npz").write_bytes(b"PK")
    with Unfinished(WORDS, out, "study", {"seed": 1}) as pieces:
        found = piece(pieces, "a", dict)
        assert found["values"].tobytes() == values.tobytes()
        assert found["names"].tolist() == ["甲", "b"] and found["none"].shape == (0, 3)
        assert pieces.get("broken") is None
        for command, key in (("study", {"seed": 2}), ("other", {"seed": 1})):
            with Unfinished(WORDS, out, command, key) as others:
                assert others.get("a") is None
        pieces.finish()
    assert not left(tmp_path)


def test_a_piece_that_cannot_be_kept_ends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with Unfinished(WORDS, tmp_path / "file" / "out", "study", 1) as pieces:
        for name in ("a", "b"):
            found = piece(pieces, name, lambda: {"x": np.ones(2)})
            assert found["x"].tolist() == [1.0, 1.0]
        pieces.finish()
    assert capsys.readouterr().err.count("cannot be kept") == 1


def test_the_hash_of_a_county_changes_with_what_matters() -> None:
    county, _, _ = w_county()
    assert county_key(county) == county_key(county)
    other = county_key(_with_a_number(county))
    assert other != county_key(county)


def _with_a_number(county: Any) -> Any:
    from dataclasses import replace

    numbers = county.scenario.numbers
    column = next(iter(county.model.constants))
    changed = {**numbers.values, column: county.model.constants[column] + 1e-9}
    return replace(
        county, scenario=replace(county.scenario, numbers=replace(numbers, values=changed))
    )
