"""The dashboard: figures by hand, the place in one's own past, what is new, and no look ahead."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import survey_weeks
from jpresearch.errors import BadParameter, InsufficientData, NotYetPublished
from jpresearch.studies import dashboard as study
from jpresearch.studies.dashboard import captions, conclusions, investors, measures, news, standing
from jpresearch.studies.dashboard.inputs import MARKET, SHOWN, WATCHED, Inputs, Settings
from jpresearch.studies.dashboard.measures import Measure

DAYS = ["2014-06-30", "2018-06-29", "2025-09-05", "2025-11-30"]
WEEKS = pd.DatetimeIndex(survey_weeks("2023-01-06", "2024-12-30")["period_end"][:80])


def past(values: list[float] | np.ndarray, first: str = "2024-01-01", step: str = "B") -> pd.DataFrame:
    """A history whose figures come out at 15:30 of their own day."""
    days = pd.date_range(first, periods=len(values), freq=step, name="period_end")
    published = (days + pd.Timedelta("15:30:00")).tz_localize("Asia/Tokyo")
    return pd.DataFrame({"value": np.asarray(values, dtype="float64"), "published_at": published}, index=days)


def measure(history: pd.DataFrame, **changed: object) -> Measure:
    return replace(Measure("x", "X", "points", history, "%", 5, 30), **changed)


def at(day: str) -> pd.Timestamp:
    return pd.Timestamp(day, tz="Asia/Tokyo") + pd.Timedelta("23:59:59")


def market(now: str, **series: pd.DataFrame) -> Inputs:
    """Inputs with nothing but a market table."""
    rows = [frame.reset_index().assign(series=name) for name, frame in series.items()]
    return Inputs(at(now), {MARKET: pd.concat(rows)})


@pytest.fixture(scope="module")
def found() -> dict[str, study.Findings]:
    """The dashboard as of four days, and of all that is published."""
    return {str(day): study.estimate(study.load_inputs(day), Settings()) for day in [*DAYS, None]}


def test_a_reading_by_hand() -> None:
    history = past([100, 104, 90, 95, 110, 120, 99])  # Monday 1 to Tuesday 9 January 2024
    reading = standing.read(measure(history), at("2024-01-10"))
    assert reading.level == 99.0
    assert reading.day == pd.Timestamp("2024-01-09")
    assert reading.before == 104.0, "the newest figure seven days before, on the 2nd at 15:30"
    assert reading.change == pytest.approx((99 / 104 - 1) * 100)
    assert reading.percentile == pytest.approx(100 * 2.5 / 7)


@pytest.mark.parametrize(("way", "expected"), [("%", -4.807692), ("bp", -500.0), ("same", -5.0)])
def test_a_change_is_told_in_its_own_way(way: str, expected: float) -> None:
    history = past([100, 104, 90, 95, 110, 120, 99])
    reading = standing.read(measure(history, change=way), at("2024-01-10"))
    assert reading.change == pytest.approx(expected)


@pytest.mark.parametrize(("now", "known"), [("2024-02-08", True), ("2024-02-09", False)])
def test_a_figure_too_old_says_nothing_about_now(now: str, known: bool) -> None:
    reading = standing.read(measure(past([1, 2, 3, 4, 5, 6, 7])), at(now))
    assert (reading.level is not None) == known
    assert (reading.percentile is not None) == known
    assert (reading.change is not None) == known
    assert reading.day == pd.Timestamp("2024-01-09"), "the day it was known for is still told"


@pytest.mark.parametrize(("count", "placed"), [(4, False), (5, True)])
def test_a_short_past_gives_no_percentile(count: int, placed: bool) -> None:
    reading = standing.read(measure(past(list(range(1, count + 1)))), at("2024-01-10"))
    assert (reading.percentile is not None) == placed
    assert (f"only {count} figures so far" in conclusions.place(reading)) != placed


def test_the_percentile_is_that_of_the_expanding_past() -> None:
    from jpresearch.stats.expanding import expanding_percentile

    values = past(np.random.default_rng(1).normal(size=300).round(1))["value"]
    for cut in (60, 150, 300):
        expected = expanding_percentile(values.iloc[:cut], min_periods=5).iloc[-1]
        assert standing.percentile(values.iloc[:cut]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, 2, 3, 4, 5], "the highest since 2024"),
        ([5, 4, 3, 2, 1], "the lowest since 2024"),
        ([1, 2, 4, 5, 3], "50th percentile since 2024"),
        ([*range(1, 400), 398.5], "99th percentile since 2024"),
    ],
)
def test_a_place_in_words(values: list[float], words: str) -> None:
    history = past(values)
    now = history.index[-1].tz_localize("Asia/Tokyo") + pd.Timedelta(days=1)
    assert conclusions.place(standing.read(measure(history), now)) == words


@pytest.mark.parametrize(("percentile", "top", "bottom"), [(90.0, 1, 0), (89.9, 0, 0), (10.0, 0, 1), (10.1, 0, 0)])
def test_the_top_and_the_bottom_tenth(percentile: float, top: int, bottom: int) -> None:
    reading = replace(standing.read(measure(past([1, 2, 3, 4, 5])), at("2024-01-10")), percentile=percentile)
    assert tuple(len(group) for group in standing.extremes([reading])) == (top, bottom)


def test_the_distance_from_the_high_looks_back_over_its_window_only() -> None:
    closes = past([100.0, 200.0, 150.0, 150.0, 120.0, 130.0, 110.0], step="7D")
    below = measures.below_high(closes, weeks=4)
    expected = [(120 / 200 - 1) * 100, (130 / 150 - 1) * 100, (110 / 150 - 1) * 100]
    assert below["value"].to_list() == pytest.approx(expected)
    assert below["published_at"].equals(closes["published_at"].iloc[4:])


def test_a_decision_announced_but_not_in_force_is_the_policy_rate() -> None:
    daily = past([0.5] * 15, first="2025-12-01")
    row = {"metric": "policy_rate_target", "period_end": pd.Timestamp("2025-12-19"), "value": 0.75}
    row |= {"effective_date": pd.Timestamp("2025-12-22"), "published_at": pd.Timestamp("2025-12-19 12:00+09:00")}
    inputs = market("2025-12-19", boj_policy_rate=daily)
    both = replace(inputs, tables={**inputs.tables, "boj_policy": pd.DataFrame([row])})
    assert measures.policy_rate(both)["value"].iloc[-1] == 0.75
    assert measures.policy_rate(both).index.is_unique
    in_force = pd.DataFrame([row | {"effective_date": pd.Timestamp("2025-12-19")}])
    replaced = replace(inputs, tables={**inputs.tables, "boj_policy": in_force})
    assert measures.policy_rate(replaced)["value"].iloc[-1] == 0.5, "what is in force is in the daily series"


def test_sections_are_never_spliced(found: dict[str, study.Findings]) -> None:
    early = study.estimate(study.load_inputs("2022-04-01"), Settings())
    late = found["2025-09-05"]
    assert early.readings["per_section"].measure.label == "P/E of TSE First Section"
    assert late.readings["per_section"].measure.label == "P/E of TSE Prime"
    assert late.readings["per_section"].measure.history.index.min() == pd.Timestamp("2022-04-30")
    assert early.readings["per_section"].measure.history.index.max() == pd.Timestamp("2022-03-31")


def test_the_basis_of_gpif_with_the_newer_share_is_taken_and_the_reserve_on_a_tie() -> None:
    rows = pd.DataFrame(
        {
            "basis": ["gpif", "gpif", "reserve"],
            "metric": measures.SHARE,
            "period_end": pd.to_datetime(["2014-03-31", "2014-06-30", "2014-03-31"]),
            "value": [16.5, 17.3, 15.9],
            "published_at": pd.to_datetime(["2014-07-31", "2014-09-03", "2014-07-31"]).tz_localize("Asia/Tokyo"),
        }
    )
    inputs = market("2014-09-05", topix=past([1.0]))
    newer = replace(inputs, tables={"gpif_portfolio": rows})
    tie = replace(inputs, tables={"gpif_portfolio": rows.iloc[[2, 0]]})
    assert measures.measures(newer, Settings())[-1].history["value"].to_list() == [16.5, 17.3]
    assert measures.measures(tie, Settings())[-1].history["value"].to_list() == [15.9]


def flow(values: np.ndarray) -> Measure:
    return measure(past(values).set_index(WEEKS), fewest=52)


def test_the_strip_measures_each_class_by_its_own_year_before() -> None:
    draw = np.random.default_rng(2).normal(size=80)
    flows = {"foreigners": flow(500 * draw), "individuals": flow(5 * draw)}
    shown = investors.strip(flows, weeks=13)
    assert shown.shape == (2, 13)
    np.testing.assert_allclose(shown.loc["foreigners"], shown.loc["individuals"])
    assert shown.iloc[0, -1] == pytest.approx(draw[-1] / draw[-53:-1].std(ddof=1))
    later = flow(np.append(500 * draw[:-1], 1e9))
    ends = investors.in_own_spreads(later.history).iloc[:-1]
    pd.testing.assert_series_equal(ends, investors.in_own_spreads(flows["foreigners"].history).iloc[:-1])


def test_a_class_without_the_newest_week_is_not_shown_for_it() -> None:
    draw = np.random.default_rng(2).normal(size=80)
    short = replace(flow(draw), history=flow(draw).history.iloc[:-5])
    flows = {"foreigners": flow(draw), "insurance": short}
    assert list(investors.newest_week(flows).index) == ["foreigners"]
    assert investors.strip(flows, 13).loc["insurance"].isna().sum() == 5
    assert investors.strip({}, 13).empty
    assert investors.newest_week({}).empty


def test_news_is_what_was_public_now_and_not_a_week_ago(project: Path) -> None:
    path = project / "data" / "prime_valuation.csv"
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    correction = rows[rows["period_end"] == "2025-06-30"].assign(
        published_at="2025-09-04T09:00:00+09:00", per_weighted_x="16.1"
    )
    pd.concat([rows, correction]).sort_values(["section", "period_end", "published_at"]).to_csv(path, index=False)
    releases = {each.table: each for each in news.releases(study.load_inputs("2025-09-05"), 7)}
    monthly = releases["prime_valuation"]
    assert (monthly.added, monthly.corrected) == (1, 1)
    assert monthly.published == pd.Timestamp("2025-09-04 09:00+09:00")
    assert monthly.newest_day == pd.Timestamp("2025-08-31")
    assert releases["securities_flows"].added == 1
    assert "gpif_portfolio" not in releases


def test_a_table_that_appears_for_the_first_time_is_all_new() -> None:
    releases = {each.table: each for each in news.releases(study.load_inputs("2020-02-05"), 7)}
    assert (releases["prime_valuation"].added, releases["prime_valuation"].corrected) == (1, 0)


def test_a_week_without_news_says_so(found: dict[str, study.Findings]) -> None:
    quiet = replace(found["2025-09-05"], news=[])
    assert "nothing came out" in conclusions.news(quiet)
    assert study.news_table(quiet)["table"].to_list() == ["none"]


def test_the_week_of_the_article(found: dict[str, study.Findings]) -> None:
    known = found["2025-09-05"]
    named = {metric.name: metric.value for metric in study.metrics(known)}
    assert named["topix"] == 3105.31
    assert named["nikkei225"] == 43018.75
    assert named["topix_week_pct"] == 0.98
    assert named["foreigners_week_jpy_bn"] == -303.15
    assert str(named["survey_week"]) == "2025-08-29"
    assert named["per_section_x"] == 17.2
    assert named["gpif_share_pct"] == 24.28
    assert known.strip.loc["foreigners", pd.Timestamp("2025-08-29")] < 0
    state = study.state_table(known).set_index("measure")
    assert state.loc["Yen per dollar", "known for"] == "2025-08-29", "the H.10 of that week comes out later"
    assert state.loc["Foreigners in the week", "published"] == "2025-09-04"


def test_without_a_policy_rate_the_old_one_is_not_shown_as_the_present_one(found: dict[str, study.Findings]) -> None:
    known = found["2014-06-30"]
    row = study.state_table(known).set_index("measure").loc["BoJ policy rate"]
    assert np.isnan(row["level"])
    assert row["known for"] == "2013-04-03"
    assert "policy rate" not in conclusions.money(known)
    assert "boj_policy_rate" not in study.recent(known, study.MONEY, "W-FRI")


def test_what_is_not_public_yet_is_said_in_words(found: dict[str, study.Findings]) -> None:
    assert "valuation of the Nikkei 225" in " ".join(study.takeaways(found["2018-06-29"]))
    named = {metric.name: str(metric.value) for metric in study.metrics(found["2018-06-29"])}
    assert named["per_section_x"].startswith("not available")
    assert conclusions.missing(found["2025-09-05"]) == ""
    bare = market("2005-06-30", **{name: past(np.linspace(900, 1100, 400), "2004-01-01") for name in study.INDICES})
    alone = study.estimate(bare, Settings())
    assert len(study.takeaways(alone)) >= 3
    assert all(words in conclusions.missing(alone) for words in SHOWN.values())
    assert alone.strip.empty
    assert alone.week.empty


def test_figures_behind_the_moment_are_said_to_be_old(found: dict[str, study.Findings]) -> None:
    assert conclusions.stale(found["2025-09-05"]) == ""
    known = found["2025-09-05"]
    assert conclusions.stale(replace(known, now=known.now + pd.Timedelta(days=7))) == ""
    assert "closes 8 days" in conclusions.stale(replace(known, now=known.now + pd.Timedelta(days=8)))


def test_takeaways_are_short_and_no_two_days_say_the_same(found: dict[str, study.Findings]) -> None:
    said = {day: study.takeaways(known) for day, known in found.items()}
    every = [sentence for sentences in said.values() for sentence in sentences]
    assert len(every) == len(set(every))
    assert [sentence for sentence in every if len(sentence.split()) > 35] == []
    assert not re.search(r"\bnan\b|NaT|None", " ".join(every))


@pytest.mark.parametrize("day", [*DAYS, "None"])
def test_every_figure_has_words_and_a_frame(day: str, found: dict[str, study.Findings]) -> None:
    known = found[day]
    names = ["standing", "week_moves", "indices", "drawdown", "money"]
    names += [] if known.strip.empty else ["flow_strip", "newest_week"]
    names += ["valuation"] if known.of(*study.VALUATION) else []
    for name in names:
        title, alt = getattr(captions, name)(known)
        assert len(title) > 10
        assert not re.search(r"\bnan\b|NaT|None|its its", alt)
    assert study.strip(known.headline)["now"].between(0, 100).all()
    assert study.recent(known, study.MONEY, "W-FRI").index.max() <= known.now.tz_localize(None)
    assert study.recent(known, study.INDICES).notna().mean().min() > 0.99
    assert len(study.moves(known)) >= 4


@pytest.mark.parametrize(("below", "words"), [(0.0, "at its"), (-0.04, "at its"), (-0.06, "0.1% below its")])
def test_the_distance_in_words(below: float, words: str, found: dict[str, study.Findings]) -> None:
    reading = replace(found["2025-09-05"].readings["topix_below_high"], level=below)
    assert captions.depth(reading) == words


@pytest.mark.parametrize("wrong", [{"weeks": 3}, {"high_weeks": 0}, {"years": 0}, {"news_days": 93}])
def test_a_choice_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(BadParameter):
        Settings(**wrong)


def test_before_the_first_close_nothing_is_shown() -> None:
    with pytest.raises(NotYetPublished):
        study.load_inputs("2000-01-31")
    with pytest.raises(InsufficientData):
        study.estimate(study.load_inputs("2001-08-31"), Settings())


@pytest.mark.parametrize("as_of", ["2020-03-31", "2025-09-05"])
def test_a_day_on_all_data_equals_the_day_on_data_cut_there(as_of: str, project: Path) -> None:
    def everything() -> list[object]:
        known = study.estimate(study.load_inputs(as_of), Settings())
        tables = [study.state_table(known).to_csv(), study.news_table(known).to_csv(), known.strip.to_csv()]
        return [*study.metrics(known), *study.takeaways(known), *tables, known.week.to_csv()]

    whole = everything()
    for name in (MARKET, *SHOWN, *WATCHED):
        path = project / "data" / f"{name}.csv"
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows[rows["published_at"].str[:10] <= as_of].to_csv(path, index=False)
    assert everything() == whole
