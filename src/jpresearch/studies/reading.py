"""Reading tables and parameters: what all studies ask of them."""

from __future__ import annotations

import pandas as pd

from jpresearch.errors import BadParameter, NotYetPublished
from jpresearch.tables import load


def day(text: str, name: str) -> pd.Timestamp:
    """The parameter ``name`` as a day without a time zone. Raises ``BadParameter`` where it is none."""
    try:
        stamp = pd.Timestamp(text)
    except (ValueError, TypeError) as error:
        raise BadParameter(f"{text!r} is not a date", name, "Write YYYY-MM-DD.") from error
    if pd.isna(stamp) or stamp.tz is not None:
        raise BadParameter(f"{text!r} is not a date", name, "Write YYYY-MM-DD.")
    return stamp.normalize()


def optional(name: str, as_of: str | None, *, start: str | None = None) -> pd.DataFrame | None:
    """A table that the study can do without: ``None`` where it had no row by ``as_of``, or none from ``start`` on."""
    try:
        frame = load(name, as_of, start=start)
    except NotYetPublished:
        return None
    return None if frame.empty else frame


def column(rows: pd.DataFrame, name: str) -> pd.Series[float]:
    """One column by ``period_end``, in order."""
    return rows.set_index("period_end")[name].sort_index().astype("float64").rename(name)
