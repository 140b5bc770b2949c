"""The same problem by other solvers (extra ``crosscheck``): Ipopt and SCIP.

Neither reads our derivatives or our search. Ipopt takes the model's equations as a CasADi graph
(:mod:`~optimize.crosscheck.graph`, :mod:`~optimize.crosscheck.transcription`), SCIP their
unrolled form (:mod:`~optimize.crosscheck.scip`); their plans are simulated and judged as ours.
"""

from optimize.crosscheck.check import PACKAGES, SAME, CrossCheck, Solver, cross_checks, missing

__all__ = ["PACKAGES", "SAME", "CrossCheck", "Solver", "cross_checks", "missing"]
