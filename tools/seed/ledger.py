"""The ledgers of claims: tables that are written by hand in the data folder; here they are only described and kept.

Unlike all other tables they are no publisher's figures: they say which claims the collection tests, and how. Whoever
disagrees with a window or a tolerance changes it there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from tools.seed.figures import Figures
from tools.seed.model import About, Column, Table, columns_in_order, finish
from tools.seed.sources import LEDGER, LEDGER_PAGE, OWN

DATA = Path(__file__).resolve().parents[2] / "data"
RULES = ("at_least", "at_most", "above", "below", "near")
THRESHOLDS = ("words", "convention", "own past")

_CLAIM = Column("claim", "integer", "Number of the claim.", unit="number", required=True, minimum=1)
_DECIDED = Column("decided_on", "date", "Day on which the row was written or last revised.", required=True)
_DIGITS = "No digits: a reading's name in braces prints its value."

CLAIMS = About(
    name="claims",
    title="Claims made of Japanese equities in late summer 2025",
    description="Claims found in commentary, in this project's own words, with templates of what is said of each. "
    "published_at is the claim's day; decided_on says when the row was written.",
    key=("claim", "period_end"),
    columns=(
        _CLAIM,
        Column("topic", "string", "Theme of the claim.", required=True),
        Column("short", "string", "The claim in a few words.", required=True),
        Column("statement", "string", "The claim in a sentence, in this project's own words.", required=True),
        Column("reason", "string", f"What the readings say, as a template. {_DIGITS}", required=True),
        Column("objection", "string", f"The best objection an author could raise. {_DIGITS}", required=True),
        Column("settle", "string", f"What would settle it, or which table would decide. {_DIGITS}", required=True),
        _DECIDED,
    ),
    publisher=LEDGER,
    page=LEDGER_PAGE,
    terms=(OWN,),
    frequency="irregular",
    release_rule="within_days:0",
    vintage="latest",
    export="yes",
    notes=("Written by hand; the readings decide.",),
)

CLAIM_READINGS = About(
    name="claim_readings",
    title="Readings of the claims: measure, subject, window, rule and tolerance of each",
    description="Every way in which a claim is measured. All admitted readings decide; the others only show where a "
    "number may come from.",
    key=("claim", "reading", "period_end"),
    columns=(
        _CLAIM,
        Column("reading", "string", "Short name of the reading, unique within its claim.", required=True),
        Column("place", "integer", "1 is closest to the claim's words.", unit="number", required=True, minimum=1),
        Column("part", "string", "The part of the claim that it measures; whole where it has one.", required=True),
        Column("dataset", "string", "The dataset function that it reads.", required=True, pattern="[a-z_]+[.][a-z_]+"),
        Column("tables", "string", "Tables without which it cannot be had, with spaces between.", required=True),
        Column("measure", "string", "Name of the measure.", required=True, pattern="[a-z][a-z0-9_]*"),
        Column("subject", "string", "What is measured: a series, a class, a code, or parts of one.", required=True),
        Column("first_day", "date", "First day of the window.", required=True),
        Column("last_day", "date", "Last day of the window.", required=True),
        Column("rule", "string", "How a value is held against the threshold.", required=True, enum=RULES),
        Column(
            "threshold",
            "number",
            "The level that the claim names or implies; a percentile where it comes from the own past.",
            unit="as in column unit",
            required=True,
        ),
        Column("threshold_from", "string", "Where the threshold comes from.", required=True, enum=THRESHOLDS),
        Column("width", "number", "For near: how far the claim's words reach on either side.", unit="same", minimum=0),
        Column("unit", "string", "Unit of the measured value.", required=True),
        Column(
            "tolerance",
            "number",
            "Noise of the measurement on either side; empty where the measure brings its own.",
            unit="same",
            minimum=0,
        ),
        Column("tolerance_from", "string", "What the noise is: rounding, sampling, staleness, bounds.", required=True),
        Column("admitted", "string", "Whether the reading counts.", required=True, enum=("yes", "no")),
        Column("because", "string", "Why it counts or does not.", required=True),
        Column("leaves_out", "string", "Investor classes that a sum leaves out, with spaces between."),
        Column("words", "string", "The reading for a reader.", required=True),
        _DECIDED,
    ),
    publisher=LEDGER,
    page=LEDGER_PAGE,
    terms=(OWN,),
    frequency="irregular",
    release_rule="within_days:0",
    vintage="latest",
    export="yes",
    notes=("Written by hand: change a window, a rule or a tolerance here and run the notebook of claims again.",),
)


FIRST_EDITION = replace(
    CLAIMS,
    name="first_edition",
    title="What the first edition of this collection said, and this one overturns",
    description="Two verdicts of the first edition as claims, in a ledger of their own: an example of another ledger. "
    "published_at is the moment of the first edition; decided_on says when the row was written.",
)
FIRST_EDITION_READINGS = replace(
    CLAIM_READINGS, name="first_edition_readings", title="Readings of what the first edition said"
)


def claims(_: Figures) -> Table:
    """The claims as they stand in the data folder."""
    return _kept(CLAIMS)


def claim_readings(_: Figures) -> Table:
    """Their readings as they stand in the data folder."""
    return _kept(CLAIM_READINGS)


def first_edition(_: Figures) -> Table:
    """Two verdicts of the first edition."""
    return _kept(FIRST_EDITION)


def first_edition_readings(_: Figures) -> Table:
    """Their readings."""
    return _kept(FIRST_EDITION_READINGS)


def _kept(about: About) -> Table:
    columns = columns_in_order(about)
    texts = {column.name: "str" for column in columns if column.type == "string"}
    frame = pd.read_csv(DATA / f"{about.name}.csv", dtype=texts, keep_default_na=False, na_values=[""])
    for column in columns:
        if column.type == "date":
            frame[column.name] = pd.to_datetime(frame[column.name])
        elif column.type == "datetime":
            frame[column.name] = pd.to_datetime(frame[column.name]).dt.tz_convert("Asia/Tokyo")
    return finish(about, frame)
