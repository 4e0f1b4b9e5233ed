"""Interest rates by day, and the steps of the Bank of Japan."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.alignment import before_session
from jpresearch.datasets.reading import AsOf, described, one_of, optional, wide, within
from jpresearch.datasets.weeks import week_ends

YIELDS: Final = ("boj_policy_rate", "jgb2y", "jgb10y", "ust10y")
SHORT: Final = {
    "jp_call_rate_overnight": "call_rate",
    "jgb_1y": "jgb1y",
    "us_treasury_3m_cmt": "ust3m",
    "us_tbill_3m_discount": "us_bill3m_discount",
    "us_treasury_6m_cmt": "ust6m",
    "us_treasury_1y_cmt": "ust1y",
    "us_effective_fed_funds": "fed_funds",
    "us_sofr": "sofr",
}


def rates(as_of: AsOf, *, start: AsOf = None, end: AsOf = None, every: str = "day") -> pd.DataFrame:
    """Short rates and government bond yields of Japan and the United States by day, each by its own day.

    Examples
    --------
    >>> market.rates("2025-09-05", every="week")[["call_rate", "ust3m"]].tail(2)  # for the carry of a hedge
                call_rate  ust3m
    week_end
    2025-08-29      0.478   4.26
    2025-09-05      0.479    NaN

    Parameters
    ----------
    every : ``day`` for each rate by its own day; ``week`` for the survey weeks of ``market.weekly``, each rate the last
        one dated before the week's last session, at most five days old.

    Returns
    -------
    Index ``date`` or ``week_end``. Columns in percent a year: ``boj_policy_rate``, ``call_rate`` (overnight,
    uncollateralised), ``jgb1y``, ``jgb2y``, ``jgb10y``; ``fed_funds`` (effective), ``sofr``, ``ust3m`` (constant
    maturity, derived from the ten-year and the published spread), ``us_bill3m_discount`` (discount basis), ``ust6m``,
    ``ust1y``, ``ust10y``.
    Empty columns where a table was not public. Nothing is carried forward by day.

    Gaps
    ----
    Yields from 2001; short rates mostly from 2000, ``sofr``, ``ust6m`` and ``ust1y`` from 2021-08; ``fed_funds`` and
    ``us_bill3m_discount`` end in 2026-01. After the daily record of ``jgb10y`` single days come from
    ``index_valuation``, which agrees with it on every day that both hold.

    Raises
    ------
    UnknownName : no such step.

    Source
    ------
    MoF, Federal Reserve, New York Fed, Bank of Japan, BIS (``market_daily``, ``short_rates``, ``index_valuation``).
    """
    one_of("step", every, ["day", "week"], "every")
    yields = wide(optional("market_daily", as_of), "value", "series", YIELDS, "date")
    short = wide(optional("short_rates", as_of), "value_pct", "series", list(SHORT), "date").rename(columns=SHORT)
    points = optional("index_valuation", as_of)
    tens = points[points["metric"] == "jgb_10y"].set_index("period_end")["value"]
    frame = yields.join(short, how="outer")
    frame = frame.reindex(frame.index.union(pd.DatetimeIndex(tens.index)))
    frame["jgb10y"] = frame["jgb10y"].fillna(tens)
    order = ["boj_policy_rate", "call_rate", "jgb1y", "jgb2y", "jgb10y", "fed_funds", "sofr", "ust3m"]
    order += ["us_bill3m_discount", "ust6m", "ust1y", "ust10y"]
    daily = frame[order].rename_axis("date")
    shown = within(_on_weeks(daily) if every == "week" else daily, start, end)
    sources = ["market_daily", "short_rates", "index_valuation"]
    return described(shown, "%", every, "interest rates", sources)


def _on_weeks(daily: pd.DataFrame) -> pd.DataFrame:
    """Each rate as it stood before the last session of each survey week."""
    weeks = week_ends(daily.index.min(), daily.index.max()) if len(daily) else pd.DatetimeIndex([])
    on_weeks = {name: before_session(daily[name], weeks) for name in daily}
    return pd.DataFrame(on_weeks, index=weeks).rename_axis("week_end")


def policy_steps(as_of: AsOf) -> pd.DataFrame:
    """The Bank of Japan's changes of its policy rate, by the day on which they were announced.

    Examples
    --------
    >>> market.policy_steps("2025-09-05")[["rate", "change_bp"]]
                rate  change_bp
    announced
    2024-03-19  0.05       15.0
    2024-07-31  0.25       20.0
    2025-01-24  0.50       25.0

    Returns
    -------
    Index ``announced``. Columns: ``rate`` (percent, the target decided), ``before`` (percent, in force on the day),
    ``change_bp``, ``effective_date``, ``announced_at`` (the moment in Tokyo). No rows before the first announcement.

    Gaps
    ----
    From March 2024; earlier steps are in ``market.rates(as_of)["boj_policy_rate"]`` by the day on which they applied.

    Source
    ------
    Bank of Japan (``boj_policy``), at the announcement, about noon; ``before`` from ``market_daily``.
    """
    rows = optional("boj_policy", as_of)
    rows = rows[rows["metric"] == "policy_rate_target"].sort_values("period_end")
    daily = wide(optional("market_daily", as_of), "value", "series", ["boj_policy_rate"], "date")["boj_policy_rate"]
    announced = pd.DatetimeIndex(rows["period_end"], name="announced")
    values = rows["value"].astype("float64").set_axis(announced)
    in_force = daily.dropna().reindex(announced, method="ffill", tolerance=pd.Timedelta(days=10))
    before = in_force.fillna(values.shift())
    frame = pd.DataFrame(
        {
            "rate": values,
            "before": before,
            "change_bp": (values - before) * 100,
            "effective_date": rows["effective_date"].to_numpy(),
            "announced_at": rows["published_at"].set_axis(announced),
        }
    )
    units = {"change_bp": "bp"}
    return described(frame, "%", "day", "BoJ policy rate", ["boj_policy", "market_daily"], columns=units)
