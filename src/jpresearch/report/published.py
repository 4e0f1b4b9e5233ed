"""What an executed notebook published, read from its outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jpresearch import publish
from jpresearch.record import Metric


@dataclass(frozen=True)
class Published:
    """Figures, tables and metrics by name in order of appearance, takeaways, notes of the tables read, sources."""

    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    takeaways: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)


def collect(notebook: Any) -> Published:
    """Everything that the notebook (an nbformat node, also of a run that failed) published."""
    found = Published()
    for output in outputs(notebook):
        data = output.get("data", {})
        if publish.FIGURE in data:
            found.figures[data[publish.FIGURE]["name"]] = data[publish.FIGURE]
        elif publish.TABLE in data:
            found.tables[data[publish.TABLE]["name"]] = data[publish.TABLE]
        elif publish.METRIC in data:
            found.metrics[data[publish.METRIC]["name"]] = Metric.model_validate(data[publish.METRIC])
        elif publish.TAKEAWAY in data:
            found.takeaways.append(data[publish.TAKEAWAY]["text"])
        elif publish.NOTE in data and data[publish.NOTE] not in found.notes:
            found.notes.append(dict(data[publish.NOTE]))
        elif publish.SOURCES in data:
            found.sources.extend(dict(row) for row in data[publish.SOURCES]["rows"])
    return found


def outputs(notebook: Any) -> Iterator[Any]:
    """All outputs of all code cells in order."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from cell.get("outputs", [])
