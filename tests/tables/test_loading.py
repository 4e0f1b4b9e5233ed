from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from jpresearch import catalog, publish, tables
from jpresearch.errors import BadParameter, NotYetPublished, UnknownTable
from jpresearch.tables import load


def foreigners(as_of: object) -> pd.DataFrame:
    frame = load("investor_flows", as_of)  # type: ignore[arg-type]
    return frame[(frame["market"] == "two_markets") & (frame["investor"] == "foreigners")].set_index("period_end")


def test_the_week_to_29_august_2025_exists_from_its_publication_on() -> None:
    assert foreigners("2025-09-03").index.max() == pd.Timestamp("2025-08-22")
    assert foreigners("2025-09-04").index.max() == pd.Timestamp("2025-08-29")
    assert foreigners("2025-09-04T15:29:59").index.max() == pd.Timestamp("2025-08-22")
    assert foreigners("2025-09-04T15:30:00").index.max() == pd.Timestamp("2025-08-29")


@pytest.mark.parametrize(
    "same",
    [
        date(2025, 9, 4),
        datetime(2025, 9, 4, 23, 59, 59),
        pd.Timestamp("2025-09-04 23:59:59", tz="Asia/Tokyo"),
        datetime(2025, 9, 4, 14, 59, 59, tzinfo=UTC),
        datetime(2025, 9, 4, 8, 0, tzinfo=timezone(timedelta(hours=-5))),
    ],
    ids=str,
)
def test_every_way_to_write_a_moment_means_the_same_in_tokyo(same: object) -> None:
    pd.testing.assert_frame_equal(load("investor_flows", same), load("investor_flows", "2025-09-04"))  # type: ignore[arg-type]


def test_a_revised_week_is_read_as_it_stood() -> None:
    week = pd.Timestamp("2022-03-18")
    assert foreigners("2022-04-06").loc[week, "net_jpy_mn"] == -195519
    assert foreigners("2022-04-07").loc[week, "net_jpy_mn"] == -199662


def test_start_and_end_bound_the_periods_both_included() -> None:
    frame = load("securities_flows", start="2025-08-23", end="2025-08-30")
    assert frame["period_end"].dt.strftime("%Y-%m-%d").tolist() == ["2025-08-23", "2025-08-30"]


def test_a_table_read_before_its_first_publication_names_the_first_day() -> None:
    with pytest.raises(NotYetPublished, match="2009-06-11") as caught:
        load("investor_flows", "2009-06-10")
    assert caught.value.first_day == date(2009, 6, 11)
    assert tables.first_publication("investor_flows") == date(2009, 6, 11)


@pytest.mark.parametrize("nonsense", ["2025-13-40", "yesterdayish", "", "2025-9-4", 3.5j])
def test_a_moment_that_is_none_is_refused(nonsense: object) -> None:
    with pytest.raises(BadParameter, match="as_of"):
        load("splits", nonsense)  # type: ignore[arg-type]
    with pytest.raises(BadParameter, match="start"):
        load("splits", start=nonsense or "x")  # type: ignore[arg-type]


@pytest.mark.parametrize("as_of", [None, "2025-09-05"])
def test_a_table_without_any_row_is_not_an_empty_frame(as_of: str | None, project: Path) -> None:
    file = project / "data" / "splits.csv"
    file.write_text(file.read_text(encoding="utf-8").split("\n", 1)[0] + "\n", encoding="utf-8")
    with pytest.raises(NotYetPublished, match="splits: this table has no rows yet"):
        load("splits", as_of)


def test_an_unknown_table_lists_those_there_are() -> None:
    with pytest.raises(UnknownTable, match="market_daily"):
        load("market_dayly")


def test_each_load_hands_on_a_note_of_what_it_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[dict[str, object]] = []
    monkeypatch.setattr(publish, "note", lambda note, *_: notes.append(note))
    frame = load("investor_flows", "2025-09-05", start="2025-01-01")
    load("investor_flows", "2025-09-03")
    load("investor_flows", "2025-09-04")
    first, earlier, same = notes
    assert first["table"] == "investor_flows"
    assert first["as_of"] == "2025-09-05"
    assert first["newest_period"] == "2025-08-29"
    assert first["newest_published_at"] == "2025-09-04T15:30:00+09:00"
    assert first["vintage"] == "first_print"
    assert first["grade"] == "assumed"
    assert first["rows"] > len(frame), "the note speaks of the table as it stood, not of the part shown"
    assert earlier["content_hash"] != first["content_hash"]
    assert same["content_hash"] == first["content_hash"], "nothing was published in between"


def test_the_note_counts_corrected_editions_beside_the_figures_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[dict[str, object]] = []
    monkeypatch.setattr(publish, "note", lambda note, *_: notes.append(note))
    frame = load("semiconductor_filings", "2025-09-05")
    with catalog.table("semiconductor_filings").file.open(encoding="utf-8", newline="") as file:
        public = [row for row in csv.DictReader(file) if row["published_at"] < "2025-09-06"]
    assert (notes[0]["rows"], notes[0]["lines"]) == (len(frame), len(public))
    assert len(public) > len(frame)


def test_sources_name_publisher_and_terms_and_say_what_is_not_there_yet() -> None:
    early, known = tables.sources("nisa_usage", "investor_flows", as_of="2013-06-28")
    assert early["newest_period"] == ""
    assert "public" in early["remark"]
    assert known["newest_period"] == "2013-06-21"
    assert known["publisher"]
    assert known["terms"]
