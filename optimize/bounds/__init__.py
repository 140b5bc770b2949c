"""A proven bound on what any plan within the rules could achieve, from LPs alone.

:func:`prove` writes the model out (:mod:`~optimize.bounds.unroll`), expands it exactly about
a plan (:mod:`~optimize.bounds.expand`), bounds what is of third order
(:mod:`~optimize.bounds.ranges`) and minimises the quadratic rest over the rules
(:mod:`~optimize.bounds.quadratic`).
"""

from optimize.bounds.boxes import Cause
from optimize.bounds.certificate import Certificate, check
from optimize.bounds.proof import Proof, prove

__all__ = ["Cause", "Certificate", "Proof", "check", "prove"]
