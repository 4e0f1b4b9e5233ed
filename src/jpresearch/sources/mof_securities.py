"""Ministry of Finance, International Transactions in Securities, weekly: ``week.csv``.

Page: https://www.mof.go.jp/english/policy/international_policy/reference/itn_transactions_in_securities/index.htm

Layout: cp932, comma-separated; headings and figures as ``mof_transactions`` says. The first cell of the headings holds
a line end. Weeks run from Sunday to Saturday in full-width labels. Notes close the file.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.sources.delimited import Rows, cells, decoded, only_source_errors, opening, plain
from jpresearch.sources.model import LINE, Page, Parsed, SourceError
from jpresearch.sources.mof_transactions import (
    FOLDER,
    Limits,
    columns_of,
    doubts_of,
    edition_of,
    figures_of,
    require_unit,
)

ADDRESS: Final = f"{FOLDER}week.csv"
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
# Non-residents bought JPY 1 to 60 trillion of shares a week since 2005; a slip of the unit is a factor of 100.
LIMITS: Final = Limits("week", 52, (5e3, 2e6), 5e6)

# The wave of cp932 is U+FF5E; other programs save it as U+301C.
PERIOD: Final = re.compile(r"(\d{4})．(\d{1,2})．(\d{1,2})[～〜]\s*(?:(\d{4})．)?(\d{1,2})．(\d{1,2})\s*", re.ASCII)
# Out five days after the week; New Year and early May take longer. More means that weeks are missing at the end.
LONGEST_LAG_DAYS: Final = 28


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
            edition = edition_of(headings, file_name)
            figures = figures_of(weeks, columns_of(headings, file_name), file_name)
            rows = _periods(weeks, edition, file_name)
            doubts = doubts_of(figures, rows["period_end"], LIMITS, file_name)
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
    require_unit(headings, file)
    return headings, lines[first : first + length]


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


def _table_rows(periods: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    chosen = figures[list(COLUMNS)].add_suffix("_jpy_100mn")
    return pd.concat([periods, chosen], axis=1)
