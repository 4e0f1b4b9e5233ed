"""What banks and chips move with: yields and the SOX, week by week."""

from __future__ import annotations

from typing import Final

import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.regression.rolling import RollingOLS

from jpresearch.datasets.alignment import before_session
from jpresearch.errors import InsufficientData
from jpresearch.stats.regression import Regression, newey_west
from jpresearch.studies.rotation.inputs import BANKS, ELECTRIC, Inputs, Settings

FEWEST_WEEKS: Final = 104
WORDS: Final = {
    "yield": "10-year JGB yield, +10 bp",
    "slope": "10-year less 2-year yield, +10 bp",
    "yen": "Dollar, +1%",
    "sox": "SOX, +1%",
    "sp500": "S&P 500, +1%",
}
OLDEST_DAYS: Final = 4


def driver_changes(inputs: Inputs, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """Weekly changes of what may drive sectors, on Tokyo's clock.

    ``yield`` and ``slope`` in steps of 10 bp (JGB yields of the last session), ``yen`` (percent change of yen per
    dollar), ``sox`` and ``sp500`` (percent; the last New York close before the Tokyo close, so of the day before).
    A series that does not exist yet gives no column.
    """
    found = {}
    levels = {name: _on(series, weeks, name) for name, series in inputs.factors.items()}
    if {"jgb2y", "jgb10y"} <= set(levels):
        found["yield"] = levels["jgb10y"].diff() * 10
        found["slope"] = (levels["jgb10y"] - levels["jgb2y"]).diff() * 10
    for name, series in (("yen", "usdjpy"), ("sox", "sox"), ("sp500", "sp500")):
        if series in levels:
            found[name] = (levels[series] / levels[series].shift() - 1) * 100
    return pd.DataFrame(found, index=weeks)


def _on(series: pd.Series[float], weeks: pd.DatetimeIndex, name: str) -> pd.Series[float]:
    """The last value in force at each Tokyo close: a yield of that day, at most four days old, or New York's last."""
    if not name.startswith("jgb"):
        return before_session(series, weeks)
    return series.dropna().reindex(weeks, method="ffill", tolerance=pd.Timedelta(days=OLDEST_DAYS))


def relation(inputs: Inputs, code: str, names: tuple[str, ...], settings: Settings) -> Regression:
    """The sector's weekly return less TOPIX's on weekly changes, errors by Newey and West; points per unit.

    Raises
    ------
    InsufficientData : fewer than 104 weeks, or a driver that does not exist yet.
    """
    moves = inputs.weekly_moves
    changes = driver_changes(inputs, pd.DatetimeIndex(moves.index))
    if not set(names) <= set(changes.columns):
        raise InsufficientData("a driver was not public yet", f"relation of {code}", "Choose a later as_of.")
    rows = changes[list(names)].assign(relative=moves[code] - moves["topix"]).dropna()
    if len(rows) < FEWEST_WEEKS:
        what = f"{len(rows)} weeks are too few; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, f"relation of {code}", "Choose a later as_of or an earlier start.")
    return newey_west(rows["relative"], rows[list(names)], confidence=settings.confidence)


def banks_on_yields(inputs: Inputs, settings: Settings) -> Regression:
    """Banks less TOPIX on the 10-year yield and the slope of the curve."""
    return relation(inputs, BANKS, ("yield", "slope"), settings)


def electric_on_sox(inputs: Inputs, settings: Settings) -> Regression | None:
    """Electric appliances less TOPIX on SOX, the S&P 500 and the yen; ``None`` while SOX (from 2020) is too short."""
    try:
        return relation(inputs, ELECTRIC, ("sox", "sp500", "yen"), settings)
    except InsufficientData:
        return None


def shown(fits: dict[str, Regression | None]) -> pd.DataFrame:
    """Coefficients for a figure, by sector and driver: ``estimate``, ``low``, ``high``."""
    rows = []
    for sector, fit in fits.items():
        if fit is not None:
            table = fit.table().drop(index="const")[["estimate", "low", "high"]]
            rows.append(table.set_axis([f"{sector}: {WORDS[str(name)]}" for name in table.index]))
    return pd.concat(rows)


def rolling_yield_slope(inputs: Inputs, settings: Settings) -> pd.DataFrame:
    """Banks less TOPIX per +10 bp of the 10-year yield over the ``beta_weeks`` before each week.

    ``slope``, ``low``, ``high`` in points; HC0 errors, each window its own. Looks back only.
    """
    moves = inputs.weekly_moves
    changes = driver_changes(inputs, pd.DatetimeIndex(moves.index))
    rows = pd.DataFrame({"relative": moves[BANKS] - moves["topix"], "yield": changes["yield"]}).dropna()
    if len(rows) <= settings.beta_weeks:
        raise InsufficientData(f"{len(rows)} weeks do not fill a window", "banks and yields", "Shorten beta_weeks.")
    fit = RollingOLS(rows["relative"], sm.add_constant(rows[["yield"]]), window=settings.beta_weeks).fit(cov_type="HC0")
    slope, half = fit.params["yield"], fit.bse["yield"] * stats.norm.ppf(0.5 + settings.confidence / 2)
    return pd.DataFrame({"slope": slope, "low": slope - half, "high": slope + half}).dropna()


def relative_paths(inputs: Inputs, codes: tuple[str, ...], sessions: int) -> pd.DataFrame:
    """Sector over TOPIX, 100 at the start of the newest ``sessions`` sessions; a missing close stays missing."""
    ratio = inputs.funds[list(codes)].div(inputs.topix, axis=0).tail(sessions)
    return ratio / ratio.bfill().iloc[0] * 100
