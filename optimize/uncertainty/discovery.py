"""In which futures a plan fails: boxes found by the patient rule induction method (PRIM).

Friedman & Fisher (1999), as scenario discovery uses it (Bryant & Lempert 2010): a box is peeled,
a small share of the futures at a time, where that raises the share of failures inside most. The
box kept is the one that stands out most from chance. Among hundreds of features some look
telling by chance, so the search is among those alone whose values differ between failing and
other futures beyond chance (Hornberger & Spear 1981). Everything that is claimed of a box is
measured on futures that had no part in finding it. Futures that share a parameter set of a
sample are kept together, in halving and in resampling, and in every test they count for as many
independent ones as tell as much: alike in what is tested and in what it is tested against
(Moulton 1986), they are no more than their sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.problem import Matrix, Vector
from optimize.uncertainty.futures import stream
from optimize.uncertainty.risk import Estimate, independent, independent_share, share

Mask = NDArray[np.bool_]
Groups = NDArray[np.intp]  # (S,): which futures share a set of parameters

PEEL = 0.05  # of the futures in the box, taken off in one step
LEAST = 0.05  # of all futures that a box holds
MOST_SCREENED = 12  # features that the search is among
MOST_LIMITED = 4  # features of one box: what can still be said in a sentence
MOST_BOXES = 3
RESAMPLES = 20  # of the search
SIGNIFICANT = 0.05  # of all features together, in screening them
CHANCE = 0.01  # quasi-p-value above which a limit is taken off the box again


@dataclass(frozen=True)
class Box:
    """Limits (low, high) by number of the feature; a side that is open is infinite."""

    limits: Mapping[int, tuple[float, float]] = field(default_factory=dict)

    def holds(self, features: Matrix) -> Mask:
        """Which of the futures, features (S, d), lie inside; (S,)."""
        inside = np.ones(len(features), dtype=bool)
        for index, (low, high) in self.limits.items():
            inside &= (low <= features[:, index]) & (features[:, index] <= high)
        return inside

    def without(self, index: int) -> Box:
        """The box with one feature free again."""
        return Box({i: ends for i, ends in self.limits.items() if i != index})

    def narrowed(self, index: int, low: float, high: float) -> Box:
        """The box with a feature limited further."""
        own = self.limits.get(index, (-np.inf, np.inf))
        return Box({**self.limits, index: (max(low, own[0]), min(high, own[1]))})


@dataclass(frozen=True)
class FoundBox:
    """A box, and what held-out futures say of it; of a further box, those outside of the earlier.

    ``coverage``: share of the failures that lie inside; ``density``: share of the futures inside
    that fail; ``mass``: share of all futures. ``p``: by feature, the probability that chance alone
    makes its limit do so well (Bryant & Lempert's quasi-p-value). ``again``: in which share of
    ``RESAMPLES`` searches the feature was limited on the same side.
    """

    box: Box
    coverage: Estimate
    density: Estimate
    mass: Estimate
    p: Mapping[int, float]
    again: Mapping[int, float]

    @property
    def ranked(self) -> tuple[int, ...]:
        """The limited features, the most telling first."""
        return tuple(sorted(self.box.limits, key=lambda i: (self.p[i], -self.again[i], i)))


@dataclass(frozen=True)
class Discovery:
    """``rate``: share of all futures that fail. ``boxes`` hold up; ``refuted`` were found in one
    half of the futures and not confirmed by the other."""

    rate: Estimate
    boxes: tuple[FoundBox, ...]
    refuted: int
    trained: int
    held_out: int


def discover(features: Matrix, fails: Mask, groups: Groups, rate: Estimate, seed: int) -> Discovery:
    """Boxes of futures, features (S, d), in which failures (S,) gather; a pure function."""
    random = stream(seed, "discovery")
    names = np.unique(groups)
    chosen = random.permutation(names)[: (len(names) + 1) // 2]
    train = np.isin(groups, chosen)
    x, y, g = features[train], fails[train], groups[train]
    held = (features[~train], fails[~train], groups[~train])
    boxes: list[FoundBox] = []
    left = np.ones(len(x), dtype=bool)
    refuted = 0
    for _ in range(MOST_BOXES):
        box = best_box(x[left], y[left], len(x), g[left])
        box = _pruned(box, x[left], y[left], g[left])
        if not box.limits:
            break
        judged = _judged(box, *held)
        if judged is None or judged.density.low <= float(held[1].mean()):
            refuted += 1
            break
        again = _again(box, x[left], y[left], g[left], random)
        boxes.append(
            FoundBox(judged.box, judged.coverage, judged.density, judged.mass, judged.p, again)
        )
        left &= ~box.holds(x)
        outside = ~box.holds(held[0])
        held = (held[0][outside], held[1][outside], held[2][outside])
        if np.count_nonzero(y[left]) < LEAST * len(x):
            break
    return Discovery(rate, tuple(boxes), refuted, len(x), int((~train).sum()))


def screened(features: Matrix, fails: Mask, groups: Groups | None = None) -> NDArray[np.intp]:
    """The features that differ between failing and other futures, the most telling first.

    By the two-sample test of Kolmogorov and Smirnov, at ``SIGNIFICANT`` over all features
    together (Bonferroni); at most ``MOST_SCREENED``.
    """
    from scipy.special import kolmogorov  # slow to load

    failing, fine = int(fails.sum()), int((~fails).sum())
    if not failing or not fine:
        return np.zeros(0, dtype=np.intp)
    order = np.argsort(features, axis=0, kind="stable")
    ordered = np.take_along_axis(features, order, axis=0)
    bad = fails[order]
    apart = np.abs(np.cumsum(bad, axis=0) / failing - np.cumsum(~bad, axis=0) / fine)
    apart[:-1][ordered[1:] == ordered[:-1]] = 0.0  # equal values are passed together
    distance = apart.max(axis=0)
    told = failing * fine / (failing + fine) / inflation(features, fails, groups)
    p = kolmogorov(np.sqrt(told) * distance)
    ranked = np.lexsort((-distance, p))
    telling = p[ranked] * features.shape[1] < SIGNIFICANT
    return np.asarray(ranked[telling][:MOST_SCREENED], dtype=np.intp)


def inflation(features: Matrix, fails: Mask, groups: Groups | None) -> Vector:
    """By how much groups raise the variance of what failures say of each feature, (d,).

    Moulton (1986): ``1 + (m - 1) * a * b`` for groups of size m whose members are alike by a in
    the feature and by b in failing.
    """
    if groups is None:
        return np.ones(features.shape[1])
    sizes = np.bincount(np.unique(groups, return_inverse=True)[1].reshape(-1))
    more = float(np.sum(sizes**2) / np.sum(sizes)) - 1.0
    if more <= 0.0:
        return np.ones(features.shape[1])
    size = len(fails)
    of_features = size / independent(features, groups) - 1.0
    of_failing = size / independent(fails[:, None], groups)[0] - 1.0
    return np.asarray(1.0 + np.minimum(of_features * of_failing / more, more))


def best_box(features: Matrix, fails: Mask, whole: int, groups: Groups | None = None) -> Box:
    """Of all boxes on the way of the peeling, the one that stands out most from chance.

    That is where the share of failures inside lies most standard errors above that of all
    (the binomial measure of Kloesgen 1996): few failures caught for certain and many caught
    loosely are both worth less. ``whole``: how many futures there are, for the least size.
    """
    rate = float(fails.mean()) if len(fails) else 0.0
    best, best_excess = Box(), 0.0
    least = max(2, int(LEAST * whole))
    for box, inside in peeled(features, fails, least, groups):
        count = np.count_nonzero(inside)
        excess = np.sqrt(count) * (np.count_nonzero(inside & fails) / count - rate)
        if excess > best_excess + 1e-12:
            best, best_excess = box, float(excess)
    return best


def peeled(
    features: Matrix, fails: Mask, least: int, groups: Groups | None = None
) -> Iterator[tuple[Box, Mask]]:
    """The boxes of the peeling and who is inside (S,), from the widest to the narrowest."""
    box, inside = Box(), np.ones(len(features), dtype=bool)
    telling = screened(features, fails, groups)
    while np.count_nonzero(inside) > least and len(telling):
        x, y = features[inside], fails[inside]
        allowed = telling
        if len(box.limits) >= MOST_LIMITED:
            allowed = np.array(sorted(box.limits))
        cut = _best_cut(x[:, allowed], y, least)
        if cut is None:
            return
        place, low, high = cut
        box = box.narrowed(int(allowed[place]), low, high)
        inside = box.holds(features)
        yield box, inside


def _best_cut(x: Matrix, y: Mask, least: int) -> tuple[int, float, float] | None:
    """Feature and new limits (low, high) that leave the highest share of failures inside."""
    count = len(x)
    place = max(1, round(PEEL * count))
    ordered = np.sort(x, axis=0)
    best: tuple[int, float, float] | None = None
    highest = float(y.mean())
    lows, highs = ordered[place], ordered[count - 1 - place]  # the ends after the cut
    for keep, side in ((x >= lows, "low"), (x <= highs, "high")):
        kept = keep.sum(axis=0)
        possible = (kept < count) & (kept >= least)
        share = np.where(possible, (keep & y[:, None]).sum(axis=0) / np.maximum(kept, 1), -1.0)
        index = int(np.argmax(share))
        if share[index] > highest:
            highest = float(share[index])
            best = (
                (index, float(lows[index]), np.inf)
                if side == "low"
                else (index, -np.inf, float(highs[index]))
            )
    return best


def _pruned(box: Box, features: Matrix, fails: Mask, groups: Groups) -> Box:
    """The box without limits that chance explains as well, the weakest first."""
    while box.limits:
        p = significance(box, features, fails, groups)
        weakest = max(p, key=lambda index: p[index])
        if p[weakest] <= CHANCE:
            break
        box = box.without(weakest)
    return box


def significance(
    box: Box, features: Matrix, fails: Mask, groups: Groups | None = None
) -> dict[int, float]:
    """By feature: the probability to find so many failures inside, were its limit meaningless.

    Then those inside would fail as often as those in the box without the limit. The binomial
    probability, of as many independent futures as tell as much as those inside.
    """
    from scipy.special import betainc  # slow to load

    inside = box.holds(features)
    count, caught = int(inside.sum()), int((inside & fails).sum())
    if not caught:
        return dict.fromkeys(box.limits, 1.0)
    told = 1.0
    if groups is not None:
        told = independent_share(fails[inside], groups[inside]) / count
    found = {}
    for index in box.limits:
        wider = box.without(index).holds(features)
        rate = float(fails[wider].mean())
        # As a beta integral, which is there for parts of a future, too.
        found[index] = float(betainc(told * caught, told * (count - caught) + 1.0, rate))
    return found


def _judged(box: Box, features: Matrix, fails: Mask, groups: Groups) -> FoundBox | None:
    """What futures that had no part in finding a box say of it; None where it is empty."""
    inside = box.holds(features)
    if not (inside & fails).any():
        return None
    p = significance(box, features, fails, groups)
    coverage = share(inside[fails], groups[fails])
    density = share(fails[inside], groups[inside])
    return FoundBox(box, coverage, density, share(inside, groups), p, {})


def _again(
    box: Box, features: Matrix, fails: Mask, groups: Groups, random: np.random.Generator
) -> dict[int, float]:
    """How often a search among resampled futures limits the same features on the same side."""
    names = np.unique(groups)
    members = {name: np.flatnonzero(groups == name) for name in names}
    times = dict.fromkeys(box.limits, 0)
    for _ in range(RESAMPLES):
        rows = np.concatenate([members[name] for name in random.choice(names, len(names))])
        other = best_box(features[rows], fails[rows], len(rows), groups[rows])
        for index, ends in box.limits.items():
            if index in other.limits and _same_side(ends, other.limits[index]):
                times[index] += 1
    return {index: number / RESAMPLES for index, number in times.items()}


def _same_side(one: tuple[float, float], other: tuple[float, float]) -> Any:
    """Whether two limits shut off the same end."""
    return any(np.isfinite(a) and np.isfinite(b) for a, b in zip(one, other, strict=True))
