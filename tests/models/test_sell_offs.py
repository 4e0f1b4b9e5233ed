"""Sell-offs: counted from the threshold on, never changed once over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import BadParameter
from jpresearch.models.sell_offs import sell_offs

SESSIONS = pd.bdate_range("2015-01-05", periods=1300, name="date")


def test_sell_offs_by_hand() -> None:
    levels = [100, 95, 110, 101, 98, 99, 108, 112, 100, 90]
    found = sell_offs(pd.Series(levels, index=SESSIONS[:10], dtype="float64"), 10.0)
    assert list(found[["first", "last", "over"]].itertuples(index=False, name=None)) == [
        (SESSIONS[2], SESSIONS[4], True),
        (SESSIONS[7], SESSIONS[9], False),
    ]
    assert found["fall_pct"].iloc[0] == pytest.approx((98 / 110 - 1) * 100)


@pytest.mark.parametrize(("fall", "expected"), [(9.99, 0), (10.0, 1), (10.01, 1)])
def test_a_fall_counts_from_its_threshold_on(fall: float, expected: int) -> None:
    assert len(sell_offs(pd.Series([100.0, 100.0 - fall], index=SESSIONS[:2]), 10.0)) == expected


def test_later_closes_never_change_a_sell_off_that_is_over() -> None:
    draw = np.random.default_rng(3).normal(0.02, 1.0, len(SESSIONS)) / 100
    topix = pd.Series(1000 * np.cumprod(1 + draw), index=SESSIONS)
    whole = sell_offs(topix, 8.0)
    assert len(whole) > 5
    for cut in (400, 700, 1000):
        found = sell_offs(topix.iloc[:cut], 8.0)
        over = found[found["over"]]
        pd.testing.assert_frame_equal(over, whole.head(len(over)))


def test_no_fall_gives_a_frame_without_rows() -> None:
    found = sell_offs(pd.Series([100.0, 101.0], index=SESSIONS[:2]), 8.0)
    assert found.empty and list(found) == ["first", "last", "fall_pct", "over"]


@pytest.mark.parametrize("size", [0.0, -8.0, 100.0])
def test_a_size_that_is_none_is_refused(size: float) -> None:
    with pytest.raises(BadParameter):
        sell_offs(pd.Series([100.0, 90.0], index=SESSIONS[:2]), size)
