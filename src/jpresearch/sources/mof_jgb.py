"""Ministry of Finance, Interest Rate of Japanese Government Bonds, in English and in Japanese.

Pages: https://www.mof.go.jp/english/policy/jgbs/reference/interest_rate/index.htm (``jgbcme_all.csv``, ``jgbcme.csv``),
https://www.mof.go.jp/jgbs/reference/interest_rate/index.htm (``jgbcm_all.csv``, ``jgbcm.csv``: the same figures)

Layout: a title line with the unit, a line of labels (``Date``, ``1Y`` to ``40Y``; ``基準日``, ``1年`` to ``40年``), one
line a day with unpadded dates (``2026/6/30``; ``R8.6.30``) and ``-`` where there is no bond of that term. The history
ends with the month before; the current month has a file of its own, with a note at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from jpresearch.sources.daily import RATES, TABLE, Bounds, market_rows, rate_rows
from jpresearch.sources.delimited import Rows, cells, day, decoded, figure, only_source_errors, opening, plain
from jpresearch.sources.eras import era_day
from jpresearch.sources.model import Page, Parsed, SourceError, place

FOLDER: Final = "https://www.mof.go.jp/english/policy/jgbs/reference/interest_rate/"
HISTORY: Final = FOLDER + "historical/jgbcme_all.csv"
CURRENT: Final = FOLDER + "jgbcme.csv"
SOURCE: Final = "mof-jgb"
# Series and the years to maturity: of market_daily, and of short_rates.
SERIES_YEARS: Final = {"jgb2y": 2, "jgb10y": 10, "jgb_1y": 1}
OF_RATES: Final = ("jgb_1y",)
MISSING: Final = "-"
# Percent. Since 2001 yields moved between -0.4 and 3 and by 0.2 a day; the limits leave room for another age.
BOUNDS: Final = Bounds(-3.0, 15.0, leap=1.5, relative=False)


@dataclass(frozen=True)
class Edition:
    """The words of the file in one language, and how it states a day."""

    title: str
    unit: str
    date_label: str
    year_label: str
    day: Callable[[str], date | None]

    def heads(self, text: str) -> bool:
        """Whether a text without spaces and quotes begins with this edition's title, unit and labels."""
        labels = f"{self.date_label},1{self.year_label},2{self.year_label}"
        return text.startswith(self.title) and self.unit in text and labels in text


EDITIONS: Final = (
    Edition("InterestRate", "(Unit:%)", "Date", "Y", day),
    Edition("国債金利情報", "(単位:%)", "基準日", "年", era_day),
)


class MofJgb:
    """Yields of two and ten years into the table ``market_daily``, of one year into ``short_rates``."""

    name: str = "mof_jgb"
    tables: tuple[str, ...] = (TABLE, RATES)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the first two lines carry title, unit and terms."""
        head = plain(opening(content)).replace('"', "")
        return any(edition.heads(head) for edition in EDITIONS)

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Every day of the file since 2001. Raises ``SourceError``."""
        with only_source_errors(file_name):
            text = decoded(content, file_name)
            if not text.endswith("\n"):
                raise SourceError.of("the last line has no end: the file is cut off", file_name)
            edition, labels, lines = _split(cells(text), file_name)
            return [_parsed(series, edition, labels, lines, file_name) for series in SERIES_YEARS]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """History and current month: the history ends with the month before."""
        return [HISTORY, CURRENT]


ADAPTER: Final = MofJgb()


def _split(lines: Rows, file: str) -> tuple[Edition, list[str], Rows]:
    """The edition, the labels and the lines of days; what follows the last day may only be empty or a note."""
    edition, head = _head(lines, file)
    first = head + 1
    if edition.unit not in plain(",".join(cell for line in lines[:first] for cell in line)):
        raise SourceError.of("the unit is not stated as it was", file, label=edition.unit)
    body = [line for line in lines[first:] if any(cell.strip() for cell in line)]
    dated = [edition.day(line[0]) is not None for line in body]
    length = dated.index(False) if False in dated else len(dated)
    for line in body[length:]:
        if any(cell.strip() for cell in line[1:]) or any(letter.isdigit() for letter in line[0][:2]):
            what = f"{line[0][:40]!r} stands where a day should"
            raise SourceError.of(what, place(file, line.number), label=edition.date_label)
    if length == 0:
        raise SourceError.of("the file holds no day", file, label=edition.date_label)
    return edition, [plain(label) for label in lines[head]], body[:length]


def _head(lines: Rows, file: str) -> tuple[Edition, int]:
    """The edition and the place of its line of labels."""
    for number, line in enumerate(lines):
        for edition in EDITIONS:
            if line and plain(line[0]) == edition.date_label:
                return edition, number
    labels = " or ".join(edition.date_label for edition in EDITIONS)
    raise SourceError.of("the line of labels was not found", file, label=labels)


def _parsed(series: str, edition: Edition, labels: list[str], lines: Rows, file: str) -> Parsed:
    term = f"{SERIES_YEARS[series]}{edition.year_label}"
    if labels.count(term) != 1:
        raise SourceError.of("the column of a term was not found", file, label=term)
    column = labels.index(term)
    days: list[date] = []
    values: list[float] = []
    numbers: list[int] = []
    for line in lines:
        stated = edition.day(line[0])
        if stated is None or len(line) != len(labels):
            what = f"the line of {line[0][:20]} has {len(line)} cells, not {len(labels)}"
            raise SourceError.of(what, place(file, line.number))
        if line[column].strip() != MISSING:
            days.append(stated)
            values.append(figure(line[column], place(file, line.number), term))
            numbers.append(line.number)
    rows = market_rows(series, days, values, BOUNDS, file, numbers)
    return Parsed(RATES, rate_rows(rows, series), SOURCE) if series in OF_RATES else Parsed(TABLE, rows, SOURCE)
