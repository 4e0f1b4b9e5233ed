"""Drift without trading, the pull of target and band, and the proxy: figures, tables, metrics and words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.gpif.captions import asset_words, trade
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.gpif.proxy import FORECASTS_FROM
from jpresearch.studies.gpif.shares import JAPANESE_SHARES
from jpresearch.studies.results import Metric, View, rounded

PRESSURE_CAPTION: Final = "What target and band would take, by class, on the newest published shares"
RUNS_CAPTION: Final = "Where the share would have drifted without trading, in each run of neighbouring usable quarters"
PROXY_CAPTION: Final = "Trust banks' flow on the drift that a pension fund faces (trust banks are not GPIF)"
PRESSURE_COLUMNS: Final = {
    "day": "share of",
    "share": "share, %",
    "target": "target, %",
    "gap": "gap, points",
    "to_target": "to target, JPY tn",
    "band_low": "band low, %",
    "band_high": "band high, %",
    "to_edge": "to the band's edge, JPY tn",
    "to_edge_wide": "to the edge, wide reading, JPY tn",
    "fall_to_edge": "move against the rest to the low edge, %",
    "rise_to_edge": "move to the high edge, %",
}


def untouched(found: Findings) -> View | None:
    """The newest run of neighbouring quarters: the published share and the untouched one, for ``charts.lines``."""
    if not found.runs:
        return None
    path = found.runs[-1]
    first, last = path.index[0], path.index[-1]
    end = path.iloc[-1]
    title = f"Untouched since {say.month(first)} the share would have been {say.percent(end['untouched'], 1)}"
    alt = (
        f"{title} on {say.day(last)} (bounds {say.bounds(end['untouched_low'], end['untouched_high'], 1)}%), where "
        f"{say.percent(end['share'], 2)} was published: trades moved {asset_words(found.asset)} by "
        f"{say.signed(float(end['share'] - end['untouched']), 1)} points over {say.counted(len(path) - 1, 'quarter')}."
    )
    return View(path, title, alt)


def runs_table(found: Findings) -> pd.DataFrame:
    """Each run of neighbouring quarters, oldest first."""
    rows = [
        {
            "from": f"{path.index[0]:%Y-%m-%d}",
            "to": f"{path.index[-1]:%Y-%m-%d}",
            "quarters": len(path) - 1,
            "share at the start, %": path["share"].iloc[0],
            "without trading, %": path["untouched"].iloc[-1],
            "at least": path["untouched_low"].iloc[-1],
            "at most": path["untouched_high"].iloc[-1],
            "published, %": path["share"].iloc[-1],
            "traded, points": path["share"].iloc[-1] - path["untouched"].iloc[-1],
        }
        for path in found.runs
    ]
    return rounded(pd.DataFrame(rows), 2) if rows else pd.DataFrame({"run": ["none: no quarter has all figures"]})


def pressure_table(found: Findings) -> pd.DataFrame:
    """What each class's share asks for, in a reader's words."""
    frame = found.pressure.assign(day=[f"{day:%Y-%m-%d}" for day in found.pressure["day"]])
    frame = rounded(frame.rename(columns=PRESSURE_COLUMNS), 2)
    return frame.rename(index=lambda name: asset_words(str(name)).capitalize())


def metrics(found: Findings) -> list[Metric]:
    """Trades to the band's edge (low and high from the two readings of the band), and the proxy's R²."""
    return [_edge(found), *_proxy(found)]


def _edge(found: Findings) -> Metric:
    name = "to_band_edge_jpy_tn"
    if found.asset not in found.pressure.index:
        return Metric.missing(name, "no share of the reserve with a policy mix in force")
    narrow, wide = (float(found.pressure[key][found.asset]) for key in ("to_edge", "to_edge_wide"))
    if pd.isna(narrow) or pd.isna(wide):
        return Metric.missing(name, "no band or no total is known")
    return Metric.bounded(name, narrow, "JPY tn, narrow reading of the band", *sorted((narrow, wide)))


def _proxy(found: Findings) -> list[Metric]:
    parts = {
        "trust_bank_on_gap_r2": found.banks_on_gap,
        "trust_bank_weekly_r2": found.banks_next_week,
        "trust_bank_forecast_r2": found.banks_forecast,
    }
    why = "too few quarters or weeks" if found.asset == JAPANESE_SHARES else "trust banks' flow is in Japanese shares"
    unit = "share of variance"
    return [
        Metric.missing(name, why) if fit is None else Metric.rounded(name, fit.r_squared, unit)
        for name, fit in parts.items()
    ]


def proxy_table(found: Findings) -> pd.DataFrame:
    """The proxy's regressions; one row of words where there is none."""
    window = say.counted(found.window, "week")
    made = {
        "Quarter: points of the reserve per point of GPIF's gap": found.banks_on_gap,
        f"Next week: JPY bn per 1% of TOPIX over {window}": found.banks_next_week,
    }
    rows = {
        name: {
            "slope": fit.slope.value,
            "95% low": fit.slope.low,
            "95% high": fit.slope.high,
            "p": fit.p_value,
            "R²": fit.r_squared,
            "typical error, unit of the flow": fit.error,
            "observations": fit.observations,
        }
        for name, fit in made.items()
        if fit is not None
    }
    if not rows:
        return pd.DataFrame({"regression": ["none: too few quarters and weeks"]})
    return rounded(pd.DataFrame.from_dict(rows, orient="index"), 3).rename_axis("regression")


def proxy_sentence(found: Findings) -> str:
    """How much of trust banks' flow the drift explains, in sample and in forecasts; empty where nothing is known."""
    week, ahead, quarter = found.banks_next_week, found.banks_forecast, found.banks_on_gap
    parts = []
    if quarter is not None:
        parts.append(f"{_r2(quarter.r_squared)} by quarter on GPIF's gap ({quarter.observations})")
    if week is not None:
        parts.append(f"{_r2(week.r_squared)} for the next week on TOPIX's last {say.counted(found.window, 'week')}")
    if ahead is not None:
        parts.append(f"{_r2(ahead.r_squared)} in forecasts made since {FORECASTS_FROM.year}")
    if not parts:
        return ""
    return f"Drift explains part of trust banks' flow: R² of {say.listed(parts)}. Trust banks are not GPIF."


def _r2(value: float) -> str:
    return say.number(value, 2)


def needed(found: Findings) -> str:
    """What returning to target would take, and how far the band's edges are; empty without a share."""
    now = found.standing
    if now is None:
        return ""
    if now.to_target is None:
        return "What returning to target would take in yen is not available: no total was published for that day."
    value, bounds = now.to_target
    ends = say.yen_range(*(say.BN_PER_TN * end for end in (bounds.low, bounds.high)))
    how = "on the published total" if now.total_published else "reserve not published"
    return f"Returning to target would take {trade(value)} (bounds {ends}, {how}){_edges(found)}."


def _edges(found: Findings) -> str:
    row = found.pressure.loc[found.asset]
    if pd.isna(row["to_edge"]):
        return ""
    if row["to_edge"] != 0:
        return f"; the band's edge alone, {trade(row['to_edge'])}"
    fall, rise = (say.percent(abs(float(row[key]))) for key in ("fall_to_edge", "rise_to_edge"))
    return f"; the narrow band leaves room for a fall of {fall} or a rise of {rise} against the rest"
