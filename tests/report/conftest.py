"""The made-up run that the tests of the report share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scenarios.language import Language
from scenarios.report import Drawn, Result, draw_figures
from scenarios.words import LANGUAGES
from tests.report.made_up import made_up_result


@pytest.fixture(scope="session")
def result() -> Result:
    return made_up_result()


@pytest.fixture(scope="session")
def drawn(
    result: Result, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Language, tuple[Path, Drawn]]:
    """The charts of the run in both languages, and the folders that hold them."""
    folders = {language: tmp_path_factory.mktemp("figures") for language in LANGUAGES}
    return {
        language: (folder, draw_figures(result, language, folder))
        for language, folder in folders.items()
    }
