"""Plain interval arithmetic beside the affine one: what is known of the size of things."""

from __future__ import annotations

import numpy as np

from optimize.bounds.atoms import image, partials
from optimize.bounds.expand import Expansion
from optimize.problem import Matrix


def interval(rows: Matrix, hull: Matrix) -> Matrix:
    """Interval arithmetic: lower and upper bounds (2, rows)."""
    up, down = np.maximum(rows, 0.0), np.minimum(rows, 0.0)
    return np.stack([up @ hull[0] + down @ hull[1], up @ hull[1] + down @ hull[0]])


def next_states(expansion: Expansion, step: int, hull: Matrix, insides: list[Matrix]) -> Matrix:
    """Bounds (2, states) of the next states by interval arithmetic.

    Where the next value rises with the present one, its largest value is taken at the
    largest present value, in the outflow, too: a stock with an outflow that grows with it
    does not drift away.
    """
    u, line = expansion.unrolled, expansion.lines[step]
    rows = line.following
    found = interval(rows, hull) + expansion.following.constant[step]
    for state, numbers in expansion.own.items():
        slope = rows[state, state]
        moves = []
        for number in numbers:
            atom = u.atoms[number]
            share = rows[state, atom.variable]
            reads = line.forms[list(atom.forms), state]
            slopes = partials(atom, insides[number], step)
            with np.errstate(invalid="ignore"):
                ends = np.where(reads[:, None] == 0.0, 0.0, share * reads[:, None] * slopes)
            slope += ends.min(axis=1).sum()
            moves.append((number, share, reads))
        if not slope >= 0.0:
            continue
        width = hull[1, state] - hull[0, state]
        for bound in (0, 1):
            for number, share, reads in moves:
                low, high = insides[number]
                up, down = np.maximum(reads, 0.0) * width, np.minimum(reads, 0.0) * width
                # The forms with the state at one of its ends only.
                if bound == 1:
                    inside = np.stack([np.minimum(low + up, high), np.maximum(high + down, low)])
                else:
                    inside = np.stack([np.minimum(low - down, high), np.maximum(high - up, low)])
                variable = u.atoms[number].variable
                old = hull[:, variable]
                new = image(u.atoms[number], inside[0], inside[1], step)
                new = (max(old[0], new[0]), min(old[1], new[1]))
                pick = bound if share > 0.0 else 1 - bound
                found[bound, state] += share * (new[pick] - old[pick])
    return np.asarray(found)
