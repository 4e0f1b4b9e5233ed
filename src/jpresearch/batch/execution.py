"""Executing one notebook with papermill, and telling what became of it.

The seam between plan and engine: ``execute`` takes a planned job and a target, and answers with an ``Outcome``.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jpresearch import folders
from jpresearch.batch.notebooks import Notebook, read_content
from jpresearch.batch.plan import Planned
from jpresearch.errors import NotebookInvalid
from jpresearch.record import Failure, Status
from jpresearch.report.published import Published, collect, outputs

KERNEL = "python3"
START_UP_SECONDS = 120
INJECTED_TAG = "injected-parameters"


@dataclass(frozen=True)
class Outcome:
    """What became of a job; ``published`` holds what it had published when it ended, also where it failed."""

    status: Status
    published: Published
    failure: Failure | None = None


def execute(planned: Planned, target: Path) -> Outcome:
    """Run the job's notebook, leave the executed notebook (partial where it failed) at ``target``.

    A job succeeds if every code cell ran without an error and everything it declares was published.
    """
    status, failure = _run(planned, target)
    content = _executed(target)
    published = collect(content) if content is not None else Published()
    if status is Status.SUCCEEDED:
        failure = _unfinished(content) or _missing(planned.notebook, published)
        status = Status.FAILED if failure else status
    return Outcome(status, published, failure)


def _run(planned: Planned, target: Path) -> tuple[Status, Failure | None]:
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        with tempfile.TemporaryDirectory(prefix="jpr-") as folder, _environment(Path(folder)):
            _papermill(planned, target, folder)
    except PapermillExecutionError as error:
        cell = _cell_number(_executed(target))
        return Status.FAILED, Failure(type=error.ename, message=error.evalue, cell=cell, source=error.source)
    except DeadKernelError as error:
        return Status.KERNEL_DIED, Failure(type="DeadKernelError", message=str(error))
    except (OSError, RuntimeError, ValueError) as error:
        return Status.FAILED, Failure(type=type(error).__name__, message=str(error))
    return Status.SUCCEEDED, None


def _papermill(planned: Planned, target: Path, workplace: str) -> None:
    import papermill
    from traitlets.config import Config

    # Papermill's own inspector overlooks annotated parameters and warns of them; the plan has checked them.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    papermill.execute_notebook(
        str(planned.notebook.path.resolve()),
        str(target.resolve()),
        parameters=planned.overrides,
        kernel_name=KERNEL,
        language="python",
        progress_bar=False,
        start_timeout=START_UP_SECONDS,
        cwd=workplace,
        config=Config({"KernelManager": {"transport": "ipc"}}),
    )


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """The kernel finds this project and this interpreter, whatever kernels the user has installed elsewhere.

    Its sockets are files in ``folder``, a short path: 107 characters are the limit.
    """
    kernels = str(Path(sys.prefix) / "share" / "jupyter")
    wanted = {
        folders.HOME_VARIABLE: str(folders.home()),
        "JUPYTER_PATH": os.pathsep.join(filter(None, [kernels, os.environ.get("JUPYTER_PATH")])),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        _restore(before)


def _restore(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


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
    cells = enumerate(_own_cells(content), 1)
    waiting = [number for number, cell in cells if cell.source.strip() and cell.get("execution_count") is None]
    if waiting:
        return Failure(type="NotExecuted", message=f"{len(waiting)} code cells did not run", cell=waiting[0])
    if any(output.output_type == "error" for output in outputs(content)):
        return Failure(type="CellError", message="a cell ended in an error", cell=_cell_number(content))
    return None


def _missing(notebook: Notebook, published: Published) -> Failure | None:
    """What the notebook declares and did not publish."""
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
