"""Tokyo sessions, survey weeks and release rules, which tell when a figure was public.

All period dates are naive days; every moment of publication is a timestamp in ``Asia/Tokyo``. Sessions come from
``exchange_calendars`` (XTKS, from 2000), the business days of United States agencies from their federal holidays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import exchange_calendars
import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar

from jpresearch import clock
from jpresearch.errors import UnknownName

TOKYO: Final = "Asia/Tokyo"
NEW_YORK: Final = "America/New_York"
FIRST_DAY: Final = "2000-01-01"
LAST_DAY: Final = "2035-12-31"
# The exchange was down all day: no session, yet a business day on which offices, JPX's own included, published.
OUTAGES: Final = pd.DatetimeIndex(["2020-10-01"])
# No release rule looks further ahead.
LONGEST_LAG: Final = pd.Timedelta(days=400)
LATER_CLOSE: Final = pd.Timestamp("2024-11-05")

# Traders in Financial Futures began on this day and brought its history since 2006 with it.
TFF_BEGINNING: Final = pd.Timestamp("2010-07-23 15:30", tz=NEW_YORK).tz_convert(TOKYO)
# Weeks of the Commitments of Traders that came out late (first and last report date, day by which all had caught up):
# the shutdowns of 2013, 2018 and 2025, and the outage of a clearing firm's reporting in 2023. The days are cautious.
CFTC_ARREARS: Final = (
    ("2013-10-01", "2013-10-22", "2013-11-01"),
    ("2018-12-24", "2019-02-26", "2019-03-08"),
    ("2023-01-31", "2023-03-07", "2023-03-24"),
    ("2025-09-30", "2025-12-30", "2026-01-23"),
)

ReleaseRule = Callable[[pd.DatetimeIndex], pd.DatetimeIndex]


def now() -> pd.Timestamp:
    """The present moment (Asia/Tokyo, microseconds); tests and runs set it through ``JPRESEARCH_NOW``."""
    return pd.Timestamp(clock.now()).tz_convert(TOKYO)


@cache
def sessions() -> pd.DatetimeIndex:
    """Trading days of the Tokyo Stock Exchange from 2000, naive midnight timestamps in order."""
    calendar = exchange_calendars.get_calendar("XTKS", start=FIRST_DAY, end=LAST_DAY)
    return pd.DatetimeIndex(calendar.sessions).tz_localize(None)


def covered(days: pd.DatetimeIndex) -> np.ndarray:
    """Whether the calendar covers each day, with what a release rule needs after it."""
    last = pd.Timestamp(LAST_DAY) - LONGEST_LAG
    return np.asarray((days >= pd.Timestamp(FIRST_DAY)) & (days <= last))


@cache
def business_days() -> pd.DatetimeIndex:
    """Sessions and the days of an outage: the days on which Tokyo offices publish."""
    return sessions().union(OUTAGES)


def business_day_from(days: pd.DatetimeIndex, ahead: int = 0) -> pd.DatetimeIndex:
    """For each day the business day on or after it, then ``ahead`` business days further."""
    calendar = business_days()
    return calendar[calendar.searchsorted(days) + ahead]


def next_business_day(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """For each day the first business day after it."""
    return business_day_from(days + pd.Timedelta(days=1))


def monday(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The Monday of each day's week."""
    return days - pd.to_timedelta(days.day_of_week, unit="D")


def survey_weeks(start: str | pd.Timestamp, end: str | pd.Timestamp) -> pd.DataFrame:
    """JPX survey weeks that end between ``start`` and ``end``.

    Returns a frame with ``period_start`` and ``period_end`` (first and last session of the week, Monday to Friday) and
    ``sessions`` (their number). A week without a session does not exist.
    """
    first, last = pd.Timestamp(start) - pd.Timedelta(days=7), pd.Timestamp(end) + pd.Timedelta(days=7)
    days = sessions()
    days = days[(days >= first) & (days <= last)]
    weeks = pd.Series(days, index=days).groupby(monday(days)).agg(["min", "max", "count"])
    weeks = weeks.set_axis(["period_start", "period_end", "sessions"], axis=1).reset_index(drop=True)
    inside = weeks["period_end"].between(pd.Timestamp(start), pd.Timestamp(end))
    return weeks[inside].reset_index(drop=True)


def survey_week_starts(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The first session of the week in which each survey week ends."""
    calendar = sessions()
    return calendar[calendar.searchsorted(monday(ends))]


def at(days: pd.DatetimeIndex, clock: str) -> pd.DatetimeIndex:
    """Each day at ``clock`` (``HH:MM``) in Tokyo."""
    return (days + pd.Timedelta(f"{clock}:00")).tz_localize(TOKYO)


def end_of_day(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The last second of each day in Tokyo."""
    return (days + pd.Timedelta("23:59:59")).tz_localize(TOKYO)


def jpx_investor_types(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """JPX, Trading by Type of Investors (weekly): fourth business day of the week after, 15:30.

    A survey week of one session at New Year comes a day later: the dates JPX stated for the weeks of 2019-01-04 and
    2019-12-30 show it. Agrees with all 255 dates stated for 2017 to 2021.
    """
    following = monday(ends) + pd.Timedelta(days=7)
    new_year = (ends.month == 12) & (ends.day >= 28) | (ends.month == 1) & (ends.day <= 4)
    alone = new_year & (survey_week_starts(ends) == ends)
    calendar = business_days()
    return at(calendar[calendar.searchsorted(following) + 3 + alone.astype(np.int64)], "15:30")


def mof_weekly(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """MoF, International Transactions in Securities (weekly): 08:50 on the Thursday after the week to Saturday.

    The next business day where that Thursday is a holiday.
    """
    return at(business_day_from(monday(ends) + pd.Timedelta(days=10)), "08:50")


def tokyo_close(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The close of the cash session: 15:00, from 2024-11-05 15:30."""
    hours = np.where(days >= LATER_CLOSE, 15.5, 15.0)
    return (days + pd.to_timedelta(hours, unit="h")).tz_localize(TOKYO)


def new_york_close(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """A New York value of day ``t`` is known in Tokyo at 06:30 of the next calendar day."""
    return at(days + pd.Timedelta(days=1), "06:30")


def fed_h10(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Federal Reserve H.10 rates: the week's figures come out together, 06:30 on the following Tuesday in Tokyo."""
    return at(monday(days) + pd.Timedelta(days=8), "06:30")


def jgb_yields(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """MoF JGB yields: 09:30 on the next business day."""
    return at(next_business_day(days), "09:30")


def boj_time_series(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Bank of Japan, Time-Series Data Search: the day's values by 10:00 on the next business day."""
    return at(next_business_day(days), "10:00")


def boj_decision(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Bank of Japan policy: 12:00 on the day of the announcement."""
    return at(days, "12:00")


def jpx_per_pbr(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """JPX, PER and PBR by size and industry: 13:00 on the first business day of the next month."""
    return at(business_day_from(ends + pd.offsets.MonthBegin(1)), "13:00")


def jpx_market_value(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """JPX, market value of listed shares: 13:00 on the first business day of the next month, as PER and PBR."""
    return jpx_per_pbr(ends)


def jpx_trading_value(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """JPX, monthly trading value and volumes: 13:00 on the fifth business day of the next month."""
    return at(business_day_from(ends + pd.offsets.MonthBegin(1), 4), "13:00")


def jpx_margin_balances(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """JPX, weekly margin balances: second business day of the week after, 16:30."""
    return at(business_day_from(monday(ends) + pd.Timedelta(days=7), 1), "16:30")


def asia_close(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Closes of Seoul, Taipei, Shanghai and Hong Kong (the last of them at 17:10) are known at 17:30 the same day."""
    return at(days, "17:30")


def europe_close(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """European closes of day ``t`` are known in Tokyo at 06:30 of the next calendar day."""
    return at(days + pd.Timedelta(days=1), "06:30")


def mof_monthly(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """MoF, International Transactions in Securities (monthly): 08:50, the first business day from the 8th of the next
    month.
    """
    return at(business_day_from(ends + pd.offsets.MonthBegin(1) + pd.Timedelta(days=7)), "08:50")


def share_ownership(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Share Ownership Survey as of 31 March: the end of the first weekday from 5 July, which is never a holiday."""
    fifth = (ends + pd.offsets.MonthBegin(4) + pd.Timedelta(days=4)).to_numpy().astype("datetime64[D]")
    return end_of_day(pd.DatetimeIndex(np.busday_offset(fifth, 0, roll="forward")))


@cache
def us_federal_holidays() -> np.ndarray:
    """Federal holidays of the United States over the span of the calendars, as ``datetime64[D]``."""
    return USFederalHolidayCalendar().holidays(FIRST_DAY, LAST_DAY).to_numpy().astype("datetime64[D]")


def us_business_days_after(days: pd.DatetimeIndex, count: int) -> pd.DatetimeIndex:
    """For each day the ``count``-th business day of United States agencies after it."""
    before = days.to_numpy().astype("datetime64[D]")
    return pd.DatetimeIndex(np.busday_offset(before, count, roll="backward", holidays=us_federal_holidays()))


def fred_daily(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Daily rates of the Federal Reserve and the New York Fed: known in Tokyo at 06:30 on the morning after the next
    United States business day.
    """
    return at(us_business_days_after(days, 1) + pd.Timedelta(days=1), "06:30")


def cftc_positions(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """CFTC, Commitments of Traders: 15:30 in New York on the third business day after the report date.

    That is Friday for a Tuesday, Saturday 05:30 in Tokyo (04:30 in summer), and later where a federal holiday lies
    between. Weeks in arrears (``CFTC_ARREARS``) count as known when all of them had caught up.
    """
    out = (us_business_days_after(days, 3) + pd.Timedelta("15:30:00")).tz_localize(NEW_YORK).tz_convert(TOKYO)
    for first, last, day in CFTC_ARREARS:
        caught_up = pd.Timestamp(f"{day} 15:30", tz=NEW_YORK).tz_convert(TOKYO)
        late = (days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last)) & (out < caught_up)
        out = out.where(~late, caught_up)
    return out


def cftc_tff(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """CFTC, Traders in Financial Futures: as ``cftc_positions``, and nothing before the report began in July 2010."""
    out = cftc_positions(days)
    return out.where(out > TFF_BEGINNING, TFF_BEGINNING)


def same_day_end(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Known by the end of the day itself."""
    return end_of_day(days)


def within_days(lag: int) -> ReleaseRule:
    """The rule where only the longest usual lag is known: the end of the business day ``lag`` days after."""

    def rule(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
        return end_of_day(business_day_from(ends + pd.Timedelta(days=lag)))

    return rule


def gpif_results(ends: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """GPIF results: the longest usual lag after quarter end, end of day.

    To March 2017 the quarter came out within 65 days and the full year within 122; since then within 40 and 97.
    """
    early = ends <= pd.Timestamp("2017-03-31")
    full_year = ends.month == 3
    lags = np.select([early & full_year, early, full_year], [122, 65, 97], default=40)
    return end_of_day(business_day_from(ends + pd.to_timedelta(lags, unit="D")))


RULES: Final[dict[str, ReleaseRule]] = {
    rule.__name__: rule
    for rule in (
        jpx_investor_types,
        mof_weekly,
        tokyo_close,
        new_york_close,
        fed_h10,
        jgb_yields,
        boj_decision,
        boj_time_series,
        jpx_per_pbr,
        jpx_market_value,
        jpx_trading_value,
        jpx_margin_balances,
        asia_close,
        europe_close,
        mof_monthly,
        share_ownership,
        fred_daily,
        cftc_positions,
        cftc_tff,
        same_day_end,
        gpif_results,
    )
}


def release_rule(name: str) -> ReleaseRule:
    """The rule called ``name``: one of ``RULES``, or ``within_days:N``.

    Raises
    ------
    UnknownName : no such rule.
    """
    kind, _, lag = name.partition(":")
    if kind == "within_days" and lag.isdigit():
        return within_days(int(lag))
    if name not in RULES:
        raise UnknownName.of("release rule", name, [*RULES, "within_days:N"])
    return RULES[name]
