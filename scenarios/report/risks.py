"""What is known of the risks of a run's plan: files of its folder that other commands add.

A command that has looked at the uncertainty of a plan calls :func:`put_risks` with what is to
be said, in both languages; every report made from the folder afterwards has it as a chapter.

    risks/robust.zh.json, risks/robust.en.json     sections and, for each chart, what it shows
    risks/robust-bands.zh.svg, .zh.png, ...        the charts, as ``figures.written`` draws them
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.findings import Finding, FindingsError, say
from scenarios.language import Language
from scenarios.report.blocks import Block, Blocks, Heading, Item, Table
from scenarios.report.plain import built, plain

FOLDER = "risks"


@dataclass(frozen=True)
class RiskFigure:
    """A chart as SVG whose texts are texts, and as the bytes of a PNG file."""

    name: str  # of its files; differs from the names of all other charts of a report
    caption: str
    reading: str
    svg: str
    png: bytes
    data: Table | None = None


@dataclass(frozen=True)
class Risks:
    """What one command found, in one language."""

    sections: tuple[Blocks, ...]
    figures: tuple[RiskFigure, ...] = ()


def put_risks(folder: Path, name: str, found: Mapping[Language, Risks]) -> None:
    """Add what the command ``name`` found to a run folder; what it said before is replaced."""
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    for language, risks in found.items():
        record = {
            "sections": [
                {"title": section.title, "content": [_plain(block) for block in section.content]}
                for section in risks.sections
            ],
            "figures": [
                {
                    "name": figure.name,
                    "caption": figure.caption,
                    "reading": figure.reading,
                    "data": None if figure.data is None else plain(figure.data),
                }
                for figure in risks.figures
            ],
        }
        for figure in risks.figures:
            place = target / f"{figure.name}.{language}"
            place.with_name(f"{place.name}.svg").write_text(figure.svg, "utf-8", newline="")
            place.with_name(f"{place.name}.png").write_bytes(figure.png)
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        (target / f"{name}.{language}.json").write_text(text, encoding="utf-8", newline="")


def read_risks(folder: Path, language: Language) -> tuple[Risks, ...]:
    """What was added to a run folder, in the order of the commands' names.

    Raises:
        FindingsError: a file cannot be read.
    """
    found = []
    for file in sorted((folder / FOLDER).glob(f"*.{language}.json")):
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            sections = tuple(
                Blocks(str(section["title"]), [_block(item) for item in section["content"]])
                for section in record["sections"]
            )
            figures = tuple(_figure(file.parent, item, language) for item in record["figures"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            reason = say("finding.broken_folder", error=f"{type(error).__name__}: {error}")
            raise FindingsError([Finding(file, "", reason, say("hint.broken_risks"))]) from error
        found.append(Risks(sections, figures))
    return tuple(found)


def _figure(folder: Path, record: Mapping[str, Any], language: Language) -> RiskFigure:
    place = f"{record['name']}.{language}"
    return RiskFigure(
        record["name"],
        record["caption"],
        record["reading"],
        (folder / f"{place}.svg").read_text(encoding="utf-8"),
        (folder / f"{place}.png").read_bytes(),
        None if record["data"] is None else built(Table, record["data"]),
    )


KINDS: Mapping[str, type[Heading] | type[Item] | type[Table]] = {
    "heading": Heading,
    "item": Item,
    "table": Table,
}


def _plain(block: Block) -> object:
    if isinstance(block, str):
        return block
    kind = next(name for name, kind in KINDS.items() if isinstance(block, kind))
    return {kind: plain(block)}


def _block(record: object) -> Block:
    if isinstance(record, str):
        return record
    if not isinstance(record, dict):
        raise TypeError(f"{record!r} is no block")
    ((kind, value),) = record.items()
    return built(KINDS[kind], value)


def figures_of(risks: Sequence[Risks]) -> dict[str, bytes]:
    """The PNG files of all charts by name."""
    return {figure.name: figure.png for risk in risks for figure in risk.figures}
