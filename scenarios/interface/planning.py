"""Commands that make a plan, explain it, or make it anew."""

from pathlib import Path
from typing import Annotated

from scenarios.commands import guarded
from scenarios.interface.options import (
    Banded,
    Bands,
    Docx,
    Json,
    Limit,
    Model,
    Scenario,
    Seed,
    Starts,
    futures,
    out,
    study_out,
)
from scenarios.interface.told import argument, option, switch
from scenarios.language import Language


def optimize(
    language: Language,
    scenario: Scenario = None,
    fix: Annotated[Path | None, option("cli.fix")] = None,
    begin: Annotated[Path | None, option("cli.from", "--from", metavar="RUN")] = None,
    out: Annotated[Path | None, option("cli.out.optimize", "--out")] = None,
    seed: Seed = None,
    starts: Starts = None,
    time_limit: Limit = None,
    explain: Annotated[bool, switch("cli.with_explanation", "--explain")] = False,
    certify: Annotated[bool, switch("cli.certify", "--certify")] = False,
    target: Annotated[str | None, option("cli.certify_target", metavar="1%")] = None,
    crosscheck: Annotated[list[str] | None, option("cli.crosscheck", metavar="ipopt|scip")] = None,
    time: Annotated[float | None, option("cli.certify_time", metavar="x>0")] = None,
    docx: Docx = False,
    bands: Bands = False,
    futures: Banded = None,
    json: Json = False,
) -> int:
    """From a scenario to the run folder of its best plan."""
    from scenarios.commands.optimize import optimize as run

    settings = {"seed": seed, "starts": starts, "time_limit": time_limit}
    proof = {"certify": certify, "target": target, "seconds": time}
    more = {"fix": fix, "begin": begin, "explain": explain, **proof}
    peers = tuple(crosscheck or ())
    drawn = {"docx": docx, "bands": bands, "futures": futures}
    wanted = {"settings": settings, "out": out, **drawn, "json": json}
    return guarded(run, language, scenario, crosscheck=peers, **more, **wanted)


def explain(
    language: Language,
    scenario: Annotated[str | None, argument("cli.explain.scenario")] = None,
    seed: Seed = None,
    starts: Starts = None,
    variable: Annotated[list[str] | None, option("cli.variable", "--variable")] = None,
    model: Model = None,
    out: Annotated[Path | None, option("cli.out.causes", "--out")] = None,
    json: Json = False,
) -> int:
    """Why a plan is as it is, or a variable by its direct causes."""
    from scenarios.commands.explain import explain as run

    settings = {"seed": seed, "starts": starts}
    asked = {"variables": tuple(variable or ()), "model": model, "out": out}
    return guarded(run, language, scenario, settings=settings, **asked, json=json)


def replan(
    language: Language,
    run: Annotated[str, argument("cli.replan.run")],
    observed: Annotated[Path | None, argument("cli.replan.observed")] = None,
    template: Annotated[Path | None, option("cli.replan.template")] = None,
    until: Annotated[int | None, option("cli.replan.until")] = None,
    futures: Annotated[int | None, futures(2000, 2)] = None,
    seed: Seed = None,
    out: Annotated[Path | None, out("replan")] = None,
    json: Json = False,
) -> int:
    """The rest of a plan made anew with a new year's figures."""
    from scenarios.commands.replan import replan as command

    asked = {"template": template, "until": until, "futures": futures, "seed": seed}
    return guarded(command, language, run, observed, **asked, out=out, json=json)


def robust(
    language: Language,
    scenario: Scenario = None,
    futures: Annotated[int, option("cli.robust.futures", "--futures")] = 200,
    weight: Annotated[float, option("cli.lambda", "--lambda", metavar="0-1")] = 0.5,
    beta: Annotated[float, option("cli.beta", metavar="0-1")] = 0.9,
    hold: Annotated[float, option("cli.hold", metavar="0-1")] = 0.9,
    regret: Annotated[bool, switch("cli.regret", "--regret")] = False,
    fresh: Annotated[int, option("cli.fresh")] = 2000,
    out: Annotated[Path | None, study_out("robust")] = None,
    seed: Seed = None,
    starts: Starts = None,
    time_limit: Limit = None,
    json: Json = False,
) -> int:
    """The plan that does best over many futures."""
    from scenarios.commands.robust import Wish
    from scenarios.commands.robust import robust as run

    wish = Wish(futures, weight, beta, hold, regret, fresh)
    settings = {"seed": seed, "starts": starts, "time_limit": time_limit}
    more = {"wish": wish, "out": out, "settings": settings}
    return guarded(run, language, scenario, **more, json=json)


def pareto(
    language: Language,
    scenario: Scenario = None,
    between: Annotated[str, option("cli.between", metavar="A,B[,C]")] = "balance,partner_gain",
    points: Annotated[int, option("cli.points", min=3, max=100)] = 15,
    out: Annotated[Path | None, study_out("pareto")] = None,
    seed: Seed = None,
    starts: Starts = None,
    json: Json = False,
) -> int:
    """The front between aims."""
    from scenarios.commands.pareto import pareto as run

    settings = {"seed": seed, "starts": starts}
    more = {"between": between, "points": points, "out": out, "settings": settings}
    return guarded(run, language, scenario, **more, json=json)


COMMANDS = (optimize, explain, replan, robust, pareto)
