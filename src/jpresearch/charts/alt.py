"""The alt text of a chart, written from what it draws: kind, span, groups, newest value, extremes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from jpresearch.charts.axes import day, number, shared_decimals
from jpresearch.charts.drawn import Label, Series
from jpresearch.charts.words import japanese

KINDS: Final = {
    "lines": ("Line chart", "折れ線グラフ"),
    "bars": ("Bar chart", "棒グラフ"),
    "stack": ("Stacked bars", "積み上げ棒グラフ"),
    "waterfall": ("Waterfall", "ウォーターフォール図"),
    "panels": ("Small line charts", "小さな折れ線グラフ"),
    "cumulative": ("Cumulative lines", "累計の折れ線グラフ"),
    "heat": ("Heat map", "ヒートマップ"),
    "dumbbell": ("Dumbbell chart", "ダンベルチャート"),
    "intervals": ("Estimates with intervals", "推計値と区間"),
    "range": ("Values within their own range", "過去の範囲と現在値"),
    "dots": ("Readings as dots", "読みの点グラフ"),
    "scatter": ("Scatter chart", "散布図"),
    "sparklines": ("Table of small lines", "小さな線の一覧"),
}
MOST: Final = 6  # series or rows that are named one by one


def describe(kind: str, title: str, unit: str, series: Sequence[Series]) -> str:
    """The title, and in a few sentences what the chart of that ``kind`` shows."""
    ja = japanese()
    name = KINDS[kind][ja]
    head = (
        title.strip()
        if title.strip().endswith((".", "?", "!", "。", "？", "！"))
        else f"{title.strip()}{'。' if ja else '.'}"
    )
    shown = [item for item in series if any(value is not None for value in item.values)]
    rows = bool(shown) and all(isinstance(x, str) and not _dated(x) for item in shown for x in item.x)
    facts = _cells(shown) if kind == "heat" else _scatter(shown) if kind == "scatter" else None
    if facts is None:
        facts = _rows(shown) if rows else _along(shown)
    where = ", ".join(part for part in (name, unit, _span(shown)) if part)
    return f"{head} {where}{'：' if ja else ': '}{'; '.join(facts)}{'。' if ja else '.'}"


def _span(series: Sequence[Series]) -> str:
    days = sorted(
        x
        for item in series
        for x, value in zip(item.x, item.values, strict=True)
        if value is not None and isinstance(x, str) and _dated(x)
    )
    if not days:
        return ""
    return (
        _words(days[0])
        if days[0] == days[-1]
        else f"{_words(days[0])} {'〜' if japanese() else 'to'} {_words(days[-1])}"
    )


def _along(series: Sequence[Series]) -> list[str]:
    """A clause per line or row of bars: where it ends, and between what it ran."""
    facts = [_course(item) for item in series[:MOST]]
    return facts + _rest(len(series) - MOST, "series")


def _course(item: Series) -> str:
    there = [(x, value) for x, value in zip(item.x, item.values, strict=True) if value is not None]
    write = _writer([value for _, value in there])
    (at, newest), low, high = there[-1], min(there, key=_second), max(there, key=_second)
    if japanese():
        ends = f"{item.name} {_words(at)}時点 {write(newest)}"
        return (
            ends
            if low[1] == high[1]
            else f"{ends}、最小 {write(low[1])}（{_words(low[0])}）、最大 {write(high[1])}（{_words(high[0])}）"
        )
    ends = f"{item.name} {write(newest)} at {_words(at)}"
    if low[1] == high[1]:
        return ends
    return f"{ends}, lowest {write(low[1])} at {_words(low[0])}, highest {write(high[1])} at {_words(high[0])}"


def _rows(series: Sequence[Series]) -> list[str]:
    """A clause per row, with its interval where it has one; the extremes where there are many rows."""
    write = _writer([value for item in series for value in item.values if value is not None])
    if sum(len(item.x) for item in series) <= 2 * MOST:
        return [f"{_group(item, series)}{_listed(item, write)}" for item in series]
    facts = []
    for item in series[:MOST]:
        there = [(x, value) for x, value in zip(item.x, item.values, strict=True) if value is not None]
        low, high = min(there, key=_second), max(there, key=_second)
        words = ("highest {}, lowest {}, {} rows", "最大 {}、最小 {}、{}行")[japanese()]
        ends = (f"{pair[0]} {write(pair[1])}" for pair in (high, low))
        facts.append(_group(item, series) + words.format(*ends, len(there)))
    return facts + _rest(len(series) - MOST, "series")


def _group(item: Series, series: Sequence[Series]) -> str:
    return f"{item.name}: " if len(series) > 1 and item.name else ""


def _listed(item: Series, write: Callable[[float], str]) -> str:
    words = []
    for n, (x, value) in enumerate(zip(item.x, item.values, strict=True)):
        if value is None:
            words.append(f"{x} {'データなし' if japanese() else 'not available'}")
            continue
        low, high = (item.low[n], item.high[n]) if item.low else (None, None)
        between = "" if low is None or high is None else f" ({write(low)} {'〜' if japanese() else 'to'} {write(high)})"
        words.append(f"{x} {write(value)}{between}")
    return ", ".join(words)


def _cells(series: Sequence[Series]) -> list[str]:
    """The newest column's extremes, and those of the whole table; a line under the table as lines are told."""
    cells = [item for item in series if item.kind == "cell"]
    there = [
        (value, item.name, x)
        for item in cells
        for x, value in zip(item.x, item.values, strict=True)
        if value is not None
    ]
    write = _writer([value for value, _, _ in there])
    low, high = min(there), max(there)
    size = ("{} rows by {} columns", "{}行{}列")[japanese()].format(len(cells), len(cells[0].x))
    words = ("{} {} in {} ({})", "{}の{} {}（{}）")[japanese()]
    ends = [f"{('highest', '最大')[japanese()]} {write(high[0])} ({high[1]}, {_words(high[2])})"]
    ends.append(f"{('lowest', '最小')[japanese()]} {write(low[0])} ({low[1]}, {_words(low[2])})")
    del words
    return [size, *ends, *(_course(item) for item in series if item.kind != "cell")]


def _scatter(series: Sequence[Series]) -> list[str]:
    item = series[0]
    across = [float(x) for x in item.x]
    up = [value for value in item.values if value is not None]
    sides = [
        f"{_writer(side)(min(side))} {'〜' if japanese() else 'to'} {_writer(side)(max(side))}" for side in (across, up)
    ]
    words = ("{} points, across {}, up {}", "{}点、横軸 {}、縦軸 {}")[japanese()]
    return [words.format(len(up), *sides)]


def _rest(more: int, what: str) -> list[str]:
    if more <= 0:
        return []
    return [f"ほか{more}" if japanese() else f"and {more} more {what}"]


def _second(pair: tuple[Label, float]) -> float:
    return pair[1]


def _writer(values: Sequence[float]) -> Callable[[float], str]:
    decimals = shared_decimals(values)
    return lambda value: number(value, decimals)


def _dated(x: str) -> bool:
    return len(x) == 10 and x[4] == x[7] == "-" and x.replace("-", "").isdigit()


def _words(x: Label) -> str:
    if isinstance(x, str):
        return day(pd.Timestamp(x)) if _dated(x) else x
    return number(x)
