from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.api import VAR

from jpresearch.stats.batched import moving_average
from tests.stats.simulated_markets import autoregression


@given(seed=st.integers(0, 10_000), lags=st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_responses_of_every_sample_are_those_of_statsmodels(seed: int, lags: int) -> None:
    fits = [VAR(autoregression(90, seed + shift)).fit(lags) for shift in range(3)]
    psi = moving_average(np.stack([fit.params.to_numpy() for fit in fits]), 5)
    for place, fit in enumerate(fits):
        assert psi[place] == pytest.approx(fit.ma_rep(5), abs=1e-9)
