"""Verdicts: at each boundary, by role of the reading, and from the bundled ledger."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch.errors import DataError, NotYetPublished
from jpresearch.studies import claims as study
from jpresearch.studies.claims.ledger import Claim, Judged, Test, Verdict, claims
from jpresearch.studies.claims.measuring import MEASURES, named

Build = Callable[..., Claim]


@pytest.mark.parametrize(
    ("rule", "inside", "edge", "outside"),
    [
        ("at_least", 9.01, 9.0, 8.99),
        ("at_most", 10.99, 11.0, 11.01),
        ("near", 10.99, 11.0, 11.01),
        ("near", 9.01, 9.0, 8.99),
    ],
)
def test_a_rule_holds_up_to_its_tolerance(rule: str, inside: float, edge: float, outside: float) -> None:
    test = Test(rule, 10.0, 1.0)
    assert test.holds(inside)
    assert test.holds(edge)
    assert not test.holds(outside)


@pytest.mark.parametrize(("rule", "inside", "edge"), [("above", 9.01, 9.0), ("below", 10.99, 11.0)])
def test_a_strict_rule_does_not_hold_at_its_edge(rule: str, inside: float, edge: float) -> None:
    test = Test(rule, 10.0, 1.0)
    assert test.holds(inside)
    assert not test.holds(edge)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"h": 10.0, "o": 10.0}, Verdict.SUPPORTED),
        ({"h": 10.0, "o": 0.0}, Verdict.SUPPORTED),
        ({"h": 0.0, "o": 10.0}, Verdict.PARTLY),
        ({"h": 0.0, "o": 0.0}, Verdict.CONTRADICTED),
        ({"h": 0.0, "o": None}, Verdict.CONTRADICTED),
        ({"h": None, "o": 10.0}, Verdict.NOT_TESTABLE),
    ],
)
def test_the_headline_decides_and_another_reading_saves_in_part(
    claim: Build, values: dict[str, float | None], verdict: Verdict
) -> None:
    assert Judged(claim(h="headline", o="other"), values).verdict is verdict


def test_an_origin_is_shown_and_never_counts(claim: Build) -> None:
    judged = Judged(claim(h="headline", g="origin"), {"h": 0.0, "g": 10.0})
    assert judged.verdict is Verdict.CONTRADICTED
    assert judged.share == 0.0
    assert list(judged.counted) == ["h"]


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_the_share_is_that_of_readings_that_hold(holds: list[bool]) -> None:
    roles = {f"r{place}": "other" for place in range(len(holds))} | {"h": "headline"}
    made = {f"r{place}": 10.0 if held else 0.0 for place, held in enumerate(holds)} | {"h": 10.0}
    assert Judged(by_hand(roles), made).share == pytest.approx((sum(holds) + 1) / (len(holds) + 1))


def by_hand(roles: dict[str, str]) -> Claim:
    """A claim without the fixture, which hypothesis must not share between examples."""
    from jpresearch.studies.claims.ledger import Reading
    from jpresearch.studies.claims.measuring import Span

    span = Span("topix", pd.Timestamp("2025-08-29"), pd.Timestamp("2025-08-29"))
    readings = tuple(Reading(name, role, name, "change", span) for name, role in roles.items())
    return Claim(1, "flows", "short", "A claim.", "%", Test("at_least", 10.0, 1.0), readings, "because")


def test_an_unknown_rule_and_an_unknown_measure_are_named() -> None:
    with pytest.raises(DataError, match="no rule is called 'about'"):
        Test("about", 1.0, 0.0)
    with pytest.raises(DataError, match="no measure is called 'guess'"):
        named("guess")


def test_the_ledger_has_34_claims_each_with_a_sentence_of_why_and_a_headline_where_it_is_tested() -> None:
    ledger = claims("2025-09-05")
    assert [item.number for item in ledger] == list(range(1, 35))
    assert all(item.why for item in ledger)
    for item in ledger:
        roles = [reading.role for reading in item.readings]
        assert (roles.count("headline") == 1) == bool(roles) == (item.test is not None)
        assert all(reading.measure in MEASURES for reading in item.readings)
        if item.test is not None:
            counted = [reading for reading in item.readings if reading.counts]
            assert len(counted) >= 2, f"claim {item.number} has fewer than two honest readings and does not say so"


def test_before_the_claims_were_made_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotYetPublished, match="2025-09-05"):
        claims("2025-09-04")


def test_a_claim_without_a_headline_is_refused(change_ledger: Callable[..., None]) -> None:
    change_ledger("claim_readings", "role", "other", claim="1", reading="two weeks")
    with pytest.raises(DataError, match="exactly one headline"):
        claims("2025-09-05")


def test_a_tolerance_changed_in_the_ledger_changes_the_verdict(change_ledger: Callable[..., None]) -> None:
    before = study.estimate("2025-09-05").judged[23]
    change_ledger("claims", "tolerance", "2", claim="24")
    after = study.estimate("2025-09-05").judged[23]
    assert (before.verdict, after.verdict) == (Verdict.CONTRADICTED, Verdict.SUPPORTED)
    assert before.measured == after.measured


def test_a_window_changed_in_the_ledger_changes_the_value(change_ledger: Callable[..., None]) -> None:
    change_ledger("claim_readings", "first_day", "2025-08-25", claim="1", reading="two weeks")
    judged = study.estimate("2025-09-05").judged[0]
    assert judged.measured == pytest.approx(-303.154, abs=0.001)
    assert judged.verdict is Verdict.CONTRADICTED
