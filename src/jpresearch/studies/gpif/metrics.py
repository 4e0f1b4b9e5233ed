"""The figures that the notebook publishes by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from jpresearch.studies.gpif.behaviour import FACED, FACED_RECENT, SHARE_TRADED, on_reserve
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.gpif.standing import JAPANESE_SHARES
from jpresearch.studies.gpif.wording import TOO_FEW, verdict


@dataclass(frozen=True)
class Metric:
    """A figure to publish: ``value`` is a number, a date, or a text that says why there is no number."""

    name: str
    value: float | date | str
    unit: str | None = None
    low: float | None = None
    high: float | None = None


def metrics(found: Findings) -> list[Metric]:
    """The figures to publish by name; where there is none, a text says why."""
    return [
        *_share_metrics(found),
        *_flow_metrics(found),
        *_behaviour_metrics(found),
        Metric("verdict", verdict(found)),
    ]


def _share_metrics(found: Findings) -> list[Metric]:
    equities, now = found.equities, found.standing
    missing = "not available: no share of the reserve with a policy mix in force"
    if equities is None:
        share = Metric("domestic_equity_share", missing)
    else:
        share = Metric("domestic_equity_share", equities.share, "pct", equities.bounds.low, equities.bounds.high)
    if now is None:
        names = ("latest_quarter", "gap_to_target_pp", "to_target_jpy_tn")
        return [share, *(Metric(name, missing) for name in names)]
    if now.to_target is None:
        needed = Metric("to_target_jpy_tn", "not available: no total for the day of the share")
    else:
        value, bounds = now.to_target
        needed = Metric("to_target_jpy_tn", round(value, 3), "JPY tn", bounds.low, bounds.high)
    half = now.bounds.width / 2
    gap = Metric("gap_to_target_pp", round(now.gap, 4), "pp", now.gap - half, now.gap + half)
    return [share, Metric("latest_quarter", now.day.date()), gap, needed]


def _flow_metrics(found: Findings) -> list[Metric]:
    usable = Metric("quarters_usable", len(on_reserve(found.flows)), "quarters")
    names = ("implied_flow_jpy_tn", "implied_flow_quarter", "implied_flow_totals")
    row, count = found.latest, found.buyers
    if row is None or count is None:
        missing = "not available: no quarter has shares and assets at both ends and a result"
        return [*(Metric(name, missing) for name in (*names, "buyer_quarters_share_pct")), usable]
    value, low, high = (float(row[name]) for name in ("estimate", "low", "high"))
    day = pd.Timestamp(str(row.name)).date()
    least, most = count.bounds
    return [
        Metric(names[0], value, "JPY tn", low, high),
        Metric(names[1], day),
        Metric(names[2], str(row["totals"])),
        Metric("buyer_quarters_share_pct", count.pct, "pct", least, most),
        usable,
    ]


def _behaviour_metrics(found: Findings) -> list[Metric]:
    mean = found.average
    average = Metric("average_flow_jpy_tn", TOO_FEW)
    if mean is not None:
        average = Metric("average_flow_jpy_tn", mean.value, "JPY tn", mean.low, mean.high)
    slopes = []
    for name, label in (("gap_undone_pct", FACED), ("gap_undone_recent_pct", FACED_RECENT)):
        row = found.slope(SHARE_TRADED, label)
        if pd.isna(row["estimate"]):
            slopes.append(Metric(name, TOO_FEW))
        else:
            done, least, most = (float(-100 * row[end]) for end in ("estimate", "high", "low"))
            slopes.append(Metric(name, done, "pct", least, most))
    fit = found.agreement if found.asset == JAPANESE_SHARES else None
    trust = Metric("trust_bank_correlation", TOO_FEW)
    if found.asset != JAPANESE_SHARES:
        trust = Metric("trust_bank_correlation", "not available: trust banks' flow is in Japanese shares")
    elif fit is not None:
        trust = Metric("trust_bank_correlation", fit.correlation, "correlation", fit.low, fit.high)
    return [average, *slopes, trust]
