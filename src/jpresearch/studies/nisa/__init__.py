"""NISA: how much it has brought, and how much of it to Japan.

The figures of the scheme are few, rounded and of several kinds. They are never joined into a series: each says
something about purchases between two dates (``ledger``), and what they say together bounds the pace before and after
a date (``pace``), the part that can be Japanese shares (``destination``), and NISA's place beside individuals' trade
on the exchange (``exchange``) and fund flows (``funds``).
"""

from jpresearch.studies.nisa.destination import Listed
from jpresearch.studies.nisa.figures import FSA, FUNDS, JPX, Figure, figures
from jpresearch.studies.nisa.inputs import Inputs, load_inputs
from jpresearch.studies.nisa.result import Metric, Result, analyse, metrics
from jpresearch.studies.nisa.tabled import (
    individuals_years,
    japan_bounds,
    published_totals,
    purchases_by_period,
    slopes,
)
from jpresearch.studies.nisa.takeaways import takeaways

__all__ = [
    "FSA",
    "FUNDS",
    "JPX",
    "Figure",
    "Inputs",
    "Listed",
    "Metric",
    "Result",
    "analyse",
    "figures",
    "individuals_years",
    "japan_bounds",
    "load_inputs",
    "metrics",
    "published_totals",
    "purchases_by_period",
    "slopes",
    "takeaways",
]
