"""A new notebook in the house form: it runs at once, and each of its cells is an example to write over."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jpresearch import folders
from jpresearch.batch.notebooks import collection
from jpresearch.errors import CallError, DataError
from jpresearch.record import write_atomically

NAME: Final = re.compile(r"(?P<number>\d\d_)?(?P<words>[a-z][a-z0-9_]*)")
TABLE: Final = "investor_flows"

QUESTION: Final = """\
# {title}

What is asked, in one sentence? What would count as an answer, in another?
"""
PARAMETERS: Final = """\
as_of: str | None = None  # read the data as it stood at the end of this day, YYYY-MM-DD
investor: str = "foreigners"  # investor class followed
weeks: int = 104  # newest weeks shown
"""
LOAD: Final = """\
from jpresearch import charts, load, publish, tables
from jpresearch.stats.regression import newey_west

flows = load("investor_flows", as_of)
chosen = flows[(flows["market"] == "two_markets") & (flows["investor"] == investor)]
net = chosen.set_index("period_end")["net_jpy_mn"].div(1000).rename("net")
day, newest = net.index[-1], net.iloc[-1]
"""
EVIDENCE: Final = """\
## What the figures show

Say what the figure is about and how it is measured. Figures and verdicts come from the cells, never from this text.
"""
FIGURE: Final = """\
shown = net.tail(weeks)
title = f"{investor.replace('_', ' ').capitalize()}: net purchases of Japanese shares by week"
fig = charts.signed_bars(shown, title=title, unit="net purchases, JPY bn a week", source="JPX", highlight=1)
alt = f"{len(shown)} weeks to {day:%d %B %Y}; in the newest the net was {newest:+,.1f} JPY bn."
publish.figure("weekly_net", fig, alt=alt, data=shown.to_frame())
"""
ESTIMATE: Final = """\
## How certain?

An estimate comes with its interval, and the sentence about it says so where the interval spans zero.
"""
MEASURE: Final = """\
before = net.shift(1).rename("week_before")
slope = newey_west(net, before).estimate("week_before")
publish.metric("newest_net", round(newest, 1), unit="JPY bn")
publish.metric("persistence", slope.value, unit="of the week before", low=slope.low, high=slope.high)
"""
CONCLUSION: Final = """\
certain = "the interval covers zero: nothing certain lasts" if slope.covers_zero else "flows last into the next week"
interval = f"95% interval {slope.low:.2f} to {slope.high:.2f}"
publish.takeaway(f"In the week to {day:%d %B %Y} {investor} dealt for a net {newest:+,.1f} JPY bn.")
publish.takeaway(f"Of a net flow {slope.value:.2f} recurs in the week after ({interval}); {certain}.")
"""
SOURCES: Final = """\
publish.sources(tables.sources("investor_flows", as_of=as_of))
"""


def create(name: str, title: str | None = None) -> Path:
    """Write a new notebook into the notebooks folder and return its path.

    Parameters
    ----------
    name : file name without ending: small letters, digits and ``_``; without a number it gets the next one.
    title : the notebook's title; by default the words of its name.

    Raises
    ------
    CallError : the name is no file name of the collection, or is taken.
    DataError : the folder cannot be written.
    """
    path = folders.notebooks() / f"{_numbered(name)}.ipynb"
    if path.exists():
        raise CallError("there is such a notebook", str(path), "Choose another name; nothing is overwritten.")
    heading = " ".join((title or "").split()) or _heading(path.stem)
    try:
        write_atomically(path, json.dumps(notebook(heading), indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise DataError(f"the notebook cannot be written: {error.strerror}", str(path)) from error
    return path


def notebook(title: str) -> dict[str, Any]:
    """The notebook as JSON of format 4.5."""
    cells = [
        _text(QUESTION.format(title=title)),
        _code(PARAMETERS, ["parameters"]),
        _code(LOAD),
        _text(EVIDENCE),
        _code(FIGURE),
        _text(ESTIMATE),
        _code(MEASURE),
        _text("## Takeaways\n"),
        _code(CONCLUSION),
        _text("## Sources\n"),
        _code(SOURCES),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number:02d}"
    return {"cells": cells, "metadata": _metadata(title), "nbformat": 4, "nbformat_minor": 5}


def _metadata(title: str) -> dict[str, Any]:
    publishes = {"figures": ["weekly_net"], "metrics": ["newest_net", "persistence"], "tables": []}
    return {
        "jpresearch": {"optional": [], "publishes": publishes, "requires": [TABLE], "title": title},
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def _numbered(name: str) -> str:
    """The name with a number in front: its own, or the one after the highest in the collection."""
    fits = NAME.fullmatch(name.removesuffix(".ipynb"))
    if fits is None:
        raise CallError(
            f"{name!r} is no name for a notebook", next_step="Write it like `bank_yields` or `09_bank_yields`."
        )
    if fits["number"]:
        return fits.group()
    numbers = [int(path.stem[:2]) for path in collection() if path.stem[:2].isdigit()]
    return f"{max(numbers, default=0) + 1:02d}_{fits['words']}"


def _heading(stem: str) -> str:
    fits = NAME.fullmatch(stem)
    words = (fits["words"] if fits else stem).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": _lines(source)}


def _code(source: str, tags: Sequence[str] = ()) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "id": "", "metadata": metadata}
    return cell | {"outputs": [], "source": _lines(source)}


def _lines(source: str) -> list[str]:
    return source.strip("\n").splitlines(keepends=True)
