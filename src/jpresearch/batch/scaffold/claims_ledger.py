"""A new ledger of claims: a table of claims and a table of their readings, in the columns of the shipped ones.

Three claims are examples to write over: one whose readings disagree, one in two parts, and one that no figure can test.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from jpresearch import calendars, catalog, folders, transactions
from jpresearch.catalog import Table
from jpresearch.errors import CallError, DataError
from jpresearch.sources.locking import sole_writer
from jpresearch.tables.appending import render

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
SHIPPED: Final = ("claims", "claim_readings")
ENDING: Final = "_readings"

CLAIMS: Final = pd.DataFrame(
    [
        (1, "flows", "Over JPY 400bn sold in two weeks",
         "Foreigners sold more than JPY 400 billion in late August 2025.",
         "Foreigners' cash balance was {two weeks} over two weeks and {last week} in the last of them.",
         "Late August is more than its last week.", "A claim that names its weeks."),
        (2, "prices", "TOPIX up a tenth, more than usual",
         "TOPIX rose by a tenth in the first eight months of 2025, which is more than usual.",
         "TOPIX rose {to the end of August}, and {to its high} to its high of August.",
         "A rise after a fall is remarkable whatever its size.", "A claim that says what is usual."),
        (3, "opinion", "They sold to take profits", "Foreigners sold to take profits.",
         "No figure shows a motive.", "Prices had risen before they sold.",
         "Orders with their reasons, which nobody has."),
    ],
    columns=["claim", "topic", "short", "statement", "reason", "objection", "settle"],
)  # fmt: skip
_FLOW: Final = ("flows.weekly", "investor_flows", "foreign_net", "cash")
_YEAR: Final = ("market.daily", "market_daily", "change", "topix", "2024-12-30")
_EXACT: Final = (0, "exact: published to a hundredth of a point")
READINGS: Final = pd.DataFrame(
    [
        (1, "two weeks", 1, "whole", *_FLOW, "2025-08-18", "2025-08-29",
         "at_most", -400, "words", None, "JPY bn", 0, "exact: published to a million yen", "yes",
         "late August read as its last two survey weeks", "foreigners' cash balance, the two weeks to 29 August"),
        (1, "last week", 2, "whole", *_FLOW, "2025-08-25", "2025-08-29",
         "at_most", -400, "words", None, "JPY bn", 0, "exact: published to a million yen", "yes",
         "late August read as its last survey week", "foreigners' cash balance, the week to 29 August"),
        (2, "to the end of August", 1, "a tenth", *_YEAR, "2025-08-29",
         "near", 10, "words", 0.5, "%", *_EXACT, "yes",
         "the close of the year before to the last of August", "change of TOPIX, 30 December 2024 to 29 August 2025"),
        (2, "to its high", 2, "a tenth", *_YEAR, "2025-08-18",
         "near", 10, "words", 0.5, "%", *_EXACT, "no",
         "eight months do not end in mid-August; it shows how much the day matters", "the same to the high of August"),
        (2, "against a usual stretch", 3, "more than usual", *_YEAR, "2025-08-29",
         "at_least", 75, "own past", None, "%", *_EXACT, "yes",
         "more than usual: in the upper quarter of stretches as long",
         "the same against ten years of stretches as long"),
    ],
    columns=["claim", "reading", "place", "part", "dataset", "tables", "measure", "subject", "first_day", "last_day",
             "rule", "threshold", "threshold_from", "width", "unit", "tolerance", "tolerance_from", "admitted",
             "because", "words"],
).assign(leaves_out="")  # fmt: skip


def create(name: str, title: str | None = None) -> tuple[Path, Path]:
    """Write a ledger with three example claims into the data folder and describe its two tables in the descriptor.

    Parameters
    ----------
    name : the table of claims: small letters, digits and ``_``; its readings are ``name_readings``.
    title : what the claims are; by default the words of the name.

    Returns
    -------
    tuple of Path : the table of claims and that of readings.

    Raises
    ------
    CallError : the name is no name of a table, or is taken.
    UnknownTable : the project has no ledger whose columns it could take.
    SourceError : an update of the data goes on.
    DataError : the files cannot be written; the data are as they were.
    """
    if not NAME.fullmatch(name) or name.endswith(ENDING):
        raise CallError(f"{name!r} is no name for a ledger", next_step="Write it like `desk_views`.")
    shipped = [catalog.table(each) for each in SHIPPED]
    folder = shipped[0].folder
    paths = (folder / f"{name}.csv", folder / f"{name}{ENDING}.csv")
    words = " ".join((title or name.replace("_", " ")).split())
    with sole_writer(folder):
        taken = [path for path in paths if path.exists() or path.stem in catalog.catalog()]
        if taken:
            raise CallError("there is such a table", str(taken[0]), "Choose another name; nothing is overwritten.")
        contents = dict(zip(paths, _tables(shipped, name), strict=True))
        contents[folder / folders.DESCRIPTOR] = _described(shipped, name, words[:1].upper() + words[1:])
        try:
            transactions.replace_together(contents)
        except OSError as error:
            raise DataError(f"the ledger cannot be written: {error.strerror or error}", str(folder)) from error
    return paths


def _tables(shipped: list[Table], name: str) -> list[str]:
    """The examples as texts of the two tables; the claims are made now."""
    now = calendars.now()
    today = now.tz_localize(None).normalize()
    made = {"period_end": today, "period_start": today, "decided_on": today, "published_at": now.floor("s")}
    frames = [frame.assign(**made, grade="stated", source=name) for frame in (CLAIMS, READINGS)]
    days = {column: pd.to_datetime(frames[1][column]) for column in ("first_day", "last_day")}
    return [render(frame, table) for frame, table in zip((frames[0], frames[1].assign(**days)), shipped, strict=True)]


def _described(shipped: list[Table], name: str, title: str) -> str:
    """The descriptor with entries like those of the shipped tables, and the source that the rows name."""
    path = shipped[0].descriptor
    package: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    entries = {entry["name"]: entry for entry in package["resources"]}
    for like, own, words in zip(SHIPPED, (name, f"{name}{ENDING}"), (title, f"{title}: readings"), strict=True):
        changed = {"name": own, "path": f"{own}.csv", "title": words}
        package["resources"].append({**entries[like], **changed})
    source = {"name": name, "title": title, "publisher": "own text", "terms": "Own text: claims and how they are read."}
    package["sources"] = sorted([*package.get("sources", []), source], key=lambda each: str(each["name"]))
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"
