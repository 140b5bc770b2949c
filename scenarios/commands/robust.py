"""``robust``: the plan that does best over many futures, judged on fresh ones."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scenarios.commands import DONE, INTERRUPTED, LIMIT, print_text, until_the_reader_leaves
from scenarios.commands.background import background, judge
from scenarios.commands.folders import new_folder, write_study
from scenarios.commands.over_futures import OverFutures
from scenarios.commands.progress import Interrupt, Phases, progress_bar
from scenarios.commands.solving import infeasible, searched
from scenarios.commands.unfinished import Unfinished, county_key
from scenarios.findings import Finding, FindingsError, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from scenarios.robust import Study
    from scenarios.scenario import Scenario

FRESH = 2000
MOST = 2000  # futures a plan is made for: their derivatives fill a gigabyte
LONG = 600.0  # seconds for the search, unless the caller says otherwise


@dataclass(frozen=True)
class Wish:
    """What is asked of the plan."""

    futures: int = 200
    weight: float = 0.5  # of CVaR against the mean
    level: float = 0.9  # CVaR looks at the worst 1 - level
    hold: float = 0.9  # share of the futures in which every outcome rule must hold
    regret: bool = False
    fresh: int = FRESH

    def checked(self) -> Wish:
        """The same.

        Raises:
            FindingsError: values that have no meaning, all at once.
        """
        found: list[Finding] = []
        shares = {"--lambda": self.weight, "--beta": self.level, "--hold": self.hold}
        for option, value in shares.items():
            if not 0.0 <= value <= 1.0:
                reason = say("finding.share_of_futures", value=value)
                found += refuse(option, reason, say("hint.share_of_futures")).findings
        if not 10 <= self.futures <= MOST:
            reason = say("finding.futures", number=self.futures, most=MOST)
            found += refuse("--futures", reason, say("hint.futures")).findings
        if not 100 <= self.fresh <= 100_000:
            reason = say("finding.fresh", number=self.fresh)
            found += refuse("--fresh", reason, say("hint.futures")).findings
        if found:
            raise FindingsError(found)
        return self


def robust(
    words: Words,
    scenario: str | None,
    *,
    wish: Wish,
    out: Path | None = None,
    settings: Mapping[str, object] | None = None,
    json: bool = False,
) -> int:
    """Plan over many futures, judge the plan on fresh ones beside the nominal plan, write both.

    Ctrl-C or the time limit ends the search: the best plan so far is judged and saved, and the
    same command goes on from it.
    """
    phases, wish = Phases(), wish.checked()
    with phases("scenario"):
        from scenarios.load import load

        loaded = load(scenario, settings)
        folder = new_folder(out, f"{loaded.name}-robust")
    with background() as workers, Interrupt() as interrupt:
        first = searched(words, loaded, phases, interrupt)
        if not first.result.feasible:
            return infeasible(words, first.result, json)
        county = first.county
        print(words.say("robust.begins", futures=wish.futures), file=sys.stderr, flush=True)
        key = [county_key(county), repr(wish), first.answer.continuous.tolist()]
        with Unfinished(words, folder, "robust", key) as pieces:
            with phases("robust"), progress_bar(words) as progress:
                work = OverFutures(first, wish, interrupt.asked, pieces)
                limit = dict(settings or {}).get("time_limit")
                seconds = LONG if limit is None else float(str(limit))
                found = work.search(seconds, progress)
            interrupt.forget()
            with TemporaryDirectory(ignore_cleanup_errors=True) as aside:
                from models.rewrite import write_mdl
                from scenarios.commands.results import compared
                from scenarios.report.result import money_of

                model, numbers = Path(aside) / "plan.mdl", loaded.numbers
                moneys = county.tables(money_of(work.problem.decisions, found.amounts))
                write_mdl(county.model, model, numbers.values, {**numbers.series, **moneys})
                verdict = workers.submit(judge, str(model))
                with phases("judge"), interrupt.at_once():
                    study = work.judged(found)
                with phases("reference"):
                    plan = compared(county, moneys, study.robust, verdict.result())
                study = replace(study, robust=plan)
                files, record = _written(words, phases, loaded, study, model.read_bytes(), folder)
            if found.stop == "done":
                pieces.finish()
    with until_the_reader_leaves():
        if json:
            print_text(record)
        else:
            _print(words, study, folder, files)
    print(phases.sentence(words), file=sys.stderr)
    return {"done": DONE, "limit": LIMIT, "interrupted": INTERRUPTED}[found.stop]


def _written(
    words: Words, phases: Phases, scenario: Scenario, study: Study, model: bytes, folder: Path
) -> tuple[tuple[str, ...], str]:
    """The names of the folder's files, and its record."""
    from scenarios.report.tables import (
        OUTCOME_COLUMNS,
        PLAN_COLUMNS,
        PROJECT_COLUMNS,
        csv_text,
        outcome_rows,
        plan_rows,
        project_rows,
    )
    from scenarios.resolved import scenario_files
    from scenarios.robust import record, tables
    from scenarios.robust.said import said

    result = study.robust
    texts: dict[str, str | bytes] = {
        **scenario_files(scenario, folder),
        "plan.mdl": model,
        "plan.csv": csv_text(PLAN_COLUMNS, plan_rows(result)),
        "nominal-plan.csv": csv_text(PLAN_COLUMNS, plan_rows(study.nominal)),
        "outcomes.csv": csv_text(OUTCOME_COLUMNS, outcome_rows(result)),
        "judgement.csv": csv_text(tables.JUDGEMENT_COLUMNS, tables.judgement_rows(study)),
        "futures.csv": csv_text(tables.future_columns(study), tables.future_rows(study)),
    }
    if result.library:
        texts["projects.csv"] = csv_text(PROJECT_COLUMNS, project_rows(result))

    def made(files: tuple[str, ...]) -> str:
        return record.record(study, phases.seconds, files)

    told, drawing = said(study, words), phases("figures")
    files = write_study(told, words, folder, "robust", texts, record=made, drawing=drawing)
    return files, (folder / "run.json").read_text(encoding="utf-8")


def _print(words: Words, study: Study, folder: Path, files: tuple[str, ...]) -> None:
    from scenarios.comparison import page as side_by_side
    from scenarios.report.console import Page
    from scenarios.robust import page
    from scenarios.robust.said import beside, judged

    sheet, result = Page(), study.robust
    sheet.title(
        words.say("robust.title", scenario=result.title[words.language]),
        beside=words.say("summary.price", price_year=result.price_year),
    )
    for section in (page.verdict(study, words), *judged(study, words)):
        section.show_section(sheet)
    both = beside(study, words)
    for shown in (side_by_side.legend, side_by_side.money):
        shown(both, words).show_section(sheet)
    page.method(study, words).show_section(sheet)
    sheet.files(words, folder, files)
