"""Which expressions the fused kernel knows; a model with any other runs through NumPy."""

from __future__ import annotations

from collections.abc import Iterable

from ..equations import Expr, parts

KINDS = {
    "num": 1,
    "slot": 1,
    "time": 0,
    "step": 0,
    "chain": 2,
    "neg": 1,
    "pow": 2,
    "cmp": 3,
    "and": 2,
    "or": 2,
    "not": 1,
    "if": 3,
    "fold": 2,
    "lookup": 2,
}
LIBRARY = {
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
}
FUNCTIONS = {
    **dict.fromkeys(("exp", "ln", "sqrt", "abs", "integer", *LIBRARY), (1,)),
    **dict.fromkeys(("log", "power", "min", "max", "quantum", "modulo", "zidz", "step"), (2,)),
    "xidz": (3,),
    "ramp": (2, 3),
    "pulse": (2,),
    "pulse train": (4,),
}
FOLDS = ("sum", "product", "least", "most")


def unknown(expr: Expr) -> str:
    """What in an expression is not known; "" if all of it is."""
    pending = [expr]
    while pending:
        item = pending.pop()
        kind = item[0]
        if kind == "fn":
            asked = FUNCTIONS.get(item[1])
            if item[1] == "delay order":
                if len(item) < 5 or item[2][0] != "num":
                    return "delay order"
            elif asked is None or len(item) - 2 not in asked:
                return str(item[1])
        elif KINDS.get(kind) != len(item) - 1 or (kind == "fold" and item[1] not in FOLDS):
            return str(kind)
        elif kind == "chain" and not (set(item[1]) <= {"+", "-"} or set(item[1]) <= {"*", "/"}):
            return f"chain {item[1]}"  # its parts have no order from left to right
        pending += parts(item)
    return ""


def first_unknown(exprs: Iterable[Expr]) -> str:
    return next((found for expr in exprs if (found := unknown(expr))), "")
