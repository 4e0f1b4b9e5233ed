"""What followed a sell-off: branches fixed by depth and horizon, and the two numbers beside them."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch.datasets import market
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.models.aftermath import aftermath

DAY = pd.Timestamp("2025-01-03")


def closes(*after: float) -> pd.Series[float]:
    values = [90.0, 100.0, 95.0, *after]
    return pd.Series(values, index=pd.bdate_range("2025-01-01", periods=len(values)))


@pytest.mark.parametrize(
    ("after", "branch"),
    [((101.0,), "recovered"), ((100.0,), "open"), ((90.0, 120.0), "deepened"), ((90.01,), "open"), ((), "open")],
)
def test_what_comes_first_decides(after: tuple[float, ...], branch: str) -> None:
    assert aftermath(closes(*after), DAY, 10.0, 26).branch == branch


def test_a_horizon_that_has_passed_decides_too() -> None:
    found = aftermath(closes(*[95.0] * 10, 120.0), DAY, 10.0, 1)
    assert found.branch == "neither" and found.on == DAY + pd.Timedelta(weeks=1)


def test_a_later_fall_from_a_higher_peak_is_not_hidden_by_the_old_high() -> None:
    found = aftermath(closes(150.0, 120.0, 160.0), DAY, 10.0, 26)
    assert found.branch == "recovered" and found.lowest_pct == pytest.approx(-5.0)
    assert found.drawdown_pct == pytest.approx(-20.0) and found.level_pct == pytest.approx(60.0)
    assert (found.peak_day, found.trough_day) == (pd.Timestamp("2025-01-06"), pd.Timestamp("2025-01-07"))


def test_the_fall_of_early_2026_stands_beside_the_high_of_2025() -> None:
    topix = market.daily("2026-10-09", ["topix"])["topix"]
    found = aftermath(topix, pd.Timestamp("2025-09-05"), 10.0, 26)
    assert found.drawdown_pct == pytest.approx(-11.5, abs=0.05) and found.peak_day.year == 2026
    assert found.lowest_pct > -2, "the smaller number alone hid it"


def test_nothing_after_the_day_is_read_before_it_is_known() -> None:
    known = closes(120.0)
    assert aftermath(known[known.index <= DAY], DAY, 10.0, 26).branch == "open"


def test_depth_and_horizon_must_be_above_zero() -> None:
    with pytest.raises(BadParameter):
        aftermath(closes(), DAY, 0.0, 26)
    with pytest.raises(BadParameter):
        aftermath(closes(), DAY, 10.0, 0)
    with pytest.raises(InsufficientData):
        aftermath(closes(), pd.Timestamp("2020-01-01"), 10.0, 26)
