"""Takes the pictures of the guide and the README anew: ``python docs/pictures.py``.

Runs the main job in both languages, keeps a chart, and photographs the report (by Chromium) and
the input workbook (by LibreOffice and pdftoppm). What is not on this machine is left as it is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE = "1100,1450"  # of the window, in pixels
RULES = 4  # the page of the workbook that is shown


def main() -> None:
    """Every picture in both languages; says what it could not take."""
    for lang in ("zh", "en"):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            xieheng(folder, "optimize", "--lang", lang, "--out", "run")
            shutil.copyfile(
                folder / "run" / "figures" / "allocation.png", IMAGES / f"allocation.{lang}.png"
            )
            photograph(folder / "run" / "report.html", IMAGES / f"report.{lang}.png")
            xieheng(folder, "new", "huade", "--county", "shangdu", "--xlsx", "--lang", lang)
            page(folder / "huade.xlsx", IMAGES / f"workbook.{lang}.png")


def xieheng(folder: Path, *arguments: str) -> None:
    """Run a command in a folder."""
    subprocess.run([sys.executable, str(ROOT / "cli.py"), *arguments], cwd=folder, check=True)


def photograph(file: Path, picture: Path) -> None:
    """The top of a page as it opens in a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"no browser: {picture.name} is not taken", file=sys.stderr)
        return
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    shot = [f"--screenshot={picture}", f"--window-size={SIZE}", file.as_uri()]
    subprocess.run([browser, *options, *quiet, *shot], check=True, capture_output=True)


def page(workbook: Path, picture: Path) -> None:
    """The page of rules of a workbook, as it prints."""
    if shutil.which("soffice") is None or shutil.which("pdftoppm") is None:
        print(f"no LibreOffice or pdftoppm: {picture.name} is not taken", file=sys.stderr)
        return
    convert = ["soffice", "--headless", "--convert-to", "pdf", workbook.name]
    subprocess.run(convert, cwd=workbook.parent, check=True, capture_output=True)
    pages = ["-f", str(RULES), "-l", str(RULES), "-r", "80", "-png", "-singlefile"]
    pdf = workbook.with_suffix(".pdf")
    subprocess.run(["pdftoppm", *pages, str(pdf), str(picture.with_suffix(""))], check=True)


if __name__ == "__main__":
    main()
