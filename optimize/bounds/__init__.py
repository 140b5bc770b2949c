"""A proven bound on what any plan within the rules could achieve, from LPs alone.

:func:`prove` writes the model out (:mod:`~optimize.bounds.unroll`) and divides the plans into
boxes. In each (:mod:`~optimize.bounds.boxes`) the model is expanded exactly about a plan
(:mod:`~optimize.bounds.expand`). A pass forward in time finds where everything may lie
(:mod:`~optimize.bounds.ranges`), a pass backward a quadratic below the aim
(:mod:`~optimize.bounds.backward`, :mod:`~optimize.bounds.ways`), which is made convex
(:mod:`~optimize.bounds.convexify`) and minimised over the rules
(:mod:`~optimize.bounds.quadratic`). :func:`check` verifies the certificate without a solver.
"""

from optimize.bounds.boxes import Cause
from optimize.bounds.certificate import Certificate, check
from optimize.bounds.proof import Proof, prove

__all__ = ["Cause", "Certificate", "Proof", "check", "prove"]
