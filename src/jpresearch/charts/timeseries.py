"""Lines: several on one plot, small multiples, and a share against its target and band."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.check import ChartFrameInvalid, Floats, floats, in_order, need_columns, need_name, numeric_frame
from jpresearch.charts.notes import EndLabel, along, part_ends
from jpresearch.charts.palette import FAINT, MUTED_LINE, NEUTRAL, SOFT, colour, colours, ink, label, tint
from jpresearch.charts.sheet import BODY, WIDTH, KeyItem, Sheet, finish, new_sheet
from jpresearch.charts.style import (
    DASHES,
    dress_horizontal,
    dress_values,
    house_style,
    named_columns,
    number,
    plain,
    positions,
    shared_decimals,
    zero_line,
)
from jpresearch.charts.words import say


@house_style
def lines(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str,
    source: str,
    labels: Mapping[str, str] | None = None,
    bands: Mapping[str, tuple[pd.Series[Any], pd.Series[Any]]] | None = None,
    references: Mapping[str, float] | None = None,
    log: bool = False,
    highlight: str | Sequence[str] | None = None,
    x_unit: str | None = None,
) -> Figure:
    """One line per column, named at its end; missing values are gaps, and a value alone between gaps is a dot.

    Parameters
    ----------
    frame : values in ``unit``; the index holds dates, or numbers such as lags, then described by ``x_unit``. Series
        of different calendars belong on common dates first: a day that one of them lacks is a gap in its line.
    labels : words for a column, where ``charts.label`` would not do.
    bands : column to its lower and upper series, on the index of ``frame`` or part of it.
    references : words to a level, drawn as a dashed line across.
    log : logarithmic scale; every value must be positive.
    highlight : the columns in colour; the others turn grey.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : a highlighted or banded column is not there, or a log scale is asked for values of zero or less.
    """
    values = in_order(numeric_frame("lines", named_columns(frame)))
    wanted = [highlight] if isinstance(highlight, str) else list(highlight or values.columns)
    for name in [*wanted, *(bands or {})]:
        need_name("lines", name, values.columns)
    if log and bool((values <= 0).any(axis=None)):
        raise ChartFrameInvalid.of("lines", "a log scale cannot show values of zero or less")
    sheet = new_sheet(body=BODY)
    ax, x = sheet.ax, positions(values.index)
    ax.set_yscale("log" if log else "linear")
    shades = {name: shade if name in wanted else MUTED_LINE for name, shade in colours(values.columns).items()}
    for name, (low, high) in (bands or {}).items():
        _band(ax, values.index, low, high, shades[name])
    for name in values.columns:
        draw_line(ax, x, floats(values[name]), shades[name], loud=name in wanted)
    _limits(ax, x, values.index)
    words = {name: (labels or {}).get(name, label(name)) for name in values.columns}
    _name_lines(
        sheet, values, x, {name: (words[name], shades[name]) for name in values.columns}, wanted, references or {}
    )
    zero_line(ax)
    dress_horizontal(ax, values.index)
    dress_values(ax.yaxis, log=log)
    if x_unit:
        ax.set_xlabel(say(x_unit), loc="right")
    return finish(sheet, title=title, unit=unit, source=source)


def draw_line(ax: Axes, x: Floats, y: Floats, shade: str, loud: bool = True, width: float = 1.6) -> None:
    """A line that is broken where ``y`` is missing; values with a gap on both sides are dots."""
    order = 3.0 if loud else 2.2
    ax.plot(x, y, color=shade, linewidth=width if loud else 1.0, zorder=order, gid="line")
    known = np.isfinite(y)
    before, after = np.append(False, known[:-1]), np.append(known[1:], False)
    alone = known & ~before & ~after
    if alone.any():
        ax.plot(x[alone], y[alone], "o", color=shade, markersize=3.5, zorder=order, clip_on=False, gid="lone")


def last_known(x: Floats, y: Floats) -> tuple[float, float] | None:
    """The last point of a line, ``None`` where it has none."""
    known = np.flatnonzero(np.isfinite(y))
    return (float(x[known[-1]]), float(y[known[-1]])) if len(known) else None


def _band(ax: Axes, index: pd.Index[Any], low: pd.Series[Any], high: pd.Series[Any], shade: str) -> None:
    edges = pd.DataFrame({"low": low, "high": high}).reindex(index).astype("float64")
    lower, upper = floats(edges["low"]), floats(edges["high"])
    known = np.isfinite(lower + upper).tolist()
    ax.fill_between(positions(index), lower, upper, where=known, color=shade, alpha=0.16, zorder=1.5, gid="band")


def _limits(ax: Axes, x: Floats, index: pd.Index[Any]) -> None:
    spare = float(x.max() - x.min()) * 0.004 or 1.0
    ax.set_xlim(x.min() - spare, x.max() + spare)
    if not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        ax.margins(y=0.08)


def _name_lines(
    sheet: Sheet,
    values: pd.DataFrame,
    x: Floats,
    names: Mapping[str, tuple[str, str]],
    loud: Sequence[str],
    references: Mapping[str, float],
) -> None:
    """Labels at the right edge; those of lines that end well before it stand beside their last point."""
    ends: list[EndLabel] = []
    for name, (words, shade) in names.items():
        last = last_known(x, floats(values[name]))
        quiet = name not in loud
        if last is None:
            sheet.key.append(KeyItem("line", FAINT, f"{words}: not available"))
        else:
            some = not quiet and len(loud) < len(names)
            ends.append(EndLabel(words, *last, FAINT if quiet else shade, bold=some))
    for words, level in references.items():
        sheet.ax.axhline(level, color=SOFT, linewidth=0.9, linestyle=DASHES, zorder=2.4, gid="reference")
        ends.append(EndLabel(words, float(x.max()), level, SOFT, size=8.0))
    late, early = part_ends(ends, *sheet.ax.get_xlim())
    sheet.label_ends(sheet.ax, late)
    sheet.note(sheet.ax, early, np.concatenate([along(x, floats(values[name])) for name in values.columns]))


@house_style
def panels(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str | Mapping[str, str],
    source: str,
    columns: int = 3,
    references: Mapping[str, float] | None = None,
    share_y: bool = False,
    labels: Mapping[str, str] | None = None,
) -> Figure:
    """Small multiples: one small plot per column on a common horizontal axis, headed by its name and latest value.

    Parameters
    ----------
    frame : one column per plot, indexed by date or number; missing values are gaps, a column without values says so.
    unit : one unit for all, or column to unit (a column without one shows none).
    columns : plots per row.
    references : words to a level, drawn dashed in every plot and named in the key.
    share_y : the same vertical scale everywhere.
    labels : words for a column, where ``charts.label`` would not do.

    Raises ``EmptyChart`` where every value is missing.
    """
    values = in_order(numeric_frame("panels", named_columns(frame)))
    across = max(1, min(columns, values.shape[1]))
    rows = -(-values.shape[1] // across)
    sheet = new_sheet(rows, across, body=max(0.85 * BODY, 1.55 * rows), share_y=share_y)
    plots = list(sheet.axes)
    newest = [float(values[name].dropna().iloc[-1]) for name in values.columns if values[name].notna().any()]
    decimals = None if isinstance(unit, Mapping) else shared_decimals(newest)
    for ax, name in zip(plots, values.columns, strict=False):
        own = unit.get(name, "") if isinstance(unit, Mapping) else ""
        heading = textwrap.fill((labels or {}).get(name, label(name)), max(12, int((WIDTH / across - 1.1) / 0.083)))
        _panel_head(ax, heading, own)
        _panel(ax, values[name], colour(name), list((references or {}).values()), decimals)
    for ax in plots[values.shape[1] :]:
        ax.set_visible(False)
    sheet.key += [KeyItem("dash", SOFT, name) for name in references or {}]
    return finish(sheet, title=title, unit="" if isinstance(unit, Mapping) else unit, source=source)


def _panel_head(ax: Axes, heading: str, unit: str) -> None:
    ax.set_title(f"{heading}\n" if unit else heading, fontsize=9.0, gid="panel")
    if unit:
        _above(ax, say(unit), "left", 8.0, SOFT, "panel-unit")


def _above(ax: Axes, words: str, side: str, size: float, shade: str, gid: str, weight: str = "normal") -> None:
    ax.annotate(
        words,
        (0 if side == "left" else 1, 1),
        xytext=(0, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        horizontalalignment=side,
        color=shade,
        fontsize=size,
        fontweight=weight,
        gid=gid,
    )


def _panel(ax: Axes, series: pd.Series[float], shade: str, references: Sequence[float], decimals: int | None) -> None:
    x, y = positions(series.index), floats(series)
    draw_line(ax, x, y, shade, width=1.4)
    for level in references:
        ax.axhline(level, color=SOFT, linewidth=0.8, linestyle=DASHES, zorder=2.4, gid="reference")
    _limits(ax, x, series.index)
    dress_horizontal(ax, series.index, most_ticks=4)
    ax.tick_params(labelsize=7.5)
    last = last_known(x, y)
    if last is None:
        ax.text(0.5, 0.5, say("not available"), transform=ax.transAxes, ha="center", va="center", color=SOFT)
        ax.yaxis.set_visible(False)
        return
    ax.plot(*last, "o", color=shade, markersize=3.5, zorder=4, clip_on=False)
    _above(ax, number(last[1], decimals), "right", 9.0, ink(shade), "latest", weight="bold")
    zero_line(ax)
    dress_values(ax.yaxis, most_ticks=4)


@house_style
def step_bands(frame: pd.DataFrame, *, title: str, unit: str, source: str, name: str | None = None) -> Figure:
    """A share against its target and the band around it, which hold from their date until they change.

    Parameters
    ----------
    frame : columns ``value``, ``target``, ``low``, ``high`` in ``unit``, indexed by date. A missing value is a gap.
    name : the series, such as ``"domestic_equities"``: it gives the colour and the words at the line's end.

    Raises ``EmptyChart`` where there is no value at all, ``ChartFrameInvalid`` where a column is missing.
    """
    values = in_order(need_columns("step_bands", frame, ("value", "target", "low", "high")))
    shade = colour(name) if name else NEUTRAL
    sheet = new_sheet()
    ax, x = sheet.ax, positions(values.index)
    low, high = floats(values["low"]), floats(values["high"])
    known = np.isfinite(low + high).tolist()
    ax.fill_between(x, low, high, where=known, step="post", color=shade, alpha=0.14, zorder=1.5, gid="band")
    target = floats(values["target"])
    ax.step(x, target, where="post", color=SOFT, linewidth=1.1, linestyle=DASHES, zorder=2.4, gid="target")
    y = floats(values["value"])
    ax.plot(x, y, color=shade, marker="o", markersize=3.2, linewidth=1.5, zorder=3, gid="line")
    _limits(ax, x, values.index)
    late, early = part_ends(_step_labels(values, x, shade, label(name) if name else "Latest"), *ax.get_xlim())
    sheet.label_ends(ax, late)
    sheet.note(ax, early, np.concatenate([along(x, y), along(x, target)]))
    sheet.key += [KeyItem("bar", tint(shade, 0.3), "allowed band"), KeyItem("dash", SOFT, "target")]
    dress_horizontal(ax, values.index)
    dress_values(ax.yaxis)
    return finish(sheet, title=title, unit=unit, source=source)


def _step_labels(values: pd.DataFrame, x: Floats, shade: str, words: str) -> list[EndLabel]:
    names = {"value": words, "target": "Target", "high": "Upper limit", "low": "Lower limit"}
    ends: list[EndLabel] = []
    for column, text in names.items():
        last = last_known(x, floats(values[column]))
        if last:
            main = column == "value"
            ends.append(EndLabel(f"{text} {plain(last[1])}", *last, shade if main else SOFT, bold=main))
    return ends
