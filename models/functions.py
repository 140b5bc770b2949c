"""The Vensim functions that are understood, and words for those that are not."""

from __future__ import annotations

# Vensim name as PySD spells it -> (name in an expression, allowed numbers of arguments)
PLAIN: dict[str, tuple[str, tuple[int, ...]]] = {
    "abs": ("abs", (1,)),
    "exp": ("exp", (1,)),
    "ln": ("ln", (1,)),
    "log": ("log", (2,)),
    "sqrt": ("sqrt", (1,)),
    "sin": ("sin", (1,)),
    "cos": ("cos", (1,)),
    "tan": ("tan", (1,)),
    "arcsin": ("arcsin", (1,)),
    "arccos": ("arccos", (1,)),
    "arctan": ("arctan", (1,)),
    "sinh": ("sinh", (1,)),
    "cosh": ("cosh", (1,)),
    "tanh": ("tanh", (1,)),
    "min": ("min", (2,)),
    "max": ("max", (2,)),
    "integer": ("integer", (1,)),
    "quantum": ("quantum", (2,)),
    "modulo": ("modulo", (2,)),
    "power": ("power", (2,)),
    "xidz": ("xidz", (3,)),
    "zidz": ("zidz", (2,)),
    "step": ("step", (2,)),
    "ramp": ("ramp", (2, 3)),
    "pulse": ("pulse", (2,)),
    "pulse_train": ("pulse train", (4,)),
}

# reduce over the ranges marked with "!"
FOLDS = {"sum": "sum", "prod": "product", "vmin": "least", "vmax": "most"}

_RANDOM = "draw the numbers outside and give them as a lookup, so that runs can be repeated"
_OUTSIDE = "let it stand alone on the right-hand side of a variable of its own"
HINTS = {
    "random_0_1": _RANDOM,
    "random_uniform": _RANDOM,
    "random_normal": _RANDOM,
    "random_exponential": _RANDOM,
    "random_poisson": _RANDOM,
    "get_time_value": "use Time itself",
    "a_function_of": "the equation was never written: write it",
    "allocate_available": "write the allocation out, e.g. in proportion to the requests",
    "allocate_by_priority": "write the allocation out with MIN, one priority after another",
    "get data": _OUTSIDE,
    "get constants": _OUTSIDE,
    "get lookups": _OUTSIDE,
    "delay_material": "use DELAY FIXED or DELAY N",
    "delay_information": "use SMOOTH N",
    "vector_select": "use SUM with a condition: SUM(IF THEN ELSE(selected[r!], x[r!], 0))",
}
GENERAL_HINT = "write it with functions that are supported (models/functions.py lists them)"


def spelled(name: str) -> str:
    """The function's name as Vensim writes it."""
    return name.replace("_", " ").upper()
