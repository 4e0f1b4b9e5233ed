"""The ledger: claims in this project's words, the test of each fixed beforehand, and the verdict that numbers give.

Claims and readings are the tables ``claims`` and ``claim_readings`` of the data package: a window, a tolerance or a
measure is changed there, in one place. A reading is a function of a table, a window and a definition that someone could
defend. Its role says what it may do:

- ``headline``: what the claim says when taken at its word; it gives the measured value;
- ``other``: another defensible reading;
- ``origin``: where the number may come from, though it is not what the claim says. It is shown and never counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pandas as pd

from jpresearch.errors import DataError
from jpresearch.studies.claims.facts import Facts
from jpresearch.studies.claims.measuring import Span, named
from jpresearch.tables import load

HEADLINE, OTHER, ORIGIN = "headline", "other", "origin"
RULES: Final = ("at_least", "at_most", "above", "below", "near")


class Verdict(StrEnum):
    """What the readings say of a claim."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    CONTRADICTED = "contradicted"
    NOT_TESTABLE = "not testable with these data"


@dataclass(frozen=True)
class Test:
    """When a value bears the claim out: the rule, its threshold, and the tolerance in the unit of the value."""

    __test__ = False

    rule: str
    threshold: float
    tolerance: float

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise DataError(f"no rule is called {self.rule!r}", "claims", f"There are: {', '.join(RULES)}.")

    def holds(self, value: float) -> bool:
        """Whether ``value`` bears the claim out; the tolerance always works in the claim's favour."""
        threshold, give = self.threshold, self.tolerance
        return {
            "at_least": value >= threshold - give,
            "at_most": value <= threshold + give,
            "above": value > threshold - give,
            "below": value < threshold + give,
            "near": abs(value - threshold) <= give,
        }[self.rule]

    def in_words(self, unit: str) -> str:
        """``at most -490 JPY bn, tolerance 24.5``."""
        words = self.rule.replace("_", " ")
        give = f", tolerance {self.tolerance:g}" if self.tolerance else ""
        return f"{words} {self.threshold:g} {unit}{give}"


@dataclass(frozen=True)
class Reading:
    """One way to measure a claim."""

    name: str
    role: str
    words: str
    measure: str
    span: Span

    @property
    def counts(self) -> bool:
        """Whether the verdict hears it."""
        return self.role != ORIGIN


@dataclass(frozen=True)
class Claim:
    """A claim of the ledger; ``test`` and ``readings`` are missing where it is a matter of opinion or of other data."""

    number: int
    topic: str
    short: str
    statement: str
    unit: str
    test: Test | None
    readings: tuple[Reading, ...]
    why: str


@dataclass(frozen=True)
class Judged:
    """A claim with its readings measured: ``measurements`` by reading, ``None`` where the tables do not reach."""

    claim: Claim
    measurements: dict[str, float | None]

    @property
    def measured(self) -> float | None:
        """The headline's value."""
        return next(
            (self.measurements[reading.name] for reading in self.claim.readings if reading.role == HEADLINE), None
        )

    @property
    def counted(self) -> dict[str, bool]:
        """By reading that counts and has a value: whether the claim holds under it."""
        test = self.claim.test
        found: dict[str, bool] = {}
        for reading in self.claim.readings:
            value = self.measurements[reading.name]
            if reading.counts and value is not None and test is not None:
                found[reading.name] = test.holds(value)
        return found

    @property
    def share(self) -> float | None:
        """The share of those readings under which it holds."""
        counted = self.counted
        return sum(counted.values()) / len(counted) if counted else None

    @property
    def verdict(self) -> Verdict:
        """Supported where the headline holds, partly where only another reading does, else contradicted.

        Not testable where the headline cannot be measured.
        """
        counted = self.counted
        headline = next((reading.name for reading in self.claim.readings if reading.role == HEADLINE), None)
        if headline not in counted:
            return Verdict.NOT_TESTABLE
        if counted[headline]:
            return Verdict.SUPPORTED
        return Verdict.PARTLY if any(counted.values()) else Verdict.CONTRADICTED


def claims(as_of: str | None) -> list[Claim]:
    """The ledger in order of its numbers.

    Raises
    ------
    NotYetPublished : the claims had not been made yet at ``as_of``.
    DataError : a rule, role or measure that does not exist, or a testable claim without exactly one headline.
    """
    rows = load("claim_readings", as_of)
    readings = {int(number): _readings(rows[rows["claim"] == number]) for number in rows["claim"].unique()}
    table = load("claims", as_of)
    return [_claim(row, readings.get(int(row["claim"]), ())) for _, row in table.iterrows()]


def judge(claim: Claim, facts: Facts) -> Judged:
    """Measure every reading of a claim on the facts of a day."""
    return Judged(claim, {reading.name: named(reading.measure)(facts, reading.span) for reading in claim.readings})


def _claim(row: pd.Series[Any], readings: tuple[Reading, ...]) -> Claim:
    number = int(row["claim"])
    if readings and sum(reading.role == HEADLINE for reading in readings) != 1:
        raise DataError("a claim with readings needs exactly one headline", f"claims, {number}")
    test = None
    if readings:
        test = Test(str(row["rule"]), float(row["threshold"]), float(row["tolerance"]))
    text = {name: _text(row[name]) for name in ("topic", "short", "statement", "unit", "why")}
    return Claim(number, text["topic"], text["short"], text["statement"], text["unit"], test, readings, text["why"])


def _readings(rows: pd.DataFrame) -> tuple[Reading, ...]:
    found = []
    for row in rows.sort_values("reading").to_dict("records"):
        if row["role"] not in (HEADLINE, OTHER, ORIGIN):
            raise DataError(f"no role is called {row['role']!r}", f"claim_readings, {row['claim']}")
        named(str(row["measure"]))
        span = Span(_text(row["subject"]), pd.Timestamp(row["first_day"]), pd.Timestamp(row["last_day"]))
        found.append(Reading(str(row["reading"]), str(row["role"]), str(row["words"]), str(row["measure"]), span))
    return tuple(sorted(found, key=lambda reading: (HEADLINE, OTHER, ORIGIN).index(reading.role)))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
