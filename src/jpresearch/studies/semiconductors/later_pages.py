"""Tables and metrics of later returns, persistence and the growth asked, with a reason in each gap."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies.phrasing import counted, day, number, span
from jpresearch.studies.results import Metric
from jpresearch.studies.semiconductors.evidence import Evidence
from jpresearch.studies.semiconductors.half_lives import BASKET
from jpresearch.studies.semiconductors.inputs import title
from jpresearch.studies.semiconductors.later import HORIZONS, OWN_PAST, READINGS, RELATIVE
from jpresearch.studies.semiconductors.one_series import CLARK_WEST, HODRICK

PANEL_CAPTION: Final = (
    "The panel over the names: log return relative to TOPIX per standard deviation of dearness, by reading and months "
    "ahead; how many windows fit side by side, and what the rows are worth in independent observations"
)
BASKET_CAPTION: Final = (
    "The basket as one series: log return relative to TOPIX per standard deviation of dearness, by method and months "
    "ahead (IVX: a month; out of sample: R2 in percent)"
)
LIVES_CAPTION: Final = "Half-lives of the earnings yield, median-unbiased, with 90% intervals"
GROWTH_CAPTION: Final = "Growth of earnings for ten years that each price asks for, over the grid of discount rates"
UNBOUNDED: Final = "no upper bound"


def panel_page(evidence: Evidence) -> pd.DataFrame:
    """The panel by reading and horizon."""
    frame = evidence.panel.reset_index()
    return pd.DataFrame(
        {
            "dearness": frame["reading"],
            "measured as": frame["reading"].map(READINGS),
            "months ahead": frame["horizon"],
            "estimate (log x100)": frame["estimate"].round(1),
            "low": frame["low"].round(1),
            "high": frame["high"].round(1),
            "p": frame["p_value"].round(3),
            "p, backward sums": frame["backward_p"].round(3),
            "name-months": frame["rows"],
            "months": frame["months"],
            "windows side by side": frame["windows"].round(1),
            "independent, about": frame["independent"].round(0),
            "lags": frame["lags"],
            "remark": frame["remark"],
        }
    )


def basket_page(evidence: Evidence) -> pd.DataFrame:
    """The one series by method and horizon."""
    frame = evidence.basket.tests.reset_index()
    family = [
        evidence.basket.family_p.get(horizon, np.nan) if way == HODRICK else np.nan
        for way, horizon in zip(frame["way"], frame["horizon"], strict=True)
    ]
    return pd.DataFrame(
        {
            "method": frame["way"],
            "months ahead": frame["horizon"],
            "estimate": frame["estimate"].round(1),
            "low": frame["low"].round(1),
            "high": frame["high"].round(1),
            "p": frame["p_value"].round(3),
            "p, Romano-Wolf": np.round(family, 3),
            "windows": frame["months"],
            "side by side": frame["windows"].round(1),
            "remark": frame["remark"],
        }
    )


def lives_page(evidence: Evidence) -> pd.DataFrame:
    """The half-lives by name; what has no bound says so."""
    frame = evidence.lives
    return pd.DataFrame(
        {
            "code": frame.index,
            "name": [_owner(str(code)) for code in frame.index],
            "left after a month": frame["coefficient"].round(3),
            "low": frame["low"].round(3),
            "high": frame["high"].round(3),
            "half-life (months)": [bounded(value) for value in frame["months"]],
            "at least": [bounded(value) for value in frame["months_low"]],
            "at most": [bounded(value) for value in frame["months_high"]],
            "months": frame["observations"],
            "p, one lag is enough": frame["whiteness"].round(3),
            "remark": frame["remark"],
        }
    ).reset_index(drop=True)


def growth_page(evidence: Evidence) -> pd.DataFrame:
    """The growth asked by name, most first."""
    frame = evidence.growth.names
    return pd.DataFrame(
        {
            "code": frame.index,
            "name": [title(str(code)) for code in frame.index],
            "price / trailing earnings (x)": frame["multiple"].round(1),
            "growth asked, middle of the grid (% a year)": frame["growth"].round(1),
            "least in the grid": frame["low"].round(1),
            "most in the grid": frame["high"].round(1),
            "remark": frame["remark"],
        }
    ).reset_index(drop=True)


def bounded(months: float) -> str:
    """A half-life in words: ``8.3``, ``no upper bound``, or nothing where there is no estimate."""
    if np.isnan(months):
        return ""
    return number(months) if np.isfinite(months) else UNBOUNDED


def _owner(code: str) -> str:
    return "Median of the names" if code == BASKET else title(code)


def later_metrics(evidence: Evidence) -> list[Metric]:
    """Slopes with their intervals by horizon, what they rest on, half-life and growth asked; or why there is none."""
    asked = evidence.growth
    slopes = [_slope(evidence, reading, horizon) for reading in (OWN_PAST, RELATIVE, HODRICK) for horizon in HORIZONS]
    rate = (
        Metric.rounded("jgb_10y_pct", asked.rate, "%")
        if asked.rate_day is not None
        else Metric.missing("jgb_10y_pct", "the yield is not in the table")
    )
    return [
        *slopes,
        _independent(evidence),
        *(_forecast(evidence, horizon) for horizon in HORIZONS),
        _detectable(evidence),
        Metric("tests_made", len(evidence.tests), "tests"),
        Metric("tests_holding", evidence.holding, "tests"),
        _half_life(evidence),
        Metric("half_lives_without_bound", unbounded(evidence), "names"),
        rate,
        Metric.rounded("growth_asked_pct", asked.middle, "% a year", asked.low, asked.high),
    ]


def unbounded(evidence: Evidence) -> int:
    """How many names have a half-life that may be infinite."""
    return int(np.isinf(evidence.lives.drop(BASKET)["months_high"]).sum())


_NAMES: Final = {OWN_PAST: "later_own_past", RELATIVE: "later_relative", HODRICK: "later_basket"}


def _slope(evidence: Evidence, reading: str, horizon: int) -> Metric:
    name = f"{_NAMES[reading]}_{horizon}m"
    row = evidence.row(reading, horizon)
    if row["remark"]:
        return Metric.missing(name, row["remark"])
    return Metric.rounded(name, row["estimate"], "log points per standard deviation", row["low"], row["high"])


def _independent(evidence: Evidence) -> Metric:
    name = "later_independent_observations"
    horizon = evidence.longest(RELATIVE)
    if horizon is None:
        return Metric.missing(name, "no horizon has an estimate")
    return Metric.rounded(name, evidence.row(RELATIVE, horizon)["independent"], "observations")


def _forecast(evidence: Evidence, horizon: int) -> Metric:
    name, row = f"out_of_sample_r2_{horizon}m", evidence.row(CLARK_WEST, horizon)
    return Metric.missing(name, row["remark"]) if row["remark"] else Metric.rounded(name, row["estimate"], "%")


def _detectable(evidence: Evidence) -> Metric:
    found = evidence.detectable()
    name = "smallest_effect_found"
    if found is None:
        return Metric.missing(name, "no horizon has an estimate")
    return Metric.rounded(name, found[1], f"log points per standard deviation over {counted(found[0], 'month')}")


def _half_life(evidence: Evidence) -> Metric:
    """A number only where both ends have a bound; else words."""
    row = evidence.life(BASKET)
    ends = [float(row[name]) for name in ("months", "months_low", "months_high")]
    if row["remark"]:
        return Metric.missing("half_life_months", row["remark"])
    if np.isfinite(ends).all():
        return Metric.rounded("half_life_months", ends[0], "months", ends[1], ends[2])
    if not np.isfinite(ends[1]):
        return Metric("half_life_months", UNBOUNDED)
    middle = f"{number(ends[0])}, " if np.isfinite(ends[0]) else ""
    return Metric("half_life_months", f"{middle}at least {number(ends[1])} months, {UNBOUNDED}")


def rate_words(evidence: Evidence) -> str:
    """The discount rate behind the growth asked, in words."""
    asked = evidence.growth
    if asked.rate_day is None:
        return "at costs of equity set by hand, for want of a government bond yield"
    return f"at a ten-year JGB yield of {number(asked.rate, 2)}% on {day(asked.rate_day)}"


def grid_words(evidence: Evidence) -> str:
    """The range of the grid: ``14 to 29%``."""
    return f"{span(evidence.growth.low, evidence.growth.high, 0)}%"
