"""A table's CSV as a frame where nothing is wrong with it, checked on distinct values and whole columns.

The same rules as the thorough reading, which says by line what is wrong; here anything unusual only means "not so".
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd

from jpresearch.catalog import Column, Table
from jpresearch.schemas import limits, must_be_filled, row_rules
from jpresearch.tables.conversion import cells, convert_distinct

Ordered = tuple[pd.Series, np.ndarray | None]


def quick(content: bytes, table: Table) -> pd.DataFrame | None:
    """The rows of a file that the thorough reading would accept, as it would give them; else ``None``.

    ``None`` may also mean that the file is sound and unusual: the thorough reading decides.
    """
    if not _regular(content, table):
        return None
    numeric = table.of_type("number", "integer")
    types: dict[str, Any] = {name: "float64" if name in numeric else "str" for name in table.column_names}
    try:
        raw = pd.read_csv(io.BytesIO(content), dtype=types, keep_default_na=False, na_values=[""], low_memory=False)
    except (ValueError, OverflowError):
        return None
    columns: dict[str, pd.Series] = {}
    keys: dict[str, np.ndarray] = {}
    for column in table.columns:
        found = (_number if column.name in numeric else _text)(raw[column.name], column, table)
        if found is None:
            return None
        columns[column.name], order = found
        if order is not None:
            keys[column.name] = order
    frame = pd.DataFrame(columns)
    ascending = _ascending([keys[name] for name in table.primary_key])
    return frame if ascending and all(rule(frame).all() for rule in row_rules(table).values()) else None


def _regular(content: bytes, table: Table) -> bool:
    """Whether the file is the header, at least one row, and in every line as many cells as columns."""
    header = ",".join(table.column_names).encode() + b"\n"
    if not content.startswith(header) or content.endswith(b"\n\n") or not content.endswith(b"\n"):
        return False
    if b"\r" in content or b"\0" in content or len(content) == len(header):
        return False
    letters = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    expected = len(table.columns)
    odd = _counts(letters, ",", ends) != expected - 1
    if b'"' in content:
        odd |= _counts(letters, '"', ends) > 0
    starts = np.concatenate([[0], ends[:-1] + 1])
    lines = (content[starts[row] : ends[row]].decode("utf-8", "replace") for row in np.flatnonzero(odd))
    return all(cells(line) == expected for line in lines)


def _counts(letters: np.ndarray, letter: str, ends: np.ndarray) -> np.ndarray:
    """How often a letter stands in each line."""
    places = np.flatnonzero(letters == ord(letter))
    return np.diff(np.searchsorted(places, ends), prepend=0)


def _number(values: pd.Series, column: Column, table: Table) -> Ordered | None:
    numbers = values.to_numpy()
    missing = np.isnan(numbers)
    gaps = bool(missing.any())
    if np.isinf(numbers).any() or (gaps and must_be_filled(column, table)):
        return None
    known = values[~missing] if gaps else values
    if not all(rule(known).all() for rule in limits(column, table).values()):
        return None
    return values.astype("int64") if column.type == "integer" and not gaps else values, numbers


def _text(texts: pd.Series, column: Column, table: Table) -> Ordered | None:
    codes, distinct = pd.factorize(texts)
    values = convert_distinct(pd.Series(distinct, dtype="str"), column.type)
    gaps = bool((codes < 0).any())
    if values.isna().any() or (gaps and must_be_filled(column, table)):
        return None
    if not all(rule(values).all() for rule in limits(column, table).values()):
        return None
    order = None
    if column.name in table.primary_key:
        ranks = np.empty(len(values), dtype=np.int64)
        ranks[values.argsort()] = np.arange(len(values))
        order = ranks[codes]
    if column.type == "string":
        return texts, order
    return pd.Series(values.array.take(codes, allow_fill=True), name=column.name), order


def _ascending(keys: list[np.ndarray]) -> bool:
    """Whether each line comes strictly after the one before it."""
    undecided = np.ones(len(keys[0]) - 1, dtype=bool)
    for key in keys:
        step = np.diff(key)
        if (undecided & (step < 0)).any():
            return False
        undecided &= step == 0
    return not undecided.any()
