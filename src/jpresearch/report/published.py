"""What an executed notebook published, read from its outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jpresearch import payloads
from jpresearch.record import Metric
from jpresearch.report.outputs import bad_outputs, checked, outputs


@dataclass(frozen=True)
class Published:
    """Figures, tables and metrics by name in order of appearance, takeaways, notes of the tables read, sources.

    ``notebook`` is the notebook with its outputs checked, ``bad`` what was refused of them.
    """

    notebook: Any = None
    bad: list[payloads.Bad] = field(default_factory=list)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    takeaways: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)


def collect(notebook: Any) -> Published:
    """Everything that the notebook (an nbformat node, also of a run that failed) published."""
    clean = checked(notebook)
    found = Published(notebook=clean, bad=bad_outputs(clean))
    for output in outputs(clean):
        data = output.get("data", {})
        if payloads.FIGURE in data:
            found.figures[data[payloads.FIGURE]["name"]] = data[payloads.FIGURE]
        elif payloads.TABLE in data:
            found.tables[data[payloads.TABLE]["name"]] = data[payloads.TABLE]
        elif payloads.METRIC in data:
            found.metrics[data[payloads.METRIC]["name"]] = Metric.model_validate(data[payloads.METRIC])
        elif payloads.TAKEAWAY in data:
            found.takeaways.append(data[payloads.TAKEAWAY]["text"])
        elif payloads.NOTE in data and data[payloads.NOTE] not in found.notes:
            found.notes.append(dict(data[payloads.NOTE]))
        elif payloads.SOURCES in data:
            found.sources.extend(dict(row) for row in data[payloads.SOURCES]["rows"])
    return found
