"""Texts of a CSV as numbers, days and moments."""

from __future__ import annotations

import csv
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.calendars import TOKYO

OFFSET: Final = "+09:00"


def convert(texts: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """One column in its type; what cannot be converted becomes missing. Repeated texts are converted once."""
    if kind == "string":
        return texts
    codes, distinct = pd.factorize(texts)
    values = convert_distinct(pd.Series(distinct, dtype="str"), kind)
    taken = values.reindex(codes)
    return taken.set_axis(texts.index)


def convert_distinct(distinct: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """Texts of a type, each once, as its values; missing where a text is none."""
    if kind == "string":
        return distinct
    if kind in ("number", "integer"):
        numbers = pd.to_numeric(distinct, errors="coerce").astype("float64")
        return numbers.where(np.isfinite(numbers))
    if kind == "date":
        return pd.to_datetime(distinct, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
    moments = pd.to_datetime(distinct.where(distinct.str.endswith(OFFSET)), format="ISO8601", errors="coerce", utc=True)
    return moments.astype("datetime64[us, UTC]").dt.tz_convert(TOKYO)


def cells(line: str) -> int:
    """How many cells a line holds; none if it opens a quotation that it does not close."""
    try:
        return len(next(csv.reader([line], strict=True), []))
    except csv.Error:
        return 0
