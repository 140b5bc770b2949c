"""``simulate --model``: any model, once, against other results, or many times over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import DIFFERENT, DONE, print_json
from scenarios.commands.simulate_asked import Asked, asked_times, split
from scenarios.commands.simulate_compare import compared, comparison_record, show_comparison
from scenarios.commands.simulate_runs import ensemble
from scenarios.commands.tables import must_have_folder, write_csv
from scenarios.findings import Finding, FindingsError, say
from scenarios.model_words import Said
from scenarios.words import Words

if TYPE_CHECKING:
    from models import Model, ModelError


def simulate_model(words: Words, asked: Asked, json: bool) -> int:
    """Run a model as its options ask."""
    from models import ModelError
    from scenarios.fit import open_model

    check_options(asked)
    if asked.csv is not None:
        must_have_folder(asked.csv)
    model = open_model(asked.model, asked.data)
    code = DONE
    record: dict[str, object] = {"model": str(asked.model)}
    try:
        if asked.csv is not None:
            record |= table(words, model, asked)
        if asked.runs is not None:
            return ensemble(words, model, asked, json)
        if asked.compare is not None:
            found = compared(model, asked)
            record |= comparison_record(found)
            code = DONE if found.equal else DIFFERENT
            if not json:
                show_comparison(words, model, asked, found)
    except ModelError as error:
        raise refused(error) from error
    if json:
        print_json(record)
    return code


def check_options(asked: Asked) -> None:
    """Refuse options that do not go together; all of them at once."""
    findings: list[Finding] = []

    def needs(option: str, needed: str, example: str) -> None:
        reason = say("finding.needs", option=option, needed=needed)
        findings.append(Finding(None, option, reason, say("hint.add_option", needed=example)))

    def no_use(option: str) -> None:
        reason = say("finding.no_use", option=option)
        findings.append(Finding(None, option, reason, say("hint.drop_option")))

    if asked.csv is None and asked.compare is None and asked.runs is None:
        needs("--model", "--csv", "--csv OUT.csv")
    if asked.runs is not None:
        if asked.out is None:
            needs("--runs", "--out", "--out OUT.parquet")
        for option, value in (("--csv", asked.csv), ("--compare", asked.compare)):
            if value is not None:
                no_use(option)
    else:
        for option, given in (("--out", asked.out is not None), ("--resume", asked.resume)):
            if given:
                needs(option, "--runs", "--runs INPUTS.csv")
        if asked.csv is None:
            for option, text in (("--columns", asked.columns), ("--times", asked.times)):
                if text is not None:
                    needs(option, "--csv / --runs", "--csv OUT.csv")
    if asked.tolerance is not None and asked.compare is None:
        needs("--tolerance", "--compare", "--compare OTHER.csv")
    if findings:
        raise FindingsError(findings)


def refused(error: ModelError) -> FindingsError:
    """What the engine says of files that are not models."""
    return FindingsError(
        Finding(
            Path(problem.file) if problem.file else None,
            problem.variable,
            Said(problem.reason),
            Said(problem.hint) if problem.hint else None,
            problem.line or None,
        )
        for problem in error.problems
    )


def table(words: Words, model: Model, asked: Asked) -> dict[str, object]:
    """A wide table of one run, a row a time."""
    from models import run

    assert asked.csv is not None
    out = run(model, columns=split(asked.columns), times=asked_times(asked.times))
    frame = out.frame(0)
    write_csv(frame, asked.csv)
    facts = {"csv": str(asked.csv), "rows": len(frame), "columns": len(frame.columns)}
    print(words.say("simulate.model_written", **facts), file=sys.stderr)
    return dict(facts)
