"""Parameters and tables as studies ask for them."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch.errors import BadParameter
from jpresearch.studies import reading


@pytest.mark.parametrize("text", ["2024-02-31", "soon", "", "2024-01-01T00:00+09:00"])
def test_what_is_no_day_is_refused_by_the_parameters_name(text: str) -> None:
    with pytest.raises(BadParameter, match="rally_start"):
        reading.day(text, "rally_start")


def test_an_optional_table_is_none_before_its_first_row() -> None:
    assert reading.optional("fund_flows", "2020-01-31") is None
    assert reading.optional("securities_flows", "2025-09-05", start="2030-01-01") is None
    assert reading.optional("fund_flows", None) is not None


def test_a_column_is_put_in_order_of_days() -> None:
    rows = pd.DataFrame({"period_end": pd.to_datetime(["2025-02-28", "2025-01-31"]), "value": [2, 1]})
    assert reading.column(rows, "value").tolist() == [1.0, 2.0]
