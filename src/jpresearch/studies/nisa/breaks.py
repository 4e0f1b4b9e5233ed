"""An interrupted time series at the date, in several readings, beside dates at which nothing happened.

The step is measured within a structural time series (a level that wanders; months with their season). Readings set
apart what would flatter or hide it: the half-year before the date, in which savers who knew the rules may have waited;
the first quarter after it, when the new allowance was used at once; the first quarter of every year; and the week's
TOPIX return, against which individuals trade. The forecast from before the date gives prediction intervals. Placebo
dates say how large a step comes up when nothing happened, and the same date of other years does so season for season.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.counterfactual import ForecastGap, forecast_gap
from jpresearch.stats.interrupted import interrupted, segmented
from jpresearch.stats.placebo import PlaceboDates, placebo_dates
from jpresearch.studies.nisa.series import Flow
from jpresearch.studies.weekly import SECTIONS, WHOLE, net_by_class

ALONE: Final = "The step alone"
WAITED: Final = "Half-year before set apart"
RUSHED: Final = "First quarter after set apart"
SEASONAL: Final = "January to March of each year set apart"
MARKET: Final = "TOPIX's weekly return taken out"
LINES: Final = "Two lines, Newey-West errors"
QUARTER: Final = pd.DateOffset(months=3)
HALF_YEAR: Final = pd.DateOffset(months=6)
# At the same date of each year: weeks on either side, and how many of them must be known.
TURN_WEEKS: Final = 13
TURN_KNOWN: Final = 11
YEAR_WEEKS: Final = 52
YEAR_KNOWN: Final = 45


@dataclass(frozen=True)
class Break:
    """What changed in one series at the date.

    ``readings`` is indexed by reading: ``estimate``, ``low``, ``high``, JPY bn a week, and ``p_value``; ``gap`` the
    first year less its forecast; ``placebo`` the step beside those of earlier dates, ``None`` where there are too few.
    """

    flow: Flow
    date: pd.Timestamp
    readings: pd.DataFrame
    gap: ForecastGap
    placebo: PlaceboDates | None

    @property
    def total(self) -> tuple[float, float, float]:
        """Sum over the first year (or what there is of it) less its forecast, with its prediction interval, JPY tn."""
        end = self.gap.path.iloc[-1]
        weeks = 1.0 if self.flow.unit == "week" else 365.25 / 7 / 12
        value, low, high = (float(end[name]) * weeks / 1000 for name in ("total", "total_low", "total_high"))
        return value, low, high

    @property
    def whole_year(self) -> bool:
        """Whether a whole year follows the date."""
        return len(self.gap.path) == self.flow.year


def measure(flow: Flow, date: pd.Timestamp, after: int) -> Break | None:
    """Every reading of the step at the date; ``None`` where the series is too short on a side or does not fit.

    ``after`` is how many weeks from each date on the placebo comparison uses (months: the same time, whole months).
    """
    if flow.lacks(date):
        return None
    periods = after if flow.unit == "week" else max(1, round(after * 12 / 52))
    year = flow.net.iloc[: flow.sides(date)[0] + flow.year]
    try:
        gap = forecast_gap(year, date, structure=flow.structure)
    except StatsError:
        return None
    readings = _readings(flow, date)
    return Break(flow, date, readings, gap, _placebo(flow, date, periods)) if ALONE in readings.index else None


def _placebo(flow: Flow, date: pd.Timestamp, periods: int) -> PlaceboDates | None:
    after = min(periods, flow.sides(date)[1])
    try:
        return placebo_dates(flow.net, date, after=after, structure=flow.structure)
    except StatsError:
        return None


def _readings(flow: Flow, date: pd.Timestamp) -> pd.DataFrame:
    rows: dict[str, list[float]] = {}
    for name, controls in _controls(flow, date).items():
        row = _step(flow, date, controls)
        if row is not None:
            rows[name] = row
    line = _two_lines(flow, date)
    if line is not None:
        rows[LINES] = line
    columns = ["estimate", "low", "high", "p_value"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("reading")


def _controls(flow: Flow, date: pd.Timestamp) -> dict[str, pd.DataFrame | None]:
    """What each reading sets apart, as columns of 0 and 1 beside the series."""
    days = pd.DatetimeIndex(flow.net.index)
    made: dict[str, pd.DataFrame | None] = {
        ALONE: None,
        WAITED: _marked(days, (days >= date - HALF_YEAR) & (days < date), "waited"),
        RUSHED: _marked(days, (days >= date) & (days < date + QUARTER), "rushed"),
    }
    if flow.unit == "week":
        made[SEASONAL] = _marked(days, np.asarray(days.quarter == 1), "season")
    if flow.topix is not None:
        made[MARKET] = flow.topix.to_frame("topix")
    return made


def _marked(days: pd.DatetimeIndex, which: np.ndarray, name: str) -> pd.DataFrame:
    return pd.DataFrame({name: which.astype(float)}, index=days)


def _step(flow: Flow, date: pd.Timestamp, controls: pd.DataFrame | None) -> list[float] | None:
    """Estimate, ends and p-value of the step; periods that lack a control are left out."""
    values = flow.net
    if controls is not None:
        controls = controls.dropna()
        values = values.reindex(controls.index)
    try:
        fit = interrupted(values, date, controls, structure=flow.structure)
    except StatsError:
        return None
    table = fit.table()
    freedom = len(values) - flow.structure.diffuse - len(table)
    estimate, error, low, high = (float(table[name]["step"]) for name in ("estimate", "std_error", "low", "high"))
    return [estimate, low, high, 2 * float(stats.t.sf(abs(estimate / error), freedom))]


def _two_lines(flow: Flow, date: pd.Timestamp) -> list[float] | None:
    season = 12 if flow.unit == "month" else None
    try:
        fit = segmented(flow.net, date, season=season, harmonics=2)
    except StatsError:
        return None
    step = fit.estimate("step")
    return [step.value, step.low, step.high, float(fit.p_values["step"])]


@dataclass(frozen=True)
class Turns:
    """The change at the same date of every year, whose season is the same.

    ``years`` is indexed by year: ``change`` (mean of the weeks after less that of the weeks before, JPY bn a week),
    ``t`` (over the weeks' own scatter) and ``record``. ``p_value`` is (1 + other years with as large a t) / (1 + other
    years) and cannot be small with few years.
    """

    years: pd.DataFrame
    at: int
    p_value: float
    weeks: int

    @property
    def others(self) -> int:
        """How many other years there are."""
        return len(self.years) - 1

    @property
    def rank(self) -> int:
        """Where the year of the date stands by absolute t, 1 being the largest."""
        return 1 + int((self.years["t"].abs() > abs(self.years["t"][self.at])).sum())


def turns(
    flows: pd.DataFrame, label: str, date: pd.Timestamp, *, weeks: int = TURN_WEEKS, known: int = TURN_KNOWN
) -> Turns | None:
    """The change of one class's net purchases at the date and at the same date of other years.

    Differences are taken within one record only: Tokyo and Nagoya together, or three Tokyo sections. ``None`` where the
    year of the date is not measured, or fewer than four others are.
    """
    rows: dict[int, tuple[float, float, str]] = {}
    for record in (SECTIONS, WHOLE):
        net = net_by_class(flows, record, [label])[label].dropna()
        for year in sorted(set(pd.DatetimeIndex(net.index).year)):
            row = _turn(net, date + pd.DateOffset(years=int(year) - date.year), weeks, known)
            if row is not None:
                rows[int(year)] = (*row, record)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["change", "t", "record"]).rename_axis("year")
    if date.year not in table.index or len(table) < 5:
        return None
    sizes = table["t"].abs()
    beaten = int((sizes.drop(date.year) >= sizes[date.year]).sum())
    return Turns(table.sort_index(), date.year, (1 + beaten) / len(table), weeks)


def _turn(net: pd.Series[float], date: pd.Timestamp, weeks: int, known: int) -> tuple[float, float] | None:
    span = pd.Timedelta(weeks=weeks)
    before = net[(net.index >= date - span) & (net.index < date)]
    after = net[(net.index >= date) & (net.index < date + span)]
    if min(len(before), len(after)) < known:
        return None
    test = stats.ttest_ind(after, before, equal_var=False)
    return float(after.mean() - before.mean()), float(test.statistic)
