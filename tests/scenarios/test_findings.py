"""Each kind of mistake says what, where, why, and what to do; all of them at once."""

# ruff: noqa: E501 (a mistake a line)

from __future__ import annotations

import pytest

from scenarios.findings import FindingsError, did_you_mean, say
from scenarios.load import load
from scenarios.resolved import resolved_text
from scenarios.words import Words

from .conftest import Findings, Write

# What is written, and the key, the line, the reason and a part of the hint of what is found.
MISTAKES = [
    ("[search]\nstart = 3", "search.start", 3, "unknown_key", "starts"),
    ("[seach]\nstarts = 3", "seach", 2, "unknown_key", "search"),
    ("[rules.yearly_bugdet]", "rules.yearly_bugdet", 2, "unknown_rule", "yearly_budget"),
    ("[rules.yearly_budget]\namount = 3", "rules.yearly_budget.amount", 3, "unknown_key", "[money]"),
    ('[search]\nstarts = "3"', "search.starts", 3, "not_whole", "quotation"),
    ("[search]\nstarts = 0", "search.starts", 3, "too_small", "limit"),
    ("[money]\nbudget = -5", "money.budget", 3, "too_small", "positive"),
    ('[money]\nbudget = "-5 万元"', "money.budget", 3, "too_small", "positive"),
    ('[money]\nbudget = "much"', "money.budget", 3, "not_money", "million yuan"),
    ("[money]\nbudget = nan", "money.budget", 3, "not_finite", "number"),
    ("[money]\nbudget = true", "money.budget", 3, "not_number", "number"),
    ("[money.budget]\n2040 = 3", 'money.budget.2040', 3, "year_outside", "leave it out"),
    ("[money.budget]\nnext = 3", "money.budget.next", 3, "not_year", "2027"),
    ("[plan]\nlast_year = 2026", "plan.last_year", 3, "ends_early", "swap"),
    ("[plan]\njudged_until = 2030", "plan.judged_until", 3, "judged_early", "last_year"),
    ("[plan]\nlast_year = 2026.5", "plan.last_year", 3, "not_whole", "decimal"),
    ('[plan]\npast_practice = "no.csv"', "plan.past_practice", 3, "no_such_file", "relative"),
    ('[scenario]\nmodel = "no.mdl"', "scenario.model", 3, "no_such_file", "relative"),
    ('[scenario]\nname = "a b"', "scenario.name", 3, "bad_name", "w-county"),
    ('[scenario]\nextends = "x"', "scenario.extends", 3, "unknown_key", "top"),
    ('[rules.w_not_worse]\non = "no"', "rules.w_not_worse.on", 3, "not_bool", "true or false"),
    ("[rules]\nw_not_worse = 3", "rules.w_not_worse", 3, "not_table", "section"),
    ("[rules.sector_floor]\nindustry = 1.5", "rules.sector_floor.industry", 3, "too_large", "limit"),
    ("[rules.sector_floor]\nindustri = 0.5", "rules.sector_floor.industri", 3, "unknown_key", "industry"),
    ("[rules.instrument_floor]\ntalents = 0.1", "rules.instrument_floor.talents", 3, "unknown_instrument", "talent"),
    ('[rules.sector_floor]\n"农业" = 0.1', 'rules.sector_floor."农业"', 3, "unknown_key", "mean agriculture"),
    ('["资金"]\n', '"资金"', 2, "unknown_key", "mean money"),
    ('["规则".yearly_budget]\n', '"规则"', None, "unknown_key", "mean rules"),
    ('[money]\n"预算" = 3', 'money."预算"', 3, "unknown_key", "mean budget"),
    ('[rules."年度预算"]', 'rules."年度预算"', 2, "unknown_rule", "mean yearly_budget"),
    ('[parameters]\n"base absorption capacity" = { "农业" = 1 }', 'parameters."base absorption capacity"."农业"', 3, "no_such_element", "mean agriculture"),
    ('[rules.productive_share]\nat_least = "60%"', "rules.productive_share.at_least", 3, "not_number", "write 0.6,"),
    ("[search]\ntime_limit = 0", "search.time_limit", 3, "not_above", "write a positive number"),
    ('[rules.instrument_floor]\n"人才" = 0.1', 'rules.instrument_floor."人才"', 3, "unknown_instrument", "talent"),
    ("[rules.sector_instrument_floor]\nindustry = 0.1", "rules.sector_instrument_floor.industry", 3, "not_table", ""),
    ("[rules.sector_instrument_floor]\nall = { talent = 0.1 }", "rules.sector_instrument_floor.all", 3, "unknown_key", ""),
    (
        "[rules.sector_instrument_floor.industry]\ntalents = 0.1",
        "rules.sector_instrument_floor.industry.talents",
        3,
        "unknown_instrument",
        "talent",
    ),
    (
        '[rules.sector_instrument_ceiling.industry]\n"insurance subsidy" = 0.1',
        'rules.sector_instrument_ceiling.industry."insurance subsidy"',
        3,
        "no_lever",
        "agriculture",
    ),
    ("[rules.payment_profile]\nshares = [0.5, 0.4]", "rules.payment_profile.shares", 3, "not_profile", "0.5, 0.3"),
    ("[rules.payment_profile]\nshares = []", "rules.payment_profile.shares", 3, "not_profile", "0.5, 0.3"),
    ("[rules.payment_profile]\nshares = [0.01, 0.99]", "rules.payment_profile.shares", 3, "not_profile", "0.5, 0.3"),
    ("[rules.payment_profile]\nshares = 1", "rules.payment_profile.shares", 3, "not_list", "0.5, 0.3"),
    ("[rules.assessment_indicators]\njob = 1", "rules.assessment_indicators.job", 3, "unknown_indicator", "mean jobs"),
    ('[rules.assessment_indicators]\n"就业" = 1', 'rules.assessment_indicators."就业"', 3, "unknown_indicator", "jobs"),
    ("[rules.assessment_indicators]\njobs = -1", "rules.assessment_indicators.jobs", 3, "too_small", "positive"),
    (
        "[rules.assessment_score]\nat_least = 95\n[rules.assessment_indicators]\njobs = { 2027 = 1 }",
        "rules.assessment_indicators.jobs",
        5,
        "target_missing",
        "one number",
    ),
    ('[rules.yearly_change]\nof = "all"', "rules.yearly_change.of", 3, "not_one_of", ""),
    ("[parameters]\nbase_tilts = 0.1", 'parameters."base tilts"', 3, "not_in_model", "base tilt"),
    ('[parameters]\n"base tilt" = 7', 'parameters."base tilt"', 3, "out_of_range", "variables.csv"),
    ('[parameters]\n"base tilt" = "0.1"', 'parameters."base tilt"', 3, "not_number", "quotation"),
    ('[parameters]\n"one year" = 2', 'parameters."one year"', 3, "not_parameter", "check --resolved"),
    (
        '[parameters]\n"base absorption capacity" = { farming = 1 }',
        'parameters."base absorption capacity".farming',
        3,
        "no_such_element",
        "known are",
    ),
    ("[exogenous]\nshelter_levels = { 2030 = 1 }", 'exogenous."shelter levels"', 3, "not_in_model", "shelter level"),
    ("[exogenous]\nshelter_level = { 2050 = 1 }", 'exogenous."shelter level".2050', 3, "year_outside", ""),
    ("[exogenous]\nshelter_level = { 2030 = 9 }", 'exogenous."shelter level".2030', 3, "out_of_range", "variables.csv"),
    ("[exogenous]\nshelter_level = {}", 'exogenous."shelter level"', 3, "empty_table", "entry"),
    (
        "[objective]\nbalance = 0\nfarmers_income = 0\nfarmers_worst_year = 0\npartner_gain = 0",
        "objective",
        2,
        "no_aim",
        "balance = 1.0",
    ),
    ("[rules.yearly_budget]\non = false", "rules", None, "no_limit", "yearly_budget"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "line", "reason", "hint"), MISTAKES)
def test_a_mistake_is_found_where_it_is(
    findings: Findings, text: str, key: str, line: int | None, reason: str, hint: str
) -> None:
    (finding,) = findings(text)
    assert (finding.key, finding.reason.key) == (key, f"finding.{reason}")
    if line is not None:
        assert finding.file is not None
        assert (finding.file.name, finding.line) == ("changed.toml", line)
    if hint:
        assert finding.hint is not None
        assert hint in finding.hint.of(Words("en"))


def test_a_shorter_plan_leaves_the_rest_of_the_parent_s_budget(write: Write) -> None:
    path = write("short.toml", 'extends = "w-county"\n[plan]\nlast_year = 2027\n')
    loaded = load(path)
    assert loaded.plan.years == (2027,)
    assert loaded.money.budgets(loaded.plan.years) == {2027: 5600.0}
    again = load(write("again.toml", resolved_text(loaded, path.parent)))
    assert (again.plan.years, again.money.budget) == ((2027,), {2027: 5600.0})


def test_everything_is_said_at_once_in_both_languages(findings: Findings, write: Write) -> None:
    write("past.csv", "year,sector,instrument,amount\n2027,farming,talent,3\n2028,industry,x,y\n")
    found = findings(
        "[money]\nbudget = -1\nbudgets = 2\n"
        "[search]\nstarts = 'many'\n"
        "[parameters]\nbase_tilt = 9\nnothing = 1\n"
        "[plan]\npast_practice = 'past.csv'\n"
        "[rules.no_such]\n"
    )
    assert [finding.reason.key.removeprefix("finding.") for finding in found] == [
        "too_small",
        "unknown_key",
        "not_whole",
        "out_of_range",
        "not_in_model",
        "unknown_rule",
        "unknown_name",
        "unknown_name",
        "not_money",
    ]
    chinese = [finding.words(Words("zh")) for finding in found]
    english = [finding.words(Words("en")) for finding in found]
    assert all("提示：" in text for text in chinese)
    assert all("hint: " in text for text in english)
    assert english[0].endswith(
        "changed.toml:3: money.budget: it cannot be less than 0, but is -1\n"
        "  hint: write zero or a positive number"
    )
    assert chinese[0].endswith(
        "changed.toml:3: money.budget: 不能小于 0，却是 -1\n  提示：写零或正数"
    )


def test_what_is_missing_is_named(write: Write) -> None:
    with pytest.raises(FindingsError) as caught:
        load(write("bare.toml", "[plan]\nfirst_year = 2027\n"))
    found = {(f.key, f.reason.key.removeprefix("finding.")) for f in caught.value.findings}
    assert found == {
        ("scenario", "no_section"),
        ("money", "no_section"),
        ("plan.last_year", "missing"),
        ("plan.past_practice", "missing"),
        ("rules", "no_limit"),
    }


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("[plan\n", "bracket", 1),
        ("a = 1\nb = \n", "value", 2),
        ("a = 1\na = 2\n", "twice", 2),
        ("[a]\n[a]\n", "twice", 2),
        ("x = 1\n农业 = 2\n", "key", 2),
        ("a b = 1\n", "equals", 1),
        ("a = 5,500\n", "rest", 1),
        ("a = 5500 万元\n", "rest", 1),
        ('a = "x\nb = 1\n', "quotation", 1),
        ("a = 1\nb = [1\n", "bracket", 2),
    ],
)
def test_a_file_that_is_no_toml(write: Write, text: str, reason: str, line: int) -> None:
    with pytest.raises(FindingsError) as caught:
        load(write("broken.toml", text))
    (finding,) = caught.value.findings
    assert (finding.reason.key, finding.line) == ("finding.not_toml", line)
    assert finding.reason.values == {"error": say(f"toml.{reason}")}


def test_a_file_in_another_encoding(write: Write) -> None:
    path = write("gbk.toml", "")
    path.write_bytes('[scenario]\ntitle_zh = "县"\n'.encode("gbk"))
    with pytest.raises(FindingsError) as caught:
        load(path)
    assert [f.reason.key for f in caught.value.findings] == ["finding.not_utf8"]


def test_a_missing_scenario_suggests_its_neighbour() -> None:
    with pytest.raises(FindingsError) as caught:
        load("w-conty")
    (finding,) = caught.value.findings
    assert finding.hint is not None
    assert finding.hint.of(Words("en")) == "did you mean w-county?"


def test_a_parent_that_is_not_there_hides_only_what_it_would_bring(write: Write) -> None:
    path = write("own.toml", 'extends = "w-conty"\n[search]\nstarts = 0\n')
    with pytest.raises(FindingsError) as caught:
        load(path)
    assert [f.reason.key for f in caught.value.findings] == [
        "finding.no_parent",
        "finding.too_small",
    ]


def test_an_unlike_word_gets_the_list() -> None:
    assert did_you_mean("zzz", ["alpha", "beta"]).of(Words("en")) == "known are: alpha, beta"
