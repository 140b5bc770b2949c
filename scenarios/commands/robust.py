"""``robust``: the plan that does best over many futures, judged on fresh ones."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.commands import DONE, INTERRUPTED, LIMIT, print_text, until_the_reader_leaves
from scenarios.commands.background import background, judge
from scenarios.commands.folders import new_folder, not_writable
from scenarios.commands.optimize import infeasible
from scenarios.commands.progress import Interrupt, Phases, progress_bar
from scenarios.findings import Finding, FindingsError, refuse, say
from scenarios.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ProcessPoolExecutor

    from matplotlib.figure import Figure

    from optimize import Answer, Problem
    from optimize.linear import LinearRules
    from optimize.measures import Measures
    from optimize.problem import Matrix, Vector
    from optimize.response import Response
    from optimize.uncertainty import RobustAnswer, Sample
    from optimize.walker import Clock
    from scenarios.county import County
    from scenarios.report.result import Result
    from scenarios.robust import Regrets, Study

FRESH = 2000
MOST = 2000  # futures a plan is made for: their derivatives fill a gigabyte
REGRETS = 40  # futures whose own best plan is looked for
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

    Ctrl-C ends the search: the best plan so far is judged and saved.
    """
    phases, wish = Phases(), wish.checked()
    with phases("scenario"):
        from scenarios.load import load

        loaded = load(scenario, settings)
        folder = new_folder(out, f"{loaded.name}-robust")
    with background() as workers, Interrupt() as interrupt:
        with phases("model"), interrupt.at_once():
            from scenarios.county import County
            from scenarios.problem import problem, response_of

            fitted = County(loaded)
            stated = problem(fitted)
            response = response_of(fitted, stated)
        with phases("search"), progress_bar(words) as progress:
            from optimize import solve

            answer = solve(
                stated,
                response,
                starts=loaded.search.starts,
                seed=loaded.search.seed,
                time_limit=loaded.search.time_limit,
                progress=progress,
                should_stop=interrupt.asked,
            )
        from scenarios.commands.results import result_of

        nominal = result_of(fitted, stated, answer)
        if not nominal.feasible:
            return infeasible(words, nominal, json)
        if answer.chosen is not None:  # projects stay as chosen: futures decide the money
            stated = stated.having_chosen(answer.chosen.choices)
        print(words.say("robust.begins", futures=wish.futures), file=sys.stderr, flush=True)
        with phases("robust"), progress_bar(words) as progress:
            work = _Work(fitted, stated, response, answer, wish, interrupt.asked)
            limit = dict(settings or {}).get("time_limit")
            seconds = LONG if limit is None else float(str(limit))
            found = work.search(seconds, progress)
        interrupt.forget()
        with phases("judge"), interrupt.at_once():
            study = work.judged(nominal, found)
        written = _write(words, workers, phases, fitted, study, folder)
    with until_the_reader_leaves():
        if json:
            print_text(written.record)
        else:
            _print(words, study, folder, written.files)
    print(phases.sentence(words), file=sys.stderr)
    return {"done": DONE, "limit": LIMIT, "interrupted": INTERRUPTED}[found.stop]


@dataclass
class _Work:
    """The samples and the search."""

    county: County
    problem: Problem
    response: Response
    answer: Answer
    wish: Wish
    should_stop: Callable[[], bool]

    def __post_init__(self) -> None:
        from optimize.linear import linear_rules
        from optimize.measures import measures
        from optimize.uncertainty import WORST, Risk

        self.seed = self.county.scenario.search.seed
        self.rules: LinearRules = linear_rules(self.problem)
        (past,) = self.response.values(self.problem.past_practice[None])
        self.measures: Measures = measures(self.problem, past)
        wish = self.wish
        self.judging = Risk(wish.weight, wish.level)
        self.risk = Risk(1.0, WORST) if wish.regret else self.judging

    def sample(self, number: int, of: int) -> Sample:
        """Futures of one of three samples that have nothing in common, whatever the seed."""
        from scenarios.futures import futures, sample

        return sample(self.county, self.problem, futures(self.county, number, 3 * self.seed + of))

    def best_alone(self, number: int, of: int, begin: Vector, clock: Clock | None) -> Vector:
        """The least loss in each of the first ``number`` futures of a sample; NaN: none found."""
        from optimize.uncertainty.hindsight import hindsight
        from scenarios.futures import alone, futures

        size = {0: self.wish.futures, 2: self.wish.fresh}[of]
        drawn = futures(self.county, size, 3 * self.seed + of).picked(range(number))
        every = alone(self.county, self.problem, drawn)
        return hindsight(self.problem, self.rules, every, begin, clock=clock).losses

    def search(self, seconds: float, progress: Any) -> RobustAnswer:
        """The plan over futures, from the nominal one."""
        from optimize.certify import conditions
        from optimize.step import Local
        from optimize.uncertainty import Robust, plan_for
        from optimize.walker import Clock, Stopped

        begin = self.answer.continuous
        scale = np.ones(len(begin))
        outcomes, slopes = self.response.jacobian(begin[None])
        measure = self.measures
        here = Local(begin, outcomes[0], slopes[0], scale, self.rules, measure, measure.limits)
        weights = conditions(here).weights
        curvature = self.response.curvature(begin, weights, np.eye(len(begin)))
        planning = self.sample(self.wish.futures, 0)
        second = self.sample(self.wish.fresh, 1) if self.wish.hold > 0.0 else None
        reference: Vector | None = None
        deadline = time.perf_counter() + seconds
        if self.wish.regret:
            size = min(REGRETS, self.wish.futures)
            try:
                clock = Clock(deadline, self.should_stop)
                best = self.best_alone(size, 0, begin, clock)
            except Stopped:
                best = np.full(size, np.nan)
            # Futures without a best plan of their own have no regret to be made less.
            reference = np.full(planning.number, NO_REGRET)
            reference[:size] = np.where(np.isnan(best), NO_REGRET, best)
        return plan_for(
            self.problem,
            self.rules,
            measure,
            planning,
            begin,
            Robust(self.risk, self.wish.hold, reference),
            curvature=curvature,
            second=second,
            time_limit=max(deadline - time.perf_counter(), 1e-3),
            progress=progress,
            should_stop=self.should_stop,
        )

    def judged(self, nominal: Result, found: RobustAnswer) -> Study:
        """Both plans and past practice on fresh futures."""
        from optimize.uncertainty.judge import against, judged
        from scenarios.commands.results import result_of
        from scenarios.robust import Study

        (outcomes,) = self.response.values(found.amounts[None])
        plan = replace(
            self.answer,
            status="feasible" if found.kept else "infeasible_unproven",
            stop=found.stop,
            amounts=found.amounts,
            continuous=found.continuous,
            outcomes=outcomes,
            objective=float(self.measures.objective(outcomes[None])[0]),
            parts=self.measures.parts(outcomes),
        )
        whole = replace(plan, status="feasible")  # simulated and shown, whatever its rules do
        stated = nominal.problem
        robust = replace(result_of(self.county, stated, whole), answer=plan)
        plans = np.stack([self.answer.amounts, found.amounts, self.problem.past_practice])
        told = self.sample(self.wish.fresh, 2).told(plans)
        seed = 3 * self.seed + 2
        return Study(
            nominal,
            robust,
            found,
            self.judging,
            self.wish.regret,
            self.wish.futures,
            self.wish.fresh,
            self.seed,
            told,
            judged(told, self.judging, seed),
            against(told, 1, 0, self.judging, seed),
            tuple(against(told, plan, 2, self.judging, seed) for plan in (0, 1)),
            self.regrets(plans[:2], told.losses[:2]) if self.wish.regret else None,
        )

    def regrets(self, plans: Matrix, losses: Matrix) -> Regrets:
        """Regrets of the two plans in the first of the fresh futures."""
        from optimize.uncertainty.risk import mean
        from scenarios.robust import Regrets

        best = self.best_alone(REGRETS, 2, plans[0], None)
        known = ~np.isnan(best)
        values = losses[:, :REGRETS][:, known] - best[known]
        means = tuple(mean(row) for row in values)
        return Regrets(("nominal", "robust"), values, means, int((~known).sum()))


NO_REGRET = 1e6  # points taken off a future that the largest regret is not looked for in


@dataclass(frozen=True)
class _Written:
    record: str
    files: tuple[str, ...]


def _figures(words: Words, study: Study) -> Iterator[tuple[str, str, Figure]]:
    """Name, reading and drawing of every chart."""
    from scenarios.comparison import charts as side_by_side
    from scenarios.robust import charts

    yield "gains", charts.gain_reading(study, words), charts.gain_chart(study, words)
    if study.told.rules:
        yield "rules", charts.rule_reading(study, words), charts.rule_chart(study, words)
    both = compared_plans(words, study)
    title = words.say("compare.figure.allocation")
    yield "money", title, side_by_side.allocation(both, words, title)


def compared_plans(words: Words, study: Study) -> Any:
    """The two plans as alternatives, with the numbers as they are."""
    from scenarios.comparison import compared, from_result

    plans = [
        replace(
            from_result(result),
            name=plan,
            title={words.language: words.say(f"robust.plan.{plan}")},
        )
        for plan, result in (("nominal", study.nominal), ("robust", study.robust))
    ]
    return compared(plans)


def _write(
    words: Words,
    workers: ProcessPoolExecutor,
    phases: Phases,
    fitted: County,
    study: Study,
    folder: Path,
) -> _Written:
    """The run folder, whole or not at all."""
    from models.rewrite import write_mdl
    from scenarios.commands.results import compared
    from scenarios.comparison import page as side_by_side
    from scenarios.report import FIGURES, put, whole
    from scenarios.report.chapters import Part, Picture
    from scenarios.report.figures import written
    from scenarios.report.html import page_html
    from scenarios.report.inline_svg import inline_svg
    from scenarios.report.tables import (
        OUTCOME_COLUMNS,
        PLAN_COLUMNS,
        PROJECT_COLUMNS,
        csv_text,
        outcome_rows,
        plan_rows,
        project_rows,
    )
    from scenarios.resolved import resolved_text, taken_along
    from scenarios.robust import page, tables
    from scenarios.robust.record import record

    scenario, result = fitted.scenario, study.robust
    moneys = fitted.tables(result.plan_money)
    numbers = scenario.numbers
    pictures, order = [], count(1)
    try:
        with whole(folder) as staging:
            model = staging / "plan.mdl"
            write_mdl(fitted.model, model, numbers.values, {**numbers.series, **moneys})
            verdict = workers.submit(judge, str(model))
            with phases("figures"):
                for name, reading, svg in written(
                    partial(_figures, words, study), staging / FIGURES
                ):
                    drawing = inline_svg(name, svg, reading)
                    caption = words.say(f"robust.caption.{name}")
                    pictures.append(Picture(next(order), name, caption, reading, drawing, None))
            with phases("reference"):
                result = compared(fitted, moneys, result, verdict.result())
                study = replace(study, robust=result)
            put(staging / "plan.csv", csv_text(PLAN_COLUMNS, plan_rows(result)))
            put(staging / "nominal-plan.csv", csv_text(PLAN_COLUMNS, plan_rows(study.nominal)))
            if result.library:
                put(staging / "projects.csv", csv_text(PROJECT_COLUMNS, project_rows(result)))
            put(staging / "outcomes.csv", csv_text(OUTCOME_COLUMNS, outcome_rows(result)))
            rows = tables.judgement_rows(study)
            put(staging / "judgement.csv", csv_text(tables.JUDGEMENT_COLUMNS, rows))
            columns = tables.future_columns(study)
            put(staging / "futures.csv", csv_text(columns, tables.future_rows(study)))
            copies = taken_along(scenario)
            for name, content in copies.items():
                (staging / name).write_bytes(content)
            put(staging / "resolved.toml", resolved_text(scenario, folder, copies))
            both = compared_plans(words, study)
            sections = [page.aims(study, words)]
            if study.told.rules:
                sections.append(page.rules(study, words))
            if study.regrets is not None:
                sections.append(page.regrets(study, words))
            years = words.years(result.plan_years)
            text = page_html(
                words,
                title=words.say("robust.title", scenario=result.title[words.language]),
                under=words.say("report.under", years=years, price_year=result.price_year),
                lead=page.sentences(study, words),
                status=words.say(f"status.{result.answer.status}"),
                parts=(
                    Part("judged", words.say("robust.part.judged"), tuple(sections)),
                    Part("charts", words.say("compare.part.charts"), (), tuple(pictures)),
                    Part(
                        "plans",
                        words.say("robust.part.plans"),
                        tuple(
                            beside(both, words)
                            for beside in (
                                side_by_side.legend,
                                side_by_side.table,
                                side_by_side.money,
                            )
                        ),
                    ),
                    Part("method", words.say("robust.part.method"), (page.method(study, words),)),
                ),
            )
            put(staging / "robust.html", text)
            names = [p.relative_to(staging).as_posix() for p in staging.rglob("*") if p.is_file()]
            files = tuple(sorted({*names, "run.json"}))
            made = record(study, phases.seconds, files)
            put(staging / "run.json", made)
            return _Written(made, files)
    except OSError as error:
        raise not_writable(folder, error) from error


def _print(words: Words, study: Study, folder: Path, files: tuple[str, ...]) -> None:
    from scenarios.comparison import page as side_by_side
    from scenarios.report.console import Page
    from scenarios.robust import page

    sheet, result = Page(), study.robust
    sheet.title(
        words.say("robust.title", scenario=result.title[words.language]),
        beside=words.say("summary.price", price_year=result.price_year),
    )
    sections = [page.verdict, page.aims]
    if study.told.rules:
        sections.append(page.rules)
    if study.regrets is not None:
        sections.append(page.regrets)
    for section in sections:
        section(study, words).show_section(sheet)
    both = compared_plans(words, study)
    for beside in (side_by_side.legend, side_by_side.money):
        beside(both, words).show_section(sheet)
    page.method(study, words).show_section(sheet)
    sheet.heading(words.say("summary.section.files"))
    sheet.paragraph(str(folder))
    sheet.paragraph("  ".join(files), indent=4)
