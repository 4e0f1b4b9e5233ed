"""The ledger's table and figures' frames in a reader's words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.claims.aftermath import DAY
from jpresearch.studies.claims.findings import Findings
from jpresearch.studies.claims.ledger import HEADLINE, ORIGIN, Judged, Verdict

CLAIMS_CAPTION: Final = "The ledger: measured value, window, tolerance, verdict and why of each claim, and its readings"
VERDICTS_CAPTION: Final = "The claims in short; windows, tolerances and readings stand in the full ledger below"
READINGS_CAPTION: Final = "Every reading: what was measured, and whether the claim holds under it"
SINCE_CAPTION: Final = "What happened next: TOPIX after 5 September 2025, percent from that day's close"
ORDER: Final = (Verdict.SUPPORTED, Verdict.PARTLY, Verdict.CONTRADICTED, Verdict.NOT_TESTABLE)


def claims_table(found: Findings) -> pd.DataFrame:
    """One row per claim: ``id, claim, measured, unit, window, tolerance, verdict, why, readings``."""
    rows = [
        {
            "id": item.claim.number,
            "claim": item.claim.statement,
            "measured": None if item.measured is None else round(item.measured, 2),
            "unit": item.claim.unit,
            "window": window(item),
            "tolerance": item.claim.test.in_words(item.claim.unit) if item.claim.test else "",
            "verdict": str(item.verdict),
            "why": why(item),
            "readings": readings(item),
        }
        for item in found.judged
    ]
    return pd.DataFrame(rows)


def verdicts_table(found: Findings) -> pd.DataFrame:
    """The same in short, for the page and for paper: claim, verdict, measured value, readings that bear it out, why."""
    rows = [
        {
            "no.": item.claim.number,
            "claim": item.claim.short,
            "verdict": str(item.verdict),
            "measured": "" if item.measured is None else with_unit(item.measured, item.claim.unit),
            "why": why(item),
        }
        for item in found.judged
    ]
    return pd.DataFrame(rows)


def with_unit(value: float, unit: str) -> str:
    """``7.08%``, ``−502.0 JPY bn``."""
    gap = "" if unit.startswith("%") else " "
    return f"{say.number(value, decimals(value))}{gap}{unit}"


def window(item: Judged) -> str:
    """The headline's first and last day."""
    span = next((reading.span for reading in item.claim.readings if reading.role == HEADLINE), None)
    return "" if span is None else f"{span.first:%Y-%m-%d} to {span.last:%Y-%m-%d}"


def why(item: Judged) -> str:
    """One sentence: how many readings bear the claim out, and what to know of it."""
    if item.claim.test is None:
        return f"{item.claim.why}."
    counted = item.counted
    if item.verdict is Verdict.NOT_TESTABLE:
        return "The figures of the headline's window were not public at this day."
    held = sum(counted.values())
    head = f"Holds under {held} of {say.counted(len(counted), 'reading')}"
    if len(counted) < 2:
        head = "Only one honest reading is possible with these data, and it " + ("holds" if held else "fails")
    elif item.verdict is Verdict.SUPPORTED and held == 1:
        head = "Holds under the headline reading only"
    return f"{head}: {item.claim.why}."


def readings(item: Judged) -> str:
    """All readings with their values, those that do not count marked."""
    return "; ".join(
        f"{reading.name}: {_value(item, reading.name)}{_mark(item, reading.name)}" for reading in item.claim.readings
    )


def _value(item: Judged, name: str) -> str:
    value = item.measurements[name]
    return "not known" if value is None else say.number(value, decimals(value))


def _mark(item: Judged, name: str) -> str:
    reading = next(reading for reading in item.claim.readings if reading.name == name)
    if reading.role == ORIGIN:
        return " (does not count)"
    held = item.counted.get(name)
    return "" if held is None else (" (holds)" if held else " (fails)")


def decimals(value: float) -> int:
    """As many as a reader needs: none from a thousand on, one from ten on, else two."""
    return 0 if abs(value) >= 1000 else (1 if abs(value) >= 10 else 2)


def readings_table(found: Findings) -> pd.DataFrame:
    """One row per reading."""
    rows = [
        {
            "id": item.claim.number,
            "reading": reading.words,
            "role": reading.role,
            "from": f"{reading.span.first:%Y-%m-%d}",
            "to": f"{reading.span.last:%Y-%m-%d}",
            "value": None
            if item.measurements[reading.name] is None
            else round(float(item.measurements[reading.name] or 0.0), 2),
            "unit": item.claim.unit,
            "claim holds": {True: "yes", False: "no", None: ""}[item.counted.get(reading.name)],
        }
        for item in found.judged
        for reading in item.claim.readings
    ]
    return pd.DataFrame(rows)


def verdict_counts(found: Findings) -> pd.Series[int]:
    """Claims by verdict, in the order of the labels."""
    return pd.Series({str(verdict): found.count(verdict) for verdict in ORDER}, name="claims")


def strip(found: Findings) -> pd.DataFrame:
    """Testable claims: the share of readings, percent, under which each holds and fails; most doubtful in between."""
    rows = {f"{item.claim.number} {item.claim.short}": 100 * float(item.share or 0.0) for item in found.testable}
    held = pd.Series(rows, name="holds").sort_values(ascending=False, kind="stable")
    return pd.DataFrame({"holds": held, "fails": held - 100})


def flips(found: Findings) -> pd.DataFrame:
    """Measured values of all counted readings of claims in percent, beside their thresholds."""
    rows = {}
    for item in found.testable:
        known = [value for name, value in item.measurements.items() if name in item.counted and value is not None]
        if item.claim.unit == "%" and item.claim.test is not None and len(known) > 1:
            name = f"{item.claim.number} {item.claim.short}"
            rows[name] = {"estimate": float(item.measured or 0.0), "low": min(known), "high": max(known)}
    return pd.DataFrame.from_dict(rows, orient="index")


def index_path(found: Findings) -> pd.DataFrame:
    """TOPIX below its high before the article's day, percent."""
    return found.since.path.rename("topix").to_frame().rename_axis("period_end")


def recent_flows(found: Findings) -> pd.DataFrame:
    """Foreigners' weekly net purchases (JPY bn) from 13 weeks before the article's day to the newest week."""
    flows = found.facts.foreigners
    return flows.loc[DAY - pd.Timedelta(weeks=13) :].rename("foreigners").to_frame()


def since_table(found: Findings) -> pd.DataFrame:
    """The change after each step, and whether it is known."""
    changes = found.since.changes
    return pd.DataFrame({"after": changes.index, "TOPIX, %": changes.round(1).to_numpy()})
