"""Verdicts: each rule at, just inside and just outside its boundary, with noise on either side; five classes, parts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from jpresearch.errors import BadParameter
from jpresearch.models.verdicts import Measured, Outcome, Rule, Verdict, compound, verdict

HOLDS, FAILS, UNCLEAR, UNKNOWN = Outcome.HOLDS, Outcome.FAILS, Outcome.UNCLEAR, Outcome.UNKNOWN
STEP = 0.001


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("at_least", 10.0, HOLDS), ("at_least", 10 + STEP, HOLDS), ("at_least", 10 - STEP, FAILS),
        ("at_most", 10.0, HOLDS), ("at_most", 10 - STEP, HOLDS), ("at_most", 10 + STEP, FAILS),
        ("above", 10.0, FAILS), ("above", 10 + STEP, HOLDS), ("above", 10 - STEP, FAILS),
        ("below", 10.0, FAILS), ("below", 10 - STEP, HOLDS), ("below", 10 + STEP, FAILS),
    ],
)  # fmt: skip
def test_a_value_without_noise_is_decided_at_the_threshold(kind: str, value: float, expected: Outcome) -> None:
    assert Rule(kind, 10.0).outcome(Measured.exactly(value)) is expected


@pytest.mark.parametrize("threshold", [-4.0, 0.0, 10.0])
@pytest.mark.parametrize("noise", [0.5, 2.0])
@pytest.mark.parametrize(("kind", "favour"), [("at_least", 1), ("above", 1), ("at_most", -1), ("below", -1)])
def test_noise_on_either_side_of_the_threshold(kind: str, favour: int, noise: float, threshold: float) -> None:
    def at(distance: float) -> Outcome:
        return Rule(kind, threshold).outcome(Measured.exactly(threshold + favour * distance).within(noise))

    assert at(noise + STEP) is HOLDS and at(-noise - STEP) is FAILS
    assert at(noise - STEP) is at(-noise + STEP) is at(0.0) is UNCLEAR


@pytest.mark.parametrize("noise", [0.0, 0.2, 3.0])
@pytest.mark.parametrize("side", [-1, 1])
def test_near_reaches_as_far_as_the_words(noise: float, side: int) -> None:
    def at(distance: float) -> Outcome:
        return Rule("near", -5.0, 0.5).outcome(Measured.exactly(-5 + side * distance).within(noise))

    assert at(0.5 + noise + STEP) is FAILS
    assert at(0.5 + noise - STEP) is (UNCLEAR if noise else HOLDS)
    assert at(0.5 - noise - STEP) is HOLDS if noise < 0.5 else at(0.0) is UNCLEAR


def test_one_sided_noise_counts_where_it_lies() -> None:
    rule = Rule("at_least", 2.0)
    assert rule.outcome(Measured(2.5, 2.4, 9.0)) is HOLDS
    assert rule.outcome(Measured(2.5, 1.9, 2.5)) is UNCLEAR
    assert rule.outcome(Measured(1.5, 0.0, 1.9)) is FAILS


def test_what_is_not_known_is_not_judged() -> None:
    assert Rule("above", 0.0).outcome(Measured.unknown()) is UNKNOWN
    assert Measured.unknown().within(3.0).known is False


@pytest.mark.parametrize(
    ("kind", "threshold", "width"),
    [("about", 1.0, 0.0), ("near", float("nan"), 0.0), ("near", 1.0, -1.0), ("above", 1.0, 0.5)],
)
def test_a_rule_that_decides_nothing_is_refused(kind: str, threshold: float, width: float) -> None:
    with pytest.raises(BadParameter):
        Rule(kind, threshold, width)


def test_ends_that_do_not_enclose_the_value_are_refused() -> None:
    with pytest.raises(BadParameter, match="enclose"):
        Measured(1.0, 2.0, 3.0)


@pytest.mark.parametrize("outcomes", list(product([HOLDS, FAILS, UNCLEAR, UNKNOWN], repeat=3)))
def test_every_mixture_of_three_readings(outcomes: tuple[Outcome, ...]) -> None:
    known = [outcome for outcome in outcomes if outcome is not UNKNOWN]
    found = verdict(outcomes)
    assert (found is Verdict.NOT_TESTABLE) == (not known)
    assert (found is Verdict.SUPPORTED) == (bool(known) and set(known) == {HOLDS})
    assert (found is Verdict.CONTRADICTED) == (bool(known) and set(known) == {FAILS})
    assert (found is Verdict.UNDETERMINED) == (HOLDS not in known and UNCLEAR in known)
    assert (found is Verdict.PARTLY) == (HOLDS in known and set(known) != {HOLDS})


def test_the_order_of_readings_does_not_matter() -> None:
    for outcomes in product([HOLDS, FAILS, UNCLEAR], repeat=3):
        assert verdict(outcomes) is verdict(reversed(outcomes))


@pytest.mark.parametrize("first", list(Verdict))
@pytest.mark.parametrize("second", list(Verdict))
def test_a_claim_with_two_parts(first: Verdict, second: Verdict) -> None:
    found = compound({"one": first, "two": second})
    if first is second:
        assert found is first
    elif {first, second} & {Verdict.SUPPORTED, Verdict.PARTLY}:
        assert found is Verdict.PARTLY
    else:
        assert found is Verdict.UNDETERMINED


def test_a_ledger_whose_truth_is_known_is_judged_right() -> None:
    """Truths far above, far below and at the threshold, each measured three times with an error inside its noise."""
    draw = np.random.default_rng(7)
    rule, noise = Rule("at_least", 0.0), 1.0
    truths = {Verdict.SUPPORTED: 2.5, Verdict.CONTRADICTED: -2.5, Verdict.UNDETERMINED: 0.0}
    for expected, truth in truths.items():
        for _ in range(200):
            errors = draw.uniform(-noise, noise, 3)
            assert verdict(rule.outcome(Measured.exactly(truth + e).within(noise)) for e in errors) is expected
    mixed = [rule.outcome(Measured.exactly(truth).within(noise)) for truth in (2.5, -2.5)]
    assert verdict(mixed) is Verdict.PARTLY
    assert verdict([]) is Verdict.NOT_TESTABLE
    assert compound({"amount": Verdict.SUPPORTED, "record": verdict([UNKNOWN])}) is Verdict.PARTLY
