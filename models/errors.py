"""What is wrong with a model file, in words that say where and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing in a model that cannot be used as it stands.

    ``line`` counts from 1 and is 0 when the problem belongs to no single line;
    ``function`` is the Vensim function involved, if any.
    """

    reason: str
    file: str = ""
    line: int = 0
    variable: str = ""
    function: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"'{self.variable}'" if self.variable else ""
        if self.function:
            subject = f"{subject} ({self.function})" if subject else self.function
        text = ": ".join(part for part in (place, subject, self.reason) if part)
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class ModelError(Exception):
    """A model, or a run of it, is refused; ``problems`` names every reason at once.

    The attributes ``file``, ``line``, ``variable``, ``function``, ``reason`` and ``hint``
    are those of the first problem.
    """

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in found))
        self.problems = found

    @property
    def file(self) -> str:
        return self.problems[0].file

    @property
    def line(self) -> int:
        return self.problems[0].line

    @property
    def variable(self) -> str:
        return self.problems[0].variable

    @property
    def function(self) -> str:
        return self.problems[0].function

    @property
    def reason(self) -> str:
        return self.problems[0].reason

    @property
    def hint(self) -> str:
        return self.problems[0].hint


@dataclass(frozen=True)
class Finding:
    """Something in a model or its catalogue that a reader should look at."""

    file: str
    line: int
    subject: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: '{self.subject}': {self.reason}"
