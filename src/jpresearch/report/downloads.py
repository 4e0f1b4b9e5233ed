"""What a reader takes from a figure or table: its data as CSV, a name for the files, a caption with its source."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jpresearch.record import Job
from jpresearch.report import data, reading
from jpresearch.report.phrases import phrase
from jpresearch.report.siblings import short_name
from jpresearch.report.sources import owners

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
SIGNS: Final = re.compile(r"[^\w.]+|_+")
LONGEST: Final = 100
# Letters of a drawing in lines; packed it has no more than a payload may.
LARGEST_DRAWING: Final = 1_000_000


def of_figure(figure: Mapping[str, Any], job: Job, label: str, picture: str = "") -> dict[str, Any]:
    """Files, caption and points of a published figure, as the template prints them; ``picture`` is its address."""
    kept = withheld(figure)
    csv = None if kept else data.csv_of_figure(figure)
    found = _links(figure, picture) if job.static else _read(figure)
    return {
        **{name: part for name, part in found.items() if name == "png" or not kept},
        "csv": data.link(csv) if csv else "",
        "withheld": _whose(figure, job),
        "file": file_name(job, figure["name"], _newest_of_figure(figure)),
        "cite": caption(label, figure.get("title") or figure["alt"], figure.get("source"), job),
    }


def of_table(table: Mapping[str, Any], job: Job) -> dict[str, str]:
    """The CSV of a published table and a name for it."""
    days = (str(cell)[:10] for row in table["rows"] for cell in row if isinstance(cell, str))
    return {
        "csv": "" if withheld(table) else data.link(data.csv_of_table(table)),
        "withheld": _whose(table, job),
        "file": file_name(job, table["name"], max(filter(DAY.fullmatch, days), default="")),
    }


def withheld(content: Mapping[str, Any]) -> bool:
    """Whether the data of a published figure or table stay at the desk: they hold figures that leave as pictures only.

    Raises nothing: an output of before, which does not say so, is taken as one that holds none.
    """
    return bool(content.get("levels"))


def _whose(content: Mapping[str, Any], job: Job) -> str:
    return phrase("withheld", job.lang, owners=owners(content["levels"])) if withheld(content) else ""


def _read(figure: Mapping[str, Any]) -> dict[str, Any]:
    """What the script reads: points, those of the drawing for phones, the drawing in lines."""
    found = {"points": reading.points(figure.get("points")), "svg": figure.get("svg") or ""}
    phone = figure.get("phone")
    return found | {"phone_points": reading.points(phone.get("points"))} if phone else found


def _links(figure: Mapping[str, Any], picture: str) -> dict[str, str]:
    """Plain links to the picture and the drawing in lines, for a page without script: each holds its file once more."""
    lines = drawing(figure.get("svg") or "")
    png = picture if picture.startswith("data:image/png;") else ""
    return {"png": png, "svg_link": data.picture_link(lines, data.SVG) if lines else ""}


def drawing(packed: str) -> str:
    """The drawing in lines of a figure's payload; empty where it has none or it cannot be unpacked."""
    try:
        unpacker = zlib.decompressobj()
        lines = unpacker.decompress(base64.b64decode(packed, validate=True), LARGEST_DRAWING)
        return lines.decode("utf-8") if unpacker.eof else ""
    except (ValueError, zlib.error):
        return ""


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
