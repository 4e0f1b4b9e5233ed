"""The one clock: what time it is in Tokyo, what a day or a moment means, and how far a run may read.

Light on purpose: the batch decides by it before pandas is loaded. ``JPRESEARCH_NOW`` sets the time, for tests and for
the kernels of a run, which all share the run's start; ``JPRESEARCH_AS_OF`` is the run's day, past which nothing in a
kernel may read.
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from jpresearch.errors import BadParameter, LookAhead

TOKYO: Final = ZoneInfo("Asia/Tokyo")
NOW_VARIABLE: Final = "JPRESEARCH_NOW"
AS_OF_VARIABLE: Final = "JPRESEARCH_AS_OF"
WRITTEN: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?P<time>[T ].+)?")

Moment = str | date | datetime | None


def now() -> datetime:
    """The present moment in Tokyo; where ``JPRESEARCH_NOW`` is set, what it says. Raises ``BadParameter``."""
    given = os.environ.get(NOW_VARIABLE)
    return wall() if not given else _stamp(given, NOW_VARIABLE)[0]


def wall() -> datetime:
    """The real time in Tokyo, whatever ``now`` is set to: for ids and for the start and end of what really happened."""
    return datetime.now(TOKYO)


def today() -> date:
    """The present day in Tokyo."""
    return now().date()


def moment(as_of: Moment, name: str = "as_of") -> datetime | None:
    """``as_of`` as a moment in Tokyo: a day means its last instant, a time without a zone is Tokyo's; ``None`` stays.

    Raises
    ------
    BadParameter : it is not a date; ``name`` says whose value it was.
    """
    return None if as_of is None else _stamp(as_of, name)[0]


def refuse_to_come(as_of: Moment, name: str = "as_of") -> None:
    """Raise ``BadParameter`` where ``as_of`` is a day after today or a moment after now, or not a date at all."""
    if as_of is None:
        return
    asked, whole_day = _stamp(as_of, name)
    present = now()
    if asked > present and not (whole_day and asked.date() == present.date()):
        what = f"{as_of} is still to come: in Tokyo it is {present:%Y-%m-%d %H:%M}"
        raise BadParameter(what, name, "Take today or an earlier day, or a moment that has passed.")


def ceiling() -> datetime | None:
    """The moment past which nothing may be read; ``None`` outside a run."""
    given = os.environ.get(AS_OF_VARIABLE)
    return None if not given else _until_now(given, AS_OF_VARIABLE)


def environment(as_of: str | None, present: datetime) -> dict[str, str]:
    """The variables that hold a kernel to its run; its day is ``present``, the run's now, where ``as_of`` is none."""
    start = present.isoformat()
    return {NOW_VARIABLE: start, AS_OF_VARIABLE: as_of or start}


def until(as_of: Moment, table: str) -> datetime:
    """The moment up to which a read of ``table`` sees: ``as_of``, or now where it is ``None`` or the present day.

    Raises
    ------
    BadParameter : ``as_of`` is not a date, or is still to come.
    LookAhead : inside a run the read goes past the run's day.
    """
    limit = ceiling()
    asked = now() if as_of is None else _until_now(as_of, "as_of")
    if limit is None:
        refuse_to_come(as_of)
    elif asked > limit:
        given = None if as_of is None else str(as_of)
        raise LookAhead.of(table, given, os.environ[AS_OF_VARIABLE])
    return asked


def _until_now(as_of: Any, name: str) -> datetime:
    """The moment that ``as_of`` means; the present day goes no further than now."""
    asked, whole_day = _stamp(as_of, name)
    present = now()
    return present if whole_day and asked.date() == present.date() else asked


def _stamp(as_of: Any, name: str) -> tuple[datetime, bool]:
    """The moment that a value means, and whether it is a whole day."""
    try:
        value = _value(as_of)
        if not isinstance(value, datetime):
            return datetime.combine(value, time.max, TOKYO), True
        placed = value.astimezone(TOKYO) if value.tzinfo else value.replace(tzinfo=TOKYO)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadParameter(
            f"{as_of!r} is not a date", name, "Write YYYY-MM-DD for a day, YYYY-MM-DDTHH:MM for a moment in Tokyo."
        ) from error
    return placed, False


def _value(as_of: Any) -> date:
    """A date or datetime. Raises ``ValueError`` or ``TypeError`` for anything else, the missing moment included."""
    if hasattr(as_of, "astype"):
        found = as_of.astype("datetime64[us]").item()
        as_of = found.date() if isinstance(found, datetime) and found.time() == time.min else found
    if isinstance(as_of, str):
        written = WRITTEN.fullmatch(as_of.strip())
        if written is None:
            raise ValueError(as_of)
        return (datetime if written["time"] else date).fromisoformat(as_of.strip())
    if not isinstance(as_of, date) or as_of != as_of:
        raise TypeError(as_of)
    return as_of
