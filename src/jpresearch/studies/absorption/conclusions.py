"""The conclusions, in sentences that the numbers write."""

from __future__ import annotations

from jpresearch.stats.regression import Estimate
from jpresearch.studies import phrasing as say
from jpresearch.studies.absorption.findings import Findings, tests
from jpresearch.studies.absorption.inputs import SIDE_WORDS, SIDES
from jpresearch.studies.results import Metric
from jpresearch.studies.testing import LEVEL, adjusted

SPAN = 2
NO_NEWER = "Too few weeks lie on one side of the day set in `since`: no change of shares is estimated."
NO_MATCHES = "Too few episodes of heavy selling since {since} to be set against earlier ones: nothing follows from {n}."


def takeaways(found: Findings) -> list[str]:
    """Six conclusions: newest weeks, shares, their change, price and capacity, milder or not, limits."""
    return [newest(found), shares(found), change(found), price(found), milder(found), limits(found)]


def newest(found: Findings) -> str:
    """Who stood on the other side in the newest two weeks whose classes are known."""
    rows = found.weeks.dropna(subset=[*SIDES]).tail(SPAN)
    apart = found.weeks.index.get_indexer(rows.index)
    if len(rows) < SPAN or apart[-1] - apart[0] != SPAN - 1:
        return "No two weeks in a row are known by class: who took the other side lately stays open."
    foreign = float(rows["foreigners_same_basis"].sum())
    sums = {name: float(rows[name].sum()) for name in SIDES}
    against = sorted((name for name in SIDES if sums[name] * foreign < 0), key=lambda name: -abs(sums[name]))
    parts = [f"{SIDE_WORDS[name]} {say.signed(sums[name])}" for name in against[:3]]
    head = f"In the {SPAN} weeks to {say.day(rows.index[-1])} foreigners {say.dealt_net(foreign)}; on the other side, "
    head += "in JPY bn: "
    covered = abs(sum(sums[name] for name in ("individuals", "others"))) / abs(foreign) * 100
    alone = sums["individuals"] + sums["others"]
    tail = f"individuals and others alone made up {say.percent(covered)} of it" if alone * foreign < 0 else ""
    return f"{head}{say.listed(parts)}{'; ' + tail if tail else ''}."


def shares(found: Findings) -> str:
    """The system over all weeks."""
    whole = found.shares.whole.sort_values("estimate", ascending=False)
    rows = [(SIDE_WORDS[str(name)], row) for name, row in whole.head(2).astype("float64").iterrows()]
    (first, one), (second, two) = rows
    span = [say.span(row["low"], row["high"], 0) for row in (one, two)]
    return (
        f"Over {say.counted(found.shares.system.observations, 'week')}, of every JPY 100bn that foreigners sold "
        f"{first} bought {say.number(one['estimate'], 0)} (95% interval {span[0]}) and {second} "
        f"{say.number(two['estimate'], 0)} ({span[1]}): an identity, not a choice."
    )


def change(found: Findings) -> str:
    """How the shares changed since the day."""
    frame = found.shares.change
    if frame is None:
        return NO_NEWER
    row = frame.loc["individuals"].astype("float64").to_dict()
    ends = say.interval(row["low"], row["high"], 0)
    told = "no clear change" if row["low"] <= 0 <= row["high"] else "a clear change alone"
    q_values = adjusted(tests(found)).tests["q_value"]
    head = f"change since {found.settings.since}, share of"
    firm = [name for name in SIDES if q_values[f"{head} {SIDE_WORDS[name]}"] <= LEVEL]
    since = say.month(found.settings.turn)
    return (
        f"Since {since} ({say.counted(found.shares.weeks_after, 'week')}) individuals' share of the other side differs "
        f"by {say.signed(row['estimate'], 0)} per 100 ({ends}): {told}; with all tests counted "
        f"{say.listed([SIDE_WORDS[name] for name in firm], 'no class')} changed."
    )


def price(found: Findings) -> str:
    """At what price, and whether capacity mattered."""
    slope, crossed = found.price.plain.estimate("sold"), found.price.by_capacity.estimate("sold_x_capacity")
    head = (
        f"In weeks of foreign selling each deviation sold came with {say.signed(slope.value, 0)} bp of TOPIX beyond "
        f"the S&P 500 and the dollar ({_ends(slope)})"
    )
    told = "cannot be told from zero" if crossed.covers_zero else "is clear"
    return f"{head}; what individuals' cash at hand changed in that, {say.signed(crossed.value, 0)} bp, {told}."


def _ends(found: Estimate) -> str:
    return say.interval(found.low, found.high, 0)


def milder(found: Findings) -> str:
    """Whether newer episodes were milder than earlier weeks like them."""
    summary = found.milder.summary
    since = say.month(found.settings.turn)
    if summary.empty:
        return NO_MATCHES.format(since=since, n=len(found.milder.pairs))
    row = summary.loc["worst_pct"].astype("float64").to_dict()
    ends = say.interval(row["low"], row["high"])
    without = say.span(row["without_one_low"], row["without_one_high"])
    return (
        f"The worst closes within {say.counted(found.settings.horizon_weeks, 'week')} of the {int(row['episodes'])} "
        f"episodes of heavy selling since {since} differed from matched earlier weeks' by "
        f"{say.signed(row['estimate'])} points ({ends}; {without} with one left out): "
        f"{_milder_words(row['low'], row['high'])}."
    )


def _milder_words(low: float, high: float) -> str:
    if low <= 0 <= high:
        return "milder corrections are not shown"
    return "milder than before" if low > 0 else "harder than before"


def limits(found: Findings) -> str:
    """What these figures cannot say."""
    last = say.day(found.weeks.index[-1])
    return (
        f"To {last} every sale had a buyer: shares say who, not why or at what price. Corporations, insurers and banks "
        "are one class with the rest; futures are not here; weekly figures do not separate cause from common news."
    )


def metrics(found: Findings) -> list[Metric]:
    """The figures by name."""
    listed = [Metric("latest_week", found.weeks.index[-1].date())]
    unit = "JPY bn bought per JPY 100bn sold"
    for name, row in found.shares.whole.iterrows():
        listed.append(Metric.rounded(f"share_{name}", row["estimate"], unit, row["low"], row["high"], decimals=1))
    slope = found.price.plain.estimate("sold")
    listed.append(Metric.rounded("topix_bp_per_deviation_sold", slope.value, "bp", slope.low, slope.high, decimals=1))
    listed.append(Metric("heavy_weeks", len(found.heavy), "weeks"))
    if found.milder.summary.empty:
        return [*listed, Metric.missing("milder_points", "too few newer episodes")]
    gap = found.milder.summary.loc["worst_pct"].astype("float64").to_dict()
    return [*listed, Metric.rounded("milder_points", gap["estimate"], "points", gap["low"], gap["high"])]
