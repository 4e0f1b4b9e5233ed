"""Companies' own forecasts: each change from one filing to the next, and their diffusion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.datasets.chip_earnings import NEXT_QUARTER_GUIDES, on_price_basis
from jpresearch.datasets.chip_filings import FILINGS, checked, filings, later_splits, splits_in_prices
from jpresearch.datasets.reading import AsOf, described, one_of

GUIDED: Final = {
    "sales": "forecast_sales_jpy",
    "operating_profit": "forecast_operating_profit_jpy",
    "net_profit": "forecast_net_profit_jpy",
    "eps": "eps",
}
UNCHANGED_PCT: Final = 0.5
YEN_PER_BN: Final = 1e9


def guidance(as_of: AsOf, codes: Sequence[str] | None = None) -> pd.DataFrame:
    """Changes of companies' full-year forecasts, filing by filing.

    Examples
    --------
    >>> chips.guidance("2025-09-05").query("measure == 'net_profit' and direction < 0")[["code", "change_pct"]].tail(2)
         code  change_pct
    row
    233  6963 -142.857143
    253  6526   -7.692308

    A forecast is compared with the one that the company gave before for the same year; the first for a year has none to
    be compared with and no row. Forecasts that reach only to the end of the coming quarter (6146, 3436) are left out
    unless they are those of the full year.

    Returns
    -------
    RangeIndex ``row``, in the order filed. Columns: ``published_at``, ``code``, ``fiscal_year_end`` (of the year
    forecast), ``measure`` (``sales``, ``operating_profit``, ``net_profit`` in JPY bn, ``eps`` in yen on the split basis
    of ``as_of``), ``previous``, ``forecast``, ``change_pct`` (of the size of the previous one) and ``direction``: 1
    raised, -1 cut, 0 within half a percent.

    Raises
    ------
    BadParameter : as ``chips.valuation``.
    NotYetPublished : no filing was public at ``as_of``.

    Source
    ------
    Companies' disclosures (``semiconductor_filings``), in their first and every later edition.
    """
    filed = filings(as_of, checked(as_of, codes))
    columns = ["published_at", "code", "fiscal_year_end", "measure", "previous", "forecast", "change_pct", "direction"]
    known: dict[tuple[str, pd.Timestamp, str], float] = {}
    rows: list[tuple[object, ...]] = []
    factors = later_splits(as_of, list(dict.fromkeys(filed["code"])))
    figures = on_price_basis(filed, splits_in_prices()) if len(filed) else filed
    for filing in figures.sort_values("published_at", kind="stable").to_dict("records"):
        for measure, year, value in _forecasts(filing, factors):
            before = known.get((filing["code"], year, measure))
            if before is not None and before != 0:
                change = (value / before - 1) * 100 * np.sign(before)
                direction = 0.0 if abs(change) < UNCHANGED_PCT else float(np.sign(change))
                rows.append((filing["published_at"], filing["code"], year, measure, before, value, change, direction))
            known[filing["code"], year, measure] = value
    frame = pd.DataFrame(rows, columns=columns).rename_axis("row")
    frame = frame.astype(dict.fromkeys(columns[4:], "float64") | {"fiscal_year_end": "datetime64[us]"})
    units = {"change_pct": "%"}
    return described(frame, "unit of the measure", "period", "companies' forecasts", [FILINGS], columns=units)


def _forecasts(filing: dict[Any, Any], factors: pd.Series[float]) -> list[tuple[str, pd.Timestamp, float]]:
    """The full-year forecasts of one filing: measure, end of the year, value, per share of ``as_of``'s basis."""
    found, factor = [], float(factors[filing["code"]])
    if filing["code"] not in NEXT_QUARTER_GUIDES or filing["quarter"] == 3:
        for measure, column in GUIDED.items():
            value = filing["forecast_eps"] * factor if measure == "eps" else filing[column] / YEN_PER_BN
            if np.isfinite(value):
                found.append((measure, filing["fiscal_year_end"], float(value)))
    if np.isfinite(filing["next_year_forecast_eps"]) and not pd.isna(filing["next_fiscal_year_end"]):
        found.append(("eps", filing["next_fiscal_year_end"], float(filing["next_year_forecast_eps"]) * factor))
    return found


def diffusion(as_of: AsOf, measure: str = "net_profit", codes: Sequence[str] | None = None) -> pd.DataFrame:
    """Diffusion of guidance by quarter: the share of filings that raise a forecast less the share that cut it.

    Examples
    --------
    >>> chips.diffusion("2025-09-05", "operating_profit")["diffusion"].tail(2)
    quarter_end
    2025-06-30    0.0
    2025-09-30    0.0
    Freq: QE-DEC, Name: diffusion, dtype: float64

    Parameters
    ----------
    measure : as in ``chips.guidance``.

    Returns
    -------
    Index ``quarter_end``: the calendar quarter of the filing, every one from the first to the newest. Columns:
    ``raised``, ``cut``, ``unchanged``, ``compared`` (numbers of forecasts) and ``diffusion`` (percentage points,
    missing where none was compared). The newest quarter may still run.

    Raises
    ------
    UnknownName : no such measure. BadParameter, NotYetPublished : as ``chips.guidance``.

    Source
    ------
    Companies' disclosures (``semiconductor_filings``).
    """
    one_of("measure", measure, GUIDED, "measure")
    rows = guidance(as_of, codes)
    rows = rows[rows["measure"] == measure]
    days = pd.DatetimeIndex(rows["published_at"]).tz_localize(None).normalize()
    ends = days + pd.offsets.QuarterEnd(0)
    counts = {
        name: rows["direction"].eq(sign).groupby(ends).sum()
        for name, sign in (("raised", 1), ("cut", -1), ("unchanged", 0))
    }
    frame = pd.DataFrame(counts)
    quarters = pd.date_range(ends.min(), ends.max(), freq="QE") if len(ends) else pd.DatetimeIndex(frame.index)
    frame = frame.reindex(quarters, fill_value=0).astype("float64").rename_axis("quarter_end")
    frame["compared"] = frame[["raised", "cut", "unchanged"]].sum(axis=1)
    frame["diffusion"] = 100 * (frame["raised"] - frame["cut"]) / frame["compared"].where(frame["compared"] > 0)
    units = {"diffusion": "percentage points"}
    return described(frame, "forecasts", "quarter", f"guidance, {measure.replace('_', ' ')}", [FILINGS], columns=units)
