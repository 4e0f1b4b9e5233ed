"""A new ledger: two tables that pass the checks of the data, with three claims that can be read at once."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from jpresearch.batch.scaffold.claims_ledger import create
from jpresearch.catalog import catalog
from jpresearch.cli import app
from jpresearch.errors import CallError, DataError
from jpresearch.models.ledger import read
from jpresearch.tables import load
from jpresearch.tables.reading import read as rows_of


def test_its_tables_have_the_columns_of_the_shipped_ones_and_pass_the_checks(project: Path) -> None:
    claims, readings = create("desk_views", "What the desk said in autumn")
    tables = catalog()
    assert claims == project / "data" / "desk_views.csv" and readings.name == "desk_views_readings.csv"
    assert tables["desk_views"].columns == tables["claims"].columns
    assert tables["desk_views_readings"].columns == tables["claim_readings"].columns
    assert tables["desk_views"].title == "What the desk said in autumn"
    assert (len(rows_of(tables["desk_views"])), len(rows_of(tables["desk_views_readings"]))) == (3, 5)
    assert len({row["source"] for row in load("desk_views").to_dict("records")} - {"desk_views"}) == 0


def test_its_claims_can_be_read_from_now_on_and_show_each_kind(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPRESEARCH_NOW", "2026-11-29T10:30+09:00")
    create("desk_views")
    several, compound, untestable = read(None, "desk_views")
    assert several.made_on == several.decided_on == pd.Timestamp("2026-11-29")
    assert len({reading.part for reading in compound.readings}) == 2 and untestable.readings == ()
    assert {reading.admitted for reading in compound.readings} == {True, False}
    assert {reading.threshold_from for reading in compound.readings} == {"words", "own past"}
    with pytest.raises(DataError, match="2026-11-29"):
        read("2026-11-28", "desk_views")


def test_what_was_described_before_stays_as_it_is(project: Path) -> None:
    path = project / "data" / "datapackage.json"
    before = json.loads(path.read_text(encoding="utf-8"))
    create("desk_views")
    after = json.loads(path.read_text(encoding="utf-8"))
    assert after["resources"][: len(before["resources"])] == before["resources"]
    assert [source for source in after["sources"] if source["name"] != "desk_views"] == before["sources"]


@pytest.mark.parametrize("name", ["", "Views", "../x", "a b", "9_x", "x/y", ".x", "x.csv", "a_readings"])
def test_a_name_that_is_no_table_is_refused(name: str, project: Path) -> None:
    files = sorted((project / "data").iterdir())
    with pytest.raises(CallError, match="no name for a ledger"):
        create(name)
    assert sorted((project / "data").iterdir()) == files


@pytest.mark.parametrize("name", ["claims", "investor_flows", "first_edition"])
def test_a_table_that_is_there_is_not_overwritten(name: str, project: Path) -> None:
    before = (project / "data" / f"{name}.csv").read_bytes()
    with pytest.raises(CallError, match="nothing is overwritten"):
        create(name)
    assert (project / "data" / f"{name}.csv").read_bytes() == before


def test_the_command_says_how_to_judge_it(project: Path) -> None:
    done = CliRunner().invoke(app, ["new", "--ledger", "desk_views"])
    assert done.exit_code == 0, done.output
    assert "jpresearch run 08_claims -p ledger=desk_views" in done.output
    assert (project / "data" / "desk_views_readings.csv").is_file() and not list((project / "notebooks").iterdir())
