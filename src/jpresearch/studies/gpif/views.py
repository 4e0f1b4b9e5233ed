"""What the notebook shows: the frame of each figure, a title that states the finding, the finding in full.

A view without data is ``None``; the takeaways say why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from jpresearch.studies.gpif.behaviour import (
    AT_START,
    FACED,
    FACED_RECENT,
    LAST_TOPIX,
    OWN_RETURN,
    SHARE_TRADED,
    YEN_TRADED,
    on_reserve,
)
from jpresearch.studies.gpif.figures import BASES
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.gpif.flows import timing_readings
from jpresearch.studies.gpif.standing import JAPANESE_SHARES
from jpresearch.studies.gpif.wording import asset_words, day_words, quarter_words, reach, trade, yen


@dataclass(frozen=True)
class View:
    """A figure to draw: its frame, its words, and what else the chart needs."""

    frame: pd.DataFrame
    title: str
    alt: str
    fit: tuple[float, float] | None = None
    annotate: dict[pd.Timestamp, str] = field(default_factory=dict)


def share_path(found: Findings) -> View:
    """The share against target and the narrow reading of the band, for ``charts.step_bands``."""
    name, now = asset_words(found.asset), found.standing
    frame = found.path[["value", "target", "low", "high"]]
    if now is None:
        return View(
            found.path, f"{name.capitalize()}: no mix in force", f"The share of {name} has no policy mix beside it."
        )
    side = "below" if now.gap < 0 else "above"
    title = f"{name.capitalize()}: {now.share:.2f}% on {day_words(now.day)}, {abs(now.gap):.2f} points {side} target"
    known, holes = frame["value"].dropna(), int(frame["value"].isna().sum())
    band = "No band is known."
    if now.narrow == now.wide:
        band = f"The band is {now.wide[0]:g} to {now.wide[1]:g}%."
    elif pd.notna(now.wide[0]):
        band = f"Drawn is the narrow reading of the band ({now.narrow[0]:g} to {now.narrow[1]:g}%); "
        band += f"the wide one is {now.wide[0]:g} to {now.wide[1]:g}%."
    alt = (
        f"The share of {name} in the pension reserve moved between {known.min():.1f}% and {known.max():.1f}% and was "
        f"{now.share:.2f}% on {day_words(now.day)}, against a target of {now.target:g}%. {band} Quarter-ends without a "
        f"published share stay gaps: {holes}."
    )
    return View(frame, title, alt)


def class_gaps(found: Findings) -> View:
    """Share less target of the four classes, for ``charts.panels``."""
    latest = found.gaps.dropna(how="all").iloc[-1]
    day = found.gaps.dropna(how="all").index[-1]
    known = latest.dropna()
    far = str(known.abs().idxmax())
    title = f"On {day_words(day)} {asset_words(far)} stood furthest from target, by {known[far]:+.2f} points"
    parts = [f"{asset_words(str(name))} {value:+.2f}" for name, value in known.items()]
    alt = (
        f"Share less target in percentage points on {day_words(day)}: {', '.join(parts)}. Quarters without "
        "shares are gaps."
    )
    return View(found.gaps, title, alt)


def totals_apart(found: Findings) -> View | None:
    """What lies between the two totals where both are known, for ``charts.intervals``."""
    if found.totals.empty:
        return None
    columns = {"difference": "estimate", "difference_low": "low", "difference_high": "high"}
    frame = found.totals[list(columns)].rename(columns=columns)
    low, high = frame["estimate"].min(), frame["estimate"].max()
    title = f"The whole reserve exceeds GPIF's assets by {yen(low)} to {yen(high)} where both are known"
    ends = ", ".join(day_words(day) for day in frame.index)
    alt = (
        f"The reserve less GPIF's own assets on {len(frame)} quarter-ends ({ends}) ranges from {yen(low)} to "
        f"{yen(high)}."
    )
    return View(frame, title, alt)


def flow_by_quarter(found: Findings) -> View | None:
    """Implied flow of each usable quarter, newest on top, for ``charts.intervals``."""
    flows = on_reserve(found.flows)[["estimate", "low", "high"]].iloc[::-1]
    count = found.buyers
    if flows.empty or count is None:
        return None
    open_ = count.quarters - count.certain_bought - count.certain_sold
    title = (
        f"Of {count.quarters} quarters {count.certain_bought} were net purchases for certain, "
        f"{count.certain_sold} net sales, "
        f"{open_} are open"
    )
    newest = flows.iloc[0]
    alt = (
        f"Implied flow into {asset_words(found.asset)} by quarter with its bounds. The newest, "
        f"{quarter_words(flows.index[0])}, is "
        f"{trade(float(newest['estimate']))} ({reach(float(newest['low']), float(newest['high']))})."
    )
    return View(flows, title, alt)


def latest_quarter(found: Findings) -> View | None:
    """The change of the holding in the newest usable quarter as market and trades, for ``charts.waterfall``."""
    row = found.latest
    if row is None:
        return None
    quarter = quarter_words(pd.Timestamp(str(row.name)))
    value, result = float(row["estimate"]), float(row["market_result"])
    parts = pd.Series({"Market result": result, "Trades (implied flow)": value}, name="jpy_tn").to_frame()
    verb = "added" if result > 0 else "took"
    title = f"{quarter}: the market {verb} {yen(result)}, trades were {trade(value)}"
    when = ", ".join(f"{name} {flow:+.2f}" for name, flow in timing_readings(row).items())
    alt = (
        f"{title}; the holding went from JPY {row['start_value']:.2f} tn to JPY {row['end_value']:.2f} tn. If "
        "all was traded at "
        f"one point of the quarter, the flow in JPY tn is: {when}."
    )
    return View(parts.rename_axis("part"), title, alt)


def traded_against_gap(found: Findings) -> View | None:
    """The share traded against the gap it would have had without trading, for ``charts.scatter``."""
    pairs = found.quarters[["faced", "active"]].dropna().set_axis(["x", "y"], axis=1)
    if pairs.empty:
        return None
    row = found.slope(SHARE_TRADED, FACED)
    day = pairs.index[-1]
    words = f"Over {len(pairs)} quarters the share was traded against its gap to target"
    fit = None
    if pd.isna(row["estimate"]):
        title = f"Share traded and gap to target: {len(pairs)} quarters, too few for a slope"
    else:
        title = (
            words
            if row["high"] < 0
            else f"Over {len(pairs)} quarters no clear link between trades and the gap to target"
        )
        fit = (float(row["estimate"]), float(pairs["y"].mean() - row["estimate"] * pairs["x"].mean()))
    alt = (
        f"{title}. In the newest, {quarter_words(day)}, the gap without trading would have been "
        f"{pairs.loc[day, 'x']:+.2f} points "
        f"and trades moved the share by {pairs.loc[day, 'y']:+.2f}."
    )
    return View(pairs, title, alt, fit=fit, annotate={day: f"{day:%b %Y}"})


_SHORT = {
    FACED: "Gap without trading, pp",
    FACED_RECENT: "The same, recent quarters",
    AT_START: "Gap at the start, pp",
    OWN_RETURN: "The class's return, %",
    LAST_TOPIX: "TOPIX the quarter before, %",
}


def slopes(found: Findings) -> View | None:
    """Slopes of the share traded, for ``charts.intervals``."""
    table = found.associations[found.associations.index.get_level_values("trades") == SHARE_TRADED]
    known = table.droplevel("trades").dropna(subset=["estimate"])
    if known.empty:
        return None
    frame = known[["estimate", "low", "high"]].rename(index=_SHORT)
    clear = int(((frame["low"] > 0) | (frame["high"] < 0)).sum())
    faced = found.slope(SHARE_TRADED, FACED)
    title = f"{clear} of {len(frame)} slopes are told from zero"
    if faced["high"] < 0:
        title = f"Per point of gap the share was traded back by {-faced['estimate']:.2f} points over all quarters"
        recent = found.slope(SHARE_TRADED, FACED_RECENT)
        title += f", {-recent['estimate']:.2f} in recent ones" if recent["high"] < 0 else ""
    sizes = [f"{name} {row.estimate:+.2f} ({row.low:+.2f} to {row.high:+.2f})" for name, row in frame.iterrows()]
    alt = f"{title}. Points of share traded per point, with 95% intervals: {'; '.join(sizes)}."
    return View(frame, title, alt)


def trust_banks_over_time(found: Findings) -> View | None:
    """Trust banks' rolling sum and the quarters' implied flow as dots, for ``charts.lines``."""
    if found.rolling.dropna().empty or found.asset != JAPANESE_SHARES:
        return None
    implied = on_reserve(found.flows)["estimate"].rename("gpif")
    # On the axis of weeks a quarter stands at the last week that ends in it.
    places = found.rolling.index.searchsorted(pd.DatetimeIndex(implied.index), side="right") - 1
    frame = found.rolling.to_frame()
    frame.loc[found.rolling.index[places], "gpif"] = implied.to_numpy()
    first = found.path.index.min()
    frame = frame[frame.index >= first]
    last = found.rolling.dropna()
    title = f"Trust banks, {found.window} weeks to {day_words(last.index[-1])}: {trade(float(last.iloc[-1]))}"
    alt = (
        f"Rolling sum of trust banks' net purchases since {day_words(first)}, from {last.min():+.2f} to "
        f"{last.max():+.2f} JPY tn, with "
        f"GPIF's implied flow of {len(implied)} quarters as dots. Windows with an unpublished week are gaps."
    )
    return View(frame.rename_axis("period_end"), title, alt)


def trust_banks_beside(found: Findings) -> View | None:
    """Trust banks' quarters against the implied flows, for ``charts.scatter``."""
    pairs = found.pairs[["trust_banks", "gpif"]].set_axis(["x", "y"], axis=1)
    if pairs.empty or found.asset != JAPANESE_SHARES:
        return None
    fit, title = None, f"Trust banks and GPIF: {len(pairs)} quarters, too few for a correlation"
    if found.agreement is not None:
        told = "go together" if found.agreement.low > 0 else "show no clear link"
        title = (
            f"Trust banks' flow and GPIF's implied flow {told} over {len(pairs)} quarters (r = "
            f"{found.agreement.correlation:.2f})"
        )
        if found.agreement.slope is not None:
            slope = found.agreement.slope.value
            fit = (slope, float(pairs["y"].mean() - slope * pairs["x"].mean()))
    day = pairs.index[-1]
    alt = (
        f"{title}. {quarter_words(day)}: trust banks {pairs.loc[day, 'x']:+.2f}, GPIF "
        f"{pairs.loc[day, 'y']:+.2f} JPY tn."
    )
    return View(pairs, title, alt, fit=fit, annotate={day: f"{day:%b %Y}"})


def to_target(found: Findings) -> View | None:
    """What returning to target would take, for ``charts.intervals``."""
    if found.carried.empty:
        return None
    frame = found.carried[["estimate", "low", "high"]]
    title = f"Returning to target: {trade(float(frame['estimate'].iloc[0]))} on the last published share"
    parts = [
        f"{name}, {trade(float(row['estimate']))} ({reach(row['low'], row['high'])})" for name, row in frame.iterrows()
    ]
    return View(frame, title, f"Trades that would bring {asset_words(found.asset)} to target: {'; '.join(parts)}.")


def flow_table(found: Findings) -> pd.DataFrame:
    """The implied flows of both bases, newest first, for readers."""
    columns = {
        "start_value": "value at start, JPY tn",
        "end_value": "value at end",
        "market_result": "market result",
        "estimate": "implied flow",
        "low": "at least",
        "high": "at most",
        "unlimited_low": "at least, any change of the special account",
        "unlimited_high": "at most, any change of the special account",
        "method": "from",
        "totals": "whole reserve",
    }
    table = _rounded(found.flows[list(columns)].rename(columns=columns), 2)
    return table.sort_index(level="period_end", ascending=False).rename_axis(["basis", "quarter ending"])


def flow_caption(found: Findings) -> str:
    """The words over the table of flows: how many quarters each basis has."""
    counts = [f"{int((found.flows.index.get_level_values('basis') == basis).sum())}" for basis in BASES]
    return (
        f"Implied flow into {asset_words(found.asset)} by quarter, JPY tn: {counts[0]} quarters on the basis "
        "of the whole reserve, "
        f"{counts[1]} on that of GPIF's own portfolio"
    )


def totals_table(found: Findings) -> pd.DataFrame:
    """The two totals side by side with their difference."""
    columns = {
        "gpif_assets": "GPIF's assets, JPY tn",
        "whole_reserve": "whole reserve, JPY tn",
        "difference": "difference, JPY tn",
    }
    columns |= {"difference_low": "at least", "difference_high": "at most", "difference_pct": "% of the reserve"}
    columns |= {"known_from": "known from"}
    return _rounded(found.totals[list(columns)].rename(columns=columns), 2).rename_axis("quarter-end")


def mix_table(found: Findings) -> pd.DataFrame:
    """The policy mixes with both readings of their bands and the flows under each."""
    columns = {"announced": "announced", "target": "target, %", "band_narrow": "band, narrow reading, pp"}
    columns |= {"band_wide": "band, wide reading, pp", "quarters": "usable quarters", "bought": "net purchases in"}
    columns |= {
        "certain_bought": "certain purchases",
        "certain_sold": "certain sales",
        "average": "average flow, JPY tn",
    }
    columns |= {"gap_before": "average gap at start, pp"}
    return _rounded(found.by_mix[list(columns)].rename(columns=columns), 2)


def association_table(found: Findings) -> pd.DataFrame:
    """All slopes with their intervals and checks."""
    traded = {SHARE_TRADED: "share, pp per point", YEN_TRADED: "yen, % of the holding per point"}
    columns = {"estimate": "slope", "low": "95% low", "high": "95% high", "p_value": "p", "q_value": "q"}
    columns |= {"figures_low": "figures allow, low", "figures_high": "figures allow, high"}
    columns |= {"without_one_low": "one left out, low", "without_one_high": "one left out, high"}
    columns |= {"smallest_shown": "found 4 times in 5", "quarters": "quarters"}
    table = found.associations[list(columns)].rename(columns=columns).rename(index=traded, level="trades")
    return _rounded(table.astype({"quarters": int}).rename_axis(["traded", "on"]), 3)


def _rounded(frame: pd.DataFrame, decimals: int) -> pd.DataFrame:
    numbers: Sequence[str] = list(frame.select_dtypes(np.floating).columns)
    return frame.assign(**{name: frame[name].round(decimals) for name in numbers})
