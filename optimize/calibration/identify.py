"""What the observations tell about the parameters, and what they cannot.

All in deviations: a parameter's range before any observation has deviation 1. Near the fit
the model is taken as straight, so the covariance after the observations is
``(J'J + I)^-1`` with ``J`` the derivatives of the residuals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimize.calibration.fit import Fit
from optimize.calibration.misfit import Array

SPEAKS, HINTS = 0.8, 0.95  # deviation left of 1, below which data speak, or give a hint
PARALLEL = 0.95  # cosine of two columns of J that no observation can tell apart
HEARD = 0.3  # length of a column of J worth speaking of
CORRELATED = 0.9

Verdict = Literal["speaks", "hints", "rest", "range"]


@dataclass(frozen=True)
class Identifiability:
    """``left`` (n,): deviation left after all observations; ``left_by_evidence`` (n,): after
    those with a source. ``strengths`` (min(m, n),): eigenvalues of J'J, evidence only; above 1
    the evidence says more than the range. ``told`` and ``told_by_evidence``: how many
    parameters' worth of knowledge. ``alike``: sets of parameters that the evidence sees in one
    combination only. ``tied``: pairs with a correlation above 0.9 after all observations.
    """

    left: Array
    left_by_evidence: Array
    strengths: Array
    told: float
    told_by_evidence: float
    alike: tuple[tuple[int, ...], ...]
    tied: tuple[tuple[int, int, float], ...]

    @property
    def directions(self) -> int:
        """Combinations of parameters of which the evidence says more than the ranges."""
        return int(np.sum(self.strengths > 1))

    def verdict(self, parameter: int) -> Verdict:
        """``speaks`` or ``hints`` (the evidence), ``rest`` (only the assumed start at rest
        does), ``range``."""
        by_evidence = self.left_by_evidence[parameter]
        if by_evidence < SPEAKS:
            return "speaks"
        if by_evidence < HINTS:
            return "hints"
        return "rest" if self.left[parameter] < HINTS else "range"


def identify(fit: Fit) -> Identifiability:
    """How far each parameter of a fit is known."""
    evidence = np.array([not o.assumed for o in fit.misfit.observations])
    seen = fit.jacobian[evidence]
    covariance = posterior(fit.jacobian)
    left = _deviations(covariance)
    strengths = _strengths(seen)
    all_strengths = _strengths(fit.jacobian)
    return Identifiability(
        left,
        _deviations(posterior(seen)),
        strengths,
        float(np.sum(all_strengths / (1 + all_strengths))),
        float(np.sum(strengths / (1 + strengths))),
        _alike(seen),
        _tied(covariance / np.outer(left, left)),
    )


def posterior(jacobian: Array) -> Array:
    """Covariance (n, n) after the observations."""
    size = jacobian.shape[1]
    inverse = np.linalg.inv(jacobian.T @ jacobian + np.eye(size))
    return np.asarray(inverse, dtype=np.float64)


def _deviations(covariance: Array) -> Array:
    return np.asarray(np.sqrt(np.diag(covariance)), dtype=np.float64)


def _strengths(jacobian: Array) -> Array:
    """Eigenvalues of J'J that are not zero by shape, the largest first."""
    singular = np.linalg.svd(jacobian, compute_uv=False)
    return np.asarray(singular**2, dtype=np.float64)


def _alike(seen: Array) -> tuple[tuple[int, ...], ...]:
    """Sets whose members are each parallel to the first, the best heard of them."""
    length = np.linalg.norm(seen, axis=0)
    open_ = [int(i) for i in np.argsort(-length, kind="stable") if length[i] > HEARD]
    unit = seen / np.where(length > 0, length, 1)
    sets = []
    while open_:
        first = open_[0]
        near = [i for i in open_ if abs(unit[:, first] @ unit[:, i]) > PARALLEL]
        open_ = [i for i in open_ if i not in near]
        if len(near) > 1:
            sets.append(tuple(near))
    return tuple(sets)


def _tied(correlation: NDArray[np.float64]) -> tuple[tuple[int, int, float], ...]:
    first, second = np.nonzero(np.triu(np.abs(correlation) > CORRELATED, k=1))
    return tuple(
        (int(i), int(j), float(correlation[i, j])) for i, j in zip(first, second, strict=True)
    )
