"""The command line of Xieheng: parse, call, print, exit code.

Exit codes: 0 done; 1 a bug; 2 wrong command or scenario; 3 no feasible plan; 4 stopped at a
limit, best plan saved; 130 interrupted, best plan saved.
"""

import sys

if __name__ == "__main__":
    import bootstrap

    bootstrap.ensure()

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands import guarded, shown_language
from scenarios.language import Language, asked_language
from scenarios.words import Words


class Lang(StrEnum):
    """The choices of ``--lang``."""

    zh = "zh"
    en = "en"


def app(language: Language) -> typer.Typer:
    """The commands, with their help in one language. Nothing heavy is imported here.

    The language is known before the command line is parsed, so ``--lang`` itself is only
    checked here.
    """
    say = Words(language).say
    commands = typer.Typer(
        name="xieheng",
        help=say("cli.app"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    option, argument = typer.Option, typer.Argument

    Scenario = Annotated[str | None, argument(help=say("cli.scenario"), show_default=False)]
    Out = Annotated[Path | None, option(help=say("cli.out"), show_default=False)]
    Seed = Annotated[int | None, option(help=say("cli.seed"), min=0, show_default=False)]
    Starts = Annotated[int | None, option(help=say("cli.starts"), min=1, show_default=False)]
    Limit = Annotated[float | None, option(help=say("cli.time_limit"), min=0, show_default=False)]
    Plan = Annotated[Path | None, option(help=say("cli.plan"), show_default=False)]
    Model = Annotated[Path | None, option(help=say("cli.model"), show_default=False)]
    Csv = Annotated[Path | None, option(help=say("cli.csv"), show_default=False)]
    Resolved = Annotated[bool, option("--resolved", help=say("cli.resolved"))]
    Json = Annotated[bool, option("--json", help=say("cli.json"))]
    Speak = Annotated[Lang | None, option(help=say("cli.lang"), show_default=False)]

    @commands.callback()
    def before_any_command(lang: Speak = None) -> None:
        """``--lang`` may stand before the command, too."""

    @commands.command(help=say("cli.optimize"))
    def optimize(
        scenario: Scenario = None,
        out: Out = None,
        seed: Seed = None,
        starts: Starts = None,
        time_limit: Limit = None,
        json: Json = False,
        lang: Speak = None,
    ) -> None:
        from scenarios.commands.optimize import optimize as run

        settings = {"seed": seed, "starts": starts, "time_limit": time_limit}
        raise typer.Exit(guarded(run, language, scenario, out=out, settings=settings, json=json))

    @commands.command(help=say("cli.simulate"))
    def simulate(
        scenario: Scenario = None,
        plan: Plan = None,
        model: Model = None,
        csv: Csv = None,
        json: Json = False,
        lang: Speak = None,
    ) -> None:
        from scenarios.commands.simulate import simulate as run

        files = {"plan": plan, "model": model, "csv": csv}
        raise typer.Exit(guarded(run, language, scenario, **files, json=json))

    @commands.command(help=say("cli.check"))
    def check(
        scenario: Scenario = None,
        resolved: Resolved = False,
        model: Model = None,
        json: Json = False,
        lang: Speak = None,
    ) -> None:
        from scenarios.commands.check import check as run

        asked = {"resolved": resolved, "model": model}
        raise typer.Exit(guarded(run, language, scenario, **asked, json=json))

    @commands.command(help=say("cli.doctor"))
    def doctor(json: Json = False, lang: Speak = None) -> None:
        from scenarios.commands.doctor import doctor as run

        raise typer.Exit(guarded(run, language, json=json))

    return commands


def main() -> None:
    """Run the command line; leaves by ``SystemExit``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # the last resort of a console without Chinese
    app(shown_language(asked_language(sys.argv[1:])))()


if __name__ == "__main__":
    main()
