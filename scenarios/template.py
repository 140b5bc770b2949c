"""A new scenario as text: every section, with what holds now, ranges and sources as comments.

As it stands it says only what it is called. A line that loses its ``#`` replaces a value of the
scenario that it extends.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from models.catalogue import Row
from scenarios.agreement import AGREED_AMOUNT
from scenarios.input_workbook.current import current
from scenarios.input_workbook.entries import Entry, Label, county_entries, said
from scenarios.input_workbook.tables import figure_rows
from scenarios.resolved import sections
from scenarios.scenario import Scenario
from scenarios.schema import RULES
from scenarios.toml_text import Keys, key, value
from scenarios.words import LANGUAGES, Words

SECTIONS = ("plan", "money", "objective", "uncertainty", "search")
UNSOURCED = ("assumption", "calibrated")
LIBRARY = "projects.csv"
# Rules that W County does not have show what they look like.
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "sector_instrument_floor": {"industry": {"talent": 0.01}},
    "sector_instrument_ceiling": {"agriculture": {"productive projects": 0.5}},
    "productive_share_not_below_last_year": {"on": True},
    "assessment_indicators": {"at_least": 0.8},
}
FIGURE_COLUMNS = (
    *("name", "unit", "now", "now_low", "now_high"),
    *("value", "low", "high", "source", "remark", "id"),
)


class Template:
    """Writes the text; knows what the base has and how entries are called."""

    def __init__(self, base: Scenario) -> None:
        self.base = base
        self.names, self.model = base.catalogue, base.model
        self.now = sections(base)
        self.leaves = current(base)
        form = county_entries()
        self.known: Mapping[Keys, Entry] = {e.keys: e for rows in form.values() for e in rows}

    def text(self, extends: str, given: Mapping[str, str], figures: str) -> str:
        """A scenario that extends the base, called ``extends``; ``given`` is its ``[scenario]``.

        ``figures`` names the table of the county's own figures, or is empty.
        """
        lines = [*comment("new.head"), f"extends = {value(extends)}", "", "[scenario]"]
        lines += [f"{name} = {value(text)}" for name, text in given.items()]
        lines += [f"figures = {value(figures)}"] if figures else []
        for name in SECTIONS:
            lines += ["", f"[{name}]", *self.entries((name,), self.now[name,])]
        lines += ["", *comment("new.rules")]
        for id in RULES:
            lines += self.rule(id)
        lines += ["", *comment("new.agreement"), "[agreement]", *self.agreement()]
        lines += ["", *comment("new.projects"), *self.projects()]
        lines += ["", *comment("new.parameters"), "[parameters]", *self.parameters()]
        lines += ["", *comment("new.exogenous"), "[exogenous]", *self.series()]
        return "\n".join(lines) + "\n"

    def entries(self, keys: Keys, values: Mapping[str, Any]) -> Iterator[str]:
        """What holds now in a section, a line a key."""
        for name, held in values.items():
            if name in ("past_practice", "library"):
                continue
            yield aside(f"# {key(name)} = {value(short(held))}", self.about((*keys, name), held))

    def about(self, keys: Keys, held: object) -> str:
        """What a comment says of an entry; of a table by year, what its entries have in common."""
        entry = self.known.get(keys)
        if entry is None or entry.keys[-1] == "source":
            return ""
        name = both(entry.group if isinstance(held, Mapping) else entry.item)
        return listing(name, in_both(entry.unit), span(entry.low, entry.high))

    def rule(self, id: str) -> Iterator[str]:
        """A rule that the base has, or what it would look like."""
        name = both(said(f"rule.{id}.name"))
        held = self.now.get(("rules", id))
        yield ""
        if held is not None:
            yield aside(f"[rules.{id}]", name)
            yield from self.entries(("rules", id), held)
            return
        yield aside(f"# [rules.{id}]", name)
        fields = RULES[id].model_fields
        own = {name: field.default for name, field in fields.items() if field.default is not None}
        whole = sum(self.base.money.budgets(self.base.plan.years).values())
        example = {"amount": whole} if id == "total_budget" else EXAMPLES.get(id, own)
        shown = {name: held for name, held in example.items() if name not in ("on", "source")}
        yield from self.entries(("rules", id), {**shown, "source": UNSOURCED[0]})

    def agreement(self) -> Iterator[str]:
        for name in AGREED_AMOUNT:
            held = self.leaves.get(("agreement", name))
            if held is not None:
                line = f"# {key(name)} = {value(short(held))}"
                yield aside(line, self.about(("agreement", name), held))

    def projects(self) -> Iterator[str]:
        held = self.now.get(("projects",))
        if held is not None:
            yield "[projects]"
        else:
            yield "# [projects]"
            yield f'# library = "{LIBRARY}"'
            held = {"on": True, "leave_out": [], "small_budgets": {"productive projects": 0.25}}
        yield from self.entries(("projects",), held)

    def parameters(self) -> Iterator[str]:
        """The parameters with a public source."""
        held = self.now["parameters",]
        for name, number in held.items():
            row = self.names.row(name)
            if row is None or any(word in row.source for word in UNSOURCED):
                continue
            if row.id not in AGREED_AMOUNT.values():
                yield aside(f"# {key(name)} = {value(short(number))}", of_row(row))

    def series(self) -> Iterator[str]:
        for keys, entry in self.known.items():
            row = self.names.row(keys[1]) if keys[0] == "exogenous" else None
            if row is not None:
                last = str(entry.years[-1])
                held = {last: short(self.leaves[(*keys, last)])}
                text = f"# {key(keys[1])} = {value(held)}"
                yield aside(text, f"{both(entry.item)}; {of_row(row, label=False)}")


def figures_csv(base: Scenario, words: Words) -> str:
    """The table of a county's own figures, to be filled in."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(words.say(f"input.column.{name}") for name in FIGURE_COLUMNS)
    for cells, id in figure_rows(base, words):
        writer.writerow([*cells, "", "", "", "", "", id])
    return out.getvalue()


def comment(message: str) -> Iterator[str]:
    """A message in both languages, as comments."""
    for text in said(message).values():
        yield from (f"# {line}" for line in text.split("|"))


def aside(line: str, note: str) -> str:
    """A line with a comment behind it."""
    return f"{line}  # {note}" if note else line


def both(label: Label) -> str:
    """A name in both languages."""
    return " / ".join(dict.fromkeys(label.values()))


def short(held: object) -> object:
    """Whole numbers without their ``.0``."""
    if isinstance(held, Mapping):
        return {name: short(inner) for name, inner in held.items()}
    return int(held) if isinstance(held, float) and held.is_integer() else held


def listing(*parts: str) -> str:
    """Parts of a comment."""
    return "; ".join(filter(None, parts))


def in_both(unit: str) -> str:
    """A unit in both languages; none for what has no unit."""
    if unit in ("", "Dmnl"):
        return ""
    return both({language: Words(language).unit(unit) for language in LANGUAGES})


def span(low: float | None, high: float | None) -> str:
    """A range, if it has both ends."""
    return f"{low:.10g} – {high:.10g}" if low is not None and high is not None else ""


def of_row(row: Row, *, label: bool = True) -> str:
    """Name, unit, range and source of a row of the catalogue."""
    name = f"{row.zh} / {row.en}" if label else ""
    unit = in_both(row.unit)
    ends = span(min(row.low), max(row.high)) if row.low and row.high else ""
    return listing(name, unit, ends, row.source)
