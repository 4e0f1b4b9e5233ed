"""A native chart on a sheet of a workbook, drawn by the spreadsheet from the cells beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jpresearch.report.native import Form, Native, NativeSeries
from jpresearch.report.number_formats import DAY, number_format

WIDTH: Final = 840  # pixels
HEIGHT: Final = 430
GREY: Final = "#595959"
RULE: Final = "#D9D9D9"
FONT: Final = {"name": "Calibri", "size": 9, "color": GREY}
KINDS: Final[dict[Form, dict[str, str]]] = {
    "line": {"type": "line"},
    "column": {"type": "column"},
    "bar": {"type": "bar"},
    "stacked": {"type": "column", "subtype": "stacked"},
    "scatter": {"type": "scatter"},
}


@dataclass(frozen=True)
class Cells:
    """Where the data of a chart stand on its sheet: labels in column ``left``, then a column for each series."""

    sheet: str
    head: int
    left: int
    rows: int

    def column(self, place: int) -> list[Any]:
        """The cells of a column of the block, below its head, as XlsxWriter takes them."""
        return [self.sheet, self.head + 1, self.left + place, self.head + self.rows, self.left + place]


def add_chart(book: Any, page: Any, drawn: Native, cells: Cells, at: tuple[int, int]) -> None:
    """Put the chart of ``drawn`` on the sheet ``page`` at row and column ``at``. ``drawn.form`` must be there."""
    form = drawn.form or "line"
    chart = book.add_chart(KINDS[form])
    lines = [place for place, series in enumerate(drawn.series) if series.kind == "line" and form == "column"]
    over = book.add_chart({"type": "line"}) if lines else None
    for place, series in enumerate(drawn.series):
        target = over if over is not None and place in lines else chart
        target.add_series(_series(series, form, cells, place, drawn))
    if over is not None:
        chart.combine(over)
    _dress(chart, drawn, form)
    page.insert_chart(*at, chart, {"description": drawn.title, "object_position": 3})


def _series(series: NativeSeries, form: Form, cells: Cells, place: int, drawn: Native) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": series.name or drawn.unit or drawn.title,
        "categories": cells.column(0),
        "values": cells.column(place + 1),
    }
    if form == "scatter":
        mark = {"type": "circle", "size": 4, "fill": {"color": series.colour}, "border": {"none": True}}
        return {**content, "marker": mark}
    if series.kind == "line":
        return {**content, "line": {"color": series.colour, "width": 1.75}, "marker": {"type": "none"}}
    return {**content, "fill": {"color": series.colour}, "border": {"none": True}, "gap": 45}


def _dress(chart: Any, drawn: Native, form: Form) -> None:
    labels = drawn.categories
    dated = form != "scatter" and all(isinstance(label, date) for label in labels)
    along: dict[str, Any] = {"num_font": FONT, "line": {"color": GREY}, "major_gridlines": {"visible": False}}
    along |= {"label_position": "low", "major_tick_mark": "none"}
    if dated:
        along |= {"date_axis": True, "num_format": DAY}
    if form == "bar":
        along |= {"reverse": True}
    values = [value for series in drawn.series for value in series.values]
    up: dict[str, Any] = {"num_font": FONT, "line": {"none": True}, "major_gridlines": _rule(), "name": drawn.unit}
    up |= {"name_font": {**FONT, "bold": False}, "num_format": number_format("", values)}
    chart.set_x_axis(along)
    chart.set_y_axis({**up, "crossing": "max"} if form == "bar" else up)
    title_font = {"name": "Calibri", "size": 12, "bold": True, "color": "#222222"}
    chart.set_title({"name": drawn.title, "name_font": title_font, "overlay": False})
    chart.set_legend({"none": True} if len(drawn.series) == 1 else {"position": "bottom", "font": FONT})
    chart.show_blanks_as("gap")
    chart.set_size({"width": WIDTH, "height": HEIGHT})


def _rule() -> dict[str, Any]:
    return {"visible": True, "line": {"color": RULE, "width": 0.75}}
