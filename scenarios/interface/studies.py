"""Commands that look at given plans: beside each other, and in other futures."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from scenarios.commands import guarded
from scenarios.interface.options import (
    Banded,
    Bands,
    Json,
    Model,
    Planned,
    Seed,
    futures,
    out,
    study_out,
)
from scenarios.interface.told import argument, option, switch
from scenarios.language import Language


class By(StrEnum):
    """The choices of ``sensitivity --by``."""

    element = "element"
    variable = "variable"
    block = "block"


StudiedPlan = Annotated[Path | None, option("cli.study.plan", "--plan")]
Looked = Annotated[list[str] | None, option("cli.show_only", "--show", "--outcomes")]
Added = Annotated[bool, switch("cli.study.report", "--report")]


def compare(
    language: Language,
    alternatives: Annotated[list[str], argument("cli.alternatives")],
    show: Annotated[list[str] | None, option("cli.show", "--show", "--outcomes")] = None,
    bands: Bands = False,
    futures: Banded = None,
    out: Annotated[Path | None, out("compare")] = None,
    json: Json = False,
) -> int:
    """Alternatives side by side."""
    from scenarios.commands.compare import compare as run

    asked = {"show": tuple(show or ()), "bands": bands, "futures": futures}
    return guarded(run, language, alternatives, **asked, out=out, json=json)


def stress(
    language: Language,
    plans: Annotated[list[str] | None, argument("cli.stress.plans")] = None,
    shocks: Annotated[Path | None, option("cli.stress.shocks")] = None,
    shock: Annotated[list[str] | None, option("cli.stress.shock", "--shock")] = None,
    futures: Annotated[int | None, futures(300, 2)] = None,
    seed: Seed = None,
    knowing: Annotated[bool, switch("cli.stress.knowing", "--knowing")] = False,
    out: Annotated[Path | None, out("stress")] = None,
    json: Json = False,
) -> int:
    """Plans under named shocks."""
    from scenarios.commands.stress import stress as run

    asked = {"shocks": shocks, "only": tuple(shock or ()), "futures": futures, "seed": seed}
    more = {"knowing": knowing, "out": out, "json": json}
    return guarded(run, language, tuple(plans or ()), **asked, **more)


def discover(
    language: Language,
    plan: Planned = None,
    fails: Annotated[list[str] | None, option("cli.discover.fails")] = None,
    futures: Annotated[int | None, futures(2000, 2)] = None,
    seed: Seed = None,
    out: Annotated[Path | None, out("discover")] = None,
    json: Json = False,
) -> int:
    """In which futures a plan fails."""
    from scenarios.commands.discover import discover as run

    asked = {"fails": tuple(fails or ()), "futures": futures, "seed": seed}
    return guarded(run, language, plan, **asked, out=out, json=json)


def fan(
    language: Language,
    scenario: Planned = None,
    plan: StudiedPlan = None,
    show: Looked = None,
    futures: Annotated[int | None, futures(1000, 20, 200_000)] = None,
    lines: Annotated[int | None, option("cli.lines", min=0)] = None,
    from_ranges: Annotated[bool, switch("cli.ranges", "--from-ranges")] = False,
    report: Added = False,
    seed: Seed = None,
    out: Annotated[Path | None, study_out("fan")] = None,
    json: Json = False,
) -> int:
    """How wide outcomes are open."""
    from scenarios.commands.fan import fan as run

    size = {"futures": futures, "lines": lines, "ranges": from_ranges, "seed": seed}
    files = {"plan": plan, "report": report, "out": out}
    return guarded(run, language, scenario, show=tuple(show or ()), **size, **files, json=json)


def sensitivity(
    language: Language,
    scenario: Planned = None,
    plan: StudiedPlan = None,
    show: Looked = None,
    by: Annotated[By, option("cli.by")] = By.element,
    factors: Annotated[int | None, option("cli.factors", min=1)] = None,
    samples: Annotated[int | None, option("cli.samples", min=16)] = None,
    second: Annotated[bool, switch("cli.second", "--second-order")] = False,
    futures: Annotated[int | None, futures(2000, 50)] = None,
    decisions: Annotated[bool, switch("cli.decisions", "--decisions")] = False,
    report: Added = False,
    model: Model = None,
    ranges: Annotated[Path | None, option("cli.ranges_file", "--ranges")] = None,
    template: Annotated[Path | None, option("cli.ranges_template", "--template")] = None,
    times: Annotated[str | None, option("cli.study.times", metavar="T1,T2,...")] = None,
    data: Annotated[list[Path] | None, option("cli.data")] = None,
    seed: Seed = None,
    out: Annotated[Path | None, study_out("sensitivity")] = None,
    json: Json = False,
) -> int:
    """Which uncertain numbers matter."""
    from scenarios.commands.sensitivity import sensitivity as run

    size = {"by": by.value, "factors": factors, "samples": samples, "futures": futures}
    more = {"second": second, "decisions": decisions, "seed": seed}
    files = {"plan": plan, "report": report, "out": out, "show": tuple(show or ())}
    given = {"ranges": ranges, "template": template, "times": times, "data": tuple(data or ())}
    return guarded(
        run, language, scenario, **size, **more, **files, model=model, of_model=given, json=json
    )


COMMANDS = (compare, stress, discover, fan, sensitivity)
