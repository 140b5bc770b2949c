"""RANDOM calls: each call of each element has a place of its own in the stream of numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .equations import Expr, Slot
from .functions import spelled
from .noise import DISTRIBUTIONS
from .refusal import Refusal

if TYPE_CHECKING:
    from .expressions import Expressions

NAMES = frozenset(["random_0_1", *DISTRIBUTIONS])
_NO_STREAM: Expr = ("num", 0.0)


def lower(
    lowering: Expressions, name: str, arguments: Sequence[Any], bound: Mapping[str, str]
) -> Expr:
    """Lower a RANDOM call; its last argument is the stream, which 0 leaves to NOISE SEED.

    Raises:
        Refusal: it has too few or too many arguments.
    """
    count = 0 if name == "random_0_1" else DISTRIBUTIONS[name][1] + 1
    if len(arguments) != count:
        raise Refusal(f"{len(arguments)} arguments where {count} belong", spelled(name), "")
    numbers = [lowering.number(argument, bound) for argument in arguments]
    stream = numbers.pop() if numbers else _NO_STREAM
    seed, run = lowering.noise or _slots(lowering)
    place: Expr = ("num", _place(lowering, bound))
    drawn = lowering.named(("fn", "uniform", ("slot", seed), ("slot", run), place, stream))
    return drawn if name == "random_0_1" else ("fn", name.replace("_", " "), drawn, *numbers)


def _slots(lowering: Expressions) -> tuple[int, int]:
    """The slots of the seed (the model's NOISE SEED, if it has one) and of the run's number."""
    zero: Expr = ("num", 0.0)
    owner = next(iter(lowering.main.place))
    seed = lowering.main.place.get("noise_seed", {}).get(())
    if seed is None:
        seed = lowering.slot(Slot("", owner, "constant", zero))
    lowering.noise = seed, lowering.slot(Slot("", owner, "constant", zero))
    return lowering.noise


def _place(lowering: Expressions, bound: Mapping[str, str]) -> float:
    """A number that stays the same when other equations of the model change."""
    current = lowering.current
    named = f"{lowering.owner} {current.name if current else ''} {sorted(bound.items())}"
    lowering.draws[named] = lowering.draws.get(named, -1) + 1
    digest = hashlib.sha256(f"{named} {lowering.draws[named]}".encode()).digest()
    return float(int.from_bytes(digest[:6], "big"))
