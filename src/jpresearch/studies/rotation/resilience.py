"""How sectors held in a window, beyond what their beta to TOPIX accounts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import InsufficientData
from jpresearch.studies.rotation.inputs import SECTORS, Inputs, Settings, Span

SESSIONS_A_WEEK: Final = 5.0
FEWEST_WEEKS: Final = 26


@dataclass(frozen=True)
class Betas:
    """By code: the slope on TOPIX and the spread of what it leaves (percent a week), over ``weeks`` weeks.

    ``lever`` is the standard error of beta.
    """

    beta: pd.Series[float]
    spread: pd.Series[float]
    lever: pd.Series[float]
    weeks: int


def betas(moves: pd.DataFrame, before: pd.Timestamp, settings: Settings) -> Betas:
    """Betas over the ``beta_weeks`` weeks that ended by ``before``: nothing of the window itself enters.

    Raises
    ------
    InsufficientData : fewer than 26 such weeks for every fund.
    """
    past = moves.loc[:before].tail(settings.beta_weeks)
    found = {code: _beta(past[[code, "topix"]].dropna()) for code in past.columns if code in SECTORS}
    known = {code: row for code, row in found.items() if row is not None}
    if not known:
        what = f"fewer than {FEWEST_WEEKS} weeks before {before.date()}"
        raise InsufficientData(what, "betas of sectors", "Choose a later window or an earlier start.")
    frame = pd.DataFrame(known, index=["beta", "spread", "lever"]).T
    return Betas(frame["beta"], frame["spread"], frame["lever"], len(past))


def _beta(rows: pd.DataFrame) -> tuple[float, float, float] | None:
    if len(rows) < FEWEST_WEEKS:
        return None
    fit = stats.linregress(rows["topix"], rows.iloc[:, 0])
    left = rows.iloc[:, 0] - fit.intercept - fit.slope * rows["topix"]
    return float(fit.slope), float(np.sqrt((left**2).sum() / (len(rows) - 2))), float(fit.stderr)


def moved(inputs: Inputs, span: Span) -> pd.Series[float]:
    """Percent change over the span: codes and ``topix``; missing where a close of either end is."""
    ends = inputs.levels.reindex([span.first, span.last])
    return (ends.iloc[1] / ends.iloc[0] - 1) * 100


def excess(inputs: Inputs, span: Span, settings: Settings) -> pd.DataFrame:
    """What each sector did beyond its beta in the window, and what it usually does over as many sessions.

    Returns
    -------
    Frame by code: ``moved`` (percent), ``against_topix`` (points), ``beta``, ``estimate`` (the move less beta times
    TOPIX's), ``low`` and ``high`` (estimate less and plus what chance gives a window of this length: weekly residual
    spread times the root of its weeks, and the error of beta; quantiles of t), ``p_value``. Funds without a close at
    an end are left out.
    """
    sessions = int(inputs.topix.loc[span.first : span.last].notna().sum()) - 1
    change = moved(inputs, span)
    found = betas(inputs.weekly_moves, span.first, settings)
    market = float(change["topix"])
    rows = pd.DataFrame({"moved": change.drop("topix"), "beta": found.beta}).dropna()
    rows["against_topix"] = rows["moved"] - market
    rows["estimate"] = rows["moved"] - rows["beta"] * market
    noise = found.spread**2 * max(sessions, 1) / SESSIONS_A_WEEK + (found.lever * market) ** 2
    error = noise.pow(0.5).reindex(rows.index)
    law = stats.t(found.weeks - 2)
    half = error * law.ppf(0.5 + settings.confidence / 2)
    rows["low"], rows["high"] = rows["estimate"] - half, rows["estimate"] + half
    rows["p_value"] = 2 * law.sf((rows["estimate"] / error).abs())
    return rows.rename_axis("code")
