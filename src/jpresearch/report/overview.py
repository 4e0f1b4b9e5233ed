"""The index of all runs: the first screen over the newest results of the collection, every run, every answer so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from jpresearch.errors import DataError
from jpresearch.files import write_atomically
from jpresearch.record import Job, Run
from jpresearch.report import finding, history
from jpresearch.report.archive import archive
from jpresearch.report.comparison_page import FILE_NAME as COMPARISON
from jpresearch.report.frame import cards, chip, document, link, safe, tone
from jpresearch.report.front import Row, first_screen, late_phrase
from jpresearch.report.history import MINUTE, before, past_runs, run_folders, series_of, since
from jpresearch.report.past_run import PastJob, PastRun
from jpresearch.report.words import say

FILE_NAME: Final = "index.html"


def write_overview(
    reports: Path, lang: str = "en", *, existing: Collection[str] | None = None, static: bool = False
) -> Path:
    """Write ``index.html`` over all runs in ``reports`` and return its path. Call it once a run's record is closed.

    Parameters
    ----------
    reports : the folder of runs.
    lang : language of the frame.
    existing : the notebooks there are; results of others do not lead. All lead where none of them is there.
    static : whether to leave the search out, which is the page's only script.
    """
    file = reports / FILE_NAME
    past = past_runs(reports)
    compared = {run.folder for run in past if (reports / run.folder / COMPARISON).is_file()}
    standing = Standing(past, reports, existing)
    older = len(run_folders(reports)) - len(past)
    write_atomically(file, render(past, standing.rows, compared, older=older, lang=lang, static=static))
    return file


@dataclass(frozen=True)
class Standing:
    """The newest good result of each report as the newest run of the whole collection asked it, from the records."""

    past: Sequence[PastRun]
    reports: Path
    existing: Collection[str] | None = None

    @cached_property
    def rows(self) -> list[Row]:
        """A row per report of that run in reading order; reports whose notebook is gone are left out."""
        lead = newest_collection(self.past)
        asked = lead.jobs if lead else _alone(self.past)
        # Reports of another folder of notebooks are not taken for deleted ones.
        there = [job for job in asked if self.existing is not None and job.notebook in self.existing]
        wanted = {job.series: job for job in there or asked}
        found = (self._row(job.series) for job in sorted(wanted.values(), key=lambda job: job.notebook))
        return [row for row in found if row is not None]

    def _row(self, series: str) -> Row | None:
        asked = [(run, job) for run in self.past for job in run.jobs if job.series == series and not job.as_of]
        ended = [(run, job) for run, job in asked if run.finished]
        good = [(run, job) for run, job in ended if tone(job.status) == "good"]
        read = [found for run, job in (good or ended)[:2] if (found := self._read(run, job))]
        if not read:
            return None
        (run, job), *earlier = read
        newest = ended[0][0]
        failed = newest.started_at[:MINUTE].replace("T", " ") if good and newest is not good[0][0] else ""
        return Row(job, run, f"{run.id}/", earlier[0][1] if earlier else None, failed)

    def _read(self, run: PastRun, job: PastJob) -> tuple[Run, Job] | None:
        whole = self._records.get(run.folder)
        if whole is None and run.folder not in self._records:
            with suppress(DataError):
                whole = history.read(self.reports / run.folder).model_copy(update={"id": run.folder})
            self._records[run.folder] = whole
        jobs = whole.jobs if whole else []
        same = (each for each in jobs if series_of(each) == job.series and not each.parameters.get("as_of"))
        found = next(same, None)
        return (whole, found) if whole and found else None

    @cached_property
    def _records(self) -> dict[str, Run | None]:
        return {}


def newest_collection(past: Sequence[PastRun]) -> PastRun | None:
    """The newest finished run of the whole collection on everything published."""
    return next((run for run in past if run.finished and run.whole_collection and not any(run.as_of)), None)


def _alone(past: Sequence[PastRun]) -> list[PastJob]:
    """The newest good result of each notebook, where the collection was never run as a whole."""
    found: dict[str, PastJob] = {}
    for run in past:
        for job in run.jobs:
            if run.finished and tone(job.status) == "good" and not job.as_of:
                found.setdefault(job.notebook, job)
    return list(found.values())


def render(
    past: Sequence[PastRun],
    rows: Sequence[Row] = (),
    compared: Collection[str] = (),
    *,
    older: int = 0,
    lang: str = "en",
    static: bool = False,
) -> str:
    """The index as HTML; everything from a record is escaped.

    Parameters
    ----------
    past : the runs, newest first.
    rows : the reports that lead.
    compared : the folders of the runs that hold a page against the run before.
    older : how many further runs are not listed.
    lang : language of the frame.
    static : whether to leave the search out.
    """
    parts = [_front(past, rows, compared, lang), _runs(past, compared, lang), archive(past, lang)]
    if older:
        parts.append(f"<p>{say('older', lang, count=older)}</p>")
    body = "\n".join(part for part in parts if part) or f"<p>{say('no_runs', lang)}</p>"
    script = "" if static or not past else finding.script()
    search = finding.field(lang) if script else ""
    head = search + late_phrase(rows, lang)
    foot, title = "<p>jpresearch</p>", _title(rows, lang)
    return document(lang=lang, title=title, head=head, body=body, foot=foot, script=script, slim=True)


def _title(rows: Sequence[Row], lang: str) -> str:
    newest = max((row.run.day for row in rows), default=None)
    return say("run_title_open", lang, day=f"{newest:%Y-%m-%d}") if newest else say("runs_title", lang)


def _front(past: Sequence[PastRun], rows: Sequence[Row], compared: Collection[str], lang: str) -> str:
    lead = newest_collection(past)
    earlier = before(past, lead) if lead else None
    page = f"{lead.folder}/{COMPARISON}" if lead and lead.folder in compared else ""
    told = since(earlier, lead) if earlier and lead else ""
    noticed = [_noticed(row, lang) for row in rows]
    return first_screen(noticed, past, lang, told, page)


def _noticed(row: Row, lang: str) -> Row:
    if not row.notice:
        return row
    return Row(row.job, row.run, row.at, row.previous, say("newest_failed", lang, day=row.notice))


def _runs(past: Sequence[PastRun], compared: Collection[str], lang: str) -> str:
    """Every run, newest first, each with its comparison with the one before."""
    if not past:
        return ""
    keys = ("run", "kind", "day", "reports", "status", "compared_head")
    rows = [
        [
            _link(run),
            _kind(run, lang),
            _day(run, lang),
            _contents(run, lang),
            " ".join(_chips(run, lang)),
            link(f"{run.folder}/{COMPARISON}", say("compared_link", lang)) if run.folder in compared else "–",
        ]
        for run in past
    ]
    head = say("runs_head", lang)
    table = cards([say(key, lang) for key in keys], rows, head, "runs")
    return f'<section data-find="tbody tr"><h2>{head}</h2>{table}</section>'


def _link(run: PastRun) -> str:
    started = _moment(run)
    text = f"{safe(started)} <small>{safe(run.id)}</small>" if started else safe(run.id)
    return link(f"{run.folder}/{FILE_NAME}", text)


def _moment(run: PastRun) -> str:
    return run.started_at[:MINUTE].replace("T", " ")


def _kind(run: PastRun, lang: str) -> str:
    if run.problem:
        return "–"
    if any(run.as_of):
        return say("past_day", lang)
    return say("whole" if run.whole_collection else "experiment", lang)


def _chips(run: PastRun, lang: str) -> list[str]:
    if run.problem:
        return [f'<span class="chip bad">{say("unreadable", lang)}</span>']
    chips = [chip(status, lang, count) for status, count in run.statuses.items()]
    return chips if run.finished else [*chips, f'<span class="chip open">{say("unfinished", lang)}</span>']


def _day(run: PastRun, lang: str) -> str:
    days = [day for day in run.as_of if day]
    if len(run.as_of) > 1 and days:
        return say("days", lang, first=safe(days[0]), last=safe(days[-1]), count=len(run.as_of))
    return safe(days[0]) if days else say("everything", lang)


def _contents(run: PastRun, lang: str) -> str:
    """The notebooks by name where they are few, else how many jobs."""
    count = sum(run.statuses.values())
    if run.problem:
        return ""
    few = len(run.notebooks) <= 2 and count <= 2
    return safe(", ".join(run.notebooks)) if few else say("jobs", lang, count=count)
