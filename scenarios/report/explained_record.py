"""The explanation for programs; money in 10,000 yuan over the whole plan."""

from __future__ import annotations

from scenarios.report.result import Explanation, Result


def record(result: Result) -> dict[str, object]:
    """Everything that ``explain --json`` prints."""
    from optimize.explain import worth
    from scenarios.report.run_json import finite

    def place(index: int) -> dict[str, object]:
        decision = result.problem.decisions[index]
        return {
            "year": decision.year,
            "sector": decision.sector,
            "instrument": decision.instrument,
        }

    shared = result.contributions
    made: dict[str, object] = {
        "scenario": result.scenario,
        "objective": result.answer.objective,
        "objective_without_money": result.answer.objective_without_money,
        "worth": [
            {**place(w.index), "here": w.here, "elsewhere": w.elsewhere, "net": w.net}
            for w in worth(result.answer)
        ],
        **({} if result.explanation is None else resolved(result.explanation)),
        "contributions": None
        if shared is None
        else {
            "total": shared.total,
            "decisions": [
                {**place(index), "improvement": float(amount)}
                for index, amount in enumerate(shared.amounts)
            ],
        },
    }
    clean = finite(made)
    assert isinstance(clean, dict)
    return clean


def resolved(found: Explanation) -> dict[str, object]:
    """What re-solves found; a cost that is not ``settled`` is at least what is said."""
    return {
        "eased": [
            {
                "rule": e.rule,
                "subject": e.subject,
                "unit": e.unit,
                "share": e.share,
                "step": e.step,
                "worth": e.worth,
                "holds_to": e.holds,
            }
            for e in found.eased
        ],
        "rule_costs": [
            {
                "rule": c.rule,
                "subject": c.subject,
                "cost": c.cost,
                "money": c.money,
                "settled": c.settled,
            }
            for c in found.costs
        ],
        "freedom": {
            name: {"low": f.low, "plan": f.now, "high": f.high} for name, f in found.freedom.items()
        },
    }
