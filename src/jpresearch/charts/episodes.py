"""What followed events: one path per episode, the usual course, and the episode in question."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from jpresearch.charts.check import Floats, chosen, floats, in_order, need_name, numeric_frame
from jpresearch.charts.notes import EndLabel, along, part_ends
from jpresearch.charts.palette import ACCENT, FAINT, INK, MUTED_LINE, colours
from jpresearch.charts.sheet import KeyItem, finish, new_sheet
from jpresearch.charts.style import NumberLabels, day, dress_values, house_style, named_columns, positions, zero_line
from jpresearch.charts.timeseries import last_known
from jpresearch.charts.words import say

HALF: Final = "#9A9A9A"
HALF_KEY: Final = "#C8C8C8"
LEAST: Final = 3


@house_style
def paths(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    highlight: Hashable | Sequence[Hashable] | None = None,
    median: bool = True,
    x_unit: str = "weeks after the event",
) -> Figure:
    """The course of each episode in grey, their median and middle half, and highlighted episodes in colour.

    Parameters
    ----------
    frame : one column per episode (name or date), in ``unit``, indexed by time from the event in ``x_unit``. An
        episode still running has missing values at its end and stops there.
    highlight : the episode or episodes in colour; they are left out of the median and the middle half.
    median : draw the median and the middle half of the other episodes, where at least three of them are known.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : a highlighted episode is not in the frame.
    """
    values = in_order(numeric_frame("paths", named_columns(frame)))
    loud = [day(name) for name in chosen(highlight, frame.columns)]
    for name in loud:
        need_name("paths", name, values.columns)
    others = values.drop(columns=loud)
    sheet = new_sheet()
    ax, x = sheet.ax, positions(values.index)
    for name in others.columns:
        ax.plot(x, floats(others[name]), color=MUTED_LINE, linewidth=0.8, alpha=0.85, zorder=2, gid="episode")
    ends: list[EndLabel] = []
    drawn = [floats(values[name]) for name in loud]
    if others.shape[1]:
        sheet.key.append(KeyItem("thin", FAINT, _count(others.shape[1], bool(loud))))
    if others.shape[1] >= LEAST and median:
        middle = _usual_course(ax, others)
        drawn.append(middle)
        ends += _named("Median", x, middle, INK)
        sheet.key.append(KeyItem("bar", HALF_KEY, "their middle half"))
    shades = {loud[0]: ACCENT} | colours(loud[1:]) if loud else {}
    for name in loud:
        ends += _episode(ax, x, floats(values[name]), name, shades[name])
    _dress(ax, x, x_unit)
    late, early = part_ends(ends, *ax.get_xlim())
    sheet.label_ends(ax, late)
    sheet.note(ax, early, np.concatenate([along(x, y) for y in drawn]) if drawn else np.empty((0, 2)), bold=True)
    return finish(sheet, title=title, unit=unit, source=source)


def _count(episodes: int, some_highlighted: bool) -> str:
    kind = "other episode" if some_highlighted else "episode"
    return f"{episodes} {kind}{'s' if episodes > 1 else ''}"


def _usual_course(ax: Axes, others: pd.DataFrame) -> Floats:
    """Draws the median and the middle half at every distance with enough episodes; returns the median."""
    enough = others.notna().sum(axis=1) >= LEAST
    quartiles = others.quantile([0.25, 0.5, 0.75], axis=1).T.where(enough)
    x = positions(others.index)
    low, middle, high = (floats(quartiles[share]) for share in (0.25, 0.5, 0.75))
    known = np.isfinite(low).tolist()
    ax.fill_between(x, low, high, where=known, color=HALF, alpha=0.3, zorder=2.2, gid="middle-half")
    ax.plot(x, middle, color=INK, linewidth=2.0, zorder=3, gid="median")
    return middle


def _named(words: str, x: Floats, y: Floats, shade: str) -> list[EndLabel]:
    last = last_known(x, y)
    return [EndLabel(words, *last, shade, bold=True)] if last else []


def _episode(ax: Axes, x: Floats, y: Floats, name: str, shade: str) -> list[EndLabel]:
    ax.plot(x, y, color=shade, linewidth=2.2, zorder=4, gid="highlight")
    ends = _named(name, x, y, shade)
    for end in ends:
        ax.plot(end.x, end.y, "o", color=shade, markersize=4.5, zorder=4.5, clip_on=False)
    return ends


def _dress(ax: Axes, x: Floats, x_unit: str) -> None:
    if x.min() < 0 < x.max():
        ax.axvline(0.0, color=FAINT, linewidth=0.9, zorder=1.5, gid="event")
    ax.set_xlim(x.min(), x.max())
    zero_line(ax)
    ax.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    ax.xaxis.set_major_formatter(NumberLabels())
    dress_values(ax.yaxis)
    ax.set_xlabel(say(x_unit), loc="right")
