"""What matters in a sample that is there already, whatever ties its inputs together.

*PAWN* compares the distribution of an outcome where an input is in one of ten slices with its
whole distribution: the median over the slices of the largest distance between the two
distribution functions, 0 (nothing) to 1. It looks at the whole distribution, so it also serves
for skewed outcomes, and it does not need independent inputs; an input that is tied to one that
matters then matters, too. SALib has the index but no interval, and takes a hundred times longer.

Source: Pianosi & Wagener (2018), Environmental Modelling & Software 108.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector
from optimize.uncertainty.futures import stream

SLICES = 10
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Pawn:
    """PAWN indices of D inputs for m outcomes, (D, m); NaN where an outcome does not vary.

    The interval is the bootstrap's about the index, without the bias that resampling adds. An
    index below ``noise`` (D,) is no larger than what 95 of 100 inputs that do nothing would show.
    """

    value: Matrix
    low: Matrix
    high: Matrix
    noise: Vector
    runs: int  # that are finite
    failed: int  # that were left out


def pawn(
    inputs: Matrix,
    outcomes: Matrix,
    *,
    seed: int,
    resamples: int = 50,
    slices: int = SLICES,
    sets: NDArray[np.intp] | None = None,
) -> Pawn:
    """The PAWN indices of inputs (N, D) for outcomes (N, m).

    ``sets`` (N,) says which runs share one set of inputs, where sets were drawn several times:
    an input that is the same within each set has been seen no more often than there are sets,
    so its noise is that of so few, and whole sets are drawn again.

    Raises:
        ValueError: fewer than two finite runs for each slice.
    """
    finite = np.asarray(np.isfinite(outcomes).all(axis=1))
    x, y = inputs[finite], outcomes[finite]
    runs = len(y)
    if runs < 2 * slices:
        raise ValueError(f"{runs} finite runs are too few for {slices} slices")
    owner = np.arange(runs) if sets is None else np.unique(sets[finite], return_inverse=True)[1]
    members = int(owner.max()) + 1
    shape = (x.shape[1], y.shape[1])
    value, low, high = (np.full(shape, np.nan) for _ in range(3))
    places = _slice_of(x, slices)
    random = stream(seed, "pawn")
    again = random.multinomial(members, np.full(members, 1.0 / members), resamples)
    weights = np.vstack([np.ones(runs), again[:, owner]])
    for column in range(shape[1]):
        outcome = y[:, column]
        if np.ptp(outcome) == 0.0:
            continue
        found = _distances(places, outcome, weights)
        value[:, column], drawn = found[0], found[1:]
        if resamples:
            tails = [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0]
            least, most = found[0] + np.quantile(drawn - drawn.mean(axis=0), tails, axis=0)
            low[:, column], high[:, column] = np.clip(least, 0.0, 1.0), np.clip(most, 0.0, 1.0)
    first = np.unique(owner, return_index=True)[1]
    tied = (x == x[first][owner]).all(axis=0) if sets is not None else np.zeros(shape[0], bool)
    alone = _noise(np.arange(runs), y, slices, random)
    noise = np.where(tied, _noise(owner, y, slices, random) if tied.any() else alone, alone)
    return Pawn(value, low, high, noise, runs, len(finite) - runs)


def _slice_of(x: Matrix, slices: int) -> NDArray[np.intp]:
    """In which of ``slices`` equally filled slices each value (N, D) lies."""
    cuts = np.quantile(x, np.arange(1, slices) / slices, axis=0)
    return np.stack(
        [np.searchsorted(cuts[:, d], x[:, d], side="right") for d in range(x.shape[1])], axis=1
    )


def _distances(places: NDArray[np.intp], outcome: Vector, weights: Matrix) -> Matrix:
    """Median over the slices of the Kolmogorov-Smirnov distance to all runs, (R, D).

    ``weights`` (R, N) say how often each run was drawn, for R samples at once. The distance of a
    step function is largest at a run of the slice, or just before one.
    """
    order = np.argsort(outcome, kind="stable")
    drawn = weights[:, order]
    new = np.append(True, outcome[order][1:] != outcome[order][:-1])
    tie = np.cumsum(new) - 1  # runs of one value step together
    steps = np.add.reduceat(drawn, np.flatnonzero(new), axis=1)
    upto = np.cumsum(steps, axis=1)
    at, before = (part[:, tie] / upto[:, -1:] for part in (upto, upto - steps))
    found = np.empty((len(weights), places.shape[1]))
    for d in range(places.shape[1]):
        slices = places[order, d].astype(np.int16)
        grouped = np.argsort(slices, kind="stable")  # by slice, within it by outcome
        starts = np.append(True, np.diff(slices[grouped]) > 0)
        same = ~starts & (np.append(-1, np.diff(tie[grouped])) == 0)  # as the run before
        begin = np.flatnonzero(starts)
        part = drawn[:, grouped]
        whole = np.add.reduceat(part, begin, axis=1)
        size = np.diff(np.append(begin, len(grouped)))
        gone = np.repeat(np.cumsum(whole, axis=1) - whole, size, axis=1)
        total = np.repeat(np.where(whole > 0.0, whole, np.nan), size, axis=1)
        after = (np.cumsum(part, axis=1) - gone) / total
        above = np.abs(after - at[:, grouped])
        below = np.abs(after - part / total - before[:, grouped])
        above[:, :-1][:, same[1:]] = 0.0  # only the last of one value, and before the first
        below[:, same] = 0.0
        furthest = np.maximum.reduceat(np.maximum(above, below), begin, axis=1)
        middle = np.nanmedian if np.isnan(furthest).any() else np.median  # that one is slow
        found[:, d] = middle(furthest, axis=1)
    return found


def _noise(
    owner: NDArray[np.intp], outcomes: Matrix, slices: int, random: np.random.Generator
) -> float:
    """What an input that does nothing, one number for each set, stays below 95 times of 100.

    Runs of one set are alike, so for sets it depends on the outcome: the largest is taken.
    """
    nothing = _slice_of(random.random((owner.max() + 1, 200))[owner], slices)
    vary = [column for column in outcomes.T if np.ptp(column) > 0.0]
    if len(owner) == owner.max() + 1:
        vary = vary[:1]  # each run on its own: the same for every outcome
    same = np.ones((1, len(owner)))
    found = [np.quantile(_distances(nothing, outcome, same), CONFIDENCE) for outcome in vary]
    return float(max(found, default=np.nan))


def rank_correlation(inputs: Matrix, outcomes: Matrix) -> Matrix:
    """Spearman's rank correlation (D, m) of inputs (N, D) with outcomes (N, m), finite runs only.

    It says in which direction an outcome goes with an input; NaN where one does not vary.
    """
    finite = np.isfinite(outcomes).all(axis=1)
    x, y = (_standard_ranks(table[finite]) for table in (inputs, outcomes))
    return np.asarray(x.T @ y / max(int(finite.sum()), 1))


def _standard_ranks(table: Matrix) -> Matrix:
    from scipy.stats import rankdata  # slow to load

    ranks = rankdata(table, axis=0)
    spread = ranks.std(axis=0)
    centred = ranks - ranks.mean(axis=0)
    return np.asarray(
        np.divide(centred, spread, out=np.full_like(centred, np.nan), where=spread > 0)
    )
