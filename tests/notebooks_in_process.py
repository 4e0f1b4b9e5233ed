"""Runs a notebook in this process, without a kernel: cells are executed one after the other in one namespace.

Everything around the cells is that of a run: the same plan, the same checks of parameters, the same environment, and
what a kernel would have sent, collected by the same code. Pictures are not drawn unless asked for.

    ran = run("05_absorption", as_of="2025-09-05", edits=[('"proprietary"]', '"proprietary", "insurance"]')])
    ran.metrics["latest_week"].value, ran.frames["shares"], ran.failure
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import linecache
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import matplotlib as mpl
import nbformat
import pandas as pd

from jpresearch import charts, folders, payloads, publish
from jpresearch.batch.job.execute_notebook import environment, not_published
from jpresearch.batch.plan.jobs import AS_OF, Planned, plan
from jpresearch.batch.plan.notebooks import PARAMETERS_TAG, cells, find, read_json, source_of, tags_of
from jpresearch.errors import NotYetPublished
from jpresearch.record import Failure, Metric
from jpresearch.report.published import Published, collect

ROOT = Path(__file__).resolve().parents[1]
# What a notebook imports and may remember: a kernel begins without it.
ROOMS_OF_NOTEBOOKS = ("jpresearch.datasets", "jpresearch.models")


@dataclass(frozen=True)
class Ran:
    """What became of a notebook.

    Attributes
    ----------
    name : the notebook's name.
    content : the executed notebook (an nbformat node) as far as it came; a page can be written from it.
    failure : why it failed, with the number of the code cell (from 1) and its source; ``None`` if all went well.
    error : the exception itself.
    skipped : why it cannot run at its day (a table it requires was not public yet).
    printed : what cells printed or warned of, which a notebook of the house does not do.
    namespace : the variables after the last cell.
    """

    name: str
    content: Any
    failure: Failure | None = None
    error: BaseException | None = None
    skipped: str | None = None
    printed: str = ""
    namespace: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def published(self) -> Published:
        """Figures, tables, metrics, takeaways, notes of tables read and sources, as a run collects them."""
        return collect(self.content)

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics by name."""
        return self.published.metrics

    @property
    def titles(self) -> dict[str, str | None]:
        """The title that stands on each figure, by the figure's name."""
        return {name: figure["title"] for name, figure in self.published.figures.items()}

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frame behind each figure that has one, by the figure's name; days and numbers in their types."""
        figures = self.published.figures.items()
        return {name: _from_csv(figure) for name, figure in figures if figure["data"] is not None}

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name; days and numbers in their types."""
        return {name: _typed(_from_rows(table), table["fields"]) for name, table in self.published.tables.items()}

    @property
    def texts(self) -> list[str]:
        """Every title, alternative text, caption and sentence that was published, in order."""
        found = []
        for payload in self.payloads():
            found += [payload[key] for key in ("title", "alt", "caption", "text") if payload.get(key)]
        return found

    @property
    def sentences(self) -> list[str]:
        """The answer, the findings and, in notebooks that have them, the takeaways."""
        return [payload["text"] for kind in ("answer", "finding", "takeaway") for payload in self.payloads(kind)]

    def payloads(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The payloads of one kind (``answer``, ``finding``, ``figure``, ``metric``, ...) in order; by default all."""
        every = [item for cell in cells(self.content, "code") for item in cell["outputs"]]
        named = [(media, payload) for output in every for media, payload in output.get("data", {}).items()]
        ours = [(media, payload) for media, payload in named if media.startswith(payloads.PREFIX)]
        return [payload for media, payload in ours if kind is None or media == f"{payloads.PREFIX}{kind}+json"]

    def require_success(self) -> Ran:
        """This, or an ``AssertionError`` that shows where the notebook failed."""
        if self.skipped is not None:
            raise AssertionError(f"{self.name} was skipped: {self.skipped}")
        if self.failure is not None:
            trace = "".join(traceback.format_exception(self.error)) if self.error else ""
            raise AssertionError(f"{self.name}, cell {self.failure.cell}: {self.failure.message}\n{trace}")
        return self


def run(
    notebook: str | Path,
    as_of: str | None = None,
    *,
    parameters: Mapping[str, str] | None = None,
    edits: Sequence[tuple[str, str]] = (),
    code: Sequence[str] | None = None,
    home: Path = ROOT,
    pictures: bool = False,
) -> Ran:
    """Run a notebook of the project at ``home``, or an edited copy of it.

    Parameters
    ----------
    notebook : a name of the project's collection, or a path.
    as_of : the day, as ``--as-of`` takes it; ``None`` leaves the notebook's default.
    parameters : further parameters as ``-p`` takes them.
    edits : ``(old, new)`` pairs applied in order to the text of the code cells; ``old`` must stand there once.
    code : sources in place of those of all code cells, the parameters first; edits are applied to them.
    home : project folder with ``data`` and, where the notebook is named, ``notebooks``.
    pictures : whether figures are drawn; a page needs them.

    Raises
    ------
    JPResearchError : the call is wrong, as it would be on the command line.
    ValueError : the text of an edit does not stand in the cells, or more than once.
    """
    given = {**(parameters or {}), **({} if as_of is None else {AS_OF: as_of})}
    with tempfile.TemporaryDirectory() as temporary, _project(home):
        folder = Path(temporary)
        (path,) = find([str(notebook)])
        copy = folder / path.name
        copy.write_text(json.dumps(_edited(read_json(path), edits, code)), encoding="utf-8")
        content = nbformat.read(copy, as_version=4)
        try:
            (planned,) = plan([str(copy)], given).jobs
        except NotYetPublished as refusal:
            return Ran(path.stem, content, skipped=str(refusal))
        with mock.patch.dict(os.environ, environment(planned, folder)):
            return _executed(planned, content, pictures=pictures)


@cache
def remembered(notebook: str, as_of: str | None = None, *edits: tuple[str, str], **parameters: str) -> Ran:
    """``run`` without pictures on the bundled data, once in a process for all tests; what it gives is read only."""
    return run(notebook, as_of, parameters=parameters, edits=edits)


def answer(found: Ran) -> str:
    """The answer, of which there is one."""
    (payload,) = found.payloads("answer")
    return str(payload["text"])


def findings(found: Ran) -> list[str]:
    """The sentences of all findings, in order."""
    return [payload["text"] for payload in found.payloads("finding")]


@contextlib.contextmanager
def _project(home: Path) -> Iterator[None]:
    """Within, the project at ``home`` is the one in force."""
    with mock.patch.dict(os.environ, {folders.HOME_VARIABLE: str(home)}):
        os.environ.pop(folders.DATA_VARIABLE, None)
        yield


def _edited(content: dict[str, Any], edits: Sequence[tuple[str, str]], code: Sequence[str] | None) -> dict[str, Any]:
    own = cells(content, "code")
    if code is not None:
        tagged = [{"metadata": {"tags": [PARAMETERS_TAG]}}, *({"metadata": {}} for _ in code[1:])]
        own = [
            {"cell_type": "code", "id": f"c{number}", "source": source, "outputs": [], "execution_count": None} | tags
            for number, (source, tags) in enumerate(zip(code, tagged, strict=True))
        ]
        content["cells"] = [*cells(content, "markdown"), *own]
    for old, new in edits:
        holding = [cell for cell in own if old in source_of(cell)]
        if len(holding) != 1 or source_of(holding[0]).count(old) != 1:
            raise ValueError(f"{old!r} stands {sum(source_of(cell).count(old) for cell in own)} times in the cells")
        holding[0]["source"] = source_of(holding[0]).replace(old, new)
    return content


def _executed(planned: Planned, content: Any, *, pictures: bool) -> Ran:
    """The notebook after its cells have run, up to the first that fails."""
    name, said = planned.notebook.name, io.StringIO()
    namespace: dict[str, Any] = {"__name__": "__main__"}
    failure, error = None, None
    _forget()
    with _as_a_kernel(said), publish.collected(pictures=pictures) as found:
        for number, cell in enumerate(cells(content, "code"), 1):
            error = _run_cell(cell, number, name, namespace)
            cell["outputs"] = _sent(found)
            if error is not None:
                failure = Failure(type=type(error).__name__, message=str(error), cell=number, source=cell["source"])
                break
            if PARAMETERS_TAG in tags_of(cell):
                namespace.update(planned.overrides)
    ran = Ran(name, content, failure, error, printed=said.getvalue(), namespace=namespace)
    return replace(ran, failure=failure or not_published(planned.notebook, ran.published))


@contextlib.contextmanager
def _as_a_kernel(said: io.StringIO) -> Iterator[None]:
    """Prints and warnings go to ``said``, warnings as Python filters them; the house style ends with the block."""
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), mpl.rc_context():
        with warnings.catch_warnings(record=True) as caught:
            warnings.resetwarnings()
            for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
                warnings.simplefilter("ignore", kind)
            charts.style()
            yield
        said.writelines(f"{warning.category.__name__}: {warning.message}\n" for warning in caught)


def _run_cell(cell: Any, number: int, notebook: str, namespace: dict[str, Any]) -> Exception | SystemExit | None:
    """Execute a cell; what it raised."""
    source, file = cell["source"], f"<{notebook}, cell {number}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    cell["execution_count"] = number
    try:
        exec(compile(source, file, "exec", dont_inherit=True), namespace)
    except (Exception, SystemExit) as error:
        return error
    return None


def _sent(found: publish.Collected) -> list[Any]:
    """The outputs collected since the last time, through JSON as on the way from a kernel."""
    taken = [nbformat.from_dict(output) for output in json.loads(json.dumps(found.outputs))]
    found.outputs.clear()
    return taken


def _forget() -> None:
    """Empty what functions of the notebooks' rooms remember: it may be of other data, and hides what is read."""
    for name in [module for module in sys.modules if module.startswith(ROOMS_OF_NOTEBOOKS)]:
        for value in vars(importlib.import_module(name)).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _from_csv(payload: Mapping[str, Any]) -> pd.DataFrame:
    texts = pd.read_csv(io.StringIO(payload["data"]), dtype="str", keep_default_na=False)
    return _typed(texts, payload["fields"])


def _from_rows(payload: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(payload["rows"], columns=payload["columns"], dtype="object")


def _typed(frame: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    """The frame with its columns of days and numbers in their types; others are texts, empty where missing."""
    convert = {"date": pd.to_datetime, "number": pd.to_numeric}
    columns = [
        convert[kind](frame.iloc[:, place].replace("", None)) if kind in convert else frame.iloc[:, place]
        for place, kind in enumerate(fields)
    ]
    typed = pd.concat(columns, axis=1) if columns else frame
    return typed.set_axis(frame.columns, axis="columns")
