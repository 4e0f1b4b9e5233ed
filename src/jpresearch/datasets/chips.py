"""Semiconductor names: prices, earnings as known on each day, valuation, and changes of guidance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from jpresearch import tables
from jpresearch.datasets.chip_earnings import GUIDANCE_LAPSES, known_on, states
from jpresearch.datasets.chip_filings import CODES, FILINGS, PRICES, checked, filings, later_splits, splits_in_prices
from jpresearch.datasets.guidance import diffusion, guidance
from jpresearch.datasets.reading import AsOf, described, one_of, within
from jpresearch.names import LABELS

__all__ = ["diffusion", "guidance", "prices", "state", "valuation"]

NAMES: Final = {code: LABELS[code] for code in CODES}
"""The thirteen names by code, in the order shown."""
LONGEST_PERIOD_AGE: Final = pd.DateOffset(months=15)
PRICED_WITHIN: Final = pd.Timedelta(days=10)
MEASURES: Final = {
    "close": "JPY",
    "trailing_eps": "JPY",
    "forward_eps": "JPY",
    "trailing_yield": "%",
    "forward_yield": "%",
    "trailing_pe": "x",
    "forward_pe": "x",
    "market_value": "JPY bn",
    "trailing_profit": "JPY bn",
}
YEN_PER_BN: Final = 1e9


def prices(as_of: AsOf, codes: Sequence[str] | None = None, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Closes of the semiconductor names by session, split-adjusted as they stood at ``as_of``.

    Examples
    --------
    >>> chips.prices("2025-09-05", ["8035", "6857"]).tail(2)
                   8035     6857
    date
    2025-09-04  20085.0  11200.0
    2025-09-05  20240.0  11440.0

    Parameters
    ----------
    codes : by default the thirteen of ``chips.NAMES``; any code of the price table, funds (``1625``, ``200A``,
        ``2243``) among them.

    Returns
    -------
    Index ``date``: sessions on which any of them has a close. Columns: the codes, yen, no dividends. Missing before
    listing and where the exchange was down.

    Gaps
    ----
    2016-02 to 2026-08; 6963, 3436 and 2243 to 2026-02. The table is restated for every split up to its last day; here
    splits after ``as_of`` are taken back, so that a close is the one seen on the day for all who know no later split.

    Raises
    ------
    BadParameter : no such code.
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    Tokyo Stock Exchange (``semiconductor_prices``), the close; splits from companies (``splits``).
    """
    wanted = checked(as_of, codes, funds=True)
    closes = _closes(as_of, wanted)
    shown = within(closes * later_splits(as_of, wanted), start, end).dropna(how="all")
    return described(shown, "JPY", "day", "closes, split-adjusted", [PRICES])


def valuation(
    as_of: AsOf,
    measure: str = "trailing_pe",
    codes: Sequence[str] | None = None,
    *,
    start: AsOf = None,
    end: AsOf = None,
    max_age_months: int = 6,
) -> pd.DataFrame:
    """Prices over earnings as known at the end of each session, by name.

    Examples
    --------
    >>> chips.valuation("2025-09-05", "trailing_yield").median(axis=1).tail(2)
    date
    2025-09-04    4.808486
    2025-09-05    4.777715
    dtype: float64

    Trailing earnings are the last twelve months (the last full year, plus the year to date, less the year to date a
    year before; where that is not in the table the last full year, see ``kind`` in ``chips.state``). Forward earnings
    are the company's own forecast for the year not yet reported, until it is replaced or its year is out. Each figure
    counts from the day it was filed, in its first edition, and stands on the same split basis as the close.

    Parameters
    ----------
    measure : ``close``, ``trailing_eps``, ``forward_eps`` (yen), ``trailing_yield``, ``forward_yield`` (percent of the
        price, losses negative), ``trailing_pe``, ``forward_pe`` (times, missing for losses), ``market_value``,
        ``trailing_profit`` (JPY bn: sums over both make the basket one company).
    codes : by default the thirteen of ``chips.NAMES``.
    max_age_months : results older than this leave the name without trailing earnings until the next.

    Returns
    -------
    Index ``date``: sessions. Columns: the codes. Missing where a name had no close or no such earnings.

    Gaps
    ----
    Filings from 2021; forward earnings do not exist for every name on every day (6723 and 285A never, often not for
    6857, 3436 and 6146): a gap is shown, not filled.

    Raises
    ------
    UnknownName : no such measure.
    BadParameter : a code without prices and filings, or a fund.
    NotYetPublished : no close or no filing was public at ``as_of``.

    Source
    ------
    Tokyo Stock Exchange (``semiconductor_prices``); companies' disclosures (``semiconductor_filings``, ``splits``).
    """
    one_of("measure", measure, MEASURES, "measure")
    wanted = checked(as_of, codes)
    frame = _measure(_Known(as_of, wanted, max_age_months), measure)
    shown = within(frame.rename_axis("date"), start, end)
    basis = f"semiconductor names, {measure.replace('_', ' ')}, earnings as known on the day"
    return described(shown, MEASURES[measure], "day", basis, [PRICES, FILINGS, "splits"])


class _Known:
    """Closes and what was known of earnings on each session, on the split basis of the price table."""

    def __init__(self, as_of: AsOf, codes: list[str], max_age_months: int) -> None:
        self.close = _closes(as_of, codes)
        self.later_splits = later_splits(as_of, codes)
        self.days = pd.DatetimeIndex(self.close.index)
        self.codes = codes
        filed = filings(as_of, codes)
        self.trailing: pd.DataFrame | None = None
        self.guidance: pd.DataFrame | None = None
        if len(filed):
            self.trailing, self.guidance = states(filed, splits_in_prices())
        oldest = pd.DateOffset(months=max_age_months)
        self.fresh = _not_before(self.of(self.trailing, "filed"), oldest) & _not_before(
            self.of(self.trailing, "through"), LONGEST_PERIOD_AGE
        )
        self.stands = _not_before(self.of(self.guidance, "target"), GUIDANCE_LAPSES)

    def of(self, states: pd.DataFrame | None, column: str) -> pd.DataFrame:
        """A state by session and code, missing throughout where nothing was filed."""
        if states is None:
            kind = "datetime64[us]" if column in ("filed", "through", "target") else "float64"
            return pd.DataFrame(index=self.days, columns=self.codes, dtype=kind)
        return known_on(states, column, self.days, self.codes)


def _measure(known: _Known, measure: str) -> pd.DataFrame:
    if measure == "close":
        return known.close * known.later_splits
    if measure == "market_value":
        return known.close * known.of(known.trailing, "shares") / YEN_PER_BN
    if measure == "trailing_profit":
        return known.of(known.trailing, "profit").where(known.fresh) / YEN_PER_BN
    states, counts = (known.trailing, known.fresh) if measure.startswith("trailing") else (known.guidance, known.stands)
    eps = known.of(states, "eps").where(counts)
    if measure.endswith("_eps"):
        return eps * known.later_splits
    if measure.endswith("_yield"):
        return 100.0 * eps / known.close
    return (known.close / eps).where(eps > 0)


def state(as_of: AsOf, codes: Sequence[str] | None = None, *, max_age_months: int = 6) -> pd.DataFrame:
    """The newest state of each name: close, earnings, ratios, and why a ratio is missing.

    Examples
    --------
    >>> chips.state("2025-09-05")[["trailing_pe", "forward_pe", "missing"]].head(3)
          trailing_pe  forward_pe missing
    code
    8035    17.353877   20.884927
    6857    36.967621   37.791946
    6146    33.445840         NaN

    Parameters
    ----------
    codes, max_age_months : as in ``chips.valuation``.

    Returns
    -------
    Index ``code``. Columns: ``close_day``, ``close``, ``trailing_eps``, ``forward_eps`` (JPY), ``trailing_yield``,
    ``forward_yield`` (percent), ``trailing_pe``, ``forward_pe`` (times), ``kind`` (``twelve months`` or ``last full
    year``), ``through`` (last day that trailing earnings cover), ``filed`` (day of the newest results), ``target`` (end
    of the year that guidance is for) and ``missing``: empty, or ``not listed``, ``no recent close`` (ten days),
    ``no results``, ``no full year``, ``results too old``, ``loss``.

    Raises
    ------
    BadParameter, NotYetPublished : as ``chips.valuation``.

    Source
    ------
    As ``chips.valuation``.
    """
    wanted = checked(as_of, codes)
    known = _Known(as_of, wanted, max_age_months)
    names = ["trailing_eps", "forward_eps", "trailing_yield", "forward_yield", "trailing_pe", "forward_pe"]
    latest = known.days[-1]
    last = {code: known.close[code].last_valid_index() for code in wanted}
    frame = pd.DataFrame({"close_day": pd.Series(last, dtype="datetime64[us]")})
    priced = latest - frame["close_day"] <= PRICED_WITHIN
    newest = (known.close * known.later_splits).ffill().iloc[-1]
    frame["close"] = newest.where(priced)
    for name in names:
        frame[name] = _measure(known, name).iloc[-1]
    for name, filed in (("kind", known.trailing), ("through", known.trailing), ("filed", known.trailing)):
        frame[name] = known.of(filed, name).iloc[-1]
    frame["target"] = known.of(known.guidance, "target").iloc[-1].where(frame["forward_eps"].notna())
    frame["kind"] = frame["kind"].astype("object").where(frame["kind"].notna(), "").astype("str")
    frame["missing"] = [_why(row, held) for row, held in zip(frame.to_dict("records"), priced, strict=True)]
    units = {name: MEASURES[name] for name in ("close", *names)}
    return described(frame.rename_axis("code"), "JPY", "day", "newest state", [PRICES, FILINGS], columns=units)


def _why(row: dict[Any, Any], priced: bool) -> str:
    if pd.isna(row["close_day"]):
        return "not listed"
    if not priced:
        return "no recent close"
    if pd.isna(row["filed"]):
        return "no results"
    if pd.isna(row["trailing_eps"]):
        return "no full year" if row["kind"] == "" else "results too old"
    return "loss" if row["trailing_eps"] <= 0 else ""


def _closes(as_of: AsOf, codes: list[str]) -> pd.DataFrame:
    """Closes on the split basis of the table's last day, sessions x codes."""
    rows = tables.load(PRICES, as_of)
    table = rows[rows["code"].isin(codes)].pivot(index="period_end", columns="code", values="close_jpy")
    frame = table.reindex(columns=codes).rename_axis(columns=None).astype("float64")
    return frame.set_axis(pd.DatetimeIndex(frame.index, name="date"))


def _not_before(moments: pd.DataFrame, age: pd.DateOffset | pd.Timedelta) -> pd.DataFrame:
    """Where the moments lie at most ``age`` before their session; false where there is none."""
    oldest = pd.DatetimeIndex(moments.index) - age
    return moments.ge(oldest.to_series(index=moments.index), axis=0)
