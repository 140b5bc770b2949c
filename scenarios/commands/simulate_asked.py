"""What the command line says of a model to run, and how lists are written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.findings import refuse, say


@dataclass(frozen=True)
class Asked:
    """What the command line says of a model to run."""

    model: Path
    data: Sequence[Path] = ()
    csv: Path | None = None
    columns: str | None = None
    times: str | None = None
    compare: str | None = None
    tolerance: float | None = None
    runs: Path | None = None
    out: Path | None = None
    resume: bool = False


def split(text: str | None) -> list[str] | None:
    """Names between commas that stand outside of brackets and quotes."""
    if text is None:
        return None
    names, depth, quoted = [""], 0, False
    for character in text:
        quoted ^= character == '"'
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0 and not quoted:
            names.append("")
        else:
            names[-1] += character
    return [name.strip() for name in names if name.strip()]


def asked_times(text: str | None) -> list[float] | None:
    """The times of ``--times``.

    Raises:
        FindingsError: one of them is no number.
    """
    found = split(text)
    if found is None:
        return None
    try:
        return sorted({float(time) for time in found})
    except ValueError as error:
        bad = str(error).rpartition(":")[2].strip().strip("'")
        reason = say("finding.not_number", value=bad)
        raise refuse("--times", reason, say("hint.times")) from None
