"""NISA: totals that may be differenced, the pace before and since, and figures as published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.datasets import nisa
from jpresearch.errors import BadParameter


def test_purchases_of_2024_were_three_to_four_times_those_of_2023() -> None:
    side = nisa.pace("2026-10-01", "2024-01-01", until="2024-12-31")
    assert side.loc["since", ["ratio_low", "ratio_high"]].astype(float).round(2).tolist() == [2.94, 3.84]
    assert side.loc["before", "first_day"] == pd.Timestamp("2023-01-01")
    whole = nisa.pace("2026-10-01").loc["since"]
    assert whole["last_day"] == pd.Timestamp("2025-12-31") and whole["months"] == 24


def test_a_total_that_counts_other_accounts_is_not_differenced() -> None:
    bought = nisa.bought("2026-10-01", "2022-12-31", "2023-12-31").iloc[0]
    printed = 36.5111 - 30.0
    assert bought["high"] < printed, "the printed totals count different accounts"
    assert bought["low"] < bought["bought"] < bought["high"]
    years = nisa.years("2026-10-01")["bought"]
    assert years["2023-12-31"] == pytest.approx(bought["bought"])


def test_purchases_between_dates_stay_within_their_bounds_and_add_up() -> None:
    totals = nisa.purchases("2026-10-01")
    assert (totals["low"] <= totals["cumulative"]).all() and (totals["cumulative"] <= totals["high"]).all()
    assert (totals["bought_low"] >= 0).all() and totals["cumulative"].is_monotonic_increasing
    span = nisa.bought("2026-10-01", "2013-12-31", str(totals.index[-1].date())).iloc[0]
    assert (span["low"], span["high"]) == pytest.approx((totals["low"].iloc[-1], totals["high"].iloc[-1]))


def test_a_date_without_a_figure_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(BadParameter, match="2024-12-31"):
        nisa.bought("2026-10-01", "2023-12-31", "2024-11-30")
    with pytest.raises(BadParameter, match="not after"):
        nisa.bought("2026-10-01", "2024-12-31", "2023-12-31")


def test_before_the_scheme_changed_there_is_no_pace_since() -> None:
    side = nisa.pace("2023-12-31")
    assert (
        side.loc["since"].isna().all() and side.loc["before"].drop(["ratio", "ratio_low", "ratio_high"]).notna().all()
    )


def test_quotas_accounts_and_fund_flows_are_as_published() -> None:
    assert nisa.quotas("2026-10-01")["value"].to_dict() == {"growth": 12.6, "tsumitate": 6.2}
    assert nisa.quotas("2023-06-30").empty
    counts = nisa.accounts("2026-10-01")["accounts_total"]
    assert counts["2025-12-31"] == pytest.approx(28.21), "the correction of July 2026"
    assert nisa.accounts("2026-04-01")["accounts_total"]["2025-12-31"] == pytest.approx(28.26)
    flows = nisa.fund_flows("2026-10-01").set_index(["metric", "period_end"])
    year = flows.loc[("foreign_equities_via_toshin_ytd", pd.Timestamp("2025-11-30"))]
    assert year["per_month"] == pytest.approx(9.4 / 11) and year["months"] == 11
    assert np.isnan(flows.loc[("nav_equity_funds", pd.Timestamp("2025-09-30")), "per_month"])
    assert nisa.fund_flows("2020-01-01").empty


def test_brokers_figures_carry_no_bounds() -> None:
    brokers = nisa.figures("2026-10-01", "jsda_10_brokers")
    assert brokers["low"].isna().all() and brokers["value"].notna().all()
    assert nisa.figures("2026-10-01")["low"].notna().all()
