"""The command line of Xieheng: parse, call, print, exit code.

Exit codes: 0 done; 1 a bug; 2 wrong command or scenario; 3 no feasible plan; 4 stopped at a
limit, best plan saved; 5 two results differ (``simulate --compare``); 130 interrupted, what is
finished saved.
"""

import os
import sys

if __name__ == "__main__":
    import bootstrap

    bootstrap.ensure()

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands import WRONG, guarded, parsing, shown_language
from scenarios.language import Language, asked_language
from scenarios.words import Words

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]  # Click's, wherever Typer keeps it


class Lang(StrEnum):
    """The choices of ``--lang``."""

    zh = "zh"
    en = "en"


class By(StrEnum):
    """The choices of ``sensitivity --by``."""

    element = "element"
    variable = "variable"
    block = "block"


def app(language: Language) -> typer.Typer:
    """The commands, with their help in one language. Nothing heavy is imported here.

    The language is known before the command line is parsed, so ``--lang`` itself is only
    checked here.
    """
    words = Words(language)
    say = words.say
    commands = typer.Typer(
        name="xieheng",
        invoke_without_command=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    option, argument = typer.Option, typer.Argument

    Scenario = Annotated[str | None, argument(help=say("cli.scenario"), show_default=False)]
    Explained = Annotated[
        str | None, argument(help=say("cli.explain.scenario"), show_default=False)
    ]
    Out = Annotated[Path | None, option(help=say("cli.out"), show_default=False)]
    Results = Annotated[Path | None, option(help=say("cli.calibrate.out"), show_default=False)]
    Draws = Annotated[int | None, option(help=say("cli.draws"), min=1, show_default=False)]
    Seed = Annotated[int | None, option(help=say("cli.seed"), min=0, show_default=False)]
    Starts = Annotated[int | None, option(help=say("cli.starts"), min=1, show_default=False)]
    Limit = Annotated[
        float | None, option(help=say("cli.time_limit"), metavar="x>0", show_default=False)
    ]
    Explain = Annotated[bool, option("--explain", help=say("cli.with_explanation"))]
    Certify = Annotated[bool, option("--certify", help=say("cli.certify"))]
    Target = Annotated[
        str | None, option(help=say("cli.certify_target"), metavar="1%", show_default=False)
    ]
    Seconds = Annotated[
        float | None, option(help=say("cli.certify_time"), metavar="x>0", show_default=False)
    ]
    Crosscheck = Annotated[
        list[str] | None,
        option(help=say("cli.crosscheck"), metavar="ipopt|scip", show_default=False),
    ]
    Fix = Annotated[Path | None, option(help=say("cli.fix"), show_default=False)]
    Begin = Annotated[
        Path | None, option("--from", help=say("cli.from"), metavar="RUN", show_default=False)
    ]
    Plan = Annotated[Path | None, option(help=say("cli.plan"), show_default=False)]
    Model = Annotated[Path | None, option(help=say("cli.model"), show_default=False)]
    Data = Annotated[list[Path] | None, option(help=say("cli.data"), show_default=False)]
    Csv = Annotated[Path | None, option(help=say("cli.csv"), show_default=False)]
    Columns = Annotated[
        str | None, option(help=say("cli.columns"), metavar="A,B[c],...", show_default=False)
    ]
    Times = Annotated[
        str | None, option(help=say("cli.times"), metavar="T1,T2,...", show_default=False)
    ]
    Compare = Annotated[
        str | None,
        option(help=say("cli.compare_results"), metavar="FILE|pysd|simlin", show_default=False),
    ]
    Tolerance = Annotated[
        float | None, option(help=say("cli.tolerance"), min=0.0, metavar="x", show_default=False)
    ]
    Batch = Annotated[Path | None, option("--runs", help=say("cli.runs"), show_default=False)]
    Dataset = Annotated[Path | None, option("--out", help=say("cli.dataset"), show_default=False)]
    Resume = Annotated[bool, option("--resume", help=say("cli.resume"))]
    Alternatives = Annotated[list[str], argument(help=say("cli.alternatives"), show_default=False)]
    Variables = Annotated[
        list[str] | None, option("--variable", help=say("cli.variable"), show_default=False)
    ]
    Strips = Annotated[Path | None, option("--out", help=say("cli.causes_out"), show_default=False)]
    Folder = Annotated[Path, argument(help=say("cli.report.run"), show_default=False)]
    Docx = Annotated[bool, option("--docx", help=say("cli.docx"))]
    Rendered = Annotated[
        Path | None, option("--out", help=say("cli.report.out"), show_default=False)
    ]
    Stressed = Annotated[
        list[str] | None, argument(help=say("cli.stress.plans"), show_default=False)
    ]
    Shocks = Annotated[Path | None, option(help=say("cli.stress.shocks"), show_default=False)]
    Only = Annotated[
        list[str] | None, option("--shock", help=say("cli.stress.shock"), show_default=False)
    ]
    Knowing = Annotated[bool, option("--knowing", help=say("cli.stress.knowing"))]
    Study = Annotated[Path | None, option("--out", help=say("cli.stress.out"), show_default=False)]
    Futures = Annotated[int | None, option(help=say("cli.futures"), min=2, show_default=False)]
    Planned = Annotated[str | None, argument(help=say("cli.discover.plan"), show_default=False)]
    Fails = Annotated[list[str] | None, option(help=say("cli.discover.fails"), show_default=False)]
    Discovered = Annotated[
        Path | None, option("--out", help=say("cli.discover.out"), show_default=False)
    ]
    Followed = Annotated[str, argument(help=say("cli.replan.run"), show_default=False)]
    Known = Annotated[Path | None, argument(help=say("cli.replan.observed"), show_default=False)]
    Template = Annotated[Path | None, option(help=say("cli.replan.template"), show_default=False)]
    Until = Annotated[int | None, option(help=say("cli.replan.until"), show_default=False)]
    Revised = Annotated[
        Path | None, option("--out", help=say("cli.replan.out"), show_default=False)
    ]
    Show = Annotated[list[str] | None, option(help=say("cli.show"), show_default=False)]
    Many = Annotated[int, option("--futures", help=say("cli.robust.futures"), show_default=False)]
    Fresh = Annotated[int, option(help=say("cli.fresh"), show_default=False)]
    Weight = Annotated[
        float, option("--lambda", help=say("cli.lambda"), metavar="0-1", show_default=False)
    ]
    Beta = Annotated[float, option(help=say("cli.beta"), metavar="0-1", show_default=False)]
    Hold = Annotated[float, option(help=say("cli.hold"), metavar="0-1", show_default=False)]
    Regret = Annotated[bool, option("--regret", help=say("cli.regret"))]
    Between = Annotated[str, option(help=say("cli.between"), metavar="A,B[,C]", show_default=False)]
    Points = Annotated[int, option(help=say("cli.points"), min=3, max=100, show_default=False)]
    Studied = Annotated[str | None, argument(help=say("cli.study.scenario"), show_default=False)]
    StudiedPlan = Annotated[Path | None, option("--plan", help=say("cli.study.plan"))]
    Looked = Annotated[list[str] | None, option("--show", help=say("cli.show_only"))]
    Factors = Annotated[int | None, option(help=say("cli.factors"), min=1, show_default=False)]
    Rows = Annotated[
        int | None, option("--samples", help=say("cli.samples"), min=16, show_default=False)
    ]
    Second = Annotated[bool, option("--second-order", help=say("cli.second"))]
    InEach = Annotated[
        int | None, option("--runs", help=say("cli.sensitivity.runs"), min=50, show_default=False)
    ]
    Drawn = Annotated[
        int | None,
        option("--runs", help=say("cli.fan.runs"), min=20, max=200_000, show_default=False),
    ]
    Lines = Annotated[int | None, option(help=say("cli.lines"), min=0, show_default=False)]
    Added = Annotated[bool, option("--report", help=say("cli.study.report"))]
    Ranges = Annotated[bool, option("--ranges", help=say("cli.ranges"))]
    Decisions = Annotated[bool, option("--decisions", help=say("cli.decisions"))]
    Resolved = Annotated[bool, option("--resolved", help=say("cli.resolved"))]
    Name = Annotated[str, argument(help=say("cli.new.name"))]
    Base = Annotated[str | None, option("--county", help=say("cli.new.county"), show_default=False)]
    Xlsx = Annotated[bool, option("--xlsx", help=say("cli.new.xlsx"))]
    Figures = Annotated[bool, option("--figures", help=say("cli.new.figures"))]
    Json = Annotated[bool, option("--json", help=say("cli.json"))]
    Speak = Annotated[Lang | None, option(help=say("cli.lang"), show_default=False)]

    @commands.callback(help=say("cli.app"))
    def before_any_command(context: typer.Context, lang: Speak = None) -> None:
        # ``--lang`` may stand before the command, too.
        if context.invoked_subcommand is None:
            parsing.title_panels(words)
            print(context.get_help())

    @commands.command(help=say("cli.optimize"))
    def optimize(
        scenario: Scenario = None,
        fix: Fix = None,
        begin: Begin = None,
        out: Out = None,
        seed: Seed = None,
        starts: Starts = None,
        time_limit: Limit = None,
        explain: Explain = False,
        certify: Certify = False,
        target: Target = None,
        crosscheck: Crosscheck = None,
        time: Seconds = None,
        docx: Docx = False,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.optimize import optimize as run

        settings = {"seed": seed, "starts": starts, "time_limit": time_limit}
        proof = {"certify": certify, "target": target, "seconds": time}
        more = {"fix": fix, "begin": begin, "explain": explain, **proof}
        peers = tuple(crosscheck or ())
        wanted = {"settings": settings, "out": out, "docx": docx, "json": json}
        return guarded(run, language, scenario, crosscheck=peers, **more, **wanted)

    @commands.command(help=say("cli.explain"))
    def explain(
        scenario: Explained = None,
        seed: Seed = None,
        starts: Starts = None,
        variable: Variables = None,
        model: Model = None,
        out: Strips = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.explain import explain as run

        settings = {"seed": seed, "starts": starts}
        asked = {"variables": tuple(variable or ()), "model": model, "out": out}
        return guarded(run, language, scenario, settings=settings, **asked, json=json)

    @commands.command(help=say("cli.simulate"))
    def simulate(
        scenario: Scenario = None,
        plan: Plan = None,
        model: Model = None,
        data: Data = None,
        csv: Csv = None,
        columns: Columns = None,
        times: Times = None,
        compare: Compare = None,
        tolerance: Tolerance = None,
        runs: Batch = None,
        out: Dataset = None,
        resume: Resume = False,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
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
        return guarded(run, language, scenario, **files, **of_a_model, json=json)

    @commands.command(help=say("cli.compare"))
    def compare(
        alternatives: Alternatives,
        show: Show = None,
        out: Out = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.compare import compare as run

        return guarded(run, language, alternatives, show=tuple(show or ()), out=out, json=json)

    @commands.command(help=say("cli.report"))
    def report(
        run: Folder,
        docx: Docx = False,
        out: Rendered = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.report import report as again

        return guarded(again, language, run, docx=docx, out=out, json=json)

    @commands.command(help=say("cli.stress"))
    def stress(
        plans: Stressed = None,
        shocks: Shocks = None,
        shock: Only = None,
        futures: Futures = None,
        seed: Seed = None,
        knowing: Knowing = False,
        out: Study = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.stress import stress as run

        asked = {"shocks": shocks, "only": tuple(shock or ()), "futures": futures, "seed": seed}
        return guarded(
            run, language, tuple(plans or ()), **asked, knowing=knowing, out=out, json=json
        )

    @commands.command(help=say("cli.discover"))
    def discover(
        plan: Planned = None,
        fails: Fails = None,
        futures: Futures = None,
        seed: Seed = None,
        out: Discovered = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.discover import discover as run

        asked = {"fails": tuple(fails or ()), "futures": futures, "seed": seed}
        return guarded(run, language, plan, **asked, out=out, json=json)

    @commands.command(help=say("cli.replan"))
    def replan(
        run: Followed,
        observed: Known = None,
        template: Template = None,
        until: Until = None,
        futures: Futures = None,
        seed: Seed = None,
        out: Revised = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.replan import replan as command

        asked = {"template": template, "until": until, "futures": futures, "seed": seed}
        return guarded(command, language, run, observed, **asked, out=out, json=json)

    @commands.command(help=say("cli.robust"))
    def robust(
        scenario: Scenario = None,
        futures: Many = 200,
        weight: Weight = 0.5,
        beta: Beta = 0.9,
        hold: Hold = 0.9,
        regret: Regret = False,
        fresh: Fresh = 2000,
        out: Out = None,
        seed: Seed = None,
        starts: Starts = None,
        time_limit: Limit = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.robust import Wish
        from scenarios.commands.robust import robust as run

        wish = Wish(futures, weight, beta, hold, regret, fresh)
        settings = {"seed": seed, "starts": starts, "time_limit": time_limit}
        more = {"wish": wish, "out": out, "settings": settings}
        return guarded(run, language, scenario, **more, json=json)

    @commands.command(help=say("cli.pareto"))
    def pareto(
        scenario: Scenario = None,
        between: Between = "balance,partner_gain",
        points: Points = 15,
        out: Out = None,
        seed: Seed = None,
        starts: Starts = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.pareto import pareto as run

        settings = {"seed": seed, "starts": starts}
        more = {"between": between, "points": points, "out": out, "settings": settings}
        return guarded(run, language, scenario, **more, json=json)

    @commands.command(help=say("cli.fan"))
    def fan(
        scenario: Studied = None,
        plan: StudiedPlan = None,
        show: Looked = None,
        runs: Drawn = None,
        lines: Lines = None,
        ranges: Ranges = False,
        report: Added = False,
        seed: Seed = None,
        out: Out = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.fan import fan as run

        size = {"runs": runs, "lines": lines, "ranges": ranges, "seed": seed}
        files = {"plan": plan, "report": report, "out": out}
        return guarded(run, language, scenario, show=tuple(show or ()), **size, **files, json=json)

    @commands.command(help=say("cli.sensitivity"))
    def sensitivity(
        scenario: Studied = None,
        plan: StudiedPlan = None,
        show: Looked = None,
        by: Annotated[By, option(help=say("cli.by"), show_default=False)] = By.element,
        factors: Factors = None,
        samples: Rows = None,
        second: Second = False,
        runs: InEach = None,
        decisions: Decisions = False,
        report: Added = False,
        seed: Seed = None,
        out: Out = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.sensitivity import sensitivity as run

        size = {"by": by.value, "factors": factors, "samples": samples, "runs": runs}
        more = {"second": second, "decisions": decisions, "seed": seed}
        files = {"plan": plan, "report": report, "out": out, "show": tuple(show or ())}
        return guarded(run, language, scenario, **size, **more, **files, json=json)

    @commands.command(help=say("cli.calibrate"))
    def calibrate(
        out: Results = None,
        draws: Draws = None,
        seed: Seed = None,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.calibrate import calibrate as run

        return guarded(run, language, out=out, draws=draws, seed=seed)

    @commands.command(help=say("cli.new"))
    def new(
        name: Name,
        county: Base = None,
        xlsx: Xlsx = False,
        figures: Figures = False,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.new import new as run

        asked = {"county": county, "xlsx": xlsx, "figures": figures}
        return guarded(run, language, name, **asked, json=json)

    @commands.command(help=say("cli.check"))
    def check(
        scenario: Scenario = None,
        resolved: Resolved = False,
        model: Model = None,
        json: Json = False,
        lang: Speak = None,
    ) -> int:
        from scenarios.commands.check import check as run

        asked = {"resolved": resolved, "model": model}
        return guarded(run, language, scenario, **asked, json=json)

    @commands.command(help=say("cli.schema"))
    def schema(lang: Speak = None) -> int:
        from scenarios.commands.schema import schema as run

        return guarded(run, language)

    @commands.command(help=say("cli.doctor"))
    def doctor(json: Json = False, lang: Speak = None) -> int:
        from scenarios.commands.doctor import doctor as run

        return guarded(run, language, json=json)

    parsing.speaking(commands, words)
    return commands


def main() -> None:
    """Run the command line; leaves by ``SystemExit``."""
    # Before numpy is loaded: threads cost these small matrices more than they bring them, and
    # the other core has the judge.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # the last resort of a console without Chinese
    arguments = sys.argv[1:]
    language = shown_language(asked_language(arguments))
    if {"-h", "--help"} & set(arguments):
        parsing.title_panels(Words(language))
    try:
        code = app(language)(arguments, standalone_mode=False)
    except USAGE_ERROR as error:
        print(parsing.parse_error(error, Words(language)), file=sys.stderr)
        code = WRONG
    raise SystemExit(code)


if __name__ == "__main__":
    main()
