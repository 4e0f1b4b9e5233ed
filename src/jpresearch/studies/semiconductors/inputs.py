"""What the study reads: closes, filings with every vintage, splits, and the market beside them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.errors import BadParameter, InsufficientData, NotYetPublished
from jpresearch.studies.reading import column, day, optional
from jpresearch.tables import load

NAMES: Final = {
    "8035": "Tokyo Electron",
    "6857": "Advantest",
    "6146": "Disco",
    "6920": "Lasertec",
    "7735": "SCREEN",
    "6723": "Renesas",
    "4063": "Shin-Etsu Chemical",
    "3436": "SUMCO",
    "6963": "Rohm",
    "6526": "Socionext",
    "6525": "Kokusai Electric",
    "7729": "Tokyo Seimitsu",
    "285A": "Kioxia",
}
"""The thirteen names by code, in the order shown."""


def title(code: str) -> str:
    """The name of a code; a code without one stays."""
    return NAMES.get(code, code)


ELECTRIC_FUND: Final = "1625"
FUNDS: Final = (ELECTRIC_FUND, "2243", "200A")
"""Codes of the price table that are funds, not companies."""


@dataclass(frozen=True)
class Inputs:
    """The frames behind the study, as they stood at one moment.

    Attributes
    ----------
    close : closes in yen, sessions x codes of the basket; every close on the basis of the price table's last day, so
        only returns, and ratios to earnings on that same basis, mean anything. Missing before listing and after the
        last close known.
    filings : every vintage of every disclosure public by then, in the order published.
    splits : ``code, ex_date, ratio`` of all splits that the closes are adjusted for.
    topix, electric : TOPIX and the TOPIX-17 electric appliances fund (close, no dividends) by session.
    prime_pe : weighted trailing price-earnings ratio of Prime (first section to 2022-03) by month end, ``None`` if not
        yet published.
    nikkei_pe : weighted price over Nikkei's forecast earnings of the Nikkei 225 by session, ``None`` likewise.
    jgb10y : yield of ten-year government bonds in percent by day, ``None`` where there is none.
    """

    close: pd.DataFrame
    filings: pd.DataFrame
    splits: pd.DataFrame
    topix: pd.Series[float]
    electric: pd.Series[float]
    prime_pe: pd.Series[float] | None
    nikkei_pe: pd.Series[float] | None
    jgb10y: pd.Series[float] | None = None

    @property
    def latest(self) -> pd.Timestamp:
        """The newest session with a close of any name."""
        return pd.Timestamp(self.close.dropna(how="all").index[-1])


def load_inputs(as_of: str | None = None, start: str | None = None, basket: Sequence[str] | None = None) -> Inputs:
    """Read everything as it stood at the end of ``as_of`` (``None``: all there is).

    All history is read whatever ``start`` is, because an own past begins with the first filing.

    Parameters
    ----------
    start : the first day to be shown, only checked here.
    basket : codes of the names; ``None`` is the thirteen of ``NAMES``, as far as they were listed.

    Raises
    ------
    BadParameter : a code without a close or a filing by then, or a fund; a ``start`` after the newest close.
    NotYetPublished : a required table had no row yet.
    InsufficientData : none of the names had a close or a filing yet.
    """
    codes = list(NAMES) if basket is None else list(basket)
    prices = load("semiconductor_prices", as_of)
    filings = _vintages(as_of)
    with suppress(NotYetPublished):
        _note("splits", as_of)
    market = load("market_daily", as_of)
    if basket is not None:
        _check_basket(codes, prices, filings)
    close = prices.pivot_table(index="period_end", columns="code", values="close_jpy")
    names = close.reindex(columns=codes).dropna(how="all")
    filings = filings[filings["code"].isin(codes)].reset_index(drop=True)
    if names.empty or filings.empty:
        raise InsufficientData("no name of the basket had both a close and a filing yet", f"as of {as_of}")
    _check_start(start, pd.Timestamp(names.index[-1]))
    return Inputs(
        close=names,
        filings=filings,
        splits=_splits_in_prices(),
        topix=column(market[market["series"] == "topix"], "value"),
        electric=close.get(ELECTRIC_FUND, pd.Series(dtype="float64")).dropna(),
        prime_pe=_multiples("prime_valuation", as_of),
        nikkei_pe=_multiples("nikkei_valuation", as_of),
        jgb10y=_yields(market),
    )


def _note(name: str, as_of: str | None) -> None:
    """Leave the note of a table as it stood, where the rows themselves are taken from more than its newest editions."""
    load(name, as_of)


def _vintages(as_of: str | None) -> pd.DataFrame:
    """Every disclosure public by ``as_of``, earlier editions of a quarter included, in the order published.

    ``load`` gives the newest edition of a quarter alone, dated by its own publication. For the state of knowledge on
    each past day the first edition counts from the day it came out, so that a later edition changes nothing before it.
    """
    known = tables.vintages("semiconductor_filings", as_of)
    return known.sort_values(["published_at", "code", "period_end"], kind="stable").reset_index(drop=True)


def _splits_in_prices() -> pd.DataFrame:
    """The splits that the closes are adjusted for, those after ``as_of`` included.

    The price table is restated for every split up to its last day, whatever moment it is read at. Taking that
    restatement back needs the same splits: with them earnings as filed meet the close on one basis, and the ratio is
    the one that was seen on the day. Nothing else is done with a split that was not yet known.
    """
    return tables.restatements("semiconductor_prices")


def _multiples(name: str, as_of: str | None) -> pd.Series[float] | None:
    rows = optional(name, as_of)
    return None if rows is None else column(rows, "per_weighted_x")


def _yields(market: pd.DataFrame) -> pd.Series[float] | None:
    rows = market[market["series"] == "jgb10y"]
    return None if rows.empty else column(rows, "value").dropna()


def _check_basket(codes: Sequence[str], prices: pd.DataFrame, filings: pd.DataFrame) -> None:
    """Raise ``BadParameter`` unless each code is a company with a close and a filing by then."""
    allowed = sorted((set(prices["code"]) & set(filings["code"])) - set(FUNDS))
    unknown = [code for code in codes if code not in allowed]
    if unknown or not codes or len(set(codes)) < len(codes):
        what = f"no prices and filings for {', '.join(unknown)}" if unknown else "name each code once, and at least one"
        raise BadParameter(what, "basket", f"Allowed: {', '.join(allowed)}.")


def _check_start(start: str | None, latest: pd.Timestamp) -> None:
    """Raise ``BadParameter`` unless ``start`` is a day not after ``latest``."""
    if start is None:
        return
    if day(start, "start") > latest:
        raise BadParameter(f"{start} is after the newest close of {latest:%Y-%m-%d}", "start", "Take an earlier day.")
