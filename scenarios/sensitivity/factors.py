"""The factors of a county: its uncertain parameters, its weather, the prices elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from models import blocks
from optimize.calibration.parameters import Parameter
from optimize.uncertainty.factors import Factor
from scenarios.county import County
from scenarios.futures import YIELDS, parameters, variations
from scenarios.words import Words

WEATHER, PRICES, OTHERS = "weather", "prices", "others"


class By(StrEnum):
    """What stands for one factor."""

    element = "element"  # one number: crowd in ratio[industry]
    variable = "variable"  # all elements of a variable: crowd in ratio
    block = "block"  # all parameters of a block of the model


def factors(county: County, by: By = By.element) -> tuple[Factor, ...]:
    """Every uncertain parameter, grouped, then the yields and the prices of all years."""
    found = _grouped(parameters(county), _owner(county, by))
    outside = variations(county)
    for name, mine in ((WEATHER, True), (PRICES, False)):
        chosen = tuple(
            v
            for v in outside
            if (v.column.partition("[")[0] in YIELDS) == mine and v.points and v.coefficient
        )
        if chosen:
            found.append(Factor(name, (), chosen))
    return tuple(found)


def _owner(county: County, by: By) -> Callable[[Parameter], str]:
    """The name of the factor that a parameter belongs to."""
    if by is By.element:
        return lambda parameter: parameter.column
    if by is By.variable:
        return lambda parameter: parameter.column.partition("[")[0]
    block_of = blocks.block_of(county.model)
    return lambda parameter: block_of.get(parameter.column.partition("[")[0], OTHERS)


def _grouped(every: Iterable[Parameter], owner: Callable[[Parameter], str]) -> list[Factor]:
    groups: dict[str, list[Parameter]] = {}
    for parameter in every:
        groups.setdefault(owner(parameter), []).append(parameter)
    return [Factor(name, tuple(group)) for name, group in groups.items()]


def with_the_rest(every: Sequence[Factor], chosen: Sequence[int]) -> tuple[Factor, ...]:
    """The chosen factors and, as one more, all the others: nothing is held still."""
    rest = [factor for place, factor in enumerate(every) if place not in set(chosen)]
    kept = [every[place] for place in chosen]
    if not rest:
        return tuple(kept)
    parameters = tuple(p for factor in rest for p in factor.parameters)
    outside = tuple(v for factor in rest for v in factor.variations)
    return (*kept, Factor(OTHERS, parameters, outside))


def label(name: str, by: By, county: County, words: Words, *, inside: bool = False) -> str:
    """What a factor is called, at the head of something or ``inside`` a sentence."""
    if words.has(f"sensitivity.factor.{name}"):
        said = words.say(f"sensitivity.factor.{name}")
        return said[:1].lower() + said[1:] if inside else said
    if by is By.block:
        table = county.model.path.with_name(blocks.TABLE.name)
        named = {block.id: block.label(words.language) for block in blocks.read(table)}
        return named.get(name, name)
    return words.name(name) if inside else words.title(name)
