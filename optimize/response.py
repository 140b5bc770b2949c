"""Plan -> outcomes, exact first derivatives and curvature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.complex_step import TINY, jacobian
from optimize.levers import LeverTables, Sampling
from optimize.problem import Decision, Matrix, Outcome, Vector

if TYPE_CHECKING:
    from models import Model, Runs, State
    from models.engine import Choice

Tensor = NDArray[np.float64]
BLOCK_BYTES = 8 << 20  # the plans of one batch of second derivatives: it should stay in the cache


class Response(Protocol):
    """What the search needs to know of a model; plans come in batches of N."""

    def values(self, plans: Matrix) -> Matrix:
        """Outcomes (N, m) of the plans (N, n)."""

    def jacobian(self, plans: Matrix, exact: bool = True) -> tuple[Matrix, Tensor]:
        """Outcomes (N, m) and their derivatives (N, m, n); to about 1e-5 if not ``exact``."""

    def curvature(self, plan: Vector, weights: Vector, directions: Matrix) -> Matrix:
        """Second derivatives (k, k) of ``weights @ outcomes`` along ``directions`` (k, n)."""


class FunctionResponse:
    """A response from a function of arrays that also takes complex plans: (N, n) -> (N, m).

    First derivatives by complex step (exact to rounding); second derivatives by differences
    of them. ``scale`` is the size of a decision, one number.
    """

    def __init__(self, function: Callable[[NDArray[Any]], NDArray[Any]], scale: float) -> None:
        self.function = function
        self.scale = scale
        self.runs = 0  # simulations so far

    def simulate(self, plans: NDArray[Any]) -> NDArray[Any]:
        """Outcomes (N, m) of real or complex plans (N, n)."""
        self.runs += len(plans)
        return self.function(plans)

    def values(self, plans: Matrix) -> Matrix:
        """Outcomes (N, m)."""
        return np.asarray(self.simulate(plans), dtype=float)

    def jacobian(self, plans: Matrix, exact: bool = True) -> tuple[Matrix, Tensor]:
        """Outcomes (N, m) and their derivatives (N, m, n), all in one batch.

        Without ``exact`` by one-sided differences of real runs, which cost a third.
        """
        number, size = plans.shape
        if exact:
            return jacobian(self.simulate, plans, self.scale)
        step = 1e-6 * self.scale
        moved = plans[:, None, :] + step * np.eye(size + 1, size, -1)
        found = self.values(moved.reshape(-1, size)).reshape(number, size + 1, -1)
        slopes = (found[:, 1:] - found[:, :1]) / step
        return found[:, 0].copy(), np.swapaxes(slopes, 1, 2)

    def curvature(self, plan: Vector, weights: Vector, directions: Matrix) -> Matrix:
        """Second derivatives (k, k) of ``weights @ outcomes``, in k + k (k + 1) / 2 runs.

        ``plan + t d_i + i h d_j`` has the slope along ``d_j``, at a point moved along ``d_i``,
        in its imaginary part: a one-sided difference costs one run for each pair.
        """
        k = len(directions)
        if k == 0:
            return np.zeros((0, 0))
        tiny, small = TINY, 1e-6  # a direction is as long as the change that matters
        row, column = np.triu_indices(k)
        along = np.concatenate([np.arange(k), column])
        moves = np.concatenate([np.zeros(k), np.full(len(row), small)])
        away = np.concatenate([np.zeros(k, dtype=row.dtype), row])
        slopes = np.empty(len(along))
        most = max(1, BLOCK_BYTES // (16 * len(plan)))
        for low in range(0, len(along), most):
            part = slice(low, low + most)
            moved = plan + moves[part, None] * directions[away[part]]
            found = self.simulate(moved + 1j * tiny * directions[along[part]])
            slopes[part] = found.imag @ weights / tiny
        hessian = np.empty((k, k))
        hessian[row, column] = (slopes[k:] - slopes[:k][column]) / small
        hessian[column, row] = hessian[row, column]
        return hessian


def state_before(
    decisions: Sequence[Decision], model: Model, runs: Runs, sampling: Sampling, kernel: Choice
) -> State:
    """The state that runs leave at the end of the year before the first decision."""
    from models import run

    before = min(decision.year for decision in decisions) - 1
    found = run(
        model,
        runs,
        columns=sampling.columns[:1],
        times=[before],
        keep_state_at=float(before),
        kernel=kernel,
    )
    assert found.state is not None
    return found.state


class CountyResponse(FunctionResponse):
    """The response of a county model, started from the state that past practice leaves.

    A decision sets the value of its lever's table at its year. ``values`` are constants by
    column and ``lookups`` whole tables by column (shape (P,)), the levers' history among
    them; what they lack is the model's own. All runs begin at the end of the year before
    the first decision, which is simulated once.
    """

    def __init__(
        self,
        model: Model,
        decisions: tuple[Decision, ...],
        outcomes: tuple[Outcome, ...],
        values: Mapping[str, float],
        lookups: Mapping[str, Vector],
    ) -> None:
        from models import Runs, best_kernel

        super().__init__(self._outcomes, 1000.0)
        self.model = model
        self.kernel = best_kernel(model)  # one for all runs: the same seed, the same bytes
        self.constants = dict(values)
        self.levers = LeverTables.of(model, decisions, lookups)
        self.places = self.levers.places
        given = {name: np.asarray(y, dtype=float) for name, y in lookups.items()}
        self.tables = {**given, **self.levers.base}
        self.sampling = Sampling.of(outcomes)
        runs = Runs(values=self.constants, lookups=self.tables)
        self.start = state_before(decisions, model, runs, self.sampling, self.kernel)

    def _outcomes(self, plans: NDArray[Any]) -> NDArray[Any]:
        """Outcomes (N, m) of plans (N, n), real or complex."""
        from models import Runs, run

        tables = {**self.tables, **self.levers.laid(plans)}
        runs = Runs(values=self.constants, lookups=tables, start=self.start)
        asked = self.sampling
        found = run(self.model, runs, columns=asked.columns, times=asked.years, kernel=self.kernel)
        return asked.picked(found)
