"""The study's tables as readers see them: names, rounded figures, and a reason in each gap."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jpresearch.studies.semiconductors.summary import Summary
from jpresearch.studies.semiconductors.valuation import Valuation
from jpresearch.studies.semiconductors.words import title


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
            "through": _days(frame["through"]),
            "disclosed": _days(frame["filed"]),
            "price / guided earnings (x)": frame["guided_pe"].round(1),
            "year guided": _days(frame["target"]),
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
            "from": _days(frame["first"]),
            "to": _days(frame["last"]),
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
            "last close": _days(names["close_day"]),
            "close, days old": _age(names["close_day"], valuation.latest),
            "results through": _days(names["through"]),
            "results disclosed": _days(names["filed"]),
            "results, days old": _age(names["filed"], valuation.latest),
            "guidance": names["guided_yield"].notna().map({True: "yes", False: "none"}),
            "remark": names["state"],
        }
    ).reset_index(drop=True)


def _titles(frame: pd.DataFrame) -> list[str]:
    return [title(str(code)) for code in frame.index]


def _days(moments: pd.Series[Any]) -> pd.Series[Any]:
    days: pd.Series[Any] = moments.dt.strftime("%Y-%m-%d")
    return days


def _age(moments: pd.Series[Any], latest: pd.Timestamp) -> pd.Series[Any]:
    ages: pd.Series[Any] = (latest - moments).dt.days
    return ages
