"""Sections of the report: what was assumed, from which sources, by which programs."""

from __future__ import annotations

from scenarios.report.blocks import Blocks
from scenarios.report.result import Result
from scenarios.words import Words, number, significant

OWN = {  # what ``evidence.csv`` says of a figure that no document states
    "derived from rows of this file": "report.derived",
    "memory, unverified": "report.unverified",
}
NO_PLACE = ("parameter", "measure", "unnamed", "unnamed pilot")


def assumed(result: Result, words: Words) -> Blocks:
    """How much is assumed, where the rest comes from, and that the numbers stand on it."""
    section = Blocks(words.say("report.section.assumed"))
    section.paragraph(
        words.say(
            "report.assumptions.count",
            parameters=result.model.parameters,
            assumptions=result.model.assumptions,
        )
    )
    section.paragraph(words.say("report.assumptions.where"))
    if result.model.sources:
        section.table(
            tuple(
                words.say(f"report.column.{key}")
                for key in ("id", "document", "entity", "year", "used")
            ),
            (
                (
                    item.id,
                    words.say(OWN[item.title]) if item.title in OWN else item.title,
                    "" if item.entity in NO_PLACE else item.entity,
                    item.year,
                    words.listing(map(words.name, item.used)),
                )
                for item in result.model.sources
            ),
            texts=(0, 1, 2, 3, 4),
            whole=(0, 3),
        )
    return section


def assumptions(result: Result, words: Words) -> Blocks:
    """Every parameter with its value, range and source; assumptions are called so."""
    section = Blocks(words.say("report.section.assumptions"))
    section.table(
        tuple(
            words.say(f"report.column.{key}")
            for key in ("parameter", "unit", "value", "range", "source")
        ),
        (
            (
                words.name(parameter.id),
                words.unit(parameter.unit),
                _numbers(parameter.value),
                f"{_numbers(parameter.low)} – {_numbers(parameter.high)}" if parameter.low else "",
                words.source(parameter.source),
            )
            for parameter in result.model.table
        ),
        texts=(0, 1, 4),
    )
    return section


def _numbers(values: tuple[float, ...]) -> str:
    """One number, or one for each element; equal ones once."""
    texts = [number(value, min(significant(value, 4), 6)) for value in values]
    shown = [text.rstrip("0").rstrip(".") if "." in text else text for text in texts]
    return shown[0] if len(set(shown)) == 1 else "; ".join(shown)


def versions(result: Result, words: Words) -> Blocks:
    """What ran, on which model, with which seed."""
    section = Blocks(words.say("report.section.versions"))
    section.table(
        ("", ""),
        [
            (words.say("report.versions.model"), f"{result.model.file} {result.model.sha256}"),
            (words.say("report.versions.seed"), str(result.seed)),
            *((name, version) for name, version in result.versions.items()),
        ],
        texts=(0, 1),
    )
    return section
