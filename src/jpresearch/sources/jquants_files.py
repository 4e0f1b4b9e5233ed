"""J-Quants data as files: CSV (plain or ``.csv.gz``, as the bulk download has it) and the JSON answers of the API.

Pages: https://jpx-jquants.com/en/spec, https://jpx-jquants.com/spec/migration-v1-v2

A JSON answer holds a list of records under ``data`` (V2) or under the name of the data (V1: ``daily_quotes``,
``statements``, ``trades_spec``, ``topix``). V1 was switched off on 2026-06-01; files of it remain. Its long names of
statements are turned into the short ones of V2; prices and investor types are read under either.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from typing import Any, Final

import pandas as pd

from jpresearch.sources.delimited import decoded, first_labels, table
from jpresearch.sources.model import LINE, SourceError

GZIP: Final = b"\x1f\x8b"
# A month of all issues has about 13 MB as CSV.
LARGEST_BYTES: Final = 64 * 1024 * 1024
# Enough for one record, which has up to 110 names.
HEAD_BYTES: Final = 32 * 1024
NAME: Final = re.compile(r'"([A-Za-z_]{1,60})"\s*:')
RECORDS: Final = ("data", "daily_quotes", "statements", "trades_spec", "topix")
# An index has prices only; under this name they are those of TOPIX.
TOPIX: Final = "topix"
TOPIX_NAMES: Final = {"Open": "O", "High": "H", "Low": "L", "Close": "C"}
STATEMENT_NAMES: Final = {
    "DisclosedDate": "DiscDate",
    "DisclosedTime": "DiscTime",
    "LocalCode": "Code",
    "DisclosureNumber": "DiscNo",
    "TypeOfDocument": "DocType",
    "TypeOfCurrentPeriod": "CurPerType",
    "CurrentPeriodStartDate": "CurPerSt",
    "CurrentPeriodEndDate": "CurPerEn",
    "CurrentFiscalYearStartDate": "CurFYSt",
    "CurrentFiscalYearEndDate": "CurFYEn",
    "NextFiscalYearStartDate": "NxtFYSt",
    "NextFiscalYearEndDate": "NxtFYEn",
    "NetSales": "Sales",
    "OperatingProfit": "OP",
    "OrdinaryProfit": "OdP",
    "Profit": "NP",
    "EarningsPerShare": "EPS",
    "DilutedEarningsPerShare": "DEPS",
    "BookValuePerShare": "BPS",
    "ResultDividendPerShareAnnual": "DivAnn",
    "ForecastNetSales": "FSales",
    "ForecastOperatingProfit": "FOP",
    "ForecastOrdinaryProfit": "FOdP",
    "ForecastProfit": "FNP",
    "ForecastEarningsPerShare": "FEPS",
    "NextYearForecastNetSales": "NxFSales",
    "NextYearForecastEarningsPerShare": "NxFEPS",
}


def labels_of(content: bytes) -> set[str]:
    """The names of the columns, for recognition; empty where there are none. Never raises."""
    head = _head(content)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        found = NAME.findall(head.decode("utf-8", errors="replace"))
        renames = _renames(found, next((name for name in found if name in RECORDS), ""))
        return {renames.get(name, name) for name in found} - {*RECORDS, "pagination_key"}
    labels = first_labels(head)
    renames = _renames(labels, "")
    return {renames.get(name, name) for name in labels}


def frame_of(content: bytes, file: str) -> pd.DataFrame:
    """The records as texts under the service's names, cells without anything empty; ``LINE`` where the file has lines.

    Raises
    ------
    SourceError : no such file, broken, or larger than any of the service.
    """
    text = decoded(_unpacked(content, file), file, largest_bytes=LARGEST_BYTES)
    if text.lstrip().startswith(("{", "[")):
        frame, under = _records(text, file)
    else:
        frame, under = table(text, file), ""
    renamed = frame.rename(columns=_renames(list(frame.columns), under))
    if renamed.columns.duplicated().any():
        name = renamed.columns[renamed.columns.duplicated()][0]
        raise SourceError.of("a column stands twice, under its old name and its new one", file, label=str(name))
    return renamed


def _renames(labels: list[str], under: str) -> dict[str, str]:
    if under == TOPIX:
        return TOPIX_NAMES
    return STATEMENT_NAMES if "DisclosedDate" in labels else {}


def _head(content: bytes) -> bytes:
    if not content.startswith(GZIP):
        return content[:HEAD_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(content, HEAD_BYTES)
    except zlib.error:
        return b""


def _unpacked(content: bytes, file: str) -> bytes:
    if not content.startswith(GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError.of(f"the archive is broken or cut off ({error})", file) from error
    return unpacked


def _records(text: str, file: str) -> tuple[pd.DataFrame, str]:
    """The records of a JSON answer, numbers as they are written, and the name under which they stand."""
    answer = json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_once)
    under = next((name for name in RECORDS if name in answer), "") if isinstance(answer, dict) else ""
    records = answer.get(under) if isinstance(answer, dict) else answer
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise SourceError.of("the answer holds no list of records", file, label=", ".join(RECORDS))
    labels = list(dict.fromkeys(name for record in records for name in record))
    rows = [[_text(record.get(name), file, name) for name in labels] for record in records]
    return pd.DataFrame(rows, columns=labels, dtype="str").assign(**{LINE: float("nan")}), under


def _text(value: Any, file: str, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise SourceError.of("a record holds a list where a figure should stand", file, label=name)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one record")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
