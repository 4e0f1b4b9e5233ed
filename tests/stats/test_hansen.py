from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.hansen import COEFFICIENTS, sup_p_value

GOLDEN = Path(__file__).parents[1] / "golden"


def test_p_values_are_those_of_strucchange() -> None:
    golden = pd.read_csv(GOLDEN / "hansen.csv")
    found = [sup_p_value(row.x, int(row.k), row.trim) for row in golden.itertuples()]
    np.testing.assert_allclose(found, golden["p"], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("critical", "level"), [(7.12, 0.10), (8.68, 0.05), (12.16, 0.01)])
def test_the_critical_values_of_andrews_2003_have_their_level(critical: float, level: float) -> None:
    assert sup_p_value(critical, 1, 0.15) == pytest.approx(level, abs=0.05 * level)


def test_more_dates_more_coefficients_and_smaller_statistics_make_a_break_less_certain() -> None:
    assert sup_p_value(10, 1, 0.05) > sup_p_value(10, 1, 0.15) > sup_p_value(10, 1, 0.25)
    assert sup_p_value(10, 1, 0.15) < sup_p_value(10, 2, 0.15) < sup_p_value(10, 5, 0.15)
    values = [sup_p_value(x, 3, 0.15) for x in np.linspace(0, 60, 61)]
    assert values[0] == 1.0
    assert (np.diff(values) <= 0).all()


def test_unequal_trimming_counts_by_its_ratio() -> None:
    assert sup_p_value(10, 1, 0.15, upper=0.85) == sup_p_value(10, 1, 0.15)
    assert sup_p_value(10, 1, 0.1, upper=0.85) == pytest.approx(sup_p_value(10, 1, 1 / (1 + np.sqrt(51))))


def test_the_table_has_25_rows_for_each_of_ten_coefficients() -> None:
    assert COEFFICIENTS.shape == (250, 3)


@pytest.mark.parametrize(
    ("statistic", "coefficients", "trim", "message"),
    [
        (5.0, 11, 0.15, "coefficients"),
        (5.0, 0, 0.15, "coefficients"),
        (5.0, 1, 0.0, "trimming"),
        (5.0, 1, 0.5, "trimming"),
        (5.0, 1, 0.004, "trimming"),
        (-1.0, 1, 0.15, "Wald"),
        (float("nan"), 1, 0.15, "Wald"),
    ],
)
def test_what_has_no_p_value_is_refused(statistic: float, coefficients: int, trim: float, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        sup_p_value(statistic, coefficients, trim)
