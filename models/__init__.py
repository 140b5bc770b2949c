"""How a county behaves: Vensim models, run many futures at a time.

    >>> from models import Runs, gradient, load, run
    >>> county = load()  # the county model; load("other.mdl") for any other
    >>> years = Runs(values={"contracting time": [0.25, 0.5, 1.0]})  # what differs: 3 runs
    >>> out = run(county, years, columns=["structure gap"], times=[2027, 2035])
    >>> out["structure gap"].shape  # runs, times
    (3, 2)
    >>> list(out.frame(run=2).columns)  # a wide table of one run; tidy() for a long one of all
    ['structure gap']
    >>> slope = gradient(county, [("structure gap", 2035)], ["contracting time"], at=years)
    >>> slope.data.shape  # exact derivatives: points, outcomes, inputs
    (3, 1, 1)
    >>> load("no.mdl")
    Traceback (most recent call last):
    models.errors.ModelError: no.mdl: cannot be read (No such file or directory)
      hint: check the path of the model file

The model file is the only place where behaviour is written; see ``county.mdl``.
"""

from .comparison import Comparison, Difference, compare
from .derivatives import Gradient, Hessian, gradient, hessian
from .engine import best_kernel, run
from .equations import Variable
from .errors import ModelError, Problem
from .model import Lookup, Model, load
from .parquet import Interrupted, run_to_parquet, runs_from_parquet
from .recorded import Recorded, read_recorded, simulated_by
from .run_table import runs_from_table
from .stream import stream
from .trajectories import Runs, State, Trajectories

__all__ = [
    "Comparison",
    "Difference",
    "Gradient",
    "Hessian",
    "Interrupted",
    "Lookup",
    "Model",
    "ModelError",
    "Problem",
    "Recorded",
    "Runs",
    "State",
    "Trajectories",
    "Variable",
    "best_kernel",
    "compare",
    "gradient",
    "hessian",
    "load",
    "read_recorded",
    "run",
    "run_to_parquet",
    "runs_from_parquet",
    "runs_from_table",
    "simulated_by",
    "stream",
]
