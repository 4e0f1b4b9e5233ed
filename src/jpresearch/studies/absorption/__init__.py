"""Who buys when foreigners sell, at what price, and whether corrections have become milder."""

from jpresearch.studies import credits
from jpresearch.studies.absorption import captions
from jpresearch.studies.absorption.captions import balances_by_week
from jpresearch.studies.absorption.conclusions import metrics, takeaways
from jpresearch.studies.absorption.findings import Findings, estimate, tests
from jpresearch.studies.absorption.inputs import LABELS, Inputs, Settings, load_inputs
from jpresearch.studies.absorption.pages import (
    CAPACITY_CAPTION,
    MILDER_CAPTION,
    RESIDUALS_CAPTION,
    SUMMARY_CAPTION,
    capacity_table,
    episode_gaps,
    event_path,
    milder_table,
    named,
    residuals_table,
    shares_beside,
    summary_table,
)
from jpresearch.studies.testing import CAPTION as TESTS_CAPTION
from jpresearch.studies.testing import tests_table

__all__ = [
    "CAPACITY_CAPTION",
    "LABELS",
    "MILDER_CAPTION",
    "RESIDUALS_CAPTION",
    "SUMMARY_CAPTION",
    "TESTS_CAPTION",
    "Findings",
    "Inputs",
    "Settings",
    "balances_by_week",
    "capacity_table",
    "captions",
    "credits",
    "episode_gaps",
    "estimate",
    "event_path",
    "load_inputs",
    "metrics",
    "milder_table",
    "named",
    "residuals_table",
    "shares_beside",
    "summary_table",
    "takeaways",
    "tests",
    "tests_table",
]
