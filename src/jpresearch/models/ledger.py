"""A ledger of claims: two tables written by hand, each claim judged by all its admitted readings as of a day.

``claims`` holds what was said and how it may be answered, ``claim_readings`` how it is measured: a dataset, a measure,
a subject, a window, a rule with its threshold, a tolerance. Another ledger is another pair of tables of the same
columns; nothing here knows what the claims are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

import pandas as pd

from jpresearch.datasets.reading import AsOf
from jpresearch.errors import BadParameter, DataError
from jpresearch.models.measures import domestic, flows, prices
from jpresearch.models.measures.measuring import UNKNOWN, Facts, Gauged, Measure, Window
from jpresearch.models.verdicts import Measured, Outcome, Rule, Verdict, compound, verdict
from jpresearch.tables import load

CLAIMS: Final = "claims"
MEASURES: Final[dict[str, Measure]] = {
    measure.__name__: measure for measure in (*flows.MEASURES, *prices.MEASURES, *domestic.MEASURES)
}
OWN_PAST: Final = "own past"
TEMPLATES: Final = ("reason", "objection", "settle")


@dataclass(frozen=True)
class Reading:
    """One way to measure a claim, as the ledger has it.

    Attributes
    ----------
    name, part, words : of the reading, of the part of the claim that it measures, and the reading for a reader.
    dataset, tables : the function whose figures it takes, and the tables without which it cannot be had.
    measure, window : which measure, of what, from when to when.
    kind, threshold, threshold_from, width : the rule; see ``verdicts.Rule``. Where ``threshold_from`` is ``own past``
        the threshold is that percentile of the measure over earlier windows.
    tolerance : noise on either side in ``unit``; missing where the measure brings its own.
    admitted, because : whether it counts, and why it does or does not.
    leaves_out : the investor classes that a sum leaves out.
    """

    name: str
    part: str
    words: str
    dataset: str
    tables: tuple[str, ...]
    measure: str
    window: Window
    kind: str
    threshold: float
    threshold_from: str
    width: float
    unit: str
    tolerance: float
    tolerance_from: str
    admitted: bool
    because: str
    leaves_out: str
    decided_on: pd.Timestamp


@dataclass(frozen=True)
class Claim:
    """A claim: its words, the templates of what is said of it, and its readings (none where it cannot be tested)."""

    number: int
    topic: str
    short: str
    statement: str
    reason: str
    objection: str
    settle: str
    readings: tuple[Reading, ...]
    made_on: pd.Timestamp
    decided_on: pd.Timestamp


@dataclass(frozen=True)
class Judged:
    """A reading measured: its value with noise, the threshold it was held against, and what it says."""

    reading: Reading
    measured: Measured
    threshold: float
    outcome: Outcome
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A claim judged: ``parts`` by name, ``missing`` the tables without which it cannot be tested."""

    claim: Claim
    readings: tuple[Judged, ...]
    parts: dict[str, Verdict]
    missing: tuple[str, ...]
    verdict: Verdict

    @property
    def admitted(self) -> list[Judged]:
        """The readings that count."""
        return [each for each in self.readings if each.reading.admitted]

    @property
    def first(self) -> Judged | None:
        """The first admitted reading with a value, which takes the claim closest to its words."""
        return next((each for each in self.admitted if each.measured.known), None)


def read(as_of: AsOf = None, ledger: str = CLAIMS) -> list[Claim]:
    """The claims of a ledger in order of their numbers.

    Raises
    ------
    NotYetPublished : the claims had not been made yet at ``as_of``.
    UnknownTable : no such ledger.
    DataError : an unknown measure, a rule that decides nothing, a reading of a claim that does not exist, a sum over
        investor classes that does not say what it leaves out, a digit or an unknown name in a template.
    """
    readings = readings_of(ledger)
    table, rows = load(ledger, as_of), load(readings, as_of)
    strangers = sorted(set(rows["claim"]) - set(table["claim"]))
    if strangers:
        raise DataError(f"readings of claim {strangers[0]}, which does not exist", readings)
    claims = [_claim(row, rows[rows["claim"] == row["claim"]], ledger) for row in table.to_dict("records")]
    return sorted(claims, key=lambda claim: claim.number)


def readings_of(ledger: str) -> str:
    """The table of a ledger's readings: ``desk_views`` has ``desk_views_readings``, ``claims`` ``claim_readings``."""
    return f"{'claim' if ledger == CLAIMS else ledger}_readings"


def judge(claim: Claim, facts: Facts) -> Finding:
    """The verdict on a claim from the facts of a day.

    A claim that needs a table which is not there is not testable, whatever its other readings say.
    """
    judged = tuple(_judge(reading, facts) for reading in claim.readings)
    counted = [each for each in judged if each.reading.admitted]
    missing = tuple(dict.fromkeys(table for each in counted for table in each.missing))
    names = dict.fromkeys(each.reading.part for each in counted)
    parts = {name: verdict(each.outcome for each in counted if each.reading.part == name) for name in names}
    return Finding(claim, judged, parts, missing, Verdict.NOT_TESTABLE if missing else compound(parts))


def judge_all(as_of: AsOf = None, ledger: str = CLAIMS, *, known: AsOf = None) -> list[Finding]:
    """Every claim of a ledger as read at ``as_of``, from the facts of ``known`` (by default the same day).

    Raises as ``read``; ``LookAhead`` where ``known`` lies beyond a run's day.
    """
    facts = Facts(as_of if known is None else known)
    return [judge(claim, facts) for claim in read(as_of, ledger)]


def _judge(reading: Reading, facts: Facts) -> Judged:
    missing = tuple(table for table in reading.tables if facts.lacks(table))
    gauged: Gauged = UNKNOWN if missing else MEASURES[reading.measure](facts, reading.window)
    own_past = reading.threshold_from == OWN_PAST
    threshold = gauged.benchmark(reading.threshold) if own_past else reading.threshold
    measured = gauged.measured if pd.isna(reading.tolerance) else gauged.measured.within(reading.tolerance)
    if not measured.known or pd.isna(threshold):
        return Judged(reading, Measured.unknown(), threshold, Outcome.UNKNOWN, missing)
    return Judged(reading, measured, threshold, Rule(reading.kind, threshold, reading.width).outcome(measured))


def _claim(row: dict[Any, Any], rows: pd.DataFrame, ledger: str) -> Claim:
    number = int(row["claim"])
    where = f"{readings_of(ledger)}, claim {number}"
    readings = tuple(_reading(each, where) for each in rows.sort_values("place").to_dict("records"))
    text = {name: _text(row[name]) for name in ("topic", "short", "statement", *TEMPLATES)}
    for name in TEMPLATES:
        _check(text[name], [reading.name for reading in readings], f"{ledger}, claim {number}, {name}")
    ordered = tuple(sorted(readings, key=lambda reading: not reading.admitted))
    made, decided = pd.Timestamp(row["period_end"]), pd.Timestamp(row["decided_on"])
    return Claim(number, **text, readings=ordered, made_on=made, decided_on=decided)


def _reading(row: dict[Any, Any], where: str) -> Reading:
    text = {
        name: _text(row[name])
        for name in ("part", "words", "dataset", "unit", "tolerance_from", "because", "leaves_out", "threshold_from")
    }
    window = Window(_text(row["subject"]), pd.Timestamp(row["first_day"]), pd.Timestamp(row["last_day"]))
    width = 0.0 if pd.isna(row["width"]) else float(row["width"])
    reading = Reading(
        name=str(row["reading"]),
        tables=tuple(_text(row["tables"]).split()),
        measure=str(row["measure"]),
        window=window,
        kind=str(row["rule"]),
        threshold=float(row["threshold"]),
        width=width,
        tolerance=float(row["tolerance"]),
        admitted=row["admitted"] == "yes",
        decided_on=pd.Timestamp(row["decided_on"]),
        **text,
    )
    _valid(reading, where)
    return reading


def _valid(reading: Reading, where: str) -> None:
    here = f"{where}, {reading.name}"
    if reading.measure not in MEASURES:
        raise DataError(f"no measure is called {reading.measure!r}", here, f"There are: {', '.join(sorted(MEASURES))}.")
    if reading.window.first > reading.window.last:
        raise DataError("the window ends before it begins", here)
    try:
        Rule(reading.kind, reading.threshold, reading.width)
    except BadParameter as error:
        raise DataError(str(error), here) from error
    if reading.threshold_from == OWN_PAST and not 0 <= reading.threshold <= 100:
        raise DataError(f"{reading.threshold} is no percentile of the own past", here)
    if reading.measure in flows.OVER_CLASSES:
        out = flows.left_out(reading.window.subject)
        named = set(reading.leaves_out.split())
        if named != set(out):
            raise DataError("a sum over investor classes names what it leaves out", here, f"Write: {' '.join(out)}.")


def _check(template: str, names: Iterable[str], where: str) -> None:
    asked = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    unknown = sorted(set(asked) - set(names))
    if unknown:
        raise DataError(f"no reading is called {unknown[0]!r}", where, f"There are: {', '.join(names) or 'none'}.")
    if any(character.isdigit() for character in template):
        raise DataError("a digit is typed", where, "Name a reading in braces: its value is printed from the data.")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
