"""Ministry of Finance, International Transactions in Securities, weekly: ``week.csv``.

Page: https://www.mof.go.jp/english/policy/international_policy/reference/itn_transactions_in_securities/index.htm

Layout: cp932, comma-separated, JPY 100 million. A block of headings in Japanese and English names each of 22 columns by
side (residents' outward, non-residents' inward), class of security and kind (acquisition, disposition, net); its first
cell holds a line end. Weeks run from Sunday to Saturday in full-width labels. Notes close the file. The day of the last
update stands at the top in both languages.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.calendars import TOKYO
from jpresearch.sources.delimited import Rows, cells, decoded, figure, only_source_errors, opening, plain
from jpresearch.sources.eras import day_of_era
from jpresearch.sources.model import LINE, Page, Parsed, SourceError

ADDRESS: Final = "https://www.mof.go.jp/policy/international_policy/reference/itn_transactions_in_securities/week.csv"
TABLE: Final = "securities_flows"
SOURCE: Final = "mof-itn-securities"
COLUMNS: Final = (
    "inward_equity_acquisition",
    "inward_equity_disposition",
    "inward_equity_net",
    "inward_long_term_debt_net",
    "inward_subtotal_net",
    "inward_short_term_debt_net",
    "inward_total_net",
    "outward_equity_net",
    "outward_long_term_debt_net",
    "outward_subtotal_net",
    "outward_short_term_debt_net",
    "outward_total_net",
)
SIDES: Final = ("outward", "inward")
CLASSES: Final = ("equity", "long_term_debt", "short_term_debt")
RELEASE_CLOCK: Final = "08:50"

# The wave of cp932 is U+FF5E; other programs save it as U+301C.
PERIOD: Final = re.compile(r"(\d{4})．(\d{1,2})．(\d{1,2})[～〜]\s*(?:(\d{4})．)?(\d{1,2})．(\d{1,2})\s*", re.ASCII)
UPDATED_JP: Final = re.compile(r"最終更新日\s*([^\d\s元]{2})\s*(\d{1,2}|元)年\s*(\d{1,2})月\s*(\d{1,2})日", re.ASCII)
UPDATED_EN: Final = re.compile(r"Final Update\s+([A-Za-z]+)\s+(\d{1,2})\s*,\s*(\d{4})", re.ASCII)
# Each figure is rounded to one unit, so a sum of three can be off by one.
ROUNDING: Final = 1.0
# Non-residents bought JPY 1 to 60 trillion of shares a week since 2005; a slip of the unit is a factor of 100.
USUAL_EQUITY: Final = (5e3, 2e6)
LARGEST: Final = 5e6
YEAR_OF_WEEKS: Final = 52
# Out five days after the week; New Year and early May take longer. More means that weeks are missing at the end.
LONGEST_LAG_DAYS: Final = 28


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


class MofSecurities:
    """``week.csv`` into the table ``securities_flows``."""

    name: str = "mof_securities"
    tables: tuple[str, ...] = (TABLE,)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the opening lines carry the title of the weekly file (not of the monthly one)."""
        head = opening(content)
        return "International Transactions in Securities" in head and "Weekly" in head

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Every week of the file. Raises ``SourceError``."""
        with only_source_errors(file_name):
            lines = cells(decoded(content, file_name))
            headings, weeks = _split(lines, file_name)
            edition = _edition(headings, file_name)
            figures = _figures(weeks, _columns(headings, file_name), file_name)
            rows = _periods(weeks, edition, file_name)
            doubts = _check(figures, rows["period_end"], file_name)
            rows[LINE] = [week.number for week in weeks]
            return [Parsed(TABLE, _table_rows(rows, figures), SOURCE, edition, doubts=doubts)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The one file; it holds every week since 2005."""
        return [ADDRESS]


ADAPTER: Final = MofSecurities()


def _split(lines: Rows, file: str) -> tuple[Rows, Rows]:
    """Headings and weeks; after the weeks only notes may follow, and they must."""
    starts = [PERIOD.fullmatch(line[0].strip()) is not None if line else False for line in lines]
    if True not in starts:
        raise SourceError.of("no week was found in the first column", file, label="2005．1．2～ 1．8")
    first = starts.index(True)
    length = starts[first:].index(False) if False in starts[first:] else len(starts) - first
    rest = lines[first + length :]
    if True in starts[first + length :]:
        place = f"{lines[first + length][0][:40]!r}" if lines[first + length] else "an empty line"
        raise SourceError.of(f"{place} stands among the weeks", file, label="2005．1．2～ 1．8")
    if not any(plain(line[0]).startswith(("(備考)", "(Note")) for line in rest if line):
        raise SourceError.of("the file ends without its notes: it is cut off", file, label="（備考）")
    headings = lines[:first]
    everything = " ".join(unicodedata.normalize("NFKC", cell) for line in headings for cell in line)
    if "Unit: 100 million Yen" not in everything or "億円" not in everything:
        raise SourceError.of("the unit is not stated as it was", file, label="Unit: 100 million Yen")
    return headings, lines[first : first + length]


def _edition(headings: Rows, file: str) -> pd.Timestamp:
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


def _columns(headings: Rows, file: str) -> dict[str, int]:
    """The place of each column, by its labels in both languages."""
    english, japanese = _placed(headings, ENGLISH, file), _placed(headings, JAPANESE, file)
    missing = sorted(EXPECTED - set(english))
    if missing:
        raise SourceError.of("a column is missing", file, label=missing[0].replace("_", " "))
    for name, place in english.items():
        if japanese.get(name) != place:
            raise SourceError.of("the Japanese and the English headings disagree", file, label=name.replace("_", " "))
    return english


def _placed(headings: Rows, words: Words, file: str) -> dict[str, int]:
    sides = _spread(_line_with(headings, list(words.sides), file), words.sides, contains=True)
    classes = _spread(_line_with(headings, list(words.classes), file), words.classes)
    kinds = [words.kinds.get(plain(cell), "") for cell in _line_with(headings, list(words.kinds), file)]
    placed: dict[str, int] = {}
    for place, kind in enumerate(kinds):
        if kind:
            name = f"{sides[place]}_{classes[place]}_{kind}"
            if name in placed or name not in EXPECTED:
                raise SourceError.of(f"column {place + 1} is headed {name.replace('_', ' ')}", file)
            placed[name] = place
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


def _figures(weeks: Rows, columns: dict[str, int], file: str) -> pd.DataFrame:
    widest = max(columns.values())
    for line in weeks:
        if len(line) <= widest:
            raise SourceError.of(f"the week {line[0].strip()} has only {len(line)} cells", file)
    return pd.DataFrame(
        {name: [figure(line[place], file, name) for line in weeks] for name, place in columns.items()}, dtype="float64"
    )


def _periods(weeks: Rows, edition: pd.Timestamp, file: str) -> pd.DataFrame:
    """First and last day of each week: Sunday to Saturday, without a gap, up to the edition."""
    periods = pd.DataFrame([_period(line[0], file) for line in weeks], columns=["period_end", "period_start"])
    periods = periods.astype("datetime64[us]")
    wrong = (periods["period_end"].dt.day_of_week != 5) | (
        periods["period_end"] - periods["period_start"] != pd.Timedelta(days=6)
    )
    wrong |= periods["period_end"].diff().ne(pd.Timedelta(days=7)) & (np.arange(len(periods)) > 0)
    if wrong.any():
        label = weeks[int(np.flatnonzero(wrong)[0])][0].strip()
        raise SourceError.of("a week is not the one after the last, from Sunday to Saturday", file, label=label)
    lag = (edition.tz_localize(None).normalize() - periods["period_end"].iloc[-1]).days
    if not 0 < lag <= LONGEST_LAG_DAYS:
        raise SourceError.of(f"the last week ended {lag} days before the last update: weeks are missing", file)
    return periods


def _period(label: str, file: str) -> tuple[date, date]:
    found = PERIOD.fullmatch(label.strip())
    if found is None:
        raise SourceError.of(f"{label[:40]!r} is no week", file, label="2005．1．2～ 1．8")
    year, month, first, end_year, end_month, last = found.groups()
    start = date(int(year), int(month), int(first))
    return date(int(end_year or year), int(end_month), int(last)), start


def _check(figures: pd.DataFrame, ends: pd.Series[pd.Timestamp], file: str) -> tuple[str, ...]:
    """All identities, signs and magnitudes: what does not add up in one week, if nothing else is wrong.

    Raises ``SourceError`` where more than one week does not add up, or a figure is out of all proportion.
    """
    wrong: dict[str, pd.Series[bool]] = {}
    for side in SIDES:
        for kind in CLASSES:
            bought, sold = figures[f"{side}_{kind}_acquisition"], figures[f"{side}_{kind}_disposition"]
            wrong[f"{side} {kind}: net"] = _apart(bought - sold, figures[f"{side}_{kind}_net"])
            if (bought.lt(0) | sold.lt(0) | bought.gt(LARGEST) | sold.gt(LARGEST)).any():
                raise SourceError.of(f"{side} {kind}: a figure is negative or too large", file)
        net = {kind: figures[f"{side}_{kind}_net"] for kind in KINDS_OF}
        wrong[f"{side} subtotal"] = _apart(net["equity"] + net["long_term_debt"], net["subtotal"])
        wrong[f"{side} total"] = _apart(net["subtotal"] + net["short_term_debt"], net["total"])
    usual = figures["inward_equity_acquisition"].tail(YEAR_OF_WEEKS).median()
    if not USUAL_EQUITY[0] <= usual <= USUAL_EQUITY[1]:
        raise SourceError.of(f"inward equity of {usual:,.0f} hundred million yen a week: another unit?", file)
    doubts = [
        f"{what} of the week to {week:%Y-%m-%d} does not add up" for what, at in wrong.items() for week in ends[at]
    ]
    if pd.DataFrame(wrong).any(axis=1).sum() > 1:
        raise SourceError.of("; ".join(doubts[:3]), file)
    return tuple(doubts)


def _apart(parts: pd.Series[float], whole: pd.Series[float]) -> pd.Series[bool]:
    return (parts - whole).abs().gt(ROUNDING)


def _table_rows(periods: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    chosen = figures[list(COLUMNS)].add_suffix("_jpy_100mn")
    return pd.concat([periods, chosen], axis=1)
