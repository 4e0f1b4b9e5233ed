"""J-Quants, daily prices: TOPIX, and the chip names on the share basis of the table.

Pages: https://jpx-jquants.com/en/spec/eq-bars-daily, https://jpx-jquants.com/en/spec/idx-bars-daily-topix

Layout: one row a day and issue; ``C`` is the close as traded, ``AdjC`` the close on the basis of the newest day,
``AdjFactor`` is other than one on the first day of a new basis (a split of 1 to 5: 0.2). Codes have five characters,
the last a nought for common shares. Distributions of a single issue carry no code; it is in the name of the file.

The table's closes are on the basis of its own last day. Closes of another basis must not stand beside them, not even as
corrections of the days that the file happens to repeat: ``refuse_other_basis`` says so before anything is compared.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.sources.daily import Bounds, market_rows
from jpresearch.sources.delimited import days, figures, require
from jpresearch.sources.model import LINE, Parsed, SourceError, place

TABLE: Final = "semiconductor_prices"
SOURCE: Final = "tse-prices"
TOPIX_SERIES: Final = "topix"
TOPIX_SOURCE: Final = "jpx-topix"
# Index points: between 696 and 4,197 since 2001, and never 14 % in a day.
TOPIX_BOUNDS: Final = Bounds(200.0, 100_000.0, leap=0.3)
CODES: Final = (
    "1625", "200A", "2243", "285A", "3436", "4063", "6146", "6525", "6526", "6723", "6857", "6920", "6963", "7729",
    "7735", "8035",
)  # fmt: skip
CODE_IN_NAME: Final = re.compile(r"(?<![0-9A-Za-z])(\d{3}[0-9A-Z])0?(?![0-9A-Za-z])")
CLOSES: Final = ("AdjC", "AdjustmentClose", "Close")
TRADED: Final = {"AdjC": "C", "AdjustmentClose": "Close"}
FACTORS: Final = {"AdjC": "AdjFactor", "AdjustmentClose": "AdjustmentFactor"}
PRICES: Final = {
    "AdjC": ("AdjO", "AdjH", "AdjL"),
    "AdjustmentClose": ("AdjustmentOpen", "AdjustmentHigh", "AdjustmentLow"),
    "Close": ("Open", "High", "Low"),
}
# What stands in a cell on a day without a trade; the last is a spreadsheet's, in distributions of users.
NO_TRADE: Final = ("", "-", "#VALUE!")
# Yen. A price of less than one yen or more than ten million is none.
PRICE_RANGE: Final = (1.0, 1e7)
# Limits of the exchange keep a day's move below 31 % but on special days; a factor of ten is a slip.
LEAP: Final = 0.6
NEIGHBOURS: Final = pd.Timedelta(days=14)
# Adjusted prices are rounded to a tenth or a hundredth of a yen.
ROUNDING: Final = 0.002


def short_code(code: str) -> str | None:
    """``80350`` as the table's ``8035``; ``None`` where the five characters are no common share."""
    text = code.strip()
    if len(text) == 5:
        return text[:4] if text.endswith("0") else None
    return text if len(text) == 4 else None


def topix(frame: pd.DataFrame, file: str) -> list[Parsed]:
    """Closes of TOPIX as rows of ``market_daily``. Raises ``SourceError``."""
    require(frame, ["Date", "O", "H", "L", "C"], file)
    prices = frame[~_without_trade(frame, ["O", "H", "L", "C"])]
    closes = _ordered(prices, ("O", "H", "L", "C"), file)
    ends = days(prices["Date"], file)
    rows = market_rows(TOPIX_SERIES, list(ends), list(closes), TOPIX_BOUNDS, file, list(prices[LINE]))
    return [Parsed("market_daily", rows, TOPIX_SOURCE)]


def chip_prices(frame: pd.DataFrame, file: str) -> list[Parsed]:
    """Closes of the chip names, on the basis of the newest day of the file; other issues are left out.

    Raises
    ------
    SourceError : a label missing, prices out of order, or adjusted closes that their own factors do not explain.
    """
    close = next((label for label in CLOSES if label in frame.columns), None)
    if close is None:
        raise SourceError.of("there is no column of closes", file, label=CLOSES[0])
    require(frame, ["Date", *PRICES[close]], file)
    coded = frame.assign(code=_codes(frame, file))
    chips = coded[coded["code"].isin(CODES)].reset_index(drop=True)
    if len(frame) and not len(chips):
        raise SourceError.of("none of the issues is in the table", file, label="Code")
    traded = ~_without_trade(chips, [close, *PRICES[close]])
    ends = days(chips["Date"], file)
    rows = pd.DataFrame({"code": chips["code"].astype("str"), "period_end": ends, "period_start": ends})
    rows[LINE] = chips[LINE]
    rows["close_jpy"] = _ordered(chips[traded], (*PRICES[close], close), file).reindex(rows.index)
    _check(rows, file)
    if close in FACTORS and {TRADED[close], FACTORS[close]} <= set(chips.columns):
        raw = figures(chips[TRADED[close]].where(traded, ""), file)
        _check_factors(rows, raw, figures(chips[FACTORS[close]], file), file)
    ordered = rows[traded].sort_values(["code", "period_end"], ignore_index=True)
    return [Parsed(TABLE, ordered, SOURCE)]


def refuse_other_basis(rows: pd.DataFrame, present: pd.DataFrame) -> None:
    """Refuse closes that are on another share basis than the table's.

    Parameters
    ----------
    rows : ``code``, ``period_end``, ``close_jpy`` as parsed from files.
    present : the same columns of the table; with ``published_at`` also all its vintages, of which the last counts.

    Raises
    ------
    SourceError : closes of a day that both have differ by one factor (a split in between), or an issue of the table
        shares no day with the file, so that its basis cannot be told.
    """
    key = ["code", "period_end"]
    ordered = present.sort_values("published_at") if "published_at" in present.columns else present
    latest = ordered.drop_duplicates(key, keep="last")
    both = rows.merge(latest[[*key, "close_jpy"]], on=key, suffixes=("", "_held"))
    for code in sorted(set(rows["code"]) & set(present["code"])):
        shared = both[both["code"] == code]
        if not len(shared):
            last = present.loc[present["code"] == code, "period_end"].max()
            what = f"the file shares no day with the table, so its share basis cannot be told; begin at {last:%Y-%m-%d}"
            raise SourceError.of(what, f"{TABLE}, {code}", label=code)
        ratio = float((shared["close_jpy"] / shared["close_jpy_held"]).median())
        if abs(ratio - 1) > ROUNDING:
            what = (
                f"the closes are on another share basis, {ratio:.4g} times the table's: the shares were split after "
                "the table was last updated. New closes beside the old would be a leap that no market made: first "
                "restate the table's history of this issue and add the split to the table splits"
            )
            raise SourceError.of(what, f"{TABLE}, {code}", label=code)


def _codes(frame: pd.DataFrame, file: str) -> pd.Series[str]:
    if "Code" in frame.columns:
        return frame["Code"].map(short_code)
    named = [code for code in CODE_IN_NAME.findall(file.rsplit("/", 1)[-1]) if code in CODES]
    if len(set(named)) != 1:
        raise SourceError.of("neither a column nor the file's name says which issue it is", file, label="Code")
    return pd.Series(named[0], index=frame.index, dtype="str")


def _without_trade(frame: pd.DataFrame, labels: list[str]) -> pd.Series[bool]:
    """Days on which none of the prices exists; where only some are missing the line is wrong and will not parse."""
    missing: pd.Series[bool] = frame[labels].apply(lambda column: column.str.strip().isin(NO_TRADE)).all(axis=1)
    return missing


def _ordered(frame: pd.DataFrame, labels: tuple[str, str, str, str], file: str) -> pd.Series[float]:
    """The closes, after a look that each lies between low and high."""
    first, high, low, close = (figures(frame[label], file) for label in labels)
    inside = low.le(close) & close.le(high) & low.le(first) & first.le(high)
    if not inside.all():
        day = frame["Date"][~inside].iloc[0]
        raise SourceError.of(f"open or close of {day[:20]} lies outside low and high, or is missing", file)
    return close


def _check(rows: pd.DataFrame, file: str) -> None:
    """One close a day, in range, without a leap that no market made. Raises ``SourceError``."""
    if rows.duplicated(["code", "period_end"]).any():
        again = rows.loc[rows.duplicated(["code", "period_end"]), LINE].iloc[0]
        raise SourceError.of("a day of an issue stands twice", place(file, again), label="Date")
    if not rows["close_jpy"].dropna().between(*PRICE_RANGE).all():
        raise SourceError.of("a close is out of range: another unit?", file, label="Close")
    ordered = rows.dropna().sort_values(["code", "period_end"])
    change = ordered.groupby("code")["close_jpy"].pct_change().abs()
    near = ordered.groupby("code")["period_end"].diff() <= NEIGHBOURS
    if (near & change.gt(LEAP)).any():
        wrong = ordered[near & change.gt(LEAP)].iloc[0]
        raise SourceError.of(f"{wrong['code']} leaps on {wrong['period_end']:%Y-%m-%d} as no market did", file)


def _check_factors(rows: pd.DataFrame, traded: pd.Series[float], factor: pd.Series[float], file: str) -> None:
    """An adjusted close is the traded one times the factors of later days, times one number for the whole issue."""
    frame = rows.assign(log_ratio=np.log(rows["close_jpy"] / traded), log_factor=np.log(factor.where(factor > 0)))
    frame = frame.sort_values(["code", "period_end"])
    later = frame.groupby("code")["log_factor"].transform(lambda logs: logs[::-1].cumsum()[::-1]) - frame["log_factor"]
    gap = (frame["log_ratio"] - later)[frame["close_jpy"].notna()]
    spread = (gap - gap.groupby(frame["code"]).transform("last")).abs()
    if not (spread < ROUNDING).all():
        wrong = frame.loc[spread.index[~(spread < ROUNDING)][0]]
        what = (
            f"the adjusted close of {wrong['code']} on {wrong['period_end']:%Y-%m-%d} is not explained by its factors"
        )
        raise SourceError.of(what, file, label="AdjFactor")
