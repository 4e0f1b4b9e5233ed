"""Sentences built from the numbers: they change with the data and say what the figures leave open."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies.gpif.behaviour import (
    AT_START,
    FACED,
    FACED_RECENT,
    LEAST_QUARTERS,
    SHARE_TRADED,
    YEN_TRADED,
    on_reserve,
)
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.gpif.flows import PUBLISHED
from jpresearch.studies.gpif.proxy import Agreement
from jpresearch.studies.gpif.standing import JAPANESE_SHARES, Standing

# A share older than this at the day of the report has been overtaken by at least one release date.
OLD_SHARE_DAYS: Final = 135
REBALANCER: Final = "a rebalancer, not a steady buyer"
STEADY_BUYER: Final = "a steady buyer"
BOTH: Final = "a buyer that rebalances"
OPEN: Final = "too close to call"
TOO_FEW: Final = "not available: too few quarters have all that an estimate needs"


def asset_words(asset: str) -> str:
    """``domestic_equities`` as words."""
    return asset.replace("_", " ")


def day_words(day: pd.Timestamp) -> str:
    """A day as 30 September 2025."""
    return f"{day.day} {day:%B %Y}"


def quarter_words(day: pd.Timestamp) -> str:
    """A quarter by its end, as July to September 2025."""
    return f"{day - pd.DateOffset(months=2):%B} to {day:%B %Y}"


def yen(value: float) -> str:
    """An amount without its sign, as JPY 2.04 tn."""
    return f"JPY {abs(value):.2f} tn"


def trade(value: float) -> str:
    """A signed flow as net purchases or net sales."""
    return f"net {'purchases' if value > 0 else 'sales'} of {yen(value)}"


def reach(low: float, high: float) -> str:
    """The bounds of a flow in words."""
    if low > 0 or high < 0:
        near, far = sorted((abs(low), abs(high)))
        return f"{yen(near)} to {yen(far)}"
    return f"sales of {yen(low)} to purchases of {yen(high)}"


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
    """The conclusions, one sentence or a few each, first the answer."""
    sentences = [_answer(found), _share(found), _latest_flow(found), _count(found), _rebalancing(found)]
    sentences += [_trust_banks(found), _totals(found)]
    return [sentence for sentence in sentences if sentence]


def _answer(found: Findings) -> str:
    answer, words = verdict(found), asset_words(found.asset)
    if answer == TOO_FEW:
        usable = len(on_reserve(found.flows))
        return (
            f"Whether GPIF is a steady buyer or a rebalancer of {words} cannot be told: as of {day_words(found.today)} "
            f"{usable} quarter{'' if usable == 1 else 's'} had shares, assets and results for a flow, and fewer than "
            f"{LEAST_QUARTERS} say nothing."
        )
    mean = found.average
    if mean is None:
        return ""
    zero = "covers" if mean.low <= 0 <= mean.high else "excludes"
    flow = (
        f"Net flow averaged JPY {mean.value:+.2f} tn a quarter over {mean.quarters} quarters "
        f"(95% interval {mean.low:+.2f} to {mean.high:+.2f}, which {zero} zero; "
        f"the bounds of the figures alone leave {mean.figures_low:+.2f} to {mean.figures_high:+.2f} open)."
    )
    if answer == OPEN:
        return f"Buyer or rebalancer of {words}: too close to call. {flow} Nor did trades clearly go against the gap."
    return f"In {words} GPIF looks like {answer}. {flow}"


def _share(found: Findings) -> str:
    now, words = found.standing, asset_words(found.asset).capitalize()
    if now is None:
        return (
            f"{words}: no share of the pension reserve with a policy mix in force was public as of "
            f"{day_words(found.today)}."
        )
    side = "below" if now.gap < 0 else "above"
    gap = "on target" if now.gap == 0 else f"{abs(now.gap):.2f} points {side} the target of {now.target:g}%"
    text = (
        f"{words} were {now.share:.2f}% of the pension reserve on {day_words(now.day)}, {gap}{_band(now)}. "
        f"{_needed(now)}"
    )
    age = (found.today - now.day).days
    if age > OLD_SHARE_DAYS:
        text += f" That share is {age} days old on {day_words(found.today)}; no newer one is in the tables."
    return text + _carried(found)


def _band(now: Standing) -> str:
    if pd.isna(now.wide[0]):
        return "; its band is not known"
    inside_narrow, inside_wide = (low <= now.share <= high for low, high in (now.narrow, now.wide))
    if now.narrow == now.wide:
        return f" and {'inside' if inside_wide else 'outside'} the band of {now.wide[0]:g} to {now.wide[1]:g}%"
    where = "inside" if inside_narrow else "inside only the wider reading of" if inside_wide else "outside"
    readings = f"{now.narrow[0]:g} to {now.narrow[1]:g}% or {now.wide[0]:g} to {now.wide[1]:g}%"
    return f" and {where} the band, of which only a range is confirmed ({readings})"


def _needed(now: Standing) -> str:
    if now.to_target is None:
        return "What returning to target would take in yen is not available: no total was published for that day."
    value, bounds = now.to_target
    how = "on the published total" if now.total_published else "with the whole reserve bounded, not published"
    return f"Returning to target would take {trade(value)} ({reach(bounds.low, bounds.high)}, {how})."


def _carried(found: Findings) -> str:
    later = found.carried[found.carried["reading"] != "published"]
    if later.empty:
        return ""
    if (later["reading"] == "carried on").any():
        row = later.iloc[0]
        label = str(later.index[0]).split(":")[0]
        return (
            f" Untouched until {day_words(pd.Timestamp(label))} it would have been {row['share']:.1f}% by "
            "GPIF's own results "
            f"({row['share_low']:.1f} to {row['share_high']:.1f}%)."
        )
    row, day = later.iloc[-1], pd.Timestamp(str(later.index[-1]).split(":")[0])
    return (
        f" By TOPIX alone, all else standing still and nothing traded, it would be {row['share']:.1f}% on "
        f"{day_words(day)}, and "
        f"target would then take {trade(float(row['estimate']))}: a rough reading, as the other classes moved too."
    )


def _latest_flow(found: Findings) -> str:
    row = found.latest
    if row is None:
        return (
            "Implied flow: not available, as no quarter has shares and assets at both ends and a result on one basis."
        )
    day = pd.Timestamp(str(row.name))
    start, end = (f"JPY {float(row[name]):.2f} tn" for name in ("start_value", "end_value"))
    text = (
        f"{quarter_words(day)}: the holding went from {start} to {end} and the market's result was "
        f"{row['market_result']:+.2f}, "
    )
    low, high = float(row["low"]), float(row["high"])
    side = "net buyer" if low > 0 else "net seller" if high < 0 else "sign too close to call, the bounds cover zero"
    basis = "published totals" if row["totals"] == PUBLISHED else "the whole reserve known only within bounds"
    text += (
        f"which leaves {trade(float(row['estimate']))} ({reach(low, high)} with rounding, timing and {basis}): {side}."
    )
    if row["totals"] == PUBLISHED:
        other = on_reserve(found.flows_alone)
        if day in other.index:
            alone = other.loc[day]
            text += (
                f" GPIF's assets alone, without the published reserve, would have said {alone['estimate']:+.2f} "
                f"({alone['low']:+.2f} to {alone['high']:+.2f})."
            )
    return text


def _count(found: Findings) -> str:
    count = found.buyers
    if count is None:
        return ""
    least, most = count.bounds
    flows = on_reserve(found.flows)
    anyhow = int(((flows["unlimited_low"] > 0) | (flows["unlimited_high"] < 0)).sum())
    text = (
        f"Of {count.quarters} usable quarters {count.bought} show net purchases by the central estimate; the sign is "
        f"certain in {count.certain_bought + count.certain_sold} ({count.certain_bought} bought, {count.certain_sold} "
        f"sold; {anyhow} in all if the special account may have changed by anything within its cap), so the share of "
        f"buying quarters lies anywhere from {least:.0f} to {most:.0f}%."
    )
    eras = found.by_mix[found.by_mix["quarters"] > 0]
    if len(eras) > 1:
        parts = [
            f"{row.average:+.2f} JPY tn a quarter from {day:%Y-%m}"
            for day, row in zip(eras.index, eras.itertuples(), strict=True)
        ]
        text += f" By policy mix the average was {', '.join(parts)}."
    return text


def _rebalancing(found: Findings) -> str:
    whole, recent = (found.slope(SHARE_TRADED, name) for name in (FACED, FACED_RECENT))
    if pd.isna(whole["estimate"]):
        return f"Rebalancing: {int(whole['quarters'])} quarters have shares and returns, too few for a slope."
    text = "Of each point by which the share would have missed target without trading, "
    text += f"{_undone(whole)} all {int(whole['quarters'])} quarters"
    if pd.notna(recent["estimate"]):
        text += f", and {_undone(recent)} the {int(recent['quarters'])} since {day_words(found.recent_from)}"
    text += (
        f". A slope of {100 * whole['smallest_shown']:.0f}% or more would be found four times in five in so "
        "few quarters."
    )
    if found.signs is not None:
        signs = found.signs
        chance = "not clearly more than chance" if signs.low <= 50 <= signs.high else "more than chance gives"
        text += (
            f" Trades went towards target in {signs.towards} of {signs.quarters} quarters ({signs.pct:.0f}%, "
            "95% interval "
            f"{signs.low:.0f} to {signs.high:.0f}%: {chance})."
        )
    return text + _yen_check(found)


def _undone(row: pd.Series[float]) -> str:
    done, least, most = -100 * row["estimate"], -100 * row["high"], -100 * row["low"]
    zero = ", which covers zero" if least <= 0 <= most else ""
    return f"{done:.0f}% was traded away (95% interval {least:.0f} to {most:.0f}%{zero}) over"


def _yen_check(found: Findings) -> str:
    row = found.slope(YEN_TRADED, AT_START)
    if pd.isna(row["estimate"]):
        return ""
    held = "holds" if row["figures_high"] < 0 or row["figures_low"] > 0 else "does not hold"
    return (
        f" In yen, a point above target at the start went with {row['estimate']:+.1f}% of the holding "
        f"({row['low']:+.1f} to {row['high']:+.1f}%), but the sign {held} over all that the bounds of the flows allow "
        f"({row['figures_low']:+.1f} to {row['figures_high']:+.1f}%)."
    )


def _trust_banks(found: Findings) -> str:
    if found.asset != JAPANESE_SHARES:
        return "Trust banks' flow is in Japanese shares and says nothing of this class."
    if found.agreement is None:
        return (
            f"Trust banks as a proxy: {len(found.pairs)} quarters have both their flow and an implied one, "
            "too few for a "
            f"correlation ({LEAST_QUARTERS} at least)."
        )
    fit: Agreement = found.agreement
    zero = ", which covers zero" if fit.low <= 0 <= fit.high else ""
    text = (
        f"Trust banks' exchange flow and GPIF's implied flow correlate at {fit.correlation:+.2f} over "
        f"{fit.quarters} quarters (95% "
        f"interval {fit.low:+.2f} to {fit.high:+.2f}{zero}), with the same sign in {fit.same_sign}: a proxy "
        "for direction, not "
        f"for size, since trust banks trade for other clients as well."
    )
    return text + _newest_window(found)


def _newest_window(found: Findings) -> str:
    last = found.rolling.dropna()
    if last.empty:
        return ""
    weeks = "week" if found.window == 1 else f"{found.window} weeks"
    return f" In the {weeks} to {day_words(last.index[-1])} their flow was {trade(float(last.iloc[-1]))}."


def _totals(found: Findings) -> str:
    if found.totals.empty:
        return "GPIF's assets and the whole reserve are not both known for any quarter-end yet."
    row = found.totals.iloc[-1]
    return (
        f"GPIF's own assets were JPY {row['gpif_assets']:.1f} tn and the whole reserve JPY "
        f"{row['whole_reserve']:.1f} tn on "
        f"{day_words(pd.Timestamp(str(row.name)))}: {yen(float(row['difference']))} or "
        f"{row['difference_pct']:.1f}% apart. Both are known "
        f"on {len(found.totals)} quarter-ends, between {found.totals['difference_pct'].min():.1f} and "
        f"{found.totals['difference_pct'].max():.1f}% apart, and a share of the one is never applied to the other."
    )
