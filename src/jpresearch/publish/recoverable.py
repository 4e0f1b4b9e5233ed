"""Whether a reader gets a table's series back from a published column by arithmetic with constants alone.

A column that is a series of the table scaled, shifted (by a constant, or along the days), inverted or in logarithms
gives back every figure, and so do the differences of a running sum and the growth rates of a running product. What does
not: ratios to something that itself varies, changes, averages and sums over windows, ranks, figures rounded to a few
per cent of their variation, and a series indexed to one of its own days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# How much of a column must follow from the series, how many of its values, how unlikely by chance.
SHARE: Final = 0.6
FEWEST: Final = 6
CHANCE: Final = 1e-12
# A value that tells a figure no closer than this part of the usual variation is a rounded one.
ROUNDED: Final = 0.01
EXACT: Final = 1e-9
# By how many rows of the table the days of a column may be off: the label of another day, or a lag.
SHIFTS: Final = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 12, -12, 13, -13, 26, -26, 52, -52)
# What is compared first: this many rows of each part of a column, which must correlate this closely; the closest count.
PARTS: Final = 4
SAMPLE: Final = 9
CLOSE: Final = 0.999
CLOSEST: Final = 3
# Without days a column must be a run of the table's own order, as long as this at least.
FEWEST_UNDATED: Final = 8
MOST_RUNS: Final = 20
# Values rounded so that their places between one another are known no better tell nothing without days.
LOOSE: Final = 0.02
# Where an index may begin.
BASES: Final = (1.0, 100.0)
# Logarithms in use, by what they give for a number e times as large: natural, in per cent, to the base of ten.
LOGARITHMS: Final = (1.0, 100.0, float(np.log10(np.e)))
LARGEST_EXPONENT: Final = 300.0


@dataclass(frozen=True)
class Series:
    """The series of a table: ``values`` has a row per day and a column per series, NaN where there is no figure."""

    days: Floats
    values: Floats

    @cached_property
    def ordered(self) -> Floats:
        """The values without their gaps: each series from the top, NaN below."""
        order = np.argsort(~np.isfinite(self.values), axis=0, kind="stable")
        return np.take_along_axis(self.values, order, axis=0)

    @cached_property
    def threes(self) -> tuple[Floats, NDArray[np.int64]]:
        """Where the second of three values that follow one another lies between the others, in order; and the places.

        It is the same whatever the series is scaled and shifted with.
        """
        with np.errstate(all="ignore"):
            between = (self.ordered[1:-1] - self.ordered[:-2]) / (self.ordered[2:] - self.ordered[:-2])
        places = np.flatnonzero(np.isfinite(between))
        order = np.argsort(between.ravel()[places])
        return between.ravel()[places][order], places[order]


@dataclass(frozen=True)
class Column:
    """A published column without its gaps; ``days`` since 1970, increasing, or ``None`` where its rows have none.

    ``tolerance`` is half a unit of the last digit that each value is written with.
    """

    values: Floats
    tolerance: Floats
    days: Floats | None


@dataclass(frozen=True)
class _Form:
    """A column as it would be if it were made in one of the ways that can be undone."""

    values: Floats
    tolerance: Floats
    indexed: bool  # whether an index to a day of its own is one that may leave


def recoverable(column: Column, table: Series) -> bool:
    """Whether a series of the table follows from the column, whatever constants it was scaled and shifted with."""
    if len(column.values) < FEWEST or not table.values.size:
        return False
    forms = list(_forms(column))
    if column.days is None:
        return any(_in_order(form, table) for form in forms[:2])
    at = np.searchsorted(table.days, column.days, side="right") - 1
    return any(
        _follows(form, table.values[:, series], at + shift)
        for number, shift, series in _close(forms, table, at)
        for form in [forms[number]]
    )


def _forms(column: Column) -> Iterator[_Form]:
    """The column itself, its differences, its growth rates, its inverse and its exponential."""
    y, tolerance = column.values, column.tolerance
    yield _Form(y, tolerance, indexed=True)
    nothing = np.array([np.nan])
    with np.errstate(all="ignore"):
        both = tolerance[1:] + tolerance[:-1]
        yield _Form(np.concatenate([nothing, np.diff(y)]), np.concatenate([nothing, both]), indexed=False)
        growth = y[1:] / y[:-1] - 1.0
        error = both / np.abs(y[:-1]) * np.maximum(1.0, np.abs(growth + 1.0))
        yield _Form(np.concatenate([nothing, growth]), np.concatenate([nothing, error]), indexed=False)
        yield _Form(1.0 / y, tolerance / y**2, indexed=True)
        for unit in LOGARITHMS:
            power = np.exp(np.clip(y / unit, -LARGEST_EXPONENT, LARGEST_EXPONENT))
            yield _Form(power, tolerance / unit * power, indexed=True)


def _close(forms: list[_Form], table: Series, at: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Form, shift and series that go together in a sample of a part of the column, the closest of each part."""
    wide = table.values.shape[1]
    seen: dict[tuple[int, int, int], None] = {}
    for part in np.array_split(np.arange(1, len(at)), PARTS if len(at) > PARTS * SAMPLE else 1):
        rows = np.unique(part[np.linspace(0, len(part) - 1, min(SAMPLE, len(part))).astype(int)])
        places = at[rows][:, None] + np.array(SHIFTS)
        inside = (places >= 0) & (places < len(table.days)) & (at[rows] >= 0)[:, None]
        found = np.where(inside[..., None], table.values[np.clip(places, 0, len(table.days) - 1)], np.nan)
        wanted = np.array([form.values[rows] for form in forms])
        together = _correlations(wanted, found.reshape(len(rows), -1))
        for number, each in enumerate(together):
            closest = np.argpartition(-each, min(CLOSEST, len(each) - 1))[:CLOSEST]
            seen |= dict.fromkeys((number, *divmod(int(place), wide)) for place in closest if each[place] > CLOSE)
    yield from ((number, SHIFTS[shift], series) for number, shift, series in seen)


def _correlations(y: Floats, x: Floats) -> Floats:
    """Absolute correlations of the rows of ``y`` with the columns of ``x``, over what both have; 0 of fewer than 3."""
    y_there, x_there = np.asarray(np.isfinite(y)), np.asarray(np.isfinite(x))
    with np.errstate(all="ignore"):
        x = x - np.nanmean(np.where(x_there.any(axis=0), x, 0.0), axis=0)
        y = y - np.nanmean(np.where(y_there.any(axis=1, keepdims=True), y, 0.0), axis=1, keepdims=True)
        y0, x0 = np.where(y_there, y, 0.0), np.where(x_there, x, 0.0)
        y1, x1 = y_there.astype(float), x_there.astype(float)
        n, sum_x, sum_y = y1 @ x1, y1 @ x0, y0 @ x1
        spread_x, spread_y = y1 @ x0**2 - sum_x**2 / n, y0**2 @ x1 - sum_y**2 / n
        found = np.abs((y0 @ x0 - sum_x * sum_y / n) / np.sqrt(spread_x * spread_y))
    return np.where((n >= 3) & np.isfinite(found), found, 0.0)


def _in_order(form: _Form, table: Series) -> bool:
    """Whether the column is a run of a series in the table's order, or in the opposite one."""
    there = np.isfinite(form.values)
    y, tolerance = form.values[there], form.tolerance[there]
    if not FEWEST_UNDATED <= len(y) <= len(table.days) or not _telling(y, _written(y, tolerance)):
        return False
    for way in (slice(None), slice(None, None, -1)):
        run = _Form(y[way], tolerance[way], form.indexed)
        if any(_follows(run, series, np.arange(len(y)) + first) for series, first in _runs(run, table)):
            return True
    return False


def _runs(form: _Form, table: Series) -> Iterator[tuple[Floats, int]]:
    """The series, and the places in them, where values lie between one another as those of the column do."""
    y, tolerance = form.values, form.tolerance
    apart = np.abs(y[2:] - y[:-2])
    key = int(np.argmax(apart / tolerance[1:-1]))
    if apart[key] <= 0.0:
        return
    between = (y - y[key]) / (y[key + 2] - y[key])
    error = 4.0 * (tolerance + tolerance[key] * (1.0 + np.abs(between))) / apart[key] + EXACT
    values, places = table.threes
    wanted, near = between[key + 1], error[key + 1]
    if near > LOOSE:
        return
    found = places[np.searchsorted(values, wanted - near) : np.searchsorted(values, wanted + near, side="right")]
    first, series = np.divmod(found, table.ordered.shape[1])
    first = first - key
    inside = (first >= 0) & (first + len(y) <= len(table.days))
    first, series = first[inside], series[inside]
    for row in range(0, len(y), max(len(y) // SAMPLE, 1)):
        base = table.ordered[first + key, series]
        with np.errstate(all="ignore"):
            same = (table.ordered[first + row, series] - base) / (table.ordered[first + key + 2, series] - base)
        kept = np.abs(same - between[row]) <= error[row]
        first, series = first[kept], series[kept]
    yield from (
        (table.ordered[:, each], int(at)) for at, each in zip(first[:MOST_RUNS], series[:MOST_RUNS], strict=True)
    )


def _follows(form: _Form, series: Floats, at: NDArray[np.int64]) -> bool:
    """Whether ``scale * series + shift`` is the form's values, as closely as they are written, more than by chance."""
    inside = (at >= 0) & (at < len(series))
    x = np.where(inside, series[np.clip(at, 0, len(series) - 1)], np.nan)
    there = np.isfinite(x) & np.isfinite(form.values) & np.isfinite(form.tolerance)
    if there.sum() < max(FEWEST, SHARE * len(there)):
        return False
    x, y = x[there], form.values[there]
    tolerance = _written(y, form.tolerance[there])
    fitted = _line(x, y)
    if fitted is None:
        return False
    scale, shift = fitted
    found = np.abs(y - scale * x - shift) <= 2.0 * tolerance
    if not _telling(y, tolerance, found):
        return False
    return not (form.indexed and _indexed(scale, shift, series, y[found], tolerance[found]))


def _written(y: Floats, tolerance: Floats) -> Floats:
    """How closely the values are written, no closer than floating point goes."""
    found: Floats = np.maximum(tolerance, EXACT * np.abs(y).max())
    return found


def _telling(y: Floats, tolerance: Floats, found: NDArray[np.bool_] | bool = True) -> bool:
    """Whether enough of the values found again tell a figure, and more of them than by chance."""
    variation = float(np.median(np.abs(y - np.median(y))))
    told = found & (tolerance <= ROUNDED * variation)
    if told.sum() < max(FEWEST, SHARE * len(y)):
        return False
    chance = np.clip(4.0 * tolerance[told] / _surprise(y), EXACT, 1.0)
    # Two values are used up by the line.
    return bool(np.sort(np.log(chance))[2:].sum() <= np.log(CHANCE))


def _line(x: Floats, y: Floats) -> tuple[float, float] | None:
    """The line through most of the points: least squares, again through the closer ones; ``None`` through no two."""
    kept = np.ones(len(x), dtype=bool)
    scale = shift = 0.0
    for part in (1.0, 0.8, 0.7, SHARE, SHARE, SHARE):
        gap = np.abs(y - scale * x - shift)
        last = int(part * (len(gap) - 1))
        kept = gap <= np.partition(gap, last)[last] if part < 1.0 else kept
        middle = x[kept].mean()
        spread = float(((x[kept] - middle) ** 2).sum())
        if spread <= 0.0:
            return None
        scale = float(((x[kept] - middle) * y[kept]).sum() / spread)
        shift = float(y[kept].mean() - scale * middle)
    return (scale, shift) if scale else None


def _surprise(y: Floats) -> float:
    """The usual size of what a value adds to the line through those before it: little where the column is smooth."""
    bends = np.abs(np.diff(y, 2)) if len(y) > FEWEST else np.abs(np.diff(y))
    return max(float(np.median(bends)), 1e-300)


def _indexed(scale: float, shift: float, series: Floats, y: Floats, tolerance: Floats) -> bool:
    """Whether the series is set to 1 or 100 on a day of its own (or to 0, as the change since), in no unit of its own.

    Whoever has the index needs a figure to get the others back; of a change of unit everybody knows the constant.
    """
    if _unit(scale):
        return False
    precision = max(float(np.median(tolerance)) / float(np.ptp(y)), EXACT)
    known = series[np.isfinite(series)]
    for base in BASES:
        if not (abs(shift) <= 3 * precision * base or abs(shift + base) <= 3 * precision * base):
            continue
        near = np.abs(scale * known / base - 1.0) <= 3 * precision
        # How many of its days would lie as close by chance.
        usual = float(np.std(known) / max(abs(float(np.mean(known))), 1e-300))
        telling = len(known) * 6 * precision / max(usual, EXACT) < 0.2
        shown = np.abs(y - (base if abs(shift) < base / 2 else 0.0)) <= tolerance
        if near.any() and (telling or shown.any()):
            return True
    return False


def _unit(scale: float) -> bool:
    """Whether a scale is a power of ten, as between units."""
    power = np.log10(abs(scale))
    return bool(abs(power - round(power)) < 1e-6)
