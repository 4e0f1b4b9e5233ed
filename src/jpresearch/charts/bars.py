"""Bars: signed values over time, names in rank order, or a few groups side by side."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import (
    MANY,
    bar_width,
    day,
    dress_horizontal,
    dress_values,
    number,
    positions,
    shared_decimals,
    zero_line,
)
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
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.grouped import grouped
from jpresearch.charts.lines import draw_line, last_known
from jpresearch.charts.notes import EndLabel, part_ends
from jpresearch.charts.palette import ACCENT, INK, PURCHASE, SALE, SOFT, label, sign_colour, tint
from jpresearch.charts.rectangles import rectangles
from jpresearch.charts.rows import dress_rows, row_sheet, row_words
from jpresearch.charts.sheet import Sheet, finish, new_sheet
from jpresearch.charts.style import house_style

MOST_ROWS: Final = 60


@house_style
def bars(
    values: pd.Series[Any] | pd.DataFrame,
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    highlight: int | Hashable | Sequence[Hashable] | None = None,
    top: int | None = None,
    line: pd.Series[Any] | pd.DataFrame | None = None,
    line_label: str | None = None,
    signs: tuple[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    upright: bool | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """Bars coloured by sign: upright over dates or numbers, lying in rank order over names; a frame as groups.

    Parameters
    ----------
    values : in ``unit``. A series over dates or numbers has one bar each, none where the value is missing; over names
        its bars lie, largest first (most negative first where none is positive), each with its value. A frame has a
        group of bars per row and a colour per column, each with its value, such as scenarios by speed.
    highlight : upright, the last n bars or the dates in full colour, the newest of them with its value; lying, the
        names in full colour, and one below the ``top`` is shown after them with its rank.
    top : how many lying bars to show.
    line : a second series in the same unit, drawn over upright bars; ``line_label`` names it at its end. A frame is a
        line per column, named by ``labels``: two at most, of which the second is in the
        accent colour.
    signs : what above and below zero mean, for the key of upright bars: ``("net purchases", "net sales")``.
    labels : words for the columns of a frame, where ``charts.label`` would not do.
    upright : draw a series upright, or lying, whatever its index.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : a highlighted name is not in the index, or more rows lie than can be read.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.

    Examples
    --------
    >>> net = pd.Series({"Foreigners": -502.0, "Individuals": 310.0, "Trust banks": 95.0})
    >>> fig = charts.bars(net, title="Individuals bought what foreigners sold", unit="JPY bn", source="JPX")
    >>> print(charts.alt_of(fig))
    Individuals bought what foreigners sold. Bar chart, JPY bn: Individuals 310, Trust banks 95, Foreigners
    −502.
    """
    unit, source = unit_of("bars", values, unit), source_of("bars", values, source)
    words: dict[str, Any] = {"title": title, "unit": unit, "source": source, "alt": alt}
    if isinstance(values, pd.DataFrame):
        return finish(grouped(numeric_frame("bars", values), labels or {}, width), "bars", **words)
    series = numeric_series("bars", values)
    stands = not _named(series.index) if upright is None else upright
    if stands:
        sheet = _standing(series, highlight, _overlays(line, line_label, labels or {}), signs, width)
    else:
        sheet = _lying(series, highlight, top, width)
    return finish(sheet, "bars", **words)


def _named(index: pd.Index[Any]) -> bool:
    dated = isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)
    return not dated and not pd.api.types.is_numeric_dtype(index.dtype)


def _standing(
    series: pd.Series[float],
    highlight: Any,
    over: Mapping[str, pd.Series[Any]],
    signs: tuple[str, str] | None,
    wide: Width,
) -> Sheet:
    values = in_order(series.to_frame("net"))["net"]
    sheet = new_sheet(width=wide)
    ax, x, y = sheet.ax, positions(values.index), floats(values)
    loud = _highlighted(values, highlight)
    shades = [
        sign_colour(value) if bright else tint(sign_colour(value), 0.38) for value, bright in zip(y, loud, strict=True)
    ]
    wide_bar = _bars(ax, x, y, shades)
    named = [str(name) for name in values.index] if _named(values.index) else None
    sheet.record(ax, "", "bar", pd.Index(named) if named else values.index, y, colour=PURCHASE, across=x)
    ends = [end for turn, (name, line) in enumerate(over.items()) for end in _overlay(sheet, name, line, turn)]
    zero_line(ax)
    dress_horizontal(ax, values.index)
    dress_values(ax.yaxis)
    if signs:
        sheet.key += [KeyItem("bar", PURCHASE, signs[0]), KeyItem("bar", SALE, signs[1])]
    if sheet.phone:
        sheet.name_ends(ax, ends, np.empty((0, 2)))
        ends = []
    late, early = part_ends(ends, *ax.get_xlim())
    newest = last_known(x[loud], y[loud]) if highlight is not None else None
    if newest is not None:
        words = f"{day(values.index[x == newest[0]][0])}\n{number(newest[1], signed=True)}"
        if sheet.phone:
            sheet.key.append(KeyItem("bar", sign_colour(newest[1]), words.replace("\n", " ")))
        elif newest[0] == x.max():
            late.append(EndLabel(words, newest[0] + wide_bar / 2, newest[1], sign_colour(newest[1]), bold=True))
        else:
            early.append((*newest, words, sign_colour(newest[1])))
    sheet.label_ends(ax, late)
    sheet.note(ax, early, _bar_bodies(x, y, wide_bar), bold=True)
    return sheet


def _highlighted(values: pd.Series[float], highlight: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if highlight is None:
        return np.ones(len(values), dtype=bool)
    if isinstance(highlight, int):
        known = np.flatnonzero(values.notna().to_numpy())
        return np.isin(np.arange(len(values)), known[max(0, len(known) - highlight) :])
    wanted = chosen(highlight, values.index)
    for item in wanted:
        need_name("bars", item, values.index)
    return np.asarray(values.index.isin(wanted), dtype=bool)


def _bars(ax: Axes, x: Floats, heights: Floats, shades: Sequence[str]) -> float:
    width = bar_width(x)
    rectangles(ax, x - width / 2, np.zeros(len(x)), np.full(len(x), width), heights, shades, snap=len(x) < MANY)
    ax.set_xlim(x.min() - width * 0.6, x.max() + width * 0.6)
    return width


def _bar_bodies(x: Floats, heights: Floats, width: float) -> Floats:
    """Points spread over the bars, shape (n, 2), for notes to keep off them."""
    across = x[:, None, None] + width * np.array([-0.45, 0.0, 0.45])[None, :, None]
    along = heights[:, None, None] * np.linspace(0.05, 1.0, 12)[None, None, :]
    grid = np.broadcast_arrays(across, along)
    return np.column_stack([part.ravel() for part in grid])


def _overlays(
    line: pd.Series[Any] | pd.DataFrame | None, words: str | None, labels: Mapping[str, str]
) -> dict[str, pd.Series[Any]]:
    """The lines drawn over the bars, by their names."""
    if line is None:
        return {}
    if isinstance(line, pd.DataFrame):
        if line.shape[1] > 2:
            raise ChartFrameInvalid.of("bars", f"{line.shape[1]} lines over bars cannot be told apart", "Draw two.")
        return {labels.get(str(name), label(name)): line[name] for name in line.columns}
    return {words or label(line.name or "line"): line}


def _overlay(sheet: Sheet, name: str, line: pd.Series[Any], turn: int) -> list[EndLabel]:
    values = in_order(numeric_series("bars", line).to_frame("line"))["line"]
    x, y = positions(values.index), floats(values)
    shade = INK if turn == 0 else ACCENT
    draw_line(sheet.ax, x, y, shade)
    sheet.record(sheet.ax, name, "line", values.index, y, colour=shade, across=x)
    last = last_known(x, y)
    return [EndLabel(name, *last, shade)] if last else []


def _lying(series: pd.Series[float], highlight: Any, top: int | None, wide: Width) -> Sheet:
    known = series.dropna()
    order = known.sort_values(ascending=bool((known <= 0).all()), kind="stable")
    loud = chosen(highlight, order.index)
    for name in loud:
        need_name("bars", name, order.index)
    first = len(order) if top is None else top
    kept = [rank for rank, name in enumerate(order.index) if rank < first or name in loud]
    if len(kept) > MOST_ROWS:
        raise ChartFrameInvalid.of("bars", f"{len(kept)} rows are more than can be read", "Say top=20.")
    words = [_rank_words(order.index[rank], rank, beyond=rank >= first) for rank in kept]
    shown = order.iloc[kept]
    sheet = row_sheet(words, wide)
    ax, y = sheet.ax, floats(shown)
    muted = [bool(loud) and name not in loud for name in shown.index]
    shades = [tint(sign_colour(v), 0.4) if quiet else sign_colour(v) for v, quiet in zip(shown, muted, strict=True)]
    level, thick = np.arange(len(shown), dtype=np.float64), 0.68 if wide == "desk" else 0.3
    zero = np.zeros(len(y))
    rectangles(ax, zero, level - thick / 2, y, np.full(len(y), thick), shades, lying=True)
    ax.axvline(0.0, color=INK, linewidth=0.8, zorder=3, gid="zero")
    _bar_values(ax, shown, muted)
    dress_rows(ax)
    sheet.record(ax, "", "bar", pd.Index(words), y, colour=PURCHASE, across=y, up=level)
    return sheet


def _rank_words(name: object, rank: int, beyond: bool) -> str:
    return f"No. {rank + 1}: {row_words(name)}" if beyond else row_words(name)


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
            fontsize=8.8,
            color=SOFT if muted[row] else INK,
            annotation_clip=False,
            gid="value",
        )
    _room_for_values(ax, values, max(len(text) for text in words))


def _room_for_values(ax: Axes, values: pd.Series[float], letters: int) -> None:
    """Widen the axis on each side that has bars, so that their values are written inside it."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    sides = (low < 0) + (high > 0)
    inches = min(5.2, float(ax.get_figure(root=True).get_figwidth()) - 0.4)  # type: ignore[union-attr]
    share = (letters * 0.075 + 0.1) / inches
    room = share * (high - low) / (1 - share * sides) if high > low else 1.0
    ax.set_xlim(low - room * (low < 0), high + room * (high > 0 or low == 0))
