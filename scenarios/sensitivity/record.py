"""The study for programs."""

from __future__ import annotations

from scenarios.sensitivity.decisions import Decisions
from scenarios.sensitivity.study import Sensitivity


def record(found: Sensitivity, decided: Decisions | None) -> dict[str, object]:
    """The study for programs: the last year; the tables hold the rest."""
    from scenarios.report.run_json import finite

    year, indices = found.years[-1], found.indices

    def three(index: object, *place: int) -> list[float]:
        return [float(getattr(index, part)[place]) for part in ("value", "low", "high")]

    made: dict[str, object] = {
        "scenario": found.studied.name,
        "year": year,
        "by": found.asked.by.value,
        "seed": found.asked.seed,
        "factors": len(found.factors),
        "screening": {
            "trajectories": found.screening.trajectories,
            "failed": found.screening.failed,
        },
        "ends": {"failed": found.ends.failed, "factors": list(found.ends.lost)},
        "variance": {"rows": indices.rows, "failed": indices.failed},
        "samples": {
            name: {"futures": drawn.futures, "failed": drawn.failed}
            for name, drawn in found.samples.items()
        },
        "outcomes": [
            {
                "variable": look.column,
                "basis": look.basis,
                "unit": look.unit,
                "value": float(found.ends.base[place]),
                "quantiles": {
                    name: [float(v) for v in drawn.quantiles[:, place, -1]]
                    for name, drawn in found.samples.items()
                },
                "factors": [
                    {
                        "factor": indices.names[d],
                        "first": three(indices.first, d, found.place(place, year)),
                        "total": three(indices.total, d, found.place(place, year)),
                    }
                    for d in indices.ranked(found.place(place, year))
                ],
            }
            for place, look in enumerate(found.looks)
        ],
    }
    if decided is not None:
        judged = decided.judged
        worth = judged.worth if judged is not None else None
        made["decision"] = {
            "futures": {
                "asked": decided.sample.asked,
                "finished": len(decided.sample.found),
                "infeasible": decided.sample.infeasible,
                "failed": decided.sample.failed,
                "plan_breaks_a_rule": decided.breaking,
            },
            "mean_regret": [float(v) for v in decided.mean_regret],
            "broken": dict(decided.broken),
            "share_of_futures_where_rules_hold": None
            if judged is None
            else [float(v) for v in judged.keeps],
            "gain_over_past_practice": None if judged is None else [float(v) for v in judged.gain],
            "worth_of_knowing_everything": None
            if worth is None
            else [worth.every, worth.every_low, worth.every_high],
            "worth_of_knowing": []
            if judged is None or worth is None
            else [
                {
                    "input": name,
                    "worth": [worth.value[i], worth.low[i], worth.high[i]],
                    "noise": worth.noise[i],
                }
                for i, name in enumerate(judged.inputs)
            ],
        }
    clean = finite(made)
    assert isinstance(clean, dict)
    return clean
