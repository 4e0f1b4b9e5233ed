"""Who falls in a sell-off and who holds: chips, machinery, banks; beta, windows, yields and the SOX."""

from jpresearch.studies import credits
from jpresearch.studies.rotation import captions
from jpresearch.studies.rotation.conclusions import metrics, takeaways
from jpresearch.studies.rotation.drivers import shown
from jpresearch.studies.rotation.findings import Findings, estimate, tests
from jpresearch.studies.rotation.inputs import BANKS, ELECTRIC, SECTORS, Inputs, Settings, load_inputs
from jpresearch.studies.rotation.pages import (
    QUOTES_CAPTION,
    SECTORS_CAPTION,
    SELL_OFFS_CAPTION,
    excess_rows,
    flip_grid,
    newest_sell_offs,
    quotes_table,
    sectors_table,
    sell_offs_table,
    usual_rows,
)
from jpresearch.studies.testing import CAPTION as TESTS_CAPTION
from jpresearch.studies.testing import tests_table

__all__ = [
    "BANKS",
    "ELECTRIC",
    "QUOTES_CAPTION",
    "SECTORS",
    "SECTORS_CAPTION",
    "SELL_OFFS_CAPTION",
    "TESTS_CAPTION",
    "Findings",
    "Inputs",
    "Settings",
    "captions",
    "credits",
    "estimate",
    "excess_rows",
    "flip_grid",
    "load_inputs",
    "metrics",
    "newest_sell_offs",
    "quotes_table",
    "sectors_table",
    "sell_offs_table",
    "shown",
    "takeaways",
    "tests",
    "tests_table",
    "usual_rows",
]
