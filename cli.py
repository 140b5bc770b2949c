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
from scenarios.language import Language, Text, asked_language


class Lang(StrEnum):
    """The choices of ``--lang``."""

    zh = "zh"
    en = "en"


def app(language: Language) -> typer.Typer:
    """The commands, with their help in one language. Nothing heavy is imported here."""

    def say(zh: str, en: str) -> str:
        return Text(zh, en).of(language)

    commands = typer.Typer(
        name="xieheng",
        help=say(
            "协衡:为县域东西部协作资金做出产业均衡的年度计划,并说明理由与可信程度。",
            "Xieheng plans East-West cooperation funds for a county: the yearly plan that best "
            "balances its sectors, explained and verified.",
        ),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    scenario_help = say(
        "情景文件(.toml)或其名称;默认 w-county",
        "scenario file (.toml) or its name; default w-county",
    )
    Scenario = Annotated[str | None, typer.Argument(help=scenario_help, show_default=False)]
    Json = Annotated[
        bool,
        typer.Option(
            "--json",
            help=say("只把结果以 JSON 写到标准输出", "print the result as JSON and nothing else"),
        ),
    ]
    Out = Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=say(
                "结果文件夹;默认 runs/<情景>-<时间>",
                "result folder; default runs/<scenario>-<time>",
            ),
            show_default=False,
        ),
    ]
    LangOption = Annotated[
        Lang | None,
        typer.Option(
            "--lang",
            help=say("语言;默认随系统", "language; default the system's"),
            show_default=False,
        ),
    ]
    Model = Annotated[
        Path | None,
        typer.Option(
            "--model",
            help=say("任意 Vensim 模型文件(.mdl)", "any Vensim model file (.mdl)"),
            show_default=False,
        ),
    ]

    @commands.command(help=say("求出最优年度计划", "find the best yearly plan"))
    def optimize(
        scenario: Scenario = None,
        out: Out = None,
        seed: Annotated[
            int | None,
            typer.Option(help=say("随机种子", "random seed"), min=0, show_default=False),
        ] = None,
        starts: Annotated[
            int | None,
            typer.Option(help=say("起点个数", "number of starts"), min=1, show_default=False),
        ] = None,
        time_limit: Annotated[
            float | None,
            typer.Option(
                help=say("搜索时限(秒)", "limit of the search (seconds)"),
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

    @commands.command(
        help=say(
            "模拟一个情景(可用 --plan 指定计划),或任意 Vensim 模型",
            "simulate a scenario (with --plan, its plan) or any Vensim model",
        )
    )
    def simulate(
        scenario: Scenario = None,
        plan: Annotated[
            Path | None,
            typer.Option(help=say("计划表 plan.csv", "a plan.csv"), show_default=False),
        ] = None,
        model: Model = None,
        csv: Annotated[
            Path | None,
            typer.Option(
                help=say("输出宽表:时间,然后每变量一列", "wide table: time, one column a variable"),
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

    @commands.command(
        help=say("检查情景或模型,一次列出所有问题", "check a scenario or a model, all at once")
    )
    def check(
        scenario: Scenario = None,
        resolved: Annotated[
            bool,
            typer.Option(
                "--resolved",
                help=say("列出每个取值及其来源", "print every value with its origin"),
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

    @commands.command(
        help=say("检查本机是否具备所需条件", "check that this machine has what is needed")
    )
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
