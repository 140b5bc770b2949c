"""A model file is data from anywhere: damaged, hostile or huge, it ends in words."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models import ModelError, load, run

Write = Callable[..., Path]
FOLDER = Path(__file__).parent
MODELS = sorted([*(FOLDER / "mdl").glob("*.mdl"), *(FOLDER / "xmile").glob("*.*mile")])
CONTROLS = "FINAL TIME=10~~|INITIAL TIME=0~~|TIME STEP=1~~|SAVEPER=1~~|"
PIECES = (
    *(b'( ) [ ] | ~ = , " { } : ! ^ - 1e999 -0 :MACRO: :NA: 1e-300 999999999 :EXCEPT: ->'.split()),
    *(b"\x00", b"\xff", b"\n", b"\\", b"INTEG(", b"SMOOTH3(", b"DELAY FIXED(", b"TIME STEP"),
    *(b"SUM(", b"IF THEN ELSE(", b"VECTOR SELECT(", b"GET XLS DATA(", b"LOOKUP", b"<->"),
)
MACROS = "".join(
    f":MACRO: m{i}(a)\nm{i}=m{i + 1}(a)+m{i + 1}(a)~~|\n:END OF MACRO:\n" for i in range(30)
)


def mutated(text: bytes, dice: random.Random) -> bytes:
    """The text of a model after a few accidents."""
    body = bytearray(text)
    for _ in range(dice.choice([1, 1, 2, 4])):
        place, other = dice.randrange(len(body) + 1), dice.randrange(len(body) + 1)
        kind = dice.randrange(5)
        if kind == 0:
            del body[place : place + dice.randrange(1, 40)]
        elif kind == 1:
            body[place:place] = dice.choice(PIECES)
        elif kind == 2:
            body[place : place + 1] = bytes([dice.randrange(256)])
        elif kind == 3:
            body = body[:place] or bytearray(b"x")
        else:
            body[place:place] = body[other : other + dice.randrange(1, 200)]
    return bytes(body)


@pytest.mark.parametrize("file", MODELS, ids=[file.name for file in MODELS])
def test_accidents_end_in_words(file: Path, tmp_path: Path) -> None:
    """Thousands more by ``python -m benchmarks.fuzz``."""
    dice = random.Random(file.name)
    for number in range(8):
        broken = tmp_path / f"{number}{file.suffix}"
        broken.write_bytes(mutated(file.read_bytes(), dice))
        try:
            run(load(broken))
        except ModelError as error:
            assert str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x=" + "(" * 5000 + "1" + ")" * 5000 + "~~|" + CONTROLS, "nested too deeply"),
        ("x=" + "^".join(["1"] * 3000) + "~~|" + CONTROLS, "powers of powers"),
        ("x=" + "(1),(" * 200_000 + "~~|" + CONTROLS, "letters"),
        ("x=" + "(" * 5000 + "1~~|" + CONTROLS, "nested too deeply"),
        ("r:(a1-a99999999)~~|x[r]=1~~|" + CONTROLS, "elements"),
        ("r:(a1-a3000)~~|s:(b1-b3000)~~|x[r,s]=1~~|" + CONTROLS, "numbers"),
        ("r:s~~|s:r~~|x[r]=1~~|" + CONTROLS, "by itself"),
        ("r<->s~~|x[r]=1~~|" + CONTROLS, "no range"),
        ("x=1~~|" + CONTROLS.replace("STEP=1", "STEP=0"), "above zero"),
        ("x=1~~|" + CONTROLS.replace("STEP=1", "STEP=1e-300"), "steps"),
        ("x=1~~|" + CONTROLS.replace("FINAL TIME=10", "FINAL TIME=1e300"), "steps"),
        ("x=1~~|" + CONTROLS.replace("SAVEPER=1", "SAVEPER=0"), "above zero"),
        (MACROS + ":MACRO: m30(a)\nm30=a~~|\n:END OF MACRO:\nx=m0(1)~~|" + CONTROLS, "called"),
        (":MACRO: m(a)\nm=m(a)+1~~|\n:END OF MACRO:\nx=m(1)~~|" + CONTROLS, "calls itself"),
        ("x=DELAY FIXED(1,1e12,0)~~|" + CONTROLS, "time steps"),
        ("x=SMOOTH N(1,100,0,1e8)~~|" + CONTROLS, "order"),
        ("~" * 100_000, "not readable"),
        ("|" * 100_000, "not readable"),
        ("{" * 100_000 + CONTROLS, ""),
    ],
)
def test_what_is_out_of_all_proportion_is_refused(write: Write, text: str, words: str) -> None:
    with pytest.raises(ModelError) as caught:
        run(load(write(text, "")))
    assert words in str(caught.value)


def test_names_are_names(write: Write, tmp_path: Path) -> None:
    """Whatever a name says, it is looked up and not run, in our programs and in PySD's."""
    from models.reference import reference_run

    sign = tmp_path / "sign"
    evil = f"__import__('pathlib').Path('{sign.as_posix()}').touch()"
    text = f'"{evil}"=2~~|\ny="{evil}"+1~{evil}~{evil}|\n"class"=3~~|"v1"=4~~|{CONTROLS}'
    file = write(text, "")
    out = run(load(file))
    assert out["y"][0, 0] == 3.0
    assert reference_run(str(file))["y"].iloc[0] == 3.0
    assert not sign.exists()


def test_deep_equations_of_people_run(write: Write) -> None:
    """A hundred conditions within each other, and the interpreter's own limit as it was."""
    before = sys.getrecursionlimit()
    steps = "".join(f"IF THEN ELSE(Time<{k},{k}," for k in range(1, 101))
    model = load(write("x=" + steps + "0" + ")" * 100 + "~~|" + CONTROLS, ""))
    assert run(model)["x"].tolist() == [[float(k + 1) for k in range(11)]]
    assert sys.getrecursionlimit() == before
