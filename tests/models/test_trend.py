"""The trend-following proxy: its signs, its scale, and the levels that turn it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.models.trend import trend_proxy

DAYS = pd.bdate_range("2024-01-01", periods=400)


def walk(seed: int = 0) -> pd.Series:
    steps = np.random.default_rng(seed).normal(0.0003, 0.012, len(DAYS))
    return pd.Series(30_000 * np.exp(np.cumsum(steps)), DAYS)


def test_a_rising_market_is_held_long_by_every_span() -> None:
    close = pd.Series(np.linspace(100, 200, 400) + np.sin(np.arange(400)) * 0.1, DAYS)
    found = trend_proxy(close)
    assert found.position.iloc[-1] == 1.0 and (found.triggers["sign"] == 1).all()
    assert (found.triggers["distance_pct"] < 0).all()


def test_exposure_aims_at_the_target_volatility() -> None:
    close = walk()
    found = trend_proxy(close, target_volatility_pct=12.0)
    usual = np.log(close).diff().iloc[-60:].std() * np.sqrt(245) * 100
    assert found.exposure.iloc[-1] == pytest.approx(found.position.iloc[-1] * 12.0 / usual)


@pytest.mark.parametrize("span", [20, 60, 120])
def test_the_next_close_turns_a_span_at_its_trigger_and_not_before(span: int) -> None:
    close = walk(4)
    level = trend_proxy(close).triggers.loc[span, "level"]
    tomorrow = DAYS[-1] + pd.Timedelta(days=1)
    above, below = (trend_proxy(pd.concat([close, pd.Series([level * k], [tomorrow])])) for k in (1.0001, 0.9999))
    assert above.triggers.loc[span, "sign"] == 1 and below.triggers.loc[span, "sign"] == -1


def test_later_closes_change_no_earlier_position() -> None:
    close = walk(5)
    whole, cut = trend_proxy(close).position, trend_proxy(close.iloc[:300]).position
    pd.testing.assert_series_equal(whole.loc[cut.index], cut)


def test_too_few_closes_are_said() -> None:
    with pytest.raises(InsufficientData, match="closes are too few"):
        trend_proxy(walk().iloc[:100])
