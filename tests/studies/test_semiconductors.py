"""Chip names: earnings as known on the day, own past, and what a rally is made of."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import TOKYO
from jpresearch.errors import BadParameter, InsufficientData, StatsError
from jpresearch.studies import semiconductors as study
from jpresearch.studies.results import Metric

NO_SPLITS = pd.DataFrame(
    {"code": pd.Series(dtype="str"), "ex_date": pd.Series(dtype="datetime64[us]"), "ratio": pd.Series(dtype="float64")}
)
BLANK = {
    "next_fiscal_year_end": pd.NaT,
    "net_profit_jpy": np.nan,
    "eps_jpy": np.nan,
    "forecast_net_profit_jpy": np.nan,
    "forecast_eps_jpy": np.nan,
    "next_year_forecast_eps_jpy": np.nan,
}


# --- a small world of our own ---------------------------------------------------------------------------------------


def filing(day: str, year: str, quarter: int, code: str = "9999", shares: float = 100.0, **figures: object) -> dict:
    """One disclosure; a profit follows from the figure per share and the number of shares unless it is given."""
    row = BLANK | {"code": code, "fiscal_year_end": pd.Timestamp(year), "quarter": quarter} | figures
    row["period_end"] = row["fiscal_year_end"] - pd.offsets.MonthEnd(3 * (4 - quarter)) if quarter < 4 else year
    if "eps_jpy" in figures:
        row.setdefault("net_profit_jpy", np.nan)
        row["net_profit_jpy"] = figures.get("net_profit_jpy", float(str(figures["eps_jpy"])) * shares)
    row["published_at"] = pd.Timestamp(f"{day} 15:30", tz=TOKYO)
    return row


def disclosed(*rows: dict) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    days = ["fiscal_year_end", "next_fiscal_year_end", "period_end"]
    frame[days] = frame[days].apply(pd.to_datetime)
    return frame.sort_values("published_at", kind="stable").reset_index(drop=True)


def split(ex_date: str, ratio: float, code: str = "9999") -> pd.DataFrame:
    return pd.DataFrame({"code": [code], "ex_date": pd.to_datetime([ex_date]), "ratio": [ratio]})


def world(filings: pd.DataFrame, close: pd.DataFrame, splits: pd.DataFrame = NO_SPLITS) -> study.Inputs:
    flat = pd.Series(1000.0, index=close.index)
    return study.Inputs(close, filings, splits, topix=flat, electric=flat, prime_pe=None, nikkei_pe=None)


def prices(first: str, last: str, codes: tuple[str, ...] = ("9999", "9998", "9997"), level: float = 100.0):
    days = pd.bdate_range(first, last)
    return pd.DataFrame(level, index=days, columns=list(codes))


def for_all(rows: list[dict], codes: tuple[str, ...] = ("9999", "9998", "9997")) -> pd.DataFrame:
    return disclosed(*[row | {"code": code} for code in codes for row in rows])


def known(filings: pd.DataFrame, days: pd.DatetimeIndex, splits: pd.DataFrame = NO_SPLITS) -> pd.Series:
    states = study.trailing_states(study.on_price_basis(filings, splits))
    return study.known_on(states, "eps", days, ["9999"])["9999"]


def guided(filings: pd.DataFrame, days: list[str], code: str = "9999", splits: pd.DataFrame = NO_SPLITS) -> list[float]:
    states = study.guidance_states(study.on_price_basis(filings, splits))
    return study.known_on(states, "eps", pd.DatetimeIndex(days), [code])[code].tolist()


@lru_cache
def inputs_at(as_of: str | None) -> study.Inputs:
    return study.load_inputs(as_of)


@lru_cache
def estimated(as_of: str | None) -> tuple[study.Valuation, study.OwnPast, study.Rally, study.Summary]:
    inputs = inputs_at(as_of)
    valuation = study.value(inputs)
    past = study.own_past(valuation.monthly(valuation.trailing_yield), min_months=24)
    rally = study.rally(valuation, inputs)
    return valuation, past, rally, study.summarise(inputs, valuation, past, rally)


def published(as_of: str | None) -> dict[str, Metric]:
    return {item.name: item for item in study.metrics(estimated(as_of)[3])}


# --- trailing twelve months -----------------------------------------------------------------------------------------


def test_trailing_earnings_are_the_sum_of_the_last_four_quarters():
    quarters = np.random.default_rng(2).normal(10, 20, size=16).round(2)
    rows, ends = [], []
    for number in range(16):
        year, quarter = 2021 + number // 4, number % 4 + 1
        month_end = pd.Timestamp(f"{year}-01-01") + pd.offsets.MonthEnd(3 * quarter)
        to_date = quarters[number - quarter + 1 : number + 1].sum()
        rows.append(filing(f"{month_end + pd.Timedelta(days=30):%Y-%m-%d}", f"{year}-12-31", quarter, eps_jpy=to_date))
        ends.append(month_end + pd.Timedelta(days=30))
    eps = known(disclosed(*rows), pd.DatetimeIndex(ends))
    expected = [quarters[number - 3 : number + 1].sum() for number in range(3, 16)]
    assert eps.iloc[3:].tolist() == pytest.approx(expected)
    assert eps.iloc[:3].isna().all()


def test_last_full_year_stands_in_where_the_quarter_a_year_before_is_missing():
    rows = disclosed(
        filing("2024-05-10", "2024-03-31", 4, eps_jpy=40.0),
        filing("2024-08-10", "2025-03-31", 1, eps_jpy=30.0),
    )
    states = study.trailing_states(study.on_price_basis(rows, NO_SPLITS))
    assert states["eps"].tolist() == [40.0, 40.0]
    assert states["kind"].tolist() == ["twelve months", "last full year"]
    assert (states["through"] == pd.Timestamp("2024-03-31")).all()


def test_without_the_full_year_before_there_are_no_trailing_earnings():
    rows = disclosed(
        filing("2023-05-10", "2023-03-31", 4, eps_jpy=40.0),
        filing("2023-08-10", "2024-03-31", 1, eps_jpy=10.0),
        filing("2024-08-10", "2025-03-31", 1, eps_jpy=30.0),
    )
    states = study.trailing_states(study.on_price_basis(rows, NO_SPLITS))
    assert np.isnan(states["eps"].iloc[-1])
    assert states["kind"].iloc[-1] == ""


def test_fiscal_years_may_end_in_june_and_february_days_do_not_matter():
    rows = disclosed(
        filing("2023-08-05", "2023-06-30", 4, eps_jpy=40.0),
        filing("2023-04-28", "2023-06-30", 3, eps_jpy=25.0),
        filing("2024-04-28", "2024-06-30", 3, eps_jpy=35.0),
    )
    states = study.trailing_states(study.on_price_basis(rows, NO_SPLITS))
    assert states["eps"].iloc[-1] == 50.0
    assert states["through"].iloc[-1] == pd.Timestamp("2024-03-31")


def test_a_later_edition_counts_only_from_its_own_day():
    rows = disclosed(
        filing("2023-05-10", "2023-03-31", 4, eps_jpy=40.0),
        filing("2023-07-10", "2023-03-31", 4, eps_jpy=33.0),
    )
    eps = known(rows, pd.DatetimeIndex(["2023-05-09", "2023-05-10", "2023-07-09", "2023-07-10"]))
    assert eps.tolist() == pytest.approx([np.nan, 40.0, 40.0, 33.0], nan_ok=True)


@pytest.mark.parametrize("seed", range(4))
def test_figures_of_no_filing_are_used_before_it_is_published(seed):
    inputs, random = inputs_at(None), np.random.default_rng(seed)
    days, codes = pd.DatetimeIndex(inputs.close.index), list(inputs.close.columns)
    cut = pd.Timestamp(random.choice(inputs.filings["published_at"].dt.tz_localize(None).dt.normalize()))
    spoiled = inputs.filings.copy()
    late = spoiled["published_at"] >= (cut + pd.Timedelta(days=1)).tz_localize(TOKYO)
    for column in ("eps_jpy", "forecast_eps_jpy", "next_year_forecast_eps_jpy"):
        spoiled.loc[late, column] = spoiled.loc[late, column] * random.uniform(2, 3, size=int(late.sum()))
    for states in (study.trailing_states, study.guidance_states):
        plain, other = (
            study.known_on(states(study.on_price_basis(rows, inputs.splits)), "eps", days, codes)
            for rows in (inputs.filings, spoiled)
        )
        pd.testing.assert_frame_equal(plain.loc[:cut], other.loc[:cut])
        assert not plain.equals(other)


@pytest.mark.parametrize("as_of", ["2022-07-29", "2023-08-15", "2024-08-01", "2025-09-05"])
def test_a_past_day_looks_the_same_from_that_day_and_from_today(as_of):
    then, now = study.value(study.load_inputs(as_of)), estimated(None)[0]
    for name in ("trailing_yield", "guided_yield", "weight", "profit"):
        seen = getattr(then, name)
        pd.testing.assert_frame_equal(seen, getattr(now, name).loc[: seen.index[-1]], check_freq=False)


def test_own_past_percentiles_do_not_change_when_the_future_is_cut_off():
    yields = estimated(None)[0].monthly(estimated(None)[0].trailing_yield)
    whole = study.own_past(yields, min_months=24)
    cut = study.own_past(yields.iloc[:-20], min_months=24)
    pd.testing.assert_frame_equal(whole.percentile.iloc[:-20], cut.percentile)
    pd.testing.assert_frame_equal(whole.z.iloc[:-20], cut.z)
    assert not whole.hindsight.iloc[:-20].equals(cut.hindsight)


def test_results_that_are_too_old_are_missing():
    rows = for_all([filing("2023-05-10", "2023-03-31", 4, eps_jpy=10.0)])
    close = prices("2023-05-01", "2023-11-10")
    valuation = study.value(world(rows, close), max_age_months=6)
    assert valuation.trailing["9999"].loc["2023-11-10"] == 10.0
    with pytest.raises(InsufficientData, match="fewer than 3"):
        study.value(world(rows, prices("2023-05-01", "2023-11-13")), max_age_months=6)


def test_a_last_full_year_does_not_stand_in_for_longer_than_fifteen_months():
    full_year = filing("2023-05-10", "2023-03-31", 4, eps_jpy=10.0)
    rows = for_all([full_year, filing("2024-02-10", "2024-03-31", 3, eps_jpy=9.0)])
    others = for_all([filing("2024-05-10", "2024-03-31", 4, eps_jpy=12.0)], ("9998", "9997", "9996"))
    filings = pd.concat([rows[rows["code"] == "9999"], others], ignore_index=True)
    close = prices("2023-05-01", "2024-07-05", ("9999", "9998", "9997", "9996"))
    trailing = study.value(world(filings, close), max_age_months=12).trailing["9999"]
    assert (trailing.loc["2023-05-10":"2024-06-28"] == 10.0).all()
    assert trailing.loc["2024-07-02":].isna().all()


# --- splits ---------------------------------------------------------------------------------------------------------


def test_the_ratio_is_continuous_through_a_split():
    close = prices("2023-05-01", "2024-06-28", level=50.0)  # as adjusted later: 200 before a four-for-one split
    rows = [
        filing("2023-05-10", "2023-03-31", 4, eps_jpy=8.0),
        filing("2023-11-10", "2024-03-31", 2, shares=400.0, eps_jpy=1.0),
        filing("2024-05-10", "2024-03-31", 4, shares=400.0, eps_jpy=2.0),
    ]
    splits = pd.concat([split("2023-09-28", 4.0, code) for code in close.columns])
    valuation = study.value(world(for_all(rows), close, splits), max_age_months=12)
    assert valuation.trailing_yield["9999"].dropna().unique().tolist() == pytest.approx([4.0])


def test_a_forecast_per_new_share_before_the_split_is_recognised_by_its_profit():
    rows = disclosed(
        filing("2023-05-10", "2023-03-31", 4, eps_jpy=100.0),
        filing("2023-08-01", "2024-03-31", 1, eps_jpy=25.0, forecast_eps_jpy=30.0, forecast_net_profit_jpy=12_000.0),
    )
    days = ["2023-08-01", "2023-12-01"]
    splits = split("2023-09-28", 4.0)
    assert guided(rows, days, splits=splits) == [30.0, 30.0]
    assert known(rows.iloc[:1], pd.DatetimeIndex(days), splits).tolist() == [25.0, 25.0]
    old_basis = rows.assign(forecast_net_profit_jpy=rows["forecast_net_profit_jpy"] / 4)
    assert guided(old_basis, days, splits=splits) == [7.5, 7.5]


def test_a_forecast_without_a_profit_takes_the_reading_nearer_to_the_last_full_year():
    year = {"eps_jpy": 100.0, "next_fiscal_year_end": pd.Timestamp("2024-03-31")}
    for stated, expected in ((55.0, 55.0), (90.0, 45.0), (210.0, 105.0)):
        rows = disclosed(filing("2023-05-10", "2023-03-31", 4, next_year_forecast_eps_jpy=stated, **year))
        assert guided(rows, ["2023-06-01"], splits=split("2023-09-28", 2.0)) == [expected]
    rows = disclosed(filing("2023-05-10", "2023-03-31", 4, next_year_forecast_eps_jpy=90.0, **year))
    assert guided(rows, ["2023-06-01"], splits=split("2026-09-28", 2.0)) == [45.0]  # no such split was announced


def test_a_split_after_the_day_changes_no_ratio():
    inputs = inputs_at("2025-09-05")
    later = pd.concat([inputs.splits, split("2026-08-03", 5.0, "8035")], ignore_index=True)
    close = inputs.close.assign(**{"8035": inputs.close["8035"] / 5.0})
    other = study.value(replace(inputs, close=close, splits=later))
    pd.testing.assert_frame_equal(other.trailing_yield, estimated("2025-09-05")[0].trailing_yield)
    pd.testing.assert_frame_equal(other.guided_yield, estimated("2025-09-05")[0].guided_yield)


def test_every_real_figure_is_on_the_basis_that_its_profit_shows():
    inputs = inputs_at(None)
    figures = study.on_price_basis(inputs.filings, inputs.splits)
    shares = figures.groupby("code")["shares"].ffill()
    change = figures[figures["shares"].notna()].groupby("code")["shares"].pct_change().dropna()
    assert change.abs().max() < 0.17  # issues and buybacks; the smallest split is two for one
    implied = figures["forecast_net_profit_jpy"] / figures["forecast_eps"]
    stated = (implied > 0) & shares.notna()
    assert ((implied / shares)[stated] - 1.0).abs().max() < 0.17
    assert stated.sum() > 80


def test_known_forecasts_on_new_shares_before_the_split_are_read_as_such():
    rows = inputs_at(None).filings
    figures = study.on_price_basis(rows, inputs_at(None).splits).set_index(["code", "day"])
    assert figures.loc[("7735", "2023-05-10"), "next_year_forecast_eps"] == pytest.approx(611.69 / 2)  # split of 2026
    assert figures.loc[("6963", "2023-05-09"), "next_year_forecast_eps"] == pytest.approx(713.25 / 4)
    assert figures.loc[("6963", "2023-08-01"), "forecast_eps"] == pytest.approx(178.31)
    assert figures.loc[("6526", "2023-04-28"), "next_year_forecast_eps"] == pytest.approx(519.8 / 5)
    assert figures.loc[("6526", "2023-10-31"), "forecast_eps"] == pytest.approx(127.9)
    assert figures.loc[("6526", "2023-10-31"), "eps"] == pytest.approx(439.5 / 5)


# --- guidance -------------------------------------------------------------------------------------------------------


def test_guidance_ends_with_the_results_of_its_year_and_leaves_a_gap():
    rows = disclosed(
        filing("2023-08-01", "2024-03-31", 1, eps_jpy=2.0, forecast_eps_jpy=10.0),
        filing("2023-11-01", "2024-03-31", 2, eps_jpy=5.0),
        filing("2024-05-10", "2024-03-31", 4, eps_jpy=11.0),
        filing("2024-08-01", "2025-03-31", 1, eps_jpy=3.0, forecast_eps_jpy=14.0),
    )
    days = ["2023-07-31", "2023-08-01", "2023-11-02", "2024-05-09", "2024-05-10", "2024-07-31", "2024-08-01"]
    gap = np.nan
    assert guided(rows, days) == pytest.approx([gap, 10.0, 10.0, 10.0, gap, gap, 14.0], nan_ok=True)


def test_a_revision_replaces_guidance_and_next_year_follows_full_year_results():
    rows = disclosed(
        filing("2023-08-01", "2024-03-31", 1, eps_jpy=2.0, forecast_eps_jpy=10.0),
        filing("2023-09-01", "2024-03-31", 1, eps_jpy=2.0, forecast_eps_jpy=12.0),
        filing(
            "2024-05-10",
            "2024-03-31",
            4,
            eps_jpy=11.0,
            next_year_forecast_eps_jpy=-5.0,
            next_fiscal_year_end=pd.Timestamp("2025-03-31"),
        ),
    )
    assert guided(rows, ["2023-08-31", "2023-09-01", "2024-05-10"]) == [10.0, 12.0, -5.0]


@pytest.mark.parametrize(("code", "expected"), [("6146", [np.nan, 8.0]), ("9999", [6.0, 8.0])])
def test_a_forecast_to_the_end_of_the_coming_quarter_is_not_one_for_the_year(code, expected):
    rows = disclosed(
        filing("2021-10-21", "2022-03-31", 2, code, eps_jpy=4.0, forecast_eps_jpy=6.0),
        filing("2022-01-25", "2022-03-31", 3, code, eps_jpy=6.0, forecast_eps_jpy=8.0),
    )
    assert guided(rows, ["2021-11-01", "2022-02-01"], code) == pytest.approx(expected, nan_ok=True)


def test_guidance_for_a_year_long_over_is_none():
    rows = [
        filing("2023-02-10", "2023-03-31", 3, eps_jpy=7.0),
        filing("2023-05-10", "2023-03-31", 4, eps_jpy=10.0, next_year_forecast_eps_jpy=11.0),
        filing("2024-02-10", "2024-03-31", 3, eps_jpy=8.0),  # and no results for the year after it
    ]
    valuation = study.value(world(for_all(rows), prices("2023-05-01", "2024-08-01")), max_age_months=24)
    assert valuation.guided["9999"].loc["2024-07-09"] == 11.0
    assert valuation.guided["9999"].loc["2024-07-10":].isna().all()


def test_names_that_never_guide_have_no_guided_ratio():
    valuation = estimated(None)[0]
    assert valuation.guided[["6723", "285A"]].isna().all(axis=None)
    coverage = study.guidance_coverage(valuation, "2021-01-01")
    assert (coverage.loc["6723"] == 0.0).all()
    assert coverage.loc["285A", "2023 Q1"] != coverage.loc["285A", "2023 Q1"]  # not yet listed: no figure at all
    assert coverage.loc["6146", "2021 Q4"] == 0.0


# --- known figures --------------------------------------------------------------------------------------------------


def test_tokyo_electron_at_the_end_of_august_2025_by_hand():
    valuation = estimated("2025-09-05")[0]
    close = inputs_at("2025-09-05").close.loc["2025-08-29", "8035"]
    trailing = 1182.40 + 257.13 - 273.22  # year to 2025-03, first quarters of 2025 and 2024
    assert valuation.trailing.loc["2025-08-29", "8035"] == pytest.approx(trailing)
    assert valuation.trailing_yield.loc["2025-08-29", "8035"] == pytest.approx(100 * trailing / close)
    assert valuation.guided_yield.loc["2025-08-29", "8035"] == pytest.approx(100 * 969.12 / close)


def test_screen_before_its_split_of_2026_by_hand():
    valuation = estimated("2025-09-05")[0]
    restated = inputs_at("2025-09-05").close.loc["2025-08-29", "7735"]
    as_traded, trailing = 2.0 * restated, 1023.54 + 176.52 - 187.62
    assert valuation.trailing_yield.loc["2025-08-29", "7735"] == pytest.approx(100 * trailing / as_traded)


def test_the_basket_as_one_company_by_hand():
    rows = for_all([filing("2023-05-10", "2023-03-31", 4, eps_jpy=10.0)])
    losing = rows["code"] == "9997"
    rows.loc[losing, ["eps_jpy", "net_profit_jpy"]] *= -1.0
    valuation = study.value(world(rows, prices("2023-05-01", "2023-06-01")))
    assert study.aggregate_pe(valuation) == pytest.approx(3 * 100.0 * 100.0 / 1000.0)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2025-09-05", {"basket_trailing_pe": 20.93, "basket_percentile": 56.48, "rally_return_pct": 60.15}),
        ("2023-12-29", {"basket_trailing_pe": 19.32, "names_with_percentile": 8, "rally_names_split": 10}),
        (None, {"basket_trailing_pe": 39.95, "names_with_trailing_pe": 7, "basket_drawdown_pct": -24.4}),
    ],
)
def test_headline_figures_of_known_days(as_of, expected):
    metrics = published(as_of)
    assert {name: metrics[name].value for name in expected} == pytest.approx(expected)


# --- basket and own past --------------------------------------------------------------------------------------------


def test_the_basket_takes_a_name_in_after_its_first_close_and_lets_it_go_after_its_last():
    close = prices("2024-01-01", "2024-01-04", ("a", "b")).astype("float64")
    close["a"] = [100.0, 110.0, 110.0, 121.0]
    close["b"] = [np.nan, 50.0, 100.0, np.nan]
    assert study.basket_index(close).tolist() == pytest.approx([100.0, 110.0, 165.0, 181.5])


def test_losses_count_as_dearest_and_have_no_multiple():
    _, _, _, summary = estimated("2025-09-05")
    losing = summary.names.index[summary.names["trailing_yield"] <= 0.0]
    assert set(losing) == {"6723", "6963"}
    assert summary.names.loc[losing, "trailing_pe"].isna().all()
    ratios = study.pe_by_name(estimated("2025-09-05")[0], "2021-01-01")
    assert ratios.iloc[-1].loc[losing].isna().all()
    assert summary.trailing.high > summary.trailing.middle > summary.trailing.low


def test_monthly_keeps_the_last_session_of_each_month_and_the_newest_day():
    valuation = estimated("2025-09-05")[0]
    months = valuation.monthly(valuation.close)
    assert months.index[-1] == pd.Timestamp("2025-09-05")
    assert months.index[-2] == pd.Timestamp("2025-08-29")
    assert not pd.DatetimeIndex(months.index).to_period("M").has_duplicates


def test_prime_is_not_carried_far_past_its_last_month():
    _, _, _, summary = estimated(None)
    lines = study.basket_yields(estimated(None)[0], inputs_at(None), "2021-01-01")
    assert np.isnan(lines["prime"].iloc[-1])
    assert summary.prime_day == pd.Timestamp("2026-06-30")


# --- rally ----------------------------------------------------------------------------------------------------------


def test_the_rally_starts_at_the_low_of_the_lookback_and_its_parts_add_up():
    inputs, (_, _, rally, _) = inputs_at("2025-09-05"), estimated("2025-09-05")
    assert (rally.first, rally.last) == (pd.Timestamp("2025-04-07"), pd.Timestamp("2025-09-05"))
    index = study.basket_index(inputs.close).loc["2024-03-05":]
    assert index.idxmin() == rally.first
    parts = rally.trailing.parts
    assert np.allclose(parts["earnings"] + parts["multiple"], parts["price"])
    assert np.allclose(100 * np.log1p(rally.returns[parts.index] / 100), parts["price"])
    assert 1 + rally.basket / 100 == pytest.approx((1 + rally.relative / 100) * (1 + rally.topix / 100))


def test_names_with_losses_or_without_earnings_are_named_and_drawn_unsplit():
    _, _, rally, summary = estimated("2025-09-05")
    assert rally.trailing.undefined.to_dict() == {
        "6723": "loss at the end",
        "6963": "loss at the end",
        "285A": "no earnings figure at the start",
    }
    bars = study.split_by_name(rally)
    assert bars.loc[["6723", "6963", "285A"], "not_split"].notna().all()
    assert bars["not_split"].notna().sum() == 3
    assert len(study.rally_page(summary)) == 13


def test_a_window_can_be_asked_for_and_moves_to_sessions():
    inputs = inputs_at("2025-09-05")
    first, last, chosen = study.window(inputs, "2025-08-16", "2025-08-31", 18)
    assert (first, last) == (pd.Timestamp("2025-08-18"), pd.Timestamp("2025-08-29"))
    assert chosen == "the day asked for"


@pytest.mark.parametrize(
    ("start", "end", "lookback", "name"),
    [
        ("2025-09-05", None, 18, "rally_start"),
        ("2026-01-05", None, 18, "rally_start"),
        ("2025-13-40", None, 18, "rally_start"),
        (None, "soon", 18, "rally_end"),
        (None, "2001-01-01", 18, "rally_end"),
        (None, None, 0, "lookback_months"),
    ],
)
def test_an_impossible_window_is_refused(start, end, lookback, name):
    with pytest.raises(BadParameter, match=name):
        study.window(inputs_at("2025-09-05"), start, end, lookback)


def test_a_fall_is_split_and_worded_as_a_fall():
    inputs, (valuation, past, _, _) = inputs_at("2025-09-05"), estimated("2025-09-05")
    fall = study.rally(valuation, inputs, "2024-07-11", "2025-04-07")
    assert fall.basket < 0
    words = " ".join(study.takeaways(study.summarise(inputs, valuation, past, fall)))
    assert "the basket in equal weights fell" in words
    assert "average log price fall" in words


def test_the_newest_close_being_the_low_leaves_no_rally():
    inputs = inputs_at("2025-04-07")
    valuation = study.value(inputs)
    past = study.own_past(valuation.monthly(valuation.trailing_yield), min_months=24)
    summary = study.summarise(inputs, valuation, past, study.rally(valuation, inputs))
    words = study.takeaways(summary)
    assert any(text.startswith("There is no rally to measure") for text in words)
    assert "not available" in str([item for item in study.metrics(summary) if item.name == "rally_earnings_share_pct"])


def test_one_company_reading_deducts_losses_and_counts_its_names():
    other = estimated("2025-09-05")[3].other
    joint = other.loc["trailing earnings, all names as one company"]
    assert joint["names"] == 12  # all but Kioxia, the two loss-makers included
    assert other.loc["trailing earnings, the same names as with guidance", "names"] == 8


def test_drawdowns_are_measured_from_the_highest_close():
    losses = study.drawdowns(inputs_at("2025-09-05"))
    close = inputs_at("2025-09-05").close["6920"]
    assert losses["6920"].iloc[-1] == pytest.approx(100 * (close.iloc[-1] / close.max() - 1))
    assert (losses.max() <= 0.0).all()


# --- what is handed on ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", ["2021-05-10", "2022-06-30", "2023-12-29", "2025-04-07", "2025-09-05", None])
def test_every_metric_is_a_finite_number_a_day_or_a_reason(as_of):
    inputs, (_, _, rally, summary) = inputs_at(as_of), estimated(as_of)
    for item in study.metrics(summary):
        value = item.value
        if isinstance(value, str):
            assert value.startswith("not available: ")
        elif isinstance(value, (int, float)):
            assert np.isfinite(value)
            assert (item.low is None) or item.low <= value <= (item.high or value)
    assert summary.latest == inputs.latest
    assert rally.last == summary.latest


@pytest.mark.parametrize("as_of", ["2021-05-10", "2022-06-30", "2023-12-29", "2025-04-07", "2025-09-05", None])
def test_takeaways_hold_no_missing_number_and_no_broken_sentence(as_of):
    words = study.takeaways(estimated(as_of)[3])
    assert 5 <= len(words) <= 7
    for text in words:
        assert "nan" not in text.lower().split() and "inf" not in text.split()
        assert text.endswith(".") and "  " not in text and ".." not in text
        assert len(text.split()) <= 45


def test_takeaways_change_with_the_day():
    early, later = (study.takeaways(estimated(day)[3]) for day in ("2023-12-29", "2025-09-05"))
    assert not set(early) & set(later)


def test_before_two_years_of_filings_the_own_past_is_said_to_be_missing():
    words = " ".join(study.takeaways(estimated("2022-06-30")[3]))
    assert "cannot be said yet" in words
    assert published("2022-06-30")["basket_percentile"].value.startswith("not available")
    assert published("2023-12-29")["basket_percentile"].value > 0
    lines = study.basket_yields(estimated("2022-06-30")[0], inputs_at("2022-06-30"), "2021-01-01")
    shown, unit = study.percentile_history(estimated("2022-06-30")[1], lines, "2021-01-01")
    assert "yield" in unit and shown["trailing"].notna().all()


def test_an_interval_over_zero_is_said_and_one_on_one_side_is_not():
    spans, clear = (study.takeaways(estimated(day)[3])[4] for day in (None, "2025-09-05"))
    assert "leaving any one out −6 to 30%, which covers zero" in spans
    assert "which covers zero" not in clear
    assert "trailing earnings fell" in clear


def test_prime_missing_is_said_in_words():
    inputs, (valuation, past, rally, _) = inputs_at("2025-09-05"), estimated("2025-09-05")
    summary = study.summarise(replace(inputs, prime_pe=None), valuation, past, rally)
    assert "Prime's multiple is not available" in study.takeaways(summary)[0]
    assert "prime" not in study.basket_yields(valuation, replace(inputs, prime_pe=None), "2021-01-01")


def test_stale_names_are_listed_with_the_reason():
    _, _, _, summary = estimated(None)
    reasons = summary.names["state"]
    assert reasons["3436"] == reasons["6963"] == "no close since 16 February 2026"
    assert reasons["7735"] == "no results in the table since 30 January 2026"
    assert reasons["285A"] == "the full year before is not in the table"
    assert all(study.NAMES[code] in study.takeaways(summary)[-1] for code in ("3436", "6963", "7735", "285A"))


def test_captions_and_pages_can_be_made_on_every_day():
    for as_of in ("2021-05-10", "2023-12-29", "2025-09-05", None):
        valuation, past, _, summary = estimated(as_of)
        inputs, start = inputs_at(as_of), "2021-01-01"
        lines = study.basket_yields(valuation, inputs, start)
        cells, unit = study.stretch_by_quarter(past, valuation, start)
        captions = [
            study.captions.basket(summary, lines),
            study.captions.ranges(summary, study.own_range(valuation)),
            study.captions.panels(study.pe_by_name(valuation, start)),
            study.captions.history(summary, study.percentile_history(past, lines, start)[0]),
            study.captions.stretch(summary, cells, unit),
            study.captions.coverage(summary, study.guidance_coverage(valuation, start)),
            study.captions.split(summary),
            study.captions.relative(summary),
            study.captions.drawdown(summary),
        ]
        assert all(len(caption.title) < 130 and "nan" not in caption.alt for caption in captions)
        pages = [study.names_page(summary), study.rally_page(summary), study.freshness_page(summary, valuation)]
        assert all(len(page) == 13 for page in pages)
        assert len(study.readings_page(summary)) >= 4


# --- calls that cannot be answered ----------------------------------------------------------------------------------


def test_the_first_days_have_too_few_filings():
    for as_of in ("2021-03-20", "2021-04-27"):
        with pytest.raises(InsufficientData, match="fewer than 3 of 13"):
            study.value(study.load_inputs(as_of))
    assert study.value(study.load_inputs("2021-04-28")).latest == pd.Timestamp("2021-04-28")


def test_no_filing_at_all_yet_is_refused():
    from jpresearch.errors import NotYetPublished

    with pytest.raises(NotYetPublished, match="2021-03-15"):
        study.load_inputs("2020-12-30")


@pytest.mark.parametrize("codes", [["8035", "1625"], ["8035", "0000"], [], ["8035", "8035"]])
def test_a_basket_without_prices_and_filings_is_refused(codes):
    with pytest.raises(BadParameter, match="basket"):
        study.load_inputs("2025-09-05", basket=codes)


def test_names_that_no_table_holds_yet_are_left_out_of_the_usual_basket(project):
    for name in ("semiconductor_prices", "semiconductor_filings"):
        file = project / "data" / f"{name}.csv"
        head, *rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text(head + "".join(row for row in rows if not row.startswith("285A,")), encoding="utf-8")
    found = study.value(study.load_inputs("2025-09-05"))
    assert found.trailing_yield["8035"].notna().any()
    assert "285A" not in found.trailing_yield or found.trailing_yield["285A"].isna().all()
    with pytest.raises(BadParameter, match="285A"):
        study.load_inputs("2025-09-05", basket=["8035", "285A"])


@pytest.mark.parametrize("start", ["2025-10-01", "2025-13-40"])
def test_a_start_after_the_newest_close_or_no_day_is_refused(start):
    with pytest.raises(BadParameter, match="start"):
        study.load_inputs("2025-09-05", start)


def test_a_smaller_basket_is_valued_alone():
    codes = ["8035", "6857", "6146", "4063"]
    valuation = study.value(study.load_inputs("2025-09-05", basket=codes))
    pd.testing.assert_frame_equal(
        valuation.trailing_yield, estimated("2025-09-05")[0].trailing_yield[codes].loc[valuation.close.index]
    )


def test_fewer_than_two_months_for_a_percentile_are_refused():
    with pytest.raises(StatsError, match="at least 2"):
        study.own_past(estimated("2025-09-05")[0].trailing_yield, min_months=1)


def test_the_notebook_declares_the_metrics_that_the_study_gives(root):
    notebook = json.loads((root / "notebooks" / "02_semiconductors.ipynb").read_text(encoding="utf-8"))
    declared = notebook["metadata"]["jpresearch"]["publishes"]["metrics"]
    valuation, past, _, summary = estimated(None)
    evidence = study.gather(inputs_at(None), valuation, past, summary)
    later = [item.name for item in study.later_metrics(evidence)]
    assert sorted(declared) == sorted([*published(None), *later])
