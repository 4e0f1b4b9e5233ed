"""A new notebook in the house form: it runs at once, and each of its cells is an example to write over."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jpresearch import folders
from jpresearch.batch.plan.notebooks import collection
from jpresearch.errors import CallError, DataError
from jpresearch.files import write_atomically

NAME: Final = re.compile(r"(?P<number>\d\d_)?(?P<words>[a-z][a-z0-9_]*)")
TABLES: Final = ("investor_flows", "market_daily")

QUESTION: Final = """\
# {title}

What is asked, in one sentence? What would count as an answer, in another?
"""
PARAMETERS: Final = """\
as_of: "Optional[str]" = None  # read the data as it stood at the end of this day, YYYY-MM-DD
start: str = "2012-01-01"  # first survey week used, YYYY-MM-DD
investor: str = "foreigners"  # class of investor followed
weeks: int = 104  # newest weeks shown
"""
IMPORTS: Final = """\
from jpresearch import charts, publish, say, tables
from jpresearch.datasets import flows, market
from jpresearch.names import label
from jpresearch.say.selection import covers
from jpresearch.stats.regression import newey_west
"""
EVIDENCE: Final = """\
## The newest week

Say what the reader is about to see and why it matters. Numbers and verdicts come from the cells, never from this text.
"""
SHAPE: Final = """\
net = flows.weekly(as_of, [investor], start=start)
shown = net.dropna().tail(weeks)
newest = shown[investor].iloc[-1]
weekly = net.join(market.weekly(as_of, start=start)["topix_pct"])
"""
FIGURE: Final = """\
traded = {"up": "bought a net {}", "down": "sold a net {}", "unclear": "neither bought nor sold on balance"}
title = f"{label(investor)} {say.by_sign(newest, **traded, of=net)} in {covers(shown)}"
publish.figure("weekly_net", charts.bars(shown[investor], title=title, highlight=1), lead=True)
publish.finding(f"{title}.", figure="weekly_net", lead=True)
publish.metric("newest_net", newest, label="Net, newest week", unit=say.unit(shown), lead=True)
"""
ESTIMATE: Final = """\
## Do they move the index?

Least squares with Newey-West errors; every estimate carries its interval, unit and sample.
"""
MEASURE: Final = """\
step = 100
per = say.per(step, of=net)
before = weekly[[investor]].shift(1)
same_week = newey_west(weekly["topix_pct"], weekly[[investor]])[investor].scaled(100 * step, "bp")
week_after = newey_west(weekly["topix_pct"], before)[investor].scaled(100 * step, "bp")
repeated = newey_west(weekly[investor], before)[investor].scaled(100, "%")
publish.tested("Do flow and TOPIX move together in a week?", same_week)
publish.tested("Does flow predict TOPIX a week later?", week_after)
publish.metric("same_week_bp", same_week, label=f"TOPIX {per}, same week", lead=True)
publish.metric("week_after_bp", week_after, label=f"TOPIX {per}, week after", lead=True)
publish.metric("repeated_pct", repeated, label="Flow that recurs the week after", lead=True)
"""
FINDINGS: Final = """\
moves = {"up": "is {:ci} higher", "down": "is {:ci} lower", "unclear": "shows no significant move, {:ci},"}
lasts = {"up": "{:ci} recurs", "down": "{:ci} is reversed", "unclear": "no significant part ({:ci}) recurs"}
publish.finding(f"TOPIX {say.by_sign(same_week, **moves)} in the week, {per} of net purchases.", lead=True)
publish.finding(f"TOPIX {say.by_sign(week_after, **moves)} the week after, {per} of net purchases.", lead=True)
publish.finding(f"Of a week's net purchases {say.by_sign(repeated, **lasts)} the week after.", lead=True)
"""
ANSWER: Final = """\
## Answer

One sentence that a reader could repeat on the phone, with its limit.
"""
CONCLUSION: Final = """\
together = say.by_sign(same_week, up="rises {:ci}", down="falls {:ci}", unclear="moves an insignificant {:ci}")
ahead = say.by_sign(week_after, up="predict a rise", down="predict a fall", unclear="do not predict the move")
traders = label(investor).lower()
publish.answer(f"TOPIX {together} {per} that {traders} buy in the week; purchases {ahead} a week later.")
"""
APPENDIX: Final = """\
## Appendix

All tests, with p-values adjusted for how many questions were asked.
"""
SOURCES: Final = """\
publish.sources(tables.sources("investor_flows", "market_daily", as_of=as_of))
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
        _code(IMPORTS),
        _text(EVIDENCE),
        _code(SHAPE),
        _code(FIGURE),
        _text(ESTIMATE),
        _code(MEASURE),
        _code(FINDINGS),
        _text(ANSWER),
        _code(CONCLUSION),
        _text(APPENDIX),
        _code("publish.family()"),
        _text("## Sources\n"),
        _code(SOURCES),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number:02d}"
    return {"cells": cells, "metadata": _metadata(title), "nbformat": 4, "nbformat_minor": 5}


def _metadata(title: str) -> dict[str, Any]:
    metrics = ["newest_net", "same_week_bp", "week_after_bp", "repeated_pct"]
    publishes = {"figures": ["weekly_net"], "metrics": metrics, "tables": ["tests"]}
    return {
        "jpresearch": {"optional": [], "publishes": publishes, "requires": list(TABLES), "title": title},
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
