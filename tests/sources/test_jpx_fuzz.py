"""Damaged workbooks end in rows that pass every identity or in a ``SourceError``, quickly and in little memory."""

from __future__ import annotations

import random
import resource
from datetime import date

import numpy as np
import pandas as pd
import pytest

from jpresearch.sources.jpx_investor_types import LEGACY, UNIFIED
from jpresearch.sources.jpx_valuation import VALUATION
from jpresearch.sources.model import Adapter, Parsed, SourceError
from tests.sources.builders_jpx import (
    SUMS,
    legacy_workbook,
    unified_workbook,
    valuation_lines,
    valuation_workbook,
    week_of_figures,
)
from tests.sources.builders_jpx_damage import damaged
from tests.sources.builders_mutations import ending

NAMES = {LEGACY.name: "a.xls", UNIFIED.name: "stock_1_w_20260914_20260918.xlsx", VALUATION.name: "perpbr202510.xlsx"}
MORE_MEMORY_KB = 500 * 1024


def sound(adapter: Adapter, seed: int) -> bytes:
    if adapter is LEGACY:
        return legacy_workbook(week_of_figures(seed), date(2026, 9, 7), date(2026, 9, 11))
    if adapter is UNIFIED:
        return unified_workbook(week_of_figures(seed), "2026093")
    return valuation_workbook(valuation_lines(seed, ("Prime", "Growth") if seed == 0 else ("Prime",)), "2025/10")


def require_flows_that_add_up(parsed: list[Parsed]) -> None:
    (part,) = parsed
    rows = part.rows
    figures = rows[["sales_jpy_mn", "purchases_jpy_mn", "net_jpy_mn"]]
    assert np.isfinite(figures.to_numpy()).all()
    assert (figures[["sales_jpy_mn", "purchases_jpy_mn"]] >= 0).all(axis=None)
    gap = rows["purchases_jpy_mn"] - rows["sales_jpy_mn"] - rows["net_jpy_mn"]
    assert gap.abs().max() < 0.001
    for market, own in rows.groupby("market"):
        for side in ("sales_jpy_mn", "purchases_jpy_mn"):
            values = own.set_index("investor")[side]
            for whole, parts in SUMS:
                if set(parts) <= set(values.index):
                    assert abs(values[list(parts)].sum() - values[whole]) < 0.01, (market, whole)
    assert not rows.duplicated(["market", "investor", "period_end"]).any()
    assert len(set(rows["market"])) == 4
    total = rows.set_index(["market", "investor"]).loc[("two_markets", "total"), "sales_jpy_mn"]
    assert 5e5 < total < 5e8


def require_ratios_in_proportion(parsed: list[Parsed]) -> None:
    industry, prime = (part.rows for part in parsed)
    ratios = industry[["per_simple_x", "pbr_simple_x", "per_weighted_x", "pbr_weighted_x"]]
    assert ((ratios >= 0) & (ratios < 1000) | ratios.isna()).all(axis=None)
    assert not industry.duplicated(["section", "industry"]).any()
    assert prime["section"].tolist() == ["tse_prime"]
    for _, own in industry.groupby("section"):
        companies = own.set_index("industry")["company_count"]
        if "Composite" in companies:
            groups = ["Composite", "Non-Financial", "Manufacturing", "Non-Manufacturing"]
            assert companies.drop(groups).sum() == companies["Composite"]
            assert companies["Non-Financial"] == companies["Manufacturing"] + companies["Non-Manufacturing"]
    assert set(industry["period_end"]) == {pd.Timestamp("2025-10-31")}


def survives(adapter: Adapter, count: int, seed: int) -> tuple[int, int]:
    """How many damaged files were read and how many refused; anything else fails the test."""
    dice = random.Random(seed)
    originals = [sound(adapter, own) for own in range(4)]
    check = require_ratios_in_proportion if adapter is VALUATION else require_flows_that_add_up
    read = refused = 0
    for number in range(count):
        content = damaged(dice.choice(originals), dice)
        try:
            with ending(f"damaged file {number}"):
                adapter.recognises(content, "")
                parsed = adapter.parse(content, NAMES[adapter.name])
        except SourceError as error:
            assert NAMES[adapter.name] in str(error), number
            refused += 1
        else:
            check(parsed)
            read += 1
    return read, refused


@pytest.mark.parametrize("adapter", [LEGACY, UNIFIED, VALUATION], ids=lambda adapter: adapter.name)
def test_200_damaged_files(adapter: Adapter) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read, refused = survives(adapter, 200, seed=2026)
    assert read > 0, "every file was refused: the damage is too coarse to test anything"
    assert refused > 100
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MORE_MEMORY_KB


@pytest.mark.proof
@pytest.mark.parametrize("adapter", [LEGACY, UNIFIED, VALUATION], ids=lambda adapter: adapter.name)
def test_10_000_damaged_files(adapter: Adapter) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(survives(adapter, 10_000, seed=1)) == 10_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MORE_MEMORY_KB
