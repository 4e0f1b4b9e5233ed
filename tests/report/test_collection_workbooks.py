"""Every workbook of the collection, opened as a reader's program opens it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from jpresearch import tables
from jpresearch.catalog import catalog
from jpresearch.publish.levels import Held, levels
from jpresearch.record import Job, Run
from jpresearch.report.workbook import HEAD_ROWS

COLLECTION = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))

pytestmark = pytest.mark.xdist_group("collection")


@cache
def book_of(folder: Path, name: str) -> Any:
    return openpyxl.load_workbook(folder / f"{name}.xlsx")


@cache
def jobs_of(folder: Path) -> dict[str, Job]:
    run = Run.model_validate_json((folder / "record.json").read_text(encoding="utf-8"))
    return {job.name: job for job in run.jobs}


@pytest.mark.parametrize("name", COLLECTION)
def test_contents_lead_to_every_sheet_and_each_names_its_source_once(name: str, everything: Path) -> None:
    book = book_of(everything, name)
    first, *others = book.worksheets
    assert [row[0].value for row in first.iter_rows(min_row=5)] == [sheet.title for sheet in others]
    assert [row[0].hyperlink.location for row in first.iter_rows(min_row=5)] == [f"'{s.title}'!A1" for s in others]
    for sheet in others:
        assert re.fullmatch(r"(Source: |出所：)\S.*", sheet["A2"].value) and sheet["A2"].value.count("Source:") <= 1
        assert sheet.freeze_panes == f"B{HEAD_ROWS + 1}" and sheet["A4"].hyperlink.location == f"'{first.title}'!A1"
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0


@pytest.mark.parametrize("name", COLLECTION)
def test_numbers_are_numbers_and_nothing_computes(name: str, everything: Path) -> None:
    for sheet in book_of(everything, name).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title} {cell.coordinate} is a formula"
                assert cell.data_type != "n" or cell.value is None or cell.number_format != "General", cell.coordinate


@pytest.mark.parametrize("name", COLLECTION)
def test_no_sheet_holds_figures_of_a_table_that_stays_at_the_desk(name: str, everything: Path) -> None:
    held = {table.table: Held(tables.read(catalog()[table.table])) for table in jobs_of(everything)[name].tables}
    for sheet in book_of(everything, name).worksheets[1:]:
        head, *rows = [list(row) for row in sheet.iter_rows(min_row=HEAD_ROWS, values_only=True)] or [[]]
        if head:
            frame = pd.DataFrame(rows, columns=[str(name or place) for place, name in enumerate(head)]).infer_objects()
            assert levels(frame, held) == [], sheet.title


def test_most_line_and_bar_charts_are_drawn_by_the_spreadsheet(everything: Path) -> None:
    charts = [chart for name in COLLECTION for sheet in book_of(everything, name) for chart in sheet._charts]
    assert len(charts) > 3 * len(COLLECTION), "three to four a notebook"
    assert {type(chart).__name__ for chart in charts} >= {"LineChart", "BarChart", "ScatterChart"}
