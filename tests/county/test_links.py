"""Causal links have the signs and loops the natures that the modeller states."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import Model, Runs, load, run
from models.catalogue import county as catalogue
from models.links import column_links, links
from models.loops import components, independent_loops, variable_graph
from models.polarity import Sign, polarity, product, spread
from models.stated import NamedLoop, StatedLink, named_loops, stated_links

Signs = dict[tuple[str, str], Sign]

SMALL_MODEL = """{UTF-8}
births = rabbits * birth rate ~ rabbit/year ~ |
birth rate = 0.5 ~ 1/year ~ |
eaten = rabbits * foxes seen * hunger(rabbits / 100) ~ rabbit/year ~ |
hunger((0,1),(10,0.2)) ~ 1/year ~ |
rabbits = INTEG(births - eaten, first rabbits) ~ rabbit ~ |
first rabbits = 100 ~ rabbit ~ |
foxes = INTEG(fox growth * (rabbits - foxes), 10) ~ fox ~ |
fox growth = 0.1 ~ 1/year ~ |
foxes seen = 1 - 0.01 * SMOOTH3(foxes, 2) ~ Dmnl ~ |
INITIAL TIME = 0 ~ ~ |
FINAL TIME = 5 ~ ~ |
TIME STEP = 0.25 ~ ~ |
SAVEPER = 1 ~ ~ |
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Model:
    path = Path(tmp_path_factory.mktemp("links")) / "small.mdl"
    path.write_text(SMALL_MODEL, encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def signs(county: Model) -> Signs:
    return polarity(county, spread(county, catalogue(), runs=24, seed=1))


def test_links_of_a_model_small_enough_to_list(small: Model) -> None:
    found = {(link.cause, link.effect): link.kind for link in links(small)}
    expected = {
        ("rabbits", "births"): "now",
        ("birth rate", "births"): "now",
        ("rabbits", "eaten"): "now",
        ("foxes seen", "eaten"): "now",
        ("hunger", "eaten"): "now",
        ("births", "rabbits"): "rate",
        ("eaten", "rabbits"): "rate",
        ("first rabbits", "rabbits"): "initial",
        ("rabbits", "foxes"): "rate",
        ("foxes", "foxes"): "rate",
        ("fox growth", "foxes"): "rate",
        ("foxes", "foxes seen"): "rate",  # through three hidden stages
    }
    assert {pair: found.get(pair) for pair in expected} == expected
    assert {pair for pair in found if "TIME STEP" not in pair} == set(expected)


def test_signs_of_a_model_small_enough_to_differentiate_by_hand(small: Model) -> None:
    found = polarity(small)
    assert found["rabbits", "births"] == "+"
    assert found["births", "rabbits"] == "+"
    assert found["eaten", "rabbits"] == "-"
    assert found["foxes", "foxes"] == "-"
    assert found["foxes", "foxes seen"] == "-"  # one minus what SMOOTH3 makes of it
    assert found["hunger", "eaten"] == "+"


def test_loops_of_a_small_model(small: Model) -> None:
    loops, number = independent_loops(small, polarity(small))
    assert len(loops) == number
    natures = {loop.path: loop.nature for loop in loops}
    assert natures["births", "rabbits"] == "reinforcing"
    assert natures["foxes",] == "balancing"
    assert natures["eaten", "rabbits"] == "balancing"
    predation = next(loop for loop in loops if "foxes seen" in loop.path)
    assert predation.nature == "reinforcing"  # more foxes seen as fewer: eaten falls
    assert set(predation.memories) == {"rabbits", "foxes", "foxes seen"}


def test_a_sign_is_that_of_a_finite_difference(county: Model) -> None:
    """A reform acts at once from its first year on, and not before: the run confirms the sign."""
    name = "third party assessment"
    out = run(county, Runs(values={name: [0.0, 0.5]}), columns=["tilt towards cheap points"])
    change = np.diff(out["tilt towards cheap points"], axis=0)[0]
    in_force = out.times + 1 >= county.constants["first reform year"]
    assert np.all(change[in_force] < 0.0)
    assert np.all(change[~in_force] == 0.0)
    assert polarity(county)[name, "tilt towards cheap points"] == "-"


def test_minus_times_minus_is_plus() -> None:
    assert product(["-", "-", "+"]) == "+"
    assert product(["-", "varies"]) == "varies"
    assert product(["none", "+"]) == "none"


@pytest.mark.parametrize("link", stated_links(), ids=lambda link: f"{link.cause}>{link.effect}")
def test_the_stated_sign_is_the_sign_everywhere(
    county: Model, signs: Signs, link: StatedLink
) -> None:
    assert link.found(county, signs) == link.sign, link.why


def test_no_link_is_stated_twice_or_without_a_reason() -> None:
    pairs = [(link.cause, link.effect) for link in stated_links()]
    assert len(set(pairs)) == len(pairs)
    assert all(link.why and link.why_zh for link in stated_links())


@pytest.mark.parametrize("named", named_loops(), ids=lambda named: named.id)
def test_each_named_loop_is_there_and_has_its_nature(
    county: Model, signs: Signs, named: NamedLoop
) -> None:
    loop = named.find(county, signs)
    assert loop.nature == named.nature
    known = {(link.cause, link.effect) for link in column_links(county) if link.kind != "initial"}
    assert set(loop.steps) <= known
    assert loop.closed == (named.kind == "loop")
    assert set(loop.memories), "a loop without a memory would be a circle of equations"


def test_the_loop_set_is_independent_and_whole(county: Model, signs: Signs) -> None:
    loops, number = independent_loops(county, signs)
    assert len(loops) == number
    graph = variable_graph(county)
    for loop in loops:
        assert all(effect in graph[cause] for cause, effect in loop.steps)
    covered = {step for loop in loops for step in loop.steps}
    inside = {
        (cause, effect)
        for part in components(graph)
        for cause in part
        for effect in graph[cause]
        if effect in part
    }
    assert covered == inside
    assert all(loop.nature != "varies" or len(loop.path) > 1 for loop in loops)


def test_chains_run_one_way(county: Model, signs: Signs) -> None:
    """From the first place to the last without coming by twice."""
    chains = [named for named in named_loops() if named.kind == "chain"]
    assert chains
    for named in chains:
        path = named.find(county, signs).path
        assert (path[0], path[-1]) == (named.through[0], named.through[-1])
        assert len(set(path)) == len(path), named.id
