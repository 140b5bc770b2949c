"""Frozen dataclasses as plain JSON values and back, by the types that their fields state.

Tuples and arrays become lists, mappings with other keys than text become lists of pairs, and
numbers that are not finite become text, which JSON has no number for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

T = TypeVar("T")


def plain(value: object) -> Any:
    """``value`` in the types of JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: plain(item) for key, item in value.items()}
        return [[plain(key), plain(item)] for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def built(kind: type[T], value: Any, **given: object) -> T:
    """The dataclass ``kind`` that ``value`` is the plain form of; fields ``given`` are as they are.

    A field that is missing keeps its default, one that is not known is passed over: so what an
    older or newer version wrote is read as far as it goes.

    Raises:
        KeyError, TypeError, ValueError: ``value`` is not of that form.
    """
    if not isinstance(value, dict):
        raise TypeError(f"{kind.__name__} is no table")
    hints = _hints(kind)  # type: ignore[arg-type]  # a type can be hashed
    known = [f.name for f in fields(kind) if f.name not in given]  # type: ignore[arg-type]
    made = {name: _of(hints[name], value[name]) for name in known if name in value}
    return kind(**made, **given)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _of(hint: Any, value: Any) -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if hint in (Any, object) or origin is Literal:
        return value
    if origin in (Union, UnionType):
        if value is None:
            return None
        return _of(next(arm for arm in inside if arm is not NoneType), value)
    if origin is np.ndarray:
        return np.array([float(item) for item in value])
    if origin is tuple:
        kinds = [inside[0]] * len(value) if inside[-1] is Ellipsis else inside
        return tuple(_of(arm, item) for arm, item in zip(kinds, value, strict=True))
    if origin is list:
        return [_of(inside[0], item) for item in value]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        pairs = value.items() if isinstance(value, dict) else value
        return {_of(inside[0], key): _of(inside[1], item) for key, item in pairs}
    if is_dataclass(hint) and isinstance(hint, type):
        return built(hint, value)
    return hint(value) if hint in (float, int) and not isinstance(value, bool) else value
