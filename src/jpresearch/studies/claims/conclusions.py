"""The conclusions, in sentences that the numbers write."""

from __future__ import annotations

from jpresearch.studies import phrasing as say
from jpresearch.studies.claims.aftermath import OPEN
from jpresearch.studies.claims.findings import Findings
from jpresearch.studies.claims.ledger import Judged, Verdict
from jpresearch.studies.claims.pages import with_unit
from jpresearch.studies.results import Metric

METRICS = {
    1: "late_august_jpy_bn",
    4: "april_equities_jpy_tn",
    10: "topix_april_to_july_pct",
    11: "nikkei_two_sessions_pct",
}
METRICS |= {14: "electric_late_august_pct", 21: "bought_per_yen_sold", 24: "gpif_share_pct"}


def takeaways(found: Findings) -> list[str]:
    """Five conclusions: the count, what stands, what does not, what depends, what happened next."""
    return [counted(found), standing(found), falling(found), depending(found), since(found)]


def counted(found: Findings) -> str:
    """How many claims of each verdict."""
    counts = {verdict: found.count(verdict) for verdict in Verdict}
    return (
        f"Of {len(found.judged)} claims {counts[Verdict.SUPPORTED]} are supported by figures known to "
        f"{say.day(found.newest)}, {counts[Verdict.PARTLY]} partly, {counts[Verdict.CONTRADICTED]} contradicted; "
        f"{counts[Verdict.NOT_TESTABLE]} cannot be tested with these data."
    )


def standing(found: Findings) -> str:
    """What stands under every reading."""
    firm = [item for item in found.testable if item.share == 1.0]
    names = say.listed([_named(item) for item in firm], "no claim")
    return f"With figures to {say.day(found.newest)}, what stands under every reading: {names}."


def falling(found: Findings) -> str:
    """The claims that no reading bears out, those furthest from their thresholds by name."""
    lost = [item for item in found.testable if item.share == 0.0]
    far = say.listed([_named(item) for item in sorted(lost, key=lambda item: -_missed(item))[:3]], "none")
    head = f"No reading of the figures to {say.day(found.newest)} bears out {say.counted(len(lost), 'claim')}"
    return f"{head}; furthest off are: {far}."


def _missed(item: Judged) -> float:
    """How far the measured value misses, in thresholds."""
    test, value = item.claim.test, item.measured
    if test is None or value is None:
        return 0.0
    return abs(value - test.threshold) / abs(test.threshold) if test.threshold else 0.0


def depending(found: Findings) -> str:
    """What depends on the reading."""
    open_ones = [item for item in found.testable if item.share is not None and 0 < item.share < 1]
    numbers = say.listed([str(item.claim.number) for item in open_ones], "none")
    return (
        f"{say.counted(len(open_ones), 'verdict')} would change with the window, survey or series taken (claims "
        f"{numbers}, figures to {say.day(found.newest)}): the strip shows under which share of readings each holds."
    )


def since(found: Findings) -> str:
    """What happened next."""
    after = found.since
    if after.deepest is None:
        last = float(after.path.iloc[-1])
        return (
            f"Whether it was a correction or a pause was open on {say.day(after.path.index[-1])}: TOPIX stood "
            f"{say.percent(abs(last), 1)} below its high of {say.day(after.high_day)}."
        )
    flow = "" if after.flows.empty else f"; foreigners have {say.dealt_net(float(after.flows.iloc[-1]))} since"
    if after.answer == OPEN or after.on is None:
        return (
            f"Correction or pause is still open: TOPIX was at worst {say.signed(after.deepest)}% from its high{flow}."
        )
    return (
        f"It was {after.answer}: decided on {say.day(after.on)}, TOPIX at worst {say.signed(after.deepest)}% from the "
        f"high before, to {say.day(after.path.index[-1])}{flow}."
    )


def _named(item: Judged) -> str:
    value = item.measured
    if value is None:
        return item.claim.short
    return f"{item.claim.short} ({with_unit(value, item.claim.unit)})"


def metrics(found: Findings) -> list[Metric]:
    """Counts by verdict, and the measured values of the claims that readers ask for first."""
    names = {
        Verdict.SUPPORTED: "supported",
        Verdict.PARTLY: "partly",
        Verdict.CONTRADICTED: "contradicted",
        Verdict.NOT_TESTABLE: "not_testable",
    }
    listed = [Metric(f"claims_{name}", found.count(verdict), "claims") for verdict, name in names.items()]
    by_number = {item.claim.number: item for item in found.judged}
    for number, name in METRICS.items():
        listed.append(_measured(name, by_number.get(number)))
    return [*listed, Metric("since", found.since.answer)]


def _measured(name: str, item: Judged | None) -> Metric:
    if item is None or item.measured is None:
        return Metric.missing(name, "the ledger has no such claim, or its figures were not public yet")
    return Metric.rounded(name, item.measured, item.claim.unit)
