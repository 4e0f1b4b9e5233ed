"""What the figures of later returns, persistence and growth say, and the conclusions from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.results import Caption
from jpresearch.studies.semiconductors.evidence import LATER_UNIT, Evidence
from jpresearch.studies.semiconductors.half_lives import BASKET
from jpresearch.studies.semiconductors.inputs import title
from jpresearch.studies.semiconductors.later import HORIZONS, OWN_PAST, RELATIVE, RELATIVE_POOLED
from jpresearch.studies.semiconductors.later_pages import grid_words, rate_words, unbounded
from jpresearch.studies.semiconductors.one_series import CLARK_WEST, HODRICK, IVX, TRAINING

RECORD_LABELS = {str(horizon): f"{say.counted(horizon, 'month')} ahead" for horizon in HORIZONS} | {
    "trailing": "Chip names, trailing"
}


def later(evidence: Evidence, shown: pd.DataFrame, unit: str) -> Caption:
    """For the slopes of later returns on dearness."""
    if unit != LATER_UNIT:
        why = evidence.row(OWN_PAST, 1)["remark"]
        head = "No later returns to judge valuation by yet; average returns instead"
        return Caption(
            head, f"{head} ({why}). Shown is each name's average month against TOPIX, whatever its valuation."
        )
    known = shown.dropna()
    clear = known[(known["low"] > 0.0) | (known["high"] < 0.0)]
    head = f"Later returns: {len(clear)} of {len(known)} intervals exclude zero; {_holding(evidence)}"
    estimates = known["estimate"]
    ends = [f"{say.number(float(estimates[row]))} ({row})" for row in _ends(estimates)]
    short = len(shown) - len(known)
    left = f"; for {short} there are too few windows" if short else ""
    alt = (
        f"{head}. Estimates run from {ends[0]} to {ends[1]}{left}. Below zero, dearer was followed by less. Panel "
        "intervals allow for what the names share, the basket's for overlap; none for name averages known in hindsight."
    )
    return Caption(head, alt)


def _ends(values: pd.Series[float]) -> tuple[str, str]:
    return str(values.idxmin()), str(values.idxmax())


def record(evidence: Evidence, lines: pd.DataFrame) -> Caption:
    """For the running gain of forecasts over the mean so far; for yields where there are none yet."""
    if not evidence.basket.records:
        head = f"No forecast to judge yet: the first needs {TRAINING} windows before it"
        return Caption(head, f"{head}. The figure shows the median earnings yield instead.")
    last = {str(name): float(lines[name].dropna().iloc[-1]) for name in lines}
    better = [name for name, gain in last.items() if gain > 0.0]
    head = f"Forecasts from dearness beat the mean so far at {len(better) or 'none'} of {len(last)} horizons"
    ends = [f"{say.number(gain)}% at {say.counted(int(name), 'month')}" for name, gain in last.items()]
    first = min(found.first for found in evidence.basket.records.values())
    alt = f"{head}: {say.listed(ends)}, from {say.month(first)} on. A rising line is a spell in which they were better."
    return Caption(head, alt)


def persistence(evidence: Evidence, is_lives: bool) -> Caption:
    """For the shares of a deviation left after a month; for ranges of yields where there are none yet."""
    if not is_lives:
        head = "No half-lives yet: too few months. Earnings yields and their ranges instead"
        return Caption(head, f"{head}. The dot is the newest trailing earnings yield of a name.")
    names = evidence.lives.drop(BASKET).dropna(subset=["coefficient"])
    count = unbounded(evidence)
    head = f"{count} of {len(names)} names: valuation may never come back, by the 90% interval"
    basket = evidence.life(BASKET)
    least = f" The median's half-life: {_basket_life(basket)}." if np.isfinite(basket["coefficient"]) else ""
    return Caption(head, f"{head}. Shown is the share of a deviation of the earnings yield left a month later.{least}")


def growth(evidence: Evidence) -> Caption:
    """For the grid of growth asked."""
    asked = evidence.growth
    head = (
        f"At {say.number(asked.multiple)} times earnings {asked.of} is priced for {grid_words(evidence)} growth a year"
    )
    alt = f"{head} over ten years, {rate_words(evidence)}; {say.number(asked.middle, 0)}% in the middle of the grid."
    return Caption(head, alt)


def later_takeaways(evidence: Evidence) -> list[str]:
    """Six conclusions: own past, relative multiple, one series, how little this is, half-life, growth asked."""
    words = [own_past_later(evidence), relative_later(evidence), basket_later(evidence), how_little(evidence)]
    return [text for text in [*words, half_life_words(evidence), growth_words(evidence)] if text]


def own_past_later(evidence: Evidence) -> str:
    """Later returns on dearness in the own past."""
    horizon = evidence.longest(OWN_PAST)
    if horizon is None:
        why = evidence.row(OWN_PAST, 1)["remark"]
        return f"Whether names dear in their own past did worse later cannot be said yet: {why}."
    row = evidence.row(OWN_PAST, horizon)
    return (
        f"A name one standard deviation dearer in its own past returned {_points(row)} against TOPIX over "
        f"{say.counted(horizon, 'month')} ({say.interval(row['low'], row['high'])}): {row['rows']} name-months since "
        f"{say.month(row['first'])}, worth about {say.number(row['independent'], 0)} independent observations."
    )


def _points(row: dict[str, Any]) -> str:
    return f"{say.signed(float(row['estimate']))} log points"


def relative_later(evidence: Evidence) -> str:
    """Later returns on the relative multiple, with name means that no investor knew, and without; empty if neither."""
    horizon = evidence.longest(RELATIVE)
    if horizon is None:
        return ""
    own, pooled = (evidence.row(reading, horizon) for reading in (RELATIVE, RELATIVE_POOLED))
    text = (
        f"On multiples relative to Prime, one standard deviation dearer went with {_points(own)} over "
        f"{say.counted(horizon, 'month')} ({_ends_of(own)}), against name averages known only in hindsight"
    )
    if not np.isfinite(pooled["estimate"]):
        return f"{text}."
    check = f"; backward sums: {say.p_value(pooled['backward_p'])}" if np.isfinite(pooled["backward_p"]) else ""
    return f"{text}; with one constant {say.signed(pooled['estimate'])} ({_ends_of(pooled)}{check})."


def _ends_of(row: dict[str, Any]) -> str:
    return f"{say.span(row['low'], row['high'])}{say.covering(row['low'], row['high'])}"


def basket_later(evidence: Evidence) -> str:
    """The basket as one series, in and out of sample; empty where no test could be made."""
    horizon = evidence.longest(HODRICK)
    if horizon is None:
        return ""
    row, instrumented = evidence.row(HODRICK, horizon), evidence.row(IVX, horizon)["p_value"]
    ivx = f"; IVX {say.p_value(instrumented)}" if np.isfinite(instrumented) else ""
    text = (
        f"The basket as one series: {_points(row)} in {say.counted(horizon, 'month')} (Hodrick "
        f"{say.interval(row['low'], row['high'])}{ivx})."
    )
    made = evidence.basket.records
    if not made:
        return f"{text} No forecast can be judged yet."
    last = evidence.row(CLARK_WEST, max(made))
    better = "better" if last["estimate"] > 0.0 else "worse"
    return (
        f"{text} Out of sample, {say.counted(max(made), 'month')} ahead, it forecast {better} than the mean so far: "
        f"R2 {say.percent(last['estimate'])} (Clark-West {say.p_value(last['p_value'])})."
    )


def how_little(evidence: Evidence) -> str:
    """What this record can show at all; empty where no test could be made."""
    found = evidence.detectable()
    if found is None:
        return ""
    horizon, effect = found
    windows = say.number(evidence.row(HODRICK, horizon)["windows"], 1 if horizon > 1 else 0)
    first, counted = evidence.sample.basket["dearness"].dropna().index[0], _holding(evidence)
    return (
        f"Filings from {say.month(pd.Timestamp(first))} on hold {windows} windows of "
        f"{say.counted(horizon, 'month')} side by side; an effect on the basket below about "
        f"{say.number(effect, 0)} log points would mostly go unseen. {counted[0].upper()}{counted[1:]}."
    )


def _holding(evidence: Evidence) -> str:
    """How many tests hold: ``none of 37 tests holds once all are counted``."""
    holding = evidence.holding
    holds = "holds" if holding < 2 else "hold"
    return f"{holding or 'none'} of {len(evidence.tests)} tests {holds} once all are counted"


def half_life_words(evidence: Evidence) -> str:
    """Whether valuations come back."""
    known = evidence.lives.drop(BASKET).dropna(subset=["coefficient"])
    if known.empty:
        return "Whether valuations come back cannot be said yet: no name has the 13 months that a half-life takes."
    count, basket = unbounded(evidence), evidence.life(BASKET)
    middle = f" For the median yield it is {_basket_life(basket)}." if np.isfinite(basket["coefficient"]) else ""
    says = "these valuations cannot be told from never coming back" if count else "these valuations come back"
    return (
        f"For {count or 'none'} of {len(known)} names the half-life of the earnings yield has no upper bound (90% "
        f"interval): {says}.{middle}"
    )


def _basket_life(row: dict[str, Any]) -> str:
    low, high = float(row["months_low"]), float(row["months_high"])
    if not np.isfinite(low):
        return "without any bound"
    if not np.isfinite(high):
        return f"at least {say.number(low)} months, with no upper bound"
    return f"{say.number(float(row['months']))} months ({say.span(low, high)})"


def growth_words(evidence: Evidence) -> str:
    """What the price asks for."""
    asked = evidence.growth
    most = asked.names["growth"].idxmax()
    rate = rate_words(evidence)
    return (
        f"{rate[0].upper()}{rate[1:]}, {asked.of}'s {say.number(asked.multiple)} times "
        f"trailing earnings asks for {grid_words(evidence)} growth a year for ten years, by premium and beta; "
        f"{title(str(most))} asks for most."
    )
