"""The ledger judged, and what happened next."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch.studies.claims import domestic, flows, prices  # noqa: F401 - measures register themselves on import
from jpresearch.studies.claims.aftermath import Aftermath, what_happened
from jpresearch.studies.claims.facts import Facts
from jpresearch.studies.claims.ledger import Judged, Verdict, claims, judge


@dataclass(frozen=True)
class Findings:
    """All claims with their readings measured as of a day; ``since`` is what happened after the article's day."""

    judged: list[Judged]
    since: Aftermath
    facts: Facts

    def count(self, verdict: Verdict) -> int:
        """How many claims have this verdict."""
        return sum(item.verdict is verdict for item in self.judged)

    @property
    def testable(self) -> list[Judged]:
        """Claims that the data can judge."""
        return [item for item in self.judged if item.verdict is not Verdict.NOT_TESTABLE]

    @property
    def newest(self) -> pd.Timestamp:
        """The newest survey week known."""
        return pd.Timestamp(self.facts.foreigners.index[-1])


def estimate(as_of: str | None = None) -> Findings:
    """Judge every claim on the figures known at ``as_of``. Raises ``NotYetPublished`` before the claims were made."""
    facts = Facts(as_of)
    return Findings([judge(claim, facts) for claim in claims(as_of)], what_happened(facts), facts)
