"""A scenario file and the files it extends, merged, with the origin of every value.

Tables merge by key, everything else is replaced by the file that is nearer; a list is a whole.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.findings import Finding, FindingsError, Place, did_you_mean, say, shown
from scenarios.sheets import is_workbook
from scenarios.toml_reasons import toml_reason
from scenarios.toml_text import Keys, key_lines, line_of

if TYPE_CHECKING:
    from scenarios.input_workbook.reading import Filled

SCENARIOS = Path(__file__).resolve().parent
RESOLVED = "resolved.toml"  # the scenario of a run, in its folder
COMMAND_LINE = "--"  # the origin of what the command line says

# Sections whose keys are names of the model, where `_` may stand for a space.
NAMES = ("parameters", "exogenous", "agreement")
NAMED_RULES = ("instrument_floor", "instrument_ceiling", "minimum_size")
RULE_FIELDS = ("on", "source", "at_least")

Origin = Path | str


@dataclass
class Merged:
    """What the files of a chain say together.

    ``values`` is the merged document without ``extends``; ``origins`` gives the file of every
    leaf; ``lines`` the place of every key in each file; ``figures`` the files and what they name
    as figures of their county, the farthest first; ``findings`` what was wrong on the way.
    """

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[Keys, Origin] = field(default_factory=dict)
    lines: dict[Path, Mapping[Keys, Place]] = field(default_factory=dict)
    figures: list[tuple[Path, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    broken: bool = False  # a file of the chain is missing

    def origin(self, keys: Keys) -> Origin | None:
        """Where the value at ``keys`` (or the first one inside it) was written."""
        for length in range(len(keys), 0, -1):
            for path, origin in self.origins.items():
                if path[:length] == keys[:length]:
                    return origin
        return None

    def place(self, keys: Keys) -> tuple[Path | None, Place | None]:
        """File and place of the value at ``keys``."""
        origin = self.origin(keys)
        if not isinstance(origin, Path):
            return None, None
        return origin, line_of(self.lines.get(origin, {}), keys)


def find(name: str) -> Path | Finding:
    """The file of a scenario given by path or by name, or by the folder of a run of it."""
    path = Path(name)
    beside = [path.with_name(path.name + suffix) for suffix in (".toml", ".xlsx") if path.name]
    for candidate in (path, *beside, path / RESOLVED, SCENARIOS / f"{name}.toml"):
        if candidate.is_file():
            return candidate.resolve()
    if path.is_dir():
        names = ", ".join(scenarios_in(Path.cwd()))
        return Finding(path, "", say("finding.is_folder"), say("hint.known", names=names))
    return Finding(
        path, "", say("finding.no_file"), did_you_mean(path.stem, scenarios_in(Path.cwd()))
    )


def scenarios_in(folder: Path) -> list[str]:
    """The scenarios that can be named in ``folder``: its own and those that are shipped."""
    files = [*SCENARIOS.glob("*.toml"), *folder.glob("*.toml"), *folder.glob("*.xlsx")]
    return sorted({file.stem for file in files})


def read_chain(path: Path, workbook: Callable[[Path], Filled] | None = None) -> Merged:
    """``path`` and everything it extends, the farthest first.

    ``workbook`` reads a workbook, which by default is the form of a scenario.
    """
    merged = Merged()
    files: list[tuple[Path, dict[str, Any]]] = []
    seen: list[Path] = []
    following: Path | None = path
    while following is not None:
        seen.append(following)
        document = read(following, merged, workbook)
        if document is None:
            merged.broken = True
            break
        files.append((following, document))
        extended = "extends" in document
        following = parent(following, document, merged)
        merged.broken = extended and following is None
        if following in seen:
            chain = " -> ".join(shown(file) for file in [*seen, following])
            merged.findings.append(
                finding_in(merged, seen[-1], "extends", say("finding.cycle", chain=chain), "cycle")
            )
            merged.broken = True
            break
    for file, document in reversed(files):
        identity = document.get("scenario")
        figures = identity.get("figures") if isinstance(identity, dict) else None
        if isinstance(figures, str):
            merged.figures.append((file, figures))
        merge(merged.values, document, file, (), merged.origins)
    return merged


def read(
    path: Path, merged: Merged, workbook: Callable[[Path], Filled] | None = None
) -> dict[str, Any] | None:
    """One file as a document with canonical names; None, and a finding, if it cannot be read."""
    if is_workbook(path):
        from scenarios.input_workbook.reading import read_document

        try:
            filled = (workbook or read_document)(path)
        except FindingsError as error:
            merged.findings += error.findings
            return None
        merged.findings += filled.findings
        merged.lines[path] = {canonical(keys): place for keys, place in filled.places.items()}
        named: dict[str, Any] = with_canonical_names(filled.document)
        return named
    try:
        text = path.read_bytes().decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError:
        merged.findings.append(Finding(path, "", say("finding.not_utf8"), say("hint.utf8")))
        return None
    except tomllib.TOMLDecodeError as error:
        reason = say("finding.not_toml", error=toml_reason(str(error)))
        line = line_named(str(error)) or len(text.splitlines())
        merged.findings.append(Finding(path, "", reason, say("hint.toml"), line))
        return None
    merged.lines[path] = {canonical(keys): line for keys, line in key_lines(text).items()}
    named = with_canonical_names(document)
    return named


def line_named(error: str) -> int | None:
    """The line in a message such as ``Invalid value (at line 3, column 5)``."""
    _, _, after = error.partition("at line ")
    number = after.partition(",")[0]
    return int(number) if number.isdecimal() else None


def parent(path: Path, document: dict[str, Any], merged: Merged) -> Path | None:
    """The file that ``extends`` names; looked for beside ``path``, then among the shipped ones."""
    if "extends" not in document:
        return None
    name = document.pop("extends")
    if not isinstance(name, str):
        reason = say("finding.not_text", value=repr(name))
        merged.findings.append(finding_in(merged, path, "extends", reason, "extends"))
        return None
    for folder in (path.parent, SCENARIOS):
        for candidate in (folder / name, folder / f"{name}.toml", folder / f"{name}.xlsx"):
            if candidate.is_file():
                return candidate.resolve()
    reason = say("finding.no_parent", name=name)
    line = line_of(merged.lines[path], ("extends",))
    hint = did_you_mean(name, scenarios_in(path.parent))
    merged.findings.append(Finding(path, "extends", reason, hint, line))
    return None


def finding_in(merged: Merged, path: Path, key: str, reason: Any, hint: str) -> Finding:
    line = line_of(merged.lines.get(path, {}), (key,))
    return Finding(path, key, reason, say(f"hint.{hint}"), line)


def merge(
    target: dict[str, Any],
    source: Mapping[str, Any],
    origin: Origin,
    above: Keys,
    origins: dict[Keys, Origin],
) -> None:
    """Lay ``source`` over ``target`` and note the origin of every leaf (or empty table) laid."""
    for name, value in source.items():
        keys = (*above, name)
        table = isinstance(value, Mapping)
        if not (table and isinstance(target.get(name), dict)):
            for old in [path for path in origins if path[: len(keys)] == keys]:
                del origins[old]
            target[name] = {} if table else value
            origins[keys] = origin
        if table and value:
            origins.pop(keys, None)
            merge(target[name], value, origin, keys, origins)


def canonical(keys: Keys) -> Keys:
    """Keys with ``_`` read as a space where they name something of the model."""
    if len(keys) > 1 and keys[0] in NAMES:
        return (keys[0], keys[1].replace("_", " "), *keys[2:])
    if len(keys) > 2 and keys[:2] == ("projects", "small_budgets"):
        return (*keys[:2], keys[2].replace("_", " "), *keys[3:])
    if (
        len(keys) > 2
        and keys[0] == "rules"
        and keys[1] in NAMED_RULES
        and keys[2] not in RULE_FIELDS
    ):
        return (*keys[:2], keys[2].replace("_", " "), *keys[3:])
    return keys


def with_canonical_names(document: Any, above: Keys = ()) -> Any:
    """The document with every key in its canonical form."""
    if not isinstance(document, dict):
        return document
    return {
        canonical((*above, name))[-1]: with_canonical_names(value, canonical((*above, name)))
        for name, value in document.items()
    }
