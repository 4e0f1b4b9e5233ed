"""How much of a dollar investor's risk was the yen, and how much of it a hedge would have taken away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.regression.rolling import RollingOLS

from jpresearch.errors import InsufficientData
from jpresearch.stats.regression import Regression, newey_west
from jpresearch.studies.currency.inputs import Settings

WEEKS_A_YEAR = 52


@dataclass(frozen=True)
class Hedge:
    """The share of the holding whose hedge makes the dollar return vary least, over one span of weeks.

    ``fit`` is the regression of the TOPIX return on the yen's; ``ratio`` is 1 + its slope: 1 is a full hedge, 0 none.
    """

    fit: Regression
    ratio: float
    low: float
    high: float


def least_variance(weeks: pd.DataFrame, settings: Settings) -> Hedge:
    """The hedge ratio over all weeks, errors by Newey and West.

    A holder of yen shares earns r + f in dollars (r the index in yen, f the yen); hedging a share h leaves
    r + (1 - h) f, least variable at h = 1 + cov(r, f) / var(f).
    """
    moves = weeks[["topix_pct", "yen_pct"]].dropna()
    fit = newey_west(moves["topix_pct"], moves["yen_pct"].rename("yen"), confidence=settings.confidence)
    slope = fit.estimate("yen")
    return Hedge(fit, 1 + slope.value, 1 + slope.low, 1 + slope.high)


def rolling_ratio(weeks: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The hedge ratio of the ``window_weeks`` weeks up to each week: ``ratio``, ``low``, ``high``.

    Looks back only; intervals allow for changing variance (HC0), each for its own window: neighbours share most of
    their weeks. Raises ``InsufficientData`` with fewer weeks than one window.
    """
    moves = weeks[["topix_pct", "yen_pct"]].dropna()
    if len(moves) <= settings.window_weeks:
        what = f"{len(moves)} weeks do not fill a window of {settings.window_weeks}"
        raise InsufficientData(what, "hedge ratio", "Choose a shorter window_weeks.")
    model = RollingOLS(moves["topix_pct"], sm.add_constant(moves["yen_pct"]), window=settings.window_weeks)
    fitted = model.fit(cov_type="HC0", params_only=False)
    slope, error = fitted.params["yen_pct"], fitted.bse["yen_pct"]
    half = error * stats.norm.ppf(0.5 + settings.confidence / 2)
    frame = pd.DataFrame({"ratio": 1 + slope, "low": 1 + slope - half, "high": 1 + slope + half})
    return frame.dropna()


def variance_split(weeks: pd.DataFrame) -> pd.DataFrame:
    """The variance of the dollar return in its parts, over all weeks and the newest 52.

    Rows ``all weeks``, ``newest 52 weeks``; columns in percent squared a week: ``topix``, ``yen``, ``together`` (twice
    the covariance), ``dollars`` (their sum), and ``correlation``, ``volatility_yen_pct``, ``volatility_dollars_pct``
    (a year, percent).
    """
    moves = weeks[["topix_pct", "yen_pct"]].dropna()
    spans = {"all weeks": moves, f"newest {WEEKS_A_YEAR} weeks": moves.tail(WEEKS_A_YEAR)}
    return pd.DataFrame({name: _split(part) for name, part in spans.items()}).T.rename_axis("span")


def _split(moves: pd.DataFrame) -> dict[str, float]:
    spread = np.cov(moves.to_numpy(), rowvar=False)
    topix, yen, together = float(spread[0, 0]), float(spread[1, 1]), 2 * float(spread[0, 1])
    year = np.sqrt(WEEKS_A_YEAR)
    return {
        "topix": topix,
        "yen": yen,
        "together": together,
        "dollars": topix + yen + together,
        "correlation": together / 2 / np.sqrt(topix * yen),
        "volatility_yen_pct": np.sqrt(topix) * year,
        "volatility_dollars_pct": np.sqrt(max(topix + yen + together, 0.0)) * year,
    }
