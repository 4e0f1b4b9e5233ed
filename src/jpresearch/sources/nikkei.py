"""Nikkei Indexes, Nikkei Stock Average (Nikkei 225), daily: ``nikkei_stock_average_daily_jp.csv`` and ``_en.csv``.

Page: https://indexes.nikkei.co.jp/en/nkave/archives/data

Layout: one line of labels, one line a day (close first, then open, high, low), and a last line with one sentence of
copyright. The Japanese file is cp932 and quoted; what users save again is UTF-8, unquoted, with unpadded dates. A file
covers about three years. On 2020-10-01, when the exchange was down, it repeats the last close: that is no close.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import pandas as pd

from jpresearch.calendars import sessions
from jpresearch.sources.daily import TABLE, Bounds, market_rows
from jpresearch.sources.delimited import Rows, cells, day, decoded, figure, first_labels, only_source_errors, plain
from jpresearch.sources.model import Page, Parsed, SourceError

ADDRESS: Final = "https://indexes.nikkei.co.jp/nkave/historical/nikkei_stock_average_daily_en.csv"
SOURCE: Final = "nikkei-indexes"
SERIES: Final = "nikkei225"
LABELS: Final = {
    "date": ("データ日付", "DateofData", "Date"),
    "close": ("終値", "Close"),
    "open": ("始値", "Open"),
    "high": ("高値", "High"),
    "low": ("安値", "Low"),
}
PUBLISHER: Final = ("日経", "Nikkei")
# Other indices of the publisher come in the same layout; only the name of the file tells them apart.
OTHER_INDEX: Final = re.compile(r"nikkei(?!_stock_average_daily).*_daily", re.IGNORECASE)
# Index points. Lowest 7,055 since 2001; it never moved by 15 % in a day.
BOUNDS: Final = Bounds(2_000.0, 1_000_000.0, leap=0.3)


class Nikkei:
    """Daily closes of the Nikkei 225 into the table ``market_daily``."""

    name: str = "nikkei"
    tables: tuple[str, ...] = (TABLE,)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the first line has exactly the five labels of the layout, in Japanese or English."""
        found = [label for label in first_labels(content) if label]
        japanese_or_own = bool({"データ日付", "DateofData"} & set(found)) or _names_publisher(content)
        return len(found) == len(LABELS) and all(_place(found, kind) is not None for kind in LABELS) and japanese_or_own

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Every close of the file. Raises ``SourceError``."""
        with only_source_errors(file_name):
            if OTHER_INDEX.search(file_name):
                raise SourceError.of("by its name the file is about another index of the publisher", file_name)
            lines = [line for line in cells(decoded(content, file_name)) if any(cell.strip() for cell in line)]
            places = _places(lines[0], file_name)
            days, closes, numbers = _closes(_without_copyright(lines[1:], file_name), places, file_name)
            return [Parsed(TABLE, market_rows(SERIES, days, closes, BOUNDS, file_name, numbers), SOURCE)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The English file; it holds the last three years."""
        return [ADDRESS]


ADAPTER: Final = Nikkei()


def _names_publisher(content: bytes) -> bool:
    end = content[-600:]
    return any(name.encode(encoding) in end for name in PUBLISHER for encoding in ("utf-8", "cp932"))


def _place(labels: list[str], kind: str) -> int | None:
    places = [number for number, label in enumerate(labels) if label in LABELS[kind]]
    return places[0] if len(places) == 1 else None


def _places(line: list[str], file: str) -> dict[str, int]:
    labels = [plain(cell) for cell in line]
    places = {}
    for kind in LABELS:
        place = _place(labels, kind)
        if place is None:
            raise SourceError.of("the line of labels does not have a column once", file, label=LABELS[kind][0])
        places[kind] = place
    return places


def _without_copyright(lines: Rows, file: str) -> Rows:
    """The lines of days; the last line must be the copyright, alone in its line."""
    last = [cell for cell in lines[-1] if cell.strip()] if lines else []
    if len(last) != 1 or day(last[0]) is not None or not any(name in last[0] for name in PUBLISHER):
        raise SourceError.of("the file ends without its line of copyright: it is cut off", file, label="日経 / Nikkei")
    if len(lines) == 1:
        raise SourceError.of("the file holds no day", file)
    return lines[:-1]


def _closes(lines: Rows, places: dict[str, int], file: str) -> tuple[list[date], list[float], list[int]]:
    """Days, closes and lines of the file, without the day on which the exchange was down."""
    days: list[date] = []
    closes: list[float] = []
    numbers: list[int] = []
    for line in lines:
        stated, price = _prices(line, places, file)
        repeated = bool(closes) and set(price.values()) == {closes[-1]}
        if repeated and pd.Timestamp(stated) not in sessions():
            continue
        days.append(stated)
        closes.append(price["close"])
        numbers.append(line.number)
    return days, closes, numbers


def _prices(line: list[str], places: dict[str, int], file: str) -> tuple[date, dict[str, float]]:
    """The day and the four prices of a line, in the order that the market allows."""
    if len(line) <= max(places.values()):
        raise SourceError.of(f"the line of {line[0][:20]!r} has only {len(line)} cells", file)
    stated = day(line[places["date"]])
    if stated is None:
        raise SourceError.of(f"{line[places['date']][:40]!r} is no day", file, label=LABELS["date"][0])
    price = {kind: figure(line[place], file, LABELS[kind][0]) for kind, place in places.items() if kind != "date"}
    ends = (price["open"], price["close"])
    if price["low"] > min(ends) or max(ends) > price["high"]:
        raise SourceError.of(f"open or close of {stated} lies outside low and high", file)
    return stated, price
