"""What other solvers found is told as it is, in the report and in ``run.json``."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from optimize.crosscheck import CrossCheck
from scenarios.report import Result, evidence, run_json
from scenarios.report.plain import built, plain
from scenarios.words import Words

SAME_AS_OURS = CrossCheck(
    "ipopt",
    "Ipopt (CasADi 3.8)",
    "past_practice",
    "Solve_Succeeded",
    12.5,
    variables=5878,
    constraints=6017,
    plan=np.array([1.0, 2.0]),
    objective=9.898,
    worse_by=-3e-9,
    violation=1e-8,
    kkt_residual=4e-8,
)
OPEN = replace(
    SAME_AS_OURS,
    solver="scip",
    version="SCIP 10",
    begin="plan",
    status="timelimit",
    bound=9.2,
    gap_of_gain=0.737,
)
NO_PLAN = CrossCheck("ipopt", "Ipopt", "plan", "Infeasible_Problem_Detected", 1.0)


def told(result: Result, check: CrossCheck, language: str) -> str:
    words = Words(language)  # type: ignore[arg-type]
    label, text = evidence.lines(replace(result, crosschecks=(check,)), words)[-1]
    assert label == words.say("evidence.crosscheck")
    return text


@pytest.mark.parametrize(
    ("check", "zh", "en"),
    [
        (SAME_AS_OURS, "相差不到资金作用的百万分之一", "from past practice, converged"),
        (replace(SAME_AS_OURS, worse_by=2e-3), "比本方案（取整前）差", "worse than our plan"),
        (replace(SAME_AS_OURS, worse_by=-2e-3), "警告", "WARNING"),
        (replace(SAME_AS_OURS, worse_by=-2e-3, violation=1e-3), "违反规则", "breaks the rules"),
        (OPEN, "最多再改善资金作用的 73.7%", "found nothing better"),
        (replace(OPEN, gap_of_gain=3.0), "没有得到有用的界", "no useful bound"),
        (NO_PLAN, "没有得到方案", "Infeasible_Problem_Detected"),
        (replace(NO_PLAN, status="refused", refused="DELAY FIXED"), "未运行", "DELAY FIXED"),
    ],
)
def test_each_end_has_its_words(result: Result, check: CrossCheck, zh: str, en: str) -> None:
    assert zh in told(result, check, "zh")
    assert en in told(result, check, "en")


def test_run_json_and_result_json_hold_them(result: Result) -> None:
    checks = (SAME_AS_OURS, OPEN, NO_PLAN)
    record = json.loads(run_json(replace(result, crosschecks=checks), []))["crosschecks"]
    assert [check["solver"] for check in record] == ["ipopt", "scip", "ipopt"]
    assert record[0]["worse_by_of_gain"] == -3e-9
    assert record[1]["gap_of_gain"] == 0.737
    assert record[2]["objective"] is None
    for check in checks:
        again = built(CrossCheck, json.loads(json.dumps(plain(check))))
        assert replace(again, plan=None) == replace(check, plan=None)
        if check.plan is not None:
            np.testing.assert_array_equal(again.plan, check.plan)
