"""GPIF: shares, its two totals and one value per date, results, and the policy mix."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pandas as pd

from jpresearch import tables
from jpresearch.datasets.gpif_figures import (
    ASSETS,
    BASES,
    GPIF,
    KNOWN,
    RESERVE,
    Assumptions,
    Figures,
    reserve_ratio,
    whole_reserve,
)
from jpresearch.datasets.reading import AsOf, described, one_of, optional, within
from jpresearch.stats.rounding import Interval

__all__ = ["against_policy", "annual", "policy", "quarters", "results", "shares"]

TABLE: Final = "gpif_portfolio"
POLICY: Final = "gpif_policy_mix"
SHARES: Final = (*ASSETS, "short_term", "alternatives")
RESULTS: Final = (*ASSETS, "total")
QUARTERS: Final = (
    *("share", "value", "value_low", "value_high", "assets"),
    *("reserve", "reserve_low", "reserve_high", "ratio", "ratio_low", "ratio_high"),
)
MIX: Final = ("target", "low", "high", "low_wide", "high_wide")


def quarters(
    as_of: AsOf,
    asset: str = "domestic_equities",
    *,
    basis: str = RESERVE,
    ratio_max: float = 1.05,
    ratio_change: float = 0.02,
) -> pd.DataFrame:
    """The value of one class at each quarter-end: one value per date, with what the published figures allow.

    Examples
    --------
    >>> gpif.quarters("2025-09-05", "domestic_equities")[["value", "value_low", "value_high"]].tail(2)
                     value  value_low  value_high
    quarter_end
    2025-03-31   60.826159  59.785334   61.866983
    2025-06-30   64.050000  64.045000   64.055000

    GPIF publishes its own assets every quarter; shares are of the whole pension reserve, which also holds the special
    account. The multiple of the one to the other is known on few days; elsewhere it lies between one and ``ratio_max``
    and moves by at most ``ratio_change`` a quarter, so each date is also bounded by its neighbours. A value is the
    middle of what all readings of a date have in common: the published value, share times published reserve, share
    times GPIF's assets times the multiple. The end of one quarter is the start of the next, so flows between dates add
    up over time; the bounds of a flow over a span follow from the bounds of its two ends.

    Parameters
    ----------
    asset : ``domestic_equities``, ``foreign_equities``, ``domestic_bonds``, ``foreign_bonds``.
    basis : ``reserve``, or ``gpif`` for shares of GPIF's own portfolio (to 2014). Never mixed.
    ratio_max, ratio_change : what no figure says of the multiple.

    Returns
    -------
    Index ``quarter_end``, every quarter-end from the first figure to the last. Columns: ``share`` (percent, as
    published), ``value``, ``value_low``, ``value_high`` (JPY tn), ``assets`` (GPIF's own, JPY tn, as published),
    ``reserve``, ``reserve_low``, ``reserve_high`` (JPY tn), ``ratio``, ``ratio_low``, ``ratio_high`` (reserve over
    assets), and in words how the multiple is known, ``known_from``, and ``known`` (whether figures give it).

    Gaps
    ----
    Shares are missing for 2019-03 to 2020-03 (publication was suspended), 2022-09 and after 2025-09.

    Raises
    ------
    UnknownName, BadParameter : no such class or basis; limits that make no sense.
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    GPIF, in part as reported by the press (``gpif_portfolio``): five to six weeks after the quarter, March fourteen.
    """
    one_of("asset class", asset, ASSETS, "asset")
    one_of("basis", basis, BASES, "basis")
    assumptions = Assumptions(ratio_max, ratio_change)
    figures = Figures.of(tables.load(TABLE, as_of))
    days = figures.quarter_ends()
    multiples = _multiples(figures, days, assumptions)
    rows = [_quarter(figures, basis, asset, date, multiples[date][0]) for date in days]
    frame = pd.DataFrame(rows, columns=list(QUARTERS), index=days, dtype="float64").rename_axis("quarter_end")
    frame["known_from"] = [multiples[date][1] for date in days]
    frame["known"] = frame["known_from"].isin(KNOWN)
    units = {"share": "%", "ratio": "x", "ratio_low": "x", "ratio_high": "x"}
    words = f"{asset.replace('_', ' ')} of {'the whole pension reserve' if basis == RESERVE else 'GPIF alone'}"
    return described(frame, "JPY tn", "quarter", words, [TABLE], columns=units)


def _multiples(
    figures: Figures, days: pd.DatetimeIndex, assumptions: Assumptions
) -> dict[pd.Timestamp, tuple[Interval, str]]:
    """The reserve as a multiple of GPIF's assets on each day, narrowed by what its neighbours allow."""
    found = {date: reserve_ratio(figures, date, assumptions) for date in days}
    bounds = {date: interval for date, (interval, _) in found.items()}
    step = assumptions.ratio_change
    for order in (list(days), list(days)[::-1]):
        for before, date in pairwise(order):
            reach = Interval(bounds[before].low - step, bounds[before].high + step)
            # Where published multiples differ by more than the limit, they overrule it.
            bounds[date] = bounds[date].overlap(reach) or bounds[date]
    return {date: (bounds[date], found[date][1]) for date in days}


def _quarter(figures: Figures, basis: str, asset: str, date: pd.Timestamp, ratio: Interval) -> tuple[float, ...]:
    own = figures.at(GPIF, "aum", date)
    reserve = whole_reserve(figures, date)
    if reserve is None and own is not None:
        reserve = own * ratio
    total = own if basis == GPIF else reserve
    share = figures.fraction(basis, f"share_{asset}", date)
    readings = [figures.at(basis, f"value_{asset}", date)]
    readings += [share * total if share is not None and total is not None else None]
    if basis == RESERVE and share is not None and own is not None:
        readings.append(share * own * ratio)
    value = _in_common([reading for reading in readings if reading is not None])
    printed = figures.value(basis, f"share_{asset}", date), figures.value(GPIF, "aum", date)
    share_pct, assets = (float("nan") if number is None else number for number in printed)
    known = ratio if own is not None or reserve is not None else None
    return (share_pct, *_three(value), assets, *_three(reserve), *_three(known))


def _in_common(readings: list[Interval]) -> Interval | None:
    """What all readings of one value allow; what any allows where published figures contradict each other."""
    if not readings:
        return None
    common: Interval | None = readings[0]
    for reading in readings[1:]:
        common = None if common is None else common.overlap(reading)
    return common or Interval.around(readings)


def _three(interval: Interval | None) -> tuple[float, float, float]:
    return (float("nan"),) * 3 if interval is None else (interval.centre, interval.low, interval.high)


def shares(as_of: AsOf, *, basis: str = RESERVE, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """Published shares of all classes at each quarter-end, on one basis.

    Examples
    --------
    >>> gpif.shares("2025-09-05")["domestic_equities"].tail(2)
    quarter_end
    2025-03-31    23.94
    2025-06-30    24.28
    Freq: QE-DEC, Name: domestic_equities, dtype: float64

    Parameters
    ----------
    basis : ``reserve`` (from 2014) or ``gpif`` (2013 to 2014).

    Returns
    -------
    Index ``quarter_end``, every one from the first share to the last. Columns in percent: ``domestic_equities``,
    ``foreign_equities``, ``domestic_bonds``, ``foreign_bonds``, ``short_term`` (a class of its own to 2020-03),
    ``alternatives`` (within the four classes). Missing where not published.

    Raises
    ------
    UnknownName : no such basis.
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    GPIF (``gpif_portfolio``).
    """
    one_of("basis", basis, BASES, "basis")
    frame = _metrics(as_of, basis, {f"share_{name}": name for name in SHARES})
    words = "the whole pension reserve" if basis == RESERVE else "GPIF alone"
    return described(within(frame, start, end), "%", "quarter", words, [TABLE])


def results(as_of: AsOf, *, start: AsOf = None, end: AsOf = None) -> pd.DataFrame:
    """GPIF's published returns and gains by quarter and class.

    Examples
    --------
    >>> gpif.results("2025-09-05")[["return_domestic_equities", "gain_domestic_equities"]].tail(2)
                 return_domestic_equities  gain_domestic_equities
    quarter_end
    2025-03-31                       -3.5                     NaN
    2025-06-30                        7.5                  4.5215

    Returns
    -------
    Index ``quarter_end``. Columns: ``return_`` (percent in the quarter) and ``gain_`` (JPY tn) of each of the four
    classes and of ``total``. The special account earns next to nothing, so they serve for the reserve as well.

    Raises
    ------
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    GPIF (``gpif_portfolio``).
    """
    names = {f"{kind}_q_{name}": f"{kind}_{name}" for kind in ("return", "gain") for name in RESULTS}
    frame = _metrics(as_of, GPIF, names)
    units = {name: "%" for name in names.values() if name.startswith("return_")}
    return described(within(frame, start, end), "JPY tn", "quarter", "GPIF's own assets", [TABLE], columns=units)


def _metrics(as_of: AsOf, basis: str, names: dict[str, str]) -> pd.DataFrame:
    """Metrics of one basis by quarter-end, every one from the first figure to the last."""
    rows = tables.load(TABLE, as_of)
    rows = rows[(rows["basis"] == basis) & rows["metric"].isin(names)]
    table = rows.pivot(index="period_end", columns="metric", values="value").reindex(columns=list(names))
    days = pd.date_range(table.index.min(), table.index.max(), freq="QE") if len(table) else table.index
    frame = table.rename(columns=names).rename_axis(columns=None).astype("float64").reindex(days)
    return frame.set_axis(pd.DatetimeIndex(frame.index, name="quarter_end"))


def policy(as_of: AsOf) -> pd.DataFrame:
    """The policy mixes as announced: target and band of each class.

    Examples
    --------
    >>> gpif.policy("2025-09-05").query("asset_class == 'domestic_equities'")[["target", "low", "high"]].tail(2)
                target   low  high
    announced
    2020-03-31    25.0  17.0  33.0
    2025-03-31    25.0  20.0  30.0

    Returns
    -------
    Index ``announced``. Columns: ``asset_class`` (the four classes, ``short_term``, ``equities_total``,
    ``bonds_total``, ``alternatives_cap``), ``effective_date``, ``target``, ``low``, ``high`` (percent; band, narrow
    reading) and ``low_wide``, ``high_wide`` (wide reading; the same where the band is confirmed, missing where none is
    known). No rows before the first publication.

    Source
    ------
    GPIF (``gpif_policy_mix``): the announcement.
    """
    rows = optional(POLICY, as_of).sort_values(["period_end", "asset_class"], kind="stable")
    target, narrow, wide = (rows[name].astype("float64") for name in ("target_pct", "band_min_pp", "band_max_pp"))
    columns = {"asset_class": rows["asset_class"], "effective_date": rows["effective_date"], "target": target}
    columns |= {"low": target - narrow, "high": target + narrow, "low_wide": target - wide, "high_wide": target + wide}
    frame = pd.DataFrame(columns).set_axis(pd.DatetimeIndex(rows["period_end"], name="announced"))
    return described(frame, "%", "policy", "GPIF's policy mix", [POLICY])


def against_policy(
    as_of: AsOf, asset: str = "domestic_equities", *, start: AsOf = None, end: AsOf = None
) -> pd.DataFrame:
    """The share of one class of the whole reserve beside the mix in force, at each quarter-end.

    Examples
    --------
    >>> gpif.against_policy("2025-09-05")[["share", "target"]].tail(2)
                 share  target
    quarter_end
    2025-03-31   23.94    25.0
    2025-06-30   24.28    25.0

    Returns
    -------
    Index ``quarter_end``. Columns in percent: ``share`` (missing where not published), ``target``, ``low``, ``high``,
    ``low_wide``, ``high_wide`` (as in ``gpif.policy``). A mix applies from its effective date and never before it was
    announced.

    Raises
    ------
    UnknownName : no such class.
    NotYetPublished : nothing was public at ``as_of``.

    Source
    ------
    GPIF (``gpif_portfolio``, ``gpif_policy_mix``).
    """
    one_of("asset class", asset, ASSETS, "asset")
    figures = Figures.of(tables.load(TABLE, as_of))
    mixes = policy(as_of)
    mixes = mixes[mixes["asset_class"] == asset].reset_index()
    mixes = mixes.sort_values(["effective_date", "announced"])
    days = figures.quarter_ends()
    frame = pd.DataFrame({"share": figures.series(RESERVE, f"share_{asset}").reindex(days)}, index=days)
    rows = []
    for date in days:
        in_force = mixes[(mixes["effective_date"] <= date) & (mixes["announced"] <= date)]
        rows.append(in_force[list(MIX)].iloc[-1].tolist() if len(in_force) else [float("nan")] * len(MIX))
    frame[list(MIX)] = pd.DataFrame(rows, index=days, columns=list(MIX), dtype="float64")
    shown = within(frame.rename_axis("quarter_end"), start, end)
    words = f"{asset.replace('_', ' ')} of the whole pension reserve"
    return described(shown, "%", "quarter", words, [TABLE, POLICY])


def annual(as_of: AsOf) -> pd.DataFrame:
    """GPIF's returns and gains by fiscal year.

    Examples
    --------
    >>> gpif.annual("2025-09-05")["return_fy_total"].tail(2)
    fiscal_year_end
    2024-03-31    22.67
    2025-03-31     0.71
    Name: return_fy_total, dtype: float64

    Returns
    -------
    Index ``fiscal_year_end`` (31 March). One column a metric: ``return_fy_`` (percent) and ``gain_fy_`` (JPY bn) of the
    classes and of ``total``, as far as published. No rows before the first publication.

    Source
    ------
    GPIF (``gpif_annual``): first days of July.
    """
    rows = optional("gpif_annual", as_of)
    names = [f"{kind}_fy_{name}" for kind in ("return", "gain") for name in RESULTS]
    table = rows[rows["metric"].isin(names)].pivot(index="period_end", columns="metric", values="value")
    frame = table.reindex(columns=names).rename_axis(columns=None).astype("float64")
    frame = frame.set_axis(pd.DatetimeIndex(frame.index, name="fiscal_year_end"))
    units = {name: "%" for name in names if name.startswith("return_")}
    return described(frame, "JPY bn", "year", "GPIF", ["gpif_annual"], columns=units)
