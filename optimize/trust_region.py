"""The trust-region method for several plans at once.

Every walker takes its own steps; the simulations of all walkers run as one batch. A step
is kept only if the true simulation confirms a share of the promised fall of the merit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimize.certify import face
from optimize.curvature import Secant, positive
from optimize.linear import LinearRules
from optimize.measures import Measures
from optimize.problem import Matrix, Vector
from optimize.response import Response, Tensor
from optimize.step import Local, Step
from optimize.walker import NEARLY, Along, Beyond, Clock, Walker

CORRECTIONS = 3  # of a refused step
CUTS = (1.0, 0.5, 0.25, 0.125, 0.0625)  # parts of a step that are tried
ACCEPT, GOOD = 0.05, 0.75  # shares of the promised fall
LARGEST_RADIUS, SMALLEST_RADIUS = 1.0, 1e-7  # of a decision's whole range
NEAR = 1e-2  # of a decision's range: second derivatives need not be taken again
BENT = 0.1  # of the promised fall: dearer breaches of rows are why a step is refused
HOLDS = 1e-7  # a row holds when its relative breach is below this


def walkers(
    plans: Matrix, response: Response, measures: Measures, rules: LinearRules, scale: Vector
) -> list[Walker]:
    """Walkers at ``plans`` (N, n), simulated, that learn one secant matrix together."""
    outcomes, found = response.jacobian(plans, exact=False)
    _check_finite(found)
    secant = Secant(plans.shape[1])
    group = [
        Walker(
            Local(plan, outcome, jacobian * scale, scale, rules, measures, measures.limits),
            np.zeros(len(measures.limits)),
            secant,
        )
        for plan, outcome, jacobian in zip(plans, outcomes, found, strict=True)
    ]
    learn_from_differences(group)
    return group


def walk(
    group: list[Walker],
    response: Response,
    clock: Clock,
    *,
    tolerance: float,
    steps: int,
    exact: bool = False,
    beyond: Beyond | None = None,
    progress: Callable[[list[Walker]], None] | None = None,
) -> None:
    """Move every walker until its subproblem promises less than ``tolerance``.

    ``tolerance`` is in units of the objective. ``exact`` takes second derivatives from the
    response instead of secants. With ``beyond`` a walker also ends near that plan when it is
    promised nothing that is better by ``tolerance``. Raises Stopped.
    """
    for _ in range(steps):
        clock.check()
        moving = [walker for walker in group if walker.state == "moving"]
        if not moving:
            return
        _differentiate([walker for walker in moving if walker.stale], response, exact)
        clock.check()
        proposed = [_propose(walker) for walker in moving]
        trials = [
            pair for pair in zip(moving, proposed, strict=True) if _worth(*pair, tolerance, beyond)
        ]
        if not trials:
            continue
        clock.check()
        _judge(trials, response, exact)
        if progress is not None:
            progress(group)


def _differentiate(stale: list[Walker], response: Response, exact: bool) -> None:
    """Refresh derivatives in one batch, and the curvature from them."""
    if not stale:
        return
    _, found = response.jacobian(np.stack([walker.local.plan for walker in stale]), exact)
    _check_finite(found)
    for walker, raw in zip(stale, found, strict=True):
        old = walker.local
        jacobian = raw * old.scale
        if walker.moved is not None and walker.weights is not None:
            walker.secant.learn(walker.moved, (jacobian - old.jacobian).T @ walker.weights)
        walker.local = replace(old, jacobian=jacobian)
        walker.stale = False
        if exact and walker.weights is not None:
            look_along(walker, response, walker.weights)


def look_along(walker: Walker, response: Response, weights: Vector, here: bool = False) -> Along:
    """Exact second derivatives along the face of the plan, or, but for ``here``, of one nearby."""
    basis = face(walker.local)
    if walker.along is not None and not here:
        gone = np.abs(walker.local.plan - walker.along.plan) / walker.local.scale
        if gone.max() <= NEAR and basis.shape == walker.along.basis.shape:
            return walker.along
    directions = basis.T * walker.local.scale
    hessian = response.curvature(walker.local.plan, weights, directions)
    walker.along = Along(walker.local.plan, basis, hessian)
    walker.secant.correct(basis, hessian)
    return walker.along


def _check_finite(derivatives: Tensor) -> None:
    if not np.isfinite(derivatives).all():
        raise ArithmeticError("the model's derivatives are not finite at a plan of the search")


def learn_from_differences(group: list[Walker]) -> None:
    """A first curvature from the gradients at the starts, which are there anyway.

    Walkers that share their secant matrix gain most: a handful of starts gives a picture of
    the whole range of plans.
    """
    order = sorted(group, key=lambda walker: -walker.objective)
    for i, one in enumerate(order):
        for other in order[:i]:
            move = (one.local.plan - other.local.plan) / one.local.scale
            turn = (one.local.jacobian - other.local.jacobian).T @ one.local.aim
            one.secant.learn(move, turn)


def _propose(walker: Walker) -> Step:
    """Solve the subproblem, with penalties that do not leave the rules broken needlessly."""
    if not walker.penalty.any():
        walker.penalty = _first_penalty(walker.local)
    local = walker.local
    step = _solve(walker)
    for _ in range(4):
        if step.slack <= HOLDS:
            break
        least = replace(local, aims=False).step(walker.radius, walker.penalty, None)
        now = float(np.maximum(local.excess(local.outcomes[None]), 0.0).sum())
        # Enough when the step makes at least half of the progress that is possible.
        if step.slack <= least.slack + 0.5 * max(now - least.slack, 0.0) + HOLDS:
            break
        walker.penalty = 10.0 * walker.penalty
        step = _solve(walker)
    if step.solved:
        walker.penalty = np.maximum(walker.penalty, 1.5 * step.row_multipliers)
    return step


def _solve(walker: Walker, correction: Vector | None = None) -> Step:
    """The quadratic subproblem, or the linear one if that fails."""
    local, radius, penalty = walker.local, walker.radius, walker.penalty
    matrix = walker.secant.matrix
    step = local.step(radius, penalty, matrix, correction, walker.working)
    walker.working = step.working
    if not step.solved and matrix is not None:
        step = local.step(radius, penalty, positive(matrix, 1e-5), correction)
    if not step.solved and matrix is not None:
        step = local.step(radius, penalty, None, correction)
    return step


def _first_penalty(local: Local) -> Vector:
    """A rule's multiplier is about the ratio of the two gradients: start from that."""
    steep = float(np.linalg.norm(local.jacobian.T @ local.aim)) if local.aims else 0.0
    slopes = np.linalg.norm(local.row_slopes, axis=1)
    if steep == 0.0 or not slopes.any():
        return np.ones_like(slopes)
    return np.asarray(steep / np.maximum(slopes, 1e-3 * slopes.max(initial=0.0) + 1e-300))


def _worth(walker: Walker, step: Step, tolerance: float, beyond: Beyond | None) -> bool:
    """Whether the step promises enough to be simulated; else the walker has arrived.

    While rules are clearly broken even a small promise is worth it.
    """
    walker.weights = step.weights
    enough = tolerance if walker.breach <= NEARLY else 1e-6 * tolerance
    noise = 1e-13 * (abs(walker.objective) + float(walker.penalty.sum()) * 1e-3)
    if not step.solved:
        walker.state = "stuck"
    elif step.promised <= max(enough, noise):
        walker.state = "arrived"
    elif beyond is not None and walker.breach <= NEARLY:
        penalty = beyond.best.penalty
        above = walker.merit(penalty) - beyond.best.merit(penalty)
        if above <= beyond.near and above - step.promised > -tolerance:
            walker.state = "arrived"
    return walker.state == "moving"


def _judge(trials: list[tuple[Walker, Step]], response: Response, exact: bool) -> None:
    """Simulate the trial plans and keep what is confirmed.

    A step that is too long is cut: parts of it are simulated at the same time, and a run costs
    next to nothing beside a subproblem. Only near the end, with exact second derivatives, is a
    step refused for breaking rules first bent back onto them (second order correction) a few
    times: there the whole length is worth a subproblem each.
    """
    if not exact:
        trials = [(walker, step) for walker, step, _ in _keep(trials, response, CUTS)]
    for _ in range(CORRECTIONS):
        again = []
        for walker, step, outcomes in _keep(trials, response):
            local = walker.local
            breach = np.maximum(local.excess(outcomes[None])[0], 0.0)
            if float(breach @ walker.penalty) <= BENT * step.promised:
                _shrink(walker, step)
                continue
            error = outcomes - local.outcomes - local.jacobian @ step.d
            bent = _solve(walker, local.correction(error))
            again.append((walker, replace(bent, promised=step.promised)))
        trials = again
    for walker, step, _ in _keep(trials, response):
        _shrink(walker, step)


def _keep(
    trials: list[tuple[Walker, Step]], response: Response, cuts: tuple[float, ...] = (1.0,)
) -> list[tuple[Walker, Step, Vector]]:
    """Move the walkers as far as the simulation confirms their step; return the others.

    ``cuts`` are the parts of a step that are simulated, the whole first. The one with the least
    merit is judged, by its own part of what the step promised: the model is convex, so it
    promised at least that.
    """
    if not trials:
        return []
    plans = np.stack([_moved(walker.local, c * step.d) for walker, step in trials for c in cuts])
    found = response.values(plans).reshape(len(trials), len(cuts), -1)
    refused = []
    for number, (walker, step) in enumerate(trials):
        local, outcomes = walker.local, found[number]
        merits = local.merit(outcomes, walker.penalty)
        best = int(np.argmin(np.where(np.isfinite(merits), merits, np.inf)))
        now = float(local.merit(local.outcomes[None], walker.penalty)[0])
        share = (now - float(merits[best])) / (cuts[best] * step.promised)
        if not share > ACCEPT:  # also refuses NaN
            refused.append((walker, step, outcomes[0]))
            continue
        plan = plans[number * len(cuts) + best]
        walker.local = replace(local, plan=plan, outcomes=outcomes[best])
        walker.moved, walker.stale = cuts[best] * step.d, True
        walker.steps += 1
        length = cuts[best] * float(np.abs(step.d).max())
        if cuts[best] < 1.0:
            walker.radius = max(length if share < GOOD else 2.0 * length, SMALLEST_RADIUS)
        elif share > GOOD and length > 0.9 * walker.radius:
            walker.radius = min(2.0 * walker.radius, LARGEST_RADIUS)
        elif share < 0.25:
            walker.radius = max(0.5 * length, SMALLEST_RADIUS)
    return refused


def _moved(local: Local, d: Vector) -> Vector:
    return np.clip(local.plan + local.scale * d, local.rules.low, local.rules.high)


def _shrink(walker: Walker, step: Step) -> None:
    walker.radius = 0.25 * min(walker.radius, max(float(np.abs(step.d).max()), 1e-300))
    if walker.radius < SMALLEST_RADIUS:
        walker.state = "stuck"
