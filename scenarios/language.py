"""The two languages of everything that a person reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One message in Chinese and in English.

    Only characters that GBK has, so that it can be shown on any Chinese Windows console.
    """

    zh: str
    en: str

    def format(self, *values: object, **named: object) -> Text:
        """Both languages filled in; a `Text` among the values is put in in each language."""

        def fill(pattern: str, language: Language) -> str:
            def word(value: object) -> object:
                return value.of(language) if isinstance(value, Text) else value

            return pattern.format(
                *(word(value) for value in values), **{k: word(v) for k, v in named.items()}
            )

        return Text(fill(self.zh, "zh"), fill(self.en, "en"))

    def of(self, language: Language) -> str:
        """The message in one language."""
        return self.zh if language == "zh" else self.en


def same(text: object) -> Text:
    """A name or a number that reads the same in both languages."""
    return Text(str(text), str(text))


def system_language(environment: Mapping[str, str] | None = None) -> Language:
    """The language of the user's system: the locale variables, else Windows' own setting."""
    environment = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":
        import ctypes

        primary = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
        return "zh" if primary == 0x04 else "en"
    return "en"


def asked_language(arguments: Sequence[str]) -> Language:
    """The language that ``--lang`` asks for, else the system's.

    Read before the command line is parsed, so that help and parse errors speak it too.
    """
    for here, after in zip(arguments, [*arguments[1:], ""], strict=True):
        value = after if here == "--lang" else here.removeprefix("--lang=")
        if value in ("zh", "en") and here.startswith("--lang"):
            return "zh" if value == "zh" else "en"
    return system_language()
