"""Shares against the policy mix in force: where they drift without trading, stand, and what target would take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from jpresearch.datasets.gpif_figures import (
    ASSETS,
    BASES,
    GPIF,
    RESERVE,
    Assumptions,
    Figures,
    reserve_ratio,
    whole_reserve,
)
from jpresearch.stats.rounding import Interval
from jpresearch.studies.gpif.flows import by_basis_and_quarter, holding
from jpresearch.studies.phrasing import day as day_words

# Carrying a share on by TOPIX alone says nothing once two more quarters have passed.
LONGEST_CARRY_DAYS: Final = 190
# The one class that TOPIX and the trust banks' flow on the exchange are about.
JAPANESE_SHARES: Final = "domestic_equities"
DRIFT_COLUMNS: Final = (
    *("drift", "active", "active_low", "active_high", "gap_before", "own_return"),
    *("share_before", "untouched", "untouched_low", "untouched_high"),
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
    was not, the gain over the value at the start. ``share_before`` is w0 in percent, ``untouched`` the share without
    trading, with its bounds. Quarters that lack a figure are absent; the two bases are never combined.
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
) -> dict[str, float] | None:
    before = day - pd.offsets.QuarterEnd(1)
    first, last = (figures.fraction(basis, f"share_{asset}", date) for date in (before, day))
    own = _own_return(figures, basis, asset, before, day, assumptions)
    whole = _whole_return(figures, basis, before, day, assumptions)
    if first is None or last is None or own is None or whole is None:
        return None
    passive = first * (1 + own) / (1 + whole)
    active = (last - passive) * 100
    mix = in_force(policy, asset, before)
    gap = float("nan") if mix is None else first.centre * 100 - float(mix["target_pct"])
    moved = (passive.centre - first.centre) * 100
    values = [moved, active.centre, active.low, active.high, gap, own.centre * 100]
    ends = [100 * value for value in (first.centre, passive.centre, passive.low, passive.high)]
    return dict(zip(DRIFT_COLUMNS, [*values, *ends], strict=True))


def _own_return(
    figures: Figures, basis: str, asset: str, before: pd.Timestamp, day: pd.Timestamp, assumptions: Assumptions
) -> Interval | None:
    published = figures.fraction(GPIF, f"return_q_{asset}", day)
    if published is not None:
        return published
    gain = figures.at(GPIF, f"gain_q_{asset}", day)
    opening = holding(figures, basis, asset, before, assumptions)
    if gain is None or opening is None:
        return None
    return gain / (opening.base * opening.ratio if opening.scaled else opening.base)


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


@dataclass(frozen=True)
class Standing:
    """The last published share of the reserve against the mix in force that day.

    ``share``, ``target`` and the band's ends (NaN where no band is known) in percent; ``total``, the whole reserve,
    in JPY tn and whether it was published; ``None`` where not even GPIF's own assets were.
    """

    day: pd.Timestamp
    share: float
    bounds: Interval
    target: float
    narrow: tuple[float, float]
    wide: tuple[float, float]
    total: Interval | None
    total_published: bool

    @property
    def gap(self) -> float:
        """Share less target, points."""
        return self.share - self.target

    @property
    def to_target(self) -> tuple[float, Interval] | None:
        """Purchases that would bring the share to target, the total unchanged, JPY tn: negative are sales."""
        if self.total is None:
            return None
        return -self.gap / 100 * self.total.centre, (self.target - self.bounds) * 0.01 * self.total


def standing(figures: Figures, policy: pd.DataFrame, asset: str, assumptions: Assumptions) -> Standing | None:
    """Where the newest published share of the reserve stands; ``None`` without a share or a mix for it."""
    shares = figures.series(RESERVE, f"share_{asset}").dropna()
    if shares.empty:
        return None
    day, share = shares.index[-1], float(shares.iloc[-1])
    bounds, mix = figures.at(RESERVE, f"share_{asset}", day), in_force(policy, asset, day)
    total, published = _total(figures, day, assumptions)
    if bounds is None or mix is None:
        return None
    target = float(mix["target_pct"])
    narrow, wide = (float(mix[name]) for name in ("band_min_pp", "band_max_pp"))
    edges = [(target - width, target + width) for width in (narrow, wide)]
    return Standing(day, share, bounds, target, edges[0], edges[1], total, published)


def _total(figures: Figures, day: pd.Timestamp, assumptions: Assumptions) -> tuple[Interval | None, bool]:
    published = whole_reserve(figures, day)
    own = figures.at(GPIF, "aum", day)
    if published is not None or own is None:
        return published, published is not None
    ratio, _ = reserve_ratio(figures, day, assumptions)
    return own * ratio, False


def carried_on(
    figures: Figures, policy: pd.DataFrame, asset: str, assumptions: Assumptions, topix: pd.Series, today: pd.Timestamp
) -> pd.DataFrame:
    """The share and what returning to target would take, as published and carried on without trading.

    Rows, where their figures exist: the published share; a later quarter-end for which GPIF's assets and the class's
    result are out but no share; and for domestic equities the newest session, at TOPIX's change since, all else
    standing still or moving with it (the two ends of a rough range, no more). Columns ``day``, ``share``,
    ``share_low``, ``share_high`` (percent), ``estimate``, ``low``, ``high`` (JPY tn to target), ``reading``.
    """
    base = standing(figures, policy, asset, assumptions)
    columns = ["day", "share", "share_low", "share_high", "estimate", "low", "high", "reading"]
    if base is None or base.total is None or base.to_target is None:
        return pd.DataFrame(columns=columns).rename_axis("as of")
    likely, needed = base.to_target
    first = [base.share, base.bounds.low, base.bounds.high, likely, needed.low, needed.high]
    rows = {f"{day_words(base.day)}, published share": [base.day, *first, "published"]}
    later = _by_results(figures, asset, assumptions, base)
    if later is not None:
        rows[f"{day_words(later[0])}, no trading, GPIF's results"] = [later[0], *later[1], "carried on"]
    elif asset == JAPANESE_SHARES:
        rows |= _by_topix(base, topix, today)
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("as of")


def _by_results(
    figures: Figures, asset: str, assumptions: Assumptions, base: Standing
) -> tuple[pd.Timestamp, list[float]] | None:
    """The next quarter-end from GPIF's assets and the class's result, the multiple moving within its limit."""
    day = base.day + pd.offsets.QuarterEnd(1)
    own, opening = figures.at(GPIF, "aum", day), holding(figures, RESERVE, asset, base.day, assumptions)
    gain, rate = figures.at(GPIF, f"gain_q_{asset}", day), figures.fraction(GPIF, f"return_q_{asset}", day)
    if own is None or opening is None or (gain is None and rate is None):
        return None
    value = opening.base * opening.ratio if opening.scaled else opening.base
    closing = value + gain if gain is not None else value * (1 + (rate or Interval.exactly(0.0)))
    ratio, _ = reserve_ratio(figures, day, assumptions)
    near = Interval(opening.ratio.low - assumptions.ratio_change, opening.ratio.high + assumptions.ratio_change)
    total = own * (ratio.overlap(near) or ratio)
    likely = own.centre * min(max(opening.ratio.centre, ratio.low), ratio.high)
    return day, _row(closing, total, closing.centre, likely, base.target)


def _row(value: Interval, total: Interval, value_likely: float, total_likely: float, target: float) -> list[float]:
    share = value / total * 100
    # One total on both sides of (target x total - value): their own interval would count its width twice.
    needed = total * (target / 100) - value
    likely = target / 100 * total_likely - value_likely
    return [100 * value_likely / total_likely, share.low, share.high, likely, needed.low, needed.high]


def _by_topix(base: Standing, topix: pd.Series, today: pd.Timestamp) -> dict[str, list[Any]]:
    seen = topix[topix.index <= today]
    start = seen[seen.index <= base.day]
    recent = not seen.empty and (seen.index[-1] - base.day).days <= LONGEST_CARRY_DAYS
    if start.empty or not recent or seen.index[-1] <= base.day or base.total is None:
        return {}
    growth, day = float(seen.iloc[-1] / start.iloc[-1]), seen.index[-1]
    total, target = base.total, base.target / 100
    rows: dict[str, list[Any]] = {}
    for name, rest in (("the rest as TOPIX", growth), ("the rest still", 1.0)):
        # All follows from share and total on the base day: the share first, so that no total counts twice.
        ends = [w / 100 for w in (base.share, base.bounds.low, base.bounds.high)]
        wholes = [w * growth + (1 - w) * rest for w in ends]
        after = [100 * w * growth / whole for w, whole in zip(ends, wholes, strict=True)]
        needs = [target * whole - w * growth for w, whole in zip(ends, wholes, strict=True)]
        range_ = total * Interval(min(needs), max(needs))
        numbers = [*after, needs[0] * total.centre, range_.low, range_.high]
        rows[f"{day_words(day)}, no trading, {name}"] = [day, *numbers, "rough bound"]
    return rows
