"""What all datasets of semiconductor names read: codes, disclosures in every edition, and the splits in the prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.datasets.reading import AsOf, editions
from jpresearch.errors import BadParameter

PRICES: Final = "semiconductor_prices"
FILINGS: Final = "semiconductor_filings"
CODES: Final = (
    *("8035", "6857", "6146", "6920", "7735", "6723", "4063", "3436", "6963", "6526", "6525", "7729"),
    "285A",
)
FUNDS: Final = ("1625", "200A", "2243")
"""Codes of the price table that are funds, not companies."""


def checked(as_of: AsOf, codes: str | Sequence[str] | None, *, funds: bool = False) -> list[str]:
    """Codes with prices, and unless ``funds`` are meant with filings, by ``as_of``; the thirteen where none are named.

    Raises ``BadParameter`` with those that there are.
    """
    if codes is None:
        return list(CODES)
    wanted = [codes] if isinstance(codes, str) else list(codes)
    held = set(tables.load(PRICES, as_of)["code"])
    allowed = sorted(held if funds else held & set(tables.load(FILINGS, as_of)["code"]) - set(FUNDS))
    unknown = [code for code in wanted if code not in allowed]
    if unknown or not wanted or len(set(wanted)) < len(wanted):
        what = f"no prices and filings for {', '.join(unknown)}" if unknown else "name each code once, and at least one"
        raise BadParameter(what, "codes", f"Allowed: {', '.join(allowed)}.")
    return wanted


def filings(as_of: AsOf, codes: list[str]) -> pd.DataFrame:
    """Every disclosure of the codes public at ``as_of``, in every edition, in the order published."""
    rows = editions(FILINGS, as_of)
    held: pd.DataFrame = rows[rows["code"].isin(codes)].reset_index(drop=True)
    return held


def splits_in_prices() -> pd.DataFrame:
    """The splits that the closes are adjusted for, those after ``as_of`` included: ``code``, ``ex_date``, ``ratio``.

    The price table is restated for every split up to its last day, whatever moment it is read at. Taking that
    restatement back needs the same splits; nothing else is done with one that was not yet known.
    """
    return tables.restatements(PRICES).drop_duplicates(["code", "ex_date"], keep="last")


def later_splits(as_of: AsOf, codes: list[str]) -> pd.Series[float]:
    """By code, what a price on the table's basis is multiplied by to stand on the basis of ``as_of``."""
    moment, splits = tables.moment(as_of), splits_in_prices()
    later = splits.iloc[:0] if moment is None else splits[splits["ex_date"] > moment.tz_localize(None)]
    return later.groupby("code")["ratio"].prod().reindex(codes).fillna(1.0)
