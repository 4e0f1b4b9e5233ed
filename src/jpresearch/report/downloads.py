"""What a reader takes from a figure or table: its data as CSV, a name for the files, a caption with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jpresearch.record import Job
from jpresearch.report import data, reading
from jpresearch.report.phrases import phrase
from jpresearch.report.siblings import short_name

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
SIGNS: Final = re.compile(r"[^\w.]+|_+")
LONGEST: Final = 100


def of_figure(figure: Mapping[str, Any], job: Job, label: str) -> dict[str, Any]:
    """Files, caption and points of a published figure, as the template prints them."""
    csv = data.csv_of_figure(figure)
    phone = figure.get("phone") or {}
    shown = {} if job.static else {"points": reading.points(figure.get("points"))}
    if shown and shown["points"]:
        shown["phone_points"] = reading.points(phone.get("points"))
    return {
        **shown,
        "csv": data.link(csv) if csv else "",
        "file": file_name(job, figure["name"], _newest_of_figure(figure)),
        "cite": caption(label, figure.get("title") or figure["alt"], figure.get("source"), job),
    }


def of_table(table: Mapping[str, Any], job: Job) -> dict[str, str]:
    """The CSV of a published table and a name for it."""
    days = (str(cell)[:10] for row in table["rows"] for cell in row if isinstance(cell, str))
    return {
        "csv": data.link(data.csv_of_table(table)),
        "file": file_name(job, table["name"], max(filter(DAY.fullmatch, days), default="")),
    }


def file_name(job: Job, name: str, newest: str = "") -> str:
    """``01-weekly-net-2026-09-25``: number of the notebook, name, newest day of the data; no ending.

    Where the data have no day it is the newest period of the tables that the notebook read.
    """
    number = re.match(r"\d+(?=_)", job.notebook)
    first = number.group() if number else job.notebook
    read = max((table.newest_period or "" for table in job.tables), default="")
    day = newest or (read if DAY.fullmatch(read) else "")
    parts = (SIGNS.sub("-", part).strip("-.") for part in (first[:LONGEST], name[:LONGEST], day))
    return "-".join(part for part in parts if part) or "data"


def caption(label: str, words: str, source: str | None, job: Job) -> str:
    """A line to put under the figure elsewhere: number, title, source, and where it comes from."""
    said = f"{label}: {words.rstrip('.')}."
    prefix = phrase("source", job.lang, source="")
    from_whom = source.removeprefix("Source:").strip() if source else ""
    told = f" {prefix}{from_whom.rstrip('.')}." if from_whom else ""
    return f"{said}{told} jpresearch, {short_name(job.notebook)}."


def _newest_of_figure(figure: Mapping[str, Any]) -> str:
    return max(_days(figure), default="")


def _days(figure: Mapping[str, Any]) -> Iterator[str]:
    """The days of a figure's data, else of its points."""
    found = data.of_figure(figure)
    if found is not None:
        for row in found.rows:
            yield from (str(cell)[:10] for cell in row if DAY.fullmatch(str(cell)[:10]))
    for series in figure.get("points") or ():
        yield from (str(x) for x in series.get("x") or () if DAY.fullmatch(str(x)))
