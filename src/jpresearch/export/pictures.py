"""Figures of a run as PNG files under speaking names."""

from __future__ import annotations

import re
from typing import Final

from jpresearch.export.content import Content

LONGEST: Final = 120


def pictures(content: Content, *, every: bool = False) -> dict[str, bytes]:
    """The lead figures of the reports, or ``every`` figure, by file name: ``01_foreign_flows-weekly_net.png``."""
    found: dict[str, bytes] = {}
    for report in content.reports:
        figures = list(report.figures.values()) if every else report.lead_figures
        for figure in figures:
            if figure.picture:
                found[_unused(f"{_plain(report.job.name)}-{_plain(figure.name)}"[:LONGEST], found)] = figure.picture
    return found


def _plain(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.-]+", "_", name).strip("_.") or "figure"


def _unused(stem: str, taken: dict[str, bytes]) -> str:
    names = (f"{stem}{f'-{number}' if number else ''}.png" for number in range(len(taken) + 1))
    return next(name for name in names if name not in taken)
