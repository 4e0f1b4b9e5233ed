"""Bank of Japan, Time-Series Data Search: the service ``getDataCode`` (JSON, no key).

Page: https://www.stat-search.boj.or.jp/index_en.html

Answer: an envelope with ``STATUS`` (the HTTP status is always 200), ``DATE`` (when it was answered), ``NEXTPOSITION``
(where the next page starts, null on the last) and ``RESULTSET``; per series ``SERIES_CODE``, ``UNIT``, ``FREQUENCY``,
``LAST_UPDATE`` and, of equal length, ``SURVEY_DATES`` (YYYYMMDD) and ``VALUES`` (null on days without a value).

Its yen rate and its rates of interest are other statistics than the ``usdjpy`` (New York noon, H.10) and the
``boj_policy_rate`` (BIS) of the table, so they are series of their own and never continue those.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pandas as pd

from jpresearch.calendars import TOKYO
from jpresearch.sources.daily import FIRST_DAY, RATES, TABLE, Bounds, market_rows, rate_rows
from jpresearch.sources.delimited import decoded, only_source_errors, opening
from jpresearch.sources.model import Page, Parsed, SourceError

SERVICE: Final = "https://www.stat-search.boj.or.jp/api/v1/getDataCode"
SOURCE: Final = "boj-time-series"
# A page holds 60,000 values at most, and the longest series here has about 10,000.
LARGEST_STEP: Final = 60_000
MOST_PAGES: Final = 20


@dataclass(frozen=True)
class BojSeries:
    """A series of the service: where it is, what the table calls it, its unit and what it can be."""

    database: str
    code: str
    series: str
    unit: str
    bounds: Bounds


SERIES: Final = (
    # Uncollateralised overnight, average of the day. Percent; between -0.1 and 1.3 since 2001.
    BojSeries("FM01", "STRDCLUCON", "boj_call_rate", "percent", Bounds(-3.0, 15.0, leap=1.5, relative=False)),
    # The rate at which the Bank lends; since August 2024 a quarter point above its policy rate.
    BojSeries(
        "IR01",
        "MADR1Z@D",
        "boj_basic_loan_rate",
        "percent",
        Bounds(-1.0, 15.0, leap=1.5, relative=False, weekends=True),
    ),
    # Spot at 17:00 in Tokyo. It never moved by 10 % in a day.
    BojSeries("FM08", "FXERD04", "usdjpy_boj_tokyo", "yen", Bounds(50.0, 500.0, leap=0.15)),
)
# The series that the table short_rates holds too, and what it calls them.
OF_RATES: Final = {"STRDCLUCON": "jp_call_rate_overnight"}
BY_CODE: Final = {known.code: known for known in SERIES}
# How the service writes the units: "percent per annum", "% per annum", "Yen per U.S. Dollar", in either language.
UNIT_WORDS: Final = {"percent": ("percent", "%", "％", "パーセント"), "yen": ("yen", "円")}


class Boj:
    """Call rate, basic loan rate and the yen at 17:00 into ``market_daily``; the call rate into ``short_rates`` too."""

    name: str = "boj"
    tables: tuple[str, ...] = (TABLE, RATES)
    most_pages: int = MOST_PAGES

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the answer begins like one of the service."""
        head = opening(content)
        return head.lstrip().startswith("{") and '"STATUS"' in head and '"MESSAGEID"' in head

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """The values of one page, a part per series and table. Raises ``SourceError``."""
        with only_source_errors(file_name):
            answer = _answer(content, file_name)
            return [part for result in _results(answer, file_name) for part in _parsed(result, answer, file_name)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The first page of each series, from the month of ``since`` (by default from 2001)."""
        start = pd.Timestamp(since) if since else FIRST_DAY
        return [_address(known, max(start, FIRST_DAY)) for known in SERIES]

    def next_page(self, content: bytes, address: str) -> str | None:
        """The address of the page after this answer, or ``None`` where it was the last.

        Raises
        ------
        SourceError : the answer is none, or its next position is not beyond this page's.
        """
        with only_source_errors(address):
            position = _answer(content, address).get("NEXTPOSITION")
            if position is None:
                return None
            parts = urlsplit(address)
            query = dict(parse_qsl(parts.query))
            here = int(query.get("startPosition", "1"))
            if not _is_whole(position) or not here < position <= here + LARGEST_STEP:
                raise SourceError.of(f"the next page is said to start at {position!r}", address, label="NEXTPOSITION")
            query["startPosition"] = str(position)
            return urlunsplit(parts._replace(query=urlencode(query)))


ADAPTER: Final = Boj()


def _address(known: BojSeries, start: pd.Timestamp) -> str:
    query = {"format": "json", "lang": "en", "db": known.database, "code": known.code, "startDate": f"{start:%Y%m}"}
    return f"{SERVICE}?{urlencode(query)}"


def _answer(content: bytes, file: str) -> dict[str, Any]:
    """The envelope. Raises ``SourceError`` where it reports an error, or is none."""
    answer = json.loads(decoded(content, file), parse_constant=_no_constant)
    if not isinstance(answer, dict) or "STATUS" not in answer:
        raise SourceError.of("the answer is none of the service", file, label="STATUS")
    if answer["STATUS"] != 200:
        said = str(answer.get("MESSAGE"))[:200]
        raise SourceError.of(f"the service answered {str(answer['STATUS'])[:20]}: {said}", file)
    return answer


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _results(answer: dict[str, Any], file: str) -> list[dict[str, Any]]:
    results = answer.get("RESULTSET")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise SourceError.of("the answer holds no list of series", file, label="RESULTSET")
    return results


def _parsed(result: dict[str, Any], answer: dict[str, Any], file: str) -> list[Parsed]:
    """The rows of a series, for each table that holds it."""
    known = BY_CODE.get(str(result.get("SERIES_CODE")))
    if known is None:
        code = str(result.get("SERIES_CODE"))[:40]
        raise SourceError.of(f"the series {code!r} is none that is read here", file, label="SERIES_CODE")
    unit = str(result.get("UNIT", result.get("UNIT_J", ""))).lower()
    if not any(word in unit for word in UNIT_WORDS[known.unit]):
        raise SourceError.of(f"{known.code} is in {unit[:40]!r}", file, label="UNIT")
    if result.get("FREQUENCY") != "DAILY":
        raise SourceError.of(f"{known.code} is {str(result.get('FREQUENCY'))[:20]}", file, label="FREQUENCY")
    days, values = _observations(result, file)
    rows, edition = market_rows(known.series, days, values, known.bounds, file), _edition(result, answer)
    parts = [Parsed(TABLE, rows, SOURCE, edition)]
    if known.code in OF_RATES:
        parts.append(Parsed(RATES, rate_rows(rows, OF_RATES[known.code]), SOURCE, edition))
    return parts


def _observations(result: dict[str, Any], file: str) -> tuple[list[date], list[float]]:
    """Days and values of a series, without those that are null."""
    inner = result.get("VALUES")
    dates, figures = (inner.get("SURVEY_DATES"), inner.get("VALUES")) if isinstance(inner, dict) else (None, None)
    if not isinstance(dates, list) or not isinstance(figures, list) or len(dates) != len(figures):
        raise SourceError.of("days and values are not lists of one length", file, label="SURVEY_DATES")
    stated = [(stated, figure) for stated, figure in zip(dates, figures, strict=True) if figure is not None]
    for _, figure in stated:
        if isinstance(figure, bool) or not isinstance(figure, (int, float)):
            raise SourceError.of(f"{str(figure)[:40]!r} is no number", file, label="VALUES")
    return [_day(day, file) for day, _ in stated], [float(figure) for _, figure in stated]


def _day(stated: object, file: str) -> date:
    text = str(stated)
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        raise SourceError.of(f"{text[:40]!r} is no day", file, label="SURVEY_DATES")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _edition(result: dict[str, Any], answer: dict[str, Any]) -> pd.Timestamp | None:
    """When this state of the series was public at the latest: the end of the day of its last update, or the answer."""
    moments = []
    updated = str(result.get("LAST_UPDATE"))
    if len(updated) == 8 and updated.isdigit():
        moments.append(pd.Timestamp(f"{pd.Timestamp(updated):%Y-%m-%d} 23:59:59", tz=TOKYO))
    answered = answer.get("DATE")
    if isinstance(answered, str):
        moments.append(pd.Timestamp(answered).tz_convert(TOKYO).floor("s"))
    return min(moments, default=None)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
