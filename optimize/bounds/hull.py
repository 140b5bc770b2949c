"""Plain interval arithmetic beside the affine one: what is known of the size of things."""

from __future__ import annotations

import numpy as np

from optimize.bounds.atoms import NoRange, image, partials
from optimize.bounds.expand import Expansion
from optimize.problem import Matrix, Vector


def interval(rows: Matrix, hull: Matrix) -> Matrix:
    """Interval arithmetic: lower and upper bounds (2, rows)."""
    up, down = np.maximum(rows, 0.0), np.minimum(rows, 0.0)
    return np.stack([up @ hull[0] + down @ hull[1], up @ hull[1] + down @ hull[0]])


def next_states(expansion: Expansion, step: int, hull: Matrix, insides: list[Matrix]) -> Matrix:
    """Bounds (2, states) of the next states by interval arithmetic.

    Where the next value rises with the present one, its largest value is taken at the
    largest present value, in the outflow, too: a stock with an outflow that grows with it
    does not drift away.

    The present value is moved there with all else as it is, to where no plan may bring it. So
    of what is known of a form, only what the plain ranges say holds on the way, and on the side
    from which it comes what ``insides`` say.
    """
    u, line = expansion.unrolled, expansion.lines[step]
    rows = line.following
    found = interval(rows, hull) + expansion.following.constant[step]
    for state, numbers in expansion.own.items():
        width = hull[1, state] - hull[0, state]
        for bound in (0, 1):
            slope, moved = rows[state, state], found[bound, state]
            for number in numbers:
                atom = u.atoms[number]
                share = rows[state, atom.variable]
                forms = list(atom.forms)
                reads = line.forms[forms, state]
                plain = interval(line.forms[forms], hull)
                plain = plain + expansion.forms.constant[step, forms]
                way, end = _moved(insides[number], plain, reads if bound else -reads, width)
                slopes = partials(atom, way, step)
                with np.errstate(invalid="ignore"):
                    ends = np.where(reads[:, None] == 0.0, 0.0, share * reads[:, None] * slopes)
                slope += ends.min(axis=1).sum()
                if not slope >= 0.0:
                    break
                try:
                    new = image(atom, end[0], end[1], step)
                except NoRange:
                    slope = -np.inf
                    break
                pick = bound if share > 0.0 else 1 - bound
                moved += share * (new[pick] - hull[pick, atom.variable])
            if slope >= 0.0:
                held = found[bound, state]
                found[bound, state] = min(held, moved) if bound else max(held, moved)
    return np.asarray(found)


def _moved(inside: Matrix, plain: Matrix, up: Vector, width: float) -> tuple[Matrix, Matrix]:
    """Ranges (2, forms) of forms on the way to the end of a state's range, and there.

    Each form rises by ``up`` (forms,) times what the state is moved by, ``width`` at most.
    """
    rises, falls = up > 0.0, up < 0.0
    way = np.stack([np.where(falls, plain[0], inside[0]), np.where(rises, plain[1], inside[1])])
    end = np.stack(
        [
            np.where(rises, np.maximum(way[0], plain[0] + up * width), way[0]),
            np.where(falls, np.minimum(way[1], plain[1] + up * width), way[1]),
        ]
    )
    return way, end
