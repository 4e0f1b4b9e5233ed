from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch import calendars
from jpresearch.errors import UnknownName

DAYS = st.dates(pd.Timestamp("2005-01-01").date(), pd.Timestamp("2027-12-31").date())


def moment(rule: str, day: str) -> str:
    return calendars.release_rule(rule)(pd.DatetimeIndex([day]))[0].isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("rule", "day", "expected"),
    [
        # Fourth business day of the week after; the next survey week was out a day before the later one below.
        ("jpx_investor_types", "2025-08-29", "2025-09-04T15:30:00+09:00"),
        ("jpx_investor_types", "2025-08-22", "2025-08-28T15:30:00+09:00"),
        # Golden Week: 2022-05-03 to 05 are holidays.
        ("jpx_investor_types", "2022-04-28", "2022-05-10T15:30:00+09:00"),
        # New Year weeks of a single session come a day later (dates stated by JPX) ...
        ("jpx_investor_types", "2019-01-04", "2019-01-11T15:30:00+09:00"),
        ("jpx_investor_types", "2019-12-30", "2020-01-10T15:30:00+09:00"),
        # ... those of two sessions do not.
        ("jpx_investor_types", "2018-01-05", "2018-01-12T15:30:00+09:00"),
        # The exchange was down on 2020-10-01, yet JPX published.
        ("jpx_investor_types", "2020-09-25", "2020-10-01T15:30:00+09:00"),
        ("mof_weekly", "2026-09-12", "2026-09-17T08:50:00+09:00"),
        # Thursday 2025-01-02 is a market holiday.
        ("mof_weekly", "2024-12-28", "2025-01-06T08:50:00+09:00"),
        ("tokyo_close", "2024-11-01", "2024-11-01T15:00:00+09:00"),
        ("tokyo_close", "2024-11-05", "2024-11-05T15:30:00+09:00"),
        ("new_york_close", "2025-08-29", "2025-08-30T06:30:00+09:00"),
        ("fed_h10", "2025-08-29", "2025-09-02T06:30:00+09:00"),
        ("fed_h10", "2025-09-01", "2025-09-09T06:30:00+09:00"),
        ("jgb_yields", "2025-08-29", "2025-09-01T09:30:00+09:00"),
        ("boj_decision", "2024-07-31", "2024-07-31T12:00:00+09:00"),
        ("jpx_per_pbr", "2025-08-31", "2025-09-01T13:00:00+09:00"),
        ("jpx_per_pbr", "2024-12-31", "2025-01-06T13:00:00+09:00"),
        ("jpx_market_value", "2026-07-31", "2026-08-03T13:00:00+09:00"),
        # 2026-05-31 is a Sunday, 2026-01-01 to 2026-01-02 are holidays.
        ("jpx_trading_value", "2026-05-31", "2026-06-05T13:00:00+09:00"),
        ("jpx_trading_value", "2025-12-31", "2026-01-09T13:00:00+09:00"),
        ("jpx_margin_balances", "2025-08-29", "2025-09-02T16:30:00+09:00"),
        # Monday 2025-09-15 is a holiday.
        ("jpx_margin_balances", "2025-09-12", "2025-09-17T16:30:00+09:00"),
        ("asia_close", "2026-06-23", "2026-06-23T17:30:00+09:00"),
        ("europe_close", "2026-06-23", "2026-06-24T06:30:00+09:00"),
        ("mof_monthly", "2026-08-31", "2026-09-08T08:50:00+09:00"),
        # 2025-11-08 is a Saturday.
        ("mof_monthly", "2025-10-31", "2025-11-10T08:50:00+09:00"),
        ("share_ownership", "2022-03-31", "2022-07-05T23:59:59+09:00"),
        ("share_ownership", "1971-03-31", "1971-07-05T23:59:59+09:00"),
        ("fred_daily", "2026-08-20", "2026-08-22T06:30:00+09:00"),
        # Friday to Sunday come out on Monday; 2026-09-07 is Labor Day.
        ("fred_daily", "2026-08-22", "2026-08-25T06:30:00+09:00"),
        ("fred_daily", "2026-09-04", "2026-09-09T06:30:00+09:00"),
        # Summer and winter time in New York.
        ("cftc_positions", "2026-08-04", "2026-08-08T04:30:00+09:00"),
        ("cftc_positions", "2026-02-10", "2026-02-14T05:30:00+09:00"),
        # Thanksgiving Thursday, and the shutdown of 2013.
        ("cftc_positions", "2024-11-26", "2024-12-03T05:30:00+09:00"),
        ("cftc_positions", "2013-10-08", "2013-11-02T04:30:00+09:00"),
        # The report began in July 2010 and brought its past with it.
        ("cftc_positions", "2006-06-13", "2006-06-17T04:30:00+09:00"),
        ("cftc_tff", "2006-06-13", "2010-07-24T04:30:00+09:00"),
        ("cftc_tff", "2010-07-27", "2010-07-31T04:30:00+09:00"),
        ("same_day_end", "2025-08-29", "2025-08-29T23:59:59+09:00"),
        ("within_days:20", "2025-08-31", "2025-09-22T23:59:59+09:00"),
        ("gpif_results", "2025-03-31", "2025-07-07T23:59:59+09:00"),
        ("gpif_results", "2016-03-31", "2016-08-01T23:59:59+09:00"),
    ],
)
def test_a_release_rule_gives_the_known_moment(rule: str, day: str, expected: str) -> None:
    assert moment(rule, day) == expected


@pytest.mark.parametrize("rule", [*calendars.RULES, "within_days:84"])
@given(day=DAYS)
def test_nothing_is_published_before_its_day(rule: str, day: object) -> None:
    published = calendars.release_rule(rule)(pd.DatetimeIndex([day]))[0]
    assert published.tz_localize(None).normalize() >= pd.Timestamp(str(day))


@given(day=DAYS)
def test_a_later_week_is_never_published_earlier(day: object) -> None:
    ends = calendars.survey_weeks(str(day), str(pd.Timestamp(str(day)) + pd.Timedelta(days=40)))["period_end"]
    published = calendars.jpx_investor_types(pd.DatetimeIndex(ends))
    assert published.is_monotonic_increasing
    assert published.is_unique


def test_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="tokyo_close"):
        calendars.release_rule("somewhen")


def test_survey_weeks_run_from_first_to_last_session() -> None:
    weeks = calendars.survey_weeks("2024-12-23", "2025-01-17")
    assert weeks["period_end"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-12-27",
        "2024-12-30",
        "2025-01-10",
        "2025-01-17",
    ]
    assert weeks["sessions"].tolist() == [5, 1, 5, 4]
    assert weeks["period_start"].iloc[-1] == pd.Timestamp("2025-01-14")


def test_the_day_of_the_outage_is_a_business_day_but_no_session() -> None:
    assert calendars.OUTAGES[0] not in calendars.sessions()
    assert calendars.OUTAGES[0] in calendars.business_days()


@pytest.mark.parametrize(
    "holiday", ["2025-01-01", "2025-01-13", "2025-05-05", "2025-12-31", "2019-05-01", "2021-07-22"]
)
def test_tokyo_holidays_are_no_sessions(holiday: str) -> None:
    assert pd.Timestamp(holiday) not in calendars.sessions()
