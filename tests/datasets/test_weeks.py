"""Survey weeks: closes on their last sessions, and sums over several of them."""

from __future__ import annotations

import pandas as pd

from jpresearch.datasets.weeks import changes, closes_on

ENDS = pd.DatetimeIndex(["2025-08-08", "2025-08-15", "2025-08-22"])


def test_a_change_never_spans_a_week_without_a_close() -> None:
    market = pd.DataFrame({"series": "topix", "period_end": ENDS[[0, 2]], "value": [100.0, 110.0]})
    closes = closes_on(market, ENDS, ["topix"])
    assert changes(closes)["topix"].isna().all()
