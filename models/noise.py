"""RANDOM functions: numbers that depend on the seed, the call, the run and the step alone.

A draw is a hash of these four, so it is the same in any block, beside any other runs and
in any process, and a run can start in the middle. Distributions other than the uniform one
are read off their inverse at that number between 0 and 1; truncation narrows the number's
range, which is what drawing again and again until the bounds hold comes to.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Number = Any
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def _mix(x: Any) -> Any:
    """The finish of SplitMix64 (Steele, Lea, Flood 2014), on a Python int or uint64 array."""
    if isinstance(x, int):
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
        return x ^ (x >> 31)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _bits(value: Number) -> Any:
    """A number's 64 bits: any two numbers that differ have different ones (0 has but one)."""
    real = np.real(value) + 0.0
    if np.ndim(real) == 0:
        return int(np.float64(real).view(np.uint64))
    return np.ascontiguousarray(real, dtype=np.float64).view(np.uint64)


def uniform(seed: Number, run: Number, site: Number, stream: Number, step: Number) -> Number:
    """A number above 0 and below 1, for plain numbers or arrays ``(runs,)``."""
    state: Any = 0
    for part in (seed, stream, site, run, np.rint(np.real(step))):
        bits = _bits(part)
        if isinstance(state, int) and isinstance(bits, int):
            state = _mix(((state + _GOLDEN) & _MASK) ^ _mix(bits))
            continue
        if isinstance(state, int):
            state = np.uint64(state)
        if isinstance(bits, int):
            bits = np.uint64(bits)
        with np.errstate(over="ignore"):
            state = _mix((state + np.uint64(_GOLDEN)) ^ _mix(bits))
    if isinstance(state, int):
        return ((state >> 11) + 0.5) * 2.0**-53
    return ((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def _between(
    u: Number, low: Number, high: Number, below: Callable[[Number], Number]
) -> tuple[Number, Number, Number]:
    """The number moved into the share of a distribution between two bounds."""
    first, last = below(np.real(low)), below(np.real(high))
    return first + u * (last - first), first, last


def _scaled(
    u: Number,
    low: Number,
    high: Number,
    shift: Number,
    stretch: Number,
    below: Callable[[Number], Number],
    inverse: Callable[[Number], Number],
    density: Callable[[Number], Number],
) -> Number:
    """``shift + stretch * x`` for x of a continuous distribution, between two bounds."""
    a, b = (low - shift) / stretch, (high - shift) / stretch
    swap = np.real(stretch) < 0
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    within, _, _ = _between(u, a, b, below)
    x = inverse(within)
    if np.iscomplexobj(a) or np.iscomplexobj(b):  # how the bounds move the draw
        slope = (1 - u) * density(np.real(a)) * np.imag(a) + u * density(np.real(b)) * np.imag(b)
        x = x + 1j * slope / density(x)
    drawn = shift + stretch * x
    real = np.clip(np.real(drawn), np.real(low), np.real(high))  # rounding, at the bounds
    return real + 1j * np.imag(drawn) if np.iscomplexobj(drawn) else real


def random_uniform(u: Number, low: Number, high: Number) -> Number:
    return low + (high - low) * u


def random_normal(u: Number, low: Number, high: Number, mean: Number, sd: Number) -> Number:
    from scipy.special import ndtr, ndtri

    even = np.where(np.real(sd) == 0, 1.0, sd)
    drawn = _scaled(
        u, low, high, mean, even, ndtr, ndtri, lambda x: np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    )
    return np.where(np.real(sd) == 0, mean, drawn)


def random_exponential(
    u: Number, low: Number, high: Number, shift: Number, stretch: Number
) -> Number:
    return _scaled(
        u,
        low,
        high,
        shift,
        stretch,
        lambda x: -np.expm1(-np.maximum(x, 0.0)),
        lambda p: -np.log1p(-p),
        lambda x: np.where(x < 0, 0.0, np.exp(-np.maximum(x, 0.0))),
    )


def random_weibull(
    u: Number, low: Number, high: Number, shape: Number, shift: Number, stretch: Number
) -> Number:
    """Mean 1 before it is stretched, as Vensim has it."""
    from scipy.special import gamma

    k = np.real(shape)
    scale = 1.0 / gamma(1.0 + 1.0 / k)
    return _scaled(
        u,
        low,
        high,
        shift,
        stretch,
        lambda x: -np.expm1(-((np.maximum(x, 0.0) / scale) ** k)),
        lambda p: scale * (-np.log1p(-p)) ** (1.0 / k),
        lambda x: _weibull_density(x, k, scale),
    )


def _weibull_density(x: Number, k: Number, scale: Number) -> Number:
    ratio = np.maximum(x, 0.0) / scale
    return np.where(x < 0, 0.0, k / scale * ratio ** (k - 1.0) * np.exp(-(ratio**k)))


def random_gamma(
    u: Number, low: Number, high: Number, order: Number, shift: Number, stretch: Number
) -> Number:
    from scipy.special import gamma, gammainc, gammaincinv

    k = np.maximum(np.real(order), 1.0)  # Vensim raises a smaller order to 1
    return _scaled(
        u,
        low,
        high,
        shift,
        stretch,
        lambda x: gammainc(k, np.maximum(x, 0.0)),
        lambda p: gammaincinv(k, p),
        lambda x: np.maximum(x, 0.0) ** (k - 1.0) * np.exp(-np.maximum(x, 0.0)) / gamma(k),
    )


def random_beta(
    u: Number, low: Number, high: Number, a: Number, b: Number, shift: Number, stretch: Number
) -> Number:
    from scipy.special import beta, betainc, betaincinv

    p, q = np.real(a), np.real(b)
    return _scaled(
        u,
        low,
        high,
        shift,
        stretch,
        lambda x: betainc(p, q, np.clip(x, 0.0, 1.0)),
        lambda share: betaincinv(p, q, share),
        lambda x: (
            np.where(
                (x < 0) | (x > 1),
                0.0,
                np.clip(x, 0, 1) ** (p - 1) * (1 - np.clip(x, 0, 1)) ** (q - 1),
            )
            / beta(p, q)
        ),
    )


def random_triangular(
    u: Number, low: Number, high: Number, start: Number, peak: Number, stop: Number
) -> Number:
    s, p, t = np.real(start), np.real(peak), np.real(stop)

    def below(x: Number) -> Number:
        x = np.clip(x, s, t)
        rising = (x - s) ** 2 / np.where(p > s, (t - s) * (p - s), 1.0)
        falling = 1 - (t - x) ** 2 / np.where(t > p, (t - s) * (t - p), 1.0)
        return np.where(x < p, rising, falling)

    def inverse(share: Number) -> Number:
        left = s + np.sqrt(share * (t - s) * (p - s))
        right = t - np.sqrt(np.maximum(1 - share, 0.0) * (t - s) * (t - p))
        return np.where(share < (p - s) / np.where(t > s, t - s, 1.0), left, right)

    within, _, _ = _between(u, low, high, below)
    return np.clip(inverse(within), np.real(low), np.real(high))


def _whole(
    u: Number,
    low: Number,
    high: Number,
    shift: Number,
    stretch: Number,
    below: Callable[[Number], Number],
    inverse: Callable[[Number], Number],
) -> Number:
    """``shift + stretch * n`` for n of a distribution of whole numbers, between two bounds."""
    a = (np.real(low) - np.real(shift)) / np.real(stretch)
    b = (np.real(high) - np.real(shift)) / np.real(stretch)
    first, last = np.ceil(np.minimum(a, b) - 1e-9), np.floor(np.maximum(a, b) + 1e-9)
    bottom = np.where(first <= 0, 0.0, below(np.maximum(first - 1, 0.0)))
    top = np.where(last < 0, 0.0, below(np.maximum(last, 0.0)))
    share = bottom + u * (top - bottom)
    n = np.ceil(inverse(share) - 1e-9)
    n = np.where((n >= 1) & (below(np.maximum(n - 1, 0.0)) >= share), n - 1, n)
    n = np.clip(n, np.maximum(first, 0.0), np.maximum(last, 0.0))
    return shift + stretch * n


def random_poisson(
    u: Number, low: Number, high: Number, mean: Number, shift: Number, stretch: Number
) -> Number:
    from scipy.special import pdtr, pdtrik

    m = np.real(mean)
    return _whole(
        u, low, high, shift, stretch, lambda n: pdtr(n, m), lambda p: np.maximum(pdtrik(p, m), 0.0)
    )


def random_binomial(
    u: Number, low: Number, high: Number, p: Number, n: Number, shift: Number, stretch: Number
) -> Number:
    from scipy.special import bdtrik, betainc

    chance, draws = np.real(p), np.trunc(np.real(n))

    def below(k: Number) -> Number:
        left = np.maximum(draws - k, 1.0)
        return np.where(k >= draws, 1.0, betainc(left, k + 1.0, 1.0 - chance))

    def inverse(share: Number) -> Number:
        return np.nan_to_num(np.maximum(bdtrik(share, draws, chance), 0.0))

    return _whole(u, low, high, shift, stretch, below, inverse)


# Vensim name -> (function, numbers it takes before the stream)
DISTRIBUTIONS: dict[str, tuple[Callable[..., Number], int]] = {
    "random_uniform": (random_uniform, 2),
    "random_normal": (random_normal, 4),
    "random_exponential": (random_exponential, 4),
    "random_weibull": (random_weibull, 5),
    "random_gamma": (random_gamma, 5),
    "random_beta": (random_beta, 6),
    "random_triangular": (random_triangular, 5),
    "random_poisson": (random_poisson, 5),
    "random_binomial": (random_binomial, 6),
}


def _alone(function: Callable[..., Number]) -> Callable[..., float]:
    def call(*numbers: float) -> float:
        return float(function(*numbers))

    return call


def _together(function: Callable[..., Number]) -> Callable[..., Number]:
    def call(*numbers: Number) -> Number:
        found: NDArray[Any] = np.asarray(function(*numbers))
        return found if found.ndim else found[()]

    return call


ALONE: dict[str, Any] = {
    "uniform": uniform,
    **{name: _alone(function) for name, (function, _) in DISTRIBUTIONS.items()},
}
TOGETHER: dict[str, Any] = {
    "uniform": _together(uniform),
    **{name: _together(function) for name, (function, _) in DISTRIBUTIONS.items()},
}
