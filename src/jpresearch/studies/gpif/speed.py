"""The partial adjustment in figures, tables, metrics and words, with what the sample could have found."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.gpif.adjustment import Adjustment
from jpresearch.studies.gpif.behaviour import LEAST_QUARTERS, POWER
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.results import Metric, View

CAPTION: Final = "Partial adjustment: the part of a gap to target traded away within a quarter (lambda), and its checks"
SPEEDS: Final = tuple(round(0.02 * step, 2) for step in range(61))
ALL: Final = "all quarters"
RECENT: Final = "recent quarters"
GRID: Final = 60
MARGIN: Final = 0.04  # of the range of gaps, so that no point sits on the edge of the figure


def too_few(quarters: int) -> str:
    """Why there is no estimate."""
    return f"{say.counted(quarters, 'quarter')} with a flow and a gap, where {LEAST_QUARTERS} are the least"


def line(found: Findings) -> View | None:
    """Implied flow against the gap faced, with the fitted line and its band, for ``charts.lines``.

    ``quarters`` stand on rows of their own, so that they are drawn as dots.
    """
    fit = found.adjusted
    if fit is None:
        return None
    gaps = fit.pairs["gap"]
    spare = MARGIN * float(gaps.max() - gaps.min())
    grid = np.linspace(float(gaps.min()) - spare, float(gaps.max()) + spare, GRID)
    marks = gaps.sort_values().to_numpy()
    between = (marks[1:] + marks[:-1]) / 2
    places = pd.Index(np.unique(np.concatenate([grid, marks, between])), name="gap")
    frame = fit.line(places)
    points = pd.Series(fit.pairs["flow"].to_numpy(), index=gaps.to_numpy()).groupby(level=0).mean()
    frame = frame.assign(quarters=points.reindex(places))
    told = "fell with" if fit.low > 0 else "rose with" if fit.high < 0 else "shows no clear link to"
    title = f"Over {say.counted(fit.quarters, 'quarter')} GPIF's flow {told} the gap to target"
    alt = (
        f"{title}: lambda {say.number(fit.speed, 2)} ({say.interval(fit.low, fit.high, 2)}), R² "
        f"{say.number(fit.r_squared, 2)}. The flow at no gap is {say.signed(fit.steady, 2)} points of the reserve a "
        f"quarter ({say.interval(fit.steady_low, fit.steady_high, 2)})."
    )
    return View(frame, title, alt)


def readings(found: Findings) -> pd.DataFrame:
    """Lambda in every reading: ``estimate``, ``low``, ``high``, ``quarters``; empty where there is none."""
    rows: dict[str, tuple[float, float, float, int]] = {}
    if (fit := found.adjusted) is not None:
        n = fit.quarters
        rows["All quarters"] = (fit.speed, fit.low, fit.high, n)
        rows["Errors for changing variance"] = (fit.speed, fit.robust_low, fit.robust_high, n)
        rows["No steady flow"] = (fit.through_zero, fit.through_zero_low, fit.through_zero_high, n)
        rows["Bounds of the figures, no sampling error"] = (fit.speed, fit.figures_low, fit.figures_high, n)
        rows["Range with one quarter left out"] = (fit.speed, fit.without_one_low, fit.without_one_high, n)
    if (late := found.adjusted_recent) is not None:
        rows[f"Quarters since {say.month(found.recent_from)}"] = (late.speed, late.low, late.high, late.quarters)
    columns = ["estimate", "low", "high", "quarters"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("reading")


def readings_view(found: Findings) -> View | None:
    """``readings`` for ``charts.intervals``."""
    frame = readings(found)
    if frame.empty:
        return None
    above = int((frame["low"] > 0).sum())
    title = f"Lambda is above zero in {above} of {say.counted(len(frame), 'reading')}"
    sizes = [f"{name} {_sized(row)}" for name, row in frame.iterrows()]
    return View(frame[["estimate", "low", "high"]], title, f"{title}: {'; '.join(sizes)}.")


def _sized(row: pd.Series[float]) -> str:
    return f"{say.number(row['estimate'], 2)} ({say.span(row['low'], row['high'], 2)})"


def power_view(found: Findings) -> View | None:
    """The chance in percent that the sample finds each true lambda, for ``charts.lines``."""
    fits = _fits(found)
    if not fits:
        return None
    frame = pd.DataFrame({name: fit.chances(list(SPEEDS)) for name, fit in fits.items()}).rename_axis("lambda")
    found_at = [f"{say.number(fit.smallest, 2)} with {fit.quarters}" for fit in fits.values()]
    title = f"Found four times in five: lambda {found_at[0]} quarters"
    title += f", {found_at[1]} recent ones" if len(found_at) > 1 else ""
    alt = f"{title}. Chance that a two-sided t test at 5% finds a true lambda, from 0 to {SPEEDS[-1]:g}."
    return View(frame, title, alt)


def _fits(found: Findings) -> dict[str, Adjustment]:
    both = {ALL: found.adjusted, RECENT: found.adjusted_recent}
    return {name: fit for name, fit in both.items() if fit is not None}


def table(found: Findings) -> pd.DataFrame:
    """The estimates with their power; one row of words where there are none."""
    if not _fits(found):
        return pd.DataFrame({"sample": ["none"], "why": [too_few(len(found.usable))]})
    rows = {name: _table_row(fit) for name, fit in _fits(found).items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sample")


def _table_row(fit: Adjustment) -> dict[str, object]:
    days = [f"{day:%Y-%m-%d}" for day in (fit.pairs.index[0], fit.pairs.index[-1])]
    numbers = {
        "lambda": fit.speed,
        "95% low": fit.low,
        "95% high": fit.high,
        "p": fit.p_value,
        "figures allow, low": fit.figures_low,
        "figures allow, high": fit.figures_high,
        "steady flow, points a quarter": fit.steady,
        "steady, low": fit.steady_low,
        "steady, high": fit.steady_high,
        "R²": fit.r_squared,
        f"found with {POWER:.0%} chance": fit.smallest,
        "error's part of the gap's variance, at most": fit.error_part,
    }
    return {"first": days[0], "last": days[1], "quarters": fit.quarters} | {
        name: round(value, 3) for name, value in numbers.items()
    }


def metrics(found: Findings) -> list[Metric]:
    """Lambda, its sample, and the smallest lambda that the sample could find."""
    fit, late = found.adjusted, found.adjusted_recent
    count = Metric("adjustment_quarters", len(found.usable), "quarters")
    unit = "points traded per point of gap"
    made = [count]
    recent = int((found.usable.index > found.recent_from).sum())
    for name, each, known in (("lambda", fit, len(found.usable)), ("lambda_recent", late, recent)):
        if each is None:
            made += [Metric.missing(item, too_few(known)) for item in (name, f"{name}_found_80pct")]
        else:
            made.append(Metric.rounded(name, each.speed, unit, each.low, each.high))
            made.append(Metric.rounded(f"{name}_found_80pct", each.smallest, "smallest lambda found 4 times in 5"))
    return made


def sentence(found: Findings) -> str:
    """How fast gaps are traded away, in yen, and whether the bounds of the figures alone allow none."""
    fit, late = found.adjusted, found.adjusted_recent
    if fit is None:
        return f"Partial adjustment: not estimated, with {too_few(len(found.usable))}."
    text = f"Partial adjustment: per quarter implied flows undid {_undone(fit, True)} of "
    text += f"the gap over {fit.quarters} quarters"
    if late is not None:
        text += f" and {_undone(late)} over the {late.quarters} since {say.month(found.recent_from)}"
    ends = say.bounds(100 * fit.figures_low, 100 * fit.figures_high, 0)
    return f"{text}; the figures' bounds alone leave {ends}% open."


def _undone(fit: Adjustment, first: bool = False) -> str:
    ends = say.span(100 * fit.low, 100 * fit.high, 0)
    what = "95% interval " if first else ""
    return f"{say.percent(100 * fit.speed)} ({what}{ends}%{say.covering(fit.low, fit.high)})"


def power_sentence(found: Findings) -> str:
    """What the sample could have found, and what rounding does to the estimate."""
    fit, late = found.adjusted, found.adjusted_recent
    if fit is None:
        return ""
    text = f"A true speed of {say.percent(100 * fit.smallest)} would be found four times in five with {fit.quarters} "
    text += "quarters"
    if late is not None:
        text += f", one of {say.percent(100 * late.smallest)} with the {late.quarters} recent ones"
    shift = abs(fit.speed - fit.corrected)
    matters = "moves the estimate little" if shift < fit.std_error / 4 else f"can move the estimate by {shift:.2f}"
    part = say.percent(100 * fit.error_part, 1)
    return f"{text}; slower ones are often missed. Rounding, at most {part} of the gap's variance, {matters}."
