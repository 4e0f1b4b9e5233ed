"""Writes the tables as CSV that a diff can show: UTF-8, line feeds, shortest numbers, empty where missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tools.seed.model import Table, columns_in_order


def number(value: float) -> str:
    """The shortest text that reads back as ``value``, without an exponent; whole numbers without a point.

    Empty where missing.
    """
    if pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() else np.format_float_positional(float(value), trim="-")


def as_text(table: Table) -> pd.DataFrame:
    """The rows as they stand in the file, every cell a text."""
    texts = {}
    for column in columns_in_order(table.about):
        cells = table.frame[column.name]
        if column.type in ("number", "integer"):
            texts[column.name] = cells.map(number)
        elif column.type == "date":
            texts[column.name] = cells.dt.strftime("%Y-%m-%d")
        elif column.type == "datetime":
            texts[column.name] = cells.map(lambda moment: moment.isoformat(timespec="seconds"))
        else:
            texts[column.name] = cells
    return pd.DataFrame(texts)


def write_table(table: Table, folder: Path) -> Path:
    """Writes one CSV and gives its path."""
    path = folder / f"{table.about.name}.csv"
    as_text(table).to_csv(path, index=False, na_rep="", lineterminator="\n", encoding="utf-8")
    return path


def write_descriptor(descriptor: dict[str, Any], folder: Path) -> Path:
    """Writes ``datapackage.json`` and gives its path."""
    path = folder / "datapackage.json"
    path.write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
