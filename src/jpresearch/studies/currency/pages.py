"""The study's tables in a reader's words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies.currency.findings import Findings
from jpresearch.studies.currency.inputs import AFTER, BEFORE
from jpresearch.studies.currency.steps import Steps
from jpresearch.studies.results import rounded

YEARS_CAPTION: Final = "TOPIX without dividends by calendar year: in yen, the yen's change, both together, in dollars"
CLOCKS_CAPTION: Final = "The same year in dollars by two New York noons: after and before the Tokyo close of each week"
VARIANCE_CAPTION: Final = "Weekly dollar returns: variance in its parts (percent squared), and volatility a year"
STEPS_CAPTION: Final = "The Bank of Japan's steps, and the change of TOPIX and of the yen from the close before"


def years_table(found: Findings) -> pd.DataFrame:
    """Percent by year."""
    words = {"topix": "in yen, %", "usdjpy": "yen, %", "cross": "both together, %", "dollars": "in dollars, %"}
    return rounded(found.years.rename(columns=words), 1)


def clocks_table(found: Findings) -> pd.DataFrame:
    """Percent in dollars by year on both clocks."""
    words = {AFTER: "noon after the close, %", BEFORE: "noon before the close, %", "difference": "difference, points"}
    return rounded(found.clocks.rename(columns=words), 2)


def variance_table(found: Findings) -> pd.DataFrame:
    """The split of the variance."""
    words = {
        "topix": "index in yen",
        "yen": "yen",
        "together": "twice the covariance",
        "dollars": "dollar return",
        "volatility_yen_pct": "volatility in yen, %",
        "volatility_dollars_pct": "volatility in dollars, %",
    }
    return rounded(found.variance.rename(columns=words), 2)


def steps_table(found: Steps) -> pd.DataFrame:
    """One row per decision: the rate, and the changes on the day and ten sessions later."""
    frame = pd.DataFrame({"policy rate, %": found.decisions})
    frame.index = pd.Index([f"{day:%Y-%m-%d}" for day in found.decisions.index], name="announced")
    for name, words in (("topix", "TOPIX"), ("yen", "yen")):
        lines = found.courses[name].T
        frame[f"{words} on the day, %"] = lines[1].reindex(frame.index)
        frame[f"{words} to 10 sessions later, %"] = lines.iloc[:, -1].reindex(frame.index)
    return rounded(frame, 2)
