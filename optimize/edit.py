"""A plan that somebody has changed by hand: completed, and what the change costs.

Some amounts are kept as given and the search decides the others. Where no plan keeps them and
the rules, the nearest amounts are found that some plan keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimize.conflict import conflicting_rows
from optimize.highs import Lp, solve_lp
from optimize.linear import LOOSE, linear_rules, mixed_rules
from optimize.measures import measures
from optimize.problem import Matrix, Problem, Row, Vector
from optimize.response import Response
from optimize.search import solve

KEPT = "kept_amount"  # the name of an amount that is kept, where it stands among the rules
HOLDS = 1e-6  # relative breach of a row that still counts as holding
ROUNDS = 30  # of linearising the outcome rows anew
ENOUGH = 1e-2  # 10,000 yuan less change that is not worth another round
MOST = 6  # groups of kept amounts that are told apart
SMALL = 1.0  # 10,000 yuan: a group whose amounts change less costs nothing worth telling
OTHERS = 1e-5  # what a change of an amount that is not kept counts: the least that settles it
LIKE = 1e-3  # how much less a change of an untouched amount counts than one of another

Kept = Mapping[int, float]  # index of a decision -> its amount (10,000 yuan)


def keeping(problem: Problem, kept: Kept) -> Problem:
    """``problem`` with some amounts no longer to be decided."""
    decisions = tuple(
        replace(decision, low=kept[i], high=kept[i]) if i in kept else decision
        for i, decision in enumerate(problem.decisions)
    )
    return replace(problem, decisions=decisions)


def conflict(problem: Problem, kept: Kept) -> tuple[Row, ...]:
    """The smallest set of rows that amounts contradict; among them the amounts, as rows of
    :data:`KEPT`, and links, as rows. Empty where the rules about money and choices leave a plan."""
    amounts = tuple(kept_row(problem, index, amount) for index, amount in kept.items())
    found = []
    most = linear_rules(problem).ranges()[1] if problem.choices else None
    # What comes first is left out first where it can be: so the amounts are named, and of two
    # sets the smaller is told.
    for rules in (problem.rows, problem.rows[::-1]):
        stated = replace(problem, rows=(*rules, *amounts))
        rows = {row.name: row for row in (*stated.rows, *(link.row(()) for link in problem.links))}
        compiled = linear_rules(stated) if most is None else mixed_rules(stated, LOOSE * most)
        found.append(tuple(rows[name] for name in conflicting_rows(compiled)))
    return min(found, key=len)


def kept_row(problem: Problem, index: int, amount: float) -> Row:
    """An amount that is kept, as a rule."""
    decision = problem.decisions[index]
    subject = f"{decision.sector}: {decision.instrument}"
    return Row(KEPT, "money", {index: 1.0}, "==", amount, "wanyuan", decision.year, subject)


def nearest(problem: Problem, response: Response, kept: Kept, within: Vector) -> Vector:
    """A plan (n,) within all rules whose kept amounts change least, in sum.

    ``within`` is a plan that keeps the rules; amounts that are the same in it count a little
    less, so that what was not changed gives way. Kept amounts that are whole stay whole, and any
    choices are made anew. Outcome rows are linearised at the best plan so far; a step that breaks
    them is bent back onto them, then shortened (successive linear programming in a trust region).
    """
    rules, n = linear_rules(problem), len(within)
    if problem.choices:
        rules = mixed_rules(problem, rules.ranges()[1])
    k = len(rules.low) - n
    index = np.array(sorted(kept), dtype=int)
    wanted = within.copy()
    wanted[index] = [kept[i] for i in index]
    weight = np.full(n, OTHERS)
    weight[index] = np.where(np.abs(wanted - within)[index] < 0.5, 1.0 - LIKE, 1.0)
    whole = np.zeros(n + k + n, dtype=bool)
    whole[index] = wanted[index] == np.round(wanted[index])
    whole[n : n + k] = True
    sized = measures(problem, response.values(within[None])[0])

    def holds(found: Vector) -> bool:
        excess = sized.excess(response.values(found[None, :n]))[0]
        return bool(excess.max(initial=0.0) <= HOLDS) and rules.breach(found) <= HOLDS

    def change(plan: Vector) -> float:
        return float(np.abs(plan - wanted) @ weight)

    def towards(plan: Vector, slopes: Matrix, room: Vector, radius: float) -> Vector | None:
        """The least change by linearised rows, within ``radius`` of ``plan``: money, choices."""
        eye, none = np.eye(n), np.zeros((n, k))
        fixed = np.vstack([rules.a, np.hstack([slopes, np.zeros((len(slopes), k))])])
        low, high = rules.low.copy(), rules.high.copy()
        low[:n] = np.maximum(low[:n], plan - radius)
        high[:n] = np.minimum(high[:n], plan + radius)
        found = solve_lp(
            Lp(
                np.concatenate([np.zeros(n + k), weight]),
                np.block(
                    [[fixed, np.zeros((len(fixed), n))], [eye, none, -eye], [-eye, none, -eye]]
                ),
                np.concatenate([rules.lower, np.full(len(slopes) + 2 * n, -np.inf)]),
                np.concatenate([rules.upper, room, wanted, -wanted]),
                np.append(low, np.zeros(n)),
                np.append(high, np.full(n, np.inf)),
                integer=whole if whole.any() else None,
            ),
            mip_gap=0.01,
        )
        if not found.optimal:
            return None
        point = np.clip(found.x[: n + k], rules.low, rules.high)
        return np.where(whole[: n + k], np.round(point), point)

    plan, radius = within, np.inf
    for _ in range(ROUNDS):
        outcomes, jacobian = response.jacobian(plan[None])
        slopes = sized.coefficients @ jacobian[0]
        room = slopes @ plan - sized.excess(outcomes)[0] - HOLDS / 2.0
        trial = towards(plan, slopes, room, radius)
        if trial is not None and not holds(trial):  # bent back onto the rows, as far as they curve
            to = trial[:n]
            curved = sized.excess(response.values(to[None]))[0] - (slopes @ to - room)
            bent = towards(plan, slopes, room - np.maximum(curved, 0.0), radius)
            trial = trial if bent is None else bent
        if trial is None or change(plan) - change(trial[:n]) <= ENOUGH:
            break
        if holds(trial):
            plan, radius = trial[:n], 2.0 * radius
        else:
            radius = 0.5 * float(np.abs(trial[:n] - plan).max())
    return plan


@dataclass(frozen=True)
class Share:
    """What some kept amounts add to the objective."""

    places: tuple[tuple[str, str], ...]  # (sector, instrument): one, or the many that change little
    change: float  # 10,000 yuan in sum, against the free optimum
    moved: float  # 10,000 yuan, sum of the sizes of the changes
    cost: float


def shares(
    problem: Problem, response: Response, kept: Kept, free: Vector, objectives: tuple[float, float]
) -> tuple[Share, ...]:
    """The cost of kept amounts group by group (sector and instrument); the costs add up.

    ``free`` (n,) is the free optimum, ``objectives`` those of it and of the completed plan. The
    groups are kept one after the other, those nearest to the free optimum first, then in the
    opposite order, and the rest of the plan is optimised anew each time. The cost of a group is
    what it adds to those kept before it, in the mean of both orders. Beyond ``MOST`` groups,
    those that change least are kept together.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for i in sorted(kept):
        decision = problem.decisions[i]
        groups.setdefault((decision.sector, decision.instrument), []).append(i)
    moved = {key: sum(abs(kept[i] - free[i]) for i in group) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: moved[key])
    few = max(len([key for key in order if moved[key] < SMALL]), len(order) - MOST)
    steps = [order[:few], *([key] for key in order[few:])]
    steps = [step for step in steps if step and max(moved[key] for key in step) >= SMALL]
    so_far = {i: kept[i] for key in order if moved[key] < SMALL for i in groups[key]}
    costs = dict.fromkeys(range(len(steps)), 0.0)
    for way in (list(costs), list(costs)[::-1]):
        value, plan, held = objectives[0], free, dict(so_far)
        for number in way:
            held |= {i: kept[i] for key in steps[number] for i in groups[key]}
            before, value = value, objectives[1]
            if number != way[-1]:
                part = keeping(problem, held)
                answer = solve(part, response, starts=1, unit=None, begin=(plan,))
                value, plan = answer.objective, answer.continuous
            costs[number] += 0.5 * (value - before)
    found = []
    for number, step in enumerate(steps):
        changes = [kept[i] - float(free[i]) for key in step for i in groups[key]]
        size = sum(abs(change) for change in changes)
        found.append(Share(tuple(step), sum(changes), size, costs[number]))
    return tuple(sorted(found, key=lambda share: -share.cost))


def differing(problem: Problem, plan: Vector, kept: Kept) -> tuple[int, ...]:
    """The kept decisions whose amount in ``plan`` (n,) is another, in the order of the problem."""
    return tuple(i for i in sorted(kept) if abs(plan[i] - kept[i]) > 1e-6)
