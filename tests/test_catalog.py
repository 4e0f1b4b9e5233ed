from __future__ import annotations

import json
from pathlib import Path

import pytest

from jpresearch import catalog
from jpresearch.errors import DescriptorInvalid, UnknownTable
from jpresearch.tables import load

TABLES = {
    "investor_flows", "securities_flows", "securities_flows_monthly", "market_daily", "sector_etf_daily",
    "semiconductor_prices", "semiconductor_filings", "splits", "prime_valuation", "industry_valuation",
    "nikkei_valuation", "gpif_portfolio", "gpif_annual", "gpif_policy_mix", "nisa_usage", "fund_flows", "buybacks",
    "boj_policy", "boj_etf_purchases", "index_valuation", "claims", "claim_readings", "futures_flows", "trading_share",
    "futures_positions", "market_size", "market_cap", "margin_balances", "short_selling", "ownership", "short_rates",
    "world_indices", "world_funds", "nikkei_total_return", "securities_flows_monthly_wide", "first_edition",
    "first_edition_readings",
}  # fmt: skip


def edit(home: Path, change: object) -> Path:
    path = home / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    change(package)  # type: ignore[operator]
    path.write_text(json.dumps(package), encoding="utf-8")
    return path


def test_the_bundled_package_describes_every_table() -> None:
    assert set(catalog.catalog()) == TABLES


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_states_publisher_page_terms_vintage_and_units(name: str) -> None:
    table = catalog.table(name)
    assert table.house.publisher
    assert table.house.page
    assert table.house.release_rule
    assert table.licences
    assert table.title
    long_form = "unit" in table.column_names
    for column in table.columns:
        assert column.description, column.name
        if column.type in ("number", "integer") and not long_form:
            assert column.unit, f"{column.name} has no unit"


@pytest.mark.parametrize(
    ("name", "export"),
    [
        ("investor_flows", "derived"),
        ("market_daily", "derived"),
        ("nikkei_valuation", "derived"),
        ("world_indices", "derived"),
        ("world_funds", "derived"),
        ("nikkei_total_return", "derived"),
        ("futures_flows", "derived"),
        ("margin_balances", "derived"),
        ("securities_flows", "yes"),
        ("securities_flows_monthly_wide", "yes"),
        ("futures_positions", "yes"),
        ("short_rates", "yes"),
        ("gpif_portfolio", "yes"),
        ("boj_policy", "yes"),
    ],
)
def test_levels_of_owners_stay_in_the_house_and_figures_of_governments_may_leave(name: str, export: str) -> None:
    house = catalog.table(name).house
    assert house.export == export
    assert house.owner


def test_a_table_that_does_not_say_what_may_leave_the_house_lets_only_derived_figures_out(project: Path) -> None:
    def forget(package: dict[str, list[dict[str, dict[str, object]]]]) -> None:
        for entry in package["resources"]:
            del entry["jpresearch"]["export"]

    edit(project, forget)
    assert {table.house.export for table in catalog.catalog().values()} == {"derived"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("export", "all"), ("series", {"by": ["weather"]}), ("series", {"ended": {"tse_first/*": "2022"}})],
    ids=["an unknown permission", "a series by no key column", "an end without its day"],
)
def test_a_wrong_word_on_export_or_series_is_refused(project: Path, field: str, value: object) -> None:
    edit(project, lambda package: package["resources"][0]["jpresearch"].update({field: value}))
    with pytest.raises(DescriptorInvalid):
        catalog.catalog()


def test_an_unknown_table_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownTable, match="investor_flows"):
        catalog.table("investor_flow")


def test_a_missing_descriptor_says_so(project: Path) -> None:
    (project / "data" / "datapackage.json").unlink()
    with pytest.raises(DescriptorInvalid, match="no descriptor"):
        catalog.catalog()


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "x"}', '{"resources": [{}]}', '{"resources": 3}'])
def test_a_broken_descriptor_says_so(project: Path, text: str) -> None:
    (project / "data" / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(DescriptorInvalid, match=r"datapackage\.json"):
        catalog.catalog()


def test_a_table_without_publish_dates_is_refused(project: Path) -> None:
    def drop(package: dict) -> None:  # type: ignore[type-arg]
        schema = package["resources"][0]["schema"]
        schema["fields"] = [field for field in schema["fields"] if field["name"] != "published_at"]

    edit(project, drop)
    with pytest.raises(DescriptorInvalid, match="published_at"):
        catalog.catalog()


def test_a_desk_adds_its_own_table_with_a_second_package(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    ours = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8"))
    entry = next(resource for resource in ours["resources"] if resource["name"] == "buybacks")
    entry |= {"name": "house_views", "path": "house_views.csv"}
    package = {"name": "desk", "resources": [entry], "sources": ours["sources"]}
    (desk / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (desk / "house_views.csv").write_bytes((project / "data" / "buybacks.csv").read_bytes())
    monkeypatch.setenv("JPRESEARCH_DATA", str(desk))
    assert set(catalog.catalog()) == {*TABLES, "house_views"}
    assert len(load("house_views")) == len(load("buybacks"))
    monkeypatch.setenv("JPRESEARCH_DATA", str(project / "data"))
    with pytest.raises(DescriptorInvalid, match="described in"):
        catalog.catalog()
