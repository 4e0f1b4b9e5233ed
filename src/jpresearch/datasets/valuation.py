"""Valuation of the indices: price over earnings and book value, dividend yield, total return."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.reading import AsOf, by_period, described, optional, within

NIKKEI: Final = {
    "per_weighted_x": "per_forecast",
    "per_index_based_x": "per_forecast_index_based",
    "pbr_weighted_x": "pbr",
    "pbr_index_based_x": "pbr_index_based",
    "dividend_yield_pct": "dividend_yield",
}
SECTIONS: Final = {"tse_prime": "prime", "tse_first": "first"}
MULTIPLES: Final = {
    "per_weighted_x": "per",
    "pbr_weighted_x": "pbr",
    "per_simple_x": "per_simple",
    "pbr_simple_x": "pbr_simple",
}
LATER_POINTS: Final = {"prime_composite_per_weighted": "per_prime", "prime_composite_pbr_weighted": "pbr_prime"}


def valuation(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Valuation of the Nikkei 225 by day.

    Examples
    --------
    >>> market.valuation("2025-09-05")["per_forecast"].tail(2)
    date
    2025-09-04    17.61
    2025-09-05    17.77
    Name: per_forecast, dtype: float64

    Returns
    -------
    Index ``date``. Columns in times: ``per_forecast`` (price over Nikkei's forecast earnings, weighted by value),
    ``per_forecast_index_based``, ``pbr`` (price over book value, weighted), ``pbr_index_based``; ``dividend_yield`` in
    percent. No rows before the first publication.

    Gaps
    ----
    By day from 2021; before, the ends of months and weeks that are published. ``per_forecast`` leaps in May, when
    forecasts roll to the new year (2020: 16 to 37): not a change of prices.

    Source
    ------
    Nikkei (``nikkei_valuation``): the evening of the day, assumed.
    """
    rows = optional("nikkei_valuation", as_of)
    held = {name: shown for name, shown in NIKKEI.items() if name in rows.columns}
    frame = by_period(rows, held, "date").reindex(columns=list(NIKKEI.values()))
    units = {"dividend_yield": "%"}
    return described(within(frame, start, end), "x", "day", "Nikkei 225", ["nikkei_valuation"], columns=units)


def prime_valuation(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Valuation of Prime, and of the first section before it, by month on trailing earnings.

    Examples
    --------
    >>> market.prime_valuation("2025-09-05")["per_prime"].tail(2)
    month_end
    2025-07-31    16.5
    2025-08-31    17.2
    Name: per_prime, dtype: float64

    Returns
    -------
    Index ``month_end``. Columns in times, weighted by value: ``per_prime``, ``pbr_prime`` (from 2022-04), ``per_first``
    and ``pbr_first`` (to 2022-03), and the same with ``per_simple_`` and ``pbr_simple_`` for the simple average. Two
    sections, two series: never chained. No rows before the first publication.

    Gaps
    ----
    From 2020-01. After the monthly record single months come from ``index_valuation`` (the same statistic of JPX).

    Source
    ------
    JPX, PER and PBR by size and industry (``prime_valuation``, ``index_valuation``): first business day of the next
    month, 13:00. Earnings of the last reported year, losses included: the ratio steps between May and July.
    """
    rows = optional("prime_valuation", as_of)
    parts = [
        by_period(rows[rows["section"] == section], MULTIPLES, "month_end").add_suffix(f"_{name}")
        for section, name in SECTIONS.items()
    ]
    frame = parts[0].join(parts[1], how="outer")
    points = optional("index_valuation", as_of)
    for metric, name in LATER_POINTS.items():
        later = points[points["metric"] == metric].set_index("period_end")["value"]
        frame = frame.reindex(frame.index.union(pd.DatetimeIndex(later.index)))
        frame[name] = frame[name].fillna(later)
    shown = within(frame.rename_axis("month_end"), start, end)
    return described(shown, "x", "month", "TSE Prime and first section", ["prime_valuation", "index_valuation"])


def valuation_points(as_of: AsOf) -> pd.DataFrame:
    """Single published figures on the valuation of TOPIX and Prime.

    Examples
    --------
    >>> market.valuation_points("2026-09-10")[["metric", "date", "value"]].tail(2)
                     metric       date  value
    row
    8             topix_pbr 2026-08-31   1.88
    9    topix_per_trailing 2026-08-31  21.05

    Returns
    -------
    RangeIndex ``row``, sorted by ``metric`` and ``date``. Columns: ``metric``, ``date``, ``value``, ``unit``,
    ``published_at``. No rows before the first publication.

    Source
    ------
    JPX factsheets and others (``index_valuation``).
    """
    rows = optional("index_valuation", as_of).sort_values(["metric", "period_end"], kind="stable")
    frame = rows.rename(columns={"period_end": "date"})[["metric", "date", "value", "unit", "published_at"]]
    frame = frame.reset_index(drop=True).rename_axis("row")
    return described(frame, "unit of the row", "day", "as reported", ["index_valuation"])


def nikkei_total_return(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """The total return index of the Nikkei 225 by day: with dividends, gross of tax.

    Examples
    --------
    >>> market.nikkei_total_return("2025-09-05")["total_return"].pct_change().tail(2)
    date
    2025-07-10   -0.004393
    2025-07-11   -0.001934
    Name: total_return, dtype: float64

    Returns
    -------
    Index ``date``. Column ``total_return`` in index points. No rows before the first publication.

    Gaps
    ----
    2022-01 to 2025-07.

    Source
    ------
    Nikkei (``nikkei_total_return``): the day itself.
    """
    rows = optional("nikkei_total_return", as_of)
    frame = by_period(rows, {"total_return_index_points": "total_return"}, "date")
    shown = within(frame, start, end)
    return described(shown, "index points", "day", "Nikkei 225, total return", ["nikkei_total_return"])
