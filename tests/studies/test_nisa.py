"""The notebook's estimates and words: before and after, what can be Japanese, individuals, funds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import survey_weeks
from jpresearch.datasets.nisa_totals import Ledger
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.stats.rounding import Interval
from jpresearch.studies import nisa as study
from jpresearch.studies.nisa import destination, exchange, pace
from jpresearch.studies.results import Metric

BREAK = pd.Timestamp("2024-01-01")
LISTED = study.Listed(0.0, 100.0, 48.0)
DATES = (None, "2025-09-05", "2024-06-30", "2023-06-30", "2020-06-30", "2014-03-26")


@cache
def result(as_of: str | None = None, break_date: str = "2024-01-01", before_months: int = 12) -> study.Result:
    return study.analyse(study.load_inputs(as_of), break_date, before_months, LISTED, 26)


def metric(name: str, as_of: str | None = None) -> Metric:
    return next(item for item in study.metrics(result(as_of)) if item.name == name)


def exact(*totals: tuple[str, float]) -> Ledger:
    """A ledger of totals known to the last digit, with nothing bought before the first of them."""
    dates = pd.DatetimeIndex([date for date, _ in totals])
    values = np.array([value for _, value in totals])
    return Ledger(dates, values[None, :] - values[:, None], pd.DataFrame())


# Before and after.


def test_the_newest_year_and_the_pace_are_the_published_ones() -> None:
    assert (metric("latest_year").value, metric("purchases_latest_year_jpy_tn").value) == (2025, pytest.approx(18.8))
    assert (metric("latest_year", "2025-09-05").value) == 2024
    assert metric("purchases_latest_year_jpy_tn", "2025-09-05").value == pytest.approx(17.4)
    assert metric("pace_after_jpy_tn_month").value == pytest.approx(36.2 / 24, abs=5e-3)


def test_the_ratio_holds_every_pair_of_paces_that_rounding_allows() -> None:
    change = result().change
    assert change.before is not None
    assert change.after is not None
    assert change.ratio is not None
    assert change.ratio.low == pytest.approx(change.after.pace.low / change.before.pace.high)
    assert change.ratio.high == pytest.approx(change.after.pace.high / change.before.pace.low)
    assert 3.0 < change.ratio.low < change.ratio.high < 4.0


def test_before_ends_before_the_date_and_after_starts_with_it() -> None:
    for as_of in DATES:
        change = result(as_of).change
        assert change.before is None or change.before.last < BREAK
        assert change.after is None or change.after.first == BREAK - pd.Timedelta(days=1)


def test_before_is_as_long_as_asked() -> None:
    assert [result(before_months=months).change.before.months for months in (12, 13, 36)] == [12, 36, 36]


def test_whole_years_after_the_date_go_before_a_later_part_of_a_year() -> None:
    totals = [("2022-12-31", 0.0), ("2023-12-31", 5.0), ("2024-12-31", 22.0), ("2025-03-31", 29.0)]
    change = pace.before_after(exact(*totals), BREAK, 12)
    assert change.after is not None
    assert (change.after.words, change.whole_years) == ("2024", True)
    assert change.ratio == Interval(22.0 / 5.0 - 1, 22.0 / 5.0 - 1)


def test_a_part_of_a_year_stands_in_only_with_a_warning() -> None:
    early = result("2024-06-30")
    assert early.change.after is not None
    assert (early.change.after.words, early.change.whole_years) == ("January to March 2024", False)
    text = " ".join(study.takeaways(early))
    assert "January to March 2024 is not made of whole years" in text
    assert "choices of the two periods" not in text


def test_without_an_after_there_are_words_and_no_number() -> None:
    early = result("2023-06-30")
    assert early.change.after is None
    assert str(metric("pace_ratio", "2023-06-30").value).startswith("not available")
    assert metric("pace_ratio", "2023-06-30").low is None
    assert "There is no after yet" in " ".join(study.takeaways(early))
    assert "pace_readings" not in study.figures(early)


def test_a_span_too_coarse_for_its_length_gives_no_pace() -> None:
    eve, end = pd.Timestamp("2023-12-31"), pd.Timestamp("2024-03-31")
    assert pace.Span(eve, end, Interval(6.0, 7.0)).usable
    assert not pace.Span(eve, end, Interval(0.0, 7.0)).usable
    assert not pace.Span(eve, end, Interval(3.0, 7.0)).usable


def test_every_reading_of_the_windows_lies_inside_the_range_that_the_words_give() -> None:
    table = pace.ratio_readings(result().ledger, BREAK)
    assert list(table.index[:3]) == ["2024 over 2023", "2025 over 2023", "2024 to 2025 over 2023"]
    assert (table["low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["high"]).all()
    low, high = re.search(r"\(([\d.]+) to ([\d.]+) over 6 choices", " ".join(study.takeaways(result()))).groups()
    assert float(low) <= table["low"].min()
    assert float(high) >= table["high"].max()


def test_the_season_of_exactly_known_quarters_averages_to_an_even_pace() -> None:
    quarters = [
        ("2023-12-31", 0.0),
        ("2024-03-31", 6.0),
        ("2024-06-30", 10.0),
        ("2024-09-30", 14.0),
        ("2024-12-31", 16.0),
    ]
    table = pace.season(exact(*quarters), BREAK)
    assert table["estimate"].tolist() == pytest.approx([1.5, 1.0, 1.0, 0.5])
    assert table["share_low"].sum() == pytest.approx(100.0)
    assert list(pace.first_quarters(table).index) == ["January to March 2024"]


def test_a_span_is_named_from_the_day_after_its_first_date() -> None:
    days = pd.Timestamp("2024-12-31"), pd.Timestamp("2025-03-31")
    assert pace.Span(*days, Interval(1.0, 1.0)).words == "January to March 2025"


@pytest.mark.parametrize(
    ("ratio", "words"), [((1.2, 1.4), "times as fast"), ((0.5, 0.8), "slower"), ((0.9, 1.1), "leaves open")]
)
def test_the_words_of_the_ratio_follow_its_bounds(ratio: tuple[float, float], words: str) -> None:
    first, eve, last = (pd.Timestamp(day) for day in ("2022-12-31", "2023-12-31", "2024-12-31"))
    before, after = pace.Span(first, eve, Interval(10.0, 10.0)), pace.Span(eve, last, Interval(*ratio) * 10.0)
    changed = replace(result(), change=pace.BeforeAfter(before, after))
    assert words in next(text for text in study.takeaways(changed) if text.startswith("From"))


def test_conflicting_totals_are_named_and_the_table_says_what_they_would_have_done() -> None:
    text = next(text for text in study.takeaways(result()) if "cannot be differenced" in text)
    assert "JPY 36.51 trillion for 31 December 2023 (with junior accounts, where the others imply" in text
    assert "JPY 56.50 trillion" in text
    table = study.published_totals(result())
    wrong = table[table["fits the others"] == "no"]
    assert wrong["used all the same, it would put"].iloc[0] == "2023 at 6.0 to 7.1, not 4.5 to 5.9"
    assert len(wrong) == 2


# What can be Japanese.


def test_bounds_are_ordered_and_only_the_funds_open_them_to_all() -> None:
    parts = result().parts
    assert parts is not None
    table = destination.bounds_table(parts, LISTED)
    assert (table["at_least"] == 0).all()
    assert (table["at_least"] <= table["at_most"]).all()
    alone, read, everything = table["share_at_most"]
    assert read < alone < everything == 100.0
    assert (table["at_most"] + table["ruled_out"]).tolist() == pytest.approx([18.9] * 3)


@pytest.mark.parametrize("seed", range(10))
def test_the_share_bought_directly_stays_under_its_upper_bound(seed: int) -> None:
    draw = np.random.default_rng(seed)
    growth, tsumitate = draw.uniform(5, 15), draw.uniform(2, 8)
    listed = draw.uniform(0, 100)
    printed = [Interval(round(value, 1) - 0.05, round(value, 1) + 0.05) for value in (growth, tsumitate)]
    parts = destination.Quotas(pace.Span(BREAK, BREAK, printed[0] + printed[1]), *printed)
    share = listed * growth / (growth + tsumitate)
    assert parts.upper_pct(listed).low - 1e-9 <= share <= parts.upper_pct(listed).high + 1e-9
    assert parts.funds(0.0, 100.0).holds(tsumitate + growth * (1 - listed / 100))


def test_real_upper_bounds_are_two_thirds_alone_and_a_third_on_the_reading() -> None:
    assert metric("japan_share_upper_pct").value == pytest.approx(100 * 12.6 / 18.8, abs=0.01)
    assert metric("japan_share_upper_documented_pct").value == pytest.approx(48 * 12.6 / 18.8, abs=0.01)
    assert metric("japan_share_upper_documented_pct", "2025-09-05").value == pytest.approx(48 * 12.4 / 17.4, abs=0.01)


def test_no_split_by_quota_gives_words_instead_of_a_bound() -> None:
    assert result("2024-06-30").parts is None
    assert str(metric("japan_share_upper_pct", "2024-06-30").value).startswith("not available")
    assert "not split by quota" in " ".join(study.takeaways(result("2024-06-30")))


@pytest.mark.parametrize(
    ("low", "high", "read"), [(60.0, 40.0, 48.0), (-1.0, 100.0, 48.0), (0.0, 101.0, 48.0), (0.0, 100.0, 148.0)]
)
def test_listed_parts_that_are_no_percentages_are_refused(low: float, high: float, read: float) -> None:
    with pytest.raises(BadParameter, match="percentage"):
        study.Listed(low, high, read)


def test_a_tighter_assumption_is_said_as_an_assumption() -> None:
    tight = study.analyse(study.load_inputs(), "2024-01-01", 12, study.Listed(20.0, 60.0, 48.0), 26)
    text = next(text for text in study.takeaways(tight) if "bought directly" in text)
    assert "if no more than 60% of the growth quota is listed" in text
    assert "figures alone" not in text


def test_three_days_of_a_falling_market_are_a_reading_and_not_a_bound() -> None:
    table = study.japan_bounds(result())
    row = table[table["of gross purchases"].str.contains("three days")].iloc[0]
    assert row["share, %"] == pytest.approx(100 * 194.8 / (194.8 + 214.5), abs=0.05)
    assert row["what it is"] == "reading, not a bound"


# Individuals on the exchange.


def flows(net: np.ndarray, start: str = "2022-01-01", market: str = "two_markets") -> pd.DataFrame:
    """Weekly net purchases, JPY mn: all of it in cash."""
    weeks = survey_weeks(start, "2026-12-31")["period_end"].head(len(net))
    parts = {"individuals": net, "individuals_cash": net, "individuals_margin": 0.0 * net}
    frames = [pd.DataFrame({"investor": name, "period_end": weeks, "net_jpy_mn": part}) for name, part in parts.items()]
    return pd.concat(frames, ignore_index=True).assign(market=market)


def test_the_net_since_2024_is_the_sum_of_the_weeks_and_counts_those_that_are_missing() -> None:
    net = exchange.net_since(result("2025-09-05").weekly, BREAK)
    assert net is not None
    assert (net.weeks, net.missing, str(net.last.date())) == (85, 2, "2025-08-29")
    assert net.net == pytest.approx(net.cash + net.margin, abs=1e-4)
    assert metric("individuals_net_since_2024_jpy_tn", "2025-09-05").value == pytest.approx(-5.1157, abs=5e-3)


def test_a_missing_week_is_neither_zero_nor_filled() -> None:
    made = flows(np.arange(10.0) * 1e6)
    week = made["period_end"].unique()[4]
    weekly = exchange.weekly_net(made[made["period_end"] != week])
    assert np.isnan(weekly.loc[week, "individuals"])
    assert np.isnan(exchange.cumulative(weekly, weekly.index[0])[week])
    net = exchange.net_since(weekly, weekly.index[0])
    assert net is not None
    assert (net.weeks, net.missing, net.net) == (9, 1, pytest.approx(41.0))


def test_the_two_records_never_share_a_row() -> None:
    table = exchange.by_year(result().inputs.flows, pd.Timestamp("2014-01-01"))
    both = table[["individuals_cash", "individuals_margin"]].notna().any(axis=1) & table["individuals"].notna()
    assert not both.any()
    assert {"2021 to Nov", "2021 from Dec"} <= set(table.index)
    assert table.loc["2019", "individuals"] == pytest.approx(-4.311, abs=1e-3)


def test_only_the_weeks_after_an_interruption_count_as_one_record() -> None:
    weekly = result().weekly
    assert exchange.unbroken(weekly).index[0] == pd.Timestamp("2021-12-03")
    assert exchange.unbroken(weekly.loc[:"2016-12-31"]).index[0] == weekly.index[0]


def test_the_slopes_before_and_after_are_found_again() -> None:
    draw = np.random.default_rng(3)
    weeks = survey_weeks("2022-01-01", "2025-12-31")["period_end"]
    returns = draw.normal(0, 2, len(weeks))
    closes = 2000 * np.cumprod(1 + returns / 100)
    market = pd.DataFrame({"series": "topix", "period_end": weeks, "value": closes})
    slope = np.where(weeks >= BREAK, -60.0, -140.0)
    made = flows((slope * returns + draw.normal(0, 20, len(weeks))) * 1e3)
    found = exchange.relation(exchange.weekly_net(made), market, BREAK, weeks.iloc[0])
    assert found is not None
    table = found.table()
    assert table["estimate"].tolist() == pytest.approx([-140, -60, 80], abs=6)
    assert not found.change.covers_zero
    assert table["weeks"].iloc[2] == table["weeks"].iloc[0] + table["weeks"].iloc[1]


def test_too_few_weeks_on_one_side_leave_the_other_alone() -> None:
    early = result("2024-06-30").relation
    assert early is not None
    assert early.before is not None
    assert (early.after, early.change) == (None, None)
    assert result("2014-03-26").relation is None


def test_a_change_that_covers_zero_is_said_to() -> None:
    relation = result().relation
    assert relation is not None
    assert relation.change.covers_zero
    text = next(text for text in study.takeaways(result()) if text.startswith("For each 1%"))
    assert "no change is shown" in text
    assert "which covers zero" in text


def test_net_buying_is_not_called_selling() -> None:
    assert "individuals bought a net JPY 488.0 billion" in " ".join(study.takeaways(result("2024-06-30")))
    assert "individuals sold a net JPY 7.09 trillion" in " ".join(study.takeaways(result()))


# Funds.


def test_a_sum_over_months_becomes_a_rate_a_month_with_its_rounding() -> None:
    rates = destination.monthly_rates(result().inputs.funds).set_index("metric")
    part = rates.loc["foreign_equities_via_toshin_ytd"]
    assert (part["months"], part["low"], part["high"]) == (11, pytest.approx(9.35 / 11), pytest.approx(9.45 / 11))
    assert rates.loc["setting_avg_12m_ex_etf", "estimate"] == pytest.approx(3.3864)


def test_the_part_of_fund_settings_lies_between_the_funds_quota_and_everything() -> None:
    share = result().fund_share
    assert share is not None
    assert share.alone.low == pytest.approx(100 * 6.15 / 12 / 3.38645)
    assert share.alone.high == pytest.approx(100 * 18.9 / 12 / 3.38635)
    assert share.alone.low < share.documented.low < share.documented.high < share.alone.high


def test_the_press_count_of_individuals_is_set_beside_the_weeks_of_its_own_period() -> None:
    found = result().retail
    assert found is not None
    assert found.press.holds(-3.8)
    assert found.period == "January to November 2025"
    assert (found.exchange.first.year, found.exchange.last.month) == (2025, 11)


def test_an_optional_table_that_is_not_there_is_said_in_words() -> None:
    early = study.load_inputs("2024-06-30")
    assert early.funds is None
    assert early.flows is not None
    assert "No figure of fund flows was public yet" in " ".join(study.takeaways(result("2024-06-30")))
    bare = replace(early, flows=None, market=None)
    made = study.analyse(bare, "2024-01-01", 12, LISTED, 26)
    assert "Weekly flows by type of investor were not public yet." in study.takeaways(made)
    assert {"individuals_by_year", "gross_and_net", "individuals_and_topix"}.isdisjoint(study.figures(made))


# The whole.


@pytest.mark.parametrize("as_of", DATES)
def test_every_date_since_the_first_publication_gives_metrics_figures_and_words(as_of: str | None) -> None:
    made = result(as_of)
    for item in study.metrics(made):
        assert item.value == item.value
        if item.low is not None and item.high is not None:
            assert item.low <= float(item.value) <= item.high
    for figure in study.figures(made).values():
        assert figure.alt.endswith(".")
        assert not figure.frame.dropna(how="all").empty
    assert 5 <= len(study.takeaways(made)) <= 14
    for text in study.takeaways(made):
        assert text.endswith(".") and "  " not in text and ".." not in text
        assert len(text.split()) <= 45


def test_all_figures_and_metrics_are_there_once_the_data_are() -> None:
    assert len(study.figures(result())) == 13
    assert not [item.name for item in study.metrics(result()) if isinstance(item.value, str)]


def test_the_sentences_change_with_the_data() -> None:
    texts = [set(study.takeaways(result(as_of))) for as_of in (None, "2025-09-05", "2024-06-30", "2023-06-30")]
    assert not texts[0] & texts[1]
    assert not texts[1] & texts[2]


def test_another_date_moves_the_windows_and_drops_what_holds_of_2024_only() -> None:
    moved = result(break_date="2021-01-01")
    assert moved.change.before is not None
    assert moved.change.before.last == pd.Timestamp("2020-12-31")
    assert "late 2023" not in " ".join(study.takeaways(moved))


def test_net_purchases_are_not_added_up_across_an_interruption_of_the_record() -> None:
    moved = result(break_date="2021-01-01")
    assert moved.since_break is not None
    assert moved.since_break.interrupted
    assert "gross_and_net" not in study.figures(moved)
    assert "without a figure" in " ".join(study.takeaways(moved))


def test_a_date_without_a_figure_the_day_before_has_no_after() -> None:
    moved = result(break_date="2023-07-01")
    assert moved.change.after is None
    assert "No figure reaches to or starts from 30 June 2023" in " ".join(study.takeaways(moved))


@pytest.mark.parametrize("start", ["2025-13-40", "soon", "2030-01-01"])
def test_a_start_that_is_no_date_or_after_the_data_is_refused(start: str) -> None:
    with pytest.raises(BadParameter):
        study.load_inputs(start=start)


@pytest.mark.parametrize("values", [("2024-02-31", 12, 26), ("2024-01-01", 0, 26), ("2024-01-01", 12, 0)])
def test_parameters_that_mean_nothing_are_refused(values: tuple[str, int, int]) -> None:
    date, months, weeks = values
    with pytest.raises(BadParameter):
        study.analyse(study.load_inputs(), date, months, LISTED, weeks)


def test_a_window_without_a_week_is_refused() -> None:
    with pytest.raises(InsufficientData):
        exchange.latest(result().weekly, 0)


def test_the_notebook_declares_the_metrics_that_the_study_gives(root: Path) -> None:
    notebook = json.loads((root / "notebooks" / "04_nisa.ipynb").read_text(encoding="utf-8"))
    declared = notebook["metadata"]["jpresearch"]["publishes"]["metrics"]
    assert sorted(declared) == sorted(item.name for item in study.metrics(result()))
