"""Foreigners' purchases against what they had earned: the index in yen, the yen, and the market at home.

Hau and Rey (Review of Financial Studies 19, 2006) expect investors whose holdings abroad have outrun those at home to
sell some of them. The same week and the weeks before are kept apart; neither separates cause from common news.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.errors import InsufficientData
from jpresearch.stats.regression import Regression, newey_west
from jpresearch.studies.currency.inputs import Settings

MOVES: Final = {"topix_pct": "TOPIX in yen", "yen_pct": "Yen against the dollar", "sp500_pct": "S&P 500"}
RELATIVE: Final = "relative_pct"
FEWEST_WEEKS: Final = 104
SHOWN_YEARS: Final = 12
FEWEST_A_YEAR: Final = 30


def matched(flows: pd.Series[float], weeks: pd.DataFrame) -> pd.DataFrame:
    """Flow (JPY bn) and moves (percent) of the same survey week, on every week of ``weeks``; missing stays missing.

    ``relative_pct`` is the dollar return of TOPIX less that of the S&P 500.
    """
    frame = weeks[[*MOVES, "dollar_pct"]].copy()
    frame[RELATIVE] = frame["dollar_pct"] - frame["sp500_pct"]
    return frame.assign(flow=flows.reindex(frame.index))


def same_week(table: pd.DataFrame, settings: Settings) -> Regression:
    """Flow on the three moves of its own week. JPY bn per percent. An association, no more."""
    return _fitted(table["flow"], table[list(MOVES)].rename(columns=MOVES), settings)


def weeks_before(table: pd.DataFrame, settings: Settings) -> Regression:
    """Flow on the mean weekly move of the ``lags`` weeks before, and on its own ``lags`` earlier values.

    JPY bn per percent a week over those weeks; coefficients named as ``MOVES`` and ``flow_1`` ...
    """
    earlier = table[list(MOVES)].shift().rolling(settings.lags).mean().rename(columns=MOVES)
    return _fitted(table["flow"], earlier.join(_own_past(table, settings)), settings)


def relative(table: pd.DataFrame, settings: Settings) -> Regression:
    """Flow on how far TOPIX in dollars had outrun the S&P 500 over the ``lags`` weeks before (coefficient ``ahead``).

    With the flow's own past; a negative coefficient is what Hau and Rey expect.
    """
    earlier = table[RELATIVE].shift().rolling(settings.lags).mean().rename("ahead").to_frame()
    return _fitted(table["flow"], earlier.join(_own_past(table, settings)), settings)


def by_year(table: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Same-week slope of flow on the yen alone, year by year: ``estimate``, ``low``, ``high`` (JPY bn per percent).

    The newest ``SHOWN_YEARS`` years with at least ``FEWEST_A_YEAR`` weeks.
    """
    known = table[["flow", "yen_pct"]].dropna()
    rows = {}
    for year, part in known.groupby(pd.DatetimeIndex(known.index).year):
        if len(part) >= FEWEST_A_YEAR:
            found = newey_west(part["flow"], part["yen_pct"], confidence=settings.confidence).estimate("yen_pct")
            rows[str(year)] = {"estimate": found.value, "low": found.low, "high": found.high}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("year").tail(SHOWN_YEARS)


def shown(fit: Regression) -> pd.DataFrame:
    """The coefficients of the three moves for a figure: ``estimate``, ``low``, ``high``."""
    return fit.table().loc[list(MOVES.values()), ["estimate", "low", "high"]]


def _own_past(table: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    return pd.DataFrame({f"flow_{lag}": table["flow"].shift(lag) for lag in range(1, settings.lags + 1)})


def _fitted(flow: pd.Series[float], x: pd.DataFrame, settings: Settings) -> Regression:
    rows = x.assign(flow=flow).dropna()
    if len(rows) < FEWEST_WEEKS:
        what = f"{len(rows)} weeks with flows and returns are too few; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, "flows against returns", "Choose an earlier start or a later as_of.")
    return newey_west(rows["flow"], rows.drop(columns="flow"), confidence=settings.confidence)
