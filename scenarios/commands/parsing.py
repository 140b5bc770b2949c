"""What the command line parser says, in the language of the user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scenarios.findings import Finding, Message, did_you_mean, say
from scenarios.words import Words

if TYPE_CHECKING:
    import typer

# What parsers say, across their versions, and the row of the message table that says the same.
SAYINGS = {
    r"No such command '(?P<name>[^']*)'": "command",
    r"unexpected extra arguments? ?(?:\(s\) )?\((?P<name>.*)\)": "extra",
    r"[Oo]ption '(?P<name>[^']*)' requires an argument": "no_value",
    r"(?:greater than or equal to |in the range x>=)(?P<limit>[\d.]+\d|\d)": "at_least",
    r"valid integer": "whole",
    r"valid (?:number|float)": "number",
    r"[Oo]ption '(?P<name>[^']*)' does not take a value": "takes_none",
    r"(?:is not one of|Input should be) (?P<known>'.*')": "choice",
}

USAGE = {  # what the line on usage says, and the row of the message table that says the same
    "Usage: ": "usage",
    "[OPTIONS]": "options",
    "COMMAND [ARGS]...": "command",
}


def title_panels(words: Words) -> None:
    """Give the boxes of ``--help`` their titles, and whole texts. Loads what draws them."""
    from rich import columns
    from rich.table import Table
    from typer import rich_utils

    class Folding(Table):
        """Chinese has no blanks to break at, and would be cut off at the end of the line."""

        def add_row(self, *cells: Any, **options: Any) -> None:
            super().add_row(*cells, **options)
            for column in self.columns:
                column.overflow = "fold"

    for module in (rich_utils, columns):  # a text stands in a table within a table
        module.Table = Folding  # type: ignore[attr-defined]
    rich_utils.ARGUMENTS_PANEL_TITLE = words.say("cli.panel.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = words.say("cli.panel.options")
    rich_utils.COMMANDS_PANEL_TITLE = words.say("cli.panel.commands")


def speaking(commands: typer.Typer, words: Words) -> None:
    """Make the option ``--help`` of an application and its commands say what it does."""
    from typer.core import TyperCommand, TyperGroup

    def translated(base: type[Any]) -> type[Any]:
        def get_help_option(self: Any, context: Any) -> Any:
            option = base.get_help_option(self, context)
            if option is not None:
                option.help = words.say("cli.help")
                option.metavar = ""  # a switch has no value to be named
            return option

        def get_usage(self: Any, context: Any) -> str:
            text = str(base.get_usage(self, context))
            for english, key in USAGE.items():
                text = text.replace(english, words.say(f"cli.usage.{key}"))
            return text

        own = {"get_help_option": get_help_option, "get_usage": get_usage}
        return type(base.__name__, (base,), own)

    commands.info.cls = translated(TyperGroup)
    for command in commands.registered_commands:
        command.cls = translated(TyperCommand)


def parse_error(error: Exception, words: Words) -> str:
    """A parser's error (a Click ``UsageError``) as a finding: what was meant, or where help is."""
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "xieheng")
    start = "python " if command.partition(" ")[0].endswith(".py") else ""
    hint = meant(error) or say("cli.error.hint", command=f"{start}{command}")
    return Finding(None, "", reason(error), hint).words(words)


def meant(error: Exception) -> Message | None:
    """The command or option that a misspelt one comes near to."""
    match = known(getattr(error, "message", str(error)))
    option = getattr(error, "option_name", None)
    if option is not None:
        context: Any = getattr(error, "ctx", None)
        parameters = context.command.get_params(context) if context is not None else ()
        spellings = [opt for parameter in parameters for opt in parameter.opts if "--" in opt]
        near = did_you_mean(option, spellings)
    elif match is not None and SAYINGS[match.re.pattern] == "command":
        context = getattr(error, "ctx", None)
        names = [] if context is None else context.command.list_commands(context)
        near = did_you_mean(match["name"], names)
    else:
        return None
    return near if near.key == "hint.did_you_mean" else None


def reason(error: Exception) -> Message:
    """What is wrong, by the kind of error; the parser's own English where there is none."""
    kind, message = type(error).__name__, getattr(error, "message", str(error))
    if kind == "NoSuchOption":
        return say("cli.error.option", name=getattr(error, "option_name", ""))
    parameter = getattr(error, "param", None)
    if kind == "MissingParameter" and parameter is not None:
        return say("cli.error.missing", name=parameter.name.upper())
    if kind == "BadParameter" and parameter is not None:
        name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.name
        return say("cli.error.value", name=name, message=said(message))
    return said(message) if known(message) else say("cli.error.other", message=message)


def known(message: str) -> re.Match[str] | None:
    """What of the parser's message there are own words for."""
    found = (re.search(saying, message) for saying in SAYINGS)
    return next((match for match in found if match), None)


def said(message: str) -> Message:
    """The parser's message in own words, where there are any."""
    match = known(message)
    if match is None:
        return say("cli.error.own", message=message)
    return say(f"cli.error.{SAYINGS[match.re.pattern]}", **match.groupdict())
