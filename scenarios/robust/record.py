"""``run.json`` of a robust plan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from optimize.uncertainty.risk import Estimate
from scenarios.report.run_json import SCHEMA_VERSION, finite, project_record
from scenarios.robust.study import PLANS, Study
from scenarios.words import Words


def estimate(found: Estimate) -> dict[str, float]:
    """A number with the ends of its interval (95 %)."""
    return {"value": found.value, "low": found.low, "high": found.high}


def record(study: Study, seconds: Mapping[str, float], files: Sequence[str]) -> str:
    """The content as JSON text. The aim is in points of structure gap, smaller is better."""
    result, answer, told = study.robust, study.answer, study.told
    reference = result.reference
    made: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "command": "robust",
        "scenario": result.scenario,
        "title": {
            "zh": Words("zh").say("robust.alternative", scenario=result.title["zh"]),
            "en": Words("en").say("robust.alternative", scenario=result.title["en"]),
        },
        "status": result.answer.status,
        "stop": answer.stop,
        "price_year": result.price_year,
        "asked": {
            "futures": study.number,
            "weight_of_cvar": study.risk.weight,
            "level_of_cvar": study.risk.level,
            "largest_regret": study.tried > 0,
            "hold": dict(zip(answer.rules, answer.asked.tolist(), strict=True)),
        },
        "search": {
            "aim": answer.aim,
            "steps": answer.steps,
            "promised_share_of_gain": answer.promised,
            "held_in_sample": dict(zip(answer.rules, answer.held.tolist(), strict=True)),
            "asked_in_sample": dict(zip(answer.rules, answer.used.tolist(), strict=True)),
            "second_sample": study.second,
        },
        "judged": {
            "futures": study.fresh,
            "verdict": study.verdict,
            "plans": {
                plan: {
                    "mean": estimate(j.mean),
                    "cvar": estimate(j.tail),
                    "aim": estimate(j.aim),
                    "holds": {
                        rule: estimate(found)
                        for rule, found in zip(told.rules, j.rules, strict=True)
                    },
                    "all_rules": estimate(j.all_rules),
                }
                for plan, j in zip(PLANS, study.judged, strict=True)
            },
            "value_of_the_stochastic_solution": {
                "mean": estimate(_turned(study.against.mean)),
                "cvar": estimate(_turned(study.against.tail)),
                "aim": estimate(_turned(study.against.aim)),
                "better_in": estimate(study.against.better),
            },
        },
        "regrets": None
        if study.regrets is None
        else {
            "futures": int(study.regrets.values.shape[1]),
            "failed": study.regrets.failed,
            "plans": {
                plan: {"mean": estimate(mean), "largest": study.regrets.largest(plan)}
                for plan, mean in zip(study.regrets.plans, study.regrets.means, strict=True)
            },
        },
        "projects": project_record(result),
        "reference": None
        if reference is None
        else {
            "engine": reference.engine,
            "max_relative_difference": reference.max_relative_difference,
        },
        "seconds": {
            **seconds,
            **{f"robust.{phase}": spent for phase, spent in answer.seconds.items()},
        },
        "seed": study.seed,
        "model": {"file": result.model.file, "sha256": result.model.sha256},
        "versions": dict(result.versions),
        "files": list(files),
    }
    text = json.dumps(finite(made), ensure_ascii=False, indent=2, allow_nan=False)
    return text + "\n"


def _turned(found: Estimate) -> Estimate:
    """A loss as a gain."""
    return Estimate(-found.value, -found.high, -found.low, found.size)
