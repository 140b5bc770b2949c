"""The command line on a page: every command with what it takes, as ``--help`` tells it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from .structure import Lang

HEAD = {
    "en": (
        "# The commands\n\n"
        "*This page is made by `python docs/build.py` from what `--help` says. "
        "Chinese: [commands.zh.md](commands.zh.md).*\n\n"
        "In a checkout a command begins with `python cli.py`, once installed with `xieheng`. "
        "`--lang zh` or `--lang en` chooses the language and may also stand before the command. "
        "Exit codes: 0 done; 1 a bug; 2 wrong command or scenario; 3 no feasible plan; "
        "4 stopped at a limit, the best plan saved; 5 two results differ (`simulate --compare`); "
        "130 interrupted, what is finished saved."
    ),
    "zh": (
        "# 命令一览\n\n"
        "*本页由 `python docs/build.py` 按 `--help` 的内容生成。English: "
        "[commands.md](commands.md).*\n\n"
        "在源码目录中，命令以 `python cli.py` 开头；安装后以 `xieheng` 开头。`--lang zh` 或 "
        "`--lang en` 选择语言，也可写在命令之前。退出码：0 完成；1 程序错误；2 命令或情景有误；"
        "3 没有可行方案；4 到达限时，已保存最好方案；5 两份结果不同（`simulate --compare`）；"
        "130 被中断，已完成的部分已保存。"
    ),
}
COLUMNS = {"en": ("argument or option", "what it does"), "zh": ("参数或选项", "说明")}


VALUES = {int: "N", float: "X", str: "TEXT", Path: "PATH"}


def reference(lang: Lang) -> str:
    """The page in one language."""
    from cli import app

    # What was registered, not what the parser makes of it: that changes with its versions.
    found: dict[str, Any] = {
        command.callback.__name__: command
        for command in app(lang).registered_commands
        if command.callback is not None
    }
    parts = [HEAD[lang], " · ".join(f"[{name}](#{name})" for name in sorted(found))]
    for name, command in sorted(found.items()):
        parts.append("\n".join(_command(command, name, lang)))
    return "\n\n".join(parts) + "\n"


def _command(command: Any, name: str, lang: Lang) -> Iterator[str]:
    yield f"## {name}\n"
    yield " ".join(command.help.split()) + "\n"
    parameters = inspect.signature(command.callback).parameters.values()
    told = [_Told.of(parameter) for parameter in parameters]
    told.sort(key=lambda one: one.option)
    usage = " ".join(["python cli.py", name, *(one.usage for one in told if not one.option)])
    yield f"    {usage}\n"
    head, meaning = COLUMNS[lang]
    yield f"| {head} | {meaning} |\n| --- | --- |"
    for one in told:
        yield f"| {one.spelling} | {one.help} |"


@dataclass(frozen=True)
class _Told:
    """An argument or option: how it is used and spelled, and its help."""

    option: bool
    usage: str
    spelling: str
    help: str

    @classmethod
    def of(cls, parameter: inspect.Parameter) -> _Told:
        kind, info = parameter.annotation.__origin__, parameter.annotation.__metadata__[0]
        option = type(info).__name__ == "OptionInfo"
        text = " ".join((info.help or "").split()).replace("|", "\\|").replace("<", "&lt;")
        parts = [part for part in get_args(kind) if part is not NoneType] or [kind]
        several = get_origin(parts[0]) is list or get_origin(kind) is list
        inner = get_args(parts[0])[0] if get_origin(parts[0]) is list else parts[0]
        if not option:
            name = parameter.name.upper() + ("..." if several else "")
            needed = parameter.default is inspect.Parameter.empty
            return cls(False, name if needed else f"[{name}]", f"`{name}`", text)
        # Within Annotated, Typer keeps the first spelling where a default would stand.
        first = (info.default,) if str(info.default).startswith("-") else ()
        names = (*first, *(info.param_decls or ())) or (f"--{parameter.name.replace('_', '-')}",)
        spelled = ", ".join(f"`{name}`" for name in names)
        if inner is not bool:
            value = info.metavar or VALUES.get(inner) or "|".join(item.value for item in inner)
            spelled += " " + value.replace("|", "\\|") + (" …" if several else "")
        return cls(True, "", spelled, text)
