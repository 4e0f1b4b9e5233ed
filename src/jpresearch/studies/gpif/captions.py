"""The figures of the notebook: the frame of each, a title that states the finding, and the finding in full.

A figure without data is ``None``; the takeaways say why.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.gpif.behaviour import (
    AT_START,
    FACED,
    FACED_RECENT,
    LAST_TOPIX,
    OWN_RETURN,
    SHARE_TRADED,
    on_reserve,
)
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.gpif.flows import PUBLISHED, timing_readings
from jpresearch.studies.gpif.shares import JAPANESE_SHARES
from jpresearch.studies.phrasing import BN_PER_TN
from jpresearch.studies.results import View

SHORT: Final = {
    FACED: "Gap without trading, pp",
    FACED_RECENT: "The same, recent quarters",
    AT_START: "Gap at the start, pp",
    OWN_RETURN: "The class's return, %",
    LAST_TOPIX: "TOPIX the quarter before, %",
}


def asset_words(asset: str) -> str:
    """``domestic_equities`` as words."""
    return asset.replace("_", " ")


def trade(trillions: float) -> str:
    """A flow in JPY tn: ``net sales of JPY 2.04 trillion``."""
    return say.net_trade(BN_PER_TN * trillions)


def reach(low: float, high: float) -> str:
    """The bounds of a flow in JPY tn."""
    return say.yen_range(BN_PER_TN * low, BN_PER_TN * high)


def share_path(found: Findings) -> View:
    """The share against target and the narrow reading of the band, for ``charts.step_bands``."""
    name, now = asset_words(found.asset), found.standing
    frame = found.path[["value", "target", "low", "high"]]
    if now is None:
        title = f"{name.capitalize()}: no mix in force"
        return View(found.path, title, f"The share of {name} has no policy mix beside it.")
    side = "below" if now.gap < 0 else "above"
    share, day = say.percent(now.share, 2), say.day(now.day)
    title = f"{name.capitalize()}: {share} on {day}, {say.points(abs(now.gap))} {side} target"
    known, holes = frame["value"].dropna(), int(frame["value"].isna().sum())
    band = "No band is known."
    if now.narrow == now.wide:
        band = f"The band is {now.wide[0]:g} to {now.wide[1]:g}%."
    elif pd.notna(now.wide[0]):
        band = f"Drawn is the narrow reading of the band ({now.narrow[0]:g} to {now.narrow[1]:g}%); "
        band += f"the wide one is {now.wide[0]:g} to {now.wide[1]:g}%."
    alt = (
        f"The share of {name} in the pension reserve moved between {say.percent(known.min(), 1)} and "
        f"{say.percent(known.max(), 1)} and was {share} on {day}, against a target of {now.target:g}%. {band} "
        f"Quarter-ends without a published share stay gaps: {holes}."
    )
    return View(frame, title, alt)


def class_gaps(found: Findings) -> View:
    """Share less target of the four classes, for ``charts.panels``."""
    known = found.gaps.dropna(how="all").iloc[-1]
    day, known = say.day(pd.Timestamp(str(known.name))), known.dropna()
    far = str(known.abs().idxmax())
    side = "below" if known[far] < 0 else "above"
    title = f"On {day} {asset_words(far)} stood furthest from target: {say.points(abs(known[far]))} {side}"
    parts = [f"{asset_words(str(name))} {say.signed(value, 2)}" for name, value in known.items()]
    alt = f"Share less target in percentage points on {day}: {', '.join(parts)}. Quarters without shares are gaps."
    return View(found.gaps, title, alt)


def totals_apart(found: Findings) -> View | None:
    """What lies between the two totals where both are known, for ``charts.intervals``."""
    if found.totals.empty:
        return None
    columns = {"difference": "estimate", "difference_low": "low", "difference_high": "high"}
    frame = found.totals[list(columns)].rename(columns=columns)
    ends = f"{say.yen_tn(frame['estimate'].min())} to {say.yen_tn(frame['estimate'].max())}"
    title = f"The whole reserve exceeds GPIF's assets by {ends} where both are known"
    days = say.listed([say.day(day) for day in frame.index])
    return View(frame, title, f"{title}: on {say.counted(len(frame), 'quarter-end')}, {days}.")


def flow_by_quarter(found: Findings) -> View | None:
    """Implied flow of each usable quarter, newest on top, for ``charts.intervals``."""
    flows = on_reserve(found.flows).iloc[::-1]
    total = found.buyers
    if flows.empty or total is None:
        return None
    open_ = total.quarters - total.certain_bought - total.certain_sold
    title = f"Of {say.counted(total.quarters, 'quarter')} {total.certain_bought} were net purchases for certain, "
    title += f"{total.certain_sold} net sales, {open_} are open"
    newest, anyhow = flows.iloc[0], int(((flows["unlimited_low"] > 0) | (flows["unlimited_high"] < 0)).sum())
    alt = (
        f"Implied flow into {asset_words(found.asset)} by quarter with its bounds. The newest, "
        f"{say.quarter(flows.index[0])}, is {trade(newest['estimate'])} (bounds {reach(newest['low'], newest['high'])}"
        f"{_without_reserve(found)}). Were the special account free to change by anything within its cap, {anyhow} "
        "would be certain."
    )
    return View(flows[["estimate", "low", "high"]], title, alt)


def _without_reserve(found: Findings) -> str:
    """What GPIF's own assets alone would have told of the newest quarter, where the reserve was published."""
    row, other = found.latest, on_reserve(found.flows_alone)
    if row is None or row["totals"] != PUBLISHED or row.name not in other.index:
        return ""
    ends = [float(other[side][pd.Timestamp(str(row.name))]) for side in ("low", "high")]
    return f", or {reach(*ends)} without the published reserve"


def latest_quarter(found: Findings) -> View | None:
    """The change of the holding in the newest usable quarter as market and trades, for ``charts.waterfall``."""
    row = found.latest
    if row is None:
        return None
    value, result = float(row["estimate"]), float(row["market_result"])
    parts = pd.Series({"Market result": result, "Trades (implied flow)": value}, name="jpy_tn").to_frame()
    verb = "gave" if result > 0 else "took"
    quarter = say.quarter(pd.Timestamp(str(row.name)))
    title = f"{quarter}: the market {verb} {say.yen_tn(result)}, trades were {trade(value)}"
    when = say.listed([f"{say.number(flow, 2)} at the {name}" for name, flow in timing_readings(row).items()])
    alt = (
        f"{title}; the holding went from {say.yen_tn(row['start_value'])} to {say.yen_tn(row['end_value'])}. The flow "
        f"in JPY tn, were all of it traded at one point of the quarter: {when}."
    )
    return View(parts.rename_axis("part"), title, alt)


def traded_against_gap(found: Findings) -> View | None:
    """The share traded against the gap it would have had without trading, for ``charts.scatter``."""
    pairs = found.quarters[["faced", "active"]].dropna().set_axis(["x", "y"], axis=1)
    if pairs.empty:
        return None
    row, day = found.slope(SHARE_TRADED, FACED), pairs.index[-1]
    quarters, fit = say.counted(len(pairs), "quarter"), None
    if pd.isna(row["estimate"]):
        title = f"Share traded and gap to target: {quarters}, too few for a slope"
    else:
        told = "the share was traded against its gap to target"
        told = told if row["high"] < 0 else "trades and the gap to target show no clear link"
        title = f"Over {quarters} {told}"
        fit = (float(row["estimate"]), float(pairs["y"].mean() - row["estimate"] * pairs["x"].mean()))
    gap, traded = (say.signed(float(pairs.loc[day, axis]), 2) for axis in ("x", "y"))
    alt = (
        f"{title}. In the newest, {say.quarter(day)}, the gap without trades would have been {gap} points and trades "
        f"moved the share by {traded}."
    )
    return View(pairs, title, alt, fit=fit, annotate={day: say.month(day)})


def slopes(found: Findings) -> View | None:
    """Slopes of the share traded, for ``charts.intervals``."""
    table = found.associations[found.associations.index.get_level_values("trades") == SHARE_TRADED]
    known = table.droplevel("trades").dropna(subset=["estimate"])
    if known.empty:
        return None
    frame = known[["estimate", "low", "high"]].rename(index=SHORT)
    faced, recent = found.slope(SHARE_TRADED, FACED), found.slope(SHARE_TRADED, FACED_RECENT)
    clear = int(((frame["low"] > 0) | (frame["high"] < 0)).sum())
    title = f"{clear} of {say.counted(len(frame), 'slope')} can be told from zero"
    if faced["high"] < 0:
        title = f"Per point of gap trades undid {say.points(-faced['estimate'])} over all quarters"
        title += f", {say.number(-recent['estimate'], 2)} in recent ones" if recent["high"] < 0 else ""
    sizes = [
        f"{name} {say.signed(row['estimate'], 2)} ({say.span(row['low'], row['high'], 2)})"
        for name, row in frame.iterrows()
    ]
    return View(frame, title, f"{title}. Points of share traded per point, with 95% intervals: {'; '.join(sizes)}.")


def trust_banks_over_time(found: Findings) -> View | None:
    """Trust banks' rolling sum and the quarters' implied flow as dots, for ``charts.lines``."""
    last = found.rolling.dropna()
    if last.empty or found.asset != JAPANESE_SHARES:
        return None
    implied = on_reserve(found.flows)["estimate"].rename("gpif")
    # On the axis of weeks a quarter stands at the last week that ends in it.
    places = found.rolling.index.searchsorted(pd.DatetimeIndex(implied.index), side="right") - 1
    frame = found.rolling.to_frame()
    frame.loc[found.rolling.index[places], "gpif"] = implied.to_numpy()
    first = found.path.index.min()
    frame = frame[frame.index >= first]
    weeks = say.counted(found.window, "week")
    title = f"Trust banks, {weeks} to {say.day(last.index[-1])}: {trade(float(last.iloc[-1]))}"
    alt = (
        f"Rolling sum of trust banks' net purchases since {say.day(first)}, from {say.number(last.min(), 2)} to "
        f"{say.number(last.max(), 2)} JPY tn, with GPIF's implied flow of {say.counted(len(implied), 'quarter')} as "
        f"dots. {title}. Windows with an unpublished week are gaps."
    )
    return View(frame.rename_axis("period_end"), title, alt)


def trust_banks_beside(found: Findings) -> View | None:
    """Trust banks' quarters against the implied flows, for ``charts.scatter``."""
    pairs = found.pairs.set_axis(["x", "y"], axis=1)
    if pairs.empty or found.asset != JAPANESE_SHARES:
        return None
    quarters, agreement, fit = say.counted(len(pairs), "quarter"), found.agreement, None
    title = f"Trust banks and GPIF: {quarters}, too few for a correlation"
    if agreement is not None:
        told = "go together" if agreement.low > 0 else "show no clear link"
        correlation = f"correlation {say.number(agreement.correlation, 2)}"
        title = f"Trust banks' flow and GPIF's implied flow {told} over {quarters} ({correlation})"
        if agreement.slope is not None:
            slope = agreement.slope.value
            fit = (slope, float(pairs["y"].mean() - slope * pairs["x"].mean()))
    day = pairs.index[-1]
    banks, gpif = (say.number(float(pairs.loc[day, axis]), 2) for axis in ("x", "y"))
    alt = f"{title}. {say.quarter(day)}: trust banks {banks}, GPIF {gpif} JPY tn."
    return View(pairs, title, alt, fit=fit, annotate={day: say.month(day)})


def to_target(found: Findings) -> View | None:
    """What returning to target would take, for ``charts.intervals``."""
    if found.carried.empty:
        return None
    frame = found.carried[["estimate", "low", "high"]]
    title = f"Returning to target: {trade(frame['estimate'].iloc[0])} on the last published share"
    parts = [f"{name}, {trade(row['estimate'])} ({reach(row['low'], row['high'])})" for name, row in frame.iterrows()]
    return View(frame, title, f"Trades that would bring {asset_words(found.asset)} to target: {'; '.join(parts)}.")
