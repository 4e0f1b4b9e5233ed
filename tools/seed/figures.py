"""Reads the compiled figures; refuses a figure that is not a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from tools.seed.sources import SourceBook

LONG = ["period_end", "metric", "value", "unit", "confidence", "note", "source"]


@dataclass(frozen=True)
class Figures:
    """The folder of compiled figures and the book in which their sources are entered."""

    folder: Path
    book: SourceBook = field(default_factory=SourceBook)

    def wide(self, name: str, *, dates: list[str], text: list[str] | None = None) -> pd.DataFrame:
        """The file ``name`` with its ``dates`` parsed and its ``text`` columns kept as text."""
        types = dict.fromkeys(text or [], "str")
        return pd.read_csv(self.folder / name, dtype=types, parse_dates=dates)

    def long(self, name: str) -> pd.DataFrame:
        """A file with one figure a row: period end, metric, value, unit, confidence, note and source id."""
        return long_rows(pd.read_csv(self.folder / name, parse_dates=["period_end"]), self.book)


def long_rows(rows: pd.DataFrame, book: SourceBook) -> pd.DataFrame:
    """Compiled rows with their articles entered in ``book`` and notes trimmed of outer blanks."""
    texts = {
        name: rows[name].astype("str").where(rows[name].notna()).str.strip() for name in ("unit", "confidence", "note")
    }
    return rows.assign(**texts, value=pd.to_numeric(rows["value"]), source=book.ids(rows))[LONG]
