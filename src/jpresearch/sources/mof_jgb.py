"""Ministry of Finance, Interest Rate of Japanese Government Bonds: ``jgbcme_all.csv`` and ``jgbcme.csv``, English.

Page: https://www.mof.go.jp/english/policy/jgbs/reference/interest_rate/index.htm

Layout: a title line with the unit, a line of labels (``Date``, ``1Y`` to ``40Y``), one line a day with unpadded dates
and ``-`` where there is no bond of that term. The history ends with the month before; the current month has a file of
its own, with a note at its end.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from jpresearch.sources.daily import TABLE, Bounds, market_rows
from jpresearch.sources.delimited import Rows, cells, day, decoded, figure, only_source_errors, opening, plain
from jpresearch.sources.model import Page, Parsed, SourceError

FOLDER: Final = "https://www.mof.go.jp/english/policy/jgbs/reference/interest_rate/"
HISTORY: Final = FOLDER + "historical/jgbcme_all.csv"
CURRENT: Final = FOLDER + "jgbcme.csv"
SOURCE: Final = "mof-jgb"
SERIES: Final = {"jgb2y": "2Y", "jgb10y": "10Y"}
MISSING: Final = "-"
UNIT: Final = "(Unit:%)"
# Percent. Since 2001 yields moved between -0.4 and 3 and by 0.2 a day; the limits leave room for another age.
BOUNDS: Final = Bounds(-3.0, 15.0, leap=1.5, relative=False)


class MofJgb:
    """Yields of two and ten years into the table ``market_daily``."""

    name: str = "mof_jgb"
    tables: tuple[str, ...] = (TABLE,)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the first two lines carry title, unit and terms."""
        head = plain(opening(content))
        return head.lstrip('"').startswith("InterestRate") and UNIT in head and "Date,1Y,2Y" in head.replace('"', "")

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Every day of the file since 2001. Raises ``SourceError``."""
        with only_source_errors(file_name):
            text = decoded(content, file_name)
            if not text.endswith("\n"):
                raise SourceError.of("the last line has no end: the file is cut off", file_name)
            labels, lines = _split(cells(text), file_name)
            return [_parsed(series, term, labels, lines, file_name) for series, term in SERIES.items()]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """History and current month: the history ends with the month before."""
        return [HISTORY, CURRENT]


ADAPTER: Final = MofJgb()


def _split(lines: Rows, file: str) -> tuple[list[str], Rows]:
    """The labels and the lines of days; what follows the last day may only be empty or a note."""
    heads = [number for number, line in enumerate(lines) if line and plain(line[0]) == "Date"]
    if not heads:
        raise SourceError.of("the line of labels was not found", file, label="Date")
    first = heads[0] + 1
    if UNIT not in plain(",".join(cell for line in lines[:first] for cell in line)):
        raise SourceError.of("the unit is not stated as it was", file, label="(Unit : %)")
    body = [line for line in lines[first:] if any(cell.strip() for cell in line)]
    dated = [day(line[0]) is not None for line in body]
    length = dated.index(False) if False in dated else len(dated)
    for line in body[length:]:
        if any(cell.strip() for cell in line[1:]) or line[0][:1].isdigit():
            raise SourceError.of(f"{line[0][:40]!r} stands where a day should", file, label="Date")
    if length == 0:
        raise SourceError.of("the file holds no day", file, label="Date")
    return [plain(label) for label in lines[heads[0]]], body[:length]


def _parsed(series: str, term: str, labels: list[str], lines: Rows, file: str) -> Parsed:
    if labels.count(term) != 1:
        raise SourceError.of("the column of a term was not found", file, label=term)
    place = labels.index(term)
    days: list[date] = []
    values: list[float] = []
    for line in lines:
        stated = day(line[0])
        if stated is None or len(line) != len(labels):
            raise SourceError.of(f"the line of {line[0][:20]} has {len(line)} cells, not {len(labels)}", file)
        if line[place].strip() != MISSING:
            days.append(stated)
            values.append(figure(line[place], file, term))
    return Parsed(TABLE, market_rows(series, days, values, BOUNDS, file), SOURCE)
