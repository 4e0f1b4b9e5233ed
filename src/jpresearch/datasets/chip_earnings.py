"""What was known of each name's earnings on each day: trailing twelve months and the company's own guidance.

Every figure per share is put on the basis of the price table's last day, on which the closes stand too.
"""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch import tables

SPLIT_NOTICE: Final = pd.Timedelta(days=275)
"""How long before the ex-date a company may already state forecasts per new share (announced splits)."""

NEXT_QUARTER_GUIDES: Final = frozenset({"6146", "3436"})
"""Disco and SUMCO forecast, cumulatively, only to the end of the coming quarter: theirs is a forecast of the full year
only when it comes with third-quarter results."""

GUIDANCE_LAPSES: Final = pd.Timedelta(days=100)
"""Guidance for a year whose results have not appeared this long after its end is no longer guidance."""

TWELVE_MONTHS: Final = "twelve months"
FULL_YEAR: Final = "last full year"

NO_GUIDANCE: Final = (float("nan"), pd.NaT)

_Figures = dict[tuple[pd.Timestamp, int], float]


_STATES: dict[tuple[str, str], tuple[pd.DataFrame, pd.DataFrame]] = {}
MOST_STATES: Final = 8


def states(filings: pd.DataFrame, splits: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``trailing_states`` and ``guidance_states`` of the filings, worked out once for each set of them."""
    key = (tables.content_hash(filings), tables.content_hash(splits))
    if key not in _STATES:
        figures = on_price_basis(filings, splits)
        while len(_STATES) >= MOST_STATES:
            _STATES.pop(next(iter(_STATES)))
        _STATES[key] = (trailing_states(figures), guidance_states(figures))
    return _STATES[key]


def on_price_basis(filings: pd.DataFrame, splits: pd.DataFrame) -> pd.DataFrame:
    """The filings with per-share figures on the basis of the closes.

    A figure filed before a split is divided by its ratio; one filed on or after the ex-date already is per new share.
    Companies also state *forecasts* per new share once a split is announced, before the ex-date. So every figure that
    comes with its net profit shows its own basis: the shares it implies are compared with those known so far. A
    forecast without a net profit takes the reading nearer to the last full year's earnings per share.

    Parameters
    ----------
    filings : rows of ``semiconductor_filings``, in the order published.
    splits : ``code, ex_date, ratio``.

    Returns
    -------
    The rows with ``day`` (the Tokyo date of publication), ``eps``, ``forecast_eps``, ``next_year_forecast_eps`` (yen
    per share on the basis of the closes), ``profit`` (yen) and ``shares`` (implied by results, same basis).
    """
    parts = [_code_on_price_basis(rows, splits[splits["code"] == code]) for code, rows in filings.groupby("code")]
    return pd.concat(parts).sort_index()


def _code_on_price_basis(rows: pd.DataFrame, splits: pd.DataFrame) -> pd.DataFrame:
    days = rows["published_at"].dt.tz_localize(None).dt.normalize()
    ordered = splits.sort_values("ex_date")
    coming = list(zip(ordered["ex_date"], ordered["ratio"].astype("float64"), strict=True))
    shares, full_year = np.nan, np.nan
    converted: list[dict[str, float]] = []
    for row, day in zip(rows.to_dict("records"), days, strict=True):
        factors = _possible_factors(day, coming)
        implied = _implied(row["net_profit_jpy"], row["eps_jpy"])
        factor = _nearest(factors, implied, shares)
        eps = row["eps_jpy"] / factor
        known = implied * factor
        shares = known if np.isfinite(known) else shares
        full_year = eps if row["quarter"] == 4 and np.isfinite(eps) else full_year
        guided = _implied(row["forecast_net_profit_jpy"], row["forecast_eps_jpy"])
        by_shares = _nearest(factors, guided, shares) if np.isfinite(guided) else np.nan
        per_share = by_shares if np.isfinite(by_shares) else _nearest_eps(factors, row["forecast_eps_jpy"], full_year)
        converted.append(
            {
                "eps": eps,
                "forecast_eps": row["forecast_eps_jpy"] / per_share,
                "next_year_forecast_eps": row["next_year_forecast_eps_jpy"]
                / _nearest_eps(factors, row["next_year_forecast_eps_jpy"], full_year),
                "profit": row["net_profit_jpy"],
                "shares": known,
            }
        )
    return rows.assign(day=days, **pd.DataFrame(converted, index=rows.index))


def _possible_factors(day: pd.Timestamp, splits: list[tuple[pd.Timestamp, float]]) -> list[float]:
    """New shares, on the basis of the closes, per share meant by a figure of ``day``.

    First the reading by the calendar (before the ex-date means per old share), then those in which the nearest
    announced splits are already in the figure. ``splits`` in the order of their ex-dates.
    """
    coming = [(ex_date, ratio) for ex_date, ratio in splits if ex_date > day]
    announced = sum(ex_date <= day + SPLIT_NOTICE for ex_date, _ in coming)
    ratios = [ratio for _, ratio in coming]
    return [float(prod(ratios[skipped:])) for skipped in range(announced + 1)]


def _implied(profit: float, eps: float) -> float:
    """The number of shares in a profit and a profit per share; missing unless both have the same sign."""
    return profit / eps if eps and profit * eps > 0.0 else float("nan")


def _nearest(factors: list[float], implied: float, known: float) -> float:
    """The factor that brings the implied shares nearest to those known; the calendar's without a comparison."""
    if not (np.isfinite(implied) and np.isfinite(known)):
        return factors[0]
    return min(factors, key=lambda factor: abs(np.log(implied * factor / known)))


def _nearest_eps(factors: list[float], eps: float, known: float) -> float:
    """The factor that brings earnings per share nearest to those known; the calendar's where either is not positive."""
    if not (eps > 0.0 and known > 0.0):
        return factors[0]
    return min(factors, key=lambda factor: abs(np.log(eps / factor / known)))


def trailing_states(figures: pd.DataFrame) -> pd.DataFrame:
    """Trailing earnings of each name after each disclosure of results.

    Quarter figures are cumulative from the fiscal year's start, so twelve months are the last full year, plus the year
    to date, less the year to date a year before. Where the quarter a year before is not in the table the last full
    year stands in, and ``kind`` says so; where the last full year itself is missing there are no trailing earnings.

    Returns
    -------
    Frame by (``code``, ``day``): ``eps`` and ``profit`` (missing where undefined), ``kind`` (``TWELVE_MONTHS``,
    ``FULL_YEAR`` or empty), ``through`` (last day of the period), ``filed`` (day of these results), ``shares``.
    """
    states: list[dict[str, Any]] = []
    for code, rows in figures[figures["eps"].notna()].groupby("code", sort=False):
        eps: _Figures = {}
        profit: _Figures = {}
        first_filed: dict[tuple[pd.Timestamp, int], pd.Timestamp] = {}
        for row in rows.to_dict("records"):
            key = (row["fiscal_year_end"], row["quarter"])
            eps[key], profit[key] = row["eps"], row["profit"]
            first_filed.setdefault(key, row["day"])
            newest = max(eps)
            kind, through = _kind(eps, newest)
            states.append(
                {
                    "code": code,
                    "day": row["day"],
                    "eps": _twelve_months(eps, newest, kind),
                    "profit": _twelve_months(profit, newest, kind),
                    "kind": kind,
                    "through": through,
                    "filed": first_filed[newest],
                    "shares": row["shares"],
                }
            )
    frame = pd.DataFrame(states).astype(
        {"day": "datetime64[us]", "filed": "datetime64[us]", "through": "datetime64[us]"}
    )
    frame["shares"] = frame.groupby("code")["shares"].ffill()
    return _last_of_day(frame)


def _kind(eps: _Figures, newest: tuple[pd.Timestamp, int]) -> tuple[str, Any]:
    """Which trailing earnings can be built when ``newest`` is the newest quarter, and the last day they cover."""
    year, quarter = newest
    before = _year_on(year, -1)
    if quarter == 4:
        return TWELVE_MONTHS, year
    if (before, 4) in eps and (before, quarter) in eps:
        return TWELVE_MONTHS, _quarter_end(year, quarter)
    return (FULL_YEAR, before) if (before, 4) in eps else ("", pd.NaT)


def _twelve_months(values: _Figures, newest: tuple[pd.Timestamp, int], kind: str) -> float:
    year, quarter = newest
    before = _year_on(year, -1)
    if kind == "":
        return float("nan")
    if kind == FULL_YEAR:
        return values[before, 4]
    return values[newest] if quarter == 4 else values[before, 4] + values[newest] - values[before, quarter]


def _year_on(year_end: pd.Timestamp, years: int) -> pd.Timestamp:
    return year_end + pd.offsets.MonthEnd(12 * years)


def _quarter_end(year_end: pd.Timestamp, quarter: int) -> pd.Timestamp:
    return year_end - pd.offsets.MonthEnd(3 * (4 - quarter)) if quarter < 4 else year_end


def guidance_states(figures: pd.DataFrame) -> pd.DataFrame:
    """The company's forecast of earnings per share for the year not yet reported, after each disclosure.

    Guidance stands until it is replaced or the results of its year are out. Full-year results often come without
    guidance for the next year: from then on there is none, and none is made up. A forecast of net profit without one
    per share is not turned into one.

    Returns
    -------
    Frame by (``code``, ``day``): ``eps`` (missing where there is none) and ``target`` (end of the year forecast).
    """
    states: list[dict[str, Any]] = []
    for code, rows in figures.groupby("code", sort=False):
        guided: tuple[float, Any] = NO_GUIDANCE
        reported: set[pd.Timestamp] = set()
        for row in rows.to_dict("records"):
            if row["quarter"] == 4 and np.isfinite(row["eps"]):
                reported.add(row["fiscal_year_end"])
            stated = _guidance(row)
            if stated is not None and not stated[1] < guided[1]:
                guided = stated
            guided = NO_GUIDANCE if guided[1] in reported else guided
            states.append({"code": code, "day": row["day"], "eps": guided[0], "target": guided[1]})
    frame = pd.DataFrame(states).astype({"day": "datetime64[us]", "target": "datetime64[us]"})
    return _last_of_day(frame)


def _guidance(row: dict[Any, Any]) -> tuple[float, Any] | None:
    """The guided earnings per share of a disclosure and the end of their year; ``None`` without a full-year figure."""
    if np.isfinite(row["next_year_forecast_eps"]):
        stated = row["next_fiscal_year_end"]
        return row["next_year_forecast_eps"], _year_on(row["fiscal_year_end"], 1) if pd.isna(stated) else stated
    full_year = row["code"] not in NEXT_QUARTER_GUIDES or row["quarter"] == 3
    return (row["forecast_eps"], row["fiscal_year_end"]) if full_year and np.isfinite(row["forecast_eps"]) else None


def _last_of_day(states: pd.DataFrame) -> pd.DataFrame:
    return states.drop_duplicates(["code", "day"], keep="last").set_index(["code", "day"])


def known_on(states: pd.DataFrame, column: str, days: pd.DatetimeIndex, codes: list[str]) -> pd.DataFrame:
    """The state of ``column`` at the end of each day: days x codes, missing before a name's first disclosure."""
    labels = states.index.get_level_values("code").to_numpy()
    dated = pd.DatetimeIndex(states.index.get_level_values("day"))
    values, places = states[column].array, np.arange(len(states))
    known = {}
    for code in codes:
        rows = places[labels == code]
        if len(rows):
            last = dated[rows].searchsorted(days, side="right") - 1
            known[code] = pd.Series(values.take(np.where(last >= 0, rows[last], -1), allow_fill=True), index=days)
    blank = pd.DataFrame(index=days, columns=codes, dtype=states[column].dtype)
    return blank.assign(**known)
