"""The commands as the command line takes them: what each is given, and what it calls.

Nothing heavy is imported before a command runs: ``--help`` must not wait for a simulator.
"""

import typer

from scenarios.interface import desk, models, planning, studies
from scenarios.interface.told import LANG, Lang, register
from scenarios.words import Words

__all__ = ["LANG", "Lang", "register_all"]

COMMANDS = (*planning.COMMANDS, *studies.COMMANDS, *models.COMMANDS, *desk.COMMANDS)


def register_all(app: typer.Typer, words: Words) -> None:
    """Add every command, in the order of ``--help``."""
    for command in COMMANDS:
        register(app, command, words)
