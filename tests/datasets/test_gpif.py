"""GPIF: one value per date within what the published figures allow, and the policy in force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.datasets import gpif
from jpresearch.errors import UnknownName
from tests.datasets.conftest import Write


def portfolio(figures: dict[tuple[str, str, str], float]) -> pd.DataFrame:
    """Rows of ``gpif_portfolio`` by basis, metric and day."""
    rows = [
        {"basis": basis, "metric": metric, "period_end": day, "value": value}
        for (basis, metric, day), value in figures.items()
    ]
    return pd.DataFrame(rows).assign(published_at="2026-01-01", confidence="single source", unit="JPY tn")


def test_a_date_has_one_value_so_flows_add_up_over_time() -> None:
    quarters = gpif.quarters("2026-02-01")
    assert quarters.index.is_unique
    known = quarters.dropna(subset="value")
    assert (known["value_low"] <= known["value"]).all() and (known["value"] <= known["value_high"]).all()
    day = quarters.loc["2025-03-31"]
    assert day["value_low"] == pytest.approx(59.8, abs=0.1) and day["value_high"] == pytest.approx(61.9, abs=0.1)
    assert 60.66 < day["value"] < 61.29


def test_published_totals_and_values_are_the_values() -> None:
    quarters = gpif.quarters("2026-02-01")
    both = quarters[quarters["known_from"] == "both totals published"]
    assert {"2023-12-31", "2025-06-30", "2025-09-30"} <= set(both.index.strftime("%Y-%m-%d"))
    assert quarters.loc["2025-09-30", "reserve"] == pytest.approx(282.5357)
    assert quarters.loc["2025-09-30", "value"] == pytest.approx(69.0715)
    account = both["reserve"] - both["assets"]
    assert account.between(1.6, 5.0).all(), "the special account where it is known"


def test_a_known_multiple_bounds_its_neighbours_and_no_further(write: Write) -> None:
    days = ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]
    figures = {("gpif", "aum", day): 200.0 for day in days}
    figures |= {("reserve", "share_domestic_equities", day): 25.0 for day in days}
    write("gpif_portfolio", portfolio(figures | {("reserve", "value_total_pension_reserve", days[0]): 202.0}))
    found = gpif.quarters("2026-02-01", ratio_max=1.08, ratio_change=0.02)
    assert found["ratio_high"].round(2).tolist() == [1.01, 1.03, 1.05, 1.07]
    assert found["ratio_low"].tolist()[1:] == [1.0, 1.0, 1.0]
    assert found["value"].iloc[0] == pytest.approx(50.5)
    assert found["value_high"].iloc[1] == pytest.approx(25.05 / 100 * 200.05 * 1.0303, rel=1e-3)


def test_what_was_not_published_stays_missing() -> None:
    quarters = gpif.quarters("2026-02-01")
    assert quarters.loc["2019-03-31":"2020-03-31", "share"].isna().all()  # type: ignore[misc]
    assert quarters.loc["2022-09-30", ["share", "value"]].isna().all()
    assert np.isnan(gpif.shares("2026-02-01").loc["2022-09-30", "domestic_equities"])


def test_the_policy_in_force_applies_from_its_day_and_not_before_it_was_announced() -> None:
    path = gpif.against_policy("2026-02-01", "domestic_equities")
    assert path.loc["2014-09-30", "target"] == 12.0 and path.loc["2014-12-31", "target"] == 25.0
    assert path.loc["2025-03-31", ["low", "high"]].tolist() == [17.0, 33.0]
    assert path.loc["2025-06-30", ["low", "high", "low_wide", "high_wide"]].tolist() == [20.0, 30.0, 19.0, 31.0]
    assert gpif.against_policy("2014-06-30")["target"].iloc[-1] == 12.0


def test_an_unknown_class_or_basis_is_refused() -> None:
    with pytest.raises(UnknownName, match="domestic_equities"):
        gpif.quarters("2026-02-01", "equities")
    with pytest.raises(UnknownName, match="reserve"):
        gpif.shares("2026-02-01", basis="own")
