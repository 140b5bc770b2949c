"""The form for a year's figures as a commented TOML file; ``workbook`` has it as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.county import County
from scenarios.input_workbook.entries import Entry
from scenarios.plan_csv import PlanTable
from scenarios.replanning.form import entries
from scenarios.replanning.observed import ERROR, document, read_observed
from scenarios.replanning.projects import Starts
from scenarios.report.result import Yearly
from scenarios.toml_text import Keys, dotted, value
from scenarios.toml_text import key as toml_key
from scenarios.words import Words, number, significant


@dataclass(frozen=True)
class Asked:
    """The form for figures up to the end of ``until`` of a county that followed a plan.

    ``given`` is what is filled in already, by key.
    """

    county: County
    plan: PlanTable
    starts: Starts
    until: int
    given: Mapping[Keys, object]

    @property
    def years(self) -> tuple[int, ...]:
        """The years that are over."""
        return tuple(year for year in self.county.scenario.plan.years if year <= self.until)

    @property
    def entries(self) -> Mapping[str, tuple[Entry, ...]]:
        """What can be entered, by sheet."""
        return entries(self.county, self.years)

    def expected(self) -> dict[tuple[Keys, int], float | int | bool]:
        """What the plan has, or lets expect, at every entry and year."""
        path = Yearly.sampled(self.county.simulate(self.county.tables(self.plan)))
        numbers, lookups = self.county.scenario.numbers.series, self.county.model.lookups
        found: dict[tuple[Keys, int], float | int | bool] = {}
        for sheet in self.entries.values():
            for entry in sheet:
                section, name = entry.keys[0], entry.keys[-1]
                for place, year in enumerate(entry.years):
                    key = (entry.keys, year)
                    if section == "observed":
                        found[key] = shown(float(path.at(name, [year])[0]))
                    elif section == "exogenous":
                        x = [round(x) for x in lookups[name].x]
                        table = numbers.get(name, lookups[name].y)
                        found[key] = shown(float(table[x.index(year)]))
                    elif section == "started":
                        found[key] = self.years[place] in self.starts.get(name, ())
                    elif entry.keys == ("spent", "share"):
                        found[key] = 1
                    else:
                        sector, tool = entry.keys[2:]
                        found[key] = shown(self.plan.get((year, sector, tool), 0.0))
        return found


def asked(
    county: County, plan: PlanTable, starts: Starts, until: int, filled: Path | None = None
) -> Asked:
    """The form; ``filled`` is a file of figures, of either kind, whose entries it takes over.

    It is for all years that are in that file, and for more of them where ``until`` is later.

    Raises:
        FindingsError: everything that is wrong with that file.
    """
    if filled is None:
        return Asked(county, plan, starts, until, {})
    known = read_observed(county, plan, filled, starts)
    given = dict(leaves((), document(county, filled).values))
    del given["replan", "until"]
    if given.pop(("spent", "file"), None) is not None:  # it need not stand beside the new form
        for (year, sector, tool), amount in known.spent.items():
            given["spent", "amount", sector, tool, str(year)] = amount
    return Asked(county, plan, starts, max(until, known.until), given)


def leaves(above: Keys, table: Mapping[str, Any]) -> Iterator[tuple[Keys, object]]:
    """The values of a document by their keys."""
    for name, held in table.items():
        if isinstance(held, Mapping):
            yield from leaves((*above, name), held)
        else:
            yield (*above, name), held


def shown(number: float) -> float | int:
    """Four significant figures, as a planner would write it."""
    rounded = float(f"{number:.4g}") if abs(number) < 1e4 else float(round(number))
    return int(rounded) if rounded.is_integer() else rounded


def template(form: Asked, words: Words) -> str:
    """A file to fill in: every entry with its label, its unit and what the plan expects of it."""
    say, expected, sheets = words.say, form.expected(), form.entries
    given = dict(form.given)
    error = given.pop(("replan", "error"), ERROR)
    lines = [
        f"# {say('replan.template.head', name=form.county.scenario.name)}",
        f"# {say('replan.template.units')}",
        "",
        "[replan]",
        f"until = {form.until}  # {say('replan.template.until')}",
        f"error = {value(error)}  # {say('replan.template.error')}",
    ]
    for sheet in ("spent", "started", "exogenous"):
        if sheet not in sheets:
            continue
        lines += ["", f"# {say(f'replan.template.{sheet}')}", f"[{sheet}]"]
        for entry in sheets[sheet]:
            lines.append(_line(entry, expected, given, words))
        if sheet == "spent":
            lines.append('# file = "spent.csv"')
    for entry in sheets["observed"]:
        lines += _figure(entry, expected, given, words)
    own: dict[str, list[tuple[str, object]]] = {}
    for keys, held in given.items():  # what the form does not ask for
        own.setdefault(dotted(keys[:-1]), []).append((keys[-1], held))
    for table, held_by in own.items():
        lines += ["", f"[{table}]", *(f"{toml_key(name)} = {value(x)}" for name, x in held_by)]
    return "\n".join(lines) + "\n"


def _line(
    entry: Entry,
    expected: Mapping[tuple[Keys, int], float | int | bool],
    given: dict[Keys, object],
    words: Words,
) -> str:
    """An entry with a value a year on one line; a comment until it is filled in."""
    name = dotted(entry.keys[1:])
    own = {
        y: given.pop((*entry.keys, str(y))) for y in entry.years if (*entry.keys, str(y)) in given
    }
    label = _label(entry, words)
    if own:
        return f"{name} = {value(own)}  # {label}"
    held = {year: expected[entry.keys, year] for year in entry.years}
    return f"# {name} = {value(held)}  # {label}"


def _figure(
    entry: Entry,
    expected: Mapping[tuple[Keys, int], float | int | bool],
    given: dict[Keys, object],
    words: Words,
) -> Sequence[str]:
    """The table of an observed variable, with a line for each year."""
    lines = ["", f"# {_label(entry, words)}", f"[{dotted(entry.keys)}]"]
    for year in entry.years:
        plan = float(expected[entry.keys, year])
        note = words.say("replan.template.plan", value=number(plan, significant(plan, 4)))
        keys = (*entry.keys, str(year))
        if keys in given:
            lines.append(f"{year} = {value(given.pop(keys))}  # {note}")
        else:
            lines.append(f"# {year} =    # {note}".replace(",", ""))
    keys = (*entry.keys, "error")
    if keys in given:
        lines.append(f"error = {value(given.pop(keys))}")
    return lines


def _label(entry: Entry, words: Words) -> str:
    """The name of an entry with its unit, and for money its place."""
    name = entry.item[words.language]
    if entry.keys[0] in ("spent", "started") and len(entry.keys) > 2:
        name = words.say("replan.form.at", place=entry.group[words.language], name=name)
    unit = words.unit(entry.unit) if entry.unit not in ("", "Dmnl") else ""
    return words.say("summary.effect", effect=name, unit=unit) if unit else name
