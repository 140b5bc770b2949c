"""Commands that take no time: what they print, their exit codes, what they leave behind."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.commands import guarded
from scenarios.findings import Finding, FindingsError, NoPlan, say
from scenarios.load import load
from scenarios.words import Words

from .conftest import CLI, Run

TEACUP = """{UTF-8}
cooling[cup] = (temperature[cup] - room) / delay ~ degree/minute ~ |
cup: big, small ~ ~ |
delay = 10 ~ minute ~ |
room = 70 ~ degree ~ |
temperature[cup] = INTEG(-cooling[cup], 180) ~ degree ~ |
FINAL TIME = 4 ~ minute ~ |
INITIAL TIME = 0 ~ minute ~ |
SAVEPER = 2 ~ minute ~ |
TIME STEP = 1 ~ minute ~ |
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_check_says_that_all_is_well(run: Run, language: str) -> None:
    ran = run("check", "--lang", language)
    assert (ran.code, ran.err) == (0, "")
    assert ("没有问题" if language == "zh" else "is in order") in ran.out


@pytest.mark.parametrize("command", ["check", "simulate", "optimize"])
def test_a_wrong_scenario_leaves_nothing_behind(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "own.toml").write_text(
        'extends = "w-county"\n[money]\nbudget = -1\n[serch]\n', encoding="utf-8"
    )
    ran = run(command, "own", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "own.toml:3: money.budget: it cannot be less than 0, but is -1",
        "  hint: write zero or a positive number",
        "own.toml:4: serch: there is no such entry",
        "  hint: did you mean search?",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


@pytest.mark.parametrize("form", ["toml", "xlsx"])
def test_a_new_scenario_is_in_order_and_stays_as_it_is(run: Run, tmp_path: Path, form: str) -> None:
    asked = ("new", "化德", "--lang", "zh", *(["--xlsx"] if form == "xlsx" else []))
    ran = run(*asked)
    assert (ran.code, ran.err) == (0, "")
    assert f"optimize 化德.{form}" in ran.out
    written = (tmp_path / f"化德.{form}").read_bytes()
    assert run("check", "化德", "--lang", "zh").code == 0
    again = run(*asked)
    assert again.code == 2
    assert again.err.startswith(f"化德.{form}: new: 文件已存在")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        f"化德.{form}": written
    }


def test_findings_for_programs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("x = 1\n", encoding="utf-8")
    ran = run("check", "own", "--json", "--lang", "zh")
    findings = json.loads(ran.out)["findings"]
    assert ran.code == 2
    assert {"file", "line", "cell", "key", "reason", "hint"} == set(findings[0])
    assert ("x", 1) in {(finding["key"], finding["line"]) for finding in findings}


@pytest.mark.parametrize(
    "arguments",
    [
        ("optimise",),
        ("optimize", "--starts", "0"),
        ("optimize", "--lang", "fr"),
        ("optimize", "no-such-scenario"),
        ("simulate", "--model", "no.mdl", "--csv", "x.csv"),
        ("simulate", "--model", "no.mdl"),
        ("simulate", "w-county", "--model", "no.mdl", "--csv", "x.csv"),
        ("simulate", "--plan", "no.csv"),
        ("check", "--model", "no.mdl"),
        ("check", "--model", "no.mdl", "--resolved"),
    ],
)
def test_a_wrong_command_is_exit_code_2(run: Run, tmp_path: Path, arguments: tuple[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.err
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_scenario(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    ran = run("optimize", "other", "--lang", "en")
    assert ran.code == 2 and Words("en").say("finding.is_folder") in ran.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_parser_speaks_the_language(run: Run, language: str) -> None:
    words = Words("zh" if language == "zh" else "en")
    assert words.say("cli.panel.commands") in run("--lang", language).out
    assert words.say("cli.panel.options") in run("optimize", "-h", "--lang", language).out
    ran = run("check", "--resolve", "--lang", language)
    assert ran.err.startswith(words.say("cli.error.option", name="--resolve") + "\n")
    assert words.say("hint.did_you_mean", name="--resolved") in ran.err
    ran = run("optimise", "--lang", language)
    assert ran.err.startswith(words.say("cli.error.command", name="optimise") + "\n")
    assert words.say("hint.did_you_mean", name="optimize") in ran.err
    ran = run("check", "--nothing-like-it", "--lang", language)
    assert "cli.py check --help" in ran.err
    shown = run("optimize", "-h", "--lang", language).out
    assert words.say("cli.usage.usage").strip() in shown and "<bool>" not in shown
    assert (
        words.say("cli.error.value", name="--seed", message="")[:6]
        in run("optimize", "--seed", "-1", "--lang", language).err
    )


@pytest.mark.parametrize("command", ["optimize", "explain", "compare", "simulate", "report"])
def test_the_help_is_chinese_and_nothing_of_it_is_cut(run: Run, command: str) -> None:
    said = run(command, "--help", "--lang", "zh").out
    assert "显示本说明" in said
    assert "Show this" not in said and "…" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("optimise",),
        ("report",),
        ("optimize", "--starts", "0"),
        ("optimize", "--starts", "x"),
        ("optimize", "--time-limit", "0"),
        ("optimize", "--out"),
        ("check", "a", "b"),
    ],
)
def test_no_english_leaks_into_chinese(run: Run, arguments: tuple[str, ...]) -> None:
    said = run("--lang", "zh", *arguments).err
    assert "提示：" in said
    for words in ("Input", "should", "No such", "Got", "argument", "Missing", "command"):
        assert words not in said


def test_any_model_becomes_a_wide_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "teacup.mdl").write_text(TEACUP, encoding="utf-8")
    assert run("check", "--model", "teacup.mdl").code == 0
    ran = run("simulate", "--model", "teacup.mdl", "--csv", "out.csv", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["rows"] == 3
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert next(iter(rows[0])) == "time"
    assert {"temperature[big]", "temperature[small]", "cooling[big]", "room"} <= set(rows[0])
    assert [float(row["time"]) for row in rows] == [0.0, 2.0, 4.0]
    for row in rows:
        expected = 70.0 + 110.0 * 0.9 ** float(row["time"])
        assert float(row["temperature[big]"]) == pytest.approx(expected, rel=1e-12)
    assert {path.name for path in tmp_path.iterdir()} == {"teacup.mdl", "out.csv"}


def test_a_model_takes_its_data_from_a_table(run: Run, tmp_path: Path) -> None:
    equations = TEACUP.replace("room = 70", "room")
    assert equations != TEACUP
    (tmp_path / "teacup.mdl").write_text(equations, encoding="utf-8")
    asked = ("simulate", "--model", "teacup.mdl", "--csv", "out.csv")
    ran = run(*asked)
    assert ran.code == 2 and "--data" in ran.err
    (tmp_path / "room.csv").write_text("Time,Room\n0,70\n4,80\n", encoding="utf-8")
    assert run(*asked, "--data", "room.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [float(row["room"]) for row in csv.DictReader(file)] == [70.0, 75.0, 80.0]
    ran = run("simulate", "--data", "room.csv", "--lang", "en")
    assert ran.code == 2 and "--model" in ran.err


def test_a_table_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "teacup.mdl").write_text(TEACUP, encoding="utf-8")
    ran = run("simulate", "--model", "teacup.mdl", "--csv", "no/folder/out.csv")
    assert ran.code == 2
    assert "None" not in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["teacup.mdl"]


def test_a_model_with_an_unknown_function_is_refused_with_its_line(
    run: Run, tmp_path: Path
) -> None:
    text = TEACUP.replace("delay = 10", "delay = FIND ZERO(room)")
    (tmp_path / "odd.mdl").write_text(text, encoding="utf-8")
    ran = run("check", "--model", "odd.mdl", "--lang", "en")
    assert ran.code == 2
    assert ran.err.startswith("odd.mdl:4: ")


def test_simulate_shows_the_plan_beside_past_practice(run: Run, tmp_path: Path) -> None:
    lines = [f"{year},industry,productive projects,2000" for year in range(2027, 2036)]
    plan = "\n".join(["year,sector,instrument,amount", *lines, ""])
    (tmp_path / "plan.csv").write_text(plan, encoding="utf-8")
    ran = run("simulate", "--plan", "plan.csv", "--csv", "out.csv", "--lang", "zh")
    assert ran.code == 0, ran.err
    words = Words("zh")
    for name in ("optimal", "past_practice", "no_cooperation"):
        assert words.say(f"plan.{name}") in ran.out
    assert (tmp_path / "out.csv").exists()
    values = json.loads(run("simulate", "--plan", "plan.csv", "--json").out)
    assert set(values) == {"plan", "past_practice", "no_cooperation"}
    assert values["plan"]["money"] == 18000.0


def test_a_plan_that_breaks_rules_is_told_which(run: Run, tmp_path: Path) -> None:
    text = "year,sector,instrument,amount\n2027,industry,productive projects,9000\n"
    (tmp_path / "plan.csv").write_text(text, encoding="utf-8")
    ran = run("simulate", "--plan", "plan.csv", "--lang", "en")
    assert ran.code == 0
    assert "90 million yuan in all" in ran.out
    assert "- Yearly budget: 2027, by " in ran.out
    assert ran.err.startswith("note: plan.csv has no amount for 2028\N{EN DASH}2035; taken as 0")
    record = json.loads(run("simulate", "--plan", "plan.csv", "--json").out)["plan"]
    assert record["money"] == 9000.0
    (budget,) = (row for row in record["broken"] if row["rule"] == "yearly_budget")
    assert (budget["year"], budget["unit"]) == (2027, "wanyuan")
    assert budget["by"] == 9000.0 - load().money.budgets((2027,))[2027]
    assert record["aim"] != record["past_practice_aim"]


def test_past_practice_as_a_plan_has_past_practice_s_aim(run: Run, tmp_path: Path) -> None:
    past = CLI.parent / "scenarios" / "w-county" / "past-practice.csv"
    head, *lines = past.read_text(encoding="utf-8").splitlines()
    kept = [head, *(line for line in lines if line >= "2027")]
    (tmp_path / "plan.csv").write_text("\n".join(kept), encoding="utf-8")
    record = json.loads(run("simulate", "--plan", "plan.csv", "--json").out)["plan"]
    assert record["aim"] == pytest.approx(record["past_practice_aim"], rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("optimize", "--out", "file"), "file: --out: there is a file of this name"),
        (("optimize", "--out", "file/run"), "file: --out: there is a file of this name"),
        (("simulate", "--csv", "no/x.csv"), "no/x.csv: --csv: there is no folder no"),
    ],
)
def test_a_place_that_cannot_be_written_is_said_first(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "file").touch()
    ran = run(*arguments, "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0].replace("\\", "/") == said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_reader_who_leaves_is_no_error() -> None:
    code = (
        "import sys\nfrom scenarios.commands import guarded\n"
        "def much(words):\n    print('x' * 10**6)\n    return 7\n"
        "sys.exit(guarded(much, 'en'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=CLI.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_wrong_plan_is_refused_line_by_line(run: Run, tmp_path: Path) -> None:
    text = "year,sector,instrument,amount\n2020,industry,talent,1\n2027,mining,talent,x\n"
    (tmp_path / "plan.csv").write_text(text, encoding="utf-8")
    ran = run("simulate", "--plan", "plan.csv", "--lang", "en")
    assert ran.code == 2
    places = [line.split(": ")[:2] for line in ran.err.splitlines() if not line.startswith(" ")]
    assert places == [["plan.csv:2", "year"], ["plan.csv:3", "sector"], ["plan.csv:3", "amount"]]


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_console_of_another_encoding(run: Run, encoding: str) -> None:
    for arguments in (("check",), ("simulate",), ("--help",), ("check", "no-such")):
        ran = run(*arguments, "--lang", "zh", encoding=encoding)
        assert ran.code == (2 if "no-such" in arguments else 0)
        text = ran.out + ran.err
        assert text
        chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
        assert chinese == (encoding == "gbk")
        assert "??" not in text


def test_the_doctor_looks_at_everything(run: Run) -> None:
    ran = run("doctor", "--json")
    lines = json.loads(ran.out)
    assert ran.code == 0, ran.out
    assert {"python", "packages", "font", "highs", "pysd", "engine"} <= {
        line["what"] for line in lines
    }
    assert all(line["ok"] for line in lines)


def test_the_doctor_finds_a_console_without_chinese(run: Run) -> None:
    ran = run("doctor", encoding="ascii")
    assert ran.code == 2
    assert "[not ok] console encoding" in ran.out
    assert "hint: " in ran.out


def test_a_bug_is_logged_and_its_place_said(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(words: Words) -> int:
        raise RuntimeError("the bug")

    assert guarded(broken, "en") == 1
    said = capsys.readouterr().err
    log = Path(said.rstrip().rpartition(" ")[2])
    assert "RuntimeError: the bug" in log.read_text(encoding="utf-8")
    log.unlink()


def test_an_interrupt_is_exit_code_130() -> None:
    def stopped(words: Words) -> int:
        raise KeyboardInterrupt

    assert guarded(stopped, "en") == 130


def test_a_scenario_without_a_plan_is_told_from_a_wrong_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def asked(words: Words, error: type[FindingsError]) -> int:
        raise error([Finding(None, "own", say("finding.no_plan"), say("hint.no_plan"))])

    assert guarded(asked, "en", NoPlan) == 3
    assert guarded(asked, "en", FindingsError) == 2
    assert capsys.readouterr().err.count("hint: ") == 2
