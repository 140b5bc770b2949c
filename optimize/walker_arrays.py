"""A walker as arrays, to be kept as a piece of a study, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimize.curvature import Secant
from optimize.highs import Working
from optimize.kept import Arrays
from optimize.step import Local
from optimize.walker import Along, Walker

SOME = ("moved", "weights")  # vectors that may be lacking


def arrays_of(walker: Walker) -> dict[str, NDArray[Any]]:
    """Everything that a walker has learnt, but for what its problem says."""
    local, along = walker.local, walker.along
    found = {
        "plan": local.plan,
        "outcomes": local.outcomes,
        "jacobian": local.jacobian,
        "penalty": walker.penalty,
        "radius": np.array(walker.radius),
        "stale": np.array(walker.stale),
        "state": np.array(walker.state),
        "steps": np.array(walker.steps),
    }
    if walker.secant.matrix is not None:
        found["secant"] = walker.secant.matrix
    for name in SOME:
        if getattr(walker, name) is not None:
            found[name] = getattr(walker, name)
    if walker.working is not None:
        found |= {"held": walker.working.held, "idle": walker.working.idle}
    if along is not None:
        found |= {"along": along.plan, "basis": along.basis, "hessian": along.hessian}
    return found


def walker_of(arrays: Arrays, local: Local) -> Walker:
    """The walker; ``local`` says which problem it is about, its plan is not looked at."""
    secant = Secant(len(local.scale))
    secant.matrix = arrays.get("secant")
    plan, outcomes, jacobian = arrays["plan"], arrays["outcomes"], arrays["jacobian"]
    here = replace(local, plan=plan, outcomes=outcomes, jacobian=jacobian)
    working = Working(arrays["held"], arrays["idle"]) if "held" in arrays else None
    along = None
    if "along" in arrays:
        along = Along(arrays["along"], arrays["basis"], arrays["hessian"])
    return Walker(
        here,
        arrays["penalty"],
        secant,
        float(arrays["radius"]),
        bool(arrays["stale"]),
        arrays.get("moved"),
        arrays.get("weights"),
        working,
        along,
        str(arrays["state"]),  # type: ignore[arg-type]  # one of the three, as it was kept
        int(arrays["steps"]),
    )
