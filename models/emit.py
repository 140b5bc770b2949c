"""Expressions -> Python source, in two dialects: plain floats and arrays."""

from __future__ import annotations

import math

from .equations import Expr
from .functions import LOOKUPS
from .kernels import SMALL

LOOKUP_KINDS = frozenset(kind for kind, _ in LOOKUPS.values())
_LONG = 40  # more terms than this are folded by a call, not by nested source


class Emitter:
    """Source of expressions for plain floats: branches are lazy, nothing is called in vain."""

    def __init__(self) -> None:
        self.temporaries = 0

    def text(self, expr: Expr) -> str:
        """Source of an expression, safe inside any other."""
        kind = expr[0]
        if kind == "num":
            return _literal(expr[1])
        if kind == "slot":
            return f"v{expr[1]}"
        if kind == "delayed":
            return f"v{expr[1]}[0]"
        if kind == "lifted":  # computed before, under this name: see models.powers
            return str(expr[1])
        if kind == "time":
            return "t"
        if kind == "step":
            return "dt"
        if kind == "chain":
            return self.chain(expr[1], expr[2])
        if kind == "neg":
            return f"(-{self.text(expr[1])})"
        if kind == "pow":
            return self.power(expr[1], expr[2])
        if kind == "lookup":
            return f"lookup({self.text(expr[2])}, T{expr[1]})"
        if kind in LOOKUP_KINDS:
            inside = ", ".join(self.text(part) for part in expr[2:])
            return f"{kind.replace(' ', '_')}({inside}, T{expr[1]})"
        if kind == "vector":
            groups = ("".join(f"{self.text(item)}, " for item in group) for group in expr[2:])
            return f"{expr[1].replace(' ', '_')}({', '.join(f'({group})' for group in groups)})"
        if kind == "item":
            return f"{self.text(expr[1])}[{expr[2]}]"
        if kind == "fold":
            return self.fold(expr[1], expr[2])
        if kind == "fn":
            return self.function(expr[1], expr[2:])
        return self.logic(expr)

    def chain(self, operators: str, parts: tuple[Expr, ...]) -> str:
        pieces = [self.text(parts[0])]
        for operator, part in zip(operators, parts[1:], strict=True):
            pieces += [operator, self.text(part)]
        return f"({' '.join(pieces)})"

    def power(self, base: Expr, exponent: Expr) -> str:
        if exponent == ("num", 2.0):
            first, again = self._once(base)
            return f"({first} * {again})"
        if exponent == ("num", 0.5):
            return f"sqrt({self.text(base)})"
        return f"power({self.text(base)}, {self.text(exponent)})"

    def fold(self, name: str, parts: tuple[Expr, ...]) -> str:
        if name in ("sum", "product") and len(parts) <= _LONG:
            return self.chain(("+" if name == "sum" else "*") * (len(parts) - 1), parts)
        inside = "".join(f"{self.text(part)}, " for part in parts)
        return f"{'total' if name == 'sum' else name}(({inside}))"

    def logic(self, expr: Expr) -> str:
        kind = expr[0]
        if kind == "cmp":
            return f"({self.text(expr[2])} {expr[1]} {self.text(expr[3])})"
        if kind in ("and", "or"):
            return f"({self.text(expr[1])} {kind} {self.text(expr[2])})"
        if kind == "not":
            return f"(not {self.text(expr[1])})"
        if kind == "if":
            return f"({self.text(expr[2])} if {self.text(expr[1])} else {self.text(expr[3])})"
        raise ValueError(f"unknown expression {kind}")

    def function(self, name: str, arguments: tuple[Expr, ...]) -> str:
        if name in ("min", "max"):
            sign = "<=" if name == "min" else ">="
            a, use_a = self._once(arguments[0])
            b, use_b = self._once(arguments[1])
            return f"({use_a} if {a} {sign} {b} or {use_a} != {use_a} else {use_b})"
        if name in ("zidz", "xidz"):
            otherwise = self.text(arguments[2]) if name == "xidz" else "0.0"
            first, again = self._once(arguments[1])
            top = self.text(arguments[0])
            return f"({otherwise} if abs({first}) < {SMALL!r} else {top} / {again})"
        texts = [self.text(argument) for argument in arguments]
        if name == "abs":
            return f"abs({texts[0]})"
        if name == "integer":
            return f"float(int({texts[0]}))"
        if name == "step":
            return f"({texts[0]} if t + dt / 2 > {texts[1]} else 0.0)"
        return self.call(name, texts)

    def call(self, name: str, texts: list[str]) -> str:
        if name == "ramp" and len(texts) == 2:
            texts = [*texts, "t"]
        if name == "uniform":
            texts = [*texts, "(t - t0) / dt"]
        if name in ("ramp", "pulse", "pulse train"):
            texts = ["t", *texts]
        return f"{name.replace(' ', '_')}({', '.join(texts)})"

    def _once(self, expr: Expr) -> tuple[str, str]:
        """Text that computes an expression, and text that uses it again."""
        text = self.text(expr)
        if expr[0] in ("slot", "num", "time", "step"):
            return text, text
        self.temporaries += 1
        name = f"w{self.temporaries}"
        return f"({name} := {text})", name


class ArrayEmitter(Emitter):
    """Source for batches: both branches are computed, and nothing raises."""

    def __init__(self, complex_step: bool) -> None:
        super().__init__()
        self.part = ".real" if complex_step else ""

    def chain(self, operators: str, parts: tuple[Expr, ...]) -> str:
        pieces = [self.text(parts[0])]
        for operator, part in zip(operators, parts[1:], strict=True):
            text = self.text(part)
            if operator == "/" and part[0] == "num":
                text = f"float64({text})"
            pieces += [operator, text]
        return f"({' '.join(pieces)})"

    def logic(self, expr: Expr) -> str:
        kind = expr[0]
        if kind == "cmp":
            left, right = (
                self.text(side) + ("" if side[0] == "num" else self.part) for side in expr[2:]
            )
            return f"({left} {expr[1]} {right})"
        if kind in ("and", "or"):
            sign = "&" if kind == "and" else "|"
            return f"({self.text(expr[1])} {sign} {self.text(expr[2])})"
        if kind == "not":
            return f"negate({self.text(expr[1])})"
        if kind == "if":
            return f"select({', '.join(self.text(part) for part in expr[1:])})"
        raise ValueError(f"unknown expression {kind}")

    def function(self, name: str, arguments: tuple[Expr, ...]) -> str:
        texts = [self.text(argument) for argument in arguments]
        if name == "zidz":
            return f"xidz({texts[0]}, {texts[1]}, 0.0)"
        if name == "step":
            limit = texts[1] + ("" if arguments[1][0] == "num" else self.part)
            return f"select(t + dt / 2 > {limit}, {texts[0]}, 0.0)"
        inner = {"min": "minimum", "max": "maximum", "abs": "absolute", "integer": "truncate"}
        return self.call(inner.get(name, name), texts)


def _literal(value: float) -> str:
    if math.isfinite(value) and value >= 0:
        return repr(value)
    return f"({value!r})"
