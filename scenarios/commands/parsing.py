"""What the command line parser says, in the language of the user."""

from __future__ import annotations

from scenarios.findings import Finding, Message, say
from scenarios.words import Words


def title_panels(words: Words) -> None:
    """Give the boxes of ``--help`` their titles. Loads what draws them."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = words.say("cli.panel.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = words.say("cli.panel.options")
    rich_utils.COMMANDS_PANEL_TITLE = words.say("cli.panel.commands")


def parse_error(error: Exception, words: Words) -> str:
    """A parser's error (a Click ``UsageError``) as a finding, with the help to ask for."""
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "xieheng")
    start = "python " if command.partition(" ")[0].endswith(".py") else ""
    hint = say("cli.error.hint", command=f"{start}{command}")
    return Finding(None, "", reason(error), hint).words(words)


def reason(error: Exception) -> Message:
    """What is wrong, by the kind of error; the parser's own English where there is none."""
    kind, message = type(error).__name__, getattr(error, "message", str(error))
    if kind == "NoSuchOption":
        return say("cli.error.option", name=getattr(error, "option_name", ""))
    parameter = getattr(error, "param", None)
    if kind == "BadParameter" and parameter is not None:
        name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.name
        return say("cli.error.value", name=name, message=message)
    return say("cli.error.other", message=message)
