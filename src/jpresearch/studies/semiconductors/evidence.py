"""All that the study estimates of later returns, persistence and the growth asked, in one place, with its tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.studies.phrasing import counted
from jpresearch.studies.semiconductors.growth import PREMIUMS, GrowthAsked, growth_asked
from jpresearch.studies.semiconductors.half_lives import half_lives
from jpresearch.studies.semiconductors.inputs import Inputs, title
from jpresearch.studies.semiconductors.later import (
    HORIZONS,
    OWN_PAST,
    READINGS,
    RELATIVE,
    Sample,
    panel_estimates,
    sample_of,
)
from jpresearch.studies.semiconductors.one_series import (
    BRITTEN_JONES,
    CLARK_WEST,
    HODRICK,
    IVX,
    SIDE_BY_SIDE,
    OneSeries,
    forecast_record,
    one_series,
)
from jpresearch.studies.semiconductors.summary import Summary
from jpresearch.studies.semiconductors.valuation import YIELD_UNIT, OwnPast, Valuation
from jpresearch.studies.testing import Test, adjusted

LATER_UNIT: Final = "log return over TOPIX x100, per standard deviation of dearness; 95% intervals"
AVERAGE_UNIT: Final = "average monthly log return over TOPIX x100; 95% intervals"
RECORD_UNIT: Final = "running gain over the mean so far, % of its squared errors"
POINTS: Final = "log points"
POWER: Final = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))
"""A true effect must be this many standard errors for a 5 % test to find it four times in five."""


@dataclass(frozen=True)
class Evidence:
    """What was estimated, and the list of tests made.

    Attributes
    ----------
    panel : as ``panel_estimates``. basket : as ``one_series``. lives : as ``half_lives``. growth : as ``growth_asked``.
    averages : by name, the average monthly return relative to TOPIX whatever its valuation, with its interval.
    tests : every test made on later returns.
    """

    sample: Sample
    panel: pd.DataFrame
    basket: OneSeries
    lives: pd.DataFrame
    growth: GrowthAsked
    averages: pd.DataFrame
    tests: list[Test]

    @property
    def holding(self) -> int:
        """Tests that hold at 5 % once all are counted."""
        return int((adjusted(self.tests).tests["q_value"] <= 0.05).sum()) if self.tests else 0

    def row(self, reading: str, horizon: int) -> dict[str, Any]:
        """A panel reading, or a way of ``one_series``, at one horizon."""
        frame = self.panel if reading in READINGS else self.basket.tests
        found: dict[Any, Any] = frame.to_dict("index")
        return dict(found[reading, horizon])

    def longest(self, reading: str) -> int | None:
        """The longest horizon at which a panel reading, or a way of ``one_series``, has an estimate."""
        known = [horizon for horizon in HORIZONS if not self.row(reading, horizon)["remark"]]
        return known[-1] if known else None

    def life(self, code: str) -> dict[str, Any]:
        """The half-life of a name, or of ``BASKET``."""
        found: dict[Any, Any] = self.lives.to_dict("index")
        return dict(found[code])

    def detectable(self) -> tuple[int, float] | None:
        """The longest horizon with Hodrick's errors, and the effect that its test would find four times in five."""
        horizon = self.longest(HODRICK)
        if horizon is None:
            return None
        row = self.row(HODRICK, horizon)
        error = (row["high"] - row["low"]) / 2.0 / float(stats.t.ppf(0.975, row["months"] - 2))
        return horizon, POWER * float(error)


def gather(
    inputs: Inputs, valuation: Valuation, past: OwnPast, summary: Summary, premiums: Sequence[float] = PREMIUMS
) -> Evidence:
    """Run the estimates; parameters and errors as those of ``growth_asked``. What has too few months says so."""
    sample = sample_of(valuation, past, inputs)
    panel, basket = panel_estimates(sample), one_series(sample)
    return Evidence(
        sample=sample,
        panel=panel,
        basket=basket,
        lives=half_lives(valuation),
        growth=growth_asked(summary, inputs, premiums),
        averages=average_returns(inputs),
        tests=[*_panel_tests(panel), *_basket_tests(basket)],
    )


def _panel_tests(panel: pd.DataFrame) -> list[Test]:
    found: list[Test] = []
    for row in panel.dropna(subset=["p_value"]).reset_index().to_dict("records"):
        name = f"panel, {row['reading']}, {counted(row['horizon'], 'month')}"
        found.append(Test(name, row["estimate"], POINTS, row["p_value"]))
        if row["horizon"] > 1 and np.isfinite(row["backward_p"]):
            found.append(Test(f"{name}, backward sums", None, "t of the sums", row["backward_p"]))
    return found


def _basket_tests(basket: OneSeries) -> list[Test]:
    units = {CLARK_WEST: "% out-of-sample R2", IVX: f"{POINTS} a month"}
    found: list[Test] = []
    for row in basket.tests.dropna(subset=["p_value"]).reset_index().to_dict("records"):
        way, horizon = row["way"], row["horizon"]
        if horizon == 1 and way in (BRITTEN_JONES, SIDE_BY_SIDE):
            continue  # without overlap these are one test
        family = basket.family_p.get(horizon) if way == HODRICK else None
        name = f"basket, {way}, {counted(horizon, 'month')}"
        found.append(Test(name, row["estimate"], units.get(way, POINTS), row["p_value"], family))
    return found


def average_returns(inputs: Inputs) -> pd.DataFrame:
    """Each name's average monthly log return relative to TOPIX, times 100: ``estimate``, ``low``, ``high`` (t, 95 %).

    Names with two months or more, by name; the yardstick of noise against which any effect of valuation stands.
    """
    topix = inputs.topix.reindex(inputs.close.index, method="ffill")
    months = pd.DatetimeIndex(inputs.close.index).to_period("M")
    level = 100.0 * pd.DataFrame(np.log(inputs.close.div(topix, axis=0)))
    monthly = level[~months.duplicated(keep="last")].diff()
    count = monthly.count()
    kept = monthly.loc[:, count >= 2]
    half = kept.std() / np.sqrt(kept.count()) * stats.t.ppf(0.975, kept.count() - 1)
    frame = pd.DataFrame({"estimate": kept.mean(), "low": kept.mean() - half, "high": kept.mean() + half})
    return frame.rename(index=title).sort_values("estimate", ascending=False)


def later_figure(evidence: Evidence) -> tuple[pd.DataFrame, str]:
    """The slopes to draw by horizon and reading, and their unit; the plain averages where there is no slope yet."""
    words = {OWN_PAST: OWN_PAST, RELATIVE: RELATIVE, HODRICK: "basket as one series"}
    rows = {
        f"{counted(horizon, 'month')}: {words[reading]}": evidence.row(reading, horizon)
        for horizon in HORIZONS
        for reading in words
    }
    frame = pd.DataFrame.from_dict(rows, orient="index")[["estimate", "low", "high"]].astype("float64")
    if frame["estimate"].notna().any():
        return frame, LATER_UNIT
    return evidence.averages, AVERAGE_UNIT


def record_figure(evidence: Evidence, lines: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The running gain of forecasts by horizon, and its unit; the basket's yields of ``lines`` where none is judged."""
    if evidence.basket.records:
        return forecast_record(evidence.basket), RECORD_UNIT
    return lines[["trailing"]], YIELD_UNIT
