"""Slides, opened again: titles, alt text, notes, order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE_TYPE

from jpresearch import charts, publish
from jpresearch.export.content import read
from jpresearch.export.slides import slides
from tests.export.builders import SOURCE, frame, write_run


@pytest.fixture(scope="module")
def deck(run_folder: Path) -> Any:
    return Presentation(BytesIO(slides(read(run_folder)).content))


def texts(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def figure_of(slide: Any) -> Any:
    return next(
        (shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE or shape.has_chart), None
    )


def test_slides_are_16_to_9(deck: Any) -> None:
    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=1e-3)


def test_the_first_slide_has_every_answer_and_leads_to_its_slides(deck: Any) -> None:
    first = deck.slides[0]
    assert "TOPIX gains 30 bp as foreigners buy" in texts(first)
    assert "GPIF's share is inside its policy band." in texts(first)
    led = {shape.text_frame.text: shape.click_action.target_slide for shape in first.shapes if shape.has_text_frame}
    assert led["01 Foreign flows"].shapes.title.text == deck.slides[1].shapes.title.text
    assert led["03 GPIF"].shapes.title.text == "The share stands inside the band."


def test_every_lead_finding_is_the_title_of_a_slide(deck: Any) -> None:
    titles = [slide.shapes.title.text for slide in deck.slides][1:]
    assert titles == [
        "TOPIX gains 30 bp (95% CI 22 to 37) in the week.",
        "Individuals trade against them.",
        "Both add up.",
        "The two go together.",
        "Insignificant in one era.",
        "The share stands inside the band.",
        "Trading took 24.5% (95% CI 22.0 to 27.0) off.",
    ]


def test_every_figure_has_an_alternative_text(deck: Any) -> None:
    found = [figure_of(slide) for slide in deck.slides]
    described = [shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in found if shape is not None]
    assert len(described) == 6
    assert described[0].startswith("Foreigners buy.")
    assert all(described)


def test_notes_hold_sentence_interval_sample_source_and_parameters(deck: Any) -> None:
    notes = deck.slides[1].notes_slide.notes_text_frame.text
    assert notes.splitlines()[0] == deck.slides[1].shapes.title.text
    assert "Same week: 30 bp (95% CI 22 to 37), n = 752, 2012-01-06 to 2026-08-14, p < 0.001; OLS" in notes
    assert "An exchange" in notes
    assert "lags = 4" in notes


def test_a_finding_without_a_figure_shows_its_numbers(deck: Any) -> None:
    slide = deck.slides[7]
    assert figure_of(slide) is None
    assert "Taken off\n24.5%" in texts(slide)
    assert "22.0 to 27.0" in texts(slide)


def chart_on(deck: Any, title: str) -> Any:
    slide = next(slide for slide in deck.slides if slide.shapes.title.text.startswith(title))
    return next(shape.chart for shape in slide.shapes if shape.has_chart)


def test_bars_lines_stacks_and_scatters_are_charts_to_edit_with_their_own_values(deck: Any) -> None:
    bars, lines = chart_on(deck, "TOPIX gains"), chart_on(deck, "Individuals trade")
    net = frame()
    values = [None if value != value else value for value in net["foreigners"]]
    assert list(bars.plots[0].series[0].values) == values
    assert [series.name for series in lines.plots[0].series] == ["Foreigners", "Individuals"]
    assert date(1899, 12, 30) + timedelta(float(next(iter(lines.plots[0].categories)))) == date(2026, 1, 2)
    assert chart_on(deck, "Both add up").chart_type == XL_CHART_TYPE.COLUMN_STACKED
    scatter = chart_on(deck, "The two go together")
    assert scatter.chart_type == XL_CHART_TYPE.XY_SCATTER
    assert len(list(scatter.plots[0].series[0].values)) == 29
    shares = chart_on(deck, "The share stands")
    assert dict(zip(shares.plots[0].categories, shares.plots[0].series[0].values, strict=True)) == {
        "foreign bonds": 26.0, "bonds": 25.1, "equities": 24.5,
    }  # fmt: skip


def test_an_unknown_week_is_a_gap_not_a_nought(deck: Any) -> None:
    assert chart_on(deck, "TOPIX gains").plots[0].series[0].values[4] is None


def test_the_workbook_behind_a_chart_has_the_same_values(deck: Any) -> None:
    book = openpyxl.load_workbook(BytesIO(chart_on(deck, "The share stands").part.chart_workbook.xlsx_part.blob))
    assert [[cell.value for cell in row] for row in book.active.iter_rows()][1] == ["foreign bonds", 26]


def test_a_kind_without_a_native_form_is_a_picture(deck: Any) -> None:
    slide = next(slide for slide in deck.slides if slide.shapes.title.text == "Insignificant in one era.")
    assert [shape.shape_type for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert not any(shape.has_chart for shape in slide.shapes)


def test_colours_are_those_of_the_picture_and_sales_have_their_own(deck: Any) -> None:
    series = chart_on(deck, "TOPIX gains").plots[0].series[0]
    below = frame()["foreigners"].lt(0).to_numpy().nonzero()[0][0]
    assert str(series.format.fill.fore_color.rgb) == "0072B2"
    assert str(series.points[int(below)].format.fill.fore_color.rgb) == "D55E00"


def exported(tmp_path: Path, cell: Callable[[], None]) -> Any:
    return Presentation(BytesIO(slides(read(write_run(tmp_path, {"01_a": cell}))).content))


def test_bands_references_and_lines_over_bars_come_along(tmp_path: Path) -> None:
    def cell() -> None:
        net = frame()
        words = {"title": "T", "unit": "%", "source": SOURCE}
        bands = {"individuals": (net["individuals"] - 1, net["individuals"] + 1)}
        publish.finding("Lines.", figure="lines", lead=True, typed=True)
        publish.figure("lines", charts.lines(net, bands=bands, references={"target": 2.0}, **words))
        publish.finding("Bars.", figure="bars", lead=True, typed=True)
        publish.figure("bars", charts.bars(net["foreigners"], line=net["individuals"], line_label="sum", **words))

    made = exported(tmp_path, cell)
    assert [series.name for series in chart_on(made, "Lines.").plots[0].series] == [
        "Foreigners", "Individuals", "Individuals, low", "Individuals, high", "target",
    ]  # fmt: skip
    bars, line = chart_on(made, "Bars.").plots
    assert list(line.series[0].values) == frame()["individuals"].tolist()
    assert (len(bars.series), line.series[0].name) == (1, "sum")


def test_names_that_look_like_formulas_stay_words_in_the_workbook(tmp_path: Path) -> None:
    def cell() -> None:
        names = pd.DataFrame({"=1+1": [1.0, 2.0], "b": [2.0, 1.0]}, index=["=cmd|' /C calc'!A0", "two"])
        publish.finding("Bars.", figure="bars", lead=True, typed=True)
        publish.figure("bars", charts.bars(names, title="T", unit="%", source=SOURCE))

    chart = chart_on(exported(tmp_path, cell), "Bars.")
    book = openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
    assert "'=1+1" in [cell.value for cell in book.active[1]]


@pytest.mark.parametrize(
    "changed",
    [
        {"x": ["2026-01-02"], "values": [1.0, 2.0]},
        {"x": ["2026-01-02", "2026-01-09"], "values": [None, None]},
        {"x": ["2026-01-02", "2026-01-09"], "values": [1.0, 2.0], "low": [1.0]},
        {"x": [], "values": []},
    ],
    ids=["fewer labels than values", "no value", "fewer ends than values", "nothing"],
)
def test_a_chart_whose_parts_do_not_fit_each_other_is_a_picture(run_folder: Path, changed: dict[str, Any]) -> None:
    content = read(run_folder, ["01"])
    (report,) = content.reports
    figure = report.figures["lines"]
    payload = dict(figure.payload) | {"data": None, "fields": []}
    payload["chart"] = {
        **payload["chart"],
        "series": [{**payload["chart"]["series"][0], "low": [], "high": [], **changed}],
    }
    forged = replace(report, figures={**report.figures, "lines": replace(figure, payload=payload)})
    made = Presentation(BytesIO(slides(replace(content, reports=[forged])).content))
    slide = next(slide for slide in made.slides if slide.shapes.title.text.startswith("Individuals trade"))
    assert [shape.shape_type for shape in slide.shapes].count(MSO_SHAPE_TYPE.PICTURE) == 1


def test_days_before_the_first_of_a_spreadsheet_are_words_along_the_axis(tmp_path: Path) -> None:
    def cell() -> None:
        old = pd.DataFrame({"Rate": [1.0, 2.0]}, index=pd.to_datetime(["1890-01-01", "1905-01-01"]))
        publish.finding("Old.", figure="old", lead=True, typed=True)
        publish.figure("old", charts.lines(old, title="T", unit="%", source=SOURCE))

    assert list(chart_on(exported(tmp_path, cell), "Old.").plots[0].categories) == ["1 Jan 1890", "1 Jan 1905"]


def test_values_at_bars_have_decimals_as_the_reports_print_them(deck: Any) -> None:
    chart = next(shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart and labelled(shape))
    assert chart.plots[0].data_labels.number_format == "[>=9.95]#,##0;[<=-9.95]-#,##0;0.0"


def labelled(shape: Any) -> bool:
    return bool(shape.chart.plots[0].has_data_labels)
