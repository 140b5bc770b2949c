"""Which of the two languages a person reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

Language = Literal["zh", "en"]


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
    for here, after in pairwise([*arguments, ""]):
        if here in ("--lang=zh", "--lang=en"):
            after = here.removeprefix("--lang=")
        elif here != "--lang":
            continue
        if after in ("zh", "en"):
            return "zh" if after == "zh" else "en"
    return system_language()
