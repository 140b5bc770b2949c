"""Columns of a model by any of their names: as the model writes them, in Chinese, in English."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.catalogue import Catalogue
from models.source import key
from scenarios.findings import Finding, FindingsError, did_you_mean, say


@dataclass(frozen=True)
class Spelled:
    """A way to write some columns: one, or all elements of a variable."""

    text: str
    columns: tuple[str, ...]


def spellings(known: Sequence[str], names: Catalogue) -> dict[str, Spelled]:
    """Every way to write a column, or the variable whose elements are columns, by its key."""
    found: dict[str, Spelled] = {}
    for column in known:
        row = names.row(column)
        texts = [column, column.partition("[")[0]]
        texts += [names.label(column, language) for language in ("zh", "en")]
        texts += [row.zh, row.en] if row else []
        for text in {key(text): text for text in texts}.values():
            before = found.get(key(text))
            columns = (*before.columns, column) if before else (column,)
            found[key(text)] = Spelled(before.text if before else text, columns)
    return found


def named(
    asked: Sequence[str],
    known: Sequence[str],
    names: Catalogue,
    option: str,
    likely: Collection[str] = (),
) -> list[str]:
    """The columns that ``asked`` names, each once; a misspelt one is ``likely`` one of some.

    Raises:
        FindingsError: all names that are none, each with the nearest one.
    """
    spelled = spellings(known, names)
    findings: list[Finding] = []
    chosen: list[str] = []
    for name in asked:
        found = spelled.get(key(name))
        if found is not None:
            chosen += found.columns
            continue
        first = [item.text for item in spelled.values() if {*item.columns} & {*likely}]
        hint = did_you_mean(name, first)
        if hint.key != "hint.did_you_mean":
            hint = did_you_mean(name, {item.text: item.text for item in spelled.values()})
        findings.append(Finding(None, option, say("finding.unknown_name", name=name), hint))
    if findings:
        raise FindingsError(findings)
    return list(dict.fromkeys(chosen))
