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

from scenarios.commands import guarded
from scenarios.language import Language, asked_language
from scenarios.words import Words


class Lang(StrEnum):
    """The choices of ``--lang``."""

    zh = "zh"
    en = "en"


def app(language: Language) -> typer.Typer:
    """The commands, with their help in one language. Nothing heavy is imported here."""

    say = Words(language).say
    commands = typer.Typer(
        name="xieheng",
        help=say("cli.app"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    scenario_help = say("cli.scenario")
    Scenario = Annotated[str | None, typer.Argument(help=scenario_help, show_default=False)]
    Json = Annotated[
        bool,
        typer.Option(
            "--json",
            help=say("cli.json"),
        ),
    ]
    Out = Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=say("cli.out"),
            show_default=False,
        ),
    ]
    LangOption = Annotated[
        Lang | None,
        typer.Option(
            "--lang",
            help=say("cli.lang"),
            show_default=False,
        ),
    ]
    Model = Annotated[
        Path | None,
        typer.Option(
            "--model",
            help=say("cli.model"),
            show_default=False,
        ),
    ]

    @commands.command(help=say("cli.optimize"))
    def optimize(
        scenario: Scenario = None,
        out: Out = None,
        seed: Annotated[
            int | None,
            typer.Option(help=say("cli.seed"), min=0, show_default=False),
        ] = None,
        starts: Annotated[
            int | None,
            typer.Option(help=say("cli.starts"), min=1, show_default=False),
        ] = None,
        time_limit: Annotated[
            float | None,
            typer.Option(
                help=say("cli.time_limit"),
                min=0.0,
                show_default=False,
            ),
        ] = None,
        json: Json = False,
        lang: LangOption = None,
    ) -> None:
        from scenarios.commands.optimize import optimize as run

        settings = {"seed": seed, "starts": starts, "time_limit": time_limit}
        raise typer.Exit(guarded(run, language, scenario, out=out, settings=settings, json=json))

    @commands.command(help=say("cli.simulate"))
    def simulate(
        scenario: Scenario = None,
        plan: Annotated[
            Path | None,
            typer.Option(help=say("cli.plan"), show_default=False),
        ] = None,
        model: Model = None,
        csv: Annotated[
            Path | None,
            typer.Option(
                help=say("cli.csv"),
                show_default=False,
            ),
        ] = None,
        json: Json = False,
        lang: LangOption = None,
    ) -> None:
        from scenarios.commands.simulate import simulate as run

        raise typer.Exit(
            guarded(run, language, scenario, plan=plan, model=model, csv=csv, json=json)
        )

    @commands.command(help=say("cli.check"))
    def check(
        scenario: Scenario = None,
        resolved: Annotated[
            bool,
            typer.Option(
                "--resolved",
                help=say("cli.resolved"),
            ),
        ] = False,
        model: Model = None,
        json: Json = False,
        lang: LangOption = None,
    ) -> None:
        from scenarios.commands.check import check as run

        raise typer.Exit(
            guarded(run, language, scenario, resolved=resolved, model=model, json=json)
        )

    @commands.command(help=say("cli.doctor"))
    def doctor(json: Json = False, lang: LangOption = None) -> None:
        from scenarios.commands.doctor import doctor as run

        raise typer.Exit(guarded(run, language, json=json))

    return commands


def main() -> None:
    """Run the command line; leaves by ``SystemExit``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without Chinese shows ?, not a crash
    app(asked_language(sys.argv[1:]))()


if __name__ == "__main__":
    main()
