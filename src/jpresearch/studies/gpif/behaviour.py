"""Buyer or rebalancer: what trades went with, in quarters that have all figures.

Few quarters, and not consecutive ones: every association comes with its t interval, the range of slopes that the
bounds of the figures allow, the range when one quarter is left out, and the smallest slope that so few quarters
would have shown.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.datasets.gpif_figures import RESERVE
from jpresearch.errors import StatsError
from jpresearch.stats.regression import Regression, newey_west
from jpresearch.stats.rounding import Interval, weighted_sum
from jpresearch.studies.gpif.shares import in_force

# Below this many quarters a slope with its error says nothing; with more it may still say little.
LEAST_QUARTERS: Final = 8
POWER: Final = 0.8
CONFIDENCE: Final = 0.95

FACED: Final = "the gap it would have had without trading"
FACED_RECENT: Final = "the same, recent quarters only"
AT_START: Final = "the gap at the start of the quarter"
OWN_RETURN: Final = "the class's return in the quarter"
LAST_TOPIX: Final = "TOPIX's return in the quarter before"
EXPLAINING: Final = {
    FACED: "faced",
    FACED_RECENT: "faced",
    AT_START: "gap_before",
    OWN_RETURN: "own_return",
    LAST_TOPIX: "last_topix",
}
SHARE_TRADED: Final = "active"
YEN_TRADED: Final = "flow"
TABLE: Final = (
    *("estimate", "low", "high", "p_value", "q_value", "figures_low", "figures_high"),
    *("without_one_low", "without_one_high", "smallest_shown", "quarters", "lags"),
)


@dataclass(frozen=True)
class Signs:
    """How often trades went towards target, with the exact binomial interval in percent."""

    towards: int
    quarters: int
    pct: float
    low: float
    high: float
    p_value: float


def on_reserve(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows on the basis of the whole reserve, indexed by period_end (none where there are none)."""
    return frame[frame.index.get_level_values("basis") == RESERVE].droplevel("basis")


def quarters(flows: pd.DataFrame, drift: pd.DataFrame, topix: pd.Series) -> pd.DataFrame:
    """One row per quarter on the reserve's basis, indexed by period_end (quarters with a flow or a drift).

    ``flow``, ``flow_low``, ``flow_high`` in percent of the value at the start; ``active`` (share traded) with
    bounds, ``drift``, ``gap_before`` and ``faced`` (the gap to target after the drift, before trading) in percentage
    points; ``own_return``, ``last_topix`` (TOPIX in the quarter before, price return) and ``share_before`` in percent;
    ``faced_half``, half the width of the bounds of ``faced``, in points.
    """
    kept, moves = on_reserve(flows), on_reserve(drift)
    trades = kept[["estimate", "low", "high"]].div(kept["start_value"], axis=0) * 100
    trades = trades.set_axis(["flow", "flow_low", "flow_high"], axis=1)
    moves = moves.assign(faced_half=(moves["untouched_high"] - moves["untouched_low"]) / 2)
    wanted = ["active", "active_low", "active_high", "drift", "gap_before", "own_return", "share_before", "faced_half"]
    frame = trades.join(moves[wanted], how="outer").astype(float)
    before = pd.DatetimeIndex(frame.index) - pd.offsets.QuarterEnd(1)
    last = quarter_returns(topix).reindex(before).to_numpy()
    frame = frame.assign(faced=frame["gap_before"] + frame["drift"], last_topix=last)
    return frame.rename_axis("period_end")


def quarter_returns(prices: pd.Series) -> pd.Series:
    """Percent change between the last sessions of quarters, indexed by quarter-end; whole quarters only."""
    if prices.empty:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
    closes = prices.sort_index().groupby(pd.Grouper(freq="QE")).last()
    # The newest group is a quarter still running unless its last session is within days of the end.
    running = prices.index.max() < closes.index[-1] - pd.Timedelta(days=4)
    return (closes.pct_change(fill_method=None) * 100).iloc[: -1 if running else None]


def associations(frame: pd.DataFrame, recent_from: pd.Timestamp, hac_lags: int | None = None) -> pd.DataFrame:
    """Slopes of trades on what came with or before them; too few quarters give NaN and their count.

    Parameters
    ----------
    frame : as ``quarters`` gives it.
    recent_from : quarters that end after this day are also taken alone.
    hac_lags : lags of the Newey-West errors; ``None`` is the textbook rule. Quarters with gaps between them count as
        neighbours.

    Returns
    -------
    Indexed by ``trades`` (``active``: points of share per point; ``flow``: percent of the holding per point) and
    ``on``. ``estimate`` with the 95 percent t interval ``low``, ``high``; ``p_value`` and ``q_value`` (Benjamini-
    Hochberg over the table); ``figures_low``, ``figures_high`` the slopes that the bounds of the figures allow;
    ``without_one_low``, ``_high`` the slopes when one quarter is left out; ``smallest_shown`` the slope that would
    be found four times in five; ``quarters``.
    """
    rows = {}
    for y in (SHARE_TRADED, YEN_TRADED):
        for name, x in EXPLAINING.items():
            used = frame[frame.index > recent_from] if name == FACED_RECENT else frame
            rows[y, name] = _association(used, y, x, hac_lags)
    index = pd.MultiIndex.from_tuples(list(rows), names=["trades", "on"])
    table = pd.DataFrame(list(rows.values()), index=index, columns=list(TABLE))
    known = table["p_value"].notna()
    if known.any():
        table.loc[known, "q_value"] = stats.false_discovery_control(table.loc[known, "p_value"].to_numpy(dtype=float))
    return table


def slope_of(table: pd.DataFrame, traded: str, on: str) -> pd.Series[float]:
    """One row of ``associations``."""
    return pd.Series(table.xs((traded, on)), dtype=float)


def _association(frame: pd.DataFrame, y: str, x: str, hac_lags: int | None) -> list[float]:
    used = frame[[y, f"{y}_low", f"{y}_high", x]].dropna()
    empty = [float("nan")] * (len(TABLE) - 2) + [float(len(used)), float("nan")]
    if len(used) < LEAST_QUARTERS:
        return empty
    try:
        fit = newey_west(used[y], used[x], lags=hac_lags, confidence=CONFIDENCE)
    except StatsError:
        return empty
    slope = fit.estimate(x)
    allowed = slopes_allowed(used[x], used[f"{y}_low"], used[f"{y}_high"])
    left_out = [float(np.polyfit(rest[x], rest[y], 1)[0]) for rest in (used.drop(day) for day in used.index)]
    known = [slope.value, slope.low, slope.high, float(fit.p_values[x]), float("nan"), allowed.low, allowed.high]
    return [*known, min(left_out), max(left_out), smallest_shown(fit, x), float(fit.observations), float(fit.lags)]


def slopes_allowed(x: pd.Series, low: pd.Series, high: pd.Series) -> Interval:
    """The least-squares slopes on ``x`` of all series between ``low`` and ``high``, without sampling error."""
    centred = x - x.mean()
    weights = (centred / float((centred**2).sum())).tolist()
    return weighted_sum(weights, [Interval(a, b) for a, b in zip(low, high, strict=True)])


def smallest_shown(fit: Regression, name: str) -> float:
    """The slope that a test at 5 percent would find four times in five, given the error of ``fit``."""
    quantiles = [float(stats.t.ppf(p, fit.degrees_of_freedom)) for p in (0.5 + CONFIDENCE / 2, POWER)]
    return float(fit.std_errors[name]) * sum(quantiles)


def towards_target(frame: pd.DataFrame) -> Signs | None:
    """Quarters in which the share was traded towards target, of those with both signs certain; ``None`` without any."""
    used = frame[["active_low", "active_high", "faced"]].dropna()
    clear = used[((used["active_low"] > 0) | (used["active_high"] < 0)) & (used["faced"] != 0)]
    if clear.empty:
        return None
    towards = int(((clear["active_low"] > 0) == (clear["faced"] < 0)).sum())
    test = stats.binomtest(towards, len(clear))
    interval = test.proportion_ci(CONFIDENCE, method="exact")
    ends = (100 * float(interval.low), 100 * float(interval.high))
    return Signs(towards, len(clear), 100 * towards / len(clear), *ends, float(test.pvalue))


@dataclass(frozen=True)
class Average:
    """The mean flow per quarter, JPY tn, its t interval, and the means that the bounds of the figures allow."""

    value: float
    low: float
    high: float
    figures_low: float
    figures_high: float
    quarters: int
    p_value: float = float("nan")


def average_flow(flows: pd.DataFrame) -> Average | None:
    """The mean of ``estimate`` over the quarters given; ``None`` below ``LEAST_QUARTERS``."""
    if len(flows) < LEAST_QUARTERS:
        return None
    values = flows["estimate"].astype(float)
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    mean, figures = float(values.mean()), (float(flows["low"].mean()), float(flows["high"].mean()))
    p_value = float(stats.ttest_1samp(values, 0.0).pvalue)
    return Average(mean, mean - half, mean + half, *figures, len(values), p_value)


@dataclass(frozen=True)
class Buyers:
    """Quarters of net purchases: by the estimates, and certain whatever the figures' bounds allow."""

    quarters: int
    bought: int
    certain_bought: int
    certain_sold: int

    @property
    def pct(self) -> float:
        """Share of quarters with net purchases by the estimates, percent."""
        return 100 * self.bought / self.quarters

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that this share can be, percent."""
        return 100 * self.certain_bought / self.quarters, 100 * (1 - self.certain_sold / self.quarters)


def buyers(flows: pd.DataFrame) -> Buyers | None:
    """Count the quarters of net purchases; ``None`` without any quarter."""
    if flows.empty:
        return None
    bought = int((flows["estimate"] > 0).sum())
    return Buyers(len(flows), bought, int((flows["low"] > 0).sum()), int((flows["high"] < 0).sum()))


def by_mix(flows: pd.DataFrame, drift: pd.DataFrame, policy: pd.DataFrame, asset: str) -> pd.DataFrame:
    """Each policy mix of a class and the quarters that began under it; indexed by effective date.

    ``announced``, ``target`` (percent), ``band_narrow``, ``band_wide`` (points either way), ``quarters`` with a
    flow, ``bought``, ``certain_bought``, ``certain_sold`` of them, ``average``, ``average_low``, ``average_high``
    (JPY tn; the ends are what the bounds of the figures allow, not a confidence interval), ``gap_before`` (points,
    their mean).
    """
    kept, gap = on_reserve(flows), on_reserve(drift)["gap_before"]
    mixes = [in_force(policy, asset, day - pd.offsets.QuarterEnd(1)) for day in kept.index]
    effective = np.array([pd.NaT if mix is None else mix["effective_date"] for mix in mixes], dtype="datetime64[us]")
    rows = {}
    for _, mix in policy[policy["asset_class"] == asset].sort_values("effective_date").iterrows():
        own = kept[effective == np.datetime64(mix["effective_date"])]
        counts = buyers(own) or Buyers(0, 0, 0, 0)
        means = [float(own[name].mean()) for name in ("estimate", "low", "high")] + [
            float(gap.reindex(own.index).mean())
        ]
        stated = [mix[name] for name in ("period_end", "target_pct", "band_min_pp", "band_max_pp")]
        rows[mix["effective_date"]] = [*stated, *astuple(counts), *means]
    columns = [
        "announced",
        "target",
        "band_narrow",
        "band_wide",
        "quarters",
        "bought",
        "certain_bought",
        "certain_sold",
    ]
    columns += ["average", "average_low", "average_high", "gap_before"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("effective")
