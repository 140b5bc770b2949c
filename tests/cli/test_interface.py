"""What commands take: one spelling, one meaning."""

from __future__ import annotations

import inspect
from collections import defaultdict
from types import NoneType
from typing import Any, get_args

from scenarios.commands import discover, fan, replan, stress
from scenarios.interface import COMMANDS
from scenarios.interface.told import Told
from scenarios.sensitivity.study import Asked

OWN = {"scenario", "plan", "run", "out"}  # what they are differs; their help says how


def told() -> dict[str, list[tuple[Any, Told]]]:
    """What every command takes, by the name of the parameter."""
    found = defaultdict(list)
    for command in COMMANDS:
        _, *parameters = inspect.signature(command, eval_str=True).parameters.values()
        for parameter in parameters:
            found[parameter.name].append(get_args(parameter.annotation))
    return found


def test_an_option_is_the_same_wherever_it_is() -> None:
    for name, uses in told().items():
        kinds = {
            tuple(part for part in get_args(k) or (k,) if part is not NoneType) for k, _ in uses
        }
        spellings = {one.spellings or (f"--{name.replace('_', '-')}",) for _, one in uses}
        if name not in OWN:
            assert len(kinds) == 1 and len(spellings) == 1, name
    shared = ("seed", "starts", "time_limit", "docx", "json", "model")
    assert all(len({one.help.key for _, one in told()[name]}) == 1 for name in shared)


def test_the_number_of_futures_is_asked_for_by_one_name() -> None:
    assert len(told()["futures"]) == 9
    for name, uses in told().items():
        if name != "futures":
            assert not any("futures" in one.help.key for _, one in uses)


def test_help_tells_the_number_of_futures_that_is_drawn() -> None:
    drawn = {
        "stress": stress.FUTURES,
        "discover": discover.FUTURES,
        "replan": replan.FUTURES,
        "fan": fan.FUTURES,
        "sensitivity": Asked().futures,
    }
    for command in COMMANDS:
        if command.__name__ in drawn:
            parameter = inspect.signature(command, eval_str=True).parameters["futures"]
            _, one = get_args(parameter.annotation)
            assert one.help.values["usual"] == f"{drawn[command.__name__]:,}"
