"""``check``: everything that is wrong with a scenario or a model; where each value comes from."""

from __future__ import annotations

from pathlib import Path

from scenarios.commands import DONE, print_json
from scenarios.words import Words


def check(
    words: Words,
    scenario: str | None,
    *,
    resolved: bool = False,
    model: Path | None = None,
    json: bool = False,
) -> int:
    """Check a scenario (default: W County), or with ``model`` any Vensim file."""
    if model is not None:
        from scenarios.commands.check_model import check_model

        return check_model(words, scenario, resolved, model, json)
    from scenarios.county import County
    from scenarios.load import load
    from scenarios.problem import problem
    from scenarios.resolved import resolved_text

    loaded = load(scenario)
    stated = problem(County(loaded))
    nominal = loaded.model.constants
    changed = sum(value != nominal[column] for column, value in loaded.numbers.values.items())
    if resolved:
        print(resolved_text(loaded))
        return DONE
    facts = {
        "file": str(loaded.file),
        "scenario": loaded.name,
        "first_year": loaded.plan.first_year,
        "last_year": loaded.plan.last_year,
        "decisions": len(stated.decisions),
        "rules": sorted({row.rule for row in stated.rows}),
        "rows": len(stated.rows),
        "parameters_changed": changed,
        "findings": [],
    }
    if json:
        print_json(facts)
        return DONE
    print(words.say("check.scenario_right", name=loaded.name, file=loaded.file))
    print(
        words.say(
            "check.scenario_facts",
            first=loaded.plan.first_year,
            last=loaded.plan.last_year,
            decisions=len(stated.decisions),
            rules=len({row.rule for row in stated.rows}),
            rows=len(stated.rows),
            parameters=changed,
        )
    )
    return DONE
