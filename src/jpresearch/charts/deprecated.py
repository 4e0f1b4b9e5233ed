"""The names that charts had before each was named by its picture; they go with their last notebook."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from jpresearch.charts.bars import bars
from jpresearch.charts.check import need_columns
from jpresearch.charts.lines import lines
from jpresearch.charts.palette import label
from jpresearch.charts.range import range as range_of
from jpresearch.charts.stack import stack


def signed_bars(
    net: pd.Series[Any], *, signs: tuple[str, str] | None = ("net purchases", "net sales"), **words: Any
) -> Figure:
    """Use ``charts.bars(net, signs=...)``."""
    return bars(net, signs=signs, upright=True, **words)


def ranked(
    series: pd.Series[Any],
    *,
    highlight: Hashable | Sequence[Hashable] | None = None,
    top: int | None = None,
    **words: Any,
) -> Figure:
    """Use ``charts.bars(series)``."""
    return bars(series, highlight=highlight, top=top, upright=False, **words)


def stacked(frame: pd.DataFrame, *, labels: Mapping[str, str] | None = None, **words: Any) -> Figure:
    """Use ``charts.stack(frame)``."""
    return stack(frame, labels=labels, **words)


def range_strip(frame: pd.DataFrame, **words: Any) -> Figure:
    """Use ``charts.range(frame)``."""
    return range_of(frame, **words)


def paths(frame: pd.DataFrame, *, x_unit: str = "weeks after the event", **words: Any) -> Figure:
    """Use ``charts.lines(frame, median=True)``."""
    return lines(frame, median=True, x_unit=x_unit, **words)


def step_bands(frame: pd.DataFrame, *, name: str | None = None, **words: Any) -> Figure:
    """Use ``charts.lines(share, steps=True, bands=..., references=...)``."""
    values = need_columns("step_bands", frame, ("value", "target", "low", "high"))
    own = name or "Latest"
    share = values[["value"]].set_axis([own], axis="columns")
    levels: dict[str, Any] = {"Target": values["target"]}
    bands = {own: (values["low"], values["high"])}
    return lines(share, labels={own: label(own)}, steps=True, bands=bands, references=levels, **words)
