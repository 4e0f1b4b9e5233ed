"""Ministry of Finance, International Transactions in Securities, monthly: ``montha1.csv``.

Page: https://www.mof.go.jp/english/policy/international_policy/reference/itn_transactions_in_securities/index.htm

Layout: cp932, comma-separated; headings and figures as ``mof_transactions`` says, behind three leading columns: the
year (with January; February has the year of the era), the month in Japanese, its name in English. The months of this
year that are still to come are listed and blank. Sums by calendar and fiscal year follow, then notes; further columns
hold differences of the totals. Neither are read.

The bytes of such a file were not at hand: what is known of the layout comes from descriptions, and the columns are
found by their headings.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date
from typing import Final

import pandas as pd

from jpresearch.sources.delimited import Rows, cells, decoded, only_source_errors, opening, plain
from jpresearch.sources.eras import ERAS, western_year
from jpresearch.sources.model import LINE, Page, Parsed, SourceError, place
from jpresearch.sources.mof_transactions import (
    FOLDER,
    Limits,
    columns_of,
    doubts_of,
    edition_of,
    figures_of,
    require_unit,
)

ADDRESS: Final = f"{FOLDER}montha1.csv"
TABLE: Final = "securities_flows_monthly_wide"
SOURCE: Final = "mof-itn-securities-monthly"
COLUMNS: Final = (
    "outward_equity_net",
    "outward_long_term_debt_net",
    "outward_short_term_debt_net",
    "outward_total_net",
    "inward_equity_acquisition",
    "inward_equity_disposition",
    "inward_equity_net",
    "inward_long_term_debt_net",
    "inward_short_term_debt_net",
    "inward_total_net",
)
# Non-residents bought JPY 8 to 200 trillion of shares a month since 2005; a slip of the unit is a factor of 100.
LIMITS: Final = Limits("month", 12, (2e4, 8e6), 2e7)
OWN_NAME: Final = re.compile(r"month[ab]\d.*\.csv$", re.IGNORECASE)
TITLES: Final = ("International Transactions in Securities", "対外及び対内証券売買契約等の状況")
WEEKLY: Final = ("Weekly", "週次")
YEAR: Final = re.compile(r"(\d{4})年?")
ERA_YEAR: Final = re.compile(rf"\(({'|'.join(era.name for era in ERAS)})(\d{{1,2}}|元)年?\)")
MONTHS: Final = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
# Out about the 8th of the next month; more means that months are missing at the end.
LONGEST_LAG_DAYS: Final = 75


class MofSecuritiesMonthly:
    """``montha1.csv`` into the table ``securities_flows_monthly_wide``."""

    name: str = "mof_securities_monthly"
    tables: tuple[str, ...] = (TABLE,)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the opening lines carry the title of the statistic and do not call it weekly."""
        head = opening(content)
        titled = any(title in head for title in TITLES) and not any(word in head for word in WEEKLY)
        return titled or bool(OWN_NAME.search(file_name))

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Every month that has figures. Raises ``SourceError``."""
        with only_source_errors(file_name):
            text = decoded(content, file_name)
            if not text.endswith("\n"):
                raise SourceError.of("the last line has no end: the file is cut off", file_name)
            headings, lines = _split(cells(text), file_name)
            require_unit(headings, file_name)
            edition = edition_of(headings, file_name)
            columns = columns_of(headings, file_name)
            ends = _month_ends(lines, file_name)
            known = _stated(lines, columns, file_name)
            periods = _periods(ends[:known], edition, file_name)
            periods[LINE] = [line.number for line in lines[:known]]
            figures = figures_of(lines[:known], columns, file_name)
            doubts = doubts_of(figures, periods["period_end"], LIMITS, file_name)
            rows = pd.concat([periods, figures[list(COLUMNS)].add_suffix("_jpy_100mn")], axis=1)
            return [Parsed(TABLE, rows, SOURCE, edition, doubts=doubts)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The one file; it holds every month since 2005."""
        return [ADDRESS]


ADAPTER: Final = MofSecuritiesMonthly()


def _month(line: list[str]) -> int | None:
    """The number of the month that the third cell names in English, or ``None``."""
    name = plain(line[2]).rstrip(".").lower() if len(line) > 2 else ""
    return MONTHS.get(name[:3]) if name.isalpha() and len(name) >= 3 else None


def _split(lines: Rows, file: str) -> tuple[Rows, Rows]:
    """Headings and months; behind the months sums and notes may follow, but no further month."""
    named = [_month(line) is not None for line in lines]
    if True not in named:
        raise SourceError.of("no month was found in the third column; is it montha1.csv?", file, label="Jan")
    first = named.index(True)
    length = named[first:].index(False) if False in named[first:] else len(named) - first
    if True in named[first + length :]:
        raise SourceError.of("a line stands among the months", place(file, lines[first + length].number), label="Jan")
    months = lines[first : first + length]
    if _month(months[-1]) != len(MONTHS):
        what = "the months do not end with December: the file is cut off"
        raise SourceError.of(what, place(file, months[-1].number), label="Dec")
    return lines[:first], months


def _month_ends(lines: Rows, file: str) -> list[date]:
    """The last day of each month; the year stands with January, months follow each other without a gap."""
    ends: list[date] = []
    year: int | None = None
    for line in lines:
        month, stated = _month(line) or 0, unicodedata.normalize("NFKC", line[0]).strip()
        found, era = YEAR.fullmatch(stated), ERA_YEAR.fullmatch(plain(line[0]))
        if found:
            year = int(found[1])
        elif month == 1:
            year = None
        if year is None:
            raise SourceError.of("the year is not stated with January", place(file, line.number), label="2026")
        end = date(year, month, calendar.monthrange(year, month)[1])
        last = ends[-1] if ends else None
        follows = last is None or (end.year * 12 + end.month) - (last.year * 12 + last.month) == 1
        if era and western_year(era[1], era[2]) != year:
            raise SourceError.of(f"{stated[:20]!r} is not {year}", place(file, line.number), label="year of the era")
        if not follows or plain(line[1]) != f"{month}月":
            raise SourceError.of("a month is not the one after the last", place(file, line.number), label=line[2][:20])
        ends.append(end)
    return ends


def _stated(lines: Rows, columns: dict[str, int], file: str) -> int:
    """How many months have figures; those to come, at the end, are blank in every column."""
    blank = []
    for line in lines:
        filled = {bool(line[at].strip()) if at < len(line) else False for at in columns.values()}
        if len(filled) > 1:
            raise SourceError.of(
                "a month has figures in some columns only", place(file, line.number), label=line[2][:20]
            )
        blank.append(filled == {False})
    known = blank.index(True) if True in blank else len(blank)
    if not all(blank[known:]) or known == 0:
        raise SourceError.of("a month without figures stands before one that has them", file, label="blank month")
    return known


def _periods(ends: list[date], edition: pd.Timestamp, file: str) -> pd.DataFrame:
    """First and last day of each month, up to the edition."""
    last = pd.Series(pd.DatetimeIndex(ends), dtype="datetime64[us]")
    lag = (edition.tz_localize(None).normalize() - last.iloc[-1]).days
    if not 0 < lag <= LONGEST_LAG_DAYS:
        raise SourceError.of(f"the last month ended {lag} days before the last update: months are missing", file)
    return pd.DataFrame({"period_end": last, "period_start": last.map(lambda end: end.replace(day=1))})
