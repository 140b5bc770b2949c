"""How a county behaves: Vensim models, run many futures at a time.

    from models import Runs, load, run

    model = load()  # the county model; load("other.mdl") for any other
    out = run(model, Runs(values={"migration time": [4.0, 6.0]}), columns=["structure gap"])
    out["structure gap"]  # (2 runs, times)

The model file is the only place where behaviour is written; see ``county.mdl``.
"""

from .engine import run
from .equations import Variable
from .errors import ModelError, Problem
from .model import Lookup, Model, load
from .trajectories import Runs, State, Trajectories

__all__ = [
    "Lookup",
    "Model",
    "ModelError",
    "Problem",
    "Runs",
    "State",
    "Trajectories",
    "Variable",
    "load",
    "run",
]
