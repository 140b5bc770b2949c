"""Commands about files and the machine: begin a scenario, write a report again."""

from pathlib import Path
from typing import Annotated

from scenarios.commands import guarded
from scenarios.interface.options import Docx, Json
from scenarios.interface.told import argument, option, switch
from scenarios.language import Language


def new(
    language: Language,
    name: Annotated[str, argument("cli.new.name")],
    county: Annotated[str | None, option("cli.new.county", "--county")] = None,
    xlsx: Annotated[bool, switch("cli.new.xlsx", "--xlsx")] = False,
    figures: Annotated[bool, switch("cli.new.figures", "--figures")] = False,
    json: Json = False,
) -> int:
    """Begin a scenario."""
    from scenarios.commands.new import new as run

    asked = {"county": county, "xlsx": xlsx, "figures": figures}
    return guarded(run, language, name, **asked, json=json)


def report(
    language: Language,
    run: Annotated[Path, argument("cli.report.run")],
    docx: Docx = False,
    out: Annotated[Path | None, option("cli.report.out", "--out")] = None,
    json: Json = False,
) -> int:
    """The report of a run again."""
    from scenarios.commands.report import report as again

    return guarded(again, language, run, docx=docx, out=out, json=json)


def schema(language: Language) -> int:
    """The form of scenario files."""
    from scenarios.commands.schema import schema as run

    return guarded(run, language)


def doctor(language: Language, json: Json = False) -> int:
    """Whether the machine has what is needed."""
    from scenarios.commands.doctor import doctor as run

    return guarded(run, language, json=json)


COMMANDS = (new, report, schema, doctor)
