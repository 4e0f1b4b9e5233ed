"""The conclusions, in sentences that the numbers write, and that say what the figures leave open."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.gpif import drifting, speed
from jpresearch.studies.gpif.behaviour import (
    FACED,
    FACED_RECENT,
    LEAST_QUARTERS,
    SHARE_TRADED,
    on_reserve,
)
from jpresearch.studies.gpif.captions import asset_words, reach, trade
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.gpif.shares import JAPANESE_SHARES, Standing
from jpresearch.studies.phrasing import BN_PER_TN

# A share older than this at the day of the report has been overtaken by at least one release date.
OLD_SHARE_DAYS: Final = 135
REBALANCER: Final = "a rebalancer, not a steady buyer"
STEADY_BUYER: Final = "a steady buyer"
BOTH: Final = "a buyer that rebalances"
OPEN: Final = "too close to call"
TOO_FEW: Final = "too few quarters have all that an estimate needs"


def verdict(found: Findings) -> str:
    """The answer to the notebook's question: one of five wordings, decided by intervals alone.

    It buys steadily if the average flow is above zero, and rebalances if the slope of the share traded on the gap
    faced is below zero (recent quarters where there are enough of them, else all): each time the whole interval.
    """
    slope = recent_slope(found)
    if found.average is None or slope is None:
        return TOO_FEW
    buys, rebalances = found.average.low > 0, slope["high"] < 0
    if rebalances:
        return BOTH if buys else REBALANCER
    return STEADY_BUYER if buys else OPEN


def recent_slope(found: Findings) -> pd.Series[float] | None:
    """The slope on the gap faced, of recent quarters where there are enough, else of all; or ``None``."""
    for name in (FACED_RECENT, FACED):
        row = found.slope(SHARE_TRADED, name)
        if pd.notna(row["estimate"]):
            return row
    return None


def takeaways(found: Findings) -> list[str]:
    """The conclusions, 45 words at most each: answer, speed, share, flows, directions, trust banks, totals."""
    made = [
        answer(found),
        speed.sentence(found),
        speed.power_sentence(found),
        rebalancing(found),
        share(found),
        drifting.needed(found),
        since_then(found),
        latest_flow(found),
        count(found),
        by_mix(found),
        trust_banks(found),
        drifting.proxy_sentence(found),
        totals(found),
    ]
    return [sentence for sentence in made if sentence]


def answer(found: Findings) -> str:
    """Buyer or rebalancer, with the average flow."""
    told, words, mean = verdict(found), asset_words(found.asset), found.average
    if told == TOO_FEW or mean is None:
        usable = say.counted(len(on_reserve(found.flows)), "quarter")
        return (
            f"Whether GPIF is a steady buyer or a rebalancer of {words} cannot be told: by {say.day(found.today)} "
            f"{usable} had all figures for a flow, and fewer than {LEAST_QUARTERS} say nothing."
        )
    head = f"In {words} GPIF looks like {told}."
    if told == OPEN:
        head = f"Buyer or rebalancer of {words}: too close to call."
    interval = say.interval(mean.low, mean.high, 2)
    side = "purchases" if mean.value >= 0 else "sales"
    return (
        f"{head} It averaged net {side} of JPY {say.number(abs(mean.value), 2)} trillion a quarter over "
        f"{mean.quarters} quarters ({interval}); the figures' bounds alone leave "
        f"{say.bounds(mean.figures_low, mean.figures_high, 2)} open."
    )


def share(found: Findings) -> str:
    """The newest published share and its place in the band."""
    now, words = found.standing, asset_words(found.asset).capitalize()
    if now is None:
        return (
            f"{words}: no share of the pension reserve with a policy mix in force was public as of "
            f"{say.day(found.today)}."
        )
    side = "below" if now.gap < 0 else "above"
    gap = "on target" if now.gap == 0 else f"{say.points(abs(now.gap))} {side} the target of {now.target:g}%"
    text = f"{words} were {say.percent(now.share, 2)} of the pension reserve on {say.day(now.day)}, {gap}"
    return f"{text}{_band(now)}."


def _band(now: Standing) -> str:
    if pd.isna(now.wide[0]):
        return "; its band is not known"
    inside_narrow, inside_wide = (low <= now.share <= high for low, high in (now.narrow, now.wide))
    if now.narrow == now.wide:
        return f" and {'inside' if inside_wide else 'outside'} the band of {now.wide[0]:g} to {now.wide[1]:g}%"
    where = "inside" if inside_narrow else "inside only the wider reading of" if inside_wide else "outside"
    readings = f"{now.narrow[0]:g} to {now.narrow[1]:g}% or {now.wide[0]:g} to {now.wide[1]:g}%"
    return f" and {where} the band, which is confirmed only as {readings}"


def since_then(found: Findings) -> str:
    """How old the share is once a newer one is due, and where it would stand untouched."""
    now = found.standing
    if now is None:
        return ""
    age, later = (found.today - now.day).days, found.carried[found.carried["reading"] != "published"]
    parts = []
    if age > OLD_SHARE_DAYS:
        parts.append(f"The newest share was {age} days old on {say.day(found.today)}.")
    if (later["reading"] == "carried on").any():
        row = later.iloc[0]
        bounds = say.bounds(row["share_low"], row["share_high"], 1)
        parts.append(
            f"By GPIF's own results, and without trades, it would have been {say.percent(row['share'], 1)} on "
            f"{say.day(row['day'])} (bounds {bounds}%)."
        )
    elif not later.empty:
        still, moved = later.iloc[-1], later.iloc[0]
        parts.append(
            f"By TOPIX alone the untouched share would be {say.percent(moved['share'], 1)} on {say.day(still['day'])} "
            f"if the rest moved alike, {say.percent(still['share'], 1)} if it stood still: a rough range."
        )
    return " ".join(parts)


def latest_flow(found: Findings) -> str:
    """The newest implied flow, from value to value."""
    row = found.latest
    if row is None:
        return (
            "Implied flow: not available, as no quarter has shares and assets at both ends and a result on one basis."
        )
    end, result = pd.Timestamp(str(row.name)), float(row["market_result"])
    start, close = (say.yen_tn(float(row[name])) for name in ("start_value", "end_value"))
    low, high = float(row["low"]), float(row["high"])
    side = (
        "the sign is open" if low <= 0 <= high else "a net buyer for certain" if low > 0 else "a net seller for certain"
    )
    return (
        f"{say.quarter(end)}: value from {start} to {close}, the market {_gave(result)}. That "
        f"leaves {trade(float(row['estimate']))} (bounds {reach(low, high)}): {side}."
    )


def _gave(result: float) -> str:
    return f"{'gave' if result >= 0 else 'took'} {say.yen_tn(result)}"


def count(found: Findings) -> str:
    """How many quarters were bought or sold for certain."""
    total = found.buyers
    if total is None:
        return ""
    least, most = total.bounds
    return (
        f"{total.bought} of {say.counted(total.quarters, 'usable quarter')} show net purchases, but the sign is "
        f"certain in {total.certain_bought + total.certain_sold} only ({total.certain_bought} bought, "
        f"{total.certain_sold} sold): between {say.percent(least)} and {say.percent(most)} were buying quarters."
    )


def by_mix(found: Findings) -> str:
    """The average flow under each policy mix; empty where fewer than two have quarters."""
    eras = found.by_mix[found.by_mix["quarters"] > 0]
    if len(eras) < 2:
        return ""
    parts = [
        f"{say.signed(BN_PER_TN * row['average'], 0)} from {say.month(pd.Timestamp(str(day)))} ({row['quarters']})"
        for day, row in eras.iterrows()
    ]
    return f"By policy mix flows averaged, in JPY billion a quarter (and quarters): {', '.join(parts)}."


def rebalancing(found: Findings) -> str:
    """How much of a gap was traded away, and how often trades went towards target."""
    whole, recent = (found.slope(SHARE_TRADED, name) for name in (FACED, FACED_RECENT))
    if pd.isna(whole["estimate"]):
        return f"Rebalancing: {int(whole['quarters'])} quarters have shares and returns, too few for a slope."
    text = f"In share points, trades undid {_undone(whole, '95% interval ')} of the gap "
    text += f"over {int(whole['quarters'])} quarters"
    if pd.notna(recent["estimate"]):
        text += f" and {_undone(recent)} over {int(recent['quarters'])} recent ones"
    if found.signs is not None:
        signs = found.signs
        chance = ", not clearly more than chance" if signs.low <= 50 <= signs.high else ""
        interval = say.span(signs.low, signs.high, 0)
        text += f". They went towards target in {signs.towards} of {signs.quarters} ({interval}%{chance})"
    return f"{text}."


def _undone(row: pd.Series[float], what: str = "") -> str:
    done, least, most = -100 * row["estimate"], -100 * row["high"], -100 * row["low"]
    return f"{say.percent(done)} ({what}{say.span(least, most, 0)}%{say.covering(least, most)})"


def trust_banks(found: Findings) -> str:
    """How far the trust banks' flow goes with GPIF's, and their newest weeks."""
    if found.asset != JAPANESE_SHARES:
        return "Trust banks' flow is in Japanese shares and says nothing of this class."
    fit = found.agreement
    if fit is None:
        return (
            f"Trust banks as a proxy: {say.counted(len(found.pairs), 'quarter')} with both their flow and an implied "
            f"one, too few for a correlation ({LEAST_QUARTERS} at least)."
        )
    interval = say.interval(fit.low, fit.high, 2)
    text = (
        f"Trust banks' exchange flow and GPIF's correlate at {say.number(fit.correlation, 2)} over {fit.quarters} "
        f"quarters ({interval}), with one sign in {fit.same_sign}: a guide to direction, not size."
    )
    last = found.rolling.dropna()
    if last.empty:
        return text
    weeks = "week" if found.window == 1 else f"{found.window} weeks"
    return f"{text} In the {weeks} to {say.day(last.index[-1])}: {trade(float(last.iloc[-1]))}."


def totals(found: Findings) -> str:
    """GPIF's assets and the whole reserve where both are known."""
    if found.totals.empty:
        return "GPIF's assets and the whole reserve are not both known for any quarter-end yet."
    row, apart = found.totals.iloc[-1], found.totals["difference_pct"]
    return (
        f"GPIF's own assets were {say.yen_tn(row['gpif_assets'])} and the whole reserve "
        f"{say.yen_tn(row['whole_reserve'])} on {say.day(pd.Timestamp(str(row.name)))}. The "
        f"{say.counted(len(apart), 'quarter-end')} with both show {say.number(apart.min())} to "
        f"{say.percent(apart.max(), 1)} between them; a share of one is never applied to the other."
    )
