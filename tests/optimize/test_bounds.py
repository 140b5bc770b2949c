"""The proven bound: below every plan, tight where it can be, and refused where it cannot."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import load
from optimize import CountyResponse, Decision, Outcome, Problem, Row, Term, solve
from optimize.bounds import Proof, check, prove
from optimize.bounds.atoms import coefficient, corners, gradient_of, image, value_of
from optimize.bounds.backward import minorant
from optimize.bounds.boxes import crew
from optimize.bounds.certificate import Certificate, covers
from optimize.bounds.convexify import weights
from optimize.bounds.expand import Expansion
from optimize.bounds.forms import Atom
from optimize.bounds.groups import limited_sums, region_about
from optimize.bounds.proof import _Task
from optimize.bounds.ranges import boxes
from optimize.bounds.region import Group, Region
from optimize.bounds.unroll import Outside, unroll
from optimize.highs import Lp, solve_lp
from optimize.linear import linear_rules
from optimize.problem import Vector

from .county import county_problem

HEAD = """{UTF-8}
yearly money a((2021,1),(2022,1),(2023,1)) ~ ~ |
yearly money b((2021,1),(2022,1),(2023,1)) ~ ~ |
budget year = MIN(INTEGER(Time) + 1, 2023) ~ ~ |
a = yearly money a(budget year) ~ ~ |
b = yearly money b(budget year) ~ ~ |
"""
TAIL = """
INITIAL TIME = 2019 ~ ~ |
FINAL TIME = 2023 ~ ~ |
TIME STEP = 0.25 ~ ~ |
SAVEPER = TIME STEP ~ ~ |
"""
SATURATING = """
x = INTEG(ZIDZ(3 * a, a + 1) + 2 * ZIDZ(b * x, b + x) - 0.3 * x, 1) ~ ~ |
worth = x ~ ~ |
"""
QUADRATIC = """
x = INTEG(a - 0.5 * x, 1) ~ ~ |
y = INTEG(b - 0.5 * y, 1) ~ ~ |
worth = - (x - 1.5)^2 - (y - 2)^2 ~ ~ |
"""
BANG = """
x = INTEG(a + 0.2 * x, 1) ~ ~ |
y = INTEG(0.7 * b + 0.1 * y, 1) ~ ~ |
worth = x + y ~ ~ |
"""
DRAINED = """
x = INTEG(a - 0.5 * MAX(0, x - w), 2) ~ ~ |
w = INTEG(a + 0.3 * b, 0) ~ ~ |
worth = x ~ ~ |
"""
FOLDED = """
x = INTEG(a - 0.5 * x, 1) ~ ~ |
worth = 2 * x - 3 * SQRT((2 * x - 3)^2) + b ~ ~ |
"""
MIXED = """
x = INTEG(MAX(0, a - 0.8) * y^0.5 - 0.2 * x, 1) ~ ~ |
y = INTEG(b / (1 + x) - 0.1 * y, 2) ~ ~ |
worth = MIN(x, y) + SQRT((x + 3)^2 + (y + 3)^2) + x * y / (x + 2 * y) + (2 * x + 1) / (y + 3) ~ ~ |
"""


def small(tmp_path: Path, equations: str) -> tuple[Problem, CountyResponse]:
    """Two levers over three years, money of 3 a year, to raise ``worth`` at the end."""
    file = tmp_path / "small.mdl"
    file.write_text(HEAD + equations + TAIL, encoding="utf-8")
    decisions = tuple(
        Decision(year, "all", lever, f"yearly money {lever}", 0.0, 3.0)
        for year in (2021, 2022, 2023)
        for lever in ("a", "b")
    )
    rows = tuple(
        Row("yearly_budget", "money", {i: 1.0, i + 1: 1.0}, "<=", 3.0, "wanyuan", 2021 + i // 2)
        for i in (0, 2, 4)
    )
    outcomes = (Outcome("worth", 2023),)
    problem = Problem(decisions, outcomes, (Term("worth", -1.0, {0: 1.0}),), rows, np.ones(6))
    return problem, CountyResponse(load(file), decisions, outcomes, {}, {})


def proof_of(problem: Problem, response: CountyResponse, seconds: float = 0.0) -> Proof:
    answer = solve(problem, response, starts=4, unit=None)
    return prove(problem, response, answer, target=1e-6, time_limit=seconds, workers=1)


def within(problem: Problem, count: int, seed: int = 0) -> np.ndarray:
    """Plans within the linear rules, most of them mixtures of corners."""
    rules, random = linear_rules(problem), np.random.default_rng(seed)
    ends = np.array([solve_lp(rules.lp(random.normal(size=len(rules.low)))).x for _ in range(12)])
    shares = random.dirichlet(np.full(len(ends), 0.3), size=count)
    return np.vstack([ends, shares @ ends])


@pytest.mark.parametrize("equations", [SATURATING, QUADRATIC, BANG, FOLDED, MIXED])
def test_no_plan_is_below_the_minorant_or_the_bound(tmp_path: Path, equations: str) -> None:
    problem, response = small(tmp_path, equations)
    proof = proof_of(problem, response)
    assert proof.certificate is not None, proof.refused
    plans = within(problem, 2000)
    values = -response.values(plans)[:, 0]
    assert np.all(values >= proof.certificate.below(plans) - 1e-12)
    assert np.all(values >= proof.bound)


@pytest.mark.parametrize(("equations", "gap"), [(BANG, 1e-6), (QUADRATIC, 1e-6), (SATURATING, 0.1)])
def test_the_bound_is_tight_where_the_answer_is_known(
    tmp_path: Path, equations: str, gap: float
) -> None:
    """Linear and linear-quadratic models have no third order: nothing is lost."""
    proof = proof_of(*small(tmp_path, equations))
    assert proof.gap_of_gain <= gap


@pytest.mark.parametrize("equations", [DRAINED, MIXED])
def test_no_plan_leaves_the_boxes_of_the_states(tmp_path: Path, equations: str) -> None:
    """Also where an outflow is tied to its own stock and, against it, to another one."""
    problem, response = small(tmp_path, equations)
    model = unroll(response, problem.decisions, problem.outcomes, np.full(6, 1.5))
    held = boxes(Expansion(model, np.full(6, 1.5)), Region(np.full(6, -1.5), np.full(6, 1.5)))
    random = np.random.default_rng(2)
    for plan in np.vstack([3.0 * random.integers(0, 2, (40, 6)), 3.0 * random.random((20, 6))]):
        states = Expansion(model, plan).state
        low, high = np.moveaxis(held[:, :, : states.shape[1]], 1, 0)
        assert np.all(states >= low - 1e-12)
        assert np.all(states <= high + 1e-12)


def exact_worth(plan: Vector, first: int) -> Fraction:
    """QUADRATIC, step by step in rational arithmetic; 1 is spent before step ``first``."""
    x, y, step = Fraction(1), Fraction(1), Fraction(1, 4)
    half = Fraction(1, 2)
    for k in range(16):
        year = min(max(2019 + k // 4 + 1, 2021), 2023)
        money = plan[2 * (year - 2021) :][:2] if k >= first else np.ones(2)
        a, b = (Fraction(float(amount)) for amount in money)
        x, y = x + step * (a - half * x), y + step * (b - half * y)
    return -((x - Fraction(3, 2)) ** 2) - (y - 2) ** 2


@pytest.mark.parametrize("wide", [0.0, 0.3])
def test_rounding_is_counted(tmp_path: Path, wide: float) -> None:
    """The minorant is below the exact value, not only below a simulation that rounds, too."""
    problem, response = small(tmp_path, QUADRATIC)
    random = np.random.default_rng(5)
    assert response.start is not None
    for _ in range(10):
        plan = 1.0 + random.random(6)
        model = unroll(response, problem.decisions, problem.outcomes, plan)
        region = Region(np.full(6, -wide), np.full(6, wide))
        below = minorant(Expansion(model, plan), region, -np.ones(1))
        for moved in (np.zeros(6), wide * (2.0 * random.random(6) - 1.0)):
            exact = -exact_worth(plan + moved, response.start.step)
            found = Fraction(float(below.below((plan + moved)[None])[0]))
            assert found <= exact
            assert float(exact - found) < 1e-11
        assert below.error > 0.0


def test_the_two_sector_bound_is_the_known_optimum(tmp_path: Path) -> None:
    """All the money where a yuan is worth more at the end: a while 1.2-growth outpaces 0.7."""
    problem, response = small(tmp_path, BANG)
    best = np.array([3.0, 0.0, 3.0, 0.0, 3.0, 0.0])
    assert proof_of(problem, response).bound == pytest.approx(
        -response.values(best[None])[0, 0], abs=1e-5
    )


def test_a_table_of_a_stock_is_outside(tmp_path: Path) -> None:
    problem, response = small(
        tmp_path,
        """
bent((0,0),(1,2),(9,3)) ~ ~ |
x = INTEG(a + b, 1) ~ ~ |
worth = bent(x) ~ ~ |
""",
    )
    with pytest.raises(Outside, match="worth"):
        unroll(response, problem.decisions, problem.outcomes, np.ones(6))
    proof = proof_of(problem, response)
    assert proof.bound == -np.inf
    assert "worth" in proof.refused


def test_the_check_needs_no_solver_and_sees_a_change(tmp_path: Path) -> None:
    certificate = proof_of(*small(tmp_path, SATURATING)).certificate
    assert certificate is not None
    file = tmp_path / "certificate.npz"
    certificate.save(file)
    held = Certificate.load(file)
    assert check(held) == []
    size = 1e-3 * max(1.0, abs(held.bound))
    assert check(replace(held, bound=held.bound + size))
    assert check(replace(held, pieces=held.pieces[1:]))
    assert check(replace(held, upper=held.upper + 0.1, high=held.high + 0.1))

    def but(**changed: object) -> Certificate:
        first = replace(held.pieces[0], **changed)  # type: ignore[arg-type]
        return replace(held, pieces=(first, *held.pieces[1:]))

    piece = held.pieces[0]
    assert check(but()) == []
    assert check(but(bound=piece.bound + size))
    assert check(but(constant=piece.constant - size))
    assert check(but(slope=piece.slope + 0.01))
    bent = piece.square.copy()
    bent[0, 0] -= 0.1
    assert check(but(square=bent))
    assert check(but(weights=piece.weights + 1.0))
    assert check(but(weights=-piece.weights - 1.0))
    assert check(but(low=piece.low + 0.5))


def test_the_cover_is_judged_by_its_cells() -> None:
    whole = np.array([[0.0, 0.0], [1.0, 1.0]])
    left, right = whole.copy(), whole.copy()
    left[1, 0] = right[0, 0] = 0.4
    upper, lower = right.copy(), right.copy()
    upper[0, 1] = lower[1, 1] = 0.7
    assert covers(whole, np.stack([left, upper, lower]))
    assert covers(whole, np.stack([lower, left, upper]))
    assert not covers(whole, np.stack([left, upper]))
    assert not covers(whole, np.stack([upper, lower]))
    upper[0, 1] = 0.71
    assert not covers(whole, np.stack([left, upper, lower]))


def test_dividing_proves_more_and_good_plans_stay_above(tmp_path: Path) -> None:
    """Plans near the best one, and mixtures of it with others, are not below any minorant."""
    problem, response = small(tmp_path, MIXED)
    answer = solve(problem, response, starts=4, unit=None)
    once = prove(problem, response, answer, target=1e-6, time_limit=1e-9, workers=1)
    more = prove(problem, response, answer, target=0.5 * once.gap_of_gain, workers=1)
    assert once.passes == 1
    assert more.gap_of_gain <= 0.5 * once.gap_of_gain
    assert more.certificate is not None
    assert len(more.certificate.pieces) > 1
    assert check(more.certificate) == []
    others = within(problem, 4000, seed=1)
    share = np.random.default_rng(2).random((len(others), 1)) ** 3
    plans = np.vstack([answer.continuous + share * (others - answer.continuous), others])
    values = -response.values(plans)[:, 0]
    below = more.certificate.below(plans)
    assert np.all(np.isfinite(below))
    assert np.all(values >= below - 1e-12)
    assert np.all(values >= more.bound)


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    problem, response = small(tmp_path, SATURATING)
    answer = solve(problem, response, starts=4, unit=None)
    alone = prove(problem, response, answer, target=0.02, workers=1)
    both = prove(problem, response, answer, target=0.02, workers=2)
    assert both.certificate is not None
    assert check(both.certificate) == []
    assert max(alone.gap_of_gain, both.gap_of_gain) <= 0.02
    with crew(2) as hands:
        bounder = _Task(problem, response, answer).bounder()
        piece = alone.certificate.pieces[0] if alone.certificate else None
        assert piece is not None
        again = hands.submit(bounder, piece.low, piece.high).result().piece
    assert again is not None
    assert again.bound == pytest.approx(piece.bound, rel=1e-12)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_weights_make_a_square_convex_and_cost_no_more_than_a_shift(seed: int) -> None:
    """The least eigenvalue, taken off everywhere, is one of the choices there are."""
    random = np.random.default_rng(seed)
    n = 6
    square = random.normal(size=(n, n))
    square = square + square.T
    rows = np.vstack([np.eye(n), np.ones((1, n)) / np.sqrt(n)])
    costs = random.random(n + 1)
    found = weights(square, rows, costs)
    assert np.all(found >= 0.0)
    assert np.linalg.eigvalsh(square + (rows.T * found) @ rows)[0] >= -1e-9
    shift = max(-float(np.linalg.eigvalsh(square)[0]), 0.0)
    assert costs @ found <= 1.001 * shift * costs[:n].sum() + 1e-3


@pytest.mark.parametrize("after", [0, 1, 20])
def test_weights_at_the_edge_of_what_numbers_can_tell(
    after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Near the best weights the matrix is all but singular; an inverse may not be found."""
    calls = iter(range(10**6))
    inverse = np.linalg.inv

    def fails(square: np.ndarray) -> np.ndarray:
        if next(calls) >= after:
            raise np.linalg.LinAlgError("Singular matrix")
        return np.asarray(inverse(square))

    monkeypatch.setattr(np.linalg, "inv", fails)
    square = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 2.0], [0.0, 2.0, 1.0]])
    found = weights(square, np.eye(3), np.ones(3))
    assert np.linalg.eigvalsh(square + np.diag(found))[0] >= -1e-9


def atom(kind: str, count: int, exponent: float = 0.0) -> Atom:
    weights = (np.array([0.7]), np.array([1.9])) if kind == "harmonic" else None
    return Atom(kind, tuple(range(count)), count, 0, exponent, weights)  # type: ignore[arg-type]


KINDS = [
    *(atom(kind, 2) for kind in ("product", "quotient")),
    atom("harmonic", 3),
    *(atom("power", 1, exponent) for exponent in (-1.0, 0.3, 0.5, 1.7, 3.0)),
    atom("hinge", 1),
    atom("norm", 3),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.kind}{kind.exponent or ''}")
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_said_of_an_atom_holds_in_every_box(kind: Atom, data: st.DataObject) -> None:
    """Values, coefficients and remainders lie in their ranges at any point of any box."""
    count = 2 if kind.kind == "harmonic" else len(kind.forms)
    number = st.floats(-4.0, 4.0) if kind.kind == "hinge" else st.floats(0.05, 4.0)
    points = np.array(data.draw(st.lists(st.tuples(*[number] * count), min_size=4, max_size=4)))
    if kind.kind == "harmonic":
        assert kind.weights is not None
        s, t = (weight[0] for weight in kind.weights)
        points = np.column_stack([points, s * points[:, 0] + t * points[:, 1]])
    at, low, high = points[0], points.min(axis=0), points.max(axis=0)
    value = value_of(kind, at)
    slope = gradient_of(kind, at[None], np.array([value]))[0]
    c_low, c_high = coefficient(kind, at, low, high, 0)
    least, most = image(kind, low, high, 0)
    down, up = corners(kind, at, value, slope, np.stack([low, high]), 0)
    for point in points[1:]:
        here = value_of(kind, point)
        size = 1e-9 * (1.0 + abs(here) + abs(value) + float(np.abs(slope) @ np.abs(point - at)))
        assert least - size <= here <= most + size
        left = here - value - slope @ (point - at)
        assert down - size <= left <= up + size
        forms = _terms(kind, at, point)
        assert min(c_low * forms, c_high * forms) - size <= left
        assert left <= max(c_low * forms, c_high * forms) + size


def _terms(kind: Atom, at: Vector, point: Vector) -> float:
    """Sum of alpha * beta over the atom's terms."""
    from optimize.bounds.expand import _remainders

    moved = point - at
    return float(
        sum((r.alpha[0] @ moved) * (r.beta[0] @ moved) for r in _remainders(0, kind, at[None]))
    )


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_ranges_of_nested_groups_are_those_of_an_lp(seed: int) -> None:
    random = np.random.default_rng(seed)
    low, width = -random.random(6), 2.0 * random.random(6)
    at = low + width * random.random(6)
    groups = []
    for members in ((0, 1, 2), (3, 4), (0, 1, 2, 3, 4, 5)):
        total = float(at[list(members)].sum())
        groups.append(Group(members, total - 0.3 * random.random(), total + 0.3 * random.random()))
    region = Region(low, low + width, tuple(groups))
    rows = random.normal(size=(3, 6))
    a = np.array([[float(i in group.members) for i in range(6)] for group in groups])
    lower = np.array([group.least for group in groups])
    upper = np.array([group.most for group in groups])
    for row, least, most in zip(rows, *region.ranges(rows), strict=True):
        lp = Lp(row, a, lower, upper, low, low + width)
        assert least == pytest.approx(row @ solve_lp(lp).x, abs=1e-8)
        assert most == pytest.approx(row @ solve_lp(replace(lp, cost=-row)).x, abs=1e-8)


def test_county_plans_are_above_the_minorant_and_the_expansion_is_exact() -> None:
    problem, response = county_problem()
    rules = linear_rules(problem)
    low, high = rules.ranges()
    plan = rules.nearest(0.5 * (low + high))
    model = unroll(response, problem.decisions, problem.outcomes, plan)
    expansion = Expansion(model, plan)
    weights = np.random.default_rng(3).random(len(problem.outcomes))
    outcomes, jacobian = response.jacobian(plan[None])
    weights /= np.abs(outcomes[0]) * len(weights)
    point = Region(np.full(len(plan), -1e-5), np.full(len(plan), 1e-5))
    np.testing.assert_allclose(
        minorant(expansion, point, weights).slope, jacobian[0].T @ weights, rtol=1e-5
    )
    # A part of the region, drawn towards a plan within the rules, so that all of it is.
    inner_low, inner_high = plan + 0.5 * (low - plan), plan + 0.5 * (high - plan)
    groups = limited_sums(rules, low, high)
    region = region_about(plan, low, high, groups)
    region = Region(inner_low - plan, inner_high - plan, region.groups)
    below = minorant(expansion, region, weights)
    plans = plan + 0.5 * (within(problem, 200) - plan)
    assert np.all(response.values(plans) @ weights >= below.below(plans) - 1e-12)
    assert below.error > 0.0
