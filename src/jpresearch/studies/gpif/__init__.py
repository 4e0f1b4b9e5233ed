"""GPIF, steady buyer or rebalancer: shares against the policy mix, implied flows, trust banks."""

from jpresearch.datasets.gpif_figures import ASSETS, GPIF, RESERVE, Assumptions, Figures
from jpresearch.studies import credits
from jpresearch.studies.gpif import captions, drifting, speed
from jpresearch.studies.gpif.behaviour import on_reserve
from jpresearch.studies.gpif.conclusions import takeaways, verdict
from jpresearch.studies.gpif.findings import Findings, estimate
from jpresearch.studies.gpif.flows import implied_flows, timing_readings
from jpresearch.studies.gpif.inputs import Inputs, load_inputs
from jpresearch.studies.gpif.pages import (
    ASSOCIATIONS_CAPTION,
    TOTALS_CAPTION,
    association_table,
    flow_caption,
    flow_table,
    metrics,
    mix_caption,
    mix_table,
    totals_table,
)
from jpresearch.studies.gpif.tested import tests
from jpresearch.studies.testing import CAPTION as TESTS_CAPTION
from jpresearch.studies.testing import tests_table

__all__ = [
    "ASSETS",
    "ASSOCIATIONS_CAPTION",
    "GPIF",
    "RESERVE",
    "TESTS_CAPTION",
    "TOTALS_CAPTION",
    "Assumptions",
    "Figures",
    "Findings",
    "Inputs",
    "association_table",
    "captions",
    "credits",
    "drifting",
    "estimate",
    "flow_caption",
    "flow_table",
    "implied_flows",
    "load_inputs",
    "metrics",
    "mix_caption",
    "mix_table",
    "on_reserve",
    "speed",
    "takeaways",
    "tests",
    "tests_table",
    "timing_readings",
    "totals_table",
    "verdict",
]
