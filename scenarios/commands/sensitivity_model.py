"""``sensitivity --model``: which constants of any model decide its outcomes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.commands import DONE, print_json, until_the_reader_leaves
from scenarios.commands.folders import new_folder
from scenarios.commands.parts import Parts
from scenarios.commands.simulate_asked import asked_times
from scenarios.commands.tables import must_have_folder
from scenarios.commands.unfinished import Unfinished
from scenarios.findings import Finding, FindingsError, did_you_mean, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from models import Model
    from optimize.calibration.parameters import Parameter
    from scenarios.sensitivity.of_model import OfModel


@dataclass(frozen=True)
class Asked:
    """What the command line says of a model to study."""

    model: Path
    ranges: Path | None = None
    template: Path | None = None
    times: str | None = None
    data: Sequence[Path] = ()


def sensitivity_model(
    words: Words,
    asked: Asked,
    show: Sequence[str],
    size: Mapping[str, Any],
    out: Path | None,
    json: bool,
) -> int:
    """Study a model, or write a file of ranges to edit. ``size`` are fields of the study."""
    from scenarios.fit import open_model

    if asked.template is not None:
        return _template(words, open_model(asked.model, asked.data), asked.template)
    if asked.ranges is None:
        needs = say("finding.needs", option="--model", needed="--ranges")
        raise refuse("--model", needs, say("hint.ranges_template", model=asked.model))
    folder = new_folder(out, f"{asked.model.stem}-sensitivity")
    subject, columns = _subject(open_model(asked.model, asked.data), asked, show)
    from scenarios.commands.sensitivity import print_study, write_files
    from scenarios.sensitivity.ranges import used
    from scenarios.sensitivity.record import record
    from scenarios.sensitivity.study import Asked as Size
    from scenarios.sensitivity.study import study

    wanted = Size(**size)
    key = [subject.model.sha256, columns, subject.times, repr(subject.parameters), repr(wanted)]
    with Unfinished(words, folder, "sensitivity", key) as pieces:
        with Parts(words, "sensitivity.part") as tell:
            found = study(subject, columns, wanted, tell, pieces)
        more = {"ranges.csv": used(subject.parameters, subject.model)}
        files = write_files(words, found, None, folder, more)
        pieces.finish()
    with until_the_reader_leaves():
        if json:
            print_json({**record(found, None), "files": list(files)})
        else:
            print_study(words, found, None, folder, files)
    return DONE


def _template(words: Words, model: Model, file: Path) -> int:
    """Write the ranges of a model's constants to a new file."""
    from scenarios.sensitivity.of_model import constants
    from scenarios.sensitivity.ranges import template

    must_have_folder(file, "--template")
    if file.exists():
        raise refuse("--template", say("finding.file_exists"), say("hint.other_name"), file)
    if not constants(model):
        raise refuse("--template", say("finding.no_constants"), None, model.path)
    suffix = file.suffix.lower()
    # Spreadsheets take csv files without the mark for files in the Chinese encoding.
    encoding = "utf-8" if suffix == ".toml" else "utf-8-sig"
    file.write_text(template(model, suffix, words), encoding=encoding, newline="")
    print(words.say("ranges.written", file=file), file=sys.stderr)
    return DONE


def _subject(model: Model, asked: Asked, show: Sequence[str]) -> tuple[OfModel, list[str]]:
    """The model with its ranges, and the outcomes to look at; every problem at once."""
    from scenarios.sensitivity.of_model import OfModel, usual_times
    from scenarios.sensitivity.ranges import read_ranges

    assert asked.ranges is not None
    findings: list[Finding] = []
    parameters: tuple[Parameter, ...] = ()
    try:
        parameters = read_ranges(asked.ranges, model)
    except FindingsError as error:
        findings += error.findings
    columns = _outcomes(model, show, findings)
    times = _times(model, asked.times, findings) or usual_times(model)
    if findings:
        raise FindingsError(findings)
    return OfModel(model, parameters, times), columns


def _outcomes(model: Model, show: Sequence[str], findings: list[Finding]) -> list[str]:
    """The columns that are asked for, or the usual ones; ``findings`` grows."""
    from models.source import key
    from scenarios.sensitivity.of_model import outcomes, usual_outcomes

    if not show:
        usual = usual_outcomes(model)
        if not usual:
            findings.append(Finding(model.path, "", say("finding.no_outcomes")))
        return usual
    known, columns = outcomes(model), []
    for name in show:
        mine = [c for c in known if key(name) in (key(c), key(c.partition("[")[0]))]
        columns += mine
        if not mine:
            constant = model.find(name) in model.constants
            reason = "finding.outcome_constant" if constant else "finding.unknown_name"
            hint = did_you_mean(name, known)
            findings.append(Finding(None, "--outcomes", say(reason, name=name), hint))
    return list(dict.fromkeys(columns))


def _times(model: Model, text: str | None, findings: list[Finding]) -> tuple[float, ...]:
    """The times that are asked for; ``findings`` grows."""
    try:
        given = asked_times(text) or []
    except FindingsError as error:
        findings += error.findings
        return ()
    for time in given:
        if model.nominal_grid.number(time) is None:
            first, last = f"{model.initial_time:g}", f"{model.final_time:g}"
            reason = say("finding.no_step", time=f"{time:g}")
            hint = say("hint.steps", first=first, last=last, step=f"{model.time_step:g}")
            findings.append(Finding(None, "--times", reason, hint))
    return tuple(given)
