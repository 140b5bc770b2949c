"""Text of LLVM functions that work on W runs at once, a run a lane.

A value is the same for all lanes (``double``) until it meets one that is not
(``<W x double>``). Every operation is the plain IEEE one: LLVM neither reorders nor fuses
them unless asked, and it is not asked, so results have the bits that NumPy's have.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

LANES = 8  # runs at a time: one AVX-512 register, two of AVX2; 4 and 16 measured slower


@dataclass(frozen=True)
class Value:
    """An operand: ``wide`` is one for each lane; ``truth`` is i1 instead of double."""

    text: str
    wide: bool
    truth: bool = False


def literal(number: float) -> str:
    return "0x" + struct.pack(">d", number).hex().upper()


def number(value: float) -> Value:
    return Value(literal(value), False)


WIDE = f"<{LANES} x double>"
WIDE_INT = f"<{LANES} x i64>"
WIDE_TRUTH = f"<{LANES} x i1>"
_UNSET = f"{WIDE} poison"


def splat_text(item: str, text: str) -> str:
    """A constant vector."""
    return "<" + ", ".join([f"{item} {text}"] * LANES) + ">"


class Writer:
    """Lines of one LLVM function, in static single assignment."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0
        self.block = "entry"
        self._splats: dict[str, Value] = {}

    # -- names, blocks --------------------------------------------------------------------

    def name(self) -> str:
        self.count += 1
        return f"%n{self.count}"

    def put(self, text: str) -> str:
        """A line that yields something; its name."""
        name = self.name()
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        self.lines.append(f"  {text}")

    def label(self) -> str:
        self.count += 1
        return f"b{self.count}"

    def start(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.block = label

    def go(self, label: str) -> None:
        self.do(f"br label %{label}")

    def branch(self, condition: str, yes: str, no: str) -> None:
        self.do(f"br i1 {condition}, label %{yes}, label %{no}")

    # -- numbers --------------------------------------------------------------------------

    def wide(self, value: Value) -> str:
        """The value as a vector."""
        if value.wide:
            return value.text
        kind = "i1" if value.truth else "double"
        if not value.text.startswith("%"):
            return splat_text(kind, value.text)
        found = self._splats.get(value.text)
        if found is None:
            vector = f"<{LANES} x {kind}>"
            one = self.put(f"insertelement {vector} poison, {kind} {value.text}, i64 0")
            text = self.put(
                f"shufflevector {vector} {one}, {vector} poison, <{LANES} x i32> zeroinitializer"
            )
            found = self._splats[value.text] = Value(text, True, value.truth)
        return found.text

    def _pair(self, a: Value, b: Value) -> tuple[bool, str, str]:
        if a.wide or b.wide:
            return True, self.wide(a), self.wide(b)
        return False, a.text, b.text

    def binary(self, operation: str, a: Value, b: Value) -> Value:
        """``fadd``, ``fsub``, ``fmul``, ``fdiv``."""
        wide, left, right = self._pair(a, b)
        kind = WIDE if wide else "double"
        return Value(self.put(f"{operation} {kind} {left}, {right}"), wide)

    def add(self, a: Value, b: Value) -> Value:
        return self.binary("fadd", a, b)

    def sub(self, a: Value, b: Value) -> Value:
        return self.binary("fsub", a, b)

    def mul(self, a: Value, b: Value) -> Value:
        return self.binary("fmul", a, b)

    def div(self, a: Value, b: Value) -> Value:
        return self.binary("fdiv", a, b)

    def neg(self, a: Value) -> Value:
        kind = WIDE if a.wide else "double"
        return Value(self.put(f"fneg {kind} {a.text}"), a.wide)

    def unary(self, intrinsic: str, a: Value) -> Value:
        """``sqrt``, ``fabs``, ``trunc``: LLVM's own, exact."""
        kind = WIDE if a.wide else "double"
        suffix = f"v{LANES}f64" if a.wide else "f64"
        return Value(self.put(f"call {kind} @llvm.{intrinsic}.{suffix}({kind} {a.text})"), a.wide)

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """``a * b + c``, rounded once: for elementary functions alone."""
        x, y, z = self.wide(a), self.wide(b), self.wide(c)
        call = f"call {WIDE} @llvm.fma.v{LANES}f64({WIDE} {x}, {WIDE} {y}, {WIDE} {z})"
        return Value(self.put(call), True)

    # -- truth ----------------------------------------------------------------------------

    def compare(self, sign: str, a: Value, b: Value) -> Value:
        """``olt``, ``ole``, ``oeq``, ``une`` and the like; false for nan except ``une``."""
        wide, left, right = self._pair(a, b)
        kind = WIDE if wide else "double"
        return Value(self.put(f"fcmp {sign} {kind} {left}, {right}"), wide, True)

    def both(self, operation: str, a: Value, b: Value) -> Value:
        """``and``, ``or``, ``xor`` of truths."""
        wide, left, right = self._pair(a, b)
        kind = WIDE_TRUTH if wide else "i1"
        return Value(self.put(f"{operation} {kind} {left}, {right}"), wide, True)

    def negate(self, a: Value) -> Value:
        return self.both("xor", a, Value("true", False, True))

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        wide = condition.wide or a.wide or b.wide
        if not wide:
            text = f"select i1 {condition.text}, double {a.text}, double {b.text}"
            return Value(self.put(text), False)
        left, right = self.wide(a), self.wide(b)
        kind = WIDE_TRUTH if condition.wide else "i1"
        text = f"select {kind} {condition.text}, {WIDE} {left}, {WIDE} {right}"
        return Value(self.put(text), True)

    def any(self, condition: Value) -> str:
        """i1: whether any lane is true."""
        if not condition.wide:
            return condition.text
        text = f"@llvm.vector.reduce.or.v{LANES}i1({WIDE_TRUTH} {condition.text})"
        return self.put(f"call i1 {text}")

    # -- integers -------------------------------------------------------------------------

    def wide_int(self, operation: str, a: str, b: str | int) -> str:
        right = splat_text("i64", str(b)) if isinstance(b, int) else b
        return self.put(f"{operation} {WIDE_INT} {a}, {right}")

    def bits(self, a: Value) -> str:
        return self.put(f"bitcast {WIDE} {self.wide(a)} to {WIDE_INT}")

    def from_bits(self, a: str) -> Value:
        return Value(self.put(f"bitcast {WIDE_INT} {a} to {WIDE}"), True)

    def splat_int(self, a: str) -> str:
        one = self.put(f"insertelement {WIDE_INT} poison, i64 {a}, i64 0")
        return self.put(
            f"shufflevector {WIDE_INT} {one}, {WIDE_INT} poison, <{LANES} x i32> zeroinitializer"
        )

    # -- memory ---------------------------------------------------------------------------

    def at(self, base: str, offset: str | int) -> str:
        """Address ``offset`` bytes behind a pointer."""
        return self.put(f"getelementptr i8, ptr {base}, i64 {offset}")

    def load(self, base: str, offset: str | int, kind: str, align: int = 8) -> str:
        return self.put(f"load {kind}, ptr {self.at(base, offset)}, align {align}")

    def store(self, base: str, offset: str | int, kind: str, text: str, align: int = 8) -> None:
        self.do(f"store {kind} {text}, ptr {self.at(base, offset)}, align {align}")

    def integer(self, operation: str, a: str | int, b: str | int) -> str:
        return self.put(f"{operation} i64 {a}, {b}")

    def gather(self, base: str, index: str) -> Value:
        """Doubles at ``base[index]``, an index (i64) for each lane."""
        addresses = self.put(f"getelementptr double, ptr {base}, {WIDE_INT} {index}")
        every = splat_text("i1", "true")
        call = (
            f"call {WIDE} @llvm.masked.gather.v{LANES}f64.v{LANES}p0(<{LANES} x ptr> {addresses},"
            f" i32 8, {WIDE_TRUTH} {every}, {_UNSET})"
        )
        return Value(self.put(call), True)

    def function(self, head: str) -> str:
        return "\n".join([f"{head} {{", "entry:", *self.lines, "}", ""])
