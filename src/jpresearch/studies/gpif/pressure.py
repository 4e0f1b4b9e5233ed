"""How hard the mix presses: what target and band would take, and where the share would drift without trading."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.gpif_figures import ASSETS, Assumptions, Figures
from jpresearch.studies.gpif.behaviour import on_reserve
from jpresearch.studies.gpif.shares import Standing, standing

PRESSURE: Final = (
    *("day", "share", "target", "gap", "to_target", "band_low", "band_high"),
    *("to_edge", "to_edge_wide", "fall_to_edge", "rise_to_edge"),
)
PATH: Final = ("share", "untouched", "untouched_low", "untouched_high")


def pressure(figures: Figures, policy: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """What each class's newest published share asks for, indexed by asset class; classes without a share are absent.

    ``day``; ``share``, ``target``, ``band_low`` and ``band_high`` (narrow reading) in percent, ``gap`` in points;
    ``to_target``, ``to_edge`` and ``to_edge_wide`` the trades that reach target and the nearest edge of the band
    (narrow and wide reading), JPY tn, purchases positive, 0 inside the band; ``fall_to_edge`` and ``rise_to_edge`` how
    far the class would have to move against the rest of the reserve, untouched, to reach the narrow edges, percent.
    NaN where no band or no total is known.
    """
    found = {asset: standing(figures, policy, asset, assumptions) for asset in ASSETS}
    rows = {asset: _row(now) for asset, now in found.items() if now is not None}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(PRESSURE)).rename_axis("asset class")


def _row(now: Standing) -> list[object]:
    total = float("nan") if now.total is None else now.total.centre
    needed = [to_edge(now.share, *band) / 100 * total for band in (now.narrow, now.wide)]
    moves = [move_to(now.share, edge) for edge in now.narrow]
    return [now.day, now.share, now.target, now.gap, -now.gap / 100 * total, *now.narrow, *needed, *moves]


def to_edge(share: float, low: float, high: float) -> float:
    """Points of the reserve to buy (sell where negative) to stand on the nearest edge of a band; 0 inside it."""
    if pd.isna(low) or pd.isna(high):
        return float("nan")
    return max(low - share, 0.0) - max(share - high, 0.0)


def move_to(share: float, edge: float) -> float:
    """How far a class has to move against the rest, percent, for its share to drift from ``share`` to ``edge``.

    Without trading the odds of the share, w / (1 - w), grow by (1 + own return) / (1 + return of the rest).
    """
    return 100 * (odds(edge) / odds(share) - 1)


def odds(share: float) -> float:
    """``w / (1 - w)`` of a share in percent."""
    return share / (100 - share)


def unbroken_runs(drift: pd.DataFrame) -> list[pd.DataFrame]:
    """The path of each run of neighbouring quarters on the reserve's basis, oldest first, as if nothing was traded.

    ``drift`` as ``shares.drift`` gives it. Each frame is indexed by quarter-end, from the start of the run's first
    quarter: ``share`` as published, ``untouched`` had nothing been traded since that day, with bounds, in percent.
    Only within a run are all figures known, so that no path crosses a gap.
    """
    moves = on_reserve(drift)
    if moves.empty:
        return []
    steps = pd.PeriodIndex(moves.index, freq="Q").asi8
    run = pd.Series(steps - range(len(steps)), index=moves.index)
    return [_path(part) for _, part in moves.groupby(run)]


def _path(run: pd.DataFrame) -> pd.DataFrame:
    """Odds multiply: those of a share that drifts on from its last published value grow by the same factor."""
    eve = run.index[0] - pd.offsets.QuarterEnd(1)
    first = float(run["share_before"].iloc[0])
    published = [first, *(run["untouched"] + run["active"])]
    columns: dict[str, list[float]] = {"share": published}
    for name in PATH[1:]:
        factors = run[name].map(odds) / run["share_before"].map(odds)
        grown = odds(first) * factors.cumprod()
        columns[name] = [first, *(100 * grown / (1 + grown))]
    return pd.DataFrame(columns, index=pd.DatetimeIndex([eve, *run.index], name="period_end"))
