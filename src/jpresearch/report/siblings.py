"""The bar at the top of a page: the other reports of the run, by number and short name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from jpresearch.record import Job, Run

NUMBERED: Final = re.compile(r"(\d+)_(.+)")


class Sibling(NamedTuple):
    """A report of the same run: its short name, its page (empty where none was written), whether it is this one."""

    name: str
    page: str
    here: bool


def siblings(job: Job, run: Run) -> list[Sibling]:
    """The reports of the run in reading order, one per notebook; this one for its own, in a run of many days too."""
    chosen: dict[str, Job] = {}
    for each in run.jobs:
        chosen.setdefault(each.notebook, each)
    chosen[job.notebook] = job
    ordered = sorted(chosen.values(), key=lambda each: each.notebook)
    return [Sibling(short_name(each.notebook), each.page or "", each.name == job.name) for each in ordered]


def around(bar: Sequence[Sibling]) -> tuple[Sibling | None, Sibling | None]:
    """The reports before and after this one that have a page."""
    here = next((place for place, each in enumerate(bar) if each.here), 0)
    before = [each for each in bar[:here] if each.page]
    after = [each for each in bar[here + 1 :] if each.page]
    return before[-1] if before else None, after[0] if after else None


def short_name(notebook: str) -> str:
    """``01 Foreign flows`` for ``01_foreign_flows``; a name without a number in words."""
    numbered = NUMBERED.fullmatch(notebook)
    number, words = numbered.groups() if numbered else ("", notebook)
    text = words.replace("_", " ")
    text = "NISA" if text == "nisa" else "GPIF" if text == "gpif" else f"{text[:1].upper()}{text[1:]}"
    return f"{number} {text}".strip()
