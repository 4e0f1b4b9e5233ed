"""The conclusions on markets whose truth is known: the notebook's own functions must call each by its name."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from jpresearch.studies.foreign_flows.impact import Impact, estimate_impact
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.system import System
from jpresearch.studies.foreign_flows.verdict import (
    CONDITION,
    ImpactVerdict,
    impact_verdict,
    impact_words,
    lasting_words,
    predicting_words,
)
from tests.stats.simulated_markets import MARKETS, feedback_within_the_week

WEEKS = 760
SEEDS = (0, 1)


@cache
def judged(market: str, seed: int, given: bool = True, draws: int = 199) -> tuple[Impact, ImpactVerdict]:
    """A simulated market through the notebook's estimates; flow in JPY 100bn, index and factor in bp."""
    make = feedback_within_the_week if market == "within the week" else MARKETS[market]
    frame = make(WEEKS, seed).rename(columns={"return": "topix"}) * [0.01, 100.0, 100.0]
    system = System(frame if given else frame[["flow", "topix"]], ("abroad",) if given else (), "JPY 100bn")
    found = estimate_impact(system, Settings(draws=draws))
    return found, impact_verdict(found)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("given", [True, False])
def test_flows_that_only_follow_are_not_called_impact(seed: int, given: bool) -> None:
    found, verdict = judged("feedback only", seed, given)
    assert (verdict.kind, verdict.common, verdict.claims_impact) == ("no impact", False, False)
    assert verdict.follows and not verdict.leads
    assert impact_words(found, verdict).startswith("No impact is claimed")
    assert "covers zero" in impact_words(found, verdict)
    assert "no share of it to follow" in lasting_words(found, verdict)
    assert predicting_words(found, verdict).endswith("Flow follows; no lead of it is shown.")


@pytest.mark.parametrize("seed", SEEDS)
def test_an_impact_that_stays_is_called_permanent(seed: int) -> None:
    found, verdict = judged("permanent", seed)
    assert (verdict.kind, verdict.common) == ("permanent", False)
    assert found.given.at(0)[1] < 120 < found.given.at(0)[2]
    assert impact_words(found, verdict).endswith(CONDITION)
    assert lasting_words(found, verdict).startswith("Nothing shows that the response reverses")


@pytest.mark.parametrize("seed", SEEDS)
def test_an_impact_that_goes_is_called_transitory(seed: int) -> None:
    found, verdict = judged("transitory", seed)
    assert verdict.kind in ("transitory", "partly reversed")
    assert verdict.claims_impact
    assert "response reverses: after" in lasting_words(found, verdict)
    assert found.given.lasting.low <= 0 < 1 > found.given.lasting.high


@pytest.mark.parametrize("seed", SEEDS)
def test_a_common_factor_is_not_called_impact_once_it_is_given(seed: int) -> None:
    found, verdict = judged("common factor", seed)
    assert (verdict.kind, verdict.common) == ("no impact", True)
    words = impact_words(found, verdict)
    assert words.startswith("No impact is claimed")
    assert "once the market abroad is held fixed" in words
    assert words.endswith("News common to both would explain it.")


@pytest.mark.parametrize("seed", SEEDS)
def test_without_the_factor_the_text_says_that_it_may_be_all_of_it(seed: int) -> None:
    found, verdict = judged("common factor", seed, given=False)
    assert verdict.claims_impact and verdict.unchecked
    words = impact_words(found, verdict)
    assert "Nothing abroad was held fixed: common news, or flow that follows, may be all of it." in words


@pytest.mark.parametrize("seed", SEEDS)
def test_feedback_within_the_week_is_never_told_without_its_condition(seed: int) -> None:
    """Weekly data cannot part it from impact; the sentence says so, and the other order has nothing left."""
    found, verdict = judged("within the week", seed)
    assert impact_words(found, verdict).endswith(CONDITION)
    paths = found.orderings.paths
    assert paths["response_first"].iloc[0] == 0
    assert (paths["low"] <= 0).all()


def test_unit_of_flow_changes_no_verdict() -> None:
    found, verdict = judged("permanent", 0)
    system = found.system
    scaled = replace(system, frame=system.frame.assign(flow=system.frame["flow"] * 1000))
    other = estimate_impact(scaled, Settings(draws=199))
    assert impact_verdict(other) == verdict
    assert other.given.at(0)[0] * 1000 == pytest.approx(found.given.at(0)[0], rel=1e-6)
    assert other.given.lasting.ratio == pytest.approx(found.given.lasting.ratio, rel=1e-6)


def test_no_impact_needs_only_one_of_both_intervals_to_cover_zero() -> None:
    found, verdict = judged("permanent", 0)
    assert verdict.claims_impact
    lasting = replace(found.given.lasting, impact_low=-1.0, impact_high=200.0, verdict="no impact")
    doubted = replace(found, given=replace(found.given, lasting=lasting))
    again = impact_verdict(doubted)
    assert again.kind == "no impact"
    assert "bootstrap's 95% interval −1 to 200, which covers zero" in impact_words(doubted, again)


def test_a_share_without_bounds_is_said_in_words() -> None:
    found, verdict = judged("permanent", 0)
    lasting = replace(found.given.lasting, bounded=False, low=-np.inf, high=np.inf, verdict="undetermined")
    open_ = replace(found, given=replace(found.given, lasting=lasting))
    words = lasting_words(open_, replace(verdict, kind="undetermined"))
    assert words.startswith("Whether it lasts cannot be told")
    assert words.endswith("that share has no bounds.")
    assert "inf" not in words


def test_few_weeks_are_called_a_sketch() -> None:
    found, verdict = judged("permanent", 0)
    few = replace(found.given.lasting, observations=100)
    words = lasting_words(replace(found, given=replace(found.given, lasting=few)), verdict)
    assert words.endswith("With only 100 weeks this is a sketch.")
    assert "sketch" not in lasting_words(found, verdict)


@pytest.mark.parametrize("market", [*MARKETS, "within the week"])
def test_no_sentence_claims_a_cause_or_runs_on(market: str) -> None:
    found, verdict = judged(market, 0)
    for sentence in (impact_words(found, verdict), lasting_words(found, verdict), predicting_words(found, verdict)):
        assert len(sentence.split()) <= 45
        assert not any(word in sentence for word in ("caused", "drove", "pushed", "moved the"))


@pytest.mark.proof
@pytest.mark.parametrize(
    ("market", "given", "right", "common"),
    [
        ("feedback only", True, {"no impact"}, False),
        ("permanent", True, {"permanent"}, False),
        ("transitory", True, {"transitory", "partly reversed"}, False),
        ("common factor", True, {"no impact"}, True),
    ],
)
def test_each_market_is_called_rightly_as_often_as_promised(
    market: str, given: bool, right: set[str], common: bool
) -> None:
    """100 markets of each kind: wrong calls no more often than 5 % allow, and most calls made."""
    calls = [judged.__wrapped__(market, 2_000 + seed, given, 299)[1] for seed in range(100)]
    counts = Counter(call.kind for call in calls)
    wrong = sum(count for kind, count in counts.items() if kind not in right | {"undetermined"})
    assert wrong / 100 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100), counts
    assert sum(counts[kind] for kind in right) / 100 >= 0.85, counts
    assert all(call.common == common for call in calls if call.kind in right), "what the market abroad explains"
