"""The answer on the terminal: the plan, what it changes, why, and how far to trust it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from scenarios.language import Language
from scenarios.report import (
    edit,
    explained,
    freedom_sections,
    plan_sections,
    project_sections,
    reasons,
)
from scenarios.report.console import Page, can_show, encoding_of
from scenarios.report.headline import answer
from scenarios.report.repair import repair
from scenarios.report.result import Result
from scenarios.words import Words

CHINESE = "协衡"


def print_summary(
    result: Result,
    language: Language,
    *,
    stream: TextIO | None = None,
    width: int | None = None,
    folder: Path | None = None,
    files: Sequence[str] = (),
) -> None:
    """Print the whole summary to ``stream`` (default: standard output).

    A console that cannot show Chinese gets English, and is told so. ``folder`` and ``files``
    say where the run was written.
    """
    print_answer(result, language, stream=stream, width=width)
    if result.feasible:
        print_proof(result, language, stream=stream, width=width, folder=folder, files=files)


def print_answer(
    result: Result,
    language: Language,
    *,
    stream: TextIO | None = None,
    width: int | None = None,
) -> None:
    """What to do and what it brings; it needs no verdict of the judge."""
    page, words = _page(language, stream, width)
    if words.language != language:
        page.paragraph(words.say("summary.no_chinese"), indent=0)
    _head(page, result, words)
    if not result.feasible:
        why = reasons.conflict if result.edit is None else edit.refused
        why(result, words).show_section(page)
        mending = repair(result, words)
        if mending.content:
            mending.show_section(page)
        return
    page.console.print()
    page.paragraph(answer(result, words))
    if result.edit is not None:
        edit.cost(result, words).show_section(page)
    projects = (project_sections.projects,) if result.library else ()
    for section in (
        plan_sections.plan,
        *projects,
        plan_sections.instruments,
        plan_sections.effects,
        reasons.binding,
        reasons.price,
        reasons.unused,
        explained.worth,
        explained.contributions,
    ):
        section(result, words).show_section(page)


def print_explanation(result: Result, language: Language) -> None:
    """How free the plan is and what rules cost, where that was asked for."""
    page, words = _page(language, None, None)
    for section in freedom_sections.sections(result, words):
        section.show_section(page)


def print_proof(
    result: Result,
    language: Language,
    *,
    stream: TextIO | None = None,
    width: int | None = None,
    folder: Path | None = None,
    files: Sequence[str] = (),
) -> None:
    """How far to trust the answer, and where the run was written."""
    page, words = _page(language, stream, width)
    reasons.trust(result, words).show_section(page)
    if folder is not None:
        page.heading(words.say("summary.section.files"))
        page.paragraph(str(folder))
        page.paragraph("  ".join(files), indent=4)


def _page(language: Language, stream: TextIO | None, width: int | None) -> tuple[Page, Words]:
    stream = stream if stream is not None else sys.stdout
    shown = language != "zh" or can_show(CHINESE, encoding_of(stream))
    return Page(stream, width), Words(language if shown else "en")


def _head(page: Page, result: Result, words: Words) -> None:
    page.title(
        words.say(
            "summary.title",
            scenario=result.title[words.language],
            years=words.years(result.plan_years),
        ),
        beside=words.say("summary.price", price_year=result.price_year),
    )
    if not result.feasible and result.edit is None:
        page.paragraph(words.say(f"status.{result.answer.status}"), indent=0)
    if result.answer.stop != "done":
        page.paragraph(words.say(f"stop.{result.answer.stop}"), indent=0)
