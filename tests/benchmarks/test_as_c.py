"""The C that our kernels are measured against computes the same model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import as_c
from benchmarks.as_c import Compiled, Untranslatable, source
from models import Model, Runs, load, run

OWN = Path(as_c.__file__).parent / "models"
SMALL = sorted((Path(__file__).parents[1] / "models" / "mdl").glob("*.mdl"))

needs_compiler = pytest.mark.skipif(as_c.compiler() is None, reason="no C compiler")


def assert_same(found: np.ndarray, own: np.ndarray) -> None:
    scale = np.abs(np.where(np.isfinite(own), own, 0.0)).max(axis=(0, 1))
    scale[scale < 1e-9] = 1.0
    same = (found == own) | (np.isnan(found) & np.isnan(own))
    with np.errstate(invalid="ignore"):
        assert np.where(same, 0.0, np.abs(found - own) / scale).max() < 1e-12


@needs_compiler
@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_every_function(path: Path) -> None:
    model = load(path)
    try:
        compiled = Compiled.of(model, model.columns)
    except Untranslatable as reason:  # what the engine draws or reads itself
        pytest.skip(f"no C for {reason}")
    assert_same(compiled.run({}), run(model).data)


@needs_compiler
@pytest.mark.parametrize("name", ["county", "world-sized"])
def test_batches_of_whole_models(name: str) -> None:
    model = load() if name == "county" else load(OWN / f"{name}.mdl")
    varied = [name for name, value in model.constants.items() if value and "[" not in name][:30]
    varied = [name for name in varied if model.slot[name] not in model.equations.structural]
    values = {name: model.constants[name] * np.array([0.97, 1.0, 1.02]) for name in varied}
    own = run(model, Runs(values=values)).data
    assert not np.array_equal(own[0], own[2])
    assert_same(Compiled.of(model, model.columns).run(values), own)


def test_what_has_no_counterpart_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    model: Model = load(OWN / "world-sized.mdl")
    monkeypatch.delitem(as_c._PLAIN, "arctan")
    with pytest.raises(Untranslatable, match="arctan"):
        source(model, ["sense of limits"])
