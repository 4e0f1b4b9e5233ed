"""Figures of estimates and of where values stand: intervals, scatter, ranks, ranges."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.check import (
    ChartFrameInvalid,
    EmptyChart,
    chosen,
    need_columns,
    need_name,
    numeric_frame,
    numeric_series,
)
from jpresearch.charts.notes import Note
from jpresearch.charts.palette import ACCENT, FAINT, INK, MUTED_LINE, NEUTRAL, SOFT, label, sign_colour, tint
from jpresearch.charts.sheet import KeyItem, Sheet, finish, new_sheet
from jpresearch.charts.style import MINUS, day, dress_values, house_style, number, shared_decimals
from jpresearch.charts.words import say

ROW = 0.3
EDGES = 0.5
FEW = 80  # points that may be drawn larger and darker


@house_style
def intervals(
    frame: pd.DataFrame, *, title: str, unit: str, source: str, reference: float = 0.0, span: str = "interval"
) -> Figure:
    """Estimates with their intervals, one row each, top down; hollow where the interval covers ``reference``.

    Parameters
    ----------
    frame : columns ``estimate``, ``low``, ``high`` in ``unit``, indexed by the words of each row. A row without an
        estimate says so.
    reference : the level against which the estimates are read, drawn as a vertical line.
    span : what ``low`` to ``high`` is in the key's words: ``"interval"`` for uncertainty, ``"range"`` for extremes.

    Raises ``EmptyChart`` where there is no estimate, ``ChartFrameInvalid`` where a column is missing.
    """
    values = need_columns("intervals", frame, ("estimate", "low", "high"))
    if bool(values["estimate"].isna().all()):
        raise EmptyChart.of("intervals", "no row has an estimate")
    sheet = _row_sheet(values.index)
    ax = sheet.ax
    decimals = shared_decimals([float(value) for value in values.to_numpy().ravel()])
    ax.axvline(reference, color=INK, linewidth=0.9, zorder=1.5, gid="reference")
    for row, (estimate, low, high) in enumerate(values.itertuples(index=False)):
        covers = low <= reference <= high
        shade = NEUTRAL if np.isfinite(low + high) and not covers else SOFT
        ax.plot([low, high], [row, row], color=shade, linewidth=1.8, zorder=3, gid="whisker")
        face = "white" if covers else shade
        ax.plot(estimate, row, "o", color=shade, markerfacecolor=face, markersize=6.5, zorder=4, gid="estimate")
        _row_note(ax, row, _interval_words(estimate, low, high, decimals), shade)
    _value_axis(ax)
    sheet.key += _interval_key(values, reference, span)
    return finish(sheet, title=title, unit=unit, source=source)


def _interval_key(values: pd.DataFrame, reference: float, span: str) -> list[KeyItem]:
    """What full and hollow dots mean, for those that occur."""
    known = values.dropna()
    covers = (known["low"] <= reference) & (reference <= known["high"])
    level = f"{reference:g}".replace("-", MINUS)
    full, hollow = (
        KeyItem("dot", NEUTRAL, f"{span} excludes {level}"),
        KeyItem("ring", SOFT, f"{span} covers {level}"),
    )
    return [item for item, occurs in ((full, ~covers), (hollow, covers)) if occurs.any()]


def _interval_words(estimate: float, low: float, high: float, decimals: int) -> str:
    if not np.isfinite(estimate):
        return "not available"
    if not (np.isfinite(low) and np.isfinite(high)):
        return f"{number(estimate, decimals)} (no interval)"
    return f"{number(estimate, decimals)}  ({number(low, decimals)} to {number(high, decimals)})"


@house_style
def range_strip(frame: pd.DataFrame, *, title: str, unit: str, source: str) -> Figure:
    """Where each row stands now within its own past: whole range, middle half, median, and the latest value.

    Parameters
    ----------
    frame : columns ``low``, ``q25``, ``median``, ``q75``, ``high``, ``now`` in ``unit``, indexed by name. Missing
        values are not drawn.

    Raises ``EmptyChart`` where every value is missing, ``ChartFrameInvalid`` where a column is missing.
    """
    values = need_columns("range_strip", frame, ("low", "q25", "median", "q75", "high", "now"))
    sheet = _row_sheet(values.index)
    ax = sheet.ax
    decimals = shared_decimals([float(value) for value in values["now"]])
    for row, (low, q25, median, q75, high, now) in enumerate(values.itertuples(index=False)):
        ax.plot([low, high], [row, row], color=MUTED_LINE, linewidth=2.0, zorder=2, gid="range")
        ax.plot(
            [q25, q75],
            [row, row],
            color=tint(NEUTRAL, 0.45),
            linewidth=8.0,
            solid_capstyle="butt",
            zorder=2.5,
            gid="middle",
        )
        ax.plot([median, median], [row - 0.24, row + 0.24], color=INK, linewidth=1.8, zorder=3, gid="median")
        ax.plot(now, row, "o", color=ACCENT, markersize=7.5, markeredgecolor="white", zorder=4, gid="now")
        known = np.isfinite(now)
        _row_note(ax, row, number(now, decimals) if known else "not available", ACCENT if known else SOFT)
    _value_axis(ax)
    if ax.get_xlim()[0] < 0 < ax.get_xlim()[1]:
        ax.axvline(0.0, color=FAINT, linewidth=0.8, zorder=1.5, gid="zero")
    sheet.key += [
        KeyItem("line", MUTED_LINE, "whole range"),
        KeyItem("bar", tint(NEUTRAL, 0.45), "middle half"),
        KeyItem("tick", INK, "median"),
        KeyItem("dot", ACCENT, "now"),
    ]
    return finish(sheet, title=title, unit=unit, source=source)


@house_style
def ranked(
    series: pd.Series[Any],
    *,
    title: str,
    unit: str,
    source: str,
    highlight: Hashable | Sequence[Hashable] | None = None,
    top: int | None = None,
) -> Figure:
    """Horizontal bars in rank order, coloured by sign, each with its value; missing values are left out.

    Parameters
    ----------
    series : values in ``unit``, indexed by name or date. Largest first; most negative first where none is positive.
    highlight : names in full colour, the others muted; one below the ``top`` is shown after them with its rank.
    top : how many to show.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : a highlighted name is not in the series.
    """
    known = numeric_series("ranked", series).dropna()
    order = known.sort_values(ascending=bool((known <= 0).all()), kind="stable")
    loud = chosen(highlight, order.index)
    for name in loud:
        need_name("ranked", name, order.index)
    first = len(order) if top is None else top
    kept = [rank for rank, name in enumerate(order.index) if rank < first or name in loud]
    words = [_rank_words(order.index[rank], rank, beyond=rank >= first) for rank in kept]
    shown = order.iloc[kept]
    sheet = _row_sheet(words)
    ax = sheet.ax
    muted = [bool(loud) and name not in loud for name in shown.index]
    shades = [tint(sign_colour(v), 0.4) if quiet else sign_colour(v) for v, quiet in zip(shown, muted, strict=True)]
    ax.barh(range(len(shown)), shown.to_numpy(), height=0.68, color=shades, zorder=2)
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=3, gid="zero")
    _bar_values(ax, shown, muted)
    _dress_rows(ax)
    return finish(sheet, title=title, unit=unit, source=source)


def _rank_words(name: object, rank: int, beyond: bool) -> str:
    return f"No. {rank + 1}: {_row_words(name)}" if beyond else _row_words(name)


def _bar_values(ax: Axes, values: pd.Series[float], muted: Sequence[bool]) -> None:
    decimals = shared_decimals([float(value) for value in values])
    words = [number(value, decimals) for value in values]
    for row, value in enumerate(values):
        side = -1 if value < 0 else 1
        ax.annotate(
            words[row],
            (value, row),
            xytext=(4 * side, 0),
            textcoords="offset points",
            ha="right" if side < 0 else "left",
            va="center",
            fontsize=8.0,
            color=SOFT if muted[row] else INK,
            annotation_clip=False,
            gid="value",
        )
    _room_for_values(ax, values, max(len(text) for text in words))


def _room_for_values(ax: Axes, values: pd.Series[float], letters: int) -> None:
    """Widen the axis on each side that has bars, so that their values are written inside it."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    sides = (low < 0) + (high > 0)
    share = (letters * 0.075 + 0.1) / 5.2
    room = share * (high - low) / (1 - share * sides) if high > low else 1.0
    ax.set_xlim(low - room * (low < 0), high + room * (high > 0))


@house_style
def scatter(
    frame: pd.DataFrame,
    *,
    title: str,
    x_unit: str,
    unit: str,
    source: str,
    fit: tuple[float, float] | None = None,
    annotate: Mapping[Any, str] | None = None,
) -> Figure:
    """Points of two quantities, with an optional straight line and words beside chosen points.

    Parameters
    ----------
    frame : columns ``x`` (in ``x_unit``) and ``y`` (in ``unit``), or two columns in that order; rows with a missing
        value are left out.
    fit : slope and intercept of the line drawn across the points.
    annotate : index label of a point to its words; the point is drawn in colour.

    Raises
    ------
    EmptyChart : no row has both values.
    ChartFrameInvalid : an annotated label is not in the frame, or there are no two columns.
    """
    if frame.shape[1] != 2 and not {"x", "y"} <= set(frame.columns):
        raise ChartFrameInvalid("the frame needs the columns x and y", "charts.scatter")
    pair = frame[["x", "y"]] if {"x", "y"} <= set(frame.columns) else frame
    points = numeric_frame("scatter", pair.set_axis(["x", "y"], axis="columns")).dropna()
    if points.empty:
        raise EmptyChart.of("scatter", "no row has both values")
    sheet = new_sheet(body=3.7)
    ax = sheet.ax
    few = len(points) < FEW
    ax.scatter(points["x"], points["y"], s=30 if few else 16, color=SOFT, alpha=0.75 if few else 0.45, lw=0, zorder=2)
    ax.margins(0.05)
    if fit is not None:
        edge = np.array([points["x"].min(), points["x"].max()])
        ax.plot(edge, fit[0] * edge + fit[1], color=NEUTRAL, linewidth=2.0, zorder=3, gid="fit")
        sheet.key.append(KeyItem("line", NEUTRAL, "fitted line"))
    _cross_lines(ax)
    _annotate_points(sheet, points, annotate or {}, frame.index)
    dress_values(ax.yaxis)
    dress_values(ax.xaxis, most_ticks=8)
    ax.grid(False, axis="x")
    ax.set_xlabel(say(x_unit), loc="right")
    return finish(sheet, title=title, unit=unit, source=source)


def _cross_lines(ax: Axes) -> None:
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    if left < 0 < right:
        ax.axvline(0.0, color=FAINT, linewidth=0.8, zorder=1.5)
    if low < 0 < high:
        ax.axhline(0.0, color=FAINT, linewidth=0.8, zorder=1.5)
    ax.set_xlim(left, right)
    ax.set_ylim(low, high)


def _annotate_points(sheet: Sheet, points: pd.DataFrame, annotate: Mapping[Any, str], index: pd.Index[Any]) -> None:
    ax = sheet.ax
    notes: list[Note] = []
    for name, words in annotate.items():
        key = pd.Timestamp(str(name)) if isinstance(index, pd.DatetimeIndex) else name
        need_name("scatter", key, index)
        for x, y in points.loc[points.index == key].itertuples(index=False):
            ax.plot(x, y, "o", color=ACCENT, markersize=6, markeredgecolor="white", zorder=5, gid="annotated")
            notes.append((float(x), float(y), words, ACCENT))
    sheet.note(ax, notes, points.to_numpy(), bold=True)


def _row_sheet(index: Sequence[object] | pd.Index[Any]) -> Sheet:
    """A sheet for horizontal rows, first on top, tall enough for their number."""
    words = [textwrap.fill(_row_words(name), 40) for name in index]
    row = ROW + 0.12 * max(name.count("\n") for name in words)
    sheet = new_sheet(body=max(1.2, EDGES + row * len(words)))
    ax = sheet.ax
    ax.set_yticks(range(len(words)), words)
    ax.set_ylim(len(words) - 0.45, -0.55)
    ax.tick_params(axis="y", labelcolor=INK, labelsize=9.0)
    return sheet


def _row_words(name: object) -> str:
    return day(name) if hasattr(name, "strftime") else label(str(name))


def _row_note(ax: Axes, row: int, text: str, shade: str) -> None:
    """Words right of the axes, level with a row."""
    ax.annotate(
        say(text),
        (1.0, row),
        xycoords=ax.get_yaxis_transform(),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=shade,
        annotation_clip=False,
        gid="value",
    )


def _value_axis(ax: Axes) -> None:
    ax.margins(x=0.04)
    ax.autoscale_view(scaley=False)
    _dress_rows(ax)


def _dress_rows(ax: Axes) -> None:
    dress_values(ax.xaxis, most_ticks=7)
    ax.yaxis.grid(False)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)
