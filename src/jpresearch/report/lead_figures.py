"""The lead figures of a report in two runs, from the executed notebooks in the runs' folders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from jpresearch import payloads
from jpresearch.payloads import Refused
from jpresearch.record import Job
from jpresearch.report.comparison import Comparison
from jpresearch.report.data import SVG, picture_link
from jpresearch.report.downloads import withheld
from jpresearch.report.outputs import BASE64, PICTURES

# Characters that one picture and all of them may take in a comparison, which stays one file that mail can carry.
LARGEST: Final = 500_000
BUDGET: Final = 2_500_000


class Picture(NamedTuple):
    """A figure as an address that holds it, and what it shows in words."""

    address: str
    alt: str


class Sides(NamedTuple):
    """The lead figure before and after; ``None`` where a run has none that can be shown."""

    before: Picture | None
    after: Picture | None


def lead_figures(found: Comparison, before: Path | None, after: Path | None) -> dict[str, Sides]:
    """The lead figures of the reports that changed, by the name of the job, as long as the budget lasts.

    Parameters
    ----------
    found : the two runs and what differs.
    before, after : the runs' folders; a run without one has no figures.
    """
    sides: dict[str, Sides] = {}
    left = BUDGET
    for change in found.jobs:
        if change.same:
            continue
        pair = Sides(picture(change.before, before), picture(change.after, after))
        size = sum(len(each.address) for each in pair if each is not None)
        if size <= left and pair.before != pair.after:
            left -= size
            sides[change.name] = pair
    return sides


def picture(job: Job, folder: Path | None) -> Picture | None:
    """The lead figure of a job; ``None`` where it has none, or the notebook cannot be read or holds no such picture."""
    if folder is None or not job.lead_figure or not job.executed_notebook:
        return None
    file = folder / Path(job.executed_notebook).name
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return next((found for data in _outputs(content) if (found := _shown(data, job.lead_figure))), None)


def _outputs(content: Any) -> Iterator[Mapping[str, Any]]:
    """The data of every output; whatever does not have the form of a notebook is passed over."""
    cells = content.get("cells") if isinstance(content, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for output in outputs if isinstance(outputs, list) else []:
            data = output.get("data") if isinstance(output, dict) else None
            if isinstance(data, dict):
                yield data


def _shown(data: Mapping[str, Any], name: str) -> Picture | None:
    if payloads.FIGURE not in data:
        return None
    try:
        figure = payloads.checked(payloads.FIGURE, data[payloads.FIGURE])
    except Refused:
        return None
    media = next((kind for kind in PICTURES if kind in data), None)
    # What stays at the desk leaves as a picture of dots only: a drawing in lines holds its values.
    if figure["name"] != name or media is None or (media == SVG and withheld(figure)):
        return None
    lines = data[media]
    content = "".join(map(str, lines)) if isinstance(lines, list) else str(lines)
    if len(content) > LARGEST or (media != SVG and not BASE64.fullmatch(content)):
        return None
    return Picture(picture_link(content, media), str(figure["alt"]))
