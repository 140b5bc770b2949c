"""How large a model may be: beyond what people make, short of what would fill a machine.

A model file is data from anywhere; one that asks for more is refused in words, not met with a
machine that hangs.
"""

from __future__ import annotations

MOST_ELEMENTS = 1_000_000  # of a variable, or of a range
MOST_NUMBERS = 2_000_000  # of a model, all elements of all variables together
MOST_CALLS = 20_000  # of macros: macros that call macros twice grow without end
MOST_STEPS = 100_000_000  # of a run
MOST_UNDER_WAY = 1_000_000  # values in a DELAY FIXED
MOST_STAGES = 1_000  # of a delay or a smooth
MOST_NESTED = 5_000  # frames of Python, some ten for each bracket
DEEP = 40  # brackets within brackets, from which an inner part is computed apart
