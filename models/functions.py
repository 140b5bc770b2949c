"""The Vensim functions that are understood, and words for those that are not."""

from __future__ import annotations

from .series import Rule

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

# lookup functions: how the table is read, or (kind of expression, numbers after the lookup)
RULES: dict[str, Rule] = {
    "lookup_extrapolate": "extrapolate",
    "lookup_forward": "look_forward",
    "lookup_backward": "hold_backward",
}
LOOKUPS: dict[str, tuple[str, int]] = {
    "lookup_invert": ("lookup invert", 1),
    "lookup_area": ("lookup area", 2),
}

# reduce over the ranges marked with "!"
FOLDS = {"sum": "sum", "prod": "product", "vmin": "least", "vmax": "most"}

_OUTSIDE = "let it stand alone on the right-hand side of a variable of its own"
HINTS = {
    "a_function_of": "the equation was never written: write it",
    "get data": _OUTSIDE,
    "get constants": _OUTSIDE,
    "get lookups": _OUTSIDE,
    "delay_material": "use DELAY FIXED or DELAY N",
    "delay_information": "use SMOOTH N",
}
GENERAL_HINT = "write it with functions that are supported (models/functions.py lists them)"


def spelled(name: str) -> str:
    """The function's name as Vensim writes it."""
    return name.replace("_", " ").upper()
