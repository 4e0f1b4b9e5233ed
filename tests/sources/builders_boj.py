"""Answers of the Bank of Japan's time-series service, written from values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

KNOWN = {
    "STRDCLUCON": ("FM01", "percent per annum", "Call Rate, Uncollateralized Overnight, Average (Daily)"),
    "MADR1Z@D": ("IR01", "percent per annum", "The Basic Discount Rate and Basic Loan Rate"),
    "FXERD04": ("FM08", "Yen per U.S. Dollar", "US.Dollar/Yen Spot Rate at 17:00 in JST, Tokyo Market"),
}
Values = Sequence[tuple[date, float | None]]


def answer(
    series: dict[str, Values],
    *,
    updated: date = date(2026, 10, 9),
    answered: str = "2026-10-09T14:20:52.901+09:00",
    next_position: object = None,
) -> dict[str, Any]:
    """The envelope with one result per series, by code."""
    results = [_result(code, values, updated) for code, values in series.items()]
    database = KNOWN[next(iter(series))][0] if series else "FM01"
    return {
        "STATUS": 200,
        "MESSAGEID": "M181000I",
        "MESSAGE": "Successfully completed",
        "DATE": answered,
        "PARAMETER": {"FORMAT": "JSON", "LANG": "EN", "DB": database, "STARTPOSITION": ""},
        "NEXTPOSITION": next_position,
        "RESULTSET": results,
    }


def encoded(content: object) -> bytes:
    """As the service writes it; indented, so that damage can drop lines."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def error_answer(status: int = 400) -> bytes:
    """What a wrong request gets, with HTTP status 200."""
    said = {"MESSAGEID": "M181013E", "MESSAGE": "Nonexistent series code：1", "DATE": "2026-10-09T14:24:18.973+09:00"}
    return encoded({"STATUS": status, **said, "PARAMETER": None, "NEXTPOSITION": None, "RESULTSET": []})


def _result(code: str, values: Values, updated: date) -> dict[str, Any]:
    _, unit, name = KNOWN[code]
    return {
        "SERIES_CODE": code,
        "NAME_OF_TIME_SERIES": name,
        "UNIT": unit,
        "FREQUENCY": "DAILY",
        "CATEGORY": "Call Rate",
        "LAST_UPDATE": int(f"{updated:%Y%m%d}"),
        "VALUES": {
            "SURVEY_DATES": [int(f"{day:%Y%m%d}") for day, _ in values],
            "VALUES": [value for _, value in values],
        },
    }
