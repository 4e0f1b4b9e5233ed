"""Numbers, dates and categories of axes, as readers expect them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.dates import DAILY, MONTHLY, AutoDateLocator, date2num, num2date
from matplotlib.ticker import FixedLocator, Formatter, Locator, LogLocator, MaxNLocator, NullLocator

from jpresearch.charts.check import Floats
from jpresearch.charts.overhang import measured
from jpresearch.charts.palette import INK
from jpresearch.charts.words import date_in_words, month_in_words

TICK_SIZE: Final = 9.4
MANY: Final = 250  # bars so thin that they touch and must not snap to pixels
STEPS: Final = [1, 2, 2.5, 5, 10]
MINUS: Final = "\u2212"
BESIDE: Final = 1.0  # inches, about what stands left and right of a plot without labels at its right
DESK: Final = 7.4  # inches of such a plot on a desk
LETTER: Final = 0.62  # width of a letter as a share of the font size
DASHES: Final = (0, (4, 3))
LEAST: Final = 6.75  # points: nine pixels of a phone


def number(value: float, decimals: int | None = None, signed: bool = False) -> str:
    """``value`` with thousands separators and a true minus sign; three digits unless ``decimals`` is given."""
    if decimals is None:
        decimals = _decimals_for(value)
    text = f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def _decimals_for(value: float) -> int:
    size = abs(value)
    if size == 0 or size >= 100 or float(value).is_integer():
        return 0
    return min(6, 2 - int(np.floor(np.log10(size))))


def plain(value: float) -> str:
    """``value`` as published, with two decimals at most and none that say nothing: 25, 20.8, 24.45."""
    exact = next((places for places in range(2) if abs(round(value, places) - value) < 1e-9), 2)
    return number(value, exact)


def shared_decimals(values: Sequence[float]) -> int:
    """Decimals with which the largest of ``values`` shows three digits, so that a column of numbers lines up."""
    sizes = [abs(value) for value in values if np.isfinite(value)]
    if all(float(size).is_integer() for size in sizes):
        return 0
    return _decimals_for(max(sizes) + 1e-12)


class NumberLabels(Formatter):
    """Tick labels with just the decimals that the ticks need, thousands separators and a true minus sign."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of one tick by itself."""
        return number(x)

    def format_ticks(self, values: Any) -> list[str]:
        """All labels of an axis together, with the same number of decimals."""
        ticks = np.unique(np.asarray(values, dtype=np.float64))
        step = float(np.diff(ticks).min()) if len(ticks) > 1 else float(np.abs(ticks).max(initial=1e-9))
        exact = (places for places in range(10) if np.all(np.abs(np.round(ticks, places) - ticks) < step * 1e-3))
        decimals = next(exact, 9)
        return [number(float(tick), decimals) for tick in values]


class LogLabels(NumberLabels):
    """Tick labels of a log axis: plain numbers, each with the decimals it needs."""

    def format_ticks(self, values: Any) -> list[str]:
        """Each label by itself."""
        return [NumberLabels.format_ticks(self, [value])[0] for value in values]


class YearLabels(Formatter):
    """Years held as whole numbers."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of one tick by itself."""
        return f"{x:.0f}"


class DateLabels(Formatter):
    """Short dates: the year once, below the first tick and below each tick where it changes."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of one tick by itself."""
        return day(_moment(x))

    def format_ticks(self, values: Any) -> list[str]:
        """All labels of an axis together; years alone where every tick is a new year."""
        moments = [_moment(value) for value in values]
        if all((moment.month, moment.day) == (1, 1) for moment in moments):
            return [str(moment.year) for moment in moments]
        monthly = all(moment.day == 1 for moment in moments)
        labels: list[str] = []
        previous = 0
        for moment in moments:
            text = month_in_words(moment.month, None if monthly else moment.day)
            labels.append(text if moment.year == previous else f"{text}\n{moment.year}")
            previous = moment.year
        return labels


def _moment(value: float) -> datetime:
    moment = num2date(value)  # type: ignore[no-untyped-call]
    assert isinstance(moment, datetime)
    return moment


def day(moment: object) -> str:
    """A date in words, such as ``29 Aug 2025``; anything that is no date as ``str`` gives it."""
    if not hasattr(moment, "day") or isinstance(moment, pd.Period):
        return str(moment)
    stamp = pd.Timestamp(str(moment))
    return date_in_words(stamp.year, stamp.month, stamp.day)


def named_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with its column names as text, dates in words."""
    return frame.set_axis([day(name) for name in frame.columns], axis="columns")


def positions(index: pd.Index[Any]) -> Floats:
    """Where the entries of ``index`` stand on a horizontal axis.

    Dates as matplotlib's day numbers (periods at their end), numbers as they are, anything else at 0, 1, 2.
    """
    if isinstance(index, pd.PeriodIndex):
        return positions(index.to_timestamp(how="end"))
    if isinstance(index, pd.DatetimeIndex):
        numbers = date2num(index.tz_localize(None).to_numpy())  # type: ignore[no-untyped-call]
        return np.asarray(numbers, dtype=np.float64)
    if pd.api.types.is_numeric_dtype(index.dtype):
        return np.asarray(index, dtype=np.float64)
    return np.arange(len(index), dtype=np.float64)


def plot_width(ax: Axes) -> float:
    """About how many inches a plot that fills the figure of ``ax`` is wide."""
    return float(ax.get_figure(root=True).get_figwidth()) - BESIDE  # type: ignore[union-attr]


def dress_horizontal(ax: Axes, index: pd.Index[Any], most_ticks: int | None = None) -> None:
    """Ticks and labels of the x axis that suit ``index``: concise dates, plain numbers, or wrapped categories."""
    most_ticks = most_ticks or max(4, round(8 * min(1.0, plot_width(ax) / DESK)))
    if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        ax.xaxis.set_major_locator(_date_locator(positions(index), most_ticks))
        ax.xaxis.set_major_formatter(DateLabels())
    elif pd.api.types.is_numeric_dtype(index.dtype):
        whole = pd.api.types.is_integer_dtype(index.dtype)
        years = whole and index.min() >= 1900 and index.max() <= 2100
        ax.xaxis.set_major_locator(MaxNLocator(most_ticks, integer=whole))
        ax.xaxis.set_major_formatter(YearLabels() if years else NumberLabels())
    else:
        _name_categories(ax, [str(name) for name in index])


def _date_locator(x: Floats, most_ticks: int) -> Locator:
    """The dates themselves where they are few and far enough apart, round dates otherwise."""
    days = np.unique(x)
    if len(days) <= most_ticks and (len(days) < 2 or np.diff(days).min() * 1.2 * most_ticks > np.ptp(days)):
        return FixedLocator(days.tolist())
    few = min(4, max(2, most_ticks // 2))
    locator = AutoDateLocator(minticks=few, maxticks=most_ticks)  # type: ignore[no-untyped-call]
    # Wider steps than matplotlib's own for spans of a few months or years on a narrow axis: without them it warns.
    locator.intervald[MONTHLY] = [1, 2, 3, 4, 6, 12]
    locator.intervald[DAILY] = [1, 2, 3, 7, 14, 31]
    return locator


def _name_categories(ax: Axes, names: list[str]) -> None:
    """Names below their places: wrapped, smaller if need be, and only every n-th where even that is too wide."""
    room = plot_width(ax) / len(names) * 72 / LETTER
    longest = max((len(word) for name in names for word in name.split()), default=1) + 1
    size = float(np.clip(room / longest, LEAST, TICK_SIZE))
    every = int(np.ceil(longest * size / room - 1e-9))
    letters = max(longest, int(room * every / size))
    shown = range(0, len(names), max(1, every))
    words = [textwrap.fill(names[place], letters, break_long_words=False) for place in shown]
    ax.set_xticks(list(shown), words, fontsize=size)
    ax.tick_params(axis="x", length=0)


def dress_values(axis: Axis, log: bool = False, most_ticks: int = 6) -> None:
    """Numbers of a value axis, and its light grid."""
    low, high = axis.get_view_interval()
    if log and high / low >= 8:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=most_ticks + 6))
        axis.set_major_formatter(LogLabels())
    else:
        if isinstance(axis, XAxis):
            most_ticks = _beside_each_other(axis, most_ticks)
        axis.set_major_locator(MaxNLocator(most_ticks, steps=STEPS))
        axis.set_major_formatter(NumberLabels())
    axis.set_minor_locator(NullLocator())
    axis.grid(True)


def _beside_each_other(axis: XAxis, most_ticks: int) -> int:
    """How many ticks at most have their numbers beside each other."""
    low, high = axis.get_view_interval()
    room = 0.6 * plot_width(axis.axes)
    for most in range(most_ticks, 1, -1):
        places = np.asarray(MaxNLocator(most, steps=STEPS).tick_values(low, high), dtype=np.float64)
        shown = places[(places >= low) & (places <= high)]
        if sum(measured(words, TICK_SIZE) + 0.08 for words in NumberLabels().format_ticks(shown)) < room:
            return most
    return 1


def bar_width(x: Floats) -> float:
    """Width of bars at ``x``: most of the usual distance between them, all of it where there are very many."""
    gaps = np.diff(np.unique(x))
    return float(np.median(gaps)) * (0.8 if len(x) < MANY else 1.0) if len(gaps) else 0.8


def zero_line(ax: Axes) -> None:
    """A thin line at zero, where zero is in view."""
    low, high = ax.get_ylim()
    if low <= 0 <= high and ax.get_yscale() == "linear":
        ax.axhline(0.0, color=INK, linewidth=0.8, zorder=2.5, gid="zero")
