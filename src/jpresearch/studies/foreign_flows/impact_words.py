"""Sentences and captions of the feedback-and-impact part, besides the verdict's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.foreign_flows.impact import Path
from jpresearch.studies.foreign_flows.impact_checks import PER_100BN
from jpresearch.studies.foreign_flows.investigation import Investigation
from jpresearch.studies.foreign_flows.published import BENCHMARKS
from jpresearch.studies.foreign_flows.verdict import (
    impact_verdict,
    impact_words,
    lasting_words,
    predicting_words,
)
from jpresearch.studies.results import Caption
from jpresearch.studies.testing import Test, adjusted

STATE_PAIRS: Final = {
    "After stormy weeks": "calm and stormy weeks",
    "After weeks of selling": "weeks after buying and after selling",
    "Unexpected selling": "unexpected buying and selling",
}


def impact_takeaways(found: Investigation, tests: Sequence[Test], level: float = 0.05) -> list[str]:
    """Six conclusions: size, how lasting, who predicts whom, what it hangs on, beside published figures, the tests."""
    verdict = impact_verdict(found.impact, level=level)
    return [
        impact_words(found.impact, verdict),
        lasting_words(found.impact, verdict),
        predicting_words(found.impact, verdict),
        hanging_words(found, level),
        published_words(found),
        announced_words(found, tests, level),
    ]


def hanging_words(found: Investigation, level: float) -> str:
    """How far the same-week response moves when asked for in other ways, and between states."""
    same_unit = found.checks[found.checks["unit"] == PER_100BN].dropna(subset=["estimate"])
    low, high = same_unit["estimate"].min(), same_unit["estimate"].max()
    covers = int(((same_unit["low"] <= 0) & (same_unit["high"] >= 0)).sum())
    words = f"Asked in {len(same_unit)} ways the same-week response per JPY 100 billion runs from "
    words += f"{say.span(low, high, 0)} basis points; the interval covers zero in {covers or 'none'}. "
    tested = found.states["p_value"].dropna()
    if tested.empty:
        return f"{words}Too few weeks to tell states apart."
    differ = [STATE_PAIRS[str(state)] for state, p_value in tested.items() if p_value < level]
    if not differ:
        return f"{words}It does not clearly differ between calm and stormy weeks, or buying and selling."
    return f"{words}Alone, the path differs between {say.listed(differ)} ({_least(tested, level)})."


def _least(tested: pd.Series, level: float) -> str:
    return say.listed([say.p_value(float(value)) for value in tested[tested < level]])


def published_words(found: Investigation) -> str:
    """The same-week response and the one published figure per yen."""
    other = next(item.bp_per_100bn for item in BENCHMARKS if item.bp_per_100bn is not None)
    _, low, high = found.impact.given.at(0)
    place = "inside" if low <= other <= high else "below" if other < low else "above"
    words = (
        f"Published for the Bank of Japan's ETF purchases, another flow and another sample: {say.number(other)} basis "
    )
    words += f"points per JPY 100 billion, {place} the interval here ({say.span(low, high, 0)})"
    if found.swings is None or not np.isfinite(found.swing):
        return f"{words}."
    size, least, most = (100 / found.swing * end for end in found.swings.at(0))
    return f"{words}. At the newest swing of flows the response here is {say.number(size)} ({say.span(least, most)})."


def announced_words(found: Investigation, tests: Sequence[Test], level: float) -> str:
    """What the release itself did, and how many of all tests hold."""
    counted = adjusted(tests, level=level).tests
    alone, together = int((counted["p_value"] <= level).sum()), int(counted["rejected"].sum())
    words = f"Of {len(counted)} tests here {alone or 'none'} hold alone, {together or 'none'} once all are counted."
    if found.announced is None:
        return f"The session after publication cannot be judged yet. {words}"
    slope = found.announced.fit.estimate("surprise")
    ends = say.interval(slope.low, slope.high, confidence=found.announced.fit.confidence)
    verdict = "nothing that can be shown" if slope.covers_zero else "something"
    head = f"The release told {verdict}: in the next session TOPIX changed by {say.signed(slope.value)} basis points "
    return f"{head}per JPY 100 billion unexpected ({ends}). {words}"


def path_caption(found: Investigation) -> Caption:
    """The response week by week."""
    path, held = found.impact.given, found.impact.system.given_words
    value, low, high = path.at(path.last_week)
    told = f"{say.number(path.at(0)[0], 0)} bp in the same week, {say.number(value, 0)} after {path.last_week} weeks"
    title = f"TOPIX after JPY 100bn of unexpected foreign buying, if flow came first: {told}"
    joint = path.projection.responses
    outside = int(((joint["band_low"] > 0) | (joint["band_high"] < 0)).sum())
    ends = say.interval(low, high, 0, confidence=path.projection.confidence)
    alt = f"Line of TOPIX's cumulative response, given {held}, with pointwise intervals and a joint band. {title}"
    return Caption(title, f"{alt} ({ends}). The joint band excludes zero in {outside or 'none'} of {len(joint)} weeks.")


def orderings_caption(found: Investigation) -> Caption:
    """Both orders of flow and index."""
    paths = found.impact.orderings.paths
    one, other = paths["impulse_first"].iloc[-1], paths["response_first"].iloc[-1]
    ends = f"{say.number(min(one, other), 0)} and {say.number(max(one, other), 0)}"
    title = f"Who came first within the week decides: after {paths.index[-1]} weeks between {ends} bp"
    row = paths.iloc[-1]
    alt = "Two lines, all of the common move as impact and all of it as feedback, with a band over both. "
    return Caption(title, f"{alt}{title}; the band runs from {say.span(row['low'], row['high'], 0)} bp.")


def checks_caption(found: Investigation) -> Caption:
    """The response in other ways."""
    known = found.checks[found.checks["unit"] == PER_100BN].dropna(subset=["estimate"])
    ends = say.span(known["estimate"].min(), known["estimate"].max(), 0)
    title = f"The same-week response asked for in {len(known)} ways: {ends} bp of TOPIX per JPY 100bn"
    return Caption(title, f"Intervals by way of asking. {title}.")


def states_caption(found: Investigation) -> Caption:
    """The response by state."""
    known = found.states.dropna(subset=["estimate"])
    if known.empty:
        return Caption("Too few weeks to tell states apart", "No response by state can be estimated: too few weeks.")
    tested = found.states["p_value"].dropna()
    parts = [f"{STATE_PAIRS[str(state)]} ({say.p_value(float(value))})" for state, value in tested.items()]
    ends = say.span(known["estimate"].min(), known["estimate"].max(), 0)
    title = f"The same-week response by state: {ends} bp of TOPIX per JPY 100bn"
    return Caption(title, f"Intervals by state. {title}. Differences over the whole path: {'; '.join(parts)}.")


def published_caption(shown: pd.DataFrame) -> Caption:
    """Responses here beside the published figure."""
    other = shown["estimate"].iloc[-1]
    title = (
        f"Price pressure published elsewhere, {say.number(float(other))} bp per JPY 100bn, beside the responses here"
    )
    here = shown["estimate"].iloc[:-1].rename(index=lambda name: str(name).removeprefix("Here: "))
    parts = [f"{name} {say.number(float(value), 0)}" for name, value in here.items()]
    return Caption(title, f"Intervals of bp per JPY 100bn. {title}: {', '.join(parts)}. Other flow, other sample.")


def announced_caption(found: Investigation) -> Caption:
    """The session after publication."""
    if found.announced is None:
        return Caption("The session after publication cannot be judged yet", "Too few weeks to judge the release.")
    slope = found.announced.fit.estimate("surprise")
    ends = say.interval(slope.low, slope.high, confidence=found.announced.fit.confidence)
    title = f"The session after publication: {say.signed(slope.value)} bp of TOPIX per JPY 100bn unexpected ({ends})"
    releases = say.counted(found.announced.fit.observations, "release")
    return Caption(title, f"Scatter of unexpected flow and TOPIX's next session, {releases}. {title}.")


def path_words(path: Path) -> str:
    """The share left in words, without infinite bounds: ``0.3 to 9.6``."""
    lasting = path.lasting
    return say.span(lasting.low, lasting.high, 1) if lasting.bounded else "no bounds: the first week may be zero"
