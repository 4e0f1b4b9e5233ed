"""The state of play on one page, as of any day: indices, flows, valuation, yen, rates, and what is new."""

from jpresearch.studies import credits
from jpresearch.studies.dashboard import captions
from jpresearch.studies.dashboard.conclusions import metrics, takeaways
from jpresearch.studies.dashboard.findings import INDICES, MONEY, VALUATION, Findings, estimate, moves, recent
from jpresearch.studies.dashboard.inputs import OPTIONAL, Inputs, Settings, load_inputs
from jpresearch.studies.dashboard.pages import (
    NEWS_CAPTION,
    STATE_CAPTION,
    labels,
    named,
    news_table,
    shown_strip,
    state_table,
    units,
)
from jpresearch.studies.dashboard.standing import strip

__all__ = [
    "INDICES",
    "MONEY",
    "NEWS_CAPTION",
    "OPTIONAL",
    "STATE_CAPTION",
    "VALUATION",
    "Findings",
    "Inputs",
    "Settings",
    "captions",
    "credits",
    "estimate",
    "labels",
    "load_inputs",
    "metrics",
    "moves",
    "named",
    "news_table",
    "recent",
    "shown_strip",
    "state_table",
    "strip",
    "takeaways",
    "units",
]
