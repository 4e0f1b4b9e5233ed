"""Verdicts on a claim, from all of its admitted readings and the noise of each.

A reading is one way to measure the claim: a value, the interval that its own measurement leaves open, and a rule. It
holds or fails where the whole interval does, and is unclear where the interval straddles the threshold. A claim can
have parts, each judged by its own readings. ``REVISED`` is the day on which these rules were last changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, nan
from typing import Final

import pandas as pd

from jpresearch.errors import BadParameter

REVISED: Final = pd.Timestamp("2026-11-29")
KINDS: Final = ("at_least", "at_most", "above", "below", "near")


class Verdict(StrEnum):
    """What all readings together say of a claim."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    CONTRADICTED = "contradicted"
    UNDETERMINED = "undetermined"
    NOT_TESTABLE = "not testable"


class Outcome(StrEnum):
    """What one reading says: ``UNKNOWN`` where its figures were not public on the day."""

    HOLDS = "holds"
    FAILS = "fails"
    UNCLEAR = "inside the noise"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Measured:
    """A value with the ends of its noise, in the unit of its reading; all missing where it cannot be measured.

    Raises ``BadParameter`` where the ends do not enclose the value.
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if self.known and not self.low <= self.value <= self.high:
            raise BadParameter(f"{self.low} to {self.high} does not enclose {self.value}", "Measured")

    @classmethod
    def exactly(cls, value: float) -> Measured:
        """A value without noise."""
        return cls(value, value, value)

    @classmethod
    def unknown(cls) -> Measured:
        """Where there is nothing to measure."""
        return cls(nan, nan, nan)

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not (pd.isna(self.value) or pd.isna(self.low) or pd.isna(self.high))

    def within(self, tolerance: float) -> Measured:
        """The same value with so much noise on either side in place of its own."""
        return Measured(self.value, self.value - tolerance, self.value + tolerance) if self.known else self


@dataclass(frozen=True)
class Rule:
    """When a value bears a claim out.

    Attributes
    ----------
    kind : one of ``KINDS``. ``at_least`` and ``at_most`` include the threshold, ``above`` and ``below`` do not.
    threshold : the level that the claim names or implies, in the unit of the value.
    width : for ``near``, how far from the threshold the words of the claim still reach (half of the last digit said).

    Raises ``BadParameter`` for an unknown kind, a threshold that is no number, a width that is negative or not asked.
    """

    kind: str
    threshold: float
    width: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadParameter(f"no rule is called {self.kind!r}", "rule", f"There are: {', '.join(KINDS)}.")
        if not isfinite(self.threshold):
            raise BadParameter(f"a threshold of {self.threshold} decides nothing", "threshold", "Give a number.")
        if not self.width >= 0 or (self.width and self.kind != "near"):
            raise BadParameter(f"a width of {self.width} for {self.kind}", "width", "Only near has one, zero or more.")

    def outcome(self, measured: Measured) -> Outcome:
        """What a value with its noise says."""
        if not measured.known:
            return Outcome.UNKNOWN
        low, high = self._holds(measured.low), self._holds(measured.high)
        if self.kind == "near":
            apart = measured.high < self.threshold - self.width or measured.low > self.threshold + self.width
            return Outcome.HOLDS if low and high else Outcome.FAILS if apart else Outcome.UNCLEAR
        return Outcome.UNCLEAR if low != high else Outcome.HOLDS if low else Outcome.FAILS

    def _holds(self, value: float) -> bool:
        threshold, width = self.threshold, self.width
        return {
            "at_least": value >= threshold,
            "at_most": value <= threshold,
            "above": value > threshold,
            "below": value < threshold,
            "near": threshold - width <= value <= threshold + width,
        }[self.kind]


def verdict(outcomes: Iterable[Outcome]) -> Verdict:
    """The verdict on one claim, or one part of it, from all admitted readings.

    Supported: every reading that is known holds. Contradicted: none holds and none is inside its noise. Partly: some
    hold, not all. Undetermined: none holds and at least one is inside its noise. Not testable: nothing is known.
    """
    known = [outcome for outcome in outcomes if outcome is not Outcome.UNKNOWN]
    if not known:
        return Verdict.NOT_TESTABLE
    holding = sum(outcome is Outcome.HOLDS for outcome in known)
    if holding:
        return Verdict.SUPPORTED if holding == len(known) else Verdict.PARTLY
    return Verdict.UNDETERMINED if Outcome.UNCLEAR in known else Verdict.CONTRADICTED


def compound(parts: Mapping[str, Verdict]) -> Verdict:
    """The verdict on a claim with parts.

    Supported or contradicted only where every part is; partly where any part is supported or partly so; undetermined
    where nothing holds and some part cannot be decided; not testable where no part is. Parts that are not testable keep
    a claim from being supported or contradicted as a whole.
    """
    found = set(parts.values())
    if not found:
        return Verdict.NOT_TESTABLE
    if len(found) == 1:
        return next(iter(found))
    return Verdict.PARTLY if found & {Verdict.SUPPORTED, Verdict.PARTLY} else Verdict.UNDETERMINED
