"""Returns of a foreign holder: the parts add up, and the hedge earns the differential of short rates."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch.models.carry import carry_pct, foreign_returns

DAYS = pd.DatetimeIndex(["2025-01-03", "2025-01-10", "2025-07-11", "2026-01-09"])


def test_a_year_of_carry_is_the_forward_over_the_spot_of_covered_parity() -> None:
    ends = pd.DatetimeIndex(["2025-01-01", "2026-01-01"])
    found = carry_pct(pd.Series([4.0, 9.0], ends), pd.Series([0.5, 9.0], ends))
    assert found.iloc[-1] == pytest.approx((1.04 / 1.005 - 1) * 100)
    assert pd.isna(found.iloc[0])


def test_the_rate_of_the_start_pays_for_the_period() -> None:
    home, japan = pd.Series([4.0, 4.0, 4.0, 4.0], DAYS), pd.Series([0.0] * 4, DAYS)
    later = home.copy()
    later.iloc[-1] = 99.0
    pd.testing.assert_series_equal(carry_pct(home, japan), carry_pct(later, japan))


def test_the_parts_of_an_unhedged_return_compound_to_it() -> None:
    equity, yen = pd.Series([100.0, 110.0, 99.0, 120.0], DAYS), pd.Series([150.0, 140.0, 160.0, 155.0], DAYS)
    found = foreign_returns(equity, yen, carry_pct(pd.Series([4.0] * 4, DAYS), pd.Series([0.5] * 4, DAYS)))
    dollars = equity / yen
    pd.testing.assert_series_equal(found["unhedged"], (dollars / dollars.shift() - 1) * 100, check_names=False)


def test_a_hedged_holder_earns_the_local_return_and_the_carry() -> None:
    equity, yen = pd.Series([100.0, 100.0, 100.0, 100.0], DAYS), pd.Series([150.0, 140.0, 160.0, 155.0], DAYS)
    carry = carry_pct(pd.Series([4.0] * 4, DAYS), pd.Series([0.5] * 4, DAYS))
    pd.testing.assert_series_equal(foreign_returns(equity, yen, carry)["hedged"], carry, check_names=False)


def test_a_missing_close_leaves_its_periods_without_a_return() -> None:
    equity, yen = pd.Series([100.0, None, 99.0, 120.0], DAYS), pd.Series([150.0] * 4, DAYS)
    found = foreign_returns(equity, yen, pd.Series([None, 0.1, 0.1, 0.1], DAYS))
    assert found["unhedged"].isna().tolist() == [True, True, True, False]
