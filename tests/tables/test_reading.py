"""A broken file is refused with file, line and rule; nothing broken becomes a number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jpresearch import catalog, tables
from jpresearch.errors import TableInvalid

Edit = Callable[[list[str]], list[str]]


def cell(line: str, position: int, text: str) -> str:
    cells = line.split(",")
    cells[position] = text
    return ",".join(cells)


def on_line(number: int, position: int, text: str) -> Edit:
    def edit(lines: list[str]) -> list[str]:
        return [cell(line, position, text) if at == number - 1 else line for at, line in enumerate(lines)]

    return edit


def column(name: str, table: str = "investor_flows") -> int:
    return catalog.table(table).column_names.index(name)


def spoil(project: Path, name: str, edit: Edit) -> None:
    file = project / "data" / f"{name}.csv"
    file.write_text("\n".join(edit(file.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")


CASES = {
    "a word for a number": ("net_jpy_mn", "many", "net_jpy_mn is not a number: 'many'"),
    "infinity": ("net_jpy_mn", "inf", "net_jpy_mn is not a number: 'inf'"),
    "an impossible day": ("period_end", "2017-13-06", "period_end is not a date: '2017-13-06'"),
    "a day in another form": ("period_end", "06/01/2017", "period_end is not a date"),
    "a moment without zone": ("published_at", "2017-01-13T15:30:00", "published_at is not a datetime"),
    "a moment in another zone": ("published_at", "2017-01-13T06:30:00+00:00", "published_at is not a datetime"),
    "published before its period ended": ("published_at", "2017-01-05T15:30:00+09:00", "before its period ended"),
    "an empty key": ("investor", "", "investor must not be empty"),
    "an unknown grade": ("grade", "guessed", "grade is none of: stated, rule, assumed"),
    "an unknown source": ("source", "hearsay", "source is not one that the descriptor names"),
    "an unknown market": ("market", "tse_mars", "market is none of"),
    "a net that is not purchases less sales": ("net_jpy_mn", "135509.151", "net = purchases - sales"),
    "a period that starts after its end": ("period_start", "2017-01-07", "period_start is not after period_end"),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_value_is_named_with_file_line_and_rule(case: str, project: Path) -> None:
    name, text, rule = CASES[case]
    spoil(project, "investor_flows", on_line(2, column(name), text))
    found = tables.check(catalog.table("investor_flows"))
    assert [violation for violation in found if rule in violation.rule and violation.row == 2], found
    assert all(violation.file.endswith("investor_flows.csv") for violation in found)
    with pytest.raises(TableInvalid, match="investor_flows"):
        tables.load("investor_flows")


def test_a_missing_column_is_named(project: Path) -> None:
    spoil(project, "splits", lambda lines: [line.split(",", 1)[1] for line in lines])
    assert "missing column code" in str(tables.check(catalog.table("splits"))[0])


def test_an_unknown_column_is_named(project: Path) -> None:
    spoil(project, "splits", lambda lines: [f"{line},x" for line in lines])
    assert "unknown column x" in str(tables.check(catalog.table("splits"))[0])


def test_a_duplicate_key_is_named(project: Path) -> None:
    spoil(project, "splits", lambda lines: [*lines[:3], lines[2], *lines[3:]])
    (violation,) = tables.check(catalog.table("splits"))
    assert (violation.row, violation.rule) == (4, "duplicate key (code, ex_date, published_at)")


def test_lines_out_of_order_are_named(project: Path) -> None:
    spoil(project, "splits", lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    (violation,) = tables.check(catalog.table("splits"))
    assert (violation.row, violation.rule) == (3, "the lines are not sorted by primary key")


@pytest.mark.parametrize("line", ["8035", '8035,"2023', "a,b,c,d,e,f,g,h,i,j,k,l,m"])
def test_a_line_of_the_wrong_length_is_named(project: Path, line: str) -> None:
    spoil(project, "splits", lambda lines: [*lines, line])
    rules = [violation.rule for violation in tables.check(catalog.table("splits"))]
    assert rules == [f"the line does not have {len(catalog.table('splits').column_names)} cells"]


def test_a_missing_file_is_an_error_not_an_empty_table(project: Path) -> None:
    (project / "data" / "splits.csv").unlink()
    assert "missing" in str(tables.check(catalog.table("splits"))[0])
    with pytest.raises(TableInvalid, match="cannot be read"):
        tables.load("splits")


def test_a_file_in_another_encoding_is_an_error(project: Path) -> None:
    file = project / "data" / "fund_flows.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp932", errors="replace"))
    assert "not UTF-8" in str(tables.check(catalog.table("fund_flows"))[0])


def test_a_text_that_looks_like_a_missing_value_stays_a_text(project: Path) -> None:
    spoil(project, "splits", on_line(2, column("evidence", "splits"), "NA"))
    assert tables.load("splits")["evidence"].iloc[0] == "NA"


def test_a_changed_file_is_read_anew(project: Path) -> None:
    assert tables.load("splits")["ratio"].iloc[0] != 7
    spoil(project, "splits", on_line(2, column("ratio", "splits"), "7"))
    assert tables.load("splits")["ratio"].iloc[0] == 7


def test_a_code_with_leading_zeros_or_letters_stays_a_text() -> None:
    codes = tables.load("semiconductor_prices")["code"]
    assert "285A" in set(codes)
    assert codes.map(type).eq(str).all()
