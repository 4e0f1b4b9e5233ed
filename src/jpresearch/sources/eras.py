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


def day_of_era(era: str, year: str, month: str, day: str) -> date | None:
    """The day of the calendar, ``None`` where it does not lie in that era (by letter or name) or is none at all."""
    for number, known in enumerate(ERAS):
        if era in (known.letter, known.name):
            try:
                stated = date(known.first_day.year - 1 + (1 if year == FIRST_YEAR else int(year)), int(month), int(day))
            except ValueError:
                return None
            over = number + 1 < len(ERAS) and stated >= ERAS[number + 1].first_day
            return None if over or stated < known.first_day else stated
    return None
