"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

from scenarios.findings import say
from scenarios.interface.told import Told, argument, option, switch


def out(name: str) -> Told:
    """``--out`` of a command whose folder is ``runs/<name>-<time>`` by default."""
    return option(say("cli.out", name=name), "--out")


def study_out(command: str) -> Told:
    """``--out`` of a command whose folder is ``runs/<scenario>-<command>-<time>`` by default."""
    return option(say("cli.out.study", command=command), "--out")


def futures(usual: int, least: int, most: int | None = None) -> Told:
    """``--futures`` with the number that is usual, and what can be asked for."""
    help = say("cli.futures", usual=f"{usual:,}")
    return option(help, "--futures", min=least, max=most)


def banded_futures() -> Told:
    """``--futures`` of a command that has ``--bands``."""
    from scenarios.commands.banding import USUAL

    return option(say("cli.bands.futures", usual=USUAL), "--futures", min=20, max=200_000)


Scenario = Annotated[str | None, argument("cli.scenario")]
Planned = Annotated[str | None, argument("cli.planned")]
Seed = Annotated[int | None, option("cli.seed", min=0)]
Starts = Annotated[int | None, option("cli.starts", min=1)]
Limit = Annotated[float | None, option("cli.time_limit", metavar="x>0")]
Model = Annotated[Path | None, option("cli.model")]
Docx = Annotated[bool, switch("cli.docx", "--docx")]
Bands = Annotated[bool, switch("cli.bands", "--bands")]
Banded = Annotated[int | None, banded_futures()]
Json = Annotated[bool, switch("cli.json", "--json")]
