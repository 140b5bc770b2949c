"""Sections of the report: what was assumed, from which sources, by which programs."""

from __future__ import annotations

from scenarios.report.blocks import Blocks
from scenarios.report.result import Parameter, Result, Source
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
                    _title(item, words),
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
                _numbers(parameter.value, parameter.elements, words),
                _range(parameter, words),
                words.source(parameter.source),
            )
            for parameter in result.model.table
        ),
        texts=(0, 1, 4),
    )
    return section


def _title(source: Source, words: Words) -> str:
    """Of a document; in English with the title that it can be found by."""
    if source.title in OWN:
        return words.say(OWN[source.title])
    if words.chinese or not source.title_en:
        return source.title
    return f"{source.title_en} ({source.title})"


def _range(parameter: Parameter, words: Words) -> str:
    if not parameter.low:
        return ""
    low, high = (
        _numbers(ends, parameter.elements, words) for ends in (parameter.low, parameter.high)
    )
    if len({*parameter.low}) == len({*parameter.high}) == 1:
        return f"{low} – {high}"
    pairs = zip(*(_each(ends, parameter) for ends in (parameter.low, parameter.high)), strict=True)
    texts = [f"{_text(low)} – {_text(high)}" for low, high in pairs]
    return _named(texts, parameter.elements, words)


def _each(ends: tuple[float, ...], parameter: Parameter) -> tuple[float, ...]:
    return ends * max(len(parameter.low), len(parameter.high)) if len(ends) == 1 else ends


def _numbers(values: tuple[float, ...], elements: tuple[str, ...], words: Words) -> str:
    """One number, or one for each element, by its name; equal ones once."""
    return _named([_text(value) for value in values], elements, words)


def _text(value: float) -> str:
    text = number(value, min(significant(value, 4), 6))
    return text.rstrip("0").rstrip(".") if "." in text else text


def _named(texts: list[str], elements: tuple[str, ...], words: Words) -> str:
    """Texts by the elements that they belong to; a single one where all are the same."""
    if len(set(texts)) == 1:
        return texts[0]
    mark = "；" if words.chinese else "; "
    if len(elements) != len(texts):
        return mark.join(texts)
    names = (", ".join(map(words.name, element.split(","))) for element in elements)
    return mark.join(f"{name} {text}" for name, text in zip(names, texts, strict=True))


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
