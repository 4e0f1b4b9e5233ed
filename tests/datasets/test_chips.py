"""Semiconductor names: prices on the basis of the day, earnings as known on it, and changes of guidance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.datasets import chips
from jpresearch.errors import BadParameter, UnknownName
from tests.datasets.conftest import Write

BOTH = ["8035", "6857"]


def filing(code: str, year: str, quarter: int, published: str, **figures: float) -> dict[str, object]:
    """One row of ``semiconductor_filings``; the quarter's end follows from the year's."""
    last = pd.Timestamp(year)
    end = last - pd.offsets.MonthEnd(3 * (4 - quarter)) if quarter < 4 else last
    days = {"fiscal_year_end": last, "period_end": end, "period_start": last - pd.offsets.MonthEnd(12)}
    return {"code": code, "quarter": quarter, "published_at": published, **days, **figures}


def closes(code: str, values: dict[str, float]) -> pd.DataFrame:
    rows = {"code": code, "period_end": list(values), "close_jpy": list(values.values())}
    return pd.DataFrame(rows | {"published_at": list(values)})


@pytest.fixture
def small(write: Write) -> Write:
    """Two names: one with a split of three for one on 1 October 2022 that the price table is restated for."""
    days = {"2022-09-01": 100.0, "2022-12-01": 120.0, "2023-02-01": 90.0}
    write("semiconductor_prices", pd.concat([closes("8035", days), closes("6857", {"2022-09-01": 50.0})]))
    day = pd.Timestamp("2022-10-01")
    split = {"code": ["8035"], "period_end": day, "ex_date": day, "effective_date": day, "ratio": 3.0}
    write("splits", pd.DataFrame(split | {"published_at": "2022-10-01", "evidence": "x"}))
    year = {"eps_jpy": 30.0, "net_profit_jpy": 3e9}
    first = {"eps_jpy": 6.0, "net_profit_jpy": 0.6e9, "forecast_net_profit_jpy": 3.6e9, "forecast_eps_jpy": 36.0}
    half = {"eps_jpy": 5.0, "net_profit_jpy": 1.5e9, "forecast_net_profit_jpy": 2.7e9, "forecast_eps_jpy": 9.0}
    rows = [
        filing("8035", "2022-03-31", 4, "2022-05-10", **year),
        filing("8035", "2023-03-31", 1, "2022-08-10", **first),
        filing("8035", "2023-03-31", 2, "2022-11-10", **half),
        filing("6857", "2022-03-31", 4, "2022-05-10", **year),
    ]
    write("semiconductor_filings", pd.DataFrame(rows))
    return write


def test_a_close_stands_on_the_split_basis_of_the_day_asked_for(small: Write) -> None:
    before, after = chips.prices("2022-09-15", ["8035"]), chips.prices("2023-03-01", ["8035"])
    assert before.loc["2022-09-01", "8035"] == 300.0, "three old yen for each of today's"
    assert after["8035"].tolist() == [100.0, 120.0, 90.0]


def test_earnings_and_close_meet_on_one_basis_on_every_day(small: Write) -> None:
    pe = chips.valuation("2023-03-01", "trailing_pe", BOTH)
    assert pe.loc["2022-09-01", "8035"] == pytest.approx(10.0), "100 over 30 / 3"
    assert pe.loc["2022-09-01", "6857"] == pytest.approx(50 / 30)
    then = {name: chips.valuation("2022-09-15", f"trailing_{name}", BOTH) for name in ("pe", "eps")}
    at_the_time = {name: frame.loc["2022-09-01", "8035"] for name, frame in then.items()}
    assert at_the_time == pytest.approx({"pe": 10.0, "eps": 30.0}), "the ratio seen then, per share of then"
    forward = chips.valuation("2023-03-01", "forward_eps", BOTH)["8035"]
    assert forward["2022-09-01"] == pytest.approx(12.0) and forward["2022-12-01"] == pytest.approx(9.0)
    assert forward.index[-1] == pd.Timestamp("2023-02-01")


def test_results_count_from_the_day_they_were_filed_and_lapse(small: Write) -> None:
    early = chips.valuation("2023-03-01", "trailing_eps", BOTH, max_age_months=3)
    assert early.loc["2022-09-01", "8035"] == pytest.approx(10.0)
    assert np.isnan(early.loc["2022-09-01", "6857"]), "the newest results are from May"
    old = chips.state("2023-03-01", BOTH, max_age_months=2)
    assert old.loc["8035", "missing"] == "results too old" and old.loc["6857", "missing"] == "no recent close"


def test_guidance_is_compared_with_the_forecast_before_for_the_same_year(small: Write) -> None:
    changes = chips.guidance("2023-03-01", BOTH)
    told = changes.set_index("measure")[["previous", "forecast", "direction"]]
    assert told.loc["net_profit"].tolist() == pytest.approx([3.6, 2.7, -1.0])
    assert told.loc["eps"].tolist() == pytest.approx([12.0, 9.0, -1.0]), "on one split basis"
    assert changes["change_pct"].round(1).tolist() == [-25.0, -25.0]
    assert chips.guidance("2022-09-15", BOTH).empty
    share = chips.diffusion("2023-03-01", "net_profit", BOTH)
    assert share["diffusion"].tolist() == [-100.0] and share.index[0] == pd.Timestamp("2022-12-31")


def test_the_basket_as_one_company_is_its_value_over_its_profit() -> None:
    as_of = "2025-09-05"
    value, profit = (chips.valuation(as_of, measure).iloc[-1] for measure in ("market_value", "trailing_profit"))
    held = value.notna() & profit.notna()
    pe = value[held].sum() / profit[held].sum()
    each = chips.valuation(as_of, "trailing_pe").iloc[-1]
    assert each.min() < pe < each.max()
    close, yields = chips.valuation(as_of, "close"), chips.valuation(as_of, "trailing_yield")
    eps = chips.valuation(as_of, "trailing_eps")
    pd.testing.assert_frame_equal(yields, 100 * eps / close, check_exact=False)


def test_a_code_or_measure_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadParameter, match="8035"):
        chips.valuation("2025-09-05", codes=["9999"])
    with pytest.raises(BadParameter, match="1625"):
        chips.valuation("2025-09-05", codes=["1625"])
    assert "1625" in chips.prices("2025-09-05", ["1625"])
    with pytest.raises(UnknownName, match="forward_pe"):
        chips.valuation("2025-09-05", "pe")
