"""NISA: how much it has brought, and how much of it to Japan.

The figures of the scheme are few, rounded and of several kinds. They are never joined into a series: each says
something about purchases between two dates (``ledger``), and what they say together bounds the pace before and after
a date (``pace``), the part that can be Japanese shares or funds (``destination``), and NISA's place beside individuals'
trade on the exchange (``exchange``). Whether flows beside the scheme changed at the date is asked in ``breaks``.
"""

from jpresearch.studies import credits
from jpresearch.studies.nisa import interruption
from jpresearch.studies.nisa.captions import ACCOUNTS, RECORDS, figures
from jpresearch.studies.nisa.conclusions import takeaways
from jpresearch.studies.nisa.destination import Listed
from jpresearch.studies.nisa.inputs import Inputs, load_inputs
from jpresearch.studies.nisa.pages import (
    JAPAN_CAPTION,
    PURCHASES_CAPTION,
    SLOPES_CAPTION,
    TOTALS_CAPTION,
    YEARS_CAPTION,
    individuals_years,
    japan_bounds,
    metrics,
    published_totals,
    purchases_by_period,
    slopes,
)
from jpresearch.studies.nisa.result import Result, analyse
from jpresearch.studies.testing import CAPTION as TESTS_CAPTION
from jpresearch.studies.testing import tests_table

__all__ = [
    "ACCOUNTS",
    "JAPAN_CAPTION",
    "PURCHASES_CAPTION",
    "RECORDS",
    "SLOPES_CAPTION",
    "TESTS_CAPTION",
    "TOTALS_CAPTION",
    "YEARS_CAPTION",
    "Inputs",
    "Listed",
    "Result",
    "analyse",
    "credits",
    "figures",
    "individuals_years",
    "interruption",
    "japan_bounds",
    "load_inputs",
    "metrics",
    "published_totals",
    "purchases_by_period",
    "slopes",
    "takeaways",
    "tests_table",
]
