"""Years of Japanese eras, as the government's files state them: ``令和8年``, ``R8.6.30``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True)
class Era:
    """An era: its letter, its name and its first day. A new one must be added when it begins."""

    letter: str
    name: str
    first_day: date


ERAS: Final = (
    Era("S", "昭和", date(1926, 12, 25)),
    Era("H", "平成", date(1989, 1, 8)),
    Era("R", "令和", date(2019, 5, 1)),
)
FIRST_YEAR: Final = "元"
DAY: Final = re.compile(r"([A-Z])(\d{1,2}|元)[./](\d{1,2})[./](\d{1,2})")


def era_day(stated: str) -> date | None:
    """The day in a cell such as ``S49.9.24``, or ``None`` where there is none."""
    found = DAY.fullmatch(stated.strip())
    return None if found is None else day_of_era(*found.groups())


def western_year(era: str, year: str) -> int | None:
    """The year of the calendar in which the year of an era (by letter or name) lies, ``None`` where there is no era."""
    first = next((known.first_day.year for known in ERAS if era in (known.letter, known.name)), None)
    return None if first is None else first - 1 + (1 if year == FIRST_YEAR else int(year))


def day_of_era(era: str, year: str, month: str, day: str) -> date | None:
    """The day of the calendar, ``None`` where it does not lie in that era (by letter or name) or is none at all."""
    calendar_year = western_year(era, year)
    if calendar_year is None:
        return None
    try:
        stated = date(calendar_year, int(month), int(day))
    except ValueError:
        return None
    of_that_day = next((known for known in reversed(ERAS) if known.first_day <= stated), None)
    return stated if of_that_day and era in (of_that_day.letter, of_that_day.name) else None
