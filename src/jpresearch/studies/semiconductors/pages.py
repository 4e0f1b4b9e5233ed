"""The study's tables as readers see them, with a reason in each gap, and the metrics that it hands on."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.studies.results import Metric
from jpresearch.studies.semiconductors.inputs import title
from jpresearch.studies.semiconductors.summary import Spread, Summary
from jpresearch.studies.semiconductors.valuation import LEAST_NAMES, Valuation

FRESHNESS_CAPTION: Final = "How old each name's price and results are, and whether guidance stands"
RALLY_CAPTION: Final = "The move of each name, as earnings and re-rating"
READINGS_CAPTION: Final = "The earnings share under other defensible readings"


def names_page(summary: Summary) -> pd.DataFrame:
    """The newest valuation of each name, dearest against its own past first."""
    frame = summary.names.sort_values("percentile", ascending=False, na_position="last")
    return pd.DataFrame(
        {
            "code": frame.index,
            "name": _titles(frame),
            "price / trailing earnings (x)": frame["trailing_pe"].round(1),
            "trailing earnings yield (%)": frame["trailing_yield"].round(2),
            "trailing earnings": frame["kind"].where(frame["trailing_yield"].notna()),
            "through": frame["through"],
            "disclosed": frame["filed"],
            "price / guided earnings (x)": frame["guided_pe"].round(1),
            "year guided": frame["target"],
            "own-past percentile": frame["percentile"].round(0),
            "robust z": frame["z"].round(1),
            "months": frame["months"],
            "remark": frame["state"],
        }
    ).reset_index(drop=True)


def rally_page(summary: Summary) -> pd.DataFrame:
    """The move of each name and its parts, largest first."""
    frame = summary.moves
    return pd.DataFrame(
        {
            "code": frame.index,
            "name": _titles(frame),
            "price change (%)": frame["return_pct"].round(1),
            "log price change (x100)": frame["price"].round(1),
            "of which trailing earnings": frame["earnings"].round(1),
            "of which re-rating": frame["multiple"].round(1),
            "earnings share (%)": frame["earnings_share"].round(0),
            "guided earnings (log x100)": frame["guided_earnings"].round(1),
            "no split because": frame["undefined"],
            "no guided split because": frame["guided_undefined"],
        }
    ).reset_index(drop=True)


def readings_page(summary: Summary) -> pd.DataFrame:
    """The earnings share of the move under each reading."""
    frame = summary.other.reset_index()
    return pd.DataFrame(
        {
            "reading": frame["reading"],
            "from": frame["first"],
            "to": frame["last"],
            "names": frame["names"],
            "log price change (x100)": frame["price"].round(1),
            "earnings share (%)": frame["earnings_share"].round(0),
        }
    ).reset_index(drop=True)


def freshness_page(summary: Summary, valuation: Valuation) -> pd.DataFrame:
    """How old each name's newest close, results and guidance are, in days on the newest session."""
    names = summary.names
    return pd.DataFrame(
        {
            "code": names.index,
            "name": _titles(names),
            "last close": names["close_day"],
            "close, days old": _age(names["close_day"], valuation.latest),
            "results through": names["through"],
            "results disclosed": names["filed"],
            "results, days old": _age(names["filed"], valuation.latest),
            "guidance": names["guided_yield"].notna().map({True: "yes", False: "none"}),
            "remark": names["state"],
        }
    ).reset_index(drop=True)


def _titles(frame: pd.DataFrame) -> list[str]:
    return [title(str(code)) for code in frame.index]


def _age(moments: pd.Series[Any], latest: pd.Timestamp) -> pd.Series[Any]:
    ages: pd.Series[Any] = (latest - moments).dt.days
    return ages


def metrics(summary: Summary) -> list[Metric]:
    """The figures to publish by name; what cannot be given is a text that says why."""
    result = summary.rally
    one_out = result.trailing.leave_one_out().dropna()
    months = f"fewer than {LEAST_NAMES} names have {summary.min_months} months of history"
    few = f"fewer than {LEAST_NAMES} names give guidance per share, or they guide to losses"
    no_split = "no name has profits at both ends, or the price moved too little"
    dear = Metric("names_above_80th_percentile", len(summary.dear), "names")
    return [
        Metric("latest_close", summary.latest.date()),
        _spread("basket_trailing_pe", summary.trailing, "x", "the median name makes a loss"),
        Metric("names_with_trailing_pe", summary.trailing.count, "names"),
        Metric("names_making_losses", int((summary.names["trailing_yield"] <= 0.0).sum()), "names"),
        _spread("basket_guided_pe", summary.guided, "x", few),
        Metric("names_with_guided_pe", summary.guided.count, "names"),
        _known("basket_aggregate_pe", summary.aggregate, "x", "joint profits are not positive"),
        _spread("basket_percentile", summary.percentile, "percentile", months),
        dear if summary.percentile.count else Metric.missing(dear.name, months),
        Metric("names_with_percentile", summary.percentile.count, "names"),
        Metric.rounded("basket_drawdown_pct", summary.basket_loss, "%"),
        Metric("rally_start", result.first.date()),
        Metric("rally_end", result.last.date()),
        Metric.rounded("rally_return_pct", result.basket, "%"),
        Metric.rounded("relative_to_topix_pct", result.relative, "%"),
        _known("rally_earnings_share_pct", result.share(), "%", no_split, one_out.min(), one_out.max()),
        _known("rally_guided_earnings_share_pct", result.guided_share(), "%", no_split),
        Metric("rally_names_split", len(result.trailing.parts), "names"),
    ]


def _spread(name: str, spread: Spread, unit: str, otherwise: str) -> Metric:
    return _known(name, spread.middle, unit, otherwise, spread.low, spread.high)


def _known(name: str, value: float, unit: str, otherwise: str, low: float = np.nan, high: float = np.nan) -> Metric:
    """A figure with its interval where both ends are known and hold it; else the reason why there is none."""
    if not np.isfinite(value):
        return Metric.missing(name, otherwise)
    return Metric.rounded(name, value, unit, low, high) if low <= value <= high else Metric.rounded(name, value, unit)
