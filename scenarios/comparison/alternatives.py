"""What is compared: the plan of a scenario, just found, or that of a run folder."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.findings import Finding, FindingsError, say
from scenarios.language import Language
from scenarios.report.result import Money, Result, Yearly
from scenarios.report.tables import read_outcomes

NEEDED = ("run.json", "resolved.toml", "plan.csv", "outcomes.csv")


@dataclass(frozen=True)
class Alternative:
    """A plan with what it brings; ``without`` is the same county without cooperation."""

    name: str
    title: Mapping[Language, str]
    status: str  # what is claimed of it; empty: nothing
    plan_years: tuple[int, ...]
    price_year: int
    money: Money
    path: Yearly
    without: Yearly
    units: Mapping[str, str]


def from_result(result: Result) -> Alternative:
    """The plan that a search has just found."""
    return Alternative(
        result.scenario,
        result.title,
        result.answer.status,
        result.plan_years,
        result.price_year,
        result.plan_money,
        result.paths["optimal"],
        result.paths["no_cooperation"],
        result.units,
    )


def from_folder(folder: Path) -> Alternative:
    """The plan that a run folder holds.

    Raises:
        FindingsError: the folder lacks files, or holds no plan.
    """
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise FindingsError(
            Finding(folder, name, say("finding.not_in_folder"), say("hint.run_folder"))
            for name in missing
        )
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        identity = tomllib.loads((folder / "resolved.toml").read_text(encoding="utf-8"))["scenario"]
        money = _money(folder / "plan.csv")
        paths, units = read_outcomes(folder / "outcomes.csv")
        return Alternative(
            str(run["scenario"]),
            run.get("title") or {"zh": identity["title_zh"], "en": identity["title_en"]},
            str(run["status"]),
            tuple(sorted({year for year, _, _ in money})),
            int(run["price_year"]),
            money,
            paths["optimal"],
            paths["no_cooperation"],
            units,
        )
    except (ValueError, KeyError, TypeError) as error:
        reason = say("finding.broken_folder", error=f"{type(error).__name__}: {error}")
        raise FindingsError([Finding(folder, "", reason, say("hint.run_folder"))]) from error


def _money(file: Path) -> Money:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return {
            (int(row["year"]), row["sector"], row["instrument"]): float(row["amount"])
            for row in csv.DictReader(handle)
        }
