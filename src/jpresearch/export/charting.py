"""Charts that a slide program draws from values of its own, which a reader can edit, in the colours of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from jpresearch.export.deck import FONT, INK, LINE, MUTED, Box, describe, shade_of
from jpresearch.report.data import inert
from jpresearch.report.native import Form, Native, NativeSeries
from jpresearch.report.number_formats import number_format
from jpresearch.say.dates import date_text

KINDS: Final[dict[Form, Any]] = {
    "line": XL_CHART_TYPE.LINE,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked": XL_CHART_TYPE.COLUMN_STACKED,
    "scatter": XL_CHART_TYPE.XY_SCATTER,
}
DAY: Final = "d mmm yyyy"
# Net sales, where a single row of bars has the colours of its signs.
BELOW: Final = "D55E00"
MOST_LABELS: Final = 12  # on the axis below upright bars
MOST_VALUES: Final = 30  # bars that carry their values
SIZE: Final = 12
MOST_DATES: Final = 9
TENS: Final = "[>=9.95]#,##0;[<=-9.95]-#,##0;0.0"
STEPS: Final = (1, 2, 3, 6, 12, 24, 48, 96)  # months
CUT: Final = 0.4
FIRST_YEAR: Final = 1901


def drawable(drawn: Native) -> bool:
    """Whether a slide program can draw it: a kind that it knows, with values, each along something.

    A payload is data of a notebook: one whose parts do not fit each other has a picture all the same.
    """
    every = [*drawn.series, *drawn.beside]
    whole = all(len(part) in (0, len(each.x)) for each in every for part in (each.low, each.high))
    if drawn.form is None or not whole or any(len(each.values) != len(each.x) for each in every):
        return False
    numbers = drawn.form != "scatter" or all(isinstance(label, (int, float)) for each in every for label in each.x)
    return numbers and any(value is not None for each in drawn.series for value in each.values)


def put_chart(slide: Any, drawn: Native, box: Box, alt: str, name: str) -> None:
    """Put the chart of ``drawn``, which must be ``drawable``, on a slide."""
    form = drawn.form or "line"
    along = drawn.categories
    numbers = form == "line" and all(isinstance(label, (int, float)) for label in along)
    points = form == "scatter" or numbers
    kind = XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS if numbers else KINDS[form]
    every = [*drawn.series, *_beside(drawn)]
    content = _pairs(every, drawn) if points else _columns(every, drawn, form)
    frame = slide.shapes.add_chart(kind, *map(Inches, box), content)
    describe(frame, alt, name)
    chart = frame.chart
    _dress(chart, drawn, form, points)
    for made, series in zip(_made(chart), every, strict=True):
        _paint(made, series, form, alone=sum(each.kind == "bar" for each in drawn.series) == 1)
    lines = [place for place, series in enumerate(every) if series.kind in ("line", "reference")]
    if form in ("column", "stacked") and lines:
        _lines_over_bars(chart, lines)


def _beside(drawn: Native) -> list[NativeSeries]:
    """References, and the two edges of each band, as series."""
    found = []
    for item in drawn.beside:
        if item.kind == "band":
            for end, values in (("low", item.low), ("high", item.high)):
                name = f"{item.name or drawn.unit}, {end}"
                found.append(NativeSeries(name, "band", item.unit, item.colour, item.x, values or item.values))
        else:
            found.append(item)
    return found


def _columns(every: Sequence[NativeSeries], drawn: Native, form: Form) -> Any:
    """A row per category; days stay days along a line, and are words below bars, which have equal places."""
    labels = drawn.categories
    dated = form == "line" and _days(drawn)
    content = CategoryChartData(number_format=_format(drawn))
    content.categories = list(labels) if dated else [_word(label) for label in labels]
    if dated:
        content.categories.number_format = DAY
    for series in every:
        known = dict(zip(series.x, series.values, strict=True))
        content.add_series(_name(series, drawn), [known.get(label) for label in labels])
    return content


def _days(drawn: Native) -> bool:
    """Whether the series run along days that the workbook behind a chart can hold."""
    return all(isinstance(label, date) and label.year >= FIRST_YEAR for label in drawn.categories)


def _pairs(every: Sequence[NativeSeries], drawn: Native) -> Any:
    """A pair of numbers per point."""
    content = XyChartData(number_format=_format(drawn))
    for series in every:
        made = content.add_series(_name(series, drawn))
        for x, value in zip(series.x, series.values, strict=True):
            if value is not None and isinstance(x, (int, float)):
                made.add_data_point(float(x), value)
    return content


def _format(drawn: Native) -> str:
    return number_format("", [value for series in drawn.series for value in series.values])


def _name(series: NativeSeries, drawn: Native) -> str:
    """The series' name as a cell of the chart's workbook takes it: words, never a formula."""
    return str(inert(series.name or drawn.unit or drawn.title))


def _word(label: Any) -> str:
    return date_text(label) if isinstance(label, date) else str(inert(str(label)))


def _made(chart: Any) -> list[Any]:
    return [series for plot in chart.plots for series in plot.series]


def _dress(chart: Any, drawn: Native, form: Form, points: bool) -> None:
    """Axes, grid, legend and letters of the house."""
    chart.has_title = False
    chart.font.size, chart.font.name, chart.font.color.rgb = Pt(SIZE), FONT, shade_of(MUTED)
    chart.has_legend = len(drawn.series) + len(drawn.beside) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size, chart.legend.font.color.rgb = Pt(SIZE), shade_of(INK)
    along, up = chart.category_axis, chart.value_axis
    along.has_major_gridlines, up.has_major_gridlines = False, form != "bar"
    along.tick_label_position, along.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.NONE
    along.format.line.color.rgb = shade_of(MUTED)
    up.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    up.major_tick_mark, up.minor_tick_mark = XL_TICK_MARK.NONE, XL_TICK_MARK.NONE
    up.format.line.fill.background()
    if up.has_major_gridlines:
        up.major_gridlines.format.line.color.rgb = shade_of(LINE)
    up.tick_labels.number_format, up.tick_labels.number_format_is_linked = _axis_format(drawn), False
    if form == "bar":
        along.reverse_order, up.visible = True, False
    if form in ("column", "stacked"):
        _skip_labels(along, len(drawn.categories))
    if form in ("column", "bar", "stacked"):
        plot = chart.plots[0]
        plot.gap_width = 45
        plot.overlap = 100 if form == "stacked" else 0
        _values(plot, drawn, form)
    if drawn.along and points:
        along.has_title, along.axis_title.text_frame.text = True, drawn.along
        for run in along.axis_title.text_frame.paragraphs[0].runs:
            run.font.size, run.font.bold = Pt(SIZE), False
    if form == "line":
        _cut(up, drawn)
    if not points and form == "line" and _days(drawn):
        _dates(along, [label for label in drawn.categories if isinstance(label, date)])
    if not points and form == "line" and any(len(series.x) < len(drawn.categories) for series in drawn.series):
        # Series of different calendars: a day that one of them lacks is no gap in its line.
        chart._chartSpace.chart.find(qn("c:dispBlanksAs")).set("val", "span")


def _dates(axis: Any, days: Sequence[date]) -> None:
    """About eight labels along the days, each as long as the span needs."""
    months = (days[-1] - days[0]).days / 30.4
    step = next((step for step in STEPS if months / step <= MOST_DATES), STEPS[-1])
    unit, count = ("years", step // 12) if step >= 12 else ("months", step)
    words = "yyyy" if step >= 12 else "mmm yyyy"
    if months < 2:
        unit, count, words = "days", 7, "d mmm"
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = words, False
    element = axis._element
    for tag in ("c:baseTimeUnit", "c:majorUnit", "c:majorTimeUnit", "c:minorUnit", "c:minorTimeUnit"):
        for found in element.findall(qn(tag)):
            element.remove(found)
    for tag, value in (("c:baseTimeUnit", "days"), ("c:majorUnit", str(count)), ("c:majorTimeUnit", unit)):
        element.append(element.makeelement(qn(tag), {"val": value}))


def _cut(axis: Any, drawn: Native) -> None:
    """A line that runs far above zero begins its axis below it, as in the picture."""
    ends = [value for series in (*drawn.series, *drawn.beside) for value in (*series.values, *series.low, *series.high)]
    known = [value for value in ends if value is not None]
    low, high = min(known), max(known)
    if low > 0 and high > low and low > CUT * high:
        step = 10.0 ** math.floor(math.log10(high - low))
        axis.minimum_scale = math.floor(low / step) * step


def _axis_format(drawn: Native) -> str:
    """Tick labels with no more decimals than the steps between them need."""
    values = [abs(value) for series in drawn.series for value in series.values if value is not None]
    return "#,##0" if max(values, default=0.0) >= 5 else "0.0" if max(values, default=0.0) >= 0.5 else "General"


def _label_format(drawn: Native) -> str:
    """Values at bars as the reports print them: no decimals from ten on, one below; more where all are small."""
    largest = max((abs(value) for series in drawn.series for value in series.values if value is not None), default=0.0)
    plain = _format(drawn)
    return TENS if "." in plain and largest >= 1 else plain


def _skip_labels(axis: Any, count: int) -> None:
    """No more labels than stand beside each other."""
    if count > MOST_LABELS:
        element = axis._element
        skip = element.makeelement(qn("c:tickLblSkip"), {"val": str(-(-count // MOST_LABELS))})
        element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _values(plot: Any, drawn: Native, form: Form) -> None:
    """The values at the ends of few bars."""
    if form == "stacked" or sum(len(series.x) for series in drawn.series) > MOST_VALUES:
        return
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, _label_format(drawn), False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(SIZE - 1)


def _paint(made: Any, series: NativeSeries, form: Form, *, alone: bool) -> None:
    """The series in its own colour: bars, lines, dots; references dashed, edges of bands thin."""
    shade = shade_of(series.colour)
    if series.kind == "bar":
        made.format.fill.solid()
        made.format.fill.fore_color.rgb = shade
        made.invert_if_negative = False
        if alone and form != "stacked":
            _signs(made, series)
    elif form == "scatter" and series.kind == "dot":
        made.format.line.fill.background()
        made.marker.style, made.marker.size = XL_MARKER_STYLE.CIRCLE, 6
        made.marker.format.fill.solid()
        made.marker.format.fill.fore_color.rgb = shade
        made.marker.format.line.fill.background()
    else:
        made.smooth = False
        _unmarked(made)
        made.format.line.color.rgb = shade
        made.format.line.width = Pt({"line": 2.25, "reference": 1.25}.get(series.kind, 0.75))
        if series.kind != "line":
            made.format.line.dash_style = MSO_LINE.DASH if series.kind == "reference" else MSO_LINE.ROUND_DOT


def _unmarked(made: Any) -> None:
    if hasattr(made, "marker"):
        made.marker.style = XL_MARKER_STYLE.NONE


def _signs(made: Any, series: NativeSeries) -> None:
    """Bars below zero in the colour of net sales."""
    if series.name:
        return
    for place, value in enumerate(series.values):
        if value is not None and value < 0:
            point = made.points[place]
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = shade_of(BELOW)


def _lines_over_bars(chart: Any, places: Sequence[int]) -> None:
    """Move the series at ``places`` from the bars to lines over the same axes."""
    bars = chart._chartSpace.chart.plotArea.find(qn("c:barChart"))
    moved = [bars.findall(qn("c:ser"))[place] for place in places]
    lines = bars.makeelement(qn("c:lineChart"), {})
    lines.append(lines.makeelement(qn("c:grouping"), {"val": "standard"}))
    lines.append(lines.makeelement(qn("c:varyColors"), {"val": "0"}))
    for series in moved:
        for own in ("c:invertIfNegative", "c:dLbls", "c:dPt"):
            for element in series.findall(qn(own)):
                series.remove(element)
        marker = series.makeelement(qn("c:marker"), {})
        marker.append(marker.makeelement(qn("c:symbol"), {"val": "none"}))
        series.find(qn("c:cat")).addprevious(marker)
        series.append(series.makeelement(qn("c:smooth"), {"val": "0"}))
        lines.append(series)
    lines.append(lines.makeelement(qn("c:marker"), {"val": "1"}))
    for axis in bars.findall(qn("c:axId")):
        lines.append(lines.makeelement(qn("c:axId"), {"val": axis.get("val")}))
    bars.addnext(lines)
