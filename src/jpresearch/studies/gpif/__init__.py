"""GPIF, steady buyer or rebalancer: shares against the policy mix, implied flows, trust banks."""

from jpresearch.studies.gpif import views
from jpresearch.studies.gpif.behaviour import on_reserve
from jpresearch.studies.gpif.figures import GPIF, RESERVE, Figures
from jpresearch.studies.gpif.findings import Findings, estimate
from jpresearch.studies.gpif.flows import implied_flows, timing_readings
from jpresearch.studies.gpif.inputs import ASSETS, Assumptions, Inputs, load_inputs
from jpresearch.studies.gpif.metrics import Metric, metrics
from jpresearch.studies.gpif.wording import asset_words, takeaways, verdict

SOURCE = "Source: GPIF, as reported by GPIF and the press; own calculation"
SOURCES = "Sources: GPIF, as reported by GPIF and the press; JPX; own calculation"

__all__ = [
    "ASSETS",
    "GPIF",
    "RESERVE",
    "SOURCE",
    "SOURCES",
    "Assumptions",
    "Figures",
    "Findings",
    "Inputs",
    "Metric",
    "asset_words",
    "estimate",
    "implied_flows",
    "load_inputs",
    "metrics",
    "on_reserve",
    "takeaways",
    "timing_readings",
    "verdict",
    "views",
]
