"""Shares against the policy mix in force, and where they would have drifted without trading."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.stats.rounding import Interval
from jpresearch.studies.gpif.figures import BASES, GPIF, RESERVE, Figures
from jpresearch.studies.gpif.flows import by_basis_and_quarter, holding
from jpresearch.studies.gpif.inputs import ASSETS, Assumptions
from jpresearch.studies.gpif.totals import reserve_ratio

DRIFT_COLUMNS: Final = (
    *("share_before", "share_without_trading", "share", "drift", "active", "active_low", "active_high"),
    *("gap_before", "own_return", "return_from"),
)


def in_force(policy: pd.DataFrame, asset: str, day: pd.Timestamp) -> pd.Series | None:
    """The row of the policy mix that applied to ``asset`` on ``day``; ``None`` before the first.

    A mix applies from its effective date, and never before it was announced (``period_end`` of the table).
    """
    rows = policy[(policy["asset_class"] == asset) & (policy["effective_date"] <= day) & (policy["period_end"] <= day)]
    return None if rows.empty else rows.sort_values(["effective_date", "period_end"]).iloc[-1]


def against_policy(
    figures: Figures, policy: pd.DataFrame, asset: str, start: pd.Timestamp | None = None
) -> pd.DataFrame:
    """The share of one class of the whole reserve beside the mix in force, on every quarter-end, in percent.

    Columns ``value`` (NaN where nothing was published), ``target``, ``low``, ``high`` (band, narrow reading),
    ``low_wide``, ``high_wide`` (wide reading; both are the same where the band is confirmed, NaN where none is
    known). Indexed by period_end.
    """
    days = figures.quarter_ends()
    days = days if start is None else days[days >= start]
    shares = figures.series(RESERVE, f"share_{asset}").reindex(days)
    rows = [_mix_on(policy, asset, day) for day in days]
    columns = ["target", "low", "high", "low_wide", "high_wide"]
    mixes = pd.DataFrame(rows, index=days, columns=columns, dtype=float)
    return pd.concat([shares.rename("value"), mixes], axis=1)


def _mix_on(policy: pd.DataFrame, asset: str, day: pd.Timestamp) -> list[float]:
    mix = in_force(policy, asset, day)
    if mix is None:
        return [float("nan")] * 5
    target, narrow, wide = (float(mix[name]) for name in ("target_pct", "band_min_pp", "band_max_pp"))
    return [target, target - narrow, target + narrow, target - wide, target + wide]


def gaps(figures: Figures, policy: pd.DataFrame, start: pd.Timestamp | None = None) -> pd.DataFrame:
    """Share less target of each class, percentage points, on every quarter-end; NaN where no share was published."""
    paths = {asset: against_policy(figures, policy, asset, start) for asset in ASSETS}
    return pd.DataFrame({asset: path["value"] - path["target"] for asset, path in paths.items()})


def drift(
    figures: Figures, policy: pd.DataFrame, asset: str, assumptions: Assumptions, start: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Where the share went by the market alone, and what was done about it: percentage points, by basis and quarter.

    Without trading, and with new money spread as the holdings are, the share w0 becomes w0 (1 + R) / (1 + R_all):
    shares and returns suffice, no total enters. ``drift`` is that share less w0, ``active`` the published share less
    it, with bounds for rounding and (on the basis of the reserve) for the special account, which earns next to
    nothing. ``gap_before`` is w0 less the target then in force. ``own_return`` (percent) is published, or where it
    was not, the gain over the value at the start; ``return_from`` says which. Quarters that lack a figure are
    absent; the two bases are never combined.
    """
    rows = {}
    for basis in BASES:
        for day in figures.quarter_ends():
            row = _drift(figures, policy, basis, asset, day, assumptions)
            if row is not None and (start is None or day >= start):
                rows[basis, day] = row
    return by_basis_and_quarter(rows, DRIFT_COLUMNS)


def _drift(
    figures: Figures, policy: pd.DataFrame, basis: str, asset: str, day: pd.Timestamp, assumptions: Assumptions
) -> dict[str, object] | None:
    before = day - pd.offsets.QuarterEnd(1)
    first, last = (figures.fraction(basis, f"share_{asset}", date) for date in (before, day))
    own, own_from = _own_return(figures, basis, asset, before, day, assumptions)
    whole = _whole_return(figures, basis, before, day, assumptions)
    if first is None or last is None or own is None or whole is None:
        return None
    passive = first * (1 + own) / (1 + whole)
    active = (last - passive) * 100
    mix = in_force(policy, asset, before)
    gap = float("nan") if mix is None else first.centre * 100 - float(mix["target_pct"])
    shares = [first.centre * 100, passive.centre * 100, last.centre * 100, (passive.centre - first.centre) * 100]
    moves = [active.centre, active.low, active.high, gap, own.centre * 100, own_from]
    return dict(zip(DRIFT_COLUMNS, [*shares, *moves], strict=True))


def _own_return(
    figures: Figures, basis: str, asset: str, before: pd.Timestamp, day: pd.Timestamp, assumptions: Assumptions
) -> tuple[Interval | None, str]:
    published = figures.fraction(GPIF, f"return_q_{asset}", day)
    if published is not None:
        return published, "return"
    gain = figures.at(GPIF, f"gain_q_{asset}", day)
    opening = holding(figures, basis, asset, before, assumptions)
    if gain is None or opening is None:
        return None, ""
    value = opening.base * opening.ratio if opening.scaled else opening.base
    return gain / value, "gain over value"


def _whole_return(
    figures: Figures, basis: str, before: pd.Timestamp, day: pd.Timestamp, assumptions: Assumptions
) -> Interval | None:
    """The return of everything on the basis: GPIF's own, diluted by the special account where that is included."""
    total = figures.fraction(GPIF, "return_q_total", day)
    if total is None:
        gain, own = figures.at(GPIF, "gain_q_total", day), figures.at(GPIF, "aum", before)
        total = None if gain is None or own is None else gain / own
    if total is None or basis == GPIF:
        return total
    ratio, _ = reserve_ratio(figures, before, assumptions)
    return total / ratio
