"""The file of a remembered success: what the job was, what it read, and where its files lie.

One small file each in ``reports/.successes``, named by notebook and a digest of notebook, parameters and language. Its
first line is the digest of the rest, so that a damaged file is known as one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from jpresearch import folders
from jpresearch.batch import file_digests
from jpresearch.batch.plan.jobs import Planned
from jpresearch.files import plain_bytes, plain_text, write_atomically
from jpresearch.record import Job

FOLDER: Final = ".successes"
ENDING: Final = ".json"
FORM: Final = 1
DIGITS: Final = 16


class FileKept(BaseModel):
    """A file of the job, by which it is known to be whole."""

    model_config = ConfigDict(frozen=True)

    size: int
    digest: str


class TableKept(BaseModel):
    """A table that the job read or might have read: its file then, and the lines of it that were public at ``as_of``.

    ``definition`` is a digest of its description, ``file`` of the file, ``content`` of those lines (``None`` where all
    count, then the file's digest says it), ``lines`` their number and ``keys`` how many figures they were.
    """

    model_config = ConfigDict(frozen=True)

    table: str
    as_of: str | None
    definition: str
    file: str
    content: str | None
    lines: int
    keys: int | None


class Success(BaseModel):
    """A job that succeeded; ``run`` computed it, ``folder`` (the name of a run's folder) holds its files now."""

    model_config = ConfigDict(frozen=True)

    form: int = FORM
    notebook: str
    parameters: Mapping[str, Any]
    run: str
    folder: str
    job: Job
    tables: Sequence[TableKept]
    files: Mapping[str, FileKept]


class Sibling(NamedTuple):
    """A success of the same notebook as far as others look at it: how it was asked, and how long its cells took."""

    parameters: Mapping[str, Any]
    lang: str
    static: bool
    seconds: float | None


def file_of(reports: Path, planned: Planned) -> Path:
    """Where the success of such a job is remembered."""
    form = [planned.lang, "static"] if planned.static else [planned.lang]
    text = json.dumps([identity(planned), planned.parameters, *form], sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
    return reports / FOLDER / f"{planned.notebook.name}--{digest}{ENDING}"


def identity(planned: Planned) -> str:
    """The notebook's place: in the project, so that a checkout may be moved, or anywhere else."""
    path, home = planned.notebook.path.resolve(), folders.home()
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)


def siblings(reports: Path, planned: Planned) -> list[Sibling]:
    """What matters of the readable successes of the same notebook, whatever its parameters and language."""
    files = sorted((reports / FOLDER).glob(f"*--*{ENDING}"))
    mine = [file for file in files if file.name.rpartition("--")[0] == planned.notebook.name]
    found = (read(file) for file in mine)
    return [_sibling(each) for each in found if each is not None and each.notebook == identity(planned)]


def _sibling(success: Success) -> Sibling:
    job = success.job
    return Sibling(success.parameters, job.lang, job.static, job.timings_seconds.get("execute"))


def read(file: Path) -> Success | None:
    """The success in a file; ``None`` where the file is damaged or of another form. Raises ``FileNotFoundError``."""
    try:
        seal, _, text = plain_text(file).partition("\n")
        if hashlib.sha256(text.encode()).hexdigest() != seal:
            return None
        success = Success.model_validate_json(text)
    except FileNotFoundError:
        raise
    except (OSError, ValidationError, ValueError):
        return None
    return success if success.form == FORM else None


def write(file: Path, success: Success) -> None:
    """Keep a success. Raises ``OSError``."""
    text = success.model_dump_json()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")


def kept(file: Path) -> FileKept:
    """By what ``file`` is known to be whole. Raises ``OSError``."""
    content = plain_bytes(file)
    return FileKept(size=len(content), digest=hashlib.sha256(content).hexdigest())


def damaged(folder: Path, files: Mapping[str, FileKept]) -> list[str]:
    """The names of those files that are gone or not what they were."""
    return [name for name, known in files.items() if not _is(folder / name, known)]


def _is(file: Path, known: FileKept) -> bool:
    try:
        return file.stat().st_size == known.size and file_digests.of(file) == known.digest
    except OSError:
        return False
