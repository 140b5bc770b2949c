"""``boxes.csv`` and the record for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from optimize.uncertainty.risk import Estimate
from scenarios.discovery.study import Study

COLUMNS = (
    "criterion",
    "box",
    "column",
    "of",
    "low",
    "high",
    "unit",
    "p",
    "again",
    "density",
    "coverage",
    "mass",
)
FUTURES = ("future", "criterion", "margin", "fails")


def rows(study: Study) -> Iterator[tuple[str, ...]]:
    """A row for each limit of each box; an open side is empty."""
    for failure in study.failures:
        for place, box in enumerate(failure.discovery.boxes, 1):
            for index in box.ranked:
                feature, (low, high) = study.features[index], box.box.limits[index]
                yield (
                    failure.criterion.name,
                    str(place),
                    feature.column,
                    feature.of,
                    *("" if not np.isfinite(end) else repr(end) for end in (low, high)),
                    feature.unit,
                    repr(box.p[index]),
                    repr(box.again[index]),
                    *(repr(e.value) for e in (box.density, box.coverage, box.mass)),
                )


def future_rows(study: Study) -> Iterator[tuple[str, ...]]:
    """Every future by every criterion: how far from failing, and whether it fails."""
    for failure in study.failures:
        for number, margin in enumerate(failure.margins.tolist()):
            yield str(number), failure.criterion.name, repr(margin), str(int(margin < 0.0))


def record(study: Study, scenario: str) -> dict[str, Any]:
    """Everything for programs."""
    return {
        "scenario": scenario,
        "seed": study.seed,
        "futures": study.futures,
        "failed_futures": study.failed,
        "features": len(study.features),
        "interval": 0.95,
        "criteria": [
            {
                "name": failure.criterion.name,
                "fails": _estimate(failure.discovery.rate),
                "searched": failure.searched,
                "refuted_boxes": failure.discovery.refuted,
                "found_in": failure.discovery.trained,
                "judged_by": failure.discovery.held_out,
                "boxes": [
                    {
                        "limits": [
                            {
                                "column": study.features[i].column,
                                "of": study.features[i].of,
                                "low": _end(box.box.limits[i][0]),
                                "high": _end(box.box.limits[i][1]),
                                "p": box.p[i],
                                "again": box.again[i],
                            }
                            for i in box.ranked
                        ],
                        "density": _estimate(box.density),
                        "coverage": _estimate(box.coverage),
                        "mass": _estimate(box.mass),
                    }
                    for box in failure.discovery.boxes
                ],
            }
            for failure in study.failures
        ],
    }


def _estimate(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high, "futures": found.size}


def _end(value: float) -> float | None:
    return value if np.isfinite(value) else None
