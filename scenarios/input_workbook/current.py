"""What the county that is extended has at every entry of the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.model import COUNTY
from models.source import key
from scenarios.agreement import AGREED_AMOUNT
from scenarios.catalogue import catalogue, of_kind
from scenarios.chain import SCENARIOS
from scenarios.figures import read_figures
from scenarios.resolved import sections
from scenarios.scenario import Scenario
from scenarios.toml_text import Keys

# Units of what grows with the size of a county.
EXTENSIVE = ("wanyuan", "wanyuan/year", "person", "person/year", "mu", "tonne", "tonne/year")
SECOND_COUNTY = SCENARIOS / "shangdu" / "figures.csv"  # what another county had to state, too


def current(base: Scenario) -> Mapping[Keys, object]:
    """Values by the keys of TOML; lists are whole."""
    found = dict(_leaves((), {keys: dict(values) for keys, values in sections(base).items()}))
    for name, parameter in AGREED_AMOUNT.items():
        found.setdefault(("agreement", name), found.get(("parameters", parameter)))
    return found


def _leaves(above: Keys, table: Mapping[object, object]) -> Iterator[tuple[Keys, object]]:
    for name, value in table.items():
        keys = (*above, *name) if isinstance(name, tuple) else (*above, str(name))
        if isinstance(value, Mapping):
            yield from _leaves(keys, value)
        else:
            yield keys, value


def county_figures(base: Scenario) -> tuple[str, ...]:
    """The parameters that say how large and how rich a county is, which each has to state.

    Amounts that grow with the county, and whatever the base or the second county of the
    repository states as its own; the agreement has a sheet of its own.
    """
    names, model = catalogue(COUNTY), base.model
    second, _ = read_figures(SECOND_COUNTY, names, model)
    own = {*second.own, *(base.figures.own if base.figures else ())}
    return tuple(
        row.id
        for row in of_kind(names, "parameter")
        if (row.unit in EXTENSIVE or key(row.id) in own) and row.id not in AGREED_AMOUNT.values()
    )
