"""exp, ln and power for W lanes, and the C library's functions lane by lane.

Ordinary numbers are computed in vectors; zero, negative, subnormal, infinite numbers and
results that overflow go through the C library, lane by lane, so that what a lane gets never
depends on its neighbours. Errors stay below one unit in the last place for exp and ln, and
below two for powers, whose logarithm is carried in two doubles.
"""

from __future__ import annotations

import math
from fractions import Fraction

from .writer import LANES, WIDE, WIDE_INT, Value, Writer, number, splat_text

LIBRARY = (
    "exp",
    "log",
    "pow",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "fmod",
)
ROUNDER = 1.5 * 2.0**52  # adding it leaves the nearest whole number in the low bits
_ROUNDER_BITS = 0x4338000000000000
_ONE_BITS = 0x3FF0000000000000
_ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
LARGEST = 708.0  # exp of it, and of its negative, are normal numbers


def _parts(exact: Fraction, bits: int) -> tuple[float, float]:
    """A number as the sum of one of ``bits`` bits and the rest."""
    scale = 2 ** (bits - 1 - math.frexp(float(exact))[1] + 1)
    high = Fraction(round(exact * scale), scale)
    return float(high), float(exact - high)


def _ln2() -> Fraction:
    # ln 2 = 2 artanh(1/3)
    return 2 * sum(
        (Fraction(1, (2 * k + 1) * 3 ** (2 * k + 1)) for k in range(70)), start=Fraction(0)
    )


LN2_HIGH, LN2_LOW = _parts(_ln2(), 40)  # times an exponent of 11 bits: still exact
_THIRDS_HIGH, _THIRDS_LOW = _parts(Fraction(2, 3), 53)


def library_offset(name: str) -> int:
    return 8 * LIBRARY.index(name)


def _estrin(w: Writer, x: Value, coefficients: list[float]) -> Value:
    """A polynomial, its terms in pairs: a short chain of operations."""
    level = [number(c) for c in coefficients]
    power = x
    while len(level) > 1:
        paired = [
            w.fma(level[i + 1], power, level[i]) if i + 1 < len(level) else level[i]
            for i in range(0, len(level), 2)
        ]
        level = paired
        if len(level) > 1:
            power = w.mul(power, power)
    return level[0]


def _exponential(w: Writer, high: Value, low: Value | None) -> Value:
    """exp(high + low) for |high| < 708."""
    shifted = w.fma(high, number(1 / math.log(2)), number(ROUNDER))
    times = w.sub(shifted, number(ROUNDER))
    rest = w.fma(times, number(-LN2_HIGH), high)
    tail = w.mul(times, number(-LN2_LOW))
    if low is not None:
        tail = w.add(tail, low)
    r = w.add(rest, tail)
    lost = w.add(w.sub(rest, r), tail)
    series = _estrin(w, r, [1 / math.factorial(k) for k in range(2, 14)])
    grown = w.add(number(1.0), w.add(r, w.fma(w.mul(r, r), series, lost)))
    scale = w.wide_int("shl", w.bits(shifted), 52)
    return w.from_bits(w.wide_int("add", w.bits(grown), scale))


def _logarithm(w: Writer, x: Value) -> tuple[Value, Value]:
    """ln x in two doubles, for positive normal numbers.

    x = 2**k m with m about 1; ln m = 2 artanh(s) with s = (m - 1) / (m + 1), whose first two
    terms are carried in two doubles, too.
    """
    bits = w.bits(x)
    moved = w.wide_int("add", bits, _ONE_BITS - _ROOT_HALF_BITS)
    biased = w.wide_int("lshr", moved, 52)
    exponent = w.wide_int("sub", biased, 1023)
    m = w.from_bits(w.wide_int("sub", bits, w.wide_int("shl", exponent, 52)))
    k = w.sub(w.from_bits(w.wide_int("add", exponent, _ROUNDER_BITS)), number(ROUNDER))
    one = number(1.0)
    f = w.sub(m, one)
    below = w.add(m, one)
    below_lost = w.sub(m, w.sub(below, one))
    inverse = w.div(one, below)
    s = w.mul(f, inverse)
    rest = w.fma(w.neg(s), below, f)
    s_low = w.mul(w.sub(rest, w.mul(s, below_lost)), inverse)
    square = w.mul(s, s)
    square_low = w.fma(s, s, w.neg(square))
    square_low = w.fma(w.add(s, s), s_low, square_low)
    cube = w.mul(square, s)
    cube_low = w.fma(square, s, w.neg(cube))
    cube_low = w.add(cube_low, w.fma(square, s_low, w.mul(square_low, s)))
    third = w.mul(cube, number(_THIRDS_HIGH))
    third_low = w.fma(cube, number(_THIRDS_HIGH), w.neg(third))
    third_low = w.add(third_low, w.fma(cube, number(_THIRDS_LOW), w.mul(cube_low, number(2 / 3))))
    series = _estrin(w, square, [2 / (2 * j + 5) for j in range(9)])
    tail = w.fma(w.mul(w.mul(cube, square), series), one, third_low)
    first = w.add(s, s)
    base = w.mul(k, number(LN2_HIGH))
    # base + first + third, each sum followed by what it lost
    high = w.add(base, first)
    lost = w.add(w.sub(base, high), first)
    top = w.add(high, third)
    lost_again = w.add(w.sub(high, top), third)
    low = w.add(
        w.add(lost, lost_again), w.add(tail, w.fma(k, number(LN2_LOW), w.add(s_low, s_low)))
    )
    total = w.add(top, low)
    return total, w.add(w.sub(top, total), low)


def _normal(w: Writer, x: Value) -> Value:
    """Whether a number is positive, normal and finite."""
    tiny = w.compare("oge", x, number(2.0**-1022))
    return w.both("and", tiny, w.compare("olt", x, number(math.inf)))


def _smooth(w: Writer, x: Value) -> Value:
    return w.compare("olt", w.unary("fabs", x), number(LARGEST))


def _mend(w: Writer, ordinary: Value, made: Value, name: str, arguments: list[str]) -> None:
    """Return ``made``, after the C library has computed the lanes that are not ordinary."""
    special = w.negate(ordinary)
    mend, done = w.label(), w.label()
    w.branch(w.any(special), mend, done)
    w.start(mend)
    library = w.load("%ctx", 0, "ptr")
    function = w.load(library, library_offset(name), "ptr")
    lanes = w.put(f"bitcast <{LANES} x i1> {special.text} to i{LANES}")
    listed = ", ".join(f"{WIDE} {a}" for a in arguments)
    fixed = w.put(
        f"call fastcc {WIDE} @lanes{len(arguments)}(ptr {function}, {listed}, {WIDE} {made.text},"
        f" i{LANES} {lanes})"
    )
    w.do(f"ret {WIDE} {fixed}")
    w.start(done)
    w.do(f"ret {WIDE} {made.text}")


def _exp() -> str:
    w = Writer()
    x = Value("%x", True)
    _mend(w, _smooth(w, x), _exponential(w, x, None), "exp", ["%x"])
    return w.function(f"define internal fastcc {WIDE} @vexp({WIDE} %x, ptr %ctx) #0")


def _log() -> str:
    w = Writer()
    x = Value("%x", True)
    high, _ = _logarithm(w, x)
    _mend(w, _normal(w, x), high, "log", ["%x"])
    return w.function(f"define internal fastcc {WIDE} @vlog({WIDE} %x, ptr %ctx) #0")


def _pow() -> str:
    w = Writer()
    x, y = Value("%x", True), Value("%y", True)
    high, low = _logarithm(w, x)
    product = w.mul(y, high)
    rest = w.fma(y, low, w.fma(y, high, w.neg(product)))
    made = _exponential(w, product, rest)
    ordinary = w.both("and", _normal(w, x), _smooth(w, product))
    # 0 to a positive power, of which models are full: 0, without a call
    none = Value(w.put(f"icmp eq {WIDE_INT} {w.bits(x)}, {splat_text('i64', '0')}"), True, True)
    growing = w.both("and", w.compare("ogt", y, number(0.0)), w.compare("olt", y, number(math.inf)))
    none = w.both("and", none, growing)
    made = w.select(none, number(0.0), made)
    _mend(w, w.both("or", ordinary, none), made, "pow", ["%x", "%y"])
    return w.function(f"define internal fastcc {WIDE} @vpow({WIDE} %x, {WIDE} %y, ptr %ctx) #0")


def _lane_by_lane(arguments: int) -> str:
    """A C function for the lanes whose bit is set in ``%which``."""
    names = [f"%a{i}" for i in range(arguments)]
    listed = ", ".join(f"{WIDE} {name}" for name in names)
    takes = "\n".join(
        f"  %x{i} = extractelement {WIDE} {name}, i64 %i" for i, name in enumerate(names)
    )
    given = ", ".join(f"double %x{i}" for i in range(arguments))
    takes_all = f"ptr %f, {listed}, {WIDE} %made, i{LANES} %which"
    return f"""
define internal fastcc {WIDE} @lanes{arguments}({takes_all}) #1 {{
entry:
  br label %lane
lane:
  %i = phi i64 [0, %entry], [%next, %after]
  %now = phi {WIDE} [%made, %entry], [%kept, %after]
  %place = trunc i64 %i to i{LANES}
  %down = lshr i{LANES} %which, %place
  %mine = trunc i{LANES} %down to i1
  br i1 %mine, label %call, label %after
call:
{takes}
  %y = call double %f({given})
  %put = insertelement {WIDE} %now, double %y, i64 %i
  br label %after
after:
  %kept = phi {WIDE} [%now, %lane], [%put, %call]
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, {LANES}
  br i1 %more, label %lane, label %end
end:
  ret {WIDE} %kept
}}
"""


def functions() -> str:
    """LLVM text of ``@vexp``, ``@vlog``, ``@vpow``, ``@lanes1`` and ``@lanes2``.

    The first word of ``%ctx`` points to the addresses of the C functions, in the order of
    ``LIBRARY``.
    """
    return "\n".join([_lane_by_lane(1), _lane_by_lane(2), _exp(), _log(), _pow()])


ATTRIBUTES = """
attributes #0 = { noinline nounwind }
attributes #1 = { noinline nounwind cold }
attributes #2 = { nounwind }
"""
