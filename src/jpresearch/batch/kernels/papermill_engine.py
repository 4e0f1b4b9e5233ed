"""The papermill engine ``jpresearch``: papermill's own with prompt kernels, limits, progress and deaths told as such.

``papermill --engine jpresearch`` works like papermill; the batch adds a ``Job``.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nbclient.exceptions import CellExecutionError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from jpresearch import clock
from jpresearch.batch.kernels import files_read, kernel_manager
from jpresearch.batch.kernels.kernel_death import Stopped, words_of_death
from jpresearch.batch.kernels.kernel_server import socket_folder
from jpresearch.batch.kernels.limit_guard import Guard
from jpresearch.batch.kernels.parameters_used import ParameterWatch
from jpresearch.batch.limits import NO_LIMITS, Limits, Listener, Progress, ignore
from jpresearch.batch.plan.notebooks import PARAMETERS_TAG
from jpresearch.batch.redaction import Redactor
from jpresearch.files import write_atomically
from jpresearch.record import Status
from jpresearch.report.outputs import INJECTED_TAG

NAME: Final = "jpresearch"
FILES: Final = "files read"
DECLARING: Final = {PARAMETERS_TAG, INJECTED_TAG}
SAVE_SECONDS: Final = 5.0
IOPUB_SECONDS: Final = 60


@dataclass
class Job:
    """What the engine is told of a job, and what it notes of it.

    Parameters
    ----------
    folder : for the kernel's connection file and sockets; a short path, for a socket's has 107 characters at most.
    cwd : the kernel's working directory.
    env : the kernel's environment.
    watch : notes what the cells make of the parameters.
    target : where the executed notebook is kept without secrets, now and then and at the end; ``None``: papermill does.
    files : what the notebook has read beside its tables.
    kernel, note : ``"warm"`` or ``"cold"``, and why it is cold.
    timings : seconds until the kernel was ready (``kernel``) and of all cells (``cells``).
    """

    folder: Path
    cwd: Path
    env: dict[str, str]
    target: Path | None = None
    limits: Limits = NO_LIMITS
    listener: Listener = ignore
    secrets: Redactor = field(default_factory=Redactor)
    watch: ParameterWatch = field(default_factory=lambda: ParameterWatch({}))
    files: list[str] = field(default_factory=list)
    kernel: str = "cold"
    note: str | None = None
    timings: dict[str, float] = field(default_factory=dict)


class Engine(NBClientEngine):  # type: ignore[misc]
    """Executes a notebook as ``Job`` says."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, *, job: Job | None = None, **options: Any) -> Any:
        """Execute ``nb``, an nbformat node, and return it; ``options`` are papermill's.

        Raises
        ------
        Stopped : its time was over or the kernel died; what there is has been kept.
        """
        if job is None:
            return super().execute_notebook(nb, kernel_name, **options)
        keeper = Keeper(nb, job)
        keeper.notebook_start()
        try:
            cls.execute_managed_notebook(keeper, kernel_name, job=job, **options)
        finally:
            keeper.notebook_complete()
        return keeper.nb

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, job: Job | None = None, **options: Any
    ) -> None:
        """Execute the cells; without a ``job`` in the current folder and environment, as papermill does."""
        if job is not None:
            _client(nb_man, kernel_name, job, options).execute()
            return
        folder = socket_folder()
        try:
            environment = {**os.environ, **clock.environment(_day(nb_man.nb), clock.now())}
            _client(nb_man, kernel_name, Job(folder, Path.cwd(), environment), options).execute()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class Keeper(NotebookExecutionManager):  # type: ignore[misc]
    """Keeps the executed notebook at the job's target: whole at any moment, and without secrets.

    papermill writes the notebook twice a cell; here the start, the end and a moment now and then are enough.
    """

    def __init__(self, nb: Any, job: Job) -> None:
        super().__init__(nb, progress_bar=False, autosave_cell_every=SAVE_SECONDS)
        self.job = job
        self._written: float | None = None

    def save(self, **arguments: Any) -> None:
        """Write the notebook, unless it was written a moment ago."""
        self.nb: Any = arguments.get("nb") or self.nb
        if self._written is None or time.monotonic() - self._written > SAVE_SECONDS:
            self._write()

    def notebook_complete(self, **arguments: Any) -> None:
        """Settle the notebook's metadata and write it."""
        self._written = None
        super().notebook_complete(**arguments)

    def _write(self) -> None:
        from nbformat import v4

        self._written = time.monotonic()
        if self.job.target is None:
            return
        kept = copy.deepcopy(self.nb)
        # papermill notes the paths of a folder that is gone by now.
        kept.metadata.get("papermill", {}).update(input_path=self.job.target.name, output_path=self.job.target.name)
        self.job.secrets.node(kept)
        write_atomically(self.job.target, v4.writes(kept) + "\n")


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Executes the cells in a kernel of the job, under its guard."""

    def __init__(self, nb_man: NotebookExecutionManager, job: Job, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self.job = job
        self.guard = Guard(job.limits)
        self.on_cell_executed = self._note
        own = [index for index, cell in enumerate(self.nb.cells) if _is_own_code(cell)]
        self._numbers = {index: number for number, index in enumerate(own, 1)}
        self._process: Any = None

    def create_kernel_manager(self) -> Any:
        """The manager of the job's kernel."""
        self.km = kernel_manager.manager(self.kernel_name, self.job.folder)
        return self.km

    def execute(self, **options: Any) -> Any:
        """Execute the notebook and return it. Raises ``Stopped``."""
        self._clock = time.perf_counter()
        try:
            return super().execute(env=self.job.env, cwd=str(self.job.cwd), **options)
        except RuntimeError as error:
            if self._process is not None:
                raise
            raise Stopped(f"the kernel did not start: {error}", Status.KERNEL_DIED) from error
        except DeadKernelError as error:
            raise Stopped(words_of_death(self._process, self.guard), Status.KERNEL_DIED) from error
        finally:
            self.guard.stop()

    def papermill_execute_cells(self) -> None:
        """Note how the kernel started, then execute cell after cell."""
        provisioner: Any = self.km.provisioner
        self._process = provisioner.process
        self.job.kernel, self.job.note = "warm" if provisioner.warm else "cold", provisioner.note
        self.job.timings["kernel"] = time.perf_counter() - self._clock
        self.guard.watch(provisioner.pid)
        if self.job.target is not None:
            self.kc.execute(files_read.BEGIN, silent=True, store_history=False)
            self.kc.expressions = {**self.job.watch.expressions, FILES: files_read.TOLD}
        begun = time.perf_counter()
        try:
            super().papermill_execute_cells()
        finally:
            self.job.timings["cells"] = time.perf_counter() - begun

    def execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        """Execute one cell and return it. Raises ``Stopped``, and ``CellExecutionError`` for its own errors."""
        if cell_index in self._numbers:
            self.job.listener(Progress(self._numbers[cell_index], len(self._numbers)))
        try:
            with self.guard.cell():
                executed = super().execute_cell(cell, cell_index, **options)
        except (CellExecutionError, DeadKernelError) as error:
            if self.guard.passed is None and isinstance(error, CellExecutionError):
                raise
            raise self._stopped(cell, cell_index) from error
        if self.guard.passed is not None:
            raise self._stopped(cell, cell_index)
        return executed

    def _note(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        """Take in the parameters as the cell left them."""
        before = sum(index <= cell_index for index in self._numbers)
        declares = bool(DECLARING & set(cell.metadata.get("tags", [])))
        self.job.files = _files(execute_reply["content"]) or self.job.files
        self.job.watch.note(before, cell.source, execute_reply["content"], declares=declares)

    def _stopped(self, cell: Any, index: int) -> Stopped:
        # Said before papermill notes the cell as completed, which it does whatever happens.
        self.nb_man.cell_exception(cell, cell_index=index)
        status = self.guard.status if self.guard.passed is not None else Status.KERNEL_DIED
        return Stopped(words_of_death(self._process, self.guard), status, self._numbers.get(index), cell.source)


def _files(reply: Mapping[str, Any]) -> list[str]:
    """The files that the kernel has read so far, as it told after a cell."""
    try:
        told = json.loads(ast.literal_eval(reply["user_expressions"][FILES]["data"]["text/plain"]))
    except (KeyError, TypeError, ValueError, SyntaxError):
        return []
    return [path for path in told if isinstance(path, str)] if isinstance(told, list) else []


def _client(manager: NotebookExecutionManager, kernel_name: str, job: Job, options: dict[str, Any]) -> Client:
    """The client with papermill's options in nbclient's words."""
    return Client(
        manager,
        job,
        kernel_name=kernel_name,
        timeout=options.get("execution_timeout"),
        startup_timeout=options.get("start_timeout", 60),
        iopub_timeout=IOPUB_SECONDS,
        shutdown_kernel="immediate" if job.target is not None else "graceful",
        log=logger,
        log_output=options.get("log_output", False),
        stdout_file=options.get("stdout_file"),
        stderr_file=options.get("stderr_file"),
    )


def _day(nb: Any) -> str | None:
    """The ``as_of`` that papermill was given for the notebook."""
    given = nb.metadata.get("papermill", {}).get("parameters", {}).get("as_of")
    return None if given is None else str(given)


def _is_own_code(cell: Any) -> bool:
    return cell.cell_type == "code" and INJECTED_TAG not in cell.metadata.get("tags", [])
