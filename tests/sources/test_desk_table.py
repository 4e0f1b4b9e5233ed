"""A desk's own CSV becomes a table: described, dated, checked, and nothing overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jpresearch import folders, tables
from jpresearch.catalog import catalog
from jpresearch.errors import CallError, JPResearchError, NotYetPublished, TableInvalid
from jpresearch.sources.desk_table import Made, Wanted, create
from jpresearch.sources.model import SourceError
from tests.cli.test_cli import call

POSITIONS = """Date,Broker,Net (JPY bn),Comment
2026-08-28,Alpha,12.5,big day
2026-08-28,Beta,-3.25,
2026-09-04,Alpha,"1,012.5",again
2026-09-04,Beta,,x
2026-09-11,Alpha,7,"one, two"
2026-09-11,Beta,8,three
"""
FIXED = ["published_at", "grade", "source"]


def made(project: Path, text: str | bytes, name: str = "broker_positions", **wanted: Any) -> Made:
    file = project / "positions.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = {"units": {"": "JPY bn"}, "rule": "within_days:1"} | wanted
    return create(Wanted(name, **said), file, folders.desk_package().parent)


def refusal(project: Path, text: str | bytes, **wanted: Any) -> str:
    with pytest.raises(JPResearchError) as caught:
        made(project, text, **wanted)
    assert not (project / "desk" / "broker_positions.csv").exists(), "nothing was written"
    assert caught.value.exit_code in (2, 3) and caught.value.next_step
    return str(caught.value)


def test_what_was_written_is_loaded_as_of_a_day_and_passes_the_check(project: Path) -> None:
    found = made(project, POSITIONS, owner="Prime brokerage", export="yes")
    house = found.table.house
    assert (house.key, house.frequency, house.owner, house.export) == (
        ("broker", "period_end"), "weekly", "Prime brokerage", "yes",
    )  # fmt: skip
    assert found.renamed == {
        "Date": "period_end",
        "Broker": "broker",
        "Net (JPY bn)": "net_jpy_bn",
        "Comment": "comment",
    }
    rows = tables.load("broker_positions", "2026-09-07").set_index(["broker", "period_end"])
    assert rows.index.get_level_values("period_end").max() == pd.Timestamp("2026-09-04"), (
        "the 11th came out on the 14th"
    )
    assert rows.loc[("Alpha", pd.Timestamp("2026-09-04")), "net_jpy_bn"] == 1012.5
    assert rows.loc[("Beta", pd.Timestamp("2026-09-04"))].isna()["net_jpy_bn"], "an empty cell is missing"
    assert [tables.check(table) for table in catalog().values() if table.name == "broker_positions"] == [[]]
    with pytest.raises(NotYetPublished):
        tables.load("broker_positions", "2026-08-30")


def test_the_command_says_what_to_type_next(project: Path) -> None:
    file = project / "positions.csv"
    file.write_text(POSITIONS, encoding="utf-8")
    asked = call("data", "new", "broker_positions", "--from", str(file))
    assert asked.returncode == 2 and "--rule" in asked.stderr and "public" in asked.stderr
    done = call("data", "new", "broker_positions", "--from", str(file), "--rule", "same_day_end", "--unit", "JPY bn")
    assert done.returncode == 0 and 'tables.load("broker_positions", as_of)' in done.stdout
    assert "Alpha" in call("data", "show", "broker_positions").stdout
    assert call("data", "new", "broker_positions", "--from", str(file)).returncode == 2, "not a second time"


def test_moments_that_the_file_states_are_kept_and_a_day_means_its_end(project: Path) -> None:
    text = "week_end,value,published_at\n2026-09-04,1,2026-09-10T15:30:00+09:00\n2026-09-11,2,2026-09-17\n"
    found = made(project, text, rule=None)
    rows = tables.load("broker_positions", "2026-09-30")
    assert [str(moment) for moment in rows["published_at"]] == [
        "2026-09-10 15:30:00+09:00",
        "2026-09-17 23:59:59+09:00",
    ]
    assert found.table.house.grade == "stated" and set(rows["grade"]) == {"stated"}


def test_a_correction_in_the_file_is_a_later_edition(project: Path) -> None:
    text = "date,value,published_at\n2026-09-04,1,2026-09-10\n2026-09-04,3,2026-09-20\n2026-09-11,2,2026-09-20\n"
    made(project, text, rule=None)
    assert tables.load("broker_positions", "2026-09-15")["value"].tolist() == [1.0]
    assert tables.load("broker_positions", "2026-09-21")["value"].tolist() == [3.0, 2.0]


def test_months_count_as_their_last_day_and_codes_stay_texts(project: Path) -> None:
    text = "month,code,holding\n" + "".join(f"2026-0{n},{code},{n}\n" for n in range(1, 8) for code in ("7203", "0050"))
    found = made(project, text)
    rows = tables.load("broker_positions", "2026-09-01")
    assert found.table.house.frequency == "monthly" and set(rows["code"]) == {"7203", "0050"}
    last = rows[rows["period_end"] == "2026-02-28"].iloc[0]
    assert last["period_start"] == pd.Timestamp("2026-02-01")


def test_as_a_spreadsheet_in_japan_saves_it(project: Path) -> None:
    text = "Date;Class;Net\r\n2026/8/28;個人;1,5\r\n".replace("1,5", "15") + "2026/9/4;個人;-2\r\n2026/9/11;個人;3\r\n"
    made(project, text.encode("cp932"))
    rows = tables.load("broker_positions", "2026-09-30")
    assert rows["net"].tolist() == [15.0, -2.0, 3.0] and set(rows["class"]) == {"個人"}


def test_each_column_may_have_its_own_unit(project: Path) -> None:
    found = made(project, "date,long_k,ratio\n2026-09-04,1,2\n", units={"": "thousand shares", "ratio": "times"})
    assert {c.name: c.unit for c in found.table.columns if c.unit} == {"long_k": "thousand shares", "ratio": "times"}


def test_a_second_table_joins_the_descriptor_and_the_first_stays(project: Path) -> None:
    made(project, POSITIONS)
    before = (project / "desk" / "broker_positions.csv").read_bytes()
    made(project, "date,value\n2026-09-04,1\n", name="own_index")
    package = json.loads((project / "desk" / "datapackage.json").read_text())
    assert [each["name"] for each in package["resources"]] == ["broker_positions", "own_index"]
    assert (project / "desk" / "broker_positions.csv").read_bytes() == before


def test_it_goes_where_the_desk_keeps_its_data(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPRESEARCH_DATA", str(tmp_path / "shelf"))
    assert made(project, POSITIONS).table.file == tmp_path / "shelf" / "broker_positions.csv"
    assert "broker_positions" in catalog()


@pytest.mark.parametrize("name", ["investor_flows", "Broker", "a-b", "../x", "", "1a"])
def test_a_name_that_is_taken_or_is_none_is_refused(project: Path, name: str) -> None:
    before = sorted(project.rglob("*.csv"))
    with pytest.raises(CallError):
        made(project, POSITIONS, name=name)
    assert sorted(project.rglob("*.csv")) == sorted([*before, project / "positions.csv"])


CANNOT = {
    "mixed": ("date,net\n2026-09-04,1\n2026-09-11,n/a\n2026-09-18,3\n", "positions.csv, line 3: column net has 'n/a'"),
    "decimal comma": ("date;net;n\n2026-09-04;1,5;1\n", "line 2: column net has '1,5', a number in another way"),
    "percent": ("date,net,n\n2026-09-04,12.5%,1\n", "column net has '12.5%'"),
    "brackets": ("date,net,n\n2026-09-04,(3.2),1\n", "column net has '(3.2)'"),
    "triangle": ("date,net,n\n2026-09-04,△3.2,1\n", "column net has '△3.2'"),
    "two ways": ("date,net\n03/04/2026,1\n", "line 2: '03/04/2026' in column date can be read two ways"),
    "no day": ("name,net\na,1\n", "no column holds days"),
    "days": ("traded,settled,net\n2026-09-04,2026-09-08,1\n", "several columns hold days: traded, settled"),
    "no numbers": ("date,who\n2026-09-04,a\n", "no column holds numbers"),
    "no row": ("date,net\n", "at least one row"),
    "ragged": ("date,net\n2026-09-04,1,2\n", "line 2: 3 cells stand beside 2 labels"),
    "twice": ("date,who,net\n2026-09-04,a,1\n2026-09-04,a,2\n", "line 3: the same who, day stands on line 2 already"),
    "label": ("date,純資産\n2026-09-04,1\n", "makes no name of Latin letters"),
    "labels": ("date,Net,net\n2026-09-04,1,2\n", "two columns would be called net"),
    "line": ("date,net,line\n2026-09-04,1,2\n", "line 1: a column cannot be called line"),
    "bytes": (b"date,net,who\n2026-09-04,1,\xff\xfe\n", "none of the encodings"),
    "page": ("<html><body>log in</body></html>", "HTML"),
    "nothing": ("", "empty"),
    "binary": (b"PK\x03\x04\0\0\0", "no text"),
    "hole": ("date,net\n2026-09-04,1\n,2\n", "line 3: date is empty"),
    "to come": ("date,net\n2099-09-04,1\n", "line 2: period_end 2099-09-04 is still to come"),
}


@pytest.mark.parametrize("case", CANNOT)
def test_a_file_that_cannot_be_a_table_is_refused_with_its_line(project: Path, case: str) -> None:
    text, words = CANNOT[case]
    assert words in refusal(project, text)


def test_figures_that_were_public_before_their_period_ended_are_refused(project: Path) -> None:
    text = "date,value,published_at\n2026-09-04,1,2026-09-10\n2026-09-11,2,2026-09-01\n"
    with pytest.raises(TableInvalid, match=r"positions\.csv, line 3.*published before its period ended"):
        made(project, text, rule=None)


@pytest.mark.parametrize(("wanted", "words"), [
    ({"units": {}}, "the unit of net_jpy_bn is not said"), ({"rule": None}, "nothing says when each row was public"),
    ({"rule": "tomorrow"}, "release rule"), ({"key": ("net_jpy_bn",)}, "cannot be a key column"),
    ({"title": "a\udcff"}, "cannot be written"), ({"owner": "\x07"}, "cannot be written"),
    ({"units": {"": "JPY\nbn"}}, "cannot be written"), ({"date": "Broker"}, "no column of days"),
    ({"texts": ("nobody",)}, "no column nobody"),
])  # fmt: skip
def test_what_the_file_cannot_say_must_be_said(project: Path, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises((CallError, SourceError)) as caught:
        made(project, POSITIONS, **wanted)
    assert words in str(caught.value)
