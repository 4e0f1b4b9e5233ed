"""Executing one notebook with papermill, and telling what became of it.

The seam between plan and engine: ``execute`` takes a planned job and a target, and answers with an ``Outcome``.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jpresearch import clock, folders, light_imports
from jpresearch.batch.kernels.kernel_server import ISOLATED, STARTUP, socket_folder
from jpresearch.batch.kernels.parameters_used import ParameterWatch
from jpresearch.batch.limits import NO_LIMITS, Limits, Listener, ignore
from jpresearch.batch.plan.jobs import AS_OF, Planned
from jpresearch.batch.plan.notebooks import Notebook, read_content, read_json, tags_of
from jpresearch.batch.processes.fork_server import SINGLE_THREADED
from jpresearch.batch.redaction import Redactor
from jpresearch.batch.reuse.data_unchanged import digests_of
from jpresearch.errors import NotebookInvalid
from jpresearch.record import Failure, Status
from jpresearch.report.outputs import INJECTED_TAG, outputs
from jpresearch.report.published import Published, collect

if TYPE_CHECKING:
    from jpresearch.batch.kernels.papermill_engine import Job

KERNEL = "python3"
START_UP_SECONDS = 120
LANGUAGE_VARIABLE = "JPRESEARCH_LANG"
SOCKETS, WORK, TEMPORARY = "s", "work", "tmp"


@dataclass(frozen=True)
class Outcome:
    """What became of a job; ``published`` holds what it had published when it ended, also where it failed.

    ``kernel`` is ``"warm"`` (forked from a preloaded parent) or ``"cold"`` (an ordinary one), and ``kernel_note`` says
    why it is cold. ``timings`` are seconds: ``kernel`` until the first cell, ``cells``, ``execute`` in all.
    """

    status: Status
    published: Published
    failure: Failure | None = None
    kernel: str = "cold"
    kernel_note: str | None = None
    timings: dict[str, float] = field(default_factory=dict)
    parameters_used: dict[str, Any] = field(default_factory=dict)
    parameters_at_end: dict[str, Any] = field(default_factory=dict)
    files_read: dict[str, str] = field(default_factory=dict)


def execute(
    planned: Planned,
    target: Path,
    *,
    now: datetime | None = None,
    limits: Limits = NO_LIMITS,
    listener: Listener = ignore,
    secrets: Redactor | None = None,
) -> Outcome:
    """Run the job's notebook, leave the executed notebook (partial where it did not end) at ``target``.

    A job succeeds if every code cell ran without an error and everything it declares was published.

    Parameters
    ----------
    planned : the notebook with its parameters.
    target : file for the executed notebook; secrets never reach it.
    now : the moment of the run, past which no cell reads; by default this one.
    limits : of time and memory.
    listener : told of each code cell as it begins.
    secrets : what to remove; by default what the environment and the parameters hold.
    """
    from jpresearch.batch.kernels.papermill_engine import Job

    secrets = Redactor.of(os.environ, (), planned.parameters) if secrets is None else secrets
    begun = time.perf_counter()
    with _workplace() as folder:
        variables = environment(planned, folder / TEMPORARY, now)
        watch = ParameterWatch(planned.parameters)
        job = Job(folder / SOCKETS, folder / WORK, variables, target, limits, listener, secrets, watch)
        status, failure = _run(planned, job)
    content = _executed(target)
    published = collect(content) if content is not None else Published()
    if status is Status.SUCCEEDED:
        failure = _unfinished(published.notebook) or _another_day(watch) or not_published(planned.notebook, published)
        status = Status.FAILED if failure else status
    timings = {
        name: round(spent, 3) for name, spent in (*job.timings.items(), ("execute", time.perf_counter() - begun))
    }
    used, at_end = secrets.value(watch.used or {}), secrets.value(watch.at_end)
    files = digests_of(job.files)
    return Outcome(status, published, _without(secrets, failure), job.kernel, job.note, timings, used, at_end, files)


def _run(planned: Planned, job: Job) -> tuple[Status, Failure | None]:
    from papermill.exceptions import PapermillExecutionError

    from jpresearch.batch.kernels.kernel_death import Stopped

    try:
        _papermill(planned, job)
    except PapermillExecutionError as error:
        assert job.target is not None
        cell = _cell_number(_executed(job.target))
        return Status.FAILED, Failure(type=error.ename, message=error.evalue, cell=cell, source=error.source)
    except Stopped as stop:
        kind = "TimedOut" if stop.status is Status.TIMED_OUT else "KernelDied"
        return stop.status, Failure(type=kind, message=stop.what, cell=stop.cell, source=stop.source)
    except (OSError, RuntimeError, ValueError) as error:
        return Status.FAILED, Failure(type=type(error).__name__, message=str(error))
    return Status.SUCCEEDED, None


def _papermill(planned: Planned, job: Job) -> None:
    light_imports.nbformat()
    import papermill
    from papermill.engines import papermill_engines

    from jpresearch.batch.kernels import papermill_engine

    papermill_engines.register(papermill_engine.NAME, papermill_engine.Engine)
    # Papermill's own inspector overlooks annotated parameters and warns of them; the plan has checked them.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    papermill.execute_notebook(
        str(_without_injected(planned.notebook.path.resolve(), job.folder)),
        # The engine keeps the notebook, for papermill would write secrets into it.
        None,
        parameters=planned.overrides,
        engine_name=papermill_engine.NAME,
        kernel_name=KERNEL,
        language="python",
        progress_bar=False,
        start_timeout=START_UP_SECONDS,
        job=job,
    )


def _without_injected(notebook: Path, folder: Path) -> Path:
    """The notebook, or a copy without the parameters that an earlier run has put in, which would count again."""
    content = read_json(notebook)
    own = [cell for cell in content["cells"] if INJECTED_TAG not in tags_of(cell)]
    if len(own) == len(content["cells"]):
        return notebook
    copy = folder / notebook.name
    copy.write_text(json.dumps({**content, "cells": own}), encoding="utf-8")
    return copy


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder of the job's own for sockets, work and temporary files; it goes, whatever the notebook did to it."""
    folder = socket_folder()
    try:
        for name in (SOCKETS, WORK, TEMPORARY):
            (folder / name).mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(planned: Planned, temporary: Path, now: datetime | None = None) -> dict[str, str]:
    """A kernel's variables: this project, how far it may read, a folder for temporary files, one thread for libraries.

    ``now`` is the moment of the run, by default this one.
    """
    return {
        **{name: value for name, value in os.environ.items() if name not in STARTUP},
        **ISOLATED,
        "IPYTHONDIR": str(temporary / "ipython"),
        **SINGLE_THREADED,
        **clock.environment(planned.parameters.get(AS_OF), now or clock.now()),
        folders.HOME_VARIABLE: str(folders.home()),
        folders.RUN_VARIABLE: getattr(planned, "name", "") or "run",
        LANGUAGE_VARIABLE: getattr(planned, "lang", "en"),
        "TMPDIR": str(temporary),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _without(secrets: Redactor, failure: Failure | None) -> Failure | None:
    if failure is None:
        return None
    return failure.model_copy(
        update={
            "message": secrets.text(failure.message),
            "source": None if failure.source is None else secrets.text(failure.source),
        }
    )


def _executed(target: Path) -> Any | None:
    try:
        return read_content(target) if target.is_file() else None
    except (NotebookInvalid, json.JSONDecodeError):
        return None


def _own_cells(content: Any) -> list[Any]:
    """The code cells without the one that papermill put in."""
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    return [cell for cell in code if INJECTED_TAG not in cell.metadata.get("tags", [])]


def _cell_number(content: Any | None) -> int | None:
    """The number among the notebook's own code cells, from 1, of the first that ended in an error."""
    cells = _own_cells(content) if content is not None else []
    failing = (n for n, cell in enumerate(cells, 1) if any(o.output_type == "error" for o in cell.get("outputs", [])))
    return next(failing, None)


def _unfinished(content: Any | None) -> Failure | None:
    """A notebook that ends without an error is only done if every code cell ran."""
    if content is None:
        return Failure(type="NoOutput", message="the run left no executed notebook")
    errors = [output for output in outputs(content) if output.output_type == "error"]
    if errors:
        # Papermill takes an exit for a success.
        message = errors[0].evalue or "the cell ended the notebook"
        return Failure(type=errors[0].ename, message=message, cell=_cell_number(content))
    cells = enumerate(_own_cells(content), 1)
    waiting = [number for number, cell in cells if cell.source.strip() and cell.get("execution_count") is None]
    if waiting:
        return Failure(type="NotExecuted", message=f"{len(waiting)} code cells did not run", cell=waiting[0])
    return None


def _another_day(watch: ParameterWatch) -> Failure | None:
    """A page never claims a day that its cells did not use."""
    if watch.day_changed is None:
        return None
    cell, words = watch.day_changed
    message = f"code cell {cell} {words}. Give the other day a name of its own, or the run another --as-of."
    return Failure(type="ParameterChanged", message=message, cell=cell)


def not_published(notebook: Notebook, published: Published) -> Failure | None:
    """The failure of a notebook that declares what it did not publish."""
    declared = notebook.declaration.publishes
    kinds: list[tuple[str, tuple[str, ...], Mapping[str, object]]] = [
        ("figure", declared.figures, published.figures),
        ("table", declared.tables, published.tables),
        ("metric", declared.metrics, published.metrics),
    ]
    missing = [f"{kind} {name}" for kind, names, found in kinds for name in names if name not in found]
    if not missing:
        return None
    return Failure(type="NotPublished", message=f"declared but not published: {', '.join(missing)}")
