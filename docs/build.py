"""Rebuilds ``docs`` from the model and the command line: ``python docs/build.py``.

Writes ``model.md``, ``commands.md``, their Chinese twins, ``links.csv``, ``loops.csv``,
``diagrams/*.svg`` and ``figures/*.svg``. The same model gives the same files.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent


def contents(*, with_plots: bool = True) -> dict[str, str]:
    """Every generated file by its path below ``docs``."""
    from docs.generator import commands, loop_diagram, page, plots, stock_diagram
    from docs.generator.modes import Modes
    from docs.generator.structure import LANGUAGES, links_table, loops_table, structure

    known = structure()
    modes = Modes(known)
    files = {"links.csv": links_table(known), "loops.csv": loops_table(known)}
    for lang in LANGUAGES:
        files[f"diagrams/stocks.{lang}.svg"] = stock_diagram.draw(known, lang).svg()
        files[f"diagrams/loops.{lang}.svg"] = loop_diagram.draw(known, lang).svg()
        files["model.md" if lang == "en" else f"model.{lang}.md"] = page.page(known, modes, lang)
        name = "commands.md" if lang == "en" else f"commands.{lang}.md"
        files[name] = commands.reference(lang)
        if with_plots:
            for plot in (plots.shelter, plots.balance, plots.mix):
                files[f"figures/{plot.__name__}.{lang}.svg"] = plot(modes, lang)
    return files


def main() -> None:
    """Write every file that has changed and name it."""
    for name, text in contents().items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(path.relative_to(DOCS.parent).as_posix())
    for note in untranslated():
        print(f"no Chinese in models/notes.csv: {note}", file=sys.stderr)


def untranslated() -> list[str]:
    """Notes of parameters that stand in English on the Chinese page."""
    from models.catalogue import chinese_notes, county

    known = set(chinese_notes())
    notes = (row.note for row in county().rows.values() if row.kind == "parameter")
    return sorted({note for note in notes if note} - known)


if __name__ == "__main__":
    sys.path.insert(0, str(DOCS.parent))
    main()
