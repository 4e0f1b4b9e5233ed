"""What there is to take out of a run: the answer, lead findings and figures of each report, read from its notebook."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jpresearch import light_imports, payloads, record
from jpresearch.errors import CallError, DataError, UnknownName
from jpresearch.record import Finding, Job, Metric, Run, Status
from jpresearch.report.history import day_of
from jpresearch.report.notices import failure_sentence
from jpresearch.report.outputs import outputs
from jpresearch.report.published import Published, collect
from jpresearch.report.siblings import short_name
from jpresearch.report.sources import publishers, source_lines

PNG: Final = "image/png"
# What nbformat raises at a file that is no notebook.
MALFORMED: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
GOOD: Final = (Status.SUCCEEDED, Status.REUSED)


@dataclass(frozen=True)
class Shown:
    """A figure: its payload, and its picture as PNG (empty where the notebook has it in another form)."""

    payload: Mapping[str, Any]
    picture: bytes

    @property
    def name(self) -> str:
        """The figure's name, unique in its notebook."""
        return str(self.payload["name"])

    @property
    def alt(self) -> str:
        """The finding in words, for readers who cannot see it."""
        return str(self.payload["alt"])

    @property
    def title(self) -> str:
        """The figure's title; empty where it has none of its own."""
        return str(self.payload.get("title") or "")


@dataclass(frozen=True)
class Report:
    """One report of the run, as far as it can leave."""

    job: Job
    day: str
    published: Published
    figures: Mapping[str, Shown]
    publishers: str

    @property
    def name(self) -> str:
        """``01 Foreign flows``."""
        return short_name(self.job.notebook)

    @property
    def answer(self) -> str:
        """The answer; the first conclusion where an older form has none."""
        return self.published.answer or next(iter(self.job.conclusions), "")

    @property
    def leads(self) -> list[Finding]:
        """The lead findings, in order."""
        return [finding for finding in self.published.findings if finding.lead]

    @property
    def lead_figure(self) -> Shown | None:
        """The figure that stands beside the answer, else the first."""
        named = self.figures.get(self.published.lead_figure or "")
        return named or next(iter(self.figures.values()), None)

    @property
    def lead_figures(self) -> list[Shown]:
        """The figures of the first screen: beside the answer, then those that lead findings point to; each once."""
        names = [self.published.lead_figure or "", *(finding.figure or "" for finding in self.leads)]
        found = [self.figures[name] for name in dict.fromkeys(names) if name in self.figures]
        lead = self.lead_figure
        return found or ([lead] if lead is not None else [])

    def metrics_of(self, finding: Finding) -> list[Metric]:
        """The metrics that a finding states."""
        return [self.published.metrics[name] for name in finding.metrics if name in self.published.metrics]

    def source_of(self, figure: Shown | None) -> str:
        """Where a figure's values come from, without a leading ``Source:``; the report's publishers where unsaid."""
        said = str((figure.payload.get("source") if figure else None) or self.publishers)
        return said.removeprefix("Source:").removeprefix("出所：").strip()


@dataclass(frozen=True)
class Content:
    """The reports of a run that leave together, in reading order; ``left_out`` says of each other job why not."""

    run: Run
    folder: Path
    reports: Sequence[Report]
    left_out: Sequence[str] = field(default_factory=tuple)

    @property
    def lang(self) -> str:
        """The language of the frame."""
        return self.reports[0].job.lang

    @property
    def day(self) -> str:
        """The newest day that a report speaks of (ISO)."""
        return max(report.day for report in self.reports)

    @property
    def whole(self) -> bool:
        """Whether more than one report leaves."""
        return len(self.reports) > 1


def read(folder: Path, names: Sequence[str] = ()) -> Content:
    """The reports of the run in ``folder``: those of the notebooks named, by name or number, else all.

    Of a notebook that ran at several days the newest counts; a job's own name asks for one of the others.

    Raises
    ------
    UnknownName : the run has no such notebook; lists those it has.
    CallError : a run that is still going on.
    DataError : a record or notebook that cannot be read, a named notebook that did not succeed, or nothing to export.
    """
    run = record.read(folder)
    if run.ended_at is None:
        raise CallError("the run is still going on", run.id, "Wait for its end, or name another run.")
    wanted = [_named(name, run) for name in names]
    jobs = list(dict.fromkeys(wanted)) if wanted else _one_each(run)
    good = [number for number in jobs if run.jobs[number].status in GOOD]
    left = [_why_not(run.jobs[number]) for number in jobs if number not in good]
    if not good or (names and left):
        raise DataError("; ".join(left) or "the run has no reports", run.id, "Run it again, or name other notebooks.")
    if not names and len(run.jobs) > len(jobs):
        left.append(f"{len(run.jobs) - len(jobs)} jobs at other days or parameters; name one to export it")
    return Content(run, folder, [_report(run.jobs[number], run, folder) for number in good], tuple(left))


def _named(name: str, run: Run) -> int:
    """The place of a job by its own name, its notebook's, or the notebook's number."""
    plain = name.removesuffix(".ipynb")
    for number, job in enumerate(run.jobs):
        if job.name == plain:
            return number
    notebooks = list(dict.fromkeys(job.notebook for job in run.jobs))
    meant = [each for each in notebooks if plain in (each, each.split("_")[0])]
    if len(meant) != 1:
        raise UnknownName.of("notebook of this run", name, list(dict.fromkeys(job.name for job in run.jobs)), run.id)
    return _newest(meant[0], run)


def _one_each(run: Run) -> list[int]:
    return [_newest(notebook, run) for notebook in sorted({job.notebook for job in run.jobs})]


def _newest(notebook: str, run: Run) -> int:
    """The newest of a notebook's jobs that went well; of equal days the first."""
    own = [number for number, job in enumerate(run.jobs) if job.notebook == notebook]
    return max(own, key=lambda number: (run.jobs[number].status in GOOD, day_of(run.jobs[number], run), -number))


def _why_not(job: Job) -> str:
    said = failure_sentence(job) if job.status.bad else f"it was {job.status.value.replace('_', ' ')}"
    return f"{job.name}: {said}"


def _report(job: Job, run: Run, folder: Path) -> Report:
    file = folder / (job.executed_notebook or f"{job.name}.ipynb")
    published = collect(_read(file))
    lines = source_lines(job, published.sources)
    return Report(job, day_of(job, run), published, _figures(published), publishers(lines))


def _read(file: Path) -> Any:
    nbformat = light_imports.nbformat()
    try:
        return nbformat.read(file, as_version=4)
    except (OSError, *MALFORMED, nbformat.ValidationError) as error:
        raise DataError(f"the executed notebook cannot be read: {error}", str(file), "Run it again.") from error


def _figures(published: Published) -> dict[str, Shown]:
    found = {}
    for output in outputs(published.notebook):
        payload = output.get("data", {}).get(payloads.FIGURE)
        if payload is not None:
            found[str(payload["name"])] = Shown(payload, _png(output["data"].get(PNG)))
    return found


def _png(text: str | None) -> bytes:
    """The picture's bytes; none where they are not those of a PNG."""
    try:
        content = base64.b64decode(text or "", validate=False)
    except (ValueError, binascii.Error):
        return b""
    return content if content.startswith(b"\x89PNG\r\n\x1a\n") else b""
