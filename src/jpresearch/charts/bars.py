"""Vertical bars: signed flows over time, stacked parts, and contributions that add to a total."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.check import (
    ChartFrameInvalid,
    Floats,
    chosen,
    floats,
    in_order,
    need_name,
    numeric_frame,
    numeric_series,
)
from jpresearch.charts.notes import EndLabel, part_ends
from jpresearch.charts.palette import FAINT, INK, PURCHASE, SALE, colours, label, sign_colour, tint
from jpresearch.charts.sheet import KeyItem, finish, new_sheet
from jpresearch.charts.style import (
    MANY,
    bar_width,
    day,
    dress_horizontal,
    dress_values,
    house_style,
    named_columns,
    number,
    positions,
    shared_decimals,
    zero_line,
)
from jpresearch.charts.timeseries import draw_line, last_known


@house_style
def signed_bars(
    net: pd.Series[Any],
    *,
    title: str,
    unit: str,
    source: str,
    highlight: int | Sequence[Hashable] | None = None,
    line: pd.Series[Any] | None = None,
    line_label: str | None = None,
    signs: tuple[str, str] | None = ("net purchases", "net sales"),
) -> Figure:
    """Bars above and below zero, coloured by sign; one bar per date, no bar where the value is missing.

    Parameters
    ----------
    net : values in ``unit``, indexed by date (categories are allowed).
    highlight : the last n bars, or the dates, in full colour and the rest muted; the newest of them carries its value.
    line : a second series in the same unit, drawn over the bars; ``line_label`` names it at its end.
    signs : what above and below zero mean, for the key; ``None`` where the bars are not flows.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : a highlighted date is not in the index.
    """
    values = in_order(numeric_series("signed_bars", net).to_frame("net"))["net"]
    sheet = new_sheet()
    ax, x, y = sheet.ax, positions(values.index), floats(values)
    loud = _highlighted(values, highlight)
    shades = [
        sign_colour(value) if bright else tint(sign_colour(value), 0.38) for value, bright in zip(y, loud, strict=True)
    ]
    width = _bars(ax, x, y, shades)
    ends = _overlay(ax, line, line_label) if line is not None else []
    zero_line(ax)
    dress_horizontal(ax, values.index)
    dress_values(ax.yaxis)
    if signs:
        sheet.key += [KeyItem("bar", PURCHASE, signs[0]), KeyItem("bar", SALE, signs[1])]
    late, early = part_ends(ends, *ax.get_xlim())
    newest = last_known(x[loud], y[loud]) if highlight is not None else None
    if newest is not None:
        words = f"{day(values.index[x == newest[0]][0])}\n{number(newest[1], signed=True)}"
        if newest[0] == x.max():
            late.append(EndLabel(words, newest[0] + width / 2, newest[1], sign_colour(newest[1]), bold=True))
        else:
            early.append((*newest, words, sign_colour(newest[1])))
    sheet.label_ends(ax, late)
    sheet.note(ax, early, _bar_bodies(x, y, width), bold=True)
    return finish(sheet, title=title, unit=unit, source=source)


def _highlighted(
    values: pd.Series[float], highlight: int | Sequence[Hashable] | None
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if highlight is None:
        return np.ones(len(values), dtype=bool)
    if isinstance(highlight, int):
        known = np.flatnonzero(values.notna().to_numpy())
        return np.isin(np.arange(len(values)), known[max(0, len(known) - highlight) :])
    wanted = chosen(highlight, values.index)
    for item in wanted:
        need_name("signed_bars", item, values.index)
    return np.asarray(values.index.isin(wanted), dtype=bool)


def _bars(ax: Axes, x: Floats, heights: Floats, shades: Sequence[str]) -> float:
    width = bar_width(x)
    ax.bar(x, heights, width=width, color=list(shades), zorder=2, snap=len(x) < MANY)
    ax.set_xlim(x.min() - width * 0.6, x.max() + width * 0.6)
    return width


def _bar_bodies(x: Floats, heights: Floats, width: float) -> Floats:
    """Points spread over the bars, shape (n, 2), for notes to keep off them."""
    across = x[:, None, None] + width * np.array([-0.45, 0.0, 0.45])[None, :, None]
    along = heights[:, None, None] * np.linspace(0.05, 1.0, 12)[None, None, :]
    grid = np.broadcast_arrays(across, along)
    return np.column_stack([part.ravel() for part in grid])


def _overlay(ax: Axes, line: pd.Series[Any], words: str | None) -> list[EndLabel]:
    values = in_order(numeric_series("signed_bars", line).to_frame("line"))["line"]
    x, y = positions(values.index), floats(values)
    draw_line(ax, x, y, INK)
    last = last_known(x, y)
    return [EndLabel(words or label(line.name or "line"), *last, INK)] if last else []


@house_style
def stacked(
    frame: pd.DataFrame, *, title: str, unit: str, source: str, labels: Mapping[str, str] | None = None
) -> Figure:
    """Bars of signed parts: positive parts stand on zero, negative ones hang from it, each part named at the last bar.

    Parameters
    ----------
    frame : one column per part, in ``unit``, indexed by date or category. A missing part is not drawn; a part
        without a piece of the last bar is named in the key instead.
    labels : words for a column, where ``charts.label`` would not do.

    Raises ``EmptyChart`` where every value is missing.
    """
    values = in_order(numeric_frame("stacked", named_columns(frame)))
    sheet = new_sheet()
    ax, x = sheet.ax, positions(values.index)
    width, shades, floor = bar_width(x), colours(values.columns), _stack_floors(values)
    for name in values.columns:
        heights, bottom = floats(values[name]), floats(floor[name])
        ax.bar(x, heights, bottom=bottom, width=width, color=shades[name], zorder=2, label=name, snap=len(x) < MANY)
    ax.set_xlim(x.min() - width * 0.75, x.max() + width * 0.75)
    zero_line(ax)
    dress_horizontal(ax, values.index)
    dress_values(ax.yaxis)
    words = {name: (labels or {}).get(name, label(name)) for name in values.columns}
    last = int(np.flatnonzero(values.notna().any(axis=1).to_numpy())[-1])
    middle = (floor + values / 2).iloc[last]
    there = values.iloc[last].fillna(0.0) != 0.0
    known = [name for name in values.columns if there[name]]
    edge = float(x[last]) + width / 2
    sheet.label_ends(ax, [EndLabel(words[name], edge, float(middle[name]), shades[name]) for name in known])
    sheet.key += [KeyItem("bar", shades[name], words[name]) for name in values.columns if name not in known]
    return finish(sheet, title=title, unit=unit, source=source)


def _stack_floors(values: pd.DataFrame) -> pd.DataFrame:
    """Where each part starts: above the earlier positive parts, or below the earlier negative ones."""
    filled = values.fillna(0.0)
    above, below = filled.clip(lower=0.0), filled.clip(upper=0.0)
    floors = (above.cumsum(axis=1) - above).where(filled >= 0, below.cumsum(axis=1) - below)
    return floors.where(values.notna())


@house_style
def waterfall(parts: pd.Series[Any], *, title: str, unit: str, source: str, total_label: str) -> Figure:
    """Contributions, one after the other from zero, and the total they add to.

    Parameters
    ----------
    parts : contributions in ``unit``, indexed by name, in the order shown.
    total_label : words below the bar of the total.

    Raises
    ------
    EmptyChart : there are no parts.
    ChartFrameInvalid : a part is missing, and the rest would add to a wrong total.
    """
    values = numeric_series("waterfall", parts)
    if bool(values.isna().any()):
        missing = ", ".join(str(name) for name in values.index[values.isna()])
        raise ChartFrameInvalid.of("waterfall", f"the part {missing} is missing, so the parts add to no total")
    steps = floats(values)
    ends = np.cumsum(steps)
    sheet = new_sheet(body=3.1)
    ax, total = sheet.ax, len(steps)
    shades = [*(sign_colour(float(value)) for value in steps), INK]
    heights, bottoms = np.append(steps, ends[-1]), np.append(ends - steps, 0.0)
    ax.bar(range(total + 1), heights, bottom=bottoms, width=0.62, color=shades, zorder=2)
    for place, level in enumerate(ends):
        ax.plot([place - 0.31, place + 1.31], [level, level], color=FAINT, linewidth=0.8, zorder=1.8, gid="link")
    _step_values(ax, heights, bottoms)
    ax.set_xlim(-0.6, total + 0.6)
    ax.use_sticky_edges = False  # a bar that reaches the lowest level still needs room for its value
    ax.margins(y=0.12)
    if min(ends.min(), 0.0) == 0.0:
        ax.set_ylim(bottom=0.0)
    zero_line(ax)
    names = [*(label(str(name)) for name in values.index), total_label]
    dress_horizontal(ax, pd.Index(names))
    ax.get_xticklabels()[-1].set_fontweight("bold")
    dress_values(ax.yaxis)
    return finish(sheet, title=title, unit=unit, source=source)


def _step_values(ax: Axes, steps: Floats, bottoms: Floats) -> None:
    decimals = shared_decimals([float(step) for step in steps])
    last = len(steps) - 1
    for place, (step, bottom) in enumerate(zip(steps, bottoms, strict=True)):
        down = step < 0
        ax.annotate(
            number(float(step), decimals, signed=place < last),
            (place, bottom + step),
            xytext=(0, -4 if down else 4),
            textcoords="offset points",
            ha="center",
            va="top" if down else "bottom",
            fontsize=8.5,
            fontweight="bold" if place == last else "normal",
            color=INK,
            gid="value",
        )
