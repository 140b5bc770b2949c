"""The example of a study of one's own does what its page says."""

from __future__ import annotations

import numpy as np
import pytest

from examples import sensitivity


def test_own_outcome_and_own_factors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    years, indices = sensitivity.loss_to_drought(rows=128)
    last = len(years) - 1
    assert indices.names[indices.ranked(last)[0]] == "dry year yield"
    assert np.all(indices.total.value[:, last] < 1.2) and indices.failed == 0
    monkeypatch.setattr(sensitivity, "loss_to_drought", lambda: (years, indices))
    sensitivity.main()
    printed = capsys.readouterr().out
    assert "2035: standard deviation" in printed and "dry year yield" in printed
