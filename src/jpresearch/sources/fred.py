"""FRED (Federal Reserve Bank of St. Louis): the CSV of a series, or of several.

Page: https://fred.stlouisfed.org/series/DTB3 (and so on)

Layout: a line of labels, ``observation_date`` (``DATE`` in older files) and the id of each series; a line a day, blank
(older: ``.``) where there is no value, on holidays. The file ends with its newest day and carries no terms.

FRED passes on what others publish. A series of the table ``market_daily`` or ``short_rates`` that FRED carries under
the same definition is read into that table; any other id is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from jpresearch.sources import daily
from jpresearch.sources.daily import RATES, Bounds, market_rows, rate_rows
from jpresearch.sources.delimited import days, decoded, figures, first_labels, only_source_errors, table
from jpresearch.sources.model import LINE, Page, Parsed, SourceError, place

ADDRESS: Final = "https://fred.stlouisfed.org/graph/fredgraph.csv?id={id}&cosd={since:%Y-%m-%d}"
DATE_LABELS: Final = ("observation_date", "DATE")
ID: Final = re.compile(r"[A-Z][A-Z0-9]{2,30}", re.ASCII)
MISSING: Final = "."
# Percent a year. Since 1998 rates moved between -0.1 and 7, at most by 1.6 a day (the bill of September 2008).
RATE: Final = Bounds(-3.0, 25.0, leap=3.0, relative=False)


@dataclass(frozen=True)
class FredSeries:
    """A series of FRED: its name here and what it can be, the table that holds it, and who publishes it."""

    series: str
    table: str
    source: str
    bounds: Bounds


SERIES: Final = {
    "DEXJPUS": FredSeries("usdjpy", daily.TABLE, "fred-h10", Bounds(50.0, 500.0, leap=0.15)),
    "DGS10": FredSeries("ust10y", daily.TABLE, "us-treasury", Bounds(-3.0, 25.0, leap=1.5, relative=False)),
    # Points. It rose by 116 % on 2018-02-05.
    "VIXCLS": FredSeries("vix", daily.TABLE, "cboe-vix", Bounds(3.0, 300.0, leap=3.0)),
    "SP500": FredSeries("sp500", daily.TABLE, "sp-dow-jones", Bounds(200.0, 200_000.0, leap=0.3)),
    "DTB3": FredSeries("us_tbill_3m_discount", RATES, "fred-h15", RATE),
    "DGS6MO": FredSeries("us_treasury_6m_cmt", RATES, "fred-h15", RATE),
    "DGS1": FredSeries("us_treasury_1y_cmt", RATES, "fred-h15", RATE),
    # A value for every day of the calendar.
    "DFF": FredSeries(
        "us_effective_fed_funds", RATES, "fred-h15", Bounds(-3.0, 25.0, leap=3.0, relative=False, weekends=True)
    ),
    "SOFR": FredSeries("us_sofr", RATES, "new-york-fed-sofr", Bounds(-3.0, 25.0, leap=4.0, relative=False)),
}
# Series that the tables hold under another definition: reading FRED's would join two.
OTHERWISE: Final = {
    "DGS3MO": "us_treasury_3m_cmt of short_rates is derived from a spread; hand in further days with their basis",
    "DGS2": "no table has the two-year Treasury yield",
    "NIKKEI225": "the Nikkei comes from its publisher: take nikkei_stock_average_daily_en.csv",
    "IRSTCB01JPM156N": "a monthly average; the call rate comes from the Bank of Japan's service",
}


class Fred:
    """Series of FRED into ``market_daily`` and ``short_rates``."""

    name: str = "fred"
    tables: tuple[str, ...] = (daily.TABLE, RATES)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the first line is a date's label of FRED and ids of series."""
        label, *ids = first_labels(content)
        return label in DATE_LABELS and bool(ids) and all(ID.fullmatch(found) for found in ids)

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """The days of each series that have a value, a part per series. Raises ``SourceError``."""
        with only_source_errors(file_name):
            text = decoded(content, file_name)
            if not text.endswith("\n"):
                raise SourceError.of("the last line has no end: the file is cut off", file_name)
            frame = table(text, file_name)
            label, *ids = [str(column) for column in frame.columns if column != LINE]
            if label not in DATE_LABELS or not ids:
                raise SourceError.of("the line of labels was not found", place(file_name, 1), label=DATE_LABELS[0])
            if not len(frame):
                raise SourceError.of("the file holds no day", file_name)
            return [_parsed(frame, label, known, file_name) for known in ids]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The file of each series, from ``since`` on (by default from 2001)."""
        start = max(pd.Timestamp(since), daily.FIRST_DAY) if since else daily.FIRST_DAY
        return [ADDRESS.format(id=known, since=start) for known in SERIES]


ADAPTER: Final = Fred()


def _parsed(frame: pd.DataFrame, date_label: str, known: str, file: str) -> Parsed:
    """The rows of one series; days without a value are left out, for a holiday has none."""
    series = SERIES.get(known)
    if series is None:
        why = OTHERWISE.get(known, f"only {', '.join(SERIES)} are read here")
        raise SourceError.of(f"the series {known[:40]!r} is not taken from FRED: {why}", file)
    texts = frame[known].str.strip()
    held = frame[texts.ne("") & texts.ne(MISSING)].reset_index(drop=True)
    values = figures(held[known], file)
    ends, lines = list(days(held[date_label], file)), list(held[LINE])
    rows = market_rows(series.series, ends, list(values), series.bounds, file, lines)
    if series.table == RATES:
        rows = rate_rows(rows, series.series)
    return Parsed(series.table, rows, series.source)
