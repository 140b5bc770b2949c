"""How factors, ends and numbers of the study are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimize.uncertainty.factors import Factor
from optimize.uncertainty.variance import Index
from scenarios.sensitivity.factors import By
from scenarios.sensitivity.study import Sensitivity
from scenarios.studied import Look
from scenarios.words import DASH, Words, number, significant


@dataclass(frozen=True)
class Labels:
    """The names of one study in one language."""

    found: Sensitivity
    words: Words

    def factor(self, name: str, *, inside: bool = False) -> str:
        """A factor of the study, at the head of something or inside a sentence."""
        by = self.found.asked.by
        return self.found.studied.factor_label(name, by, self.words, inside=inside)

    def number(self, name: str, *, inside: bool = False) -> str:
        """A single number of the model, whatever the factors are."""
        studied = self.found.studied
        return studied.factor_label(name, By.element, self.words, inside=inside)

    def outcome(self, column: str, *, inside: bool = False) -> str:
        """A column that is looked at."""
        look = next(look for look in self.found.looks if look.column == column)
        return look.name(self.words, inside=inside)

    def varies(self, place: int) -> bool:
        """Whether a look varies in the last year, so that it has indices."""
        found = self.found
        at = found.place(place, found.years[-1])
        return bool(np.isfinite(found.indices.total.value[:, at]).any())

    def when(self, time: float) -> str:
        """A time as sentences say it."""
        return self.found.studied.when(time, self.words)

    def say(self, key: str, **values: object) -> str:
        """A sentence in the words that fit what is studied: ``<key>.model`` for a model."""
        own = f"{key}.{self.found.studied.kind}"
        return self.words.say(own if self.words.has(own) else key, **values)

    def end(self, factor: Factor, high: bool) -> str:
        """The value at an end of a factor's range, or which end it is."""
        if factor.elements == 1 and factor.parameters:
            parameter = factor.parameters[0]
            return plain(parameter.high if high else parameter.low)
        return self.words.say("sensitivity.end.high" if high else "sensitivity.end.low")

    def source(self, factor: Factor) -> str:
        """Where its ranges come from; nothing for weather and prices."""
        source = self.found.studied.source
        named = (source(parameter.column) for parameter in factor.parameters)
        sources = list(dict.fromkeys(one for one in named if one is not None))
        if len(sources) > 3:
            return DASH
        return ("、" if self.words.chinese else ", ").join(map(self.words.source, sources))


def plain(value: float) -> str:
    """A number of the model to three figures, without zeros at the end."""
    places = significant(value, 3)
    enough = (d for d in range(places) if round(value, d) == round(value, places))
    return number(value, next(enough, places))


def share(index: Index, *place: int) -> str:
    """An index with its interval: 0.37 (0.33–0.41)."""
    value, low, high = (float(part[place]) for part in (index.value, index.low, index.high))
    if not math.isfinite(value):
        return DASH
    return f"{number(value, 2)} ({number(low, 2)}{DASH}{number(high, 2)})"


def digits(look: Look, size: float) -> int:
    """Decimals of an outcome of about this size, in the shown unit."""
    return min(significant(look.scale * size, 3), 3)


def outcome(look: Look, value: float, size: float, *, signed: bool = False) -> str:
    """An outcome in the shown unit."""
    return number(look.scale * value, digits(look, size), signed=signed)


def band(look: Look, low: float, high: float, words: Words) -> str:
    """From one value to another with the unit; money as sentences write it."""
    if look.unit.strip().lower() == "wanyuan":
        return words.say("sensitivity.band.money", low=words.money(low), high=words.money(high))
    size = max(abs(low), abs(high))
    ends = (outcome(look, value, size, signed=look.basis == "change") for value in (low, high))
    least, most = ends
    return words.say("sensitivity.band", low=least, high=f"{most} {look.shown_unit(words)}")
