"""The tables of 2026: futures, market size, balances, the world. Identities, anchors, and what is known of each."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from jpresearch import catalog, tables
from jpresearch.calendars import TFF_BEGINNING, sessions, survey_weeks


@functools.cache
def _table(name: str) -> pd.DataFrame:
    return tables.read(catalog.table(name))


def rows(name: str, **equal: object) -> pd.DataFrame:
    """The rows of a table in which every named column has the given value."""
    frame = _table(name)
    for column, value in equal.items():
        frame = frame[frame[column] == value]
    return frame.copy()


def test_the_new_tables_are_there_whole() -> None:
    spans = {
        "futures_flows": ("2025-08-08", "2026-09-25"),
        "trading_share": ("2023-12-29", "2026-08-21"),
        "market_size": ("2014-12-31", "2026-07-31"),
        "margin_balances": ("2009-06-26", "2026-10-02"),
        "short_selling": ("2025-03-03", "2026-08-21"),
        "ownership": ("1971-03-31", "2026-03-31"),
        "world_indices": ("2010-01-04", "2026-09-25"),
        "world_funds": ("2010-01-04", "2026-08-20"),
        "nikkei_total_return": ("2022-01-04", "2025-07-11"),
        "futures_positions": ("2005-01-04", "2026-08-04"),
        "securities_flows_monthly_wide": ("2005-01-31", "2026-08-31"),
    }
    for name, (first, last) in spans.items():
        ends = rows(name)["period_end"]
        assert (f"{ends.min():%Y-%m-%d}", f"{ends.max():%Y-%m-%d}" >= last) == (first, True), name


# ---------------------------------------------------------------- futures


def test_foreigners_in_the_two_weeks_to_29_august_2025() -> None:
    net = rows("futures_flows", product="nikkei225_large", investor="foreigners").set_index("period_end")["net_jpy_mn"]
    assert net["2025-08-22"] / 1000 == pytest.approx(226.5, abs=0.05)
    assert net["2025-08-29"] / 1000 == pytest.approx(-246.2, abs=0.05)


def test_net_futures_are_purchases_less_sales_and_net_alone_otherwise() -> None:
    flows = rows("futures_flows")
    both = flows["sales_jpy_mn"].notna()
    assert (both == flows["purchases_jpy_mn"].notna()).all()
    full = flows[both]
    assert np.allclose(full["purchases_jpy_mn"] - full["sales_jpy_mn"], full["net_jpy_mn"], atol=1e-3)
    assert set(flows.loc[~both, "investor"]) == {"foreigners"}
    weeks = sorted(full["period_end"].dt.strftime("%Y-%m-%d").unique())
    assert weeks == ["2026-08-28", "2026-09-04", "2026-09-11", "2026-09-25"]


def test_the_week_of_settlement_and_roll_is_several_times_as_large() -> None:
    large = rows("futures_flows", product="nikkei225_large", investor="foreigners").set_index("period_end")
    gross = (large["sales_jpy_mn"] + large["purchases_jpy_mn"]).dropna()
    others = gross.drop(pd.Timestamp("2026-09-11"))
    assert gross["2026-09-11"] > 3 * others.median()


def test_periods_of_futures_are_survey_weeks() -> None:
    weeks = survey_weeks("2023-12-01", "2026-10-31").set_index("period_end")["period_start"]
    for name in ("futures_flows", "trading_share"):
        frame = rows(name)
        assert (frame["period_start"].to_numpy() == weeks.reindex(frame["period_end"]).to_numpy()).all()


def test_positions_of_all_groups_and_spreading_sum_to_open_interest() -> None:
    groups = rows("futures_positions").query("report != 'legacy_futures_only'")
    key = ["contract", "report", "period_end"]
    whole = groups.groupby(key)["trader"].transform("nunique") == 5
    assert groups.loc[whole].drop_duplicates(key)["period_end"].nunique() >= 487
    known = groups[whole]
    spread = known["spreading_contracts"].fillna(0)
    sums = known.assign(held=known["long_contracts"] + spread).groupby(key)
    complete = sums["spreading_contracts"].count() >= 4
    gap = sums["held"].sum() - sums["open_interest_contracts"].first()
    assert complete.sum() > 1000
    exact = gap[complete].drop("tff_combined", level="report")
    assert (exact == 0).all()
    assert (gap[complete].abs() <= 2).all(), "options count by their delta, rounded by group"


def test_blank_spreading_is_unknown_and_never_zero() -> None:
    positions = rows("futures_positions")
    assert positions.loc[positions["report"] == "legacy_futures_only", "spreading_contracts"].isna().all()
    assert positions["spreading_contracts"].isna().sum() > 1000


def test_asset_managers_and_leveraged_funds_are_complete_from_2006() -> None:
    yen = rows("futures_positions", contract="nikkei225_yen", report="tff_futures_only")
    for trader in ("asset_manager", "leveraged_funds"):
        days = yen.loc[yen["trader"] == trader, "period_end"].sort_values()
        assert f"{days.iloc[0]:%Y-%m-%d}" == "2006-06-13"
        assert days.diff().dt.days.max() <= 8


def test_positions_before_the_report_began_were_not_known_then() -> None:
    tff = rows("futures_positions").query("report != 'legacy_futures_only'")
    assert tff["published_at"].min() == TFF_BEGINNING
    early = tff[tff["period_end"] < "2010-07-20"]
    assert set(early["grade"]) == {"assumed"} and (early["published_at"] == TFF_BEGINNING).all()
    legacy = rows("futures_positions", report="legacy_futures_only")
    assert legacy["published_at"].min() < pd.Timestamp("2005-01-10", tz="Asia/Tokyo")


def test_positions_of_a_regular_week_are_out_on_saturday_morning_in_tokyo() -> None:
    regular = rows("futures_positions", grade="rule")
    assert set(regular["published_at"].dt.strftime("%a %H:%M")) == {"Sat 04:30", "Sat 05:30"}
    lag = regular["published_at"].dt.tz_localize(None).dt.normalize() - regular["period_end"]
    assert set(lag.dt.days) == {4}
    assert (
        rows("futures_positions", grade="assumed")["published_at"].dt.strftime("%H:%M").isin(["04:30", "05:30"])
    ).all()


# ---------------------------------------------------------------- the market of Tokyo


def size(metric: str) -> pd.Series[float]:
    return rows("market_size", metric=metric).set_index("period_end")["value"]


def test_market_value_is_known_days_before_trading_value() -> None:
    july = rows("market_size", period_end=pd.Timestamp("2026-07-31")).set_index("metric")["published_at"]
    assert july["market_cap"] == pd.Timestamp("2026-08-03 13:00", tz="Asia/Tokyo")
    assert july["trading_value_total"] == pd.Timestamp("2026-08-07 13:00", tz="Asia/Tokyo")
    known = tables.load("market_size", "2026-08-05")
    assert set(known.loc[known["period_end"] == "2026-07-31", "metric"]) == {"market_cap"}


def test_trading_value_is_its_daily_average_times_the_sessions() -> None:
    days = size("trading_days")
    counted = pd.Series(1, index=sessions()).groupby(pd.Grouper(freq="ME")).sum().reindex(days.index)
    assert ((days - counted).abs() <= 1).all() and (days == counted).mean() > 0.98
    for name in ("total", "domestic_stocks"):
        average = size(f"trading_value_daily_avg{'' if name == 'total' else '_domestic_stocks'}")
        assert np.allclose(size(f"trading_value_{name}"), average * days, rtol=1e-6)


def test_figures_whose_day_is_not_known_say_so() -> None:
    grades = rows("market_size").groupby("metric")["grade"].agg(set)
    assert all(
        grades[name] == {"assumed"} for name in grades.index if name.startswith(("n225", "topix", "deriv", "ipo"))
    )
    assert all(grades[name] == {"rule"} for name in ("market_cap", "trading_value_total", "trading_days"))


def test_sections_sum_to_the_market() -> None:
    value = rows("market_cap").set_index("segment")[["company_count", "market_cap_jpy_mn"]]
    sections = value.loc[["tse_prime", "tse_standard", "tse_growth_market", "tokyo_pro_market"]].sum()
    assert sections["company_count"] == value.loc["total", "company_count"] == 3887
    assert sections["market_cap_jpy_mn"] == pytest.approx(value.loc["total", "market_cap_jpy_mn"], abs=3)
    assert value.loc["tse_prime", "market_cap_jpy_mn"] / 1e6 == pytest.approx(1368.7, abs=0.05)


def test_four_printed_ratios_disagree_with_their_row_and_say_so() -> None:
    margin = rows("margin_balances").dropna(subset=["ratio_printed_x"])
    gap = (margin["long_value_jpy_mn"] / margin["short_value_jpy_mn"] - margin["ratio_printed_x"]).abs()
    off = margin[gap > 0.0051]
    sizes = dict(zip(off["period_end"].dt.strftime("%Y-%m-%d"), gap[off.index].round(3), strict=True))
    assert sizes == {"2012-11-30": 0.055, "2013-01-25": 0.042, "2013-10-25": 0.006, "2014-01-31": 0.197}
    assert off["note"].str.contains("printed ratio differs").all()
    assert margin["note"].notna().sum() == 4


def test_margin_balances_are_monthly_then_weekly_and_once_a_week() -> None:
    ends = rows("margin_balances")["period_end"]
    steps = ends.diff().dt.days
    assert steps[ends <= "2025-02-01"].min() >= 21
    weeks = pd.DatetimeIndex(survey_weeks("2025-02-14", f"{ends.max():%Y-%m-%d}")["period_end"])
    assert list(weeks.difference(ends).strftime("%Y-%m-%d")) == ["2025-12-30", "2026-05-08"]
    both = rows("margin_balances", period_end=pd.Timestamp("2025-02-28"))
    assert len(both) == 1 and both["ratio_printed_x"].item() == 7.47
    assert ends.isin(survey_weeks("2009-01-01", "2026-12-31")["period_end"]).all()


def test_the_short_selling_ratio_is_short_sales_over_all_sales() -> None:
    short = rows("short_selling")
    parts = short["short_with_price_restriction_jpy_mn"] + short["short_without_price_restriction_jpy_mn"]
    assert np.allclose(parts / short["auction_trading_value_jpy_mn"], short["short_selling_ratio"], atol=6e-5)
    assert short["period_end"].isin(sessions()).all()


def test_stated_days_of_the_ownership_survey() -> None:
    foreigners = rows("ownership", metric="share_foreigners").set_index("period_end")
    assert len(foreigners) == 14
    stated = foreigners.loc[foreigners["grade"] == "stated", "published_at"].dt.strftime("%Y-%m-%d")
    assert stated["2024-03-31"] == "2024-07-02" and stated["2025-03-31"] == "2025-07-04"
    assert stated["2026-03-31"] == "2026-07-02"
    assumed = foreigners.loc[foreigners["grade"] == "assumed", "published_at"]
    assert set(assumed.dt.month) == {7} and assumed.dt.day.between(5, 7).all()


def test_a_figure_first_read_in_the_newest_survey_is_not_dated_by_its_own_year() -> None:
    cross = rows("ownership", metric="cross_shareholding_broad")
    assert len(cross) == 4
    assert (cross["published_at"] == pd.Timestamp("2026-07-02 23:59:59", tz="Asia/Tokyo")).all()
    assert set(cross["grade"]) == {"assumed"}


# ---------------------------------------------------------------- abroad


def test_a_derived_rate_says_so() -> None:
    basis = rows("short_rates").groupby("series")["basis"].agg(set)
    assert {name for name, kinds in basis.items() if "derived" in kinds} == {"us_treasury_3m_cmt"}


def test_daily_and_weekly_closes_of_an_index_agree_where_both_are_known() -> None:
    daily = rows("world_indices", frequency="daily").set_index(["series", "period_end"])["close_index_points"]
    off, compared = [], 0
    for week in rows("world_indices", frequency="weekly").itertuples():
        if week.series not in daily.index.get_level_values(0):
            continue
        closes = daily[week.series]
        inside = closes[(closes.index >= week.period_start) & (closes.index <= week.period_end)]
        if inside.empty or closes.index.max() < week.period_end:
            continue
        compared += 1
        gap = abs(inside.iloc[-1] / week.close_index_points - 1)
        if gap > 1e-4:
            off.append((week.series, f"{week.period_end:%Y-%m-%d}", round(gap, 5)))
    assert compared > 40
    assert off == []


def test_dax_is_the_one_total_return_index() -> None:
    basis = rows("world_indices").groupby("series")["return_basis"].agg(set)
    assert {name for name, kinds in basis.items() if kinds != {"price"}} == {"dax"}
    assert basis["dax"] == {"total_return"}


def test_weeks_of_an_index_run_from_monday_to_friday() -> None:
    weekly = rows("world_indices", frequency="weekly")
    assert set(weekly["period_start"].dt.day_name()) == {"Monday"}
    assert set(weekly["period_end"].dt.day_name()) == {"Friday"}
    assert weekly["series"].nunique() == 6


def test_the_total_return_index_leaves_the_price_index_on_ex_dividend_days_only() -> None:
    total = rows("nikkei_total_return").set_index("period_end")["total_return_index_points"]
    price = rows("market_daily", series="nikkei225").set_index("period_end")["value"].reindex(total.index)
    extra = (total / price).pct_change().dropna()
    assert (extra > -2e-4).all()
    assert extra[extra > 2e-3].index.month.isin([3, 6, 9, 12]).all()


def test_monthly_flows_are_acquisitions_less_dispositions_of_every_month() -> None:
    months = rows("securities_flows_monthly_wide")
    assert list(months["period_end"]) == list(pd.date_range("2005-01-31", months["period_end"].max(), freq="ME"))
    net = months["inward_equity_acquisition_jpy_100mn"] - months["inward_equity_disposition_jpy_100mn"]
    assert ((net - months["inward_equity_net_jpy_100mn"]).abs() <= 1).all()
    parts = [f"inward_{name}_net_jpy_100mn" for name in ("equity", "long_term_debt", "short_term_debt")]
    assert ((months[parts].sum(axis=1) - months["inward_total_net_jpy_100mn"]).abs() <= 2).all()


def test_the_quarter_first_cited_and_the_quarter_of_today() -> None:
    months = rows("securities_flows_monthly_wide").set_index("period_end")["inward_equity_net_jpy_100mn"]
    today = months["2025-04-30":"2025-06-30"].sum() / 10_000  # type: ignore[misc]
    cited = rows("securities_flows_monthly", metric="mof_foreign_net_equities_quarter")["value"]
    assert sorted(cited.round(2)) == [7.19, 7.46]
    assert round(min(abs(cited - today)), 2) <= 0.01
