"""Arguments and options that say what they are for in the language of the user."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import typer

from scenarios.findings import Message, say
from scenarios.words import Words

# What stands for a value in the help of every language; a switch has none.
VALUES: Mapping[Any, str] = {bool: "", int: "N", float: "X", str: "TEXT", Path: "PATH"}


class Lang(StrEnum):
    """The choices of ``--lang``."""

    zh = "zh"
    en = "en"


@dataclass(frozen=True)
class Told:
    """What Typer needs of an argument or option, its help a row of the message table."""

    kind: Callable[..., Any]  # typer.Argument or typer.Option
    help: Message
    spellings: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)

    def naming(self, kind: Any) -> Told:
        """The same; an option's help says by a word of ours what its value is, if anything."""
        inner = [part for part in get_args(kind) if part is not NoneType] or [kind]
        one = get_args(inner[0])[0] if get_origin(inner[0]) is list else inner[0]
        if self.kind is not typer.Option or one not in VALUES or "metavar" in self.fields:
            return self
        return replace(self, fields={**self.fields, "metavar": VALUES[one]})

    def of(self, words: Words) -> Any:
        """The argument or option in the language of ``words``."""
        text = self.help.of(words)
        return self.kind(*self.spellings, help=text, show_default=False, **self.fields)


def argument(key: str) -> Told:
    """An argument; ``key`` is the row of its help."""
    return Told(typer.Argument, say(key))


def option(help: Message | str, *spellings: str, **fields: Any) -> Told:
    """An option; ``help`` is a row of the message table, filled in where it has placeholders.

    Without ``spellings`` it is spelled as its parameter; ``fields`` are those of ``typer.Option``.
    """
    message = say(help) if isinstance(help, str) else help
    return Told(typer.Option, message, spellings, fields)


def switch(key: str, spelling: str) -> Told:
    """An option without a value."""
    return option(key, spelling)


LANG = option("cli.lang", "--lang")


def register(app: typer.Typer, command: Callable[..., int], words: Words) -> None:
    """Add a command: a function of the language and of what is told in its annotations.

    Its help is the row ``cli.<name>``. Every command takes ``--lang``, which was obeyed before
    the command line was parsed.
    """
    _, *stated = inspect.signature(command, eval_str=True).parameters.values()
    lang = inspect.Parameter(
        "lang",
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None,
        annotation=Annotated[Lang | None, LANG],
    )
    shown = [one.replace(annotation=spoken(one.annotation, words)) for one in (*stated, lang)]

    def run(*, lang: Lang | None = None, **given: Any) -> int:
        return command(words.language, **given)

    run.__name__ = command.__name__
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in shown}
    app.command(help=words.say(f"cli.{command.__name__}"))(run)


def spoken(annotation: Any, words: Words) -> Any:
    """An annotation with Typer's argument or option in place of what is told."""
    assert get_origin(annotation) is Annotated, annotation
    kind, told = get_args(annotation)
    return Annotated[kind, told.naming(kind).of(words)]
