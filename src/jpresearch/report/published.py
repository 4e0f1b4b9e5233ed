"""What an executed notebook published, read from its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jpresearch import payloads
from jpresearch.record import Finding, Metric
from jpresearch.report.outputs import bad_outputs, checked, outputs


@dataclass(frozen=True)
class Published:
    """Answer, findings, figures, tables and metrics by name in order of appearance, notes of the tables read, sources.

    ``answers`` has one payload at most, ``findings`` are as the record keeps them, with the metrics that each states.
    ``notebook`` is the notebook with its outputs checked, ``bad`` what was refused of them.
    """

    notebook: Any = None
    bad: list[payloads.Bad] = field(default_factory=list)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    takeaways: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)

    @property
    def answer(self) -> str | None:
        """The answer's text."""
        return str(self.answers[0]["text"]) if self.answers else None

    @property
    def lead_figure(self) -> str | None:
        """The name of the figure that stands beside the answer."""
        return next((name for name, figure in self.figures.items() if figure.get("lead")), None)


def collect(notebook: Any) -> Published:
    """Everything that the notebook (an nbformat node, also of a run that failed) published."""
    clean = checked(notebook)
    found = Published(notebook=clean, bad=bad_outputs(clean))
    said: list[dict[str, Any]] = []
    marks: dict[int, str] = {}
    for output in outputs(clean):
        data = output.get("data", {})
        if payloads.FIGURE in data:
            found.figures[data[payloads.FIGURE]["name"]] = data[payloads.FIGURE]
        elif payloads.TABLE in data:
            found.tables[data[payloads.TABLE]["name"]] = data[payloads.TABLE]
        elif payloads.METRIC in data:
            metric = data[payloads.METRIC]
            found.metrics[metric["name"]] = Metric(**metric)
            marks |= {metric["mark"]: metric["name"]} if metric.get("mark") is not None else {}
        elif payloads.ANSWER in data:
            found.answers.append(dict(data[payloads.ANSWER]))
        elif payloads.FINDING in data:
            said.append(data[payloads.FINDING])
        elif payloads.TAKEAWAY in data:
            found.takeaways.append(data[payloads.TAKEAWAY]["text"])
        elif payloads.NOTE in data and data[payloads.NOTE] not in found.notes:
            found.notes.append(dict(data[payloads.NOTE]))
        elif payloads.SOURCES in data:
            found.sources.extend(dict(row) for row in data[payloads.SOURCES]["rows"])
    found.findings.extend(_finding(payload, marks, found.metrics) for payload in said)
    return found


def _finding(payload: Mapping[str, Any], marks: Mapping[int, str], metrics: Mapping[str, Metric]) -> Finding:
    """A finding with the metrics that it states: those named, and those published later under the same mark."""
    named = (link.get("metric") or marks.get(link.get("mark")) for link in payload["links"])
    stated = list(dict.fromkeys(name for name in named if name is not None and name in metrics))
    kept = {key: payload[key] for key in ("text", "lead", "figure", "typed")}
    return Finding(**kept, metrics=stated)
