"""What the index does in the session after the figures come out.

JPX publishes a week's flows on the fourth business day of the week after, at 15:30: when the session is over (until
November 2024 half an hour after the close, since then at it). The first prices that can know them are the next
session's. By then the week's own prices are a week old; a market that learnt anything from the figures would move with
the part of the flow that those prices did not tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jpresearch.calendars import next_business_day
from jpresearch.datasets.alignment import before_session
from jpresearch.errors import StatsError
from jpresearch.stats.covariance import HC
from jpresearch.stats.regression import Regression, least_squares
from jpresearch.studies.foreign_flows.inputs import Inputs, Settings
from jpresearch.studies.foreign_flows.system import BP, System


def unannounced(system: System, lags: int) -> pd.Series:
    """The part of a week's flow that the week's index change, the markets abroad, and the past of all do not explain.

    Fitted to all weeks of the system: it describes, it could not have been traded.

    Raises ``StatsError`` where there are too few weeks.
    """
    frame = system.frame
    known = frame.drop(columns="flow")
    past = [frame.shift(lag).add_prefix(f"L{lag}.") for lag in range(1, lags + 1)]
    fit = least_squares(frame["flow"], pd.concat([known, *past], axis=1), covariance=HC())
    return fit.residuals.rename("surprise")


def next_session(inputs: Inputs, published: pd.Series) -> pd.DataFrame:
    """TOPIX (log change, bp) from the close of the day of publication to that of the next session, by survey week.

    Columns ``topix`` and, where it is known, ``sp500`` over the New York session in between; indexed as ``published``.
    """
    days = pd.DatetimeIndex(published.dt.tz_localize(None)).normalize()
    after = next_business_day(days)
    closes = inputs.market[inputs.market["series"] == "topix"].set_index("period_end")["value"]
    change = np.log(closes.reindex(after).to_numpy()) - np.log(closes.reindex(days).to_numpy())
    frame = pd.DataFrame({"topix": change * BP}, index=published.index)
    abroad = inputs.market[inputs.market["series"] == "sp500"].set_index("period_end")["value"].sort_index()
    if len(abroad):
        levels = [before_session(abroad, at).to_numpy() for at in (after, days)]
        frame["sp500"] = (np.log(levels[0]) - np.log(levels[1])) * BP
    return frame


@dataclass(frozen=True)
class Announcement:
    """The regression of ``announcement`` and the surprises behind it (JPY 100bn, indexed by survey week)."""

    fit: Regression
    surprise: pd.Series


def announcement(
    inputs: Inputs, weeks: pd.DataFrame, system: System, lags: int, settings: Settings
) -> Announcement | None:
    """The next session's TOPIX (bp) on the unannounced part of flow (JPY 100bn): the slope is ``surprise``.

    The S&P 500's move of the night between is held fixed where it is known. ``None`` where there are too few weeks.
    """
    try:
        surprise = unannounced(system, lags)
        after = next_session(inputs, weeks["published_at"].reindex(surprise.index))
        table = pd.concat([surprise, after], axis=1).dropna()
        explained = table.drop(columns="topix")
        fit = least_squares(table["topix"], explained, covariance=HC(), confidence=settings.confidence)
    except StatsError:
        return None
    return Announcement(fit, table["surprise"])
