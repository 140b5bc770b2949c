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

from typing import Annotated

import typer

from scenarios.commands import WRONG, parsing, shown_language
from scenarios.interface import LANG, Lang, register_all
from scenarios.language import Language, asked_language
from scenarios.words import Words

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]  # Click's, wherever Typer keeps it


def app(language: Language) -> typer.Typer:
    """The commands, with their help in one language. Nothing heavy is imported here.

    The language is known before the command line is parsed, so ``--lang`` itself is only
    checked here.
    """
    words = Words(language)
    commands = typer.Typer(
        name="xieheng",
        invoke_without_command=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    Speak = Annotated[Lang | None, LANG.of(words)]

    @commands.callback(help=words.say("cli.app"))
    def before_any_command(context: typer.Context, lang: Speak = None) -> None:
        # ``--lang`` may stand before the command, too.
        if context.invoked_subcommand is None:
            parsing.title_panels(words)
            print(context.get_help())

    register_all(commands, words)
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
