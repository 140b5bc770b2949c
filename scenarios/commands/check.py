"""``check``: everything that is wrong with a scenario or a model; where each value comes from."""

from __future__ import annotations

from pathlib import Path

from scenarios.commands import DONE, print_json
from scenarios.findings import refuse, say
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


def check_model(words: Words, scenario: str | None, resolved: bool, path: Path, json: bool) -> int:
    """Check that the engine can run a Vensim file, and say what is in it."""
    if scenario is not None:
        raise refuse("--model", say("finding.both"), say("hint.choose_one"))
    if resolved:
        raise refuse(
            "--resolved", say("finding.no_use", option="--resolved"), say("hint.drop_option")
        )
    from scenarios.fit import open_model

    opened = open_model(path)
    kinds: dict[str, int] = {}
    for variable in opened.variables.values():
        kinds[variable.kind] = kinds.get(variable.kind, 0) + 1
    if json:
        facts = {"file": str(path), "sha256": opened.sha256, "variables": kinds, "findings": []}
        print_json(facts)
        return DONE
    print(words.say("check.model_right", file=path))
    print(
        words.say(
            "check.model_facts",
            variables=sum(kinds.values()),
            stocks=kinds.get("stock", 0),
            columns=len(opened.columns),
            first=f"{opened.initial_time:g}",
            last=f"{opened.final_time:g}",
            step=f"{opened.time_step:g}",
        )
    )
    return DONE
