"""The quick reading accepts nothing that the thorough one refuses, and gives the same frame."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch import catalog
from jpresearch.catalog import Table
from jpresearch.tables.known import content_hash
from jpresearch.tables.quick import quick
from jpresearch.tables.reading import parse_text

DESCRIBED = {
    table.name: table for table in catalog.read_package(Path(__file__).parents[2] / "data" / "datapackage.json")
}
# Small ones of different make: quoted notes, whole numbers, enumerations, gaps, several vintages.
SMALL = ["splits", "market_cap", "fund_flows", "nisa_usage", "trading_share", "margin_balances", "claims"]
ROWS = 25
CELLS = ["", " ", "nan", "NaN", "inf", "-inf", "0", "-1", "1.5", "1e5", "1_0", "0x10", "1e400", "abc", '"', '"a,b"',
         '""',
         "2025-13-01", "2025-01-01", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00+09:00", "stated", "sworn", "é", "1,5",
         "true", "None", "\t", " 7", "7 ", "+7", "٧", "1\n2", "9" * 400]  # fmt: skip


def text_of(table: Table) -> list[str]:
    return table.file.read_text(encoding="utf-8").splitlines()[: ROWS + 1]


def no_milder(content: bytes, table: Table) -> bool:
    """Whether the quick reading left the file to the thorough one, or took it and that finds it sound and the same."""
    found = quick(content, table)
    if found is None:
        return True
    thorough, broken = parse_text(content.decode("utf-8"), table)
    pd.testing.assert_frame_equal(found, thorough)
    return broken == [] and content_hash(found) == content_hash(thorough)


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_a_bundled_table_is_read_quickly_and_the_same(name: str) -> None:
    table = DESCRIBED[name]
    content = table.file.read_bytes()
    assert quick(content, table) is not None, "the quick reading left it to the thorough one"
    assert no_milder(content, table)


@given(name=st.sampled_from(SMALL), data=st.data())
def test_a_cell_changed_to_anything_is_judged_no_milder(name: str, data: st.DataObject) -> None:
    table = DESCRIBED[name]
    lines = text_of(table)
    row = data.draw(st.integers(0, len(lines) - 1), label="line")
    cells = lines[row].split(",")
    place = data.draw(st.integers(0, len(cells) - 1), label="cell")
    cells[place] = data.draw(st.one_of(st.sampled_from(CELLS), st.text(max_size=6)), label="text")
    lines[row] = ",".join(cells)
    assert no_milder("\n".join([*lines, ""]).encode("utf-8"), table)


@given(name=st.sampled_from(SMALL), data=st.data())
def test_lines_moved_doubled_lost_or_cut_are_judged_no_milder(name: str, data: st.DataObject) -> None:
    table = DESCRIBED[name]
    lines = text_of(table)
    one, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    change = data.draw(st.sampled_from(["swap", "double", "lose", "blank", "cut", "longer", "carriage return", "end"]))
    if change == "swap":
        lines[one], lines[other] = lines[other], lines[one]
    elif change == "double":
        lines.insert(one, lines[one])
    elif change == "lose":
        del lines[one]
    elif change == "blank":
        lines.insert(one, "")
    elif change == "cut":
        lines[one] = lines[one].rpartition(",")[0]
    elif change == "longer":
        lines[one] += ","
    end = {"carriage return": "\r\n", "end": ""}.get(change, "\n")
    assert no_milder(("\r\n" if change == "carriage return" else "\n").join(lines).encode() + end.encode(), table)


@pytest.mark.parametrize("content", [b"", b"\n", b"a,b\n1,2\n", b"\xff\xfe"])
def test_what_is_no_table_is_left_to_the_thorough_reading(content: bytes) -> None:
    assert quick(content, DESCRIBED["splits"]) is None


def test_bytes_that_are_no_text_are_left_to_the_thorough_reading() -> None:
    table = DESCRIBED["splits"]
    assert quick(table.file.read_bytes().replace(b"effective", b"\xff", 1), table) is None
