"""Successes remembered, so that a job on which nothing has changed is answered with a copy of its page.

A job is reused when its parts (see ``fingerprint``) are those of its last success with the same parameters and
language, and each table it read or declares holds, as of its moment, what it held then. Figures published after a
job's ``as_of`` therefore do not run it again. Without ``as_of`` every new row counts; the page is that of its own day
and says which, and it is made anew once a table has become stale since, as a page must say that. Files that a notebook
reads beside the tables count as well; what it asks of the clock or the network is not seen: ``lint`` names that, and
``--force`` runs it.

Nothing here raises because of what is remembered: damage means to run again, and saying so.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from jpresearch import clock
from jpresearch.batch.plan.jobs import AS_OF, Planned
from jpresearch.batch.plan.notebooks import read_json
from jpresearch.batch.reuse import fingerprint, success_file
from jpresearch.batch.reuse.code_meaning import Readings
from jpresearch.batch.reuse.data_unchanged import file_changes, keep_tables, table_changes
from jpresearch.batch.reuse.reachable_modules import Library
from jpresearch.batch.reuse.success_file import Sibling, Success
from jpresearch.errors import JPResearchError
from jpresearch.record import Job, Status, TableRead

READINGS: Final = ".readings.json"
PAGE: Final = ".html"
NOTHING_CHANGED: Final = "nothing that it depends on has changed since run {run}"


class Earlier(NamedTuple):
    """A remembered success that answers a job: what it was, which run computed it, and whose folder holds its files."""

    job: Job
    run: str
    folder: Path
    success: Success
    file: Path


class Decision(NamedTuple):
    """Whether a job is answered from an earlier success, and why (not)."""

    earlier: Earlier | None
    why: str


class Reuse:
    """The remembered successes of a folder of runs on this machine; one per run.

    Parameters
    ----------
    reports : the folder of runs.
    """

    def __init__(self, reports: Path) -> None:
        self._reports = reports
        self._readings = Readings(reports / success_file.FOLDER / READINGS)
        self._library = Library(self._readings)
        self._surroundings = fingerprint.environment()
        self._siblings: dict[str, list[Sibling]] = {}
        self._contents: dict[Path, dict[str, Any]] = {}
        self._parts: dict[Path, dict[str, str]] = {}

    def fingerprint(self, planned: Planned) -> dict[str, str]:
        """The parts of a job when this was first asked for them. Raises ``NotebookInvalid``."""
        path = planned.notebook.path
        if path not in self._parts:
            self._contents[path] = read_json(path)
            self._parts[path] = self._parts_of(self._contents[path], self._library, self._surroundings)
        return self._parts[path]

    def decide(self, planned: Planned, today: date | None = None) -> Decision:
        """Whether the job is answered from its last success; ``why`` names what changed, or that nothing did."""
        today = today or clock.today()
        file = success_file.file_of(self._reports, planned)
        try:
            success = success_file.read(file)
            parts = self.fingerprint(planned)
        except FileNotFoundError:
            return Decision(None, self._first_time(planned))
        except (JPResearchError, OSError) as error:
            return Decision(None, error.what if isinstance(error, JPResearchError) else str(error))
        if success is None:
            return Decision(None, "the memory of its earlier success is damaged")
        changed = fingerprint.changes(success.job.fingerprint, parts)
        changed += table_changes(success.tables) + file_changes(success.job.files_read)
        changed += _gone_stale(success.job, today)
        folder = self._reports / success.folder
        if not changed and (broken := success_file.damaged(folder, success.files)):
            changed = [f"the earlier {', '.join(broken)} in {success.folder} is gone or was changed"]
        if changed:
            return Decision(None, "; ".join(changed))
        earlier = Earlier(success.job, success.run, folder, success, file)
        return Decision(earlier, NOTHING_CHANGED.format(run=success.run))

    def seconds(self, planned: Planned) -> float | None:
        """How long the notebook's remembered successes took on average; ``None`` where there is none."""
        took = [known.seconds for known in self._of_the_notebook(planned) if known.seconds is not None]
        return sum(took) / len(took) if took else None

    def copy(self, earlier: Earlier, folder: Path, name: str, today: date | None = None) -> Job:
        """Copy the files of ``earlier`` into the run's ``folder`` as those of the job ``name``; the job, reused.

        Raises
        ------
        OSError : a file cannot be copied.
        """
        new = _renamed(earlier.job, name)
        for before, after in zip(earlier.job.files, new.files, strict=True):
            _copy(earlier.folder / before, folder / after, earlier.job.name, name)
        self._move(earlier, new, folder)
        day = today or clock.today()
        return new.model_copy(
            update={
                "status": Status.REUSED,
                "why": NOTHING_CHANGED.format(run=earlier.run),
                "reused_from": earlier.run,
                "tables": [replace(table, age_days=_age(new, table, day)) for table in new.tables],
            }
        )

    def remember(self, planned: Planned, job: Job, folder: Path) -> bool:
        """Remember a success whose files lie in the run's ``folder``; whether that was done.

        It is not where its parts or its tables changed while it ran, or its files cannot be read.
        """
        if job.status is not Status.SUCCEEDED or not job.page or not self._still(planned, job):
            return False
        tables = keep_tables(planned.notebook.declaration, job)
        if tables is None:
            return False
        try:
            files = {name: success_file.kept(folder / name) for name in job.files}
            success = Success(
                notebook=success_file.identity(planned),
                parameters=job.parameters,
                run=folder.name,
                folder=folder.name,
                job=job,
                tables=tables,
                files=files,
            )
            success_file.write(success_file.file_of(self._reports, planned), success)
        except OSError:
            return False
        self._readings.save()
        return True

    def _still(self, planned: Planned, job: Job) -> bool:
        """Whether library and environment are what they were when the job's parts were taken.

        The notebook is taken as it was then, for a run executes what it read when it began.
        """
        try:
            self.fingerprint(planned)
            content = self._contents[planned.notebook.path]
            now = self._parts_of(content, Library(self._readings), fingerprint.environment())
        except (JPResearchError, OSError):
            return False
        return now == job.fingerprint

    def _parts_of(self, content: dict[str, Any], library: Library, surroundings: dict[str, str]) -> dict[str, str]:
        return fingerprint.parts(content, self._readings, library, surroundings)

    def _move(self, earlier: Earlier, job: Job, folder: Path) -> None:
        """From now on the newest copy is the one to copy, so that older runs can be pruned."""
        with suppress(OSError):
            known = [earlier.success.files.get(name) for name in earlier.job.files]
            same = earlier.job.name == job.name
            files = {
                name: was if same and was is not None else success_file.kept(folder / name)
                for name, was in zip(job.files, known, strict=True)
            }
            update = {"folder": folder.name, "job": job, "files": files}
            success_file.write(earlier.file, earlier.success.model_copy(update=update))

    def _of_the_notebook(self, planned: Planned) -> list[Sibling]:
        notebook = success_file.identity(planned)
        if notebook not in self._siblings:
            self._siblings[notebook] = success_file.siblings(self._reports, planned)
        return self._siblings[notebook]

    def _first_time(self, planned: Planned) -> str:
        """Why there is no success to copy: what differs from the most similar one of the notebook."""
        differences = [_differences(known, planned) for known in self._of_the_notebook(planned)]
        nearest = min(differences, key=len, default=[])
        if not nearest or nearest == [AS_OF]:
            day = planned.parameters.get(AS_OF)
            return f"no earlier success as of {day}" if nearest and day else "no earlier success"
        if nearest == ["lang"]:
            return f"language {planned.lang}"
        if nearest == ["static"]:
            return f"a page {'without' if planned.static else 'with'} script"
        return f"parameter{'s' if len(nearest) > 1 else ''} {', '.join(nearest)}"


def _differences(known: Sibling, planned: Planned) -> list[str]:
    """The names of parameters, ``lang`` and ``static``, in which a success of the notebook differs from the job."""
    before, after = known.parameters, planned.parameters
    names = [*after, *(name for name in before if name not in after)]
    differing = [name for name in names if name not in before or name not in after or before[name] != after[name]]
    form = [name for name in ("lang", "static") if getattr(known, name) != getattr(planned, name)]
    return differing + form


def _gone_stale(job: Job, today: date) -> list[str]:
    """The tables that the job's page does not call stale, though today they are."""
    told = []
    for table in job.tables:
        now = replace(table, age_days=_age(job, table, today))
        if now.stale and not table.stale:
            told.append(f"{table.table}: stale by now, its newest period is {now.age_days} days back")
        newly = {each.series for each in now.late_series} - {each.series for each in table.late_series}
        if newly and not now.stale:
            told.append(f"{table.table}: late by now in {', '.join(sorted(newly))}")
    return list(dict.fromkeys(told))


def _age(job: Job, table: TableRead, today: date) -> int | None:
    """A table's age on the day the job speaks of: that never moves where an ``as_of`` says it."""
    newest = table.newest_day
    if newest is None or table.as_of is not None or job.parameters.get(AS_OF) is not None:
        return table.age_days
    return (today - newest).days


def _renamed(job: Job, name: str) -> Job:
    """The job under another name, with its files called after it."""
    kinds = ("executed_notebook", "page", "workbook")
    files = {kind: getattr(job, kind) for kind in kinds if getattr(job, kind) is not None}
    return job.model_copy(update={"name": name, **{kind: name + Path(file).suffix for kind, file in files.items()}})


def _copy(source: Path, target: Path, before: str, after: str) -> None:
    """Copy a file beside its place, then move it there. A page links to the files beside it by the job's name."""
    beside = target.with_name(f".{target.name}.part")
    try:
        if before != after and source.suffix == PAGE:
            beside.write_bytes(source.read_bytes().replace(*_links(before, after)))
        else:
            shutil.copyfile(source, beside)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _links(before: str, after: str) -> tuple[bytes, bytes]:
    return f'href="{quote(before)}.'.encode(), f'href="{quote(after)}.'.encode()
