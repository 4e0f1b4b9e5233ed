"""JPX, Trading by Type of Investors: the classes of investors, what their figures must add up to, and rows of them.

Both layouts of the weekly workbook (``jpx_investor_legacy``, ``jpx_investor_unified``) end here. Figures are whole
thousands of yen as published until ``flow_rows`` turns them into JPY million.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from jpresearch.calendars import sessions
from jpresearch.sources.model import SourceError

TABLE: Final = "investor_flows"
SOURCE: Final = "jpx-investor-types"

TWO_MARKETS: Final = "two_markets"
# tse_growth is Mothers and JASDAQ together, the "growth market" of the old sections. The Growth market that opened
# with the new sections is another set of companies (most of JASDAQ went to Standard) and has a name of its own.
OLD_GROWTH: Final = "tse_growth"
NEW_GROWTH: Final = "tse_growth_market"
NEW_SECTIONS: Final = ("tse_prime", "tse_standard", NEW_GROWTH)
NEW_SECTIONS_SINCE: Final = date(2022, 4, 4)

# Whole class: its parts, each side for itself; parts before the wholes that contain them.
IDENTITIES: Final[dict[str, tuple[str, ...]]] = {
    "proprietary": ("proprietary_cash", "proprietary_margin"),
    "individuals": ("individuals_cash", "individuals_margin"),
    "foreigners": ("foreigners_corporations", "foreigners_individuals"),
    "financial_institutions": ("insurance", "city_regional_banks", "trust_banks", "other_financials"),
    "institutions": ("investment_trusts", "business_corporations", "other_corporations", "financial_institutions"),
    "brokerage": ("institutions", "individuals", "foreigners", "securities_companies"),
    "total": ("proprietary", "brokerage"),
}
LABELS: Final = {
    "proprietary": "自己計",
    "brokerage": "委託計",
    "total": "総計",
    "institutions": "法人",
    "individuals": "個人",
    "foreigners": "海外投資家",
    "securities_companies": "証券会社",
    "investment_trusts": "投資信託",
    "business_corporations": "事業法人",
    "other_corporations": "その他法人等",
    "financial_institutions": "金融機関",
    "insurance": "生保・損保",
    "city_regional_banks": "都銀・地銀等",
    "trust_banks": "信託銀行",
    "other_financials": "その他金融機関",
    "proprietary_cash": "自己現金",
    "proprietary_margin": "自己信用",
    "individuals_cash": "個人現金",
    "individuals_margin": "個人信用",
    "foreigners_corporations": "海外投資家 法人",
    "foreigners_individuals": "海外投資家 個人",
}

# Sales and purchases of all classes in both markets, JPY thousand per session. Published weeks range from 1.3 trillion
# yen (2012) to 25 trillion (2026). The bounds lie less than a factor of 1,000 apart around that range, so that a figure
# within them that slips by a unit (thousand yen read for yen, or for million yen) always falls outside.
LEAST_PER_SESSION: Final = 200_000_000
MOST_PER_SESSION: Final = 180_000_000_000
# What sells and what buys are the same shares but for those of smaller members: the sides differed by 4.8 per cent at
# most in 2017 to 2021.
MOST_APART: Final = 0.15
# Nagoya adds well under one per cent to Tokyo: the sections together are nearly all of both markets, in one unit.
LEAST_SHARE_OF_SECTIONS: Final = 0.9
MOST_SHARE_OF_SECTIONS: Final = 1.001


class Traded(NamedTuple):
    """What a class sold and bought in a week, JPY thousand."""

    sales: int
    purchases: int


Classes = dict[str, Traded]


@dataclass(frozen=True)
class Place:
    """Where something stands, for messages: file and sheet."""

    file: str
    sheet: str | None = None

    def error(self, what: str, label: str | None = None) -> SourceError:
        """The error about this place, with the label that was looked for."""
        return SourceError.of(what, self.file, self.sheet, label)


@dataclass(frozen=True)
class Week:
    """A survey week as the file states it: its first and last session."""

    start: date
    end: date

    def sessions(self) -> int:
        """How many sessions of Tokyo lie in it."""
        return _sessions(self.start, self.end)

    def check(self, place: Place) -> None:
        """Raises ``SourceError`` unless it lies within one week, Monday to Friday, and has a session."""
        monday = self.start - timedelta(days=self.start.weekday())
        if not self.start <= self.end <= monday + timedelta(days=4):
            raise place.error(f"{self.start} to {self.end} does not lie within one week, Monday to Friday")
        if self.sessions() == 0:
            raise place.error(f"{self.start} to {self.end} has no session of the Tokyo Stock Exchange")


# Asked for every sheet of a file, and always of the same week.
@lru_cache(maxsize=16)
def _sessions(start: date, end: date) -> int:
    calendar = sessions()
    first = calendar.searchsorted(pd.Timestamp(start))
    return int(calendar.searchsorted(pd.Timestamp(end), side="right") - first)


def tolerance(parts: int) -> int:
    """How far a sum of ``parts`` rounded figures may lie from its rounded total: half a unit for each figure."""
    return (parts + 1) // 2


def completed(classes: Mapping[str, Traded]) -> Classes:
    """The classes with every whole that is not stated but whose parts are, as their sum."""
    known = dict(classes)
    for whole, parts in IDENTITIES.items():
        if whole not in known and all(part in known for part in parts):
            known[whole] = Traded(
                sum(known[part].sales for part in parts), sum(known[part].purchases for part in parts)
            )
    return known


def check_sums(classes: Mapping[str, Traded], place: Place) -> None:
    """Raises ``SourceError`` where the parts of a class, so far as they are stated, do not add up to it."""
    for whole, parts in IDENTITIES.items():
        if not all(part in classes for part in parts):
            continue
        for side, name in enumerate(("sales", "purchases")):
            total = sum(classes[part][side] for part in parts)
            if abs(total - classes[whole][side]) > tolerance(len(parts)):
                words = " + ".join(LABELS[part] for part in parts)
                what = f"{name} do not add up: {words} is {total:,}, {LABELS[whole]} is {classes[whole][side]:,}"
                raise place.error(what)


def check_week(markets: Mapping[str, Classes], week: Week, place: Place) -> None:
    """Raises ``SourceError`` on sections that did not exist that week, or figures of another order of magnitude."""
    sections = [name for name in markets if name != TWO_MARKETS]
    if (week.start >= NEW_SECTIONS_SINCE) != all(name in NEW_SECTIONS for name in sections):
        raise place.error(f"the week of {week.start} has not the sections {', '.join(sections)}")
    whole = _turnover(markets[TWO_MARKETS])
    per_session = whole / week.sessions()
    if not LEAST_PER_SESSION <= per_session <= MOST_PER_SESSION:
        what = f"{per_session:,.0f} thousand yen traded per session is out of all proportion: is the unit thousand yen?"
        raise place.error(what, LABELS["total"])
    sold, bought = markets[TWO_MARKETS]["total"]
    if abs(bought - sold) > MOST_APART * whole / 2:
        raise place.error(f"all classes sold {sold:,} and bought {bought:,}", LABELS["total"])
    share = sum(_turnover(markets[name]) for name in sections) / whole
    if not LEAST_SHARE_OF_SECTIONS <= share <= MOST_SHARE_OF_SECTIONS:
        raise place.error(f"the sections of Tokyo together are {share:.1%} of both markets", LABELS["total"])


def _turnover(classes: Classes) -> int:
    return sum(classes["total"])


def flow_rows(markets: Mapping[str, Classes], week: Week) -> pd.DataFrame:
    """Rows of the table ``investor_flows``, JPY million, one per market and class of the week.

    Where Mothers and JASDAQ are there, so is ``tse_growth``, their sum.
    """
    names = ("tse_mothers", "tse_jasdaq")
    together = {OLD_GROWTH: _sum([markets[name] for name in names])} if set(names) <= set(markets) else {}
    known = {**markets, **together}
    keys = _keys(tuple((market, tuple(classes)) for market, classes in known.items()))
    # Whole numbers stay exact up to 2 ** 53; over 1,000 they are the nearest doubles to three decimals, so that equal
    # figures compare equal.
    traded = np.array([known[market][name] for market, name in keys.pairs], dtype=np.float64)
    return pd.DataFrame(
        {
            "market": keys.markets,
            "investor": keys.investors,
            "period_end": np.full(len(traded), np.datetime64(week.end, "us")),
            "period_start": np.full(len(traded), np.datetime64(week.start, "us")),
            "sales_jpy_mn": traded[:, 0] / 1000,
            "purchases_jpy_mn": traded[:, 1] / 1000,
            "net_jpy_mn": (traded[:, 1] - traded[:, 0]) / 1000,
            "coverage": keys.coverage,
        }
    )


class _Keys(NamedTuple):
    """The key columns of a file's rows, in order."""

    pairs: tuple[tuple[str, str], ...]
    markets: ExtensionArray
    investors: ExtensionArray
    coverage: ExtensionArray


# The same in file after file; making columns of text is most of the work of making the frame.
@lru_cache(maxsize=16)
def _keys(names: tuple[tuple[str, tuple[str, ...]], ...]) -> _Keys:
    pairs = tuple(sorted((market, name) for market, classes in names for name in classes))
    markets, investors = (pd.array(column, dtype="str") for column in zip(*pairs, strict=True))
    return _Keys(pairs, markets, investors, pd.array(["full"] * len(pairs), dtype="str"))


def _sum(markets: Sequence[Classes]) -> Classes:
    names = set.intersection(*(set(market) for market in markets))
    return {
        name: Traded(sum(market[name].sales for market in markets), sum(market[name].purchases for market in markets))
        for name in names
    }
