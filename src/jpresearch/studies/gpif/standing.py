"""Where the share stands and what returning to target would take in yen, published and carried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.stats.rounding import Interval
from jpresearch.studies.gpif.figures import GPIF, RESERVE, Figures
from jpresearch.studies.gpif.flows import holding
from jpresearch.studies.gpif.inputs import Assumptions
from jpresearch.studies.gpif.shares import in_force
from jpresearch.studies.gpif.totals import reserve_ratio, whole_reserve

# Carrying a share on by TOPIX alone says nothing once two more quarters have passed.
LONGEST_CARRY_DAYS: Final = 190
# The one class that TOPIX and the trust banks' flow on the exchange are about.
JAPANESE_SHARES: Final = "domestic_equities"


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
    standing still or moving with it (the two ends of a rough range, no more). Columns ``share``, ``share_low``,
    ``share_high`` (percent), ``estimate``, ``low``, ``high`` (JPY tn to target), ``reading``.
    """
    base = standing(figures, policy, asset, assumptions)
    columns = ["share", "share_low", "share_high", "estimate", "low", "high", "reading"]
    if base is None or base.total is None or base.to_target is None:
        return pd.DataFrame(columns=columns).rename_axis("as of")
    likely, needed = base.to_target
    first = [base.share, base.bounds.low, base.bounds.high, likely, needed.low, needed.high]
    rows: dict[str, list[float | str]] = {f"{base.day:%Y-%m-%d}: published share": [*first, "published"]}
    later = _by_results(figures, asset, assumptions, base)
    if later is not None:
        rows[f"{later[0]:%Y-%m-%d}: no trading, GPIF's results"] = [*later[1], "carried on"]
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


def _by_topix(base: Standing, topix: pd.Series, today: pd.Timestamp) -> dict[str, list[float | str]]:
    seen = topix[topix.index <= today]
    start = seen[seen.index <= base.day]
    recent = not seen.empty and (seen.index[-1] - base.day).days <= LONGEST_CARRY_DAYS
    if start.empty or not recent or seen.index[-1] <= base.day or base.total is None:
        return {}
    growth, day = float(seen.iloc[-1] / start.iloc[-1]), seen.index[-1]
    total, target = base.total, base.target / 100
    rows: dict[str, list[float | str]] = {}
    for name, rest in (("the rest as TOPIX", growth), ("the rest still", 1.0)):
        # All follows from share and total on the base day: the share first, so that no total counts twice.
        ends = [w / 100 for w in (base.share, base.bounds.low, base.bounds.high)]
        wholes = [w * growth + (1 - w) * rest for w in ends]
        after = [100 * w * growth / whole for w, whole in zip(ends, wholes, strict=True)]
        needs = [target * whole - w * growth for w, whole in zip(ends, wholes, strict=True)]
        range_ = total * Interval(min(needs), max(needs))
        numbers = [*after, needs[0] * total.centre, range_.low, range_.high]
        rows[f"{day:%Y-%m-%d}: no trading, {name}"] = [*numbers, "rough bound"]
    return rows
