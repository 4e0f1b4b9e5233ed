"""What a chart of the house brings to its publication: alternative text, values, points, and a drawing for phones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jpresearch.say import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from jpresearch.charts.drawn import ChartData

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
VALUES: Final = ("x", "values", "low", "high")


@dataclass(frozen=True)
class Charted:
    """What is known of a chart of the house.

    Attributes
    ----------
    frame : the values that it shows: one column per series where all run along the same, else one row per value.
    points : every series with the places of its points, as JSON.
    chart : what it was drawn by and its series with all their values, as JSON.
    phone : draws it at the width of a phone.
    """

    alt: str
    frame: pd.DataFrame | None
    points: list[dict[str, Any]]
    chart: dict[str, Any]
    phone: Callable[[], Figure]


def charted(fig: Figure) -> Charted | None:
    """What the chart brings; ``None`` where the figure is no chart of the house."""
    from jpresearch.charts.drawn import at_width, known, points_of

    found = known(fig)
    if found is None:
        return None
    points = json.loads(json.dumps([series.payload() for series in points_of(fig)]))
    frame = _frame(found.data.series)
    return Charted(found.alt, frame, points, _chart(found.data), lambda: at_width(fig, "phone"))


def heads(chart: dict[str, Any]) -> dict[str, Any]:
    """The chart without the values, for a figure whose data behind are those drawn."""
    return {**chart, "series": [{**series, **{key: [] for key in VALUES}} for series in chart["series"]]}


def _chart(data: ChartData) -> dict[str, Any]:
    series, beside = (
        [{**each.payload(), "name": plain(each.name), "unit": plain(each.unit)} for each in drawn]
        for drawn in (data.series, data.beside)
    )
    return {"kind": data.kind, "unit": plain(data.unit), "along": plain(data.along), "series": series, "beside": beside}


def _frame(every: tuple[Any, ...]) -> pd.DataFrame | None:
    import pandas as pd

    if not every:
        return None
    ended = any(series.low or series.high for series in every)
    names = [series.name for series in every]
    if not ended and len({series.x for series in every}) == 1 and len(set(names)) == len(names):
        index = _along(every[0].x, "x" if "x" not in names else None)
        return pd.DataFrame({series.name: series.payload()["values"] for series in every}, index=index)
    rows = [
        {"series": series.name, "x": x, "value": value, "low": low, "high": high}
        for series in every
        for x, value, low, high in zip(
            series.x, series.values, _ends(series.low, series), _ends(series.high, series), strict=True
        )
    ]
    return pd.DataFrame(rows)


def _along(x: tuple[Any, ...], name: str | None) -> pd.Index[Any]:
    """What the series run along; days as days, so that a workbook keeps them."""
    import pandas as pd

    dated = all(isinstance(each, str) and DAY.fullmatch(each) for each in x)
    return pd.DatetimeIndex(x, name=name) if dated else pd.Index(x, name=name)


def _ends(ends: tuple[float | None, ...], series: Any) -> tuple[float | None, ...]:
    return ends or (None,) * len(series.x)
