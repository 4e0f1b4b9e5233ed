"""A file that no adapter knows is described in two lines, with the edition or the table that was meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jpresearch.sources import updating
from jpresearch.sources.model import SourceError
from tests.sources.builders_mof import jgb_csv
from tests.sources.builders_us import zipped

NEAR = "metric,period_end,period_start,val,unit,confidence,note,source\nx,2026-03-31,2026-03-31,1,JPY tn,,,s\n"
FILES = {
    "pdf": ("report.pdf", b"%PDF-1.7\n", ["a PDF"]),
    "another edition": ("Tousi_DV_W_202603_4_0323_0327.pdf", b"%PDF-1.7\n", ["a PDF", "Tousi_DV_W_*.csv"]),
    "FRED's JSON": ("obs.json", b'{"realtime_start":"2026-01-01","observations":[]}', ["JSON", "FRED's CSV"]),
    "legacy report": ("annual.txt", b"Market_and_Exchange_Names,NonComm_Positions_Long_All\nx,1\n", ["FinFutYY.txt"]),
    "page": ("a.csv", b"<!DOCTYPE html><html></html>", ["HTML page"]),
    "picture": ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)), ["a picture"]),
    "bytes": ("a.bin", bytes(range(256)), ["no text"]),
    "letter": ("notes.txt", b"call the desk", ["text in UTF-8 without columns"]),
    "Japanese columns": ("w.csv", "日付,値\n2026-01-01,3\n".encode("cp932"), ["cp932", "commas", "日付, 値"]),
    "semicolons": ("b.csv", b"date;close\n2026-01-01;3,5\n", ["semicolons", "date, close"]),
    "tabs": ("b.txt", "date\tclose\n2026-01-01\t3\n".encode("utf-16"), ["UTF-16", "tabs"]),
    "wrong label": ("c.csv", NEAR.encode(), ["nearly the CSV of", "without value", "with val besides"]),
    "archive": ("d.zip", zipped(b"x", "readme.doc"), ["an archive of readme.doc", "unpack it"]),
    "workbook": ("e.xlsx", zipped(b"x", "xl/workbook.xml"), ["an Excel workbook of another layout"]),
    "broken archive": ("f.zip", b"PK\x03\x04aaaa", ["broken archive"]),
}


@pytest.mark.parametrize("kind", FILES)
def test_an_unknown_file_is_described_in_under_three_lines(kind: str, tmp_path: Path) -> None:
    name, content, words = FILES[kind]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as caught:
        updating.from_files(tmp_path / name, ())
    said = str(caught.value)
    assert all(word in said for word in [name, *words]), said
    assert len(said.splitlines()) < 3
    assert len(said) < 500


def test_a_file_handed_in_for_another_table_says_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "jgb.csv").write_bytes(jgb_csv([(date(2026, 9, 1), {"2Y": 1.4, "10Y": 2.7})], japanese=True))
    with pytest.raises(SourceError, match="one for market_daily, short_rates, not for nisa_usage"):
        updating.from_files(tmp_path / "jgb.csv", ("nisa_usage",))


def test_a_long_header_is_cut(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text(
        ",".join(f"column {number}" for number in range(300)) + "\n1\n", encoding="utf-8"
    )
    with pytest.raises(SourceError, match="column_5 and 294 more") as caught:
        updating.from_files(tmp_path / "wide.csv", ())
    assert len(str(caught.value)) < 300
