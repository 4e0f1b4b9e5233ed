"""What the notebooks publish is what is frozen, and what moves is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jpresearch import catalog, tables
from tests.golden import collection
from tests.golden.collection import DAYS, FROZEN, NOTEBOOKS, freeze, moves, state, summary
from tests.notebooks_in_process import remembered

SHOWN = 20
# Claims of the house itself, judged only where a run asks for them.
OWN_LEDGER = "first_edition"
FRAME = ["week,net,who", "2025-08-22,-198.867,a", "2025-08-29,-303.2,b"]
STATE = {
    "metrics": {"net": {"value": "-502", "unit": "JPY bn", "low": "-503", "high": "-501"}},
    "figures": {"weekly": FRAME},
    "tables": {},
}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_publishes_what_is_frozen(notebook: str, day: str) -> None:
    found = moves(day, notebook, state(remembered(notebook, day)))
    shown = "\n".join(map(str, found[:SHOWN]))
    assert not found, f"{len(found)} moved; `python -m tests.golden.collection` lists them\n{shown}"


def test_every_notebook_is_frozen_on_every_day_and_nothing_else_is() -> None:
    there = {str(file.relative_to(FROZEN)) for file in FROZEN.rglob("*.json")}
    assert there == {f"{day}/{notebook}.json" for day in DAYS for notebook in NOTEBOOKS}


def test_the_newest_frozen_day_sees_every_bundled_row() -> None:
    last = tables.moment(DAYS[-1])
    later = [name for name in catalog.catalog() if tables.read(catalog.table(name))["published_at"].max() > last]
    assert [name for name in later if not name.startswith(OWN_LEDGER)] == []


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with one frozen state."""
    monkeypatch.setattr(collection, "FROZEN", tmp_path)
    freeze("2025-09-05", "05_absorption", STATE)
    return tmp_path


def told(**changes: object) -> list[str]:
    return [str(move) for move in moves("2025-09-05", "05_absorption", {**STATE, **changes})]


@pytest.mark.usefixtures("kept")
def test_a_frozen_state_has_not_moved() -> None:
    assert told() == []
    assert summary([]) == "nothing moved"


@pytest.mark.usefixtures("kept")
def test_a_metric_that_moved_is_named_with_both_values() -> None:
    changed = {"net": {"value": "-512.04", "unit": "JPY tn", "low": "-503"}, "new": {"value": "1"}}
    where = "2025-09-05 05_absorption: metric"
    assert told(metrics=changed) == [
        f"{where} net: -502 -> -512.04 (+2.00%)",
        f"{where} net, unit: JPY bn -> JPY tn",
        f"{where} net, high: -501 -> none",
        f"{where} new: none -> 1",
    ]


@pytest.mark.usefixtures("kept")
def test_a_cell_that_moved_is_named_by_its_row_and_column() -> None:
    changed = [FRAME[0], "2025-08-22,,a", "2025-08-29,-303.2,c"]
    assert told(figures={"weekly": changed}) == [
        "2025-09-05 05_absorption: figure weekly, row 2025-08-22, column net: -198.867 -> missing",
        "2025-09-05 05_absorption: figure weekly, row 2025-08-29, column who: b -> c",
    ]


@pytest.mark.usefixtures("kept")
def test_rows_that_came_and_went_do_not_hide_what_moved_in_those_that_stayed() -> None:
    changed = [FRAME[0], "2025-08-29,-303.3,b", "2025-09-05,1,c", "2025-09-12,2,c"]
    rows, cell = moves("2025-09-05", "05_absorption", {**STATE, "figures": {"weekly": changed}})
    assert rows.new == "3, without 2025-08-22, with 2025-09-05 .. 2025-09-12 (2)"
    assert (cell.where, cell.old, cell.new) == ("row 2025-08-29, column net", "-303.2", "-303.3")


@pytest.mark.usefixtures("kept")
def test_rows_of_the_same_name_are_compared_by_place() -> None:
    freeze("2025-09-05", "05_absorption", {**STATE, "figures": {"weekly": ["k,v", "a,1", "a,2"]}})
    found = moves("2025-09-05", "05_absorption", {**STATE, "figures": {"weekly": ["k,v", "a,1", "a,3", "a,4"]}})
    assert [(move.where, move.new) for move in found] == [("rows", "3, with a"), ("row a, column v", "3")]


@pytest.mark.usefixtures("kept")
def test_columns_and_whole_frames_that_came_or_went_are_named() -> None:
    renamed = ["week,sum,who", "2025-08-22,-198.867,a", "2025-08-29,-303.2,b"]
    assert [move.where for move in moves("2025-09-05", "05_absorption", {**STATE, "figures": {"weekly": renamed}})] == [
        "columns"
    ]
    assert told(figures={}, tables={"runs": ["a", "1"]}) == [
        "2025-09-05 05_absorption: figure weekly: 2 rows (week,net,who) -> none",
        "2025-09-05 05_absorption: table runs: none -> 1 rows (a)",
    ]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("value", "moved"), [("-198.8670000001", False), ("-198.867001", True), ("nan", True)])
def test_the_last_digits_may_differ_between_machines(value: str, moved: bool) -> None:
    changed = [FRAME[0], f"2025-08-22,{value},a", FRAME[2]]
    assert bool(told(figures={"weekly": changed})) is moved


@pytest.mark.usefixtures("kept")
def test_a_notebook_that_no_longer_runs_has_moved() -> None:
    found = [
        str(move) for move in moves("2025-09-05", "05_absorption", {"failed": "InsufficientData: 3 weeks (cell 2)"})
    ]
    assert found[0] == "2025-09-05 05_absorption: failed: no -> InsufficientData: 3 weeks (cell 2)"
    assert len(found) > 1, "what it published is gone"


@pytest.mark.usefixtures("kept")
def test_the_summary_gives_extent_and_largest_move_of_each_frame() -> None:
    changed = [FRAME[0], "2025-08-22,-198.9,a", "2025-08-29,-606.4,b"]
    found = moves("2025-09-05", "05_absorption", {**STATE, "figures": {"weekly": changed}})
    assert summary(found).splitlines() == [
        "05_absorption as of 2025-09-05",
        "  figure weekly: 2 moves; the largest: row 2025-08-29, column net: -303.2 -> -606.4 (+100.00%)",
    ]


def test_freezing_writes_what_the_next_check_finds_unmoved(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(collection, "state", lambda ran: {"skipped": "not yet"})
    words = ["08_claims", "--day", "2018-06-29"]
    (kept / "2018-06-29").mkdir()
    (kept / "2018-06-29" / "99_gone.json").write_text("{}")
    assert collection.main(words) == 1
    assert "skipped: no -> not yet" in capsys.readouterr().out
    assert collection.main([*words, "--freeze"]) == 0
    assert collection.main(words) == 0
    assert capsys.readouterr().out.endswith("nothing moved\n")
    assert not (kept / "2018-06-29" / "99_gone.json").exists()
    assert json.loads((kept / "2018-06-29" / "08_claims.json").read_text()) == {"skipped": "not yet"}
