"""JPX, Trading by Type of Investors, weekly: which files there are, and which of the two layouts reads one.

Page: https://www.jpx.co.jp/english/markets/statistics-equities/investor-type/index.html

The index page keeps about five weeks; eleven archive pages, one a year, reach back ten years. Legacy workbooks are
called by year, month and number of the week (``stock_val_1_YYMMWW.xls``, to the week of 2026-09-11), unified ones by
the days of the week (``stock_1_w_YYYYMMDD_YYYYMMDD.xlsx``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from jpresearch.sources import jpx_investor_legacy, jpx_investor_unified
from jpresearch.sources.jpx_investor_classes import SOURCE, TABLE
from jpresearch.sources.jpx_pages import Link, links
from jpresearch.sources.model import Page, Parsed, SourceError
from jpresearch.sources.workbooks import is_compound, member_texts

FOLDER: Final = "https://www.jpx.co.jp/markets/statistics-equities/investor-type/"
INDEX: Final = f"{FOLDER}index.html"
ARCHIVES: Final = tuple(f"{FOLDER}00-00-archives-{number:02d}.html" for number in range(11))
LAST_LEGACY_WEEK: Final = date(2026, 9, 11)

_LEGACY: Final = re.compile(r"stock_val_1_(?P<code>\d{6})\.xls")
_UNIFIED: Final = re.compile(r"stock_1_w_(?P<start>\d{8})_(?P<end>\d{8})\.xlsx")
_WEEKLY: Final = re.compile(f"{_LEGACY.pattern}|{_UNIFIED.pattern}")
# The publisher's own names, whole periods and volume included: what bears one is read, and refused in words.
_LEGACY_NAME: Final = re.compile(r"stock_(val|vol)_1_.*\.xls$", re.IGNORECASE)
_UNIFIED_NAME: Final = re.compile(r"stock_1_[wm]_?\d.*\.xlsx$", re.IGNORECASE)


class InvestorTypes:
    """One of the two layouts as an adapter.

    Parameters
    ----------
    name : of the adapter.
    read : bytes and name of a file to rows; raises ``SourceError``.
    looks_like : whether bytes are of this layout.
    own_name : the publisher's names of such files.
    """

    tables: tuple[str, ...] = (TABLE,)

    def __init__(
        self,
        name: str,
        read: Callable[[bytes, str], pd.DataFrame],
        looks_like: Callable[[bytes], bool],
        own_name: re.Pattern[str],
    ) -> None:
        self.name = name
        self._read = read
        self._looks_like = looks_like
        self._own_name = own_name

    def recognises(self, content: bytes, file_name: str) -> bool:
        """By content; a file under the publisher's own name is claimed whatever it holds, to be refused in words."""
        return bool(self._own_name.search(file_name)) or self._looks_like(content)

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Sales, purchases and net of every class and market in the file's week. Raises ``SourceError``."""
        return [Parsed(TABLE, self._read(content, file_name), SOURCE)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The workbooks of weeks that end after ``since``, oldest first; ``None`` is all that is kept."""
        legacy = self.name == LEGACY.name
        if legacy and since is not None and since >= LAST_LEGACY_WEEK:
            return []
        floor = since if legacy else max(since or LAST_LEGACY_WEEK, LAST_LEGACY_WEEK)
        mine: dict[str, tuple[tuple[date, date], str]] = {}
        for link in _weekly_links(page, floor):
            if (link.name["code"] is not None) == legacy and (floor is None or _ends(link)[1] > floor):
                mine.setdefault(link.name[0], (_ends(link), link.address))
        return [address for _, address in sorted(mine.values())]


def _weekly_links(page: Page, since: date | None) -> Iterator[Link]:
    """The links of the index page, then of the archives, newest first, until the week after ``since`` is reached."""
    found = links(page, INDEX, _WEEKLY)
    if not found:
        raise SourceError.of("no weekly workbook is linked", INDEX, label="stock_1_w_*.xlsx or stock_val_1_*.xls")
    yield from found
    for archive in ARCHIVES:
        # A link's week ends at its latest bound or before: one that ends a week after ``since`` leaves no gap.
        if since is not None and found and min(_ends(link)[1] for link in found) <= since + timedelta(days=7):
            return
        found = links(page, archive, _WEEKLY) or found
        yield from found


def _ends(link: Link) -> tuple[date, date]:
    """The earliest and the latest day on which the week of a link may end. Raises ``SourceError`` if there is none."""
    try:
        if link.name["code"] is None:
            end = datetime.strptime(link.name["end"], "%Y%m%d").date()
            return end, end
        year, month, number = (int(link.name["code"][at : at + 2]) for at in (0, 2, 4))
        first = date(2000 + year, month, 1)
    except ValueError as error:
        raise SourceError.of("a workbook is named after a week that does not exist", link.address) from error
    # Week 1 holds the first of the month or is the week after: JPX's rule is not published.
    monday = first - timedelta(days=first.weekday()) + timedelta(weeks=number - 1)
    return monday, monday + timedelta(weeks=1, days=4)


def _looks_legacy(content: bytes) -> bool:
    names = (name.encode(encoding) for name in ("Tokyo & Nagoya", "TSE Prime") for encoding in ("ascii", "utf-16-le"))
    return is_compound(content) and any(name in content for name in names)


def _looks_unified(content: bytes) -> bool:
    texts = member_texts(content, ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"))
    return any("年月".encode() in text and "株数／金額".encode() in text for text in texts)


LEGACY: Final = InvestorTypes("jpx_investor_types_legacy", jpx_investor_legacy.parse, _looks_legacy, _LEGACY_NAME)
UNIFIED: Final = InvestorTypes("jpx_investor_types_unified", jpx_investor_unified.parse, _looks_unified, _UNIFIED_NAME)
