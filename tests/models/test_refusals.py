"""What is not supported is refused, all of it at once, with the line it stands on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models import ModelError, load, run

Write = Callable[..., Path]


def test_everything_at_once_with_lines(write: Write) -> None:
    path = write(
        "a = DELAY CONVEYOR(0, 1, 0, 1, 7)\n\t~ Dmnl\n\t~ |\n"
        "b = 2 ~~|\n"
        "c = b +\n\tmissing one ~~|\n"
        "d = GET XLS CONSTANTS('f.xlsx', 'a', 'B2') ~~|\n"
    )
    with pytest.raises(ModelError) as caught:
        load(path)
    problems = caught.value.problems
    assert [(p.variable, p.line) for p in problems] == [("a", 2), ("c", 6), ("d", 8)]
    assert problems[0].function == "DELAY CONVEYOR" and "supported" in problems[0].hint
    assert "missing one" in problems[1].reason
    assert problems[2].function == "GET XLS CONSTANTS"
    assert caught.value.line == 2 and caught.value.file == str(path)
    assert f"{path}:6: 'c'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 3 ~~|\ny = x + ~~|\n", 3, "not understood"),
        ("x = y ~~|\ny = x + 1 ~~|\n", 2, "in a circle"),
        ("x = INTEG(1, y) ~~|\ny = x * 2 ~~|\n", 2, "at the start"),
        ("x = SMOOTH N(3, 2, 1, Time) ~~|\n", 2, "order"),
        ("r: a, b ~~|\nx[r] = 1, 2, 3 ~~|\n", 3, "3 numbers for 2 elements"),
        ("r: a, b ~~|\nx[a] = 1 ~~|\ny = x[b] ~~|\n", 4, "not defined"),
        ("r: a, b ~~|\nx[r] = 1 ~~|\ny = x ~~|\n", 4, "1 subscripts"),
        ("r: a, b ~~|\nx[r] = 1 ~~|\nx[a] = 2 ~~|\n", 4, "defined twice"),
        ("r: a, b ~~|\nx[r] = 1 ~~|\ny = SUM(x[a]) ~~|\n", 4, "marked"),
        ("x = 1 ~~|\ny = x(3) ~~|\n", 3, "not supported"),
        ("f((0,0),(1,1)) ~~|\ny = f + 1 ~~|\n", 3, "without an argument"),
        ("f((0,0),(1,1),(1,2)) ~~|\n", 2, "same x"),
        ("y = MIN(1) ~~|\n", 2, "1 arguments where 2 belong"),
        ("y ~~|\n", 2, "data variable"),
    ],
)
def test_refused_with_its_line(write: Write, text: str, line: int, words: str) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        load(write(text))
    assert caught.value.line == line


def test_files_that_are_no_models(tmp_path: Path, write: Write) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load(tmp_path / "none.mdl")
    other = tmp_path / "model.txt"
    other.write_text("x = 1 ~~|")
    with pytest.raises(ModelError, match=r"not a \.mdl file"):
        load(other)
    with pytest.raises(ModelError, match=r"not readable|no INITIAL TIME"):
        load(write("this is no model", controls=""))
    with pytest.raises(ModelError, match="no SAVEPER"):
        load(write("x = 1 ~~|\n", controls="INITIAL TIME=0~~|FINAL TIME=1~~|TIME STEP=1~~|"))


def test_lone_brackets_and_quotes_in_comments_hide_nothing(write: Write) -> None:
    path = write(
        'a = 1 ~ m ~ a lone { bracket and 5" of rain |\n'
        "b = 2 {two} + a ~ m ~ closed } here |\n"
        '"c {of b}" = b * {three} 3 ~ m ~ |\n'
        "d = x ~ m ~ |\n"
    )
    with pytest.raises(ModelError) as caught:
        load(path)
    assert [(p.variable, p.line) for p in caught.value.problems] == [("d", 5)]
    path.write_text(path.read_text(encoding="utf-8").replace("d = x", "d = a"), encoding="utf-8")
    model = load(path)
    assert model.variables['"c {of b}"'].line == 4


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "no-such", "idna", "punycode", "hex", "\x00"])
def test_bytes_outside_the_encoding_are_passed_over(tmp_path: Path, encoding: str) -> None:
    """As PySD does; what is left is kept, and runs again from the cache."""
    controls = "FINAL TIME=1~~|INITIAL TIME=0~~|TIME STEP=1~~|SAVEPER=1~~|"
    text = "{%s}\nx = 2 ~ m ~ caf\xe9 \xff|\n" + controls
    file = tmp_path / "m.mdl"
    file.write_bytes((text % encoding).encode("latin-1"))
    for _ in range(2):
        model = load(file)
        assert model.variables["x"].unit == "m"
        assert run(model)["x"].tolist() == [[2.0, 2.0]]
