"""Names of downloaded files and captions to copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpresearch.report import downloads
from tests.report.builders_pages import cell, figure, job, notebook, page, table, table_read, text


@pytest.mark.parametrize(
    ("notebook", "name", "newest", "expected"),
    [
        ("01_foreign_flows", "weekly_net", "2026-09-25", "01-weekly-net-2026-09-25"),
        ("my_own", "a b", "2026-09-25", "my-own-a-b-2026-09-25"),
        ('"><script>', "../../etc", "2026-09-25", "script-etc-2026-09-25"),
        ("--", "\u202e", "", "2026-09-04"),
        ("日本", "表", "2026-09-25", "日本-表-2026-09-25"),
        ("x" * 200, "y" * 300, "2026-09-25", f"{'x' * 100}-{'y' * 100}-2026-09-25"),
    ],
)
def test_a_file_has_a_name_that_speaks_and_that_every_system_takes(
    notebook: str, name: str, newest: str, expected: str
) -> None:
    assert downloads.file_name(job(notebook=notebook), name, newest) == expected


def test_data_without_a_day_take_that_of_the_newest_table() -> None:
    tables = [table_read(newest_period="2026-08-28"), table_read("b", newest_period="2026-09-18")]
    assert downloads.file_name(job(notebook="01_a", tables=tables), "shares") == "01-shares-2026-09-18"
    assert downloads.file_name(job(notebook="01_a", tables=[]), "shares") == "01-shares"


def test_a_figure_is_named_by_the_newest_day_of_its_own_data_or_points() -> None:
    shown = {"name": "net", "alt": "x", "data": "week,net\n2026-08-28,1\n2026-09-11,2\n", "fields": ["date", "number"]}
    assert downloads.of_figure(shown, job(), "Figure 1")["file"] == "01-net-2026-09-11"
    points = [{"x": ["2026-07-03", "2026-07-10"], "values": [1.0, 2.0], "points": [[1, 2], [3, 4]]}]
    assert downloads.of_figure({"name": "net", "alt": "x", "points": points}, job(), "Figure 1")["file"] == (
        "01-net-2026-07-10"
    )


def test_a_caption_names_number_title_source_and_report(tmp_path: Path) -> None:
    html = page(notebook(text("# T"), cell("x", figure(source="Source: JPX; cash equities"))), tmp_path)
    assert "<p class=cite>Figure 1: Title of net. Source: JPX; cash equities. jpresearch, 01 A.</p>" in html
    html = page(notebook(text("# T"), cell("x", figure(title=None, source=None))), tmp_path)
    assert "<p class=cite>Figure 1: It fell: net. jpresearch, 01 A.</p>" in html


def test_data_that_may_not_leave_are_shown_and_not_offered_and_the_page_says_whose_they_are(tmp_path: Path) -> None:
    points = [{"x": ["a"], "values": [1.0], "points": [[1, 2]], "name": "", "unit": "", "kind": "dot"}]
    kept = [figure("kept", levels=["investor_flows"], points=points), table("kept", levels=["investor_flows", "gone"])]
    html = page(notebook(text("# T"), cell("x", *kept, figure("free", points=points))), tmp_path)
    assert html.count("Figures of Japan Exchange Group (JPX): shown here, not offered as data") == 1
    assert "Figures of Japan Exchange Group (JPX), gone: shown here" in html
    assert html.count("data-points") == 1 and html.count("data:text/csv") == 1
    assert "1,234,567" in html, "the table itself is there to read"
