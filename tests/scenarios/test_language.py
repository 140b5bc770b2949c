"""Which language is spoken."""

from __future__ import annotations

import pytest

from scenarios.language import asked_language, system_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_TW"}, "zh"),
    ],
)
def test_the_locale_decides(environment: dict[str, str], language: str) -> None:
    assert system_language(environment) == language


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["optimize", "--lang", "zh"], "zh"),
        (["--lang=en", "check"], "en"),
        (["check", "--lang", "fr"], "zh"),
        (["check", "--lang"], "zh"),
        ([], "zh"),
    ],
)
def test_the_command_line_decides_first(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert asked_language(arguments) == language
