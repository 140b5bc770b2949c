"""The study: screening, ends, variance by year, and what the two samples of futures say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from optimize.kept import NOWHERE, Pieces, piece
from optimize.problem import Matrix
from optimize.uncertainty import Futures
from optimize.uncertainty.factors import Factor, Spread, futures_at
from optimize.uncertainty.given_data import Pawn, pawn, rank_correlation
from optimize.uncertainty.intervals import share_interval
from optimize.uncertainty.one_at_a_time import Ends, compared, ends
from optimize.uncertainty.screening import Screening, morris
from optimize.uncertainty.variance import Indices, sobol
from scenarios.sensitivity.factors import By, with_the_rest
from scenarios.sensitivity.subject import Sample, Subject
from scenarios.studied import Cube, Look

PIECE = 8192  # runs at a time: what is in memory does not grow with their number
Progress = Callable[[str, int, int], None]  # part, runs done, runs in all


@dataclass(frozen=True)
class Asked:
    """How large the study is to be."""

    by: By = By.element
    factors: int = 30  # that are looked at closely, besides all the others together
    samples: int = 1024  # rows of the variance-based design
    second: bool = False
    futures: int = 2000  # of each of the two samples
    trajectories: int = 40  # of the screening
    seed: int = 1


@dataclass(frozen=True)
class Sampled:
    """Outcomes (N, L, T) in a sample of futures, and which inputs (I) matter in the last year."""

    futures: int
    failed: int
    quantiles: Cube  # (levels, L, T) at LEVELS
    above: Matrix  # (3, L): share of futures above zero, and the ends of its interval
    skewness: Matrix  # (L, T)
    inputs: tuple[str, ...]
    pawn: Pawn  # (I, L)
    correlation: Matrix  # (I, L)


LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Sensitivity:
    """What was found; L looks, T years, D factors. All for the last year but ``indices``."""

    studied: Subject
    asked: Asked
    looks: tuple[Look, ...]
    years: tuple[float, ...]
    factors: tuple[Factor, ...]  # all D
    screening: Screening  # (D, L)
    ends: Ends  # (D, L)
    indices: Indices  # of the chosen factors and the others, (chosen, L T)
    samples: Mapping[Sample, Sampled] = field(default_factory=dict)

    def place(self, look: int, year: float) -> int:
        """Where an outcome's year stands in ``indices``."""
        return look * len(self.years) + self.years.index(year)

    def ranked(self, look: int) -> list[int]:
        """The chosen factors (places in ``indices``), without the others, the largest first."""
        order = self.indices.ranked(self.place(look, self.years[-1]))
        return [place for place in order if self.indices.names[place] in self.named]

    @property
    def named(self) -> frozenset[str]:
        """The factors that stand alone in ``indices``."""
        return frozenset(factor.name for factor in self.factors)


def study(
    studied: Subject,
    columns: list[str],
    asked: Asked,
    progress: Progress | None = None,
    pieces: Pieces = NOWHERE,
) -> Sensitivity:
    """Run the whole study. The same seed gives the same numbers.

    ``pieces`` keeps the runs of long designs.

    Factors are independent and come from their ranges, but for the sample "observed", whose
    parameters agree with what is observed.
    """
    tell = progress or (lambda part, done, total: None)
    every = studied.factors(asked.by)
    years, looks = studied.years, studied.looks(columns)
    last = (years[-1],)
    design = morris(
        [factor.name for factor in every],
        [factor.elements for factor in every],
        asked.trajectories,
        asked.seed,
    )
    found = _runs(
        studied,
        columns,
        last,
        design.shares,
        lambda s: futures_at(every, s),
        "screening",
        tell,
        pieces,
    )[:, :, 0]
    screening = design.analysed(found)
    at_ends = ends(every)
    outcomes = studied.simulated(at_ends, columns, last)[:, :, 0]
    chosen = with_the_rest(every, screening.leading(asked.factors))
    lay = Spread.of(chosen, asked.seed)
    plan = sobol([f.name for f in chosen], asked.samples, asked.seed, second=asked.second)
    varied = _runs(
        studied,
        columns,
        years,
        plan.shares,
        lambda s: futures_at(chosen, lay(s)),
        "variance",
        tell,
        pieces,
    )
    indices = plan.analysed(varied.reshape(len(varied), -1))
    samples: dict[Sample, Sampled] = {}
    for source in studied.samples:
        tell(source, 0, asked.futures)
        samples[source] = sampled(studied, columns, asked, source)
        tell(source, asked.futures, asked.futures)
    return Sensitivity(
        studied,
        asked,
        looks,
        years,
        every,
        screening,
        compared([factor.name for factor in every], outcomes),
        indices,
        samples,
    )


def _runs(
    studied: Subject,
    columns: list[str],
    years: tuple[float, ...],
    shares: Matrix,
    futures_of: Callable[[Matrix], Futures],
    part: str,
    tell: Progress,
    pieces: Pieces,
) -> Cube:
    """Outcomes (S, L, T) of the futures for shares (S, …), piece after piece."""

    def runs() -> Iterator[Cube]:
        keep = pieces if len(shares) > PIECE else NOWHERE
        for begin in range(0, len(shares), PIECE):
            tell(part, begin, len(shares))
            here = shares[begin : begin + PIECE]
            make = partial(_simulated, studied, futures_of, here, columns, years)
            yield piece(keep, f"{part}-{begin}", make)["outcomes"]
        tell(part, len(shares), len(shares))

    return np.concatenate(list(runs()))


def _simulated(
    studied: Subject,
    futures_of: Callable[[Matrix], Futures],
    shares: Matrix,
    columns: list[str],
    years: tuple[float, ...],
) -> dict[str, Cube]:
    return {"outcomes": studied.simulated(futures_of(shares), columns, years)}


def sampled(studied: Subject, columns: list[str], asked: Asked, source: Sample) -> Sampled:
    """Outcomes in a sample of futures, and the inputs that matter most in it."""
    drawn = studied.drawn(asked.futures, asked.seed, source)
    found = studied.simulated(drawn, columns, studied.years)
    names, inputs = studied.inputs(drawn)
    last = found[:, :, -1]
    sets = drawn.sets
    first = pawn(inputs, last, seed=asked.seed, resamples=0, sets=sets)
    worth = np.nan_to_num(first.value - first.noise[:, None], nan=-1.0).max(axis=1)
    best = np.sort(np.argsort(-worth, kind="stable")[: asked.factors])
    finite = np.asarray(np.isfinite(found).all(axis=(1, 2)))
    whole = found[finite]
    centred = whole - whole.mean(axis=0)
    spread = centred.std(axis=0)
    skewness = np.divide(
        (centred**3).mean(axis=0), spread**3, out=np.zeros_like(spread), where=spread > 0.0
    )
    return Sampled(
        asked.futures,
        int((~finite).sum()),
        np.quantile(whole, LEVELS, axis=0),
        share_interval(whole[:, :, -1] > 0.0, None if sets is None else sets[finite]),
        skewness,
        tuple(names[i] for i in best),
        pawn(inputs[:, best], last, seed=asked.seed, sets=sets),
        rank_correlation(inputs[:, best], last),
    )
