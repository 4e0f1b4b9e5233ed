"""Where a class's share goes without trading, and what bringing it back would take.

Without trades, and with new money spread as the holdings are, a share w becomes w (1 + R) / (1 + R_all): shares and
returns suffice. Over several quarters the odds of the share, w / (1 - w), grow by the product of the quarters' factors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from jpresearch.about import About, describe
from jpresearch.datasets.gpif_figures import within_rounding
from jpresearch.models.gpif_flow import Holdings
from jpresearch.stats.rounding import Interval, weighted_sum

DRIFT: Final = ("share_before", "share", "untouched", "untouched_low", "untouched_high", "own_return", "run")
PATH: Final = ("untouched", "untouched_low", "untouched_high")


def untouched_shares(holdings: Holdings) -> pd.DataFrame:
    """The share at each quarter's end had nothing been traded in the quarter, beside the published one.

    The result of the whole reserve is GPIF's, diluted by the special account, which earns next to nothing.

    Returns
    -------
    Index ``quarter_end``; quarters that lack a share or a result are absent. Columns in percent: ``share_before``,
    ``share`` (published), ``untouched`` with its bounds ``untouched_low``, ``untouched_high``, ``own_return`` (of the
    class); and ``run``, the same number for quarters that follow each other.
    """
    rows, run, last = {}, 0, None
    for before, end in zip(holdings.quarters.index[:-1], holdings.quarters.index[1:], strict=True):
        row = _untouched(holdings, before, end)
        if row is None:
            continue
        run += last is not None and before != last
        rows[end], last = (*row, run), end
    index = pd.DatetimeIndex(list(rows), name="quarter_end")
    frame = pd.DataFrame(list(rows.values()), columns=list(DRIFT), index=index).astype({"run": "int64"})
    return describe(frame, About("%", "quarter", columns={"run": "number"}))


def _untouched(holdings: Holdings, before: pd.Timestamp, end: pd.Timestamp) -> tuple[float, ...] | None:
    shares = holdings.quarters["share"]
    own, whole = _own_return(holdings, before, end), _whole_return(holdings, before, end)
    if pd.isna(shares[before]) or pd.isna(shares[end]) or own is None or whole is None:
        return None
    passive = within_rounding(float(shares[before])) * (1 + own) / (1 + whole)
    likely = float(shares[before]) * (1 + own.centre) / (1 + whole.centre)
    return float(shares[before]), float(shares[end]), likely, passive.low, passive.high, own.centre * 100


def _own_return(holdings: Holdings, before: pd.Timestamp, end: pd.Timestamp) -> Interval | None:
    rate, gain = holdings.rate(end), holdings.gain(end)
    if rate is not None or gain is None or pd.isna(holdings.quarters["value"].loc[before]):
        return rate
    return gain / holdings.value(before)


def _whole_return(holdings: Holdings, before: pd.Timestamp, end: pd.Timestamp) -> Interval | None:
    row = holdings.results.reindex([end]).iloc[0]
    assets = float(holdings.quarters["assets"].loc[before])
    if pd.notna(row["return_total"]):
        own = within_rounding(float(row["return_total"])) * 0.01
    elif pd.notna(row["gain_total"]) and pd.notna(assets):
        own = within_rounding(float(row["gain_total"])) / within_rounding(assets)
    else:
        return None
    return own / holdings.ratio(before)


def untouched_paths(drift: pd.DataFrame) -> pd.DataFrame:
    """The share as if nothing had been traded since each run of neighbouring quarters began.

    Parameters
    ----------
    drift : as ``untouched_shares`` gives it.

    Returns
    -------
    Index ``quarter_end``, every one from the first start of a run to the last quarter; missing between runs. Columns in
    percent: ``share`` (published), ``untouched`` with its bounds. Each run begins at its published share.
    """
    paths = [_path(part) for _, part in drift.groupby("run")]
    if not paths:
        empty = pd.DatetimeIndex([], name="quarter_end")
        return pd.DataFrame(columns=["share", *PATH], index=empty, dtype="float64")
    joined = pd.concat(paths)
    days = pd.date_range(joined.index.min(), joined.index.max(), freq="QE", name="quarter_end")
    return joined.reindex(days)


def _path(run: pd.DataFrame) -> pd.DataFrame:
    eve = run.index[0] - pd.offsets.QuarterEnd(1)
    first = float(run["share_before"].iloc[0])
    columns: dict[str, list[float]] = {"share": [first, *run["share"]]}
    for name in PATH:
        grown = _odds(first) * (_odds(run[name]) / _odds(run["share_before"])).cumprod()
        columns[name] = [first, *(100 * grown / (1 + grown))]
    return pd.DataFrame(columns, index=pd.DatetimeIndex([eve, *run.index]))


def _odds(share: Any) -> Any:
    """``w / (1 - w)`` of a share in percent, or of a series of them."""
    return share / (100 - share)


def place(share: float, low: float, high: float) -> Literal["above", "below", "inside", "unknown"]:
    """Where a share stands in a band, its edges included; ``unknown`` where share or band is missing."""
    if pd.isna(share) or pd.isna(low) or pd.isna(high):
        return "unknown"
    return "above" if share > high else "below" if share < low else "inside"


def scenarios(value: float, total: float, target: float, moves: Iterable[float], speed: float | None) -> pd.DataFrame:
    """What a move of the class would do to its share, all other classes unchanged, and what going back would take.

    Parameters
    ----------
    value, total : of the class and of the whole, JPY tn. ``target`` in percent of the whole.
    moves : moves of the class, percent.
    speed : the part of a gap that is traded away within a quarter; ``None`` leaves ``at_speed`` missing.

    Returns
    -------
    Index ``move``. Columns: ``share``, ``drift`` (percent, points), ``to_target`` (JPY tn of purchases that bring the
    share back to target at the new total; sales below zero) and ``at_speed`` (of that, within a quarter).
    """
    index = pd.Index(list(moves), name="move", dtype="float64")
    after = value * (1 + index.to_numpy() / 100)
    whole = total - value + after
    share = 100 * after / whole
    needed = target / 100 * whole - after
    columns = {"share": share, "drift": share - 100 * value / total, "to_target": needed}
    columns["at_speed"] = needed * (np.nan if speed is None else speed)
    return pd.DataFrame(columns, index=index)


def slopes_allowed(x: pd.Series[float], low: pd.Series[float], high: pd.Series[float]) -> Interval:
    """The least-squares slopes on ``x`` of all series between ``low`` and ``high``, without sampling error."""
    centred = x - x.mean()
    weights = (centred / float((centred**2).sum())).tolist()
    return weighted_sum(weights, [Interval(a, b) for a, b in zip(low, high, strict=True)])
