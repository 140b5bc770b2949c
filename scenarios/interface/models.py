"""Commands about the model: run it, fit it, check it."""

from pathlib import Path
from typing import Annotated

from scenarios.commands import guarded
from scenarios.interface.options import Banded, Bands, Json, Model, Scenario, Seed, out
from scenarios.interface.told import option, switch
from scenarios.language import Language


def simulate(
    language: Language,
    scenario: Scenario = None,
    plan: Annotated[Path | None, option("cli.plan")] = None,
    model: Model = None,
    data: Annotated[list[Path] | None, option("cli.data")] = None,
    csv: Annotated[Path | None, option("cli.csv")] = None,
    columns: Annotated[str | None, option("cli.columns", metavar="A,B[c],...")] = None,
    times: Annotated[str | None, option("cli.times", metavar="T1,T2,...")] = None,
    compare: Annotated[
        str | None, option("cli.compare_results", metavar="FILE|pysd|simlin")
    ] = None,
    tolerance: Annotated[float | None, option("cli.tolerance", min=0.0, metavar="x")] = None,
    runs: Annotated[Path | None, option("cli.runs", "--runs")] = None,
    bands: Bands = False,
    futures: Banded = None,
    out: Annotated[Path | None, option("cli.dataset", "--out")] = None,
    resume: Annotated[bool, switch("cli.resume", "--resume")] = False,
    json: Json = False,
) -> int:
    """A scenario with a plan, or any Vensim model."""
    from scenarios.commands.simulate import simulate as run

    of_a_model = {
        "data": tuple(data or ()),
        "columns": columns,
        "times": times,
        "compare": compare,
        "tolerance": tolerance,
        "runs": runs,
        "out": out,
        "resume": resume,
    }
    files = {"plan": plan, "model": model, "csv": csv}
    wide = {"bands": bands, "futures": futures}
    return guarded(run, language, scenario, **files, **wide, **of_a_model, json=json)


def calibrate(
    language: Language,
    out: Annotated[Path | None, out("calibration")] = None,
    draws: Annotated[int | None, option("cli.draws", min=1)] = None,
    seed: Seed = None,
) -> int:
    """The uncertain numbers of the county model against what is observed."""
    from scenarios.commands.calibrate import calibrate as run

    return guarded(run, language, out=out, draws=draws, seed=seed)


def check(
    language: Language,
    scenario: Scenario = None,
    resolved: Annotated[bool, switch("cli.resolved", "--resolved")] = False,
    model: Model = None,
    json: Json = False,
) -> int:
    """All that is wrong with a scenario or a model."""
    from scenarios.commands.check import check as run

    return guarded(run, language, scenario, resolved=resolved, model=model, json=json)


COMMANDS = (simulate, calibrate, check)
