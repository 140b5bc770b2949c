"""``simulate --bands``: the plans of a scenario side by side, with bands over many futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands.banding import banded, bands_csv
from scenarios.commands.folders import write_study
from scenarios.comparison import Alternative, Comparison, compared
from scenarios.county import County
from scenarios.report.bands import LEVELS
from scenarios.report.result import Money, PlanName, Result, Yearly
from scenarios.scenario import Tables
from scenarios.words import LANGUAGES, Words

if TYPE_CHECKING:
    from scenarios.report.console import Page

ORDER: tuple[PlanName, ...] = ("past_practice", "optimal", "no_cooperation")  # baseline first


@dataclass(frozen=True)
class Banded:
    """The folder that was written, and what it shows."""

    found: Comparison
    folder: Path
    files: tuple[str, ...]

    def show(self, words: Words, page: Page) -> None:
        """Print the bands in the last year, and the files."""
        from scenarios.comparison import page as sections

        for section in (sections.legend, *sections.of_bands(self.found)):
            section(self.found, words).show_section(page)
        page.files(words, self.folder, self.files)

    def record(self) -> dict[str, object]:
        """The same for a program: quantiles by year."""
        spreads = self.found.spreads
        assert spreads is not None
        return {
            **spreads.record(),
            "levels": list(LEVELS),
            "years": list(spreads.years),
            "outcomes": [
                {
                    "plan": alternative.name,
                    "variable": spread.column,
                    "basis": "gain" if spread.gain else "level",
                    "quantiles": spread.own[index].tolist(),
                    "minus_past_practice": spread.against[index].tolist(),
                }
                for spread in spreads.every
                for index, alternative in enumerate(self.found.alternatives)
            ],
            "folder": str(self.folder),
            "files": list(self.files),
        }


def simulate_bands(
    words: Words,
    county: County,
    plans: Mapping[PlanName, Tables],
    paths: Mapping[PlanName, Yearly],
    number: int,
    folder: Path,
) -> Banded:
    """Write the folder: charts with bands, ``bands.csv`` and a page."""
    from scenarios.comparison.said import said

    scenario = county.scenario
    shown = [name for name in ORDER if name in plans]
    alternatives = [
        Alternative(
            "plan" if name == "optimal" else name,
            {each: Words(each).say(f"plan.{name}") for each in LANGUAGES},
            "",
            scenario.plan.years,
            Result.price_year,
            _money(county, plans[name]),
            paths[name],
            paths["no_cooperation"],
            {variable.name: variable.unit for variable in county.model.variables.values()},
        )
        for name in shown
    ]
    levers = [plans[name] for name in shown]
    found = banded(compared(alternatives), [county] * len(shown), levers, (), number)
    title = words.say("simulate.bands.title", name=scenario.title(words.language))
    told = said(found, words, title=title)
    files = write_study(told, words, folder, "simulate", bands_csv(found))
    return Banded(found, folder, files)


def _money(county: County, tables: Tables) -> Money:
    """What a plan spends in its years, from the levers' tables."""
    years = county.scenario.plan.years
    return {
        (round(x), *place): float(y)
        for place, lever in county.levers.items()
        for x, y in zip(county.model.lookups[lever].x, tables[lever], strict=True)
        if round(x) in years
    }
