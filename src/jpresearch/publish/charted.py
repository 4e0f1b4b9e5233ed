"""What a chart of the house brings to its publication: alternative text, values, points, and a drawing for phones."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Charted:
    """What is known of a chart of the house.

    Attributes
    ----------
    frame : the values that it shows: one column per series where all run along the same, else one row per value.
    points : every series with the places of its points, as JSON.
    phone : draws it at the width of a phone.
    """

    alt: str
    frame: pd.DataFrame | None
    points: list[dict[str, Any]]
    phone: Callable[[], Figure]


def charted(fig: Figure) -> Charted | None:
    """What the chart brings; ``None`` where the figure is no chart of the house."""
    from jpresearch.charts.drawn import at_width, known, points_of

    found = known(fig)
    if found is None:
        return None
    points = json.loads(json.dumps([series.payload() for series in points_of(fig)]))
    return Charted(found.alt, _frame(found.data.series), points, lambda: at_width(fig, "phone"))


def _frame(every: tuple[Any, ...]) -> pd.DataFrame | None:
    import pandas as pd

    if not every:
        return None
    ended = any(series.low or series.high for series in every)
    names = [series.name for series in every]
    if not ended and len({series.x for series in every}) == 1 and len(set(names)) == len(names):
        index = pd.Index(every[0].x, name="x" if "x" not in names else None)
        return pd.DataFrame({series.name: series.payload()["values"] for series in every}, index=index)
    rows = [
        {"series": series.name, "x": x, "value": value, "low": low, "high": high}
        for series in every
        for x, value, low, high in zip(
            series.x, series.values, _ends(series.low, series), _ends(series.high, series), strict=True
        )
    ]
    return pd.DataFrame(rows)


def _ends(ends: tuple[float | None, ...], series: Any) -> tuple[float | None, ...]:
    return ends or (None,) * len(series.x)
