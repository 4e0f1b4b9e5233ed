"""Figures without a machine-readable publisher come in as a small CSV in the table's own schema."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from jpresearch import catalog, tables
from jpresearch.errors import TableInvalid
from jpresearch.sources import updating
from jpresearch.sources.model import SourceError

HEAD = "survey,metric,period_end,period_start,value,unit,confidence,note,source"
ROW = "fsa,accounts_total,2026-03-31,2026-03-31,29000000,accounts,single source,,{source}"


def known_source() -> str:
    return str(tables.read(catalog.table("nisa_usage"))["source"].iloc[0])


def hand_in(folder: Path, *lines: str, head: str = HEAD) -> Path:
    file = folder / "figures.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return file


def bring_in(file: Path, *, write: bool = True, names: tuple[str, ...] = ("nisa_usage",)) -> updating.Result:
    return updating.settle(updating.from_files(file, names), write=write)


def test_a_row_with_a_known_source_is_dated_by_rule_and_appended(project: Path, tmp_path: Path) -> None:
    before = tables.load("nisa_usage", "2026-06-01").to_csv()
    result = bring_in(hand_in(tmp_path, ROW.format(source=known_source())))
    assert not result.failures
    assert result.added == {"nisa_usage": 1}
    frame = tables.load("nisa_usage").set_index(["metric", "period_end"])
    row = frame.loc[("accounts_total", pd.Timestamp("2026-03-31"))]
    assert row["value"] == 29_000_000
    assert row["published_at"] == pd.Timestamp("2026-06-23 23:59:59", tz="Asia/Tokyo")
    assert row["grade"] == "rule"
    assert tables.load("nisa_usage", "2026-06-01").to_csv() == before
    assert bring_in(tmp_path / "figures.csv").added == {"nisa_usage": 0}


def test_a_new_source_is_added_with_publisher_title_and_address(project: Path, tmp_path: Path) -> None:
    head = f"{HEAD},source_publisher,source_title,source_path"
    row = ROW.format(source="fsa-2026-03") + ",FSA,NISA end of March 2026,https://www.fsa.go.jp/x.pdf"
    assert bring_in(hand_in(tmp_path, row, head=head)).added == {"nisa_usage": 1}
    sources = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8"))["sources"]
    added = next(source for source in sources if source["name"] == "fsa-2026-03")
    assert (added["publisher"], added["title"], added["path"]) == (
        "FSA",
        "NISA end of March 2026",
        "https://www.fsa.go.jp/x.pdf",
    )
    assert [source["name"] for source in sources] == sorted(source["name"] for source in sources)
    assert tables.check(catalog.table("nisa_usage")) == []


def test_a_row_without_a_source_that_can_be_named_is_refused(project: Path, tmp_path: Path) -> None:
    untouched = (project / "data" / "datapackage.json").read_bytes()
    result = bring_in(hand_in(tmp_path, ROW.format(source="hearsay")))
    (error,) = result.failures.values()
    assert "line 2" in str(error)
    assert "source_publisher" in str(error)
    assert not result.added
    assert (project / "data" / "datapackage.json").read_bytes() == untouched


def test_a_row_that_breaks_the_schema_leaves_table_and_descriptor_alone(project: Path, tmp_path: Path) -> None:
    package, table = project / "data" / "datapackage.json", project / "data" / "nisa_usage.csv"
    untouched = package.read_bytes(), table.read_bytes()
    head = f"{HEAD},source_publisher,source_title,source_path"
    row = ROW.format(source="fsa-2026-03").replace("2026-03-31,2026-03-31", "2026-03-31,2026-04-30")
    result = bring_in(hand_in(tmp_path, f"{row},FSA,t,https://x", head=head))
    (error,) = result.failures.values()
    assert isinstance(error, TableInvalid)
    assert (package.read_bytes(), table.read_bytes()) == untouched


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("fsa,accounts_total,2026-13-31,2026-03-31,1,accounts,,,x", "period_end is not a date"),
        ("fsa,accounts_total,2026-03-31,2026-03-31,many,accounts,,,x", "value is not a number"),
        ("fsa,,2026-03-31,2026-03-31,1,accounts,,,x", "metric must not be empty"),
        ("fsa,accounts_total,2026-03-31", "source must not be empty"),
    ],
)
def test_a_cell_that_is_none_is_named_with_its_line(project: Path, tmp_path: Path, row: str, complaint: str) -> None:
    result = bring_in(hand_in(tmp_path, ROW.format(source=known_source()), row))
    (error,) = result.failures.values()
    assert complaint in str(error)
    assert "line 3" in str(error)


AS_IT_IS = HEAD + "\n" + "fsa,accounts_total,2026-03-31,2026-03-31,29000000,accounts,,推定 3.97 兆円,{source}\n"


def saved(text: str, encoding: str, tmp_path: Path) -> Path:
    file = tmp_path / "figures.csv"
    file.write_bytes(text.format(source=known_source()).encode(encoding))
    return file


@pytest.mark.parametrize(
    ("change", "encoding"),
    [
        (lambda t: t, "cp932"),
        (lambda t: t.replace("\n", "\r\n"), "cp932"),
        (lambda t: t, "utf-8-sig"),
        (lambda t: t.replace(",", "\t"), "utf-16"),
        (lambda t: t.replace(",", ";"), "utf-16-le"),
        (lambda t: t.replace(",", ";"), "utf-8"),
        (lambda t: t.replace("\n", ",,\n") + ",,,,,,,,,,\n" * 3, "cp932"),
        (lambda t: t.replace("metric", "Metric").replace("period_end", " Period End"), "utf-8"),
        (lambda t: t.replace("metric", "ｍｅｔｒｉｃ"), "cp932"),
        (lambda t: t.replace("2026-03-31", "2026/3/31"), "cp932"),
        (lambda t: t.replace("29000000", '"29,000,000"'), "cp932"),
        (lambda t: t.replace("29000000", " 29000000.0 "), "utf-8"),
    ],
)
def test_a_file_as_a_spreadsheet_saves_it_is_read(  # type: ignore[no-untyped-def]
    change, encoding: str, project: Path, tmp_path: Path
) -> None:
    for names in ((), ("nisa_usage",)):
        result = bring_in(saved(change(AS_IT_IS), encoding, tmp_path), names=names, write=False)
        assert not result.failures
        (row,) = result.comparisons["nisa_usage"].rows.to_dict("records")
        assert (row["value"], row["metric"], row["note"]) == (29_000_000, "accounts_total", "推定 3.97 兆円")
        assert row["period_end"] == pd.Timestamp("2026-03-31")


@pytest.mark.parametrize(
    ("change", "encoding", "complaint"),
    [
        (lambda t: t.replace("推定", "ｶﾘ").replace("兆", "ﾁ"), "euc_jp", "encoding cannot be told"),
        (lambda t: t.replace("推定 3.97 兆円", "café, "), "latin-1", "encoding"),
        (lambda t: t.replace(",", ";").replace("29000000", "29,5"), "utf-8", "line 2.*value is not a number: '29,5'"),
        (lambda t: t.replace("29000000", "2.9E+07"), "utf-8", "line 2.*rounded"),
        (lambda t: t.replace("29000000", '"29,00"'), "utf-8", "line 2.*value is not a number"),
        (lambda t: t.replace("2026-03-31", "31/3/2026"), "utf-8", "line 2.*period_end is not a date.*YYYY-MM-DD"),
        (lambda t: t.replace(",value", ",value,Value").replace(",2900", ",1,2900"), "utf-8", "line 1.*value.*two"),
        (lambda t: t.replace("\n", ",\n", 1).replace("{source}", "{source},x"), "utf-8", "line 2.*no label"),
        (lambda t: t.replace("推定", '"推定'), "utf-8", "line 2"),
    ],
)
def test_what_may_mean_two_things_is_refused_and_named(  # type: ignore[no-untyped-def]
    change, encoding: str, complaint: str, project: Path, tmp_path: Path
) -> None:
    result = bring_in(saved(change(AS_IT_IS), encoding, tmp_path), write=False)
    (error,) = result.failures.values()
    assert re.search(complaint, str(error), re.DOTALL), str(error)
    assert "figures.csv" in str(error)
    assert len(str(error).splitlines()) < 3


def test_a_dry_run_writes_nothing(project: Path, tmp_path: Path) -> None:
    untouched = (project / "data" / "nisa_usage.csv").read_bytes()
    result = bring_in(hand_in(tmp_path, ROW.format(source=known_source())), write=False)
    assert result.comparisons["nisa_usage"].new == 1
    assert (project / "data" / "nisa_usage.csv").read_bytes() == untouched


def test_columns_that_fit_several_tables_want_the_table_named(project: Path, tmp_path: Path) -> None:
    head = "metric,period_end,period_start,value,unit,confidence,note,source"
    file = hand_in(tmp_path, "x,2026-03-31,2026-03-31,1,JPY tn,,,x", head=head)
    result = updating.from_files(file, ())
    (error,) = result.failures.values()
    assert "buybacks" in str(error)
    assert "fund_flows" in str(error)
    with pytest.raises(SourceError, match="no adapter knows"):
        updating.from_files(file, ("nisa_usage",))


def test_columns_that_fit_several_tables_go_where_their_series_are_known(project: Path, tmp_path: Path) -> None:
    head = "metric,period_end,period_start,value,unit,confidence,note,source"
    known = tables.read(catalog.table("fund_flows")).iloc[-1]
    row = f"{known['metric']},2026-10-31,2026-10-01,1,{known['unit']},,,{known['source']}"
    result = updating.from_files(hand_in(tmp_path, row, head=head), ())
    assert [part.table for read in result.read for part in read.parsed] == ["fund_flows"]
    both = hand_in(tmp_path, row, row.replace(str(known["metric"]), "unheard_of"), head=head)
    (error,) = updating.from_files(both, ()).failures.values()
    assert "Name the table" in str(error)


def test_a_desks_own_table_is_updated_like_ours(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    ours = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8"))
    entry = next(resource for resource in ours["resources"] if resource["name"] == "nisa_usage")
    entry |= {"name": "house_views", "path": "house_views.csv"}
    package = {"name": "desk", "resources": [entry], "sources": ours["sources"]}
    (desk / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (desk / "house_views.csv").write_bytes((project / "data" / "nisa_usage.csv").read_bytes())
    monkeypatch.setenv("JPRESEARCH_DATA", str(desk))
    file = hand_in(tmp_path, ROW.format(source=known_source()))
    assert bring_in(file, names=("house_views",)).added == {"house_views": 1}
    assert len(tables.load("house_views")) == len(tables.load("nisa_usage")) + 1
