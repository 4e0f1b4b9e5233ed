"""Synthetic projects are valid, the same for a seed, and true to their scenario."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from jpresearch import tables
from jpresearch.catalog import read_package
from jpresearch.cli import app
from tests.notebooks_in_process import run
from tests.stats.simulated_markets import IMPACT
from tests.synthetic_package import MN_PER_UNIT, SCENARIOS, Package, Scenario, World, write

BP_PER_BN = IMPACT * 100 / (MN_PER_UNIT / 1000)
DESCRIPTOR = Path(__file__).resolve().parents[1] / "data" / "datapackage.json"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Package]:
    """The package of a scenario, written once."""
    written: dict[str, Package] = {}

    def of(scenario: str) -> Package:
        if scenario not in written:
            written[scenario] = write(tmp_path_factory.mktemp("synthetic"), scenario, seed=5)
        return written[scenario]

    return of


@pytest.fixture
def use(package: Callable[[str], Package], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Package]:
    """Makes the package of a scenario the project in force."""

    def settle(scenario: str) -> Package:
        found = package(scenario)
        monkeypatch.setenv("JPRESEARCH_HOME", str(found.home))
        return found

    return settle


def weekly(known: pd.DataFrame) -> pd.DataFrame:
    """Foreigners' flow (JPY bn) and TOPIX (bp) by survey week, as a reader of the tables finds them."""
    rows = tables.load("investor_flows")
    rows = rows[(rows["market"] == "two_markets") & (rows["investor"] == "foreigners")]
    flow = rows.set_index("period_end")["net_jpy_mn"] / 1000
    closes = tables.load("market_daily").query("series == 'topix'").set_index("period_end")["value"]
    change = np.log(closes.reindex(known.index)).diff() * 1e4
    return pd.DataFrame({"flow": flow, "topix": change}).dropna()


@pytest.mark.parametrize(
    "scenario", [pytest.param(name, marks=[] if "missing" in name else pytest.mark.proof) for name in SCENARIOS]
)
def test_every_scenario_passes_the_check_of_all_tables(scenario: str, use: Callable[[str], Package]) -> None:
    use(scenario)
    done = CliRunner().invoke(app, ["data", "check"])
    assert done.exit_code == 0, done.output


def test_every_table_of_the_descriptor_has_rows(use: Callable[[str], Package]) -> None:
    home = use("no effect").home
    assert [table.name for table in read_package(home / "data" / "datapackage.json") if tables.read(table).empty] == []


def test_a_seed_gives_the_same_figures_and_another_one_others() -> None:
    scenario = Scenario(SCENARIOS["no effect"].market, first="2024-01-04")
    named = {table.name: table for table in read_package(DESCRIPTOR)}
    for name in ("market_daily", "investor_flows", "margin_balances", "gpif_portfolio"):
        one, same, other = (World(scenario, seed).rows(named[name]) for seed in (1, 1, 2))
        pd.testing.assert_frame_equal(one, same)
        assert not one.equals(other), name
        assert not one.equals(tables.read(named[name])), "figures are drawn anew"


@pytest.mark.parametrize(("scenario", "truth"), [("no effect", 0.0), ("large effect", BP_PER_BN)])
def test_the_tables_hold_the_effect_of_the_scenario(scenario: str, truth: float, use: Callable[[str], Package]) -> None:
    found = weekly(use(scenario).truth)
    assert len(found) > 500
    # Four tenths of a week's flow are expected; the price moves with the rest.
    unexpected = (found["flow"] - 0.4 * found["flow"].shift()).iloc[1:]
    slope, cov = np.polyfit(unexpected, found["topix"].iloc[1:], 1, cov=True)
    assert abs(slope[0] - truth) < 4 * np.sqrt(cov[0, 0]) < 0.1


def test_figures_of_foreigners_are_the_simulated_flow_and_sections_add_up(use: Callable[[str], Package]) -> None:
    truth = use("large effect").truth["flow"]
    rows = tables.load("investor_flows")
    net = rows.pivot_table(index="period_end", columns=["investor", "market"], values="net_jpy_mn") / 1000
    foreigners = net["foreigners"]
    assert (foreigners["two_markets"] - truth).abs().max() < 0.001
    sections = foreigners[["tse_first", "tse_second", "tse_growth"]].dropna()
    assert len(sections) > 100
    assert (sections.sum(axis=1) - truth).abs().max() < 0.01
    first = net.xs("tse_first", axis="columns", level="market").dropna()
    if {"individuals_cash", "individuals_margin"} <= set(first):
        assert (first["individuals"] - first["individuals_cash"] - first["individuals_margin"]).abs().max() < 0.01


def test_missing_weeks_are_missing_in_flows_and_nowhere_else(use: Callable[[str], Package]) -> None:
    package = use("missing weeks")
    rows = tables.load("investor_flows")
    assert len(package.missing) > 60
    assert not rows["period_end"].isin(package.missing).any()
    sessions = tables.load("market_daily").query("series == 'topix'")["period_end"]
    inside = package.missing[package.missing <= sessions.max()]
    assert inside.isin(sessions).mean() > 0.95


def test_a_short_history_begins_late(use: Callable[[str], Package]) -> None:
    use("short history")
    assert tables.load("market_daily")["period_start"].min() >= pd.Timestamp("2025-06-02")
    assert tables.load("investor_flows")["period_end"].nunique() < 80


def test_a_table_that_the_descriptor_gains_is_drawn_too(tmp_path: Path) -> None:
    """Prices, net purchases with their sides, shares and counts, by the names and types of the columns."""
    (flows,) = (table for table in read_package(DESCRIPTOR) if table.name == "investor_flows")
    gained = flows.model_copy(update={"name": "gained", "descriptor": tmp_path / "datapackage.json"})
    shutil.copy(flows.file, tmp_path / flows.path)
    rows = World(SCENARIOS["no effect"], 1).rows(gained)
    known = rows.dropna(subset=["purchases_jpy_mn", "sales_jpy_mn"])
    assert len(known) > 1000
    assert (known["purchases_jpy_mn"] - known["sales_jpy_mn"] - known["net_jpy_mn"]).abs().max() < 0.01
    assert known["net_jpy_mn"].lt(0).any() and known["net_jpy_mn"].gt(0).any()


def test_a_notebook_finds_the_large_effect_and_none_where_there_is_none(use: Callable[[str], Package]) -> None:
    large, none = (
        run("05_absorption", "2026-09-18", home=use(scenario).home).require_success()
        for scenario in ("large effect", "no effect")
    )
    fall = large.metrics["topix_per_bp_sold"]
    assert fall.high is not None and fall.high < 0
    unmoved = none.metrics["topix_per_bp_sold"]
    assert unmoved.low is not None and unmoved.high is not None and unmoved.low < 0 < unmoved.high


def test_with_a_short_history_a_notebook_says_what_is_lacking(use: Callable[[str], Package]) -> None:
    ran = run("05_absorption", "2026-09-18", home=use("short history").home).require_success()
    assert {"Before and since", "At what price"} <= {part["name"] for part in ran.payloads("part")}
