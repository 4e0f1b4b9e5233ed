"""The ledger of claims: what was said of Japanese equities, measured."""

from jpresearch.studies import credits
from jpresearch.studies.claims import captions
from jpresearch.studies.claims.conclusions import metrics, takeaways
from jpresearch.studies.claims.findings import Findings, estimate
from jpresearch.studies.claims.ledger import Verdict
from jpresearch.studies.claims.pages import (
    CLAIMS_CAPTION,
    READINGS_CAPTION,
    SINCE_CAPTION,
    VERDICTS_CAPTION,
    claims_table,
    flips,
    index_path,
    readings_table,
    recent_flows,
    since_table,
    strip,
    verdict_counts,
    verdicts_table,
)

__all__ = [
    "CLAIMS_CAPTION",
    "READINGS_CAPTION",
    "SINCE_CAPTION",
    "VERDICTS_CAPTION",
    "Findings",
    "Verdict",
    "captions",
    "claims_table",
    "credits",
    "estimate",
    "flips",
    "index_path",
    "metrics",
    "readings_table",
    "recent_flows",
    "since_table",
    "strip",
    "takeaways",
    "verdict_counts",
    "verdicts_table",
]
