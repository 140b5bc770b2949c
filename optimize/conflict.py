"""Which rules contradict each other when no plan satisfies them all.

HiGHS's own irreducible sets and Pyomo's ``mis`` are not reliable with it, so the set is
found by a deletion filter: leave out rules while the rest is still infeasible, first whole
rules, then single rows. What remains is smallest in the sense that dropping any one of its
rows makes the others possible.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimize.highs import solve_lp
from optimize.linear import LinearRules


def conflicting_rows(rules: LinearRules) -> tuple[str, ...]:
    """Names of an irreducible set of linear rows with no common plan (empty if feasible)."""
    keep = np.arange(len(rules.names))
    if not _contradict(rules, keep):
        return ()
    # An upper limit of a decision may only repeat a rule, which then would not be named.
    high = np.full_like(rules.high, np.inf)
    if rules.whole is not None:
        high[rules.whole] = rules.high[rules.whole]
    unlimited = replace(rules, high=high)
    if _contradict(unlimited, keep):
        rules = unlimited
    families = np.array([name.split("[")[0] for name in rules.names])
    for family in dict.fromkeys(families):
        without = keep[families[keep] != family]
        if _contradict(rules, without):
            keep = without
    for row in keep.copy():
        without = keep[keep != row]
        if _contradict(rules, without):
            keep = without
    return tuple(rules.names[row] for row in keep)


def _contradict(rules: LinearRules, keep: np.ndarray) -> bool:
    part = replace(rules, a=rules.a[keep], lower=rules.lower[keep], upper=rules.upper[keep])
    return solve_lp(part.lp(np.zeros(len(rules.low)))).infeasible
