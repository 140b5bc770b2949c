"""``optimize --certify``: a proven bound beside the plan, and which equations stand in its way."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scenarios.findings import refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from optimize import Answer, CountyResponse, Problem
    from optimize.bounds import Proof

FILE = "certificate.npz"
TARGET, SECONDS = 0.01, 60.0  # defaults: of the gain; of the clock
USEFUL = 1.0  # a gap above the whole gain says nothing
SHOWN = 8  # equations in the shape report


@dataclass(frozen=True)
class Asked:
    """What ``--certify`` was asked for."""

    target: float = TARGET
    seconds: float = SECONDS


def asked(
    certify: bool, target: str | None, seconds: float | None, timed: bool = False
) -> Asked | None:
    """The options read; None without ``--certify``. ``timed``: ``--time`` has another use, too."""
    if seconds is not None and not seconds > 0.0:
        reason = say("finding.certify_time", value=seconds)
        raise refuse("--time", reason, say("hint.certify_time"))
    share = TARGET if target is None else _share(target)
    if not certify:
        if target is not None or (seconds is not None and not timed):
            option = "--target" if target is not None else "--time"
            raise refuse(option, say("finding.needs_certify"), say("hint.needs_certify"))
        return None
    return Asked(share, SECONDS if seconds is None else seconds)


def _share(text: str) -> float:
    """``1%`` or ``0.01``."""
    plain = text.strip().removesuffix("%")
    try:
        value = float(plain) / (100.0 if plain != text.strip() else 1.0)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < 1.0:
        reason = say("finding.certify_target", value=text)
        raise refuse("--target", reason, say("hint.certify_target"))
    return value


def certified(
    problem: Problem,
    response: CountyResponse,
    answer: Answer,
    wish: Asked,
    should_stop: Callable[[], bool],
) -> tuple[Answer, Proof]:
    """The answer with the bound and its status, and the proof."""
    from optimize.bounds import prove

    proof = prove(
        problem,
        response,
        answer,
        target=wish.target,
        time_limit=wish.seconds,
        should_stop=should_stop,
    )
    if proof.gap_of_gain > USEFUL:
        return answer, proof
    within = proof.gap_of_gain <= wish.target
    return (
        replace(
            answer,
            status="certified" if within else "bounded",
            bound=proof.bound,
            gap_of_gain=proof.gap_of_gain,
        ),
        proof,
    )


def print_shapes(words: Words, proof: Proof, target: float, *, json: bool) -> None:
    """Bound, gap and time in a sentence, then the equations that cost most of the bound."""
    stream = sys.stderr if json else sys.stdout
    seconds = f"{proof.seconds:.1f}"
    if proof.certificate is None or proof.gap_of_gain > USEFUL:
        why = proof.refused or words.say("certify.weak")
        print(words.say("certify.none", why=why, seconds=seconds), file=stream)
        return
    gap = words.percent(proof.gap_of_gain, 2)
    bound = f"{proof.bound:.6g}"
    line = words.say("certify.bound", bound=bound, gap=gap, seconds=seconds, passes=proof.passes)
    print(line, file=stream)
    if proof.gap_of_gain > target:
        print(words.say("certify.missed", target=words.percent(target, 1)), file=stream)
    counts: dict[str, list[float]] = {}
    for cause in proof.causes:
        held = counts.setdefault(cause.shape, [0.0, 0.0])
        held[0] += 1
        held[1] += cause.share
    for shape, (number, share) in counts.items():
        label = words.say(f"certify.shape.{shape}")
        part = words.percent(share, 1)
        print(
            "  " + words.say("certify.shape", shape=label, number=int(number), share=part),
            file=stream,
        )
    print(words.say("certify.causes"), file=stream)
    for cause in proof.causes[:SHOWN]:
        label = words.say(f"certify.shape.{cause.shape}")
        kind = words.say(f"certify.kind.{cause.kind}")
        part = words.percent(cause.share, 1)
        print(f"  {part:>6}  {cause.equation} ({kind}; {label})", file=stream)
