"""A metric's past as a line the size of a word: inline SVG, no script, told in words to readers who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Final

from jpresearch.report.printed_numbers import decimals, text
from jpresearch.report.words import say

WIDTH: Final = 120
HEIGHT: Final = 28
MARGIN: Final = 3
MOST_POINTS: Final = 120


def sparkline(name: str, points: Mapping[str, float], unit: str = "", lang: str = "en") -> str:
    """The line as SVG; empty where there are fewer than two points.

    Parameters
    ----------
    name : what the line shows, for the description.
    points : finite value by ISO day; drawn in the order of days, each at its own distance. The newest 120 count.
    unit : unit of the values, for the description.
    lang : language of the description.
    """
    days = sorted(points)[-MOST_POINTS:]
    if len(days) < 2:
        return ""
    values = [points[day] for day in days]
    places = list(zip(_across(days), _down(values), strict=True))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    told = escape(_told(name, days, values, unit, lang), quote=True)
    x, y = places[-1]
    return (
        f'<svg class="spark" role="img" aria-label="{told}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}"><title>{told}</title>{_zero(values)}<polyline points="{path}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/></svg>'
    )


def _across(days: Sequence[str]) -> list[float]:
    """Where each day stands from left to right."""
    numbers = [date.fromisoformat(day).toordinal() for day in days]
    span = numbers[-1] - numbers[0] or 1
    return [MARGIN + (number - numbers[0]) / span * (WIDTH - 2 * MARGIN) for number in numbers]


def _down(values: Sequence[float]) -> list[float]:
    """How far below the upper edge each value stands; a constant runs through the middle."""
    # Halved first, so that a span wider than the largest float stays finite.
    high = max(values) / 2
    span = high - min(values) / 2
    if not span:
        return [HEIGHT / 2] * len(values)
    return [MARGIN + (high - value / 2) / span * (HEIGHT - 2 * MARGIN) for value in values]


def _zero(values: Sequence[float]) -> str:
    """A hairline at zero where the line crosses it."""
    if not min(values) < 0 < max(values):
        return ""
    _, level, _ = _down([max(values), 0.0, min(values)])
    return f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{level:.1f}" y2="{level:.1f}"/>'


def _told(name: str, days: Sequence[str], values: Sequence[float], unit: str, lang: str) -> str:
    places = max(decimals(value) for value in values)
    low, high = min(values), max(values)
    return say(
        "sparkline",
        lang,
        name=name,
        count=len(days),
        first=days[0],
        last_day=days[-1],
        low=text(low, places),
        low_day=days[values.index(low)],
        high=text(high, places),
        high_day=days[values.index(high)],
        last=text(values[-1], places),
        unit=f" {unit}" if unit else "",
    )
