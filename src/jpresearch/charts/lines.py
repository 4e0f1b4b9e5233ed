"""Lines: several on one plot, with bands, levels and steps; or the course after many events."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from jpresearch.charts.asked import source_of, unit_of
from jpresearch.charts.axes import (
    DASHES,
    NumberLabels,
    day,
    dress_horizontal,
    dress_values,
    named_columns,
    plain,
    positions,
    zero_line,
)
from jpresearch.charts.check import ChartFrameInvalid, Floats, chosen, floats, in_order, need_name, numeric_frame
from jpresearch.charts.drawn import Width
from jpresearch.charts.furniture import KeyItem
from jpresearch.charts.notes import LABEL_SIZE, EndLabel, along
from jpresearch.charts.palette import ACCENT, FAINT, INK, MUTED_LINE, SOFT, colours, label, tint
from jpresearch.charts.sheet import Sheet, finish, new_sheet
from jpresearch.charts.style import house_style
from jpresearch.charts.words import say

HALF: Final = "#9A9A9A"
HALF_KEY: Final = "#C8C8C8"
LEAST: Final = 3
Level = float | pd.Series
Bands = Mapping[str, tuple[pd.Series, pd.Series]]


@house_style
def lines(
    frame: pd.DataFrame,
    *,
    title: str,
    unit: str | None = None,
    source: str | None = None,
    labels: Mapping[str, str] | None = None,
    bands: Bands | None = None,
    references: Mapping[str, Level] | None = None,
    steps: bool = False,
    log: bool = False,
    highlight: Hashable | Sequence[Hashable] | None = None,
    median: bool = False,
    x_unit: str | None = None,
    alt: str | None = None,
    width: Width = "desk",
) -> Figure:
    """One line per column, named at its end; missing values are gaps, and a value alone between gaps is a dot.

    Parameters
    ----------
    frame : values in ``unit``; the index holds dates, or numbers such as lags, then described by ``x_unit``. Series
        of different calendars belong on common dates first: a day that one of them lacks is a gap in its line.
    labels : words for a column, where ``charts.label`` would not do.
    bands : column to its lower and upper series, on the index of ``frame`` or part of it.
    references : words to a level, drawn as a dashed line across; a series of levels holds each from its date on.
    steps : the bands hold from their date until they change, as for a policy mix; observations are marked, and
        what ends at the right carries its value.
    log : logarithmic scale; every value must be positive.
    highlight : the columns in colour; the others turn grey.
    median : the other columns are episodes: all grey, with their median and middle half where three are known.

    Raises
    ------
    EmptyChart : every value is missing.
    ChartFrameInvalid : a highlighted or banded column is not there, or a log scale is asked for values of zero or less.
    UnitUnknown, SourceUnknown : neither frame nor run nor call says it.

    Examples
    --------
    >>> weeks = pd.to_datetime(["2025-08-22", "2025-08-29"])
    >>> net = pd.DataFrame({"foreigners": [12.0, -502.0], "individuals": [80.0, 310.0]}, weeks)
    >>> fig = charts.lines(net, title="Foreigners turned net sellers", unit="JPY bn", source="JPX")
    >>> print(charts.alt_of(fig))
    Foreigners turned net sellers. Line chart, JPY bn, 22 Aug 2025 to 29 Aug 2025: Foreigners −502 at 29 Aug
    2025, lowest −502 at 29 Aug 2025, highest 12 at 22 Aug 2025; Individuals 310 at 29 Aug 2025, lowest 80 at
    22 Aug 2025, highest 310 at 29 Aug 2025.
    """
    unit, source = unit_of("lines", frame, unit), source_of("lines", frame, source)
    values = in_order(numeric_frame("lines", named_columns(frame)))
    loud = [day(name) for name in chosen(highlight, frame.columns)]
    for name in [*loud, *(bands or {})]:
        need_name("lines", name, values.columns)
    if log and bool((values <= 0).any(axis=None)):
        raise ChartFrameInvalid.of("lines", "a log scale cannot show values of zero or less")
    sheet = new_sheet(width=width)
    ax, x = sheet.ax, positions(values.index)
    ax.set_yscale("log" if log else "linear")
    words = {name: (labels or {}).get(name, label(name)) for name in values.columns}
    if median:
        _episodes(sheet, values, x, loud, words)
    else:
        shades = colours(values.columns)
        _bands(sheet, values.index, bands or {}, shades, words, steps)
        _lines(sheet, values, x, loud, words, shades, references or {}, bands or {}, steps)
    _dress_across(sheet, values.index, whole=median, x_unit=x_unit)
    dress_values(ax.yaxis, log=log)
    return finish(sheet, "lines", title=title, unit=unit, source=source, alt=alt)


def _dress_across(sheet: Sheet, index: pd.Index[Any], whole: bool, x_unit: str | None) -> None:
    """The zero line, and dates or numbers below it in ``x_unit``; ``whole`` numbers count the distance to an event."""
    ax = sheet.ax
    zero_line(ax)
    if whole and not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        ax.xaxis.set_major_locator(MaxNLocator(6 if sheet.phone else 10, integer=True))
        ax.xaxis.set_major_formatter(NumberLabels())
    else:
        dress_horizontal(ax, index)
    if x_unit:
        ax.set_xlabel(say(x_unit), loc="right")


def _lines(
    sheet: Sheet,
    values: pd.DataFrame,
    x: Floats,
    loud: Sequence[str],
    words: Mapping[str, str],
    shades: Mapping[str, str],
    references: Mapping[str, Level],
    bands: Bands,
    steps: bool,
) -> None:
    ax, some = sheet.ax, 0 < len(loud) < len(words)
    ends: list[EndLabel] = []
    crowd: list[Floats] = []
    for name, text in words.items():
        y, bright = floats(values[name]), not some or name in loud
        shade = shades[name] if bright else MUTED_LINE
        draw_line(ax, x, y, shade, loud=bright, dots=steps)
        sheet.record(ax, text, "line", values.index, y, colour=shade, across=x)
        last = last_known(x, y)
        if last is None:
            sheet.key.append(KeyItem("line", FAINT, f"{text}: not available"))
        else:
            shown = f"{text} {plain(last[1])}" if steps else text
            ends.append(EndLabel(shown, *last, shade if bright else FAINT, bold=(some or steps) and bright))
        crowd.append(along(x, y))
    limits(ax, x, values.index)
    for text, level in references.items():
        y = _reference(ax, x, values.index, level)
        sheet.record_beside(ax, text, "reference", values.index, y, colour=SOFT)
        last = last_known(x, y)
        if last is not None:
            shown = f"{text} {plain(last[1])}" if steps else text
            size = LABEL_SIZE if steps else 8.8
            ends.append(EndLabel(shown, *last, SOFT, size=size, mark="dash"))
    if steps and len(words) == 1:
        ends += _band_ends(x, values.index, bands)
    if steps and bands:
        sheet.key.append(KeyItem("bar", tint(shades[next(iter(bands))], 0.3), "allowed band"))
        sheet.key += [KeyItem("dash", SOFT, text.lower()) for text in references if not sheet.phone]
    sheet.name_ends(ax, ends, np.concatenate(crowd))


def _band_ends(x: Floats, index: pd.Index[Any], bands: Bands) -> list[EndLabel]:
    """The limits that hold now, in words."""
    ends: list[EndLabel] = []
    for low, high in bands.values():
        for words, series in (("Upper limit", high), ("Lower limit", low)):
            last = last_known(x, floats(series.reindex(index).astype("float64")))
            if last is not None:
                ends.append(EndLabel(f"{words} {plain(last[1])}", *last, SOFT, mark="bar"))
    return ends


def _reference(ax: Axes, x: Floats, index: pd.Index[Any], level: Level) -> Floats:
    """A level across the plot, or one that holds from each date on."""
    if not isinstance(level, pd.Series):
        ax.axhline(level, color=SOFT, linewidth=0.9, linestyle=DASHES, zorder=2.4, gid="reference")
        return np.full(len(x), float(level))
    y = floats(level.reindex(index).astype("float64"))
    ax.step(x, y, where="post", color=SOFT, linewidth=1.1, linestyle=DASHES, zorder=2.4, gid="target")
    return y


def draw_line(
    ax: Axes, x: Floats, y: Floats, shade: str, loud: bool = True, width: float = 1.6, dots: bool = False
) -> None:
    """A line that is broken where ``y`` is missing; values with a gap on both sides are dots."""
    order = 3.0 if loud else 2.2
    if dots:
        ax.plot(x, y, color=shade, marker="o", markersize=3.2, linewidth=width - 0.1, zorder=order, gid="line")
        return
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


def _bands(
    sheet: Sheet,
    index: pd.Index[Any],
    bands: Bands,
    shades: Mapping[str, str],
    words: Mapping[str, str],
    steps: bool,
) -> None:
    for name, (low, high) in bands.items():
        edges = pd.DataFrame({"low": low, "high": high}).reindex(index).astype("float64")
        lower, upper = floats(edges["low"]), floats(edges["high"])
        ends = {"ends": (lower, upper), "colour": shades[name]}
        said = say("allowed band") if steps else words[name]
        sheet.record_beside(sheet.ax, said, "band", index, np.full(len(lower), np.nan), **ends)
        sheet.ax.fill_between(
            positions(index),
            lower,
            upper,
            where=np.isfinite(lower + upper).tolist(),
            step="post" if steps else None,
            color=shades[name],
            alpha=0.14 if steps else 0.16,
            zorder=1.5,
            gid="band",
        )


def limits(ax: Axes, x: Floats, index: pd.Index[Any]) -> None:
    """The x axis just round the values, with a little room above and below where it counts no dates."""
    spare = float(x.max() - x.min()) * 0.004 or 1.0
    ax.set_xlim(x.min() - spare, x.max() + spare)
    if not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        ax.margins(y=0.08)


def _episodes(sheet: Sheet, values: pd.DataFrame, x: Floats, loud: Sequence[str], words: Mapping[str, str]) -> None:
    """Every other column in grey, their usual course, and the highlighted ones in colour."""
    ax, others = sheet.ax, values.drop(columns=list(loud))
    for name in others.columns:
        y = floats(others[name])
        ax.plot(x, y, color=MUTED_LINE, linewidth=0.8, alpha=0.85, zorder=2, gid="episode")
    ends: list[EndLabel] = []
    crowd = [along(x, floats(values[name])) for name in loud]
    if others.shape[1]:
        sheet.key.append(KeyItem("thin", FAINT, _count(others.shape[1], bool(loud))))
    if others.shape[1] >= LEAST:
        middle = _usual_course(ax, others)
        crowd.append(along(x, middle))
        ends += _episode_end("Median", x, middle, INK)
        sheet.key.append(KeyItem("bar", HALF_KEY, "their middle half"))
        sheet.record(ax, say("Median"), "line", values.index, middle, colour=INK, across=x)
    shades = {loud[0]: ACCENT} | colours(loud[1:]) if loud else {}
    for name in loud:
        y, shade = floats(values[name]), shades[name]
        ax.plot(x, y, color=shade, linewidth=2.2, zorder=4, gid="highlight")
        for end in (found := _episode_end(words[name], x, y, shade)):
            ax.plot(end.x, end.y, "o", color=shade, markersize=4.5, zorder=4.5, clip_on=False)
        ends += found
        sheet.record(ax, words[name], "line", values.index, y, colour=shade, across=x)
    if not sheet.drawn:
        for name in others.columns:
            y = floats(others[name])
            sheet.record(ax, words[name], "line", values.index, y, colour=MUTED_LINE, across=x)
    if x.min() < 0 < x.max():
        ax.axvline(0.0, color=FAINT, linewidth=0.9, zorder=1.5, gid="event")
    spare = 0.0 if x.max() > x.min() else 1.0
    ax.set_xlim(x.min() - spare, x.max() + spare)
    sheet.name_ends(ax, ends, np.concatenate(crowd) if crowd else np.empty((0, 2)), bold=True)


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


def _episode_end(words: str, x: Floats, y: Floats, shade: str) -> list[EndLabel]:
    last = last_known(x, y)
    return [EndLabel(words, *last, shade, bold=True)] if last else []
