"""``front.csv``, the plans of a front, and its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scenarios.pareto.study import Study
from scenarios.report.result import Money
from scenarios.report.run_json import SCHEMA_VERSION, finite


def columns(study: Study) -> tuple[str, ...]:
    """Aims as whole amounts bring them, levels asked for, rates in the first aim's unit."""
    aims = study.front.aims
    return (
        "point",
        *(f"{aim.name} ({aim.unit})" for aim in aims),
        *(f"level of {aim.name}" for aim in aims[1:]),
        *(f"rate of {aim.name}" for aim in aims[1:]),
        "residual",
    )


def rows(study: Study) -> Iterator[tuple[object, ...]]:
    """Every plan of the front, from the best for the first aim on; empty: none was asked for."""

    def text(value: float) -> str:
        return repr(float(value)) if value == value else ""  # NaN: none

    for number, point in enumerate(study.front.points, start=1):
        found = (*point.values, *point.levels, *point.rates, point.residual)
        yield number, *(text(value) for value in found)


def plan_rows(money: Money) -> Iterator[tuple[int, str, str, int | float]]:
    """A plan as ``plan.csv``: year, sector or ``all``, instrument, amount (10,000 yuan)."""
    for (year, sector, instrument), amount in money.items():
        yield year, sector, instrument, int(amount) if float(amount).is_integer() else amount


def record(study: Study, seconds: Mapping[str, float], files: Sequence[str]) -> dict[str, object]:
    """The content of ``run.json``."""
    front, result = study.front, study.result
    within, told = study.confirmed
    made: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "command": "pareto",
        "scenario": result.scenario,
        "stop": front.stop,
        "price_year": result.price_year,
        "aims": [
            {"name": aim.name, "unit": aim.unit, "better": "less" if aim.weight > 0.0 else "more"}
            for aim in front.aims
        ],
        "payoff": front.payoff.tolist(),
        "points": [
            {
                "values": point.values.tolist(),
                "levels": point.levels.tolist(),
                "rates": point.rates.tolist(),
                "residual": point.residual,
                "plan": f"plans/{number:02d}.csv",
            }
            for number, point in enumerate(front.points, start=1)
        ],
        "recommended": study.recommended.tolist(),
        "past_practice": study.past.tolist(),
        "asked": front.asked,
        "dominated": front.dominated,
        "unreached": front.unreached,
        "improved_by_the_sweep_back": front.improved,
        "rates_confirmed": {"within": within, "of": told},
        "seconds": dict(seconds),
        "seed": study.seed,
        "model": {"file": result.model.file, "sha256": result.model.sha256},
        "versions": dict(result.versions),
        "files": list(files),
    }
    clean = finite(made)
    assert isinstance(clean, dict)
    return clean
