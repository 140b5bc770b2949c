"""Make ``scenarios/fonts/XiehengSansSC.otf`` from an installed Noto Sans SC.

The source is the PyPI package ``pylopdf-fonts-zh-cn`` (Noto Sans SC 2.004, SIL Open Font
License 1.1). Nothing is fetched here: install the package, then run

    python packaging/subset_font.py

Outlines and advance widths are left as they are. Only glyphs, hints, layout features and
tables that a chart never uses are dropped, and the family is renamed, so that it can never
be mistaken for a complete Noto Sans SC on the same machine. The same source gives the same
bytes.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from importlib import metadata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = "pylopdf-fonts-zh-cn"
FOLDER = Path(__file__).resolve().parent.parent / "scenarios" / "fonts"
FAMILY = "Xieheng Sans SC"
FILE = "XiehengSansSC"

BLOCKS = (
    range(0x0020, 0x007F),  # ASCII
    range(0x00A0, 0x0100),  # Latin-1
    range(0x0391, 0x03CA),  # Greek
    range(0x2010, 0x2028),  # dashes, quotes, dots
    range(0x2030, 0x2040),  # per mille, primes, guillemets
    range(0x2070, 0x20A0),  # raised and lowered figures
    range(0x2150, 0x2160),  # fractions
    range(0x2190, 0x219A),  # arrows
    range(0x2460, 0x2474),  # circled figures
    range(0x3000, 0x3020),  # CJK punctuation
    range(0xFF01, 0xFF5F),  # full-width forms
    range(0xFFE0, 0xFFE7),  # full-width signs, yen
)
SIGNS = "∂∆∑−√∞∫≈≠≤≥⊕±×÷°‰℃№€■□▲△▼▽◆◇○◎●★☆✓✗│─┼"


def wanted_characters() -> set[int]:
    """Code points of the subset: the blocks, the signs and all of GB 2312."""
    wanted = {point for block in BLOCKS for point in block} | {ord(sign) for sign in SIGNS}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                wanted.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:  # an empty cell of the code chart
                continue
    return wanted


def make_subset(source: Path, target: Path) -> int:
    """Write the subset of the font ``source`` to ``target``; return its number of characters.

    Raises:
        SystemExit: a Chinese character of GB 2312 is not in the source.
    """
    font = TTFont(source, recalcTimestamp=False)
    wanted = wanted_characters()
    absent = {p for p in wanted if 0x4E00 <= p < 0xA000} - set(font.getBestCmap())
    if absent:
        raise SystemExit(f"{source} lacks {''.join(map(chr, sorted(absent)))}")
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.desubroutinize = False
    options.notdef_outline = True
    options.glyph_names = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "GDEF", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    rename(font)
    font.save(target)
    return len(font.getBestCmap())


def rename(font: TTFont) -> None:
    """Give the font its own family name, keeping copyright, version and licence."""
    names = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} subset", 4: FAMILY, 6: FILE}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    top = font["CFF "].cff
    top.fontNames = [FILE]
    top.topDictIndex[0].FullName = FAMILY
    top.topDictIndex[0].FamilyName = FAMILY


def main() -> None:
    """Write font and licence into ``scenarios/fonts``."""
    found = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if found is None or found.origin is None:
        raise SystemExit(f"hint: pip install {SOURCE}")
    source = Path(found.origin).parent / "NotoSansSC-Regular.otf"
    licence = next(f for f in metadata.files(SOURCE) or () if f.name == "LICENSE")
    characters = make_subset(source, FOLDER / f"{FILE}.otf")
    shutil.copyfile(str(licence.locate()), FOLDER / "OFL.txt")
    size = (FOLDER / f"{FILE}.otf").stat().st_size
    sys.stdout.write(f"{FILE}.otf: {characters} characters, {size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
