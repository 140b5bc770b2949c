"""``simulate --model --compare``: where a run differs from results from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands.simulate_asked import Asked
from scenarios.findings import shown
from scenarios.words import Words

if TYPE_CHECKING:
    from models import Model
    from models.comparison import Comparison

_SHOWN = 20  # variables that differ


def compared(model: Model, asked: Asked) -> Comparison:
    """The comparison with a file or with another simulator."""
    from models.comparison import compare
    from models.recorded import ENGINES, read_recorded, simulated_by

    assert asked.compare is not None
    if asked.compare.lower() in ENGINES:
        other = simulated_by(asked.compare.lower(), asked.model)
    else:
        other = read_recorded(Path(asked.compare))
    return compare(model, other, tolerance=asked.tolerance)


def comparison_record(found: Comparison) -> dict[str, object]:
    """The comparison for programs."""
    from dataclasses import asdict

    return {"equal": found.equal, **asdict(found)}


def show_comparison(words: Words, model: Model, asked: Asked, found: Comparison) -> None:
    """Print what differs, the worst first; or that nothing does."""
    from scenarios.report.console import Page

    page = Page()
    page.title(words.say("compare_results.title", model=shown(asked.model), other=asked.compare))
    if found.differences:
        columns = ("variable", "first", "at", "largest", "ours", "theirs")
        rows = [
            [
                item.column,
                f"{item.first:g}",
                f"{item.at:g}",
                f"{item.relative:.2e}",
                f"{item.ours:.8g}",
                f"{item.theirs:.8g}",
            ]
            for item in found.differences[:_SHOWN]
        ]
        heads = [words.say(f"compare_results.column.{name}") for name in columns]
        page.table(heads, rows)
    facts = {
        "columns": found.columns,
        "values": f"{found.values:,}",
        "tolerance": f"{found.tolerance:g}",
        "largest": f"{found.largest:.2e}",
        "different": len(found.differences),
    }
    if len(found.differences) > _SHOWN:
        left = len(found.differences) - _SHOWN
        page.paragraph(words.say("compare_results.more", more=left))
    outcome = "different" if found.differences else "equal"
    page.paragraph(words.say(f"compare_results.{outcome}", **facts))
    if found.differences and model.equations.noise:
        page.paragraph(words.say("compare_results.random"))
    if found.strange_times:
        times = ", ".join(f"{time:g}" for time in found.strange_times[:5])
        more = ", ..." if len(found.strange_times) > 5 else ""
        number = len(found.strange_times)
        page.paragraph(words.say("compare_results.times", number=number, times=times + more))
    for which, names in (("ours", found.only_ours), ("theirs", found.only_theirs)):
        if names:
            listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            said = words.say(f"compare_results.only_{which}", number=len(names), names=listed)
            page.paragraph(said)
