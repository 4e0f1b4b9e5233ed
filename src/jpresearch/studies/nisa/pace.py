"""Gross purchases per month: between published figures, before and after a date, and within the year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.datasets.nisa_totals import Ledger
from jpresearch.stats.rounding import Interval
from jpresearch.studies.phrasing import period

# A span whose bounds reach further than this share of their middle on either side says too little for a pace: the
# neighbouring figures are then too coarse for its length.
USABLE: Final = 0.25
YEAR: Final = 12
# A base further back than this says little about the years just before a date.
LONGEST_BASE: Final = 60
FIRST_QUARTER: Final = "January to March"


@dataclass(frozen=True)
class Span:
    """Purchases, JPY tn, from the day after ``first`` to ``last``, both month ends."""

    first: pd.Timestamp
    last: pd.Timestamp
    purchases: Interval

    @property
    def months(self) -> int:
        """Calendar months that the span covers."""
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month

    @property
    def pace(self) -> Interval:
        """Purchases per month, JPY tn."""
        return self.purchases / self.months

    @property
    def usable(self) -> bool:
        """Whether the bounds stay within ``USABLE`` of their middle, and above zero."""
        return self.purchases.width / 2 <= USABLE * self.purchases.centre and self.purchases.low > 0

    @property
    def words(self) -> str:
        """The span as readers write it: ``2025``, ``2024 to 2025``, ``January to March 2025``."""
        return period(self.first + pd.Timedelta(days=1), self.last)


@dataclass(frozen=True)
class BeforeAfter:
    """The pace before and after a date; ``None`` where the figures do not give one."""

    before: Span | None
    after: Span | None

    @property
    def ratio(self) -> Interval | None:
        """Pace after over pace before, with all that rounding leaves possible."""
        if self.before is None or self.after is None:
            return None
        return self.after.pace / self.before.pace

    @property
    def whole_years(self) -> bool:
        """Whether the span after the date is made of whole calendar years, so that the season cancels out."""
        return self.after is not None and self.after.first.month == YEAR and self.after.months % YEAR == 0


def spans(ledger: Ledger, pairs: Iterable[tuple[pd.Timestamp, pd.Timestamp]]) -> list[Span]:
    """The spans between pairs of dates of the ledger, without those whose purchases the figures do not bound."""
    known = ((first, last, ledger.between(first, last)) for first, last in pairs)
    return [Span(first, last, purchases) for first, last, purchases in known if purchases is not None]


def stretches(ledger: Ledger, start: pd.Timestamp) -> list[Span]:
    """Purchases between each two neighbouring dates, from the first that ends after ``start``."""
    pairs = zip(ledger.dates[:-1], ledger.dates[1:], strict=True)
    return spans(ledger, ((first, last) for first, last in pairs if last >= start))


def calendar_years(ledger: Ledger) -> list[Span]:
    """The calendar years of which the figures give the purchases to within ``USABLE``, oldest first."""
    ends = [date for date in ledger.dates if date.month == YEAR]
    years = spans(ledger, ((a, b) for a in ends for b in ends if b.year == a.year + 1))
    return sorted((year for year in years if year.usable), key=lambda year: year.last)


def before_spans(ledger: Ledger, break_date: pd.Timestamp, shortest: int) -> list[Span]:
    """Usable spans of at least ``shortest`` months that end before ``break_date``: one per first day, the latest first.

    Of those with the same first day the longest, which ends closest to the date.
    """
    dates = [date for date in ledger.dates if date < break_date]
    found = spans(ledger, ((a, b) for a in dates for b in dates if a < b))
    kept = {item.first: item for item in found if item.months >= shortest and item.usable}
    return [kept[first] for first in sorted(kept, reverse=True)]


def after_spans(ledger: Ledger, break_date: pd.Timestamp) -> list[Span]:
    """Usable spans that start with ``break_date``: whole calendar years first, then the latest end."""
    eve = break_date - pd.Timedelta(days=1)
    if eve not in ledger.dates:
        return []
    found = spans(ledger, ((eve, date) for date in ledger.dates if date > eve))
    order = sorted(found, key=lambda item: (item.months % YEAR != 0, -item.last.toordinal()))
    return [item for item in order if item.usable]


def before_after(ledger: Ledger, break_date: pd.Timestamp, before_months: int) -> BeforeAfter:
    """The pace before and after ``break_date``.

    Before: the usable span of at least ``before_months`` months that starts last. After: from ``break_date`` to the
    last year end if there is one, since purchases crowd into January; else to the last usable figure.
    """
    before, after = before_spans(ledger, break_date, before_months), after_spans(ledger, break_date)
    return BeforeAfter(before[0] if before else None, after[0] if after else None)


def ratio_readings(ledger: Ledger, break_date: pd.Timestamp, most: int = 3) -> pd.DataFrame:
    """The ratio of paces under every defensible choice of the two windows.

    Before: up to ``most`` usable spans of one to five years that start last. After: each calendar year and all years
    together, or the year so far where no year is complete. Returns, indexed by the words of the choice, the columns
    ``estimate`` (middle), ``low``, ``high`` (times), ``before_low``, ``before_high``, ``after_low``, ``after_high``
    (JPY tn a month).
    """
    after = after_spans(ledger, break_date)
    years = [item for item in after if item.months % YEAR == 0][:1] or after[:1]
    single = [item for item in calendar_years(ledger) if item.first >= break_date - pd.Timedelta(days=1)]
    windows = {item.words: item for item in [*single, *years]}
    latest = [item for item in before_spans(ledger, break_date, YEAR) if item.months <= LONGEST_BASE][:most]
    pairs = [(old, new) for old in latest for new in windows.values()]
    rows = {f"{new.words} over {old.words}": _reading(old.pace, new.pace) for old, new in pairs}
    columns = ["estimate", "low", "high", "before_low", "before_high", "after_low", "after_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("reading")


def _reading(old: Interval, new: Interval) -> list[float]:
    times = new / old
    return [times.centre, times.low, times.high, old.low, old.high, new.low, new.high]


def steps(spans: Sequence[Span]) -> pd.DataFrame:
    """The pace of each span as a step line, at its first and its last day.

    Columns ``nisa_gross`` (middle), ``low``, ``high``, JPY tn a month; index ``date``.
    """
    rows = [
        (date, item.pace.centre, item.pace.low, item.pace.high)
        for item in spans
        for date in (item.first + pd.Timedelta(days=1), item.last)
    ]
    return pd.DataFrame(rows, columns=["date", "nisa_gross", "low", "high"]).set_index("date")


def season(ledger: Ledger, start: pd.Timestamp) -> pd.DataFrame:
    """How far each part of a year ran ahead of an even pace.

    One row for each stretch between figures within a calendar year whose total is known, indexed by its words:
    ``estimate`` (middle), ``low``, ``high`` of its pace over the year's (times), ``months``, and ``share_low``,
    ``share_high`` of the year's purchases (percent). Interval treat the two roundings as if they could err
    independently.
    """
    rows = {
        part.words: _against_year(part, year)
        for year in calendar_years(ledger)
        for part in stretches(ledger, start)
        if part.first >= year.first and part.last <= year.last and part.months < YEAR
    }
    columns = ["estimate", "low", "high", "months", "share_low", "share_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("part of the year")


def first_quarters(parts: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``season`` that stand for January to March."""
    return parts.loc[[name for name in parts.index if str(name).startswith(FIRST_QUARTER)]]


def _against_year(part: Span, year: Span) -> list[float]:
    times, share = part.pace / year.pace, 100 * part.purchases / year.purchases
    return [times.centre, times.low, times.high, part.months, share.low, share.high]
