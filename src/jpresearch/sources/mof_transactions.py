"""Ministry of Finance, International Transactions in Securities: what the weekly and the monthly file share.

A block of headings in Japanese and English names 22 columns by side (residents' outward, non-residents' inward), class
of security and kind (acquisition, disposition, net). The figures are JPY 100 million, each rounded for itself; net is
acquisition less disposition, the subtotal is equity and long-term debt, the total adds short-term debt. The day of the
last update stands at the top in both languages.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd

from jpresearch.calendars import TOKYO
from jpresearch.sources.delimited import Rows, figure, plain
from jpresearch.sources.eras import day_of_era
from jpresearch.sources.model import SourceError, place

FOLDER: Final = "https://www.mof.go.jp/policy/international_policy/reference/itn_transactions_in_securities/"
SIDES: Final = ("outward", "inward")
CLASSES: Final = ("equity", "long_term_debt", "short_term_debt")
RELEASE_CLOCK: Final = "08:50"
UPDATED_JP: Final = re.compile(r"最終更新日\s*([^\d\s元]{2})\s*(\d{1,2}|元)年\s*(\d{1,2})月\s*(\d{1,2})日", re.ASCII)
UPDATED_EN: Final = re.compile(r"Final Update\s+([A-Za-z]+)\s+(\d{1,2})\s*,\s*(\d{4})", re.ASCII)
# Each figure is rounded to one unit, so a sum of three can be off by one.
ROUNDING: Final = 1.0


@dataclass(frozen=True)
class Limits:
    """What a period's figures can be, in JPY 100 million.

    Attributes
    ----------
    period : what a period is called, ``week`` or ``month``.
    a_year : periods in a year.
    usual_equity : lowest and highest median of non-residents' purchases of shares over the last year of the file.
    largest : no single figure is above it.
    """

    period: str
    a_year: int
    usual_equity: tuple[float, float]
    largest: float


@dataclass(frozen=True)
class Words:
    """The words of the headings in one language: side, class and kind of each column."""

    sides: dict[str, str]
    classes: dict[str, str]
    kinds: dict[str, str]


ENGLISH: Final = Words(
    {"PortfolioInvestmentAssets": "outward", "PortfolioInvestmentLiabilities": "inward"},
    {
        "Equityandinvestmentfundshares": "equity",
        "Long-termdebtsecurities": "long_term_debt",
        "Subtotal": "subtotal",
        "Short-termdebtsecurities": "short_term_debt",
        "Total": "total",
    },
    {"Acquisition": "acquisition", "Disposition": "disposition", "Net": "net"},
)
JAPANESE: Final = Words(
    {"対外証券投資": "outward", "対内証券投資": "inward"},
    {
        "株式・投資ファンド持分": "equity",
        "中長期債": "long_term_debt",
        "小計": "subtotal",
        "短期債": "short_term_debt",
        "合計": "total",
    },
    {"取得": "acquisition", "処分": "disposition", "ネット": "net"},
)
KINDS_OF: Final = {
    **dict.fromkeys(CLASSES, ("acquisition", "disposition", "net")),
    "subtotal": ("net",),
    "total": ("net",),
}
EXPECTED: Final = {f"{side}_{kind}_{what}" for side in SIDES for kind, whats in KINDS_OF.items() for what in whats}


def require_unit(headings: Rows, file: str) -> None:
    """Raise ``SourceError`` where the headings do not state JPY 100 million in both languages."""
    everything = " ".join(unicodedata.normalize("NFKC", cell) for line in headings for cell in line)
    if "Unit: 100 million Yen" not in everything or "億円" not in everything:
        raise SourceError.of("the unit is not stated as it was", file, label="Unit: 100 million Yen")


def edition_of(headings: Rows, file: str) -> pd.Timestamp:
    """The day of the last update at the hour of release; both languages must agree."""
    text = "\n".join(unicodedata.normalize("NFKC", cell) for line in headings for cell in line)
    japanese, english = UPDATED_JP.search(text), UPDATED_EN.search(text)
    here = None if japanese is None else day_of_era(*japanese.groups())
    if here is None or english is None:
        label = "最終更新日" if english else "Final Update"
        raise SourceError.of("the day of the last update was not found", file, label=label)
    there = datetime.strptime(" ".join(english.groups()), "%B %d %Y").date()
    if here != there:
        raise SourceError.of(f"the day of the last update is {here} in Japanese and {there} in English", file)
    return pd.Timestamp(f"{here} {RELEASE_CLOCK}", tz=TOKYO)


def columns_of(headings: Rows, file: str) -> dict[str, int]:
    """The place of each column, by its labels in both languages."""
    english, japanese = _placed(headings, ENGLISH, file), _placed(headings, JAPANESE, file)
    missing = sorted(EXPECTED - set(english))
    if missing:
        raise SourceError.of("a column is missing", file, label=missing[0].replace("_", " "))
    for name, column in english.items():
        if japanese.get(name) != column:
            raise SourceError.of("the Japanese and the English headings disagree", file, label=name.replace("_", " "))
    return english


def _placed(headings: Rows, words: Words, file: str) -> dict[str, int]:
    sides = _spread(_line_with(headings, list(words.sides), file), words.sides, contains=True)
    classes = _spread(_line_with(headings, list(words.classes), file), words.classes)
    kinds = [words.kinds.get(plain(cell), "") for cell in _line_with(headings, list(words.kinds), file)]
    placed: dict[str, int] = {}
    for column, kind in enumerate(kinds):
        # A heading that is none of the classes means another column, such as a difference of two totals.
        if kind and classes[column]:
            name = f"{sides[column]}_{classes[column]}_{kind}"
            if name in placed or name not in EXPECTED:
                raise SourceError.of(f"column {column + 1} is headed {name.replace('_', ' ')}", file)
            placed[name] = column
    return placed


def _line_with(headings: Rows, labels: list[str], file: str) -> list[str]:
    """The line of headings that holds all of ``labels``."""
    for line in headings:
        joined = [plain(cell) for cell in line]
        if all(any(label in cell for cell in joined) for label in labels):
            return line
    raise SourceError.of("a line of headings was not found", file, label=labels[0])


def _spread(line: list[str], words: dict[str, str], *, contains: bool = False) -> list[str]:
    """For each column the meaning of the last heading at or before it; an unknown heading means nothing."""
    meanings, current = [], ""
    for cell in map(plain, line):
        if cell:
            known = [word for word in words if (word in cell if contains else word == cell)]
            current = words[known[0]] if known else ""
        meanings.append(current)
    return meanings


def figures_of(lines: Rows, columns: dict[str, int], file: str) -> pd.DataFrame:
    """The figures of each line, a column per name of ``columns``. Raises ``SourceError`` with the line."""
    widest = max(columns.values())
    for line in lines:
        if len(line) <= widest:
            raise SourceError.of(f"{line[0].strip()} has only {len(line)} cells", place(file, line.number))
    return pd.DataFrame(
        {name: [figure(line[at], place(file, line.number), name) for line in lines] for name, at in columns.items()},
        dtype="float64",
    )


def doubts_of(figures: pd.DataFrame, ends: pd.Series[pd.Timestamp], limits: Limits, file: str) -> tuple[str, ...]:
    """All identities, signs and magnitudes: what does not add up in one period, if nothing else is wrong.

    Raises ``SourceError`` where more than one period does not add up, or a figure is out of all proportion.
    """
    wrong: dict[str, pd.Series[bool]] = {}
    for side in SIDES:
        for kind in CLASSES:
            bought, sold = figures[f"{side}_{kind}_acquisition"], figures[f"{side}_{kind}_disposition"]
            wrong[f"{side} {kind}: net"] = _apart(bought - sold, figures[f"{side}_{kind}_net"])
            if (bought.lt(0) | sold.lt(0) | bought.gt(limits.largest) | sold.gt(limits.largest)).any():
                raise SourceError.of(f"{side} {kind}: a figure is negative or too large", file)
        net = {kind: figures[f"{side}_{kind}_net"] for kind in KINDS_OF}
        wrong[f"{side} subtotal"] = _apart(net["equity"] + net["long_term_debt"], net["subtotal"])
        wrong[f"{side} total"] = _apart(net["subtotal"] + net["short_term_debt"], net["total"])
    usual = figures["inward_equity_acquisition"].tail(limits.a_year).median()
    if not limits.usual_equity[0] <= usual <= limits.usual_equity[1]:
        raise SourceError.of(
            f"inward equity of {usual:,.0f} hundred million yen a {limits.period}: another unit?", file
        )
    doubts = [
        f"{what} of the {limits.period} to {end:%Y-%m-%d} does not add up"
        for what, at in wrong.items()
        for end in ends[at]
    ]
    if pd.DataFrame(wrong).any(axis=1).sum() > 1:
        raise SourceError.of("; ".join(doubts[:3]), file)
    return tuple(doubts)


def _apart(parts: pd.Series[float], whole: pd.Series[float]) -> pd.Series[bool]:
    return (parts - whole).abs().gt(ROUNDING)
