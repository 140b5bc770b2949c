"""What is wrong with what the planner wrote: where, why, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.words import Words

Place = int | str  # the line of a text file, or the cell of a workbook (``规则!C7``)


@dataclass(frozen=True)
class Message:
    """A row of the message table and what fills its placeholders (a Message may be among it)."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def of(self, words: Words) -> str:
        """The message in the language of ``words``."""
        filled = {
            name: value.of(words) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return words.say(self.key, **filled)


class Unit(Message):
    """A unit of the model that fills a placeholder; ``key`` is the model's name of it."""

    def of(self, words: Words) -> str:
        """The unit as a reader writes it."""
        return words.unit(self.key)


def say(key: str, /, **values: object) -> Message:
    """``Message(key, values)``."""
    return Message(key, values)


@dataclass(frozen=True)
class Finding:
    """One problem of one place. ``key`` is dotted as in TOML (or a column of a table)."""

    file: Path | None
    key: str
    reason: Message
    hint: Message | None = None
    line: Place | None = None

    def words(self, words: Words) -> str:
        """Place and reason on one line, the hint on the next."""
        place = at(self.file, self.line) if self.file else ""
        head = ": ".join(part for part in (place, self.key, self.reason.of(words)) if part)
        if self.hint is None:
            return head
        return f"{head}\n  {words.say('finding.hint', hint=self.hint.of(words))}"

    def record(self, words: Words) -> dict[str, object]:
        """The same for a program (``--json``)."""
        return {
            "file": str(self.file) if self.file else None,
            "line": self.line if isinstance(self.line, int) else None,
            "cell": self.line if isinstance(self.line, str) else None,
            "key": self.key,
            "reason": self.reason.of(words),
            "hint": self.hint.of(words) if self.hint else None,
        }


class FindingsError(Exception):
    """What was asked cannot be done as written; holds every problem found."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.words(Words("en")) for finding in self.findings))


class NoPlan(FindingsError):
    """A scenario is right, but no plan keeps its rules."""


def refuse(
    key: str,
    reason: Message,
    hint: Message | None = None,
    file: Path | None = None,
    line: Place | None = None,
) -> FindingsError:
    """The error of a single problem."""
    return FindingsError([Finding(file, key, reason, hint, line)])


def shown(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def at(path: Path, place: Place | None) -> str:
    """A place of a file: ``plan.csv:7``, ``county.xlsx 规则!C7``."""
    if not place:
        return shown(path)
    return f"{shown(path)} {place}" if isinstance(place, str) else f"{shown(path)}:{place}"


def by_place(finding: Finding) -> tuple[str, str, int, str]:
    """What findings are sorted by: file, then line; or sheet, then row and column."""
    file, place = str(finding.file or ""), finding.line or 0
    if isinstance(place, int):
        return file, "", place, ""
    sheet, _, cell = place.rpartition("!")
    letters = cell.rstrip("0123456789")
    return file, sheet, int(cell[len(letters) :] or 0), letters.rjust(3)


def did_you_mean(word: str, known: Mapping[str, str] | Sequence[str], most: int = 14) -> Message:
    """A hint: the known word nearest to ``word``, else the list of known words.

    A mapping gives other spellings (a Chinese name) and the word that each stands for.
    """
    spellings = dict(known) if isinstance(known, Mapping) else {name: name for name in known}
    lowered = {spelling.lower(): name for spelling, name in spellings.items()}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    if near:
        return say("hint.did_you_mean", name=lowered[near[0]])
    names = list(dict.fromkeys(spellings.values()))
    listed = ", ".join(names[:most]) + (", ..." if len(names) > most else "")
    return say("hint.known", names=listed)
