"""Past runs of a folder of reports: found by name, and summed up for indices without reading every record again."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from jpresearch import clock, record
from jpresearch.errors import BadParameter, CallError, DataError
from jpresearch.files import plain_text
from jpresearch.record import Job, Metric, Run
from jpresearch.report.lead import named
from jpresearch.report.past_run import CACHE, KEPT, PastJob, PastRun, Stamp, read_cache, stamp_of, to_keep, write_cache
from jpresearch.report.printed_numbers import number

LATEST: Final = "latest"
PREVIOUS: Final = "previous"
RUN_ID: Final = re.compile(r"\d{8}-\d{6}-[0-9a-f]+")
# A batch with more jobs has its own index by day; it is not the past of single pages.
DETAILED_JOBS: Final = 30
KEPT_METRICS: Final = 6
KEPT_TAKEAWAY: Final = 400
KEPT_FINDINGS: Final = 5
LISTED: Final = 5
# This run, the one before it, and what else the index of all runs leads with; a record of a thousand jobs takes 100 MB.
KEPT_RECORDS: Final = 4
SMALL_BYTES: Final = 2_000_000
MINUTE: Final = len("YYYY-MM-DDTHH:MM")
GOOD: Final = (record.Status.SUCCEEDED.value, record.Status.REUSED.value)

_closed: dict[Path, tuple[Stamp, Run]] = {}


def run_folders(reports: Path) -> list[Path]:
    """The folders of runs in ``reports``, newest first. Names are run ids, which sort by their moment."""
    try:
        found = [path for path in reports.iterdir() if RUN_ID.fullmatch(path.name) and not path.is_symlink()]
    except OSError:
        return []
    return sorted((path for path in found if _has_record(path)), key=_age, reverse=True)


def _has_record(folder: Path) -> bool:
    """Whether there is a record; in a folder of somebody else that lets nobody in there is none for us."""
    return stamp_of(folder) is not None


def find(name: str, reports: Path) -> Path:
    """The folder of the run called ``name``.

    Parameters
    ----------
    name : ``latest``, ``previous``, a run id, the unique beginning of one, or the path of a run's folder.
    reports : folder that holds runs.

    Raises
    ------
    CallError : no run has this name, or several begin with it; the message lists runs that can be meant.
    """
    if name in (LATEST, PREVIOUS):
        return _pointed(name, reports)
    folders = run_folders(reports)
    named = [folder for folder in folders if folder.name == name] or [
        folder for folder in folders if name and folder.name.startswith(name)
    ]
    if len(named) == 1:
        return named[0]
    if named:
        raise CallError(f"{len(named)} runs begin with {name!r}", next_step=_newest(named))
    path = Path(name)
    if _has_record(path):
        return path.resolve()
    raise CallError(f"unknown run {name!r}", str(reports), _newest(folders))


def read(folder: Path) -> Run:
    """The record of the run in ``folder``, not to be changed: a closed one is read once while its file stays the same.

    Raises
    ------
    DataError : there is none, or it cannot be read.
    """
    stamp = stamp_of(folder)
    known = _closed.get(folder)
    if known is not None and known[0] == stamp:
        return known[1]
    found = record.read(folder)
    if found.ended_at is not None and stamp is not None and stamp[1] <= SMALL_BYTES:
        _closed[folder] = (stamp, found)
        for oldest in list(_closed)[:-KEPT_RECORDS]:
            del _closed[oldest]
    return found


def past_runs(reports: Path) -> list[PastRun]:
    """The newest runs of ``reports``, newest first, from the cache as far as it is still true."""
    folders = run_folders(reports)[:KEPT]
    stamps = {folder.name: stamp for folder in folders if (stamp := stamp_of(folder)) is not None}
    lines = read_cache(reports / CACHE)
    known = {each.run.folder: each for each in lines if each and each.stamp == stamps.get(each.run.folder)}
    read = {name: to_keep(stamp, _summary(reports / name)) for name, stamp in stamps.items() if name not in known}
    found = known | read
    finished = [each for each in found.values() if each.run.finished]
    if any(each.run.finished for each in read.values()) or len(finished) < len(lines):
        write_cache(reports / CACHE, finished)
    return [found[folder.name].run for folder in folders if folder.name in found]


def remember(run: Run, folder: Path) -> None:
    """Keep the summary of a closed run whose record was just written to ``folder``: nobody has to read it for that."""
    stamp = stamp_of(folder)
    if stamp is None or run.ended_at is None:
        return
    file = folder.parent / CACHE
    others = [each for each in read_cache(file) if each and each.run.folder != folder.name]
    write_cache(file, [*others, to_keep(stamp, sum_up(run, folder.name))])


def sum_up(run: Run, folder: str, *, detailed: bool = False) -> PastRun:
    """What the indices keep of a run; its jobs where they are few, one a notebook, or ``detailed``."""
    one_each = len({job.notebook for job in run.jobs}) == len(run.jobs)
    keep = detailed or one_each or len(run.jobs) <= DETAILED_JOBS
    jobs = [past_job(job, run) for job in run.jobs] if keep else []
    statuses: dict[str, int] = {}
    for job in run.jobs:
        statuses[job.status.value] = statuses.get(job.status.value, 0) + 1
    return PastRun(
        folder=folder,
        id=run.id,
        started_at=run.started_at.isoformat(),
        finished=run.ended_at is not None,
        whole_collection=run.whole_collection,
        as_of=sorted({str(job.parameters.get("as_of") or "") for job in run.jobs}),
        statuses=statuses,
        notebooks=list(dict.fromkeys(job.notebook for job in run.jobs)),
        jobs=jobs,
    )


def past_job(job: Job, run: Run) -> PastJob:
    """What the indices keep of a job: its key figures, its answer and the first findings."""
    kept = key_metrics(job)[:KEPT_METRICS]
    return PastJob(
        series=series_of(job),
        notebook=job.notebook,
        title=job.title,
        status=job.status.value,
        day=day_of(job, run),
        page=job.page,
        as_of=str(job.parameters.get("as_of") or ""),
        takeaway=shorten(job.conclusions[0], KEPT_TAKEAWAY) if job.conclusions else "",
        findings=[shorten(text, KEPT_TAKEAWAY) for text in job.conclusions[1 : 1 + KEPT_FINDINGS]],
        metrics={metric.name: float(metric.value) for metric in kept},
        units={metric.name: metric.unit for metric in kept if metric.unit},
    )


def key_metrics(job: Job) -> list[Metric]:
    """The figures worth a line over time: the one that the answer prints, others beside it, estimates first; other
    measures; counts.
    """
    figures = [metric for metric in job.metrics if finite(metric.value)]
    first = named(job.answer, figures)
    return sorted(
        figures,
        key=lambda m: (m is not first, not m.lead, not (m.lead and _estimate(m)), isinstance(m.value, int)),
    )


def _estimate(metric: Metric) -> bool:
    return metric.low is not None and metric.high is not None


def shorten(text: str, most: int) -> str:
    """A text of at most ``most`` characters, cut between words and marked as cut."""
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"


def finite(value: object) -> bool:
    """Whether a metric's value is a figure that can be drawn."""
    return number(value) and math.isfinite(float(value))  # type: ignore[arg-type]


def series_of(job: Job) -> str:
    """What makes two jobs comparable over time: notebook, language and every parameter but the day."""
    others = {name: value for name, value in job.parameters.items() if name != "as_of"}
    return json.dumps([job.notebook, job.lang, others], sort_keys=True, default=str)


def day_of(job: Job, run: Run) -> str:
    """The day a job speaks of: its ``as_of``, else the day it was run (ISO)."""
    try:
        moment = clock.moment(job.parameters.get("as_of") or None)
    except BadParameter:
        moment = None
    return (run.day if moment is None else moment.date()).isoformat()


def before(past: Sequence[PastRun], run: PastRun) -> PastRun | None:
    """The run that ``run`` is compared with: the newest earlier one of the same day that has its reports.

    ``past`` is newest first. A run of the whole collection is compared with another of the whole collection; one of
    everything published with another of everything published.
    """
    reports = set(run.notebooks)
    return next(
        (
            each
            for each in past
            if each.folder < run.folder
            and each.finished
            and list(each.as_of) == list(run.as_of)
            and any(status in GOOD for status in each.statuses)
            and (each.whole_collection if run.whole_collection else reports <= set(each.notebooks))
        ),
        None,
    )


def run_before(run: Run, folder: Path, past: Sequence[PastRun] | None = None) -> tuple[Path, Run] | None:
    """The run that ``run`` in ``folder`` is compared with, and its folder; ``None`` where there is none to read.

    ``past`` are the runs beside it, where they are known already.
    """
    past = past_runs(folder.parent) if past is None else past
    earlier = before(past, summed_up(run, folder.name, past))
    if earlier is None:
        return None
    place = folder.parent / earlier.folder
    try:
        return place, read(place)
    except DataError:
        return None


def summed_up(run: Run, folder: str, past: Sequence[PastRun]) -> PastRun:
    """What the indices keep of a run: as it stands among ``past``, else made."""
    known = (each for each in past if each.folder == folder and each.id == run.id and each.finished)
    return next(known, None) or sum_up(run, folder)


def since(earlier: PastRun, later: PastRun) -> str:
    """What to call the earlier run: the day its reports speak of; the minute it began where that is the later's day."""
    days = [max((job.day for job in run.jobs), default="") for run in (earlier, later)]
    return days[0] if days[0] and days[0] != days[1] else earlier.started_at[:MINUTE].replace("T", " ")


def points(past: Sequence[PastRun], series: str, metric: str, until: str) -> dict[str, float]:
    """A metric by day, oldest first, up to the day ``until``; of two runs for one day the newer counts."""
    found: dict[str, float] = {}
    for job in _jobs(past):
        if job.series == series and job.day <= until and metric in job.metrics and job.day not in found:
            found[job.day] = job.metrics[metric]
    return dict(sorted(found.items()))


def _jobs(past: Sequence[PastRun]) -> Iterator[PastJob]:
    return (job for run in past for job in run.jobs)


def _pointed(name: str, reports: Path) -> Path:
    """The run that ``latest`` or ``previous`` names: a link, a file with an id, or else told from the records."""
    pointer = reports / name
    if _has_record(pointer):
        return pointer.resolve()
    with contextlib.suppress(OSError, ValueError):
        target = reports / plain_text(pointer).strip()
        if _has_record(target):
            return target
    good = _good_runs(reports)
    if name == PREVIOUS and (reports / LATEST).exists():
        latest = _pointed(LATEST, reports).name
        good = (folder for folder in good if _age(folder) < _age(reports / latest))
    elif name == PREVIOUS:
        next(good, None)
    found = next(good, None)
    if found is None:
        raise CallError(f"there is no {name} run", str(reports), _newest(run_folders(reports)))
    return found


def _good_runs(reports: Path) -> Iterator[Path]:
    """Runs of a whole collection in which nothing failed, newest first; unreadable ones are passed over."""
    for folder in run_folders(reports):
        try:
            run = record.read(folder)
        except DataError:
            continue
        if run.whole_collection and run.ended_at is not None and not run.failed:
            yield folder


def _newest(folders: Sequence[Path]) -> str:
    if not folders:
        return "There is no run here; `jpresearch run` makes one."
    return f"The newest runs: {', '.join(folder.name for folder in folders[:LISTED])}."


def _age(folder: Path) -> str:
    return folder.name


def _summary(folder: Path) -> PastRun:
    try:
        return sum_up(read(folder), folder.name)
    except DataError as error:
        return PastRun(folder=folder.name, id=folder.name, problem=error.what)
