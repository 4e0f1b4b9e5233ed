"""Numbers, amounts, dates and intervals as the field writes them, marked as printed from values.

``rows`` and ``covers``, which need pandas, are in ``jpresearch.say.selection``. This room names no market, class or
table.
"""

from jpresearch.say.dates import date, month, period, quarter, week_end, year
from jpresearch.say.estimate import Estimate, Estimates
from jpresearch.say.marks import Kind, Mark, marked, marks, plain
from jpresearch.say.phrases import (
    amount,
    by_sign,
    capital,
    count,
    interval,
    listed,
    name,
    number,
    ordinal,
    p_value,
    per,
    percent,
    unit,
)

__all__ = [
    "Estimate",
    "Estimates",
    "Kind",
    "Mark",
    "amount",
    "by_sign",
    "capital",
    "count",
    "date",
    "interval",
    "listed",
    "marked",
    "marks",
    "month",
    "name",
    "number",
    "ordinal",
    "p_value",
    "per",
    "percent",
    "period",
    "plain",
    "quarter",
    "unit",
    "week_end",
    "year",
]
