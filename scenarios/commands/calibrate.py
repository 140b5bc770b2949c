"""``calibrate``: the uncertain numbers of the county model against what is observed."""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.commands import DONE
from scenarios.commands.folders import new_folder, not_writable
from scenarios.words import Words


def calibrate(
    words: Words, *, out: Path | None = None, draws: int | None = None, seed: int | None = None
) -> int:
    """Fit, report, and write values and a sample of parameter sets into a new folder."""
    folder = new_folder(out, "calibration")
    from models import load
    from models.catalogue import county
    from optimize.calibration import calibrate as fitted
    from scenarios.report.calibration import calibration_page
    from scenarios.report.console import Page

    answer = fitted(
        load(),
        county(),
        draws=200 if draws is None else draws,
        seed=1 if seed is None else seed,
        progress=Steps(words),
    )
    from scenarios.report.calibration_tables import calibration_files

    write(folder, calibration_files(answer))
    calibration_page(answer, words).show(Page())
    print(words.say("calibration.written", folder=folder), file=sys.stderr)
    return DONE


class Steps:
    """One line on standard error as each part begins."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.part = ""

    def __call__(self, part: str, done: int, total: int) -> None:
        if part != self.part:
            self.part = part
            print(self.words.say(f"calibration.step.{part}", total=total), file=sys.stderr)


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the folder whole or not at all."""
    from scenarios.report import whole

    try:
        with whole(folder) as staging:
            for name, text in files.items():
                (staging / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise not_writable(folder, error) from error
