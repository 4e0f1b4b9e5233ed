"""The ledger of claims: two tables that are written by hand in the data folder; here they are only described and kept.

Unlike all other tables they are no publisher's figures: they say which claims the collection tests, and how. Whoever
disagrees with a window or a tolerance changes it there.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tools.seed.figures import Figures
from tools.seed.model import About, Column, Table, columns_in_order, finish
from tools.seed.sources import LEDGER, LEDGER_PAGE, OWN

DATA = Path(__file__).resolve().parents[2] / "data"
RULES = ("at_least", "at_most", "above", "below", "near")
ROLES = ("headline", "other", "origin")

_CLAIM = Column("claim", "integer", "Number of the claim.", unit="number", required=True, minimum=1)

CLAIMS = About(
    name="claims",
    title="Claims made of Japanese equities in late summer 2025, and the test of each",
    description="Claims found in commentary, in this project's own words, with the rule, threshold and tolerance "
    "fixed before the figures were read.",
    key=("claim", "period_end"),
    columns=(
        _CLAIM,
        Column("topic", "string", "Theme of the claim.", required=True),
        Column("short", "string", "The claim in a few words.", required=True),
        Column("statement", "string", "The claim in a sentence, in this project's own words.", required=True),
        Column("unit", "string", "Unit of the measured value; empty where the data cannot test the claim."),
        Column("rule", "string", "How a value is held against the threshold.", enum=RULES),
        Column("threshold", "number", "The value that the claim names or implies.", unit="as in column unit"),
        Column("tolerance", "number", "How far a value may miss the threshold, in the claim's favour.", unit="same"),
        Column("why", "string", "One sentence: what to know of the verdict, or which table would decide."),
    ),
    publisher=LEDGER,
    page=LEDGER_PAGE,
    terms=(OWN,),
    frequency="irregular",
    release_rule="within_days:0",
    vintage="latest",
    export="yes",
    notes=("Written by hand: change a threshold or a tolerance here and run the notebook of claims again.",),
)

CLAIM_READINGS = About(
    name="claim_readings",
    title="Readings of the claims: measure, subject and window of each",
    description="Every way in which a claim is measured. A headline gives the value; others are defensible too; an "
    "origin only shows where a number may come from.",
    key=("claim", "reading", "period_end"),
    columns=(
        _CLAIM,
        Column("reading", "string", "Short name of the reading, unique within its claim.", required=True),
        Column("role", "string", "What the reading may do for the verdict.", required=True, enum=ROLES),
        Column("measure", "string", "Name of the measure.", required=True, pattern="[a-z][a-z0-9_]*"),
        Column("subject", "string", "What is measured: a series, a class, a code, or parts of one.", required=True),
        Column("first_day", "date", "First day of the window.", required=True),
        Column("last_day", "date", "Last day of the window.", required=True),
        Column("words", "string", "The reading for a reader.", required=True),
    ),
    publisher=LEDGER,
    page=LEDGER_PAGE,
    terms=(OWN,),
    frequency="irregular",
    release_rule="within_days:0",
    vintage="latest",
    export="yes",
    notes=("Written by hand: change a window here and run the notebook of claims again.",),
)


def claims(_: Figures) -> Table:
    """The claims as they stand in the data folder."""
    return _kept(CLAIMS)


def claim_readings(_: Figures) -> Table:
    """Their readings as they stand in the data folder."""
    return _kept(CLAIM_READINGS)


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
