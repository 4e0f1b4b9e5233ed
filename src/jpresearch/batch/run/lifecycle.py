"""A run from call to closed record: where it goes, what runs its jobs, and whether ``latest`` moves."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jpresearch import clock
from jpresearch.batch import destination
from jpresearch.batch.limits import NO_LIMITS, Limits
from jpresearch.batch.plan import notebooks
from jpresearch.batch.plan.jobs import ENGLISH, Plan, Planned
from jpresearch.batch.redaction import Redactor
from jpresearch.batch.reuse.fingerprint import installed
from jpresearch.batch.reuse.unchanged_job import Reuse
from jpresearch.batch.run import git_commit, table_copies
from jpresearch.batch.run.driver import Driver, Listener, Watcher
from jpresearch.batch.run.interruption import Interruption
from jpresearch.batch.run.open_run import OpenRun, close_dead_runs, point_latest
from jpresearch.errors import CallError, without_logins
from jpresearch.record import Failure, Git, Job, Run, Status
from jpresearch.report.overview import write_overview

if TYPE_CHECKING:
    from jpresearch.batch.run.executors.interface import Executor

REPORTED: Final = ("jpresearch", "pandas", "statsmodels", "matplotlib", "papermill")


class Interrupted(KeyboardInterrupt):
    """A run that was interrupted; its record in ``folder`` is closed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"the run {folder.name} was interrupted")
        self.folder = folder


@dataclass(frozen=True)
class Options:
    """How to run a plan.

    Parameters
    ----------
    jobs : how many at once on this machine; by default as many as it has cores.
    dask : address of a Dask scheduler whose workers run the jobs instead.
    limits : what each job may use.
    force : run also what has not changed.

    Raises
    ------
    CallError : an empty address, or both ``jobs`` and ``dask``: a scheduler's workers decide how many they run at once.
    """

    jobs: int | None = None
    dask: str | None = None
    limits: Limits = NO_LIMITS
    force: bool = False

    def __post_init__(self) -> None:
        if self.dask is not None and not self.dask.strip():
            raise CallError("the address is empty", "--dask", "Give the address of a Dask scheduler, or leave it out.")
        if self.jobs is not None and self.dask is not None:
            raise CallError("each worker decides how many jobs it runs at once", "--jobs and --dask", "Give one.")


DEFAULTS: Final = Options()


def run(
    plan: Plan,
    command: Sequence[str],
    output: Path | str | None = None,
    listener: Listener = lambda job: None,
    *,
    watcher: Watcher = lambda job, progress: None,
    notice: Callable[[str], None] = lambda text: None,
    options: Options = DEFAULTS,
) -> Path:
    """Execute the plan and return the run's folder on this machine.

    Parameters
    ----------
    plan : what to run.
    command : the call as typed, for the record.
    output : folder or address that holds runs; by default the project's ``reports``.
    listener : told of every change of a job's state.
    watcher : told of every cell that a job comes to.
    notice : told in a sentence of what could not be done and does not touch the run itself; empty where all was done.
    options : how to run it.

    Raises
    ------
    DataError : the output cannot be written, or the Dask scheduler cannot be reached.
    Interrupted : after the record was closed with the jobs that had not ended as cancelled.
    """
    target = destination.settled(output)
    reports = destination.local_folder(target)
    if not destination.is_local(target):
        destination.require_reachable(target)
    close_dead_runs(reports)
    redactors = Redactor.each(os.environ, [planned.parameters for planned in plan.jobs])
    open_run = OpenRun(_begin(plan, command, redactors), reports, target)
    with Interruption() as interruption:
        with open_run, contextlib.ExitStack() as held:
            Driver(
                plan=plan,
                open_run=open_run,
                reuse=Reuse(reports),
                secrets=redactors,
                fix_tables=_fixing(open_run, held),
                make_executor=lambda: _executor(options, open_run, len(plan.jobs), interruption),
                limits=options.limits,
                force=options.force,
                listener=listener,
                watcher=watcher,
                interruption=interruption,
            ).go()
        if plan.moves_latest and not interruption.requests and not open_run.state.failed:
            notice(point_latest(reports, open_run.folder) or "")
        _write_overview(plan, reports, target)
    if interruption.requests:
        raise Interrupted(open_run.folder)
    return open_run.folder


def _fixing(open_run: OpenRun, held: contextlib.ExitStack) -> Callable[[], bool]:
    """Note the tables in the record; what fixes them, until ``held`` ends, and says whether they are still the same."""
    began = table_copies.present()
    open_run.state.edition = began.digests

    def fix() -> bool:
        fixed = held.enter_context(table_copies.fixed(open_run.temporary))
        open_run.state.edition = fixed.digests
        return fixed == began

    return fix


def _write_overview(plan: Plan, reports: Path, target: str) -> None:
    """The index of all runs; the run stands without it."""
    with contextlib.suppress(OSError):
        existing = {path.stem for path in notebooks.collection()}
        first = plan.jobs[0] if plan.jobs else None
        lang, static = (first.lang, first.static) if first else (ENGLISH, False)
        file = write_overview(reports, lang, existing=existing, static=static)
        if not destination.is_local(target):
            destination.upload([file], target)


def _executor(options: Options, open_run: OpenRun, jobs: int, interruption: Interruption) -> Executor:
    """Made only when something has to run: an answer from earlier results starts no process."""
    if options.dask is not None:
        from jpresearch.batch.run.executors.dask_cluster import Cluster

        return Cluster(options.dask, lambda: interruption.requests > 0)
    from jpresearch.batch.run.executors.local import Local, cores

    return Local(min(options.jobs or cores(), jobs), open_run.temporary)


def _begin(plan: Plan, command: Sequence[str], redactors: Sequence[Redactor]) -> Run:
    now = clock.wall()
    everything = Redactor(tuple(dict.fromkeys(pair for redactor in redactors for pair in redactor.known)))
    return Run(
        id=f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 16:04x}",
        started_at=now,
        reads_until=clock.now(),
        command=[without_logins(everything.text(word)) for word in command],
        whole_collection=plan.whole_collection,
        git=_git(),
        versions=_versions(),
        cores=os.cpu_count() or 1,
        jobs=[_job(planned, redactor) for planned, redactor in zip(plan.jobs, redactors, strict=True)],
    )


def _versions() -> dict[str, str]:
    """Versions of Python and the main packages, told from folder names as the fingerprints do: it takes a tenth."""
    found = installed()
    return {"python": platform.python_version(), **{name: found.get(name, "unknown") for name in REPORTED}}


def _job(planned: Planned, redactor: Redactor) -> Job:
    job = Job(
        name=planned.name,
        notebook=planned.notebook.name,
        title=planned.notebook.title,
        parameters=redactor.value(planned.parameters),
        parameters_declared=redactor.value({name: p.default for name, p in planned.notebook.parameters.items()}),
        lang=planned.lang,
        static=planned.static,
        why="not decided yet",
    )
    if planned.broken is not None:
        job.status, job.why = Status.FAILED, "its file cannot be run"
        job.failure = Failure(type=type(planned.broken).__name__, message=str(planned.broken))
    elif planned.skipped is not None:
        job.status, job.why = Status.SKIPPED, f"{planned.skipped.what}. {planned.skipped.next_step}"
    return job


def _git() -> Git | None:
    answer = git_commit.answer()
    return None if answer is None else Git(commit=answer[0], dirty=answer[1])
