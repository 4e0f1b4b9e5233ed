"""The newest survey weeks by class of investor, each class beside its own past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from jpresearch.studies.dashboard.measures import CLASSES, Measure
from jpresearch.studies.weekly import week_ends

SPREAD_WEEKS: Final = 52
FEWEST_SPREAD_WEEKS: Final = 26


def in_own_spreads(past: pd.DataFrame) -> pd.Series[float]:
    """Net purchases in standard deviations of the 52 weeks before each; missing with fewer than 26 of them known."""
    ends = week_ends(past.index.min(), past.index.max())
    net = past["value"].reindex(ends)
    return net / net.shift().rolling(SPREAD_WEEKS, min_periods=FEWEST_SPREAD_WEEKS).std()


def strip(flows: Mapping[str, Measure], weeks: int) -> pd.DataFrame:
    """The newest ``weeks`` survey weeks: classes x week ends, net purchases in each class's own spreads.

    A class that is known in none of them is left out; empty where there are no flows.
    """
    if not flows:
        return pd.DataFrame()
    last = max(measure.history.index.max() for measure in flows.values())
    ends = week_ends(last - pd.Timedelta(weeks=weeks + 3), last)[-weeks:]
    rows = {name: in_own_spreads(flows[name].history).reindex(ends) for name in CLASSES if name in flows}
    return pd.DataFrame(rows).T.dropna(how="all")


def newest_week(flows: Mapping[str, Measure]) -> pd.DataFrame:
    """The newest survey week in JPY bn by class, with ``low``, ``q25``, ``median``, ``q75``, ``high`` of its own past.

    A class that is not known for that week, or for fewer weeks than its measure asks for, is left out.
    """
    columns = ["low", "q25", "median", "q75", "high", "now"]
    if not flows:
        return pd.DataFrame(columns=columns)
    last = max(measure.history.index.max() for measure in flows.values())
    rows = {}
    for name in CLASSES:
        past = flows[name].history["value"] if name in flows else pd.Series(dtype="float64")
        if last in past.index and len(past) >= flows[name].fewest:
            rows[name] = [*past.quantile([0, 0.25, 0.5, 0.75, 1]), past[last]]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("investor")
