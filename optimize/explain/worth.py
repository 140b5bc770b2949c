"""What one more 10,000 yuan would bring, place by place and year by year."""

from __future__ import annotations

from dataclasses import dataclass

from optimize.problem import Answer


@dataclass(frozen=True)
class Worth:
    """One decision: improvements of the objective per 10,000 yuan more there.

    ``here`` is what the money does there; ``elsewhere`` what it would do where the rules let
    the plan take it from; ``net`` is what moving it brings, never above 0 at the best plan
    unless an upper limit of the decision holds it.
    """

    index: int
    here: float
    elsewhere: float

    @property
    def net(self) -> float:
        """What moving 10,000 yuan there would bring."""
        return self.here - self.elsewhere


def worth(answer: Answer) -> tuple[Worth, ...]:
    """The worth of every decision at the continuous plan of ``answer``."""
    return tuple(
        Worth(index, -float(slope), float(loss) - float(slope))
        for index, (slope, loss) in enumerate(
            zip(answer.gradient, answer.reduced_costs, strict=True)
        )
    )
