"""What is wrong with what the planner wrote: where, why, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.language import Language, Text


@dataclass(frozen=True)
class Finding:
    """One problem of one place. ``key`` is dotted as in TOML (or a column of a csv file)."""

    file: Path | None
    key: str
    reason: Text
    hint: Text | None = None
    line: int | None = None

    def words(self, language: Language) -> str:
        """Two lines for a person: place and reason, then the hint."""
        place = shown(self.file) if self.file else ""
        if place and self.line:
            place += f":{self.line}"
        head = ": ".join(part for part in (place, self.key, self.reason.of(language)) if part)
        if self.hint is None:
            return head
        return f"{head}\n  {'提示' if language == 'zh' else 'hint'}: {self.hint.of(language)}"

    def record(self, language: Language) -> dict[str, object]:
        """The same for a program (``--json``)."""
        return {
            "file": str(self.file) if self.file else None,
            "line": self.line,
            "key": self.key,
            "reason": self.reason.of(language),
            "hint": self.hint.of(language) if self.hint else None,
        }


class FindingsError(Exception):
    """What was asked cannot be done as written; holds every problem found."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.words("en") for finding in self.findings))


def refuse(
    key: str,
    reason: Text,
    hint: Text | None = None,
    file: Path | None = None,
    line: int | None = None,
) -> FindingsError:
    """The error of a single problem."""
    return FindingsError([Finding(file, key, reason, hint, line)])


def shown(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def did_you_mean(word: str, known: Sequence[str], most: int = 12) -> Text:
    """A hint: the nearest known word, else the known words."""
    near = difflib.get_close_matches(word.lower(), [name.lower() for name in known], 1, 0.6)
    if near:
        name = next(name for name in known if name.lower() == near[0])
        return Text(f"是否想写 {name}?", f"did you mean {name}?")
    names = ", ".join(known[:most]) + (", ..." if len(known) > most else "")
    return Text(f"可用的有:{names}", f"known here: {names}")
