"""What the engine says of a model is said in Chinese, too: no sentence lacks its row."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import ModelError, Problem
from scenarios.fit import refused
from scenarios.model_words import PLACE, TABLE, Said, chinese
from scenarios.report import fonts
from scenarios.words import Words

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("models", "optimize/rules")
CALLS = {"Problem", "Refusal", "RuleError", "refusal", "_refusal", "refused", "refuse"}
CALLS |= {"ValueError"}  # in a parser: the reason of a refusal
NAMES = {"reason", "hint", "_OUTSIDE", "HINTS", "GENERAL_HINT", "_REFUSED"}


def rows() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["en"], row["zh"]) for row in csv.DictReader(file)]


def text_of(node: ast.expr) -> str | None:
    """A text with ``{}`` for what is filled in; None for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else PLACE for p in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left), text_of(node.right)
        if left is not None or right is not None:
            return (PLACE if left is None else left) + (PLACE if right is None else right)
    return None


def texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    found = text_of(node)
    if found is not None:
        yield found
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.Tuple):
        for item in node.elts:
            yield from texts(item)
    elif isinstance(node, ast.Dict):
        for item in node.values:
            yield from texts(item)


def said() -> dict[str, str]:
    """Every sentence of the code, and a file that says it."""
    found: dict[str, str] = {}
    for file in (f for folder in FOLDERS for f in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            parts: list[ast.expr] = []
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in CALLS:
                    parts = [*node.args, *(item.value for item in node.keywords)]
            elif isinstance(node, ast.Assign):
                names = {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
                parts = [node.value] if names & NAMES else []
            for text in (text for part in parts for text in texts(part)):
                if " " in text.strip() and re.search("[a-z]{2}", text.replace(PLACE, "")):
                    found.setdefault(text, file.name)
    return found


def test_every_sentence_has_its_row_and_every_row_its_form() -> None:
    known = rows()
    assert len({english for english, _ in known}) == len(known)
    forms = {english for english, _ in known}
    assert {text: file for text, file in said().items() if text not in forms} == {}
    for english, translated in known:
        filled = translated.format(*["1"] * english.count(PLACE))
        assert filled.count("1") >= english.count(PLACE), english
        translated.encode("gbk")
        fonts.check(translated)


@pytest.mark.parametrize(
    ("english", "translated"),
    [
        ("did you mean 'wage'?", "是否想写“wage”？"),
        (
            "a data variable, whose values stand outside the model file; 'a b' is not in x.csv",
            "数据变量，其值在模型文件之外；x.csv 中没有“a b”",
        ),
        ("prices.xlsx: a cell holds no number", "prices.xlsx：有单元格不是数值"),
        ("what nobody has said", "what nobody has said"),
        ("write what nobody has said", "write what nobody has said"),  # all of it, or none
    ],
)
def test_sentences_are_said_with_what_they_quote(english: str, translated: str) -> None:
    assert chinese(english) == translated
    assert Said(english).of(Words("zh")) == translated
    assert Said(english).of(Words("en")) == english


def test_a_refused_model_is_refused_in_chinese() -> None:
    problem = Problem("not supported", "a.mdl", 3, "x", "FIND ZERO", "take DELAY FIXED")
    (finding,) = refused(ModelError(problem)).findings
    assert finding.words(Words("zh")).splitlines() == [
        "a.mdl:3: x: 模型有误：FIND ZERO：不支持",
        "  提示：改用 DELAY FIXED",
    ]
    assert "not supported" in finding.words(Words("en"))
