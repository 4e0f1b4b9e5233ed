"""The study's tables in a reader's words, and the metrics that it hands on."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.datasets.gpif_figures import BASES
from jpresearch.studies.gpif import drifting, speed
from jpresearch.studies.gpif.behaviour import FACED, FACED_RECENT, SHARE_TRADED, YEN_TRADED, on_reserve
from jpresearch.studies.gpif.captions import asset_words
from jpresearch.studies.gpif.conclusions import TOO_FEW, verdict
from jpresearch.studies.gpif.findings import Findings
from jpresearch.studies.gpif.shares import JAPANESE_SHARES
from jpresearch.studies.results import Metric, rounded

TOTALS_CAPTION: Final = "GPIF's assets and the whole reserve, where both are known (bounds: rounding)"
ASSOCIATIONS_CAPTION: Final = "Trades and what came with or before them: least squares, Newey-West errors, t intervals"
FLOW_COLUMNS: Final = {
    "start_value": "value at start, JPY tn",
    "end_value": "value at end",
    "market_result": "market result",
    "estimate": "implied flow",
    "low": "at least",
    "high": "at most",
    "unlimited_low": "at least, any change of the special account",
    "unlimited_high": "at most, any change of the special account",
    "method": "from",
    "totals": "whole reserve",
}
TOTAL_COLUMNS: Final = {
    "gpif_assets": "GPIF's assets, JPY tn",
    "whole_reserve": "whole reserve, JPY tn",
    "difference": "difference, JPY tn",
    "difference_low": "at least",
    "difference_high": "at most",
    "difference_pct": "% of the reserve",
    "known_from": "known from",
}
MIX_COLUMNS: Final = {
    "announced": "announced",
    "target": "target, %",
    "band_narrow": "band, narrow reading, pp",
    "band_wide": "band, wide reading, pp",
    "quarters": "usable quarters",
    "bought": "net purchases in",
    "certain_bought": "certain purchases",
    "certain_sold": "certain sales",
    "average": "average flow, JPY tn",
    "gap_before": "average gap at start, pp",
}
SLOPE_COLUMNS: Final = {
    "estimate": "slope",
    "low": "95% low",
    "high": "95% high",
    "p_value": "p",
    "q_value": "q",
    "figures_low": "figures allow, low",
    "figures_high": "figures allow, high",
    "without_one_low": "one left out, low",
    "without_one_high": "one left out, high",
    "smallest_shown": "found 4 times in 5",
    "quarters": "quarters",
}
TRADED: Final = {SHARE_TRADED: "share, pp per point", YEN_TRADED: "yen, % of the holding per point"}


def flow_table(found: Findings) -> pd.DataFrame:
    """The implied flows of both bases, newest first."""
    table = _worded(found.flows, FLOW_COLUMNS, 2).sort_index(level="period_end", ascending=False)
    return table.rename_axis(["basis", "quarter ending"])


def flow_caption(found: Findings) -> str:
    """The words over the table of flows: how many quarters each basis has."""
    reserve, own = (int((found.flows.index.get_level_values("basis") == basis).sum()) for basis in BASES)
    return (
        f"Implied flow into {asset_words(found.asset)} by quarter, JPY tn: {reserve} quarters on the basis of the "
        f"whole reserve, {own} on that of GPIF's own portfolio"
    )


def totals_table(found: Findings) -> pd.DataFrame:
    """The two totals side by side with their difference."""
    return _worded(found.totals, TOTAL_COLUMNS, 2).rename_axis("quarter-end")


def mix_table(found: Findings) -> pd.DataFrame:
    """The policy mixes with both readings of their bands and the flows under each."""
    return _worded(found.by_mix, MIX_COLUMNS, 2)


def mix_caption(found: Findings) -> str:
    """The words over the table of policy mixes."""
    name = asset_words(found.asset)
    return f"Policy mixes for {name} and the usable quarters under each (announced: effective date where not known)"


def association_table(found: Findings) -> pd.DataFrame:
    """All slopes with their intervals and checks."""
    table = _worded(found.associations.astype({"quarters": int}), SLOPE_COLUMNS, 3)
    return table.rename(index=TRADED, level="trades").rename_axis(["traded", "on"])


def _worded(frame: pd.DataFrame, columns: dict[str, str], decimals: int) -> pd.DataFrame:
    return rounded(frame[list(columns)].rename(columns=columns), decimals)


def metrics(found: Findings) -> list[Metric]:
    """The figures to publish by name; where there is none, a text says why."""
    told = verdict(found)
    answer = Metric.missing("verdict", TOO_FEW) if told == TOO_FEW else Metric("verdict", told)
    kept = [*_share_metrics(found), *_flow_metrics(found), *_behaviour_metrics(found), answer]
    return [*kept, *speed.metrics(found), *drifting.metrics(found)]


def _share_metrics(found: Findings) -> list[Metric]:
    equities, now = found.equities, found.standing
    missing = "no share of the reserve with a policy mix in force"
    share = Metric.missing("domestic_equity_share", missing)
    if equities is not None:
        share = Metric.bounded(
            "domestic_equity_share", equities.share, "pct", equities.bounds.low, equities.bounds.high
        )
    if now is None:
        return [
            share,
            *(Metric.missing(name, missing) for name in ("latest_quarter", "gap_to_target_pp", "to_target_jpy_tn")),
        ]
    needed = Metric.missing("to_target_jpy_tn", "no total for the day of the share")
    if now.to_target is not None:
        value, bounds = now.to_target
        needed = Metric.bounded("to_target_jpy_tn", value, "JPY tn", bounds.low, bounds.high)
    half = now.bounds.width / 2
    gap = Metric.bounded("gap_to_target_pp", now.gap, "pp", now.gap - half, now.gap + half)
    return [share, Metric("latest_quarter", now.day.date()), gap, needed]


def _flow_metrics(found: Findings) -> list[Metric]:
    usable = Metric("quarters_usable", len(on_reserve(found.flows)), "quarters")
    names = ("implied_flow_jpy_tn", "implied_flow_quarter", "implied_flow_totals", "buyer_quarters_share_pct")
    row, total = found.latest, found.buyers
    if row is None or total is None:
        why = "no quarter has shares and assets at both ends and a result"
        return [*(Metric.missing(name, why) for name in names), usable]
    return [
        Metric.bounded(names[0], row["estimate"], "JPY tn", row["low"], row["high"]),
        Metric(names[1], pd.Timestamp(str(row.name)).date()),
        Metric(names[2], str(row["totals"])),
        Metric.bounded(names[3], total.pct, "pct", *total.bounds),
        usable,
    ]


def _behaviour_metrics(found: Findings) -> list[Metric]:
    mean, made = found.average, []
    if mean is None:
        made.append(Metric.missing("average_flow_jpy_tn", TOO_FEW))
    else:
        made.append(Metric.rounded("average_flow_jpy_tn", mean.value, "JPY tn", mean.low, mean.high))
    for name, label in (("gap_undone_pct", FACED), ("gap_undone_recent_pct", FACED_RECENT)):
        done, least, most = (float(-100 * found.slope(SHARE_TRADED, label)[end]) for end in ("estimate", "high", "low"))
        known = pd.notna(done)
        made.append(Metric.rounded(name, done, "pct", least, most) if known else Metric.missing(name, TOO_FEW))
    return [*made, _trust_banks(found)]


def _trust_banks(found: Findings) -> Metric:
    name, fit = "trust_bank_correlation", found.agreement
    if found.asset != JAPANESE_SHARES:
        return Metric.missing(name, "trust banks' flow is in Japanese shares")
    if fit is None:
        return Metric.missing(name, TOO_FEW)
    return Metric.rounded(name, fit.correlation, "correlation", fit.low, fit.high)
