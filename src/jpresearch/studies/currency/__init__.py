"""What a dollar investor earned on Japanese shares: index, yen and hedge, and foreigners' flows beside them."""

from jpresearch.studies import credits
from jpresearch.studies.currency import captions
from jpresearch.studies.currency.conclusions import metrics, takeaways
from jpresearch.studies.currency.earned import PART_LABELS, WAY_LABELS, newest_year
from jpresearch.studies.currency.findings import Findings, estimate, tests
from jpresearch.studies.currency.inputs import CLOCK_WORDS, Inputs, Settings, load_inputs
from jpresearch.studies.currency.pages import (
    CLOCKS_CAPTION,
    STEPS_CAPTION,
    VARIANCE_CAPTION,
    YEARS_CAPTION,
    clocks_table,
    steps_table,
    variance_table,
    years_table,
)
from jpresearch.studies.currency.reaction import shown
from jpresearch.studies.testing import CAPTION as TESTS_CAPTION
from jpresearch.studies.testing import tests_table

__all__ = [
    "CLOCKS_CAPTION",
    "CLOCK_WORDS",
    "PART_LABELS",
    "STEPS_CAPTION",
    "TESTS_CAPTION",
    "VARIANCE_CAPTION",
    "WAY_LABELS",
    "YEARS_CAPTION",
    "Findings",
    "Inputs",
    "Settings",
    "captions",
    "clocks_table",
    "credits",
    "estimate",
    "load_inputs",
    "metrics",
    "newest_year",
    "shown",
    "steps_table",
    "takeaways",
    "tests",
    "tests_table",
    "variance_table",
    "years_table",
]
