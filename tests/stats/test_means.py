"""Means: the t interval of independent observations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.means import mean


def test_the_interval_is_that_of_the_t_test_and_missing_values_do_not_count() -> None:
    values = pd.Series([1.0, 2.0, np.nan, 3.0])
    found = mean(values, unit="points")
    assert found.value == 2.0 and found.n == 3
    assert found.low == pytest.approx(2 - 4.302653 / np.sqrt(3))
    assert found.p_value == pytest.approx(stats.ttest_1samp([1.0, 2.0, 3.0], 0.0).pvalue)


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 1.0, 1.0], [1.0, np.nan, np.nan, 2.0]])
def test_too_few_or_equal_values_have_no_interval(values: list[float]) -> None:
    with pytest.raises(StatsError):
        mean(pd.Series(values))
