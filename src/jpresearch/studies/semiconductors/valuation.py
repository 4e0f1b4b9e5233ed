"""Earnings yields of the names day by day, where each stands in its own past, and the basket as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.datasets.chip_earnings import (
    GUIDANCE_LAPSES,
    guidance_states,
    known_on,
    on_price_basis,
    trailing_states,
)
from jpresearch.errors import InsufficientData
from jpresearch.stats.expanding import expanding_percentile, expanding_robust_z, hindsight_percentile
from jpresearch.studies.phrasing import day, month
from jpresearch.studies.semiconductors.inputs import NAMES, Inputs

LONGEST_PERIOD_AGE: Final = pd.DateOffset(months=15)
"""Trailing earnings whose period ended longer ago than this are missing (a last full year may stand in for a while)."""

LEAST_NAMES: Final = 3
PRICED_WITHIN: Final = pd.Timedelta(days=10)
LONGEST_PE: Final = 100.0
SHORTEST_RANGE: Final = 6
QUARTILES: Final = (0.25, 0.5, 0.75)
YIELD_UNIT: Final = "earnings yield, %"
BANDED_YIELD_UNIT: Final = "earnings yield, %; band: middle half of the names"
PERCENTILE_UNIT: Final = "percentile of dearness in own past; band: middle half of the names"
Z_UNIT: Final = "robust z of dearness in own past"


@dataclass(frozen=True)
class Valuation:
    """Prices over what was known of earnings, sessions x codes.

    Attributes
    ----------
    close : closes. ``trailing``, ``guided`` : earnings per share known at the end of the session, on the same basis,
        missing where out of date or never given.
    trailing_yield, guided_yield : earnings over price in percent, negative for losses.
    kind, through, filed : which trailing earnings these are, the last day they cover, the day they came out.
    target : end of the year that the guidance is about.
    weight, profit : value of the name (close times implied shares) and its trailing profit, yen.
    """

    close: pd.DataFrame
    trailing: pd.DataFrame
    guided: pd.DataFrame
    trailing_yield: pd.DataFrame
    guided_yield: pd.DataFrame
    kind: pd.DataFrame
    through: pd.DataFrame
    filed: pd.DataFrame
    target: pd.DataFrame
    weight: pd.DataFrame
    profit: pd.DataFrame

    @property
    def latest(self) -> pd.Timestamp:
        """The newest session."""
        return pd.Timestamp(self.close.index[-1])

    def monthly(self, frame: pd.DataFrame) -> pd.DataFrame:
        """``frame`` at the last session of each month with any value; the newest session stands for its month."""
        held = frame.dropna(how="all")
        months = pd.DatetimeIndex(held.index).to_period("M")
        return held[~months.duplicated(keep="last")]


@dataclass(frozen=True)
class OwnPast:
    """Each name against its own past, month ends x codes; dear is high.

    Attributes
    ----------
    percentile : share of the months so far in which the name was cheaper, percent; ``hindsight`` the same among all
        months, past and to come.
    z : robust z of dearness (minus earnings yield) against the months so far.
    observations : months counted up to each month.
    min_months : months that a percentile needs.
    """

    percentile: pd.DataFrame
    hindsight: pd.DataFrame
    z: pd.DataFrame
    observations: pd.DataFrame
    min_months: int


def value(inputs: Inputs, *, max_age_months: int = 6) -> Valuation:
    """Put each session's close over the earnings known at the end of that session.

    Parameters
    ----------
    max_age_months : results are quarterly; where the newest in the table are older than this a filing is missing, and
        the name has no trailing earnings until the next.

    Raises
    ------
    InsufficientData : fewer than three names have trailing earnings on the newest session.
    """
    days, codes = pd.DatetimeIndex(inputs.close.index), list(inputs.close.columns)
    figures = on_price_basis(inputs.filings, inputs.splits)
    trailing, guidance = trailing_states(figures), guidance_states(figures)
    through, filed = known_on(trailing, "through", days, codes), known_on(trailing, "filed", days, codes)
    target = known_on(guidance, "target", days, codes)
    fresh = _not_before(filed, pd.DateOffset(months=max_age_months)) & _not_before(through, LONGEST_PERIOD_AGE)
    eps = known_on(trailing, "eps", days, codes).where(fresh)
    guided = known_on(guidance, "eps", days, codes).where(_not_before(target, GUIDANCE_LAPSES))
    close = inputs.close
    if (eps.notna() & close.notna()).iloc[-1].sum() < LEAST_NAMES:
        raise InsufficientData(
            f"fewer than {LEAST_NAMES} of {len(codes)} names have trailing earnings on {days[-1]:%Y-%m-%d}",
            "semiconductor_filings",
            "Take a later as_of, or a larger max_age_months.",
        )
    return Valuation(
        close=close,
        trailing=eps,
        guided=guided,
        trailing_yield=100.0 * eps / close,
        guided_yield=100.0 * guided / close,
        kind=known_on(trailing, "kind", days, codes),
        through=through,
        filed=filed,
        target=target,
        weight=close * known_on(trailing, "shares", days, codes),
        profit=known_on(trailing, "profit", days, codes).where(fresh),
    )


def _not_before(moments: pd.DataFrame, age: pd.DateOffset | pd.Timedelta) -> pd.DataFrame:
    """Where the moments lie at most ``age`` before their session; false where there is none."""
    oldest = pd.DatetimeIndex(moments.index) - age
    return moments.ge(oldest.to_series(index=moments.index), axis=0)


def own_past(yields: pd.DataFrame, *, min_months: int) -> OwnPast:
    """Rank each name's earnings yield among its own so far.

    Parameters
    ----------
    yields : earnings yields in percent, month ends x codes, missing allowed.
    min_months : months needed, the present one included.
    """
    dear = -yields
    columns = {code: dear[code] for code in dear.columns}
    percentile = {code: expanding_percentile(column, min_periods=min_months) for code, column in columns.items()}
    hindsight = {code: hindsight_percentile(column, min_periods=min_months) for code, column in columns.items()}
    z = {code: expanding_robust_z(column, min_periods=min_months) for code, column in columns.items()}
    return OwnPast(
        percentile=pd.DataFrame(percentile),
        hindsight=pd.DataFrame(hindsight).where(pd.DataFrame(percentile).notna()),
        z=pd.DataFrame(z),
        observations=yields.notna().cumsum(),
        min_months=min_months,
    )


def multiple(yield_pct: float) -> float:
    """The price-earnings ratio of an earnings yield in percent; missing where there are no earnings."""
    return 100.0 / yield_pct if yield_pct > 0.0 else float("nan")


def pe_by_name(valuation: Valuation, start: str) -> pd.DataFrame:
    """Trailing price-earnings ratios at month ends from ``start``; losses and ratios above 100 are left blank."""
    yields = valuation.monthly(valuation.trailing_yield).loc[start:]
    return (100.0 / yields.where(yields >= 100.0 / LONGEST_PE)).dropna(axis="columns", how="all")


def panel_labels(ratios: pd.DataFrame) -> dict[str, str]:
    """For the columns of ``pe_by_name`` without a newest ratio: the name and the month of the last one."""
    ended = [str(code) for code in ratios.columns[ratios.iloc[-1].isna()]]
    months = {code: pd.Timestamp(ratios[code].dropna().index[-1]) for code in ended}
    return {code: f"{NAMES.get(code, code)}, {month(months[code])}" for code in ended}


def basket_yields(valuation: Valuation, inputs: Inputs, start: str) -> pd.DataFrame:
    """Earnings yields in percent at month ends from ``start``.

    Columns ``trailing`` (median of the names with trailing earnings, loss-makers included), ``low`` and ``high`` (their
    quartiles), ``guided`` (median of those with guidance), and where they exist ``prime`` (Prime, trailing) and
    ``nikkei225`` (Nikkei 225 on forecasts), each the newest at the month end. Fewer than three names give no median.
    """
    trailing = valuation.monthly(valuation.trailing_yield)
    guided = valuation.guided_yield.reindex(trailing.index)
    enough, guides = trailing.count(axis=1) >= LEAST_NAMES, guided.count(axis=1) >= LEAST_NAMES
    low, middle, high = (trailing.quantile(share, axis=1).where(enough) for share in QUARTILES)
    lines = {"trailing": middle, "guided": guided.median(axis=1).where(guides), "low": low, "high": high}
    for name, ratios in (("prime", inputs.prime_pe), ("nikkei225", inputs.nikkei_pe)):
        if ratios is not None:
            lines[name] = _at(100.0 / ratios, pd.DatetimeIndex(trailing.index))
    return pd.DataFrame(lines).loc[start:].dropna(subset=["trailing"])


def _at(series: pd.Series[float], days: pd.DatetimeIndex) -> pd.Series[float]:
    """The value of the same month, else the newest of the month before; a gap where the series has ended."""
    known = series.reindex(days, method="ffill")
    stamps = pd.Series(series.index, index=series.index).reindex(days, method="ffill")
    return known.where(days - stamps <= pd.Timedelta(days=40))


def aggregate_pe(valuation: Valuation) -> float:
    """The basket as one company: value of all names with trailing earnings over their profits, losses deducted.

    Values rest on the average shares of the newest results; missing where the profits do not add to more than zero.
    """
    weight, profit = valuation.weight.iloc[-1], valuation.profit.iloc[-1]
    held = weight.notna() & profit.notna()
    earned = float(profit[held].sum())
    return float(weight[held].sum()) / earned if earned > 0.0 else float("nan")


def guidance_coverage(valuation: Valuation, start: str) -> pd.DataFrame:
    """Percent of the sessions of each quarter on which guidance stood: codes x quarters; missing before listing."""
    first = max(pd.Timestamp(start), pd.Timestamp(valuation.filed.dropna(how="all").index[0]))
    listed = valuation.close.loc[first:].notna()
    guided = valuation.guided_yield.loc[first:].notna()
    quarters = pd.DatetimeIndex(listed.index).to_period("Q")
    sessions = listed.groupby(quarters).sum()
    share = 100.0 * guided.groupby(quarters).sum() / sessions.where(sessions > 0)
    return share.set_axis([f"{quarter.year} Q{quarter.quarter}" for quarter in share.index]).T


def stretch_by_quarter(past: OwnPast, valuation: Valuation, start: str, quarters: int = 14) -> tuple[pd.DataFrame, str]:
    """Robust z at the end of each of the newest ``quarters``, and its unit: codes x quarters, positive is dear.

    Where no name has the months that a z needs, the trailing earnings yields instead, with theirs.
    """
    z = past.z.loc[start:].dropna(how="all")
    shown = z if len(z) else valuation.monthly(valuation.trailing_yield).loc[start:]
    labels = pd.DatetimeIndex(shown.index).to_period("Q")
    last = shown[~labels.duplicated(keep="last")].iloc[-quarters:]
    names = [f"{quarter.year} Q{quarter.quarter}" for quarter in pd.DatetimeIndex(last.index).to_period("Q")]
    return last.set_axis(names).T.round(1) + 0.0, Z_UNIT if len(z) else YIELD_UNIT


def percentile_history(past: OwnPast, lines: pd.DataFrame, start: str) -> tuple[pd.DataFrame, str]:
    """Month ends from ``start``: median percentile (``expanding``, ``hindsight``), quartiles, and the unit.

    Where not two months have three names with the history that a percentile needs, the yields of ``lines`` instead.
    """
    enough = past.percentile.count(axis=1) >= LEAST_NAMES
    low, middle, high = (past.percentile.quantile(share, axis=1).where(enough) for share in QUARTILES)
    hindsight = past.hindsight.median(axis=1).where(enough)
    history = pd.DataFrame({"expanding": middle, "hindsight": hindsight, "low": low, "high": high})
    known = history.loc[start:].dropna(subset=["expanding"])
    return (known, PERCENTILE_UNIT) if len(known) > 1 else (lines[["trailing", "low", "high"]], BANDED_YIELD_UNIT)


def own_range(valuation: Valuation) -> pd.DataFrame:
    """Each name's trailing earnings yield now and its month ends so far: ``low, q25, median, q75, high, now``, percent.

    Names with six months or more; ``now`` is missing where the name has no trailing earnings or close today.
    """
    yields = valuation.monthly(valuation.trailing_yield)
    months = yields.count()
    held = yields.loc[:, months >= min(SHORTEST_RANGE, int(months.max()))]
    spread = held.quantile([0.0, *QUARTILES, 1.0]).T.set_axis(["low", "q25", "median", "q75", "high"], axis="columns")
    return spread.assign(now=valuation.trailing_yield.iloc[-1].reindex(spread.index))


def by_name(valuation: Valuation, past: OwnPast) -> pd.DataFrame:
    """The newest state by code.

    Columns ``close_day`` (last close known), ``priced`` (within ten days), ``trailing_yield``, ``trailing_pe``,
    ``kind``, ``through``, ``filed``, ``guided_yield``, ``guided_pe``, ``target``, ``percentile``, ``z``, ``months``,
    and ``state``: why a ratio is missing, in words, or empty.
    """
    last = {code: column.last_valid_index() for code, column in valuation.close.items()}
    frame = pd.DataFrame({"close_day": pd.Series(last)}).astype({"close_day": "datetime64[us]"})
    frame["priced"] = valuation.latest - frame["close_day"] <= PRICED_WITHIN
    for name in ("trailing_yield", "guided_yield", "kind", "through", "filed", "target"):
        frame[name] = getattr(valuation, name).iloc[-1]
    frame["trailing_pe"], frame["guided_pe"] = (
        frame["trailing_yield"].map(multiple),
        frame["guided_yield"].map(multiple),
    )
    now = past.percentile.index[-1] == valuation.latest
    frame["percentile"] = past.percentile.iloc[-1] if now else np.nan
    frame["z"] = past.z.iloc[-1] if now else np.nan
    frame["months"] = past.observations.iloc[-1]
    frame["target"] = frame["target"].where(frame["guided_yield"].notna())
    frame["state"] = [_state(row) for row in frame.to_dict("records")]
    return frame


def _state(row: dict[Any, Any]) -> str:
    """Why a name has no ratio today, in words; empty where it has one."""
    if not row["priced"]:
        return f"no close since {day(row['close_day'])}" if not pd.isna(row["close_day"]) else "not yet listed"
    if pd.isna(row["filed"]):
        return "no results disclosed yet"
    if pd.isna(row["trailing_yield"]):
        if row["kind"] == "":
            return "the full year before is not in the table"
        return f"no results in the table since {day(row['filed'])}"
    return "loss" if row["trailing_yield"] <= 0.0 else ""
