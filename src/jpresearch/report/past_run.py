"""What the indices keep of past runs, and the file that keeps it: a line a run, in the folder of runs.

The file may be deleted or damaged at any time: what it lacks is read again from the records.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from jpresearch import record
from jpresearch.files import plain_text, write_atomically

CACHE: Final = ".history.jsonl"
CACHE_VERSION: Final = 4
# Ten years of weeks; older runs stay on disk and in `compare`, the index counts them.
KEPT: Final = 520

Stamp = tuple[int, int]


@dataclass(frozen=True)
class PastJob:
    """One job of a past run, as much as an index shows of it. ``day`` is the day its data speak of.

    ``as_of`` is the day it was given, empty for everything published; ``takeaway`` its answer, ``findings`` the next.
    """

    series: str
    notebook: str
    title: str
    status: str
    day: str
    page: str | None = None
    as_of: str = ""
    takeaway: str = ""
    findings: Sequence[str] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PastRun:
    """A past run, as much as the index of all runs shows of it; ``problem`` says why its record cannot be read."""

    folder: str
    id: str
    started_at: str = ""
    finished: bool = False
    whole_collection: bool = False
    as_of: Sequence[str] = ()
    statuses: Mapping[str, int] = field(default_factory=dict)
    notebooks: Sequence[str] = ()
    jobs: Sequence[PastJob] = ()
    problem: str = ""


class Kept(NamedTuple):
    """A summary as the cache holds it: of which version of the record, and its line of the file."""

    stamp: Stamp
    run: PastRun
    line: str


def stamp_of(folder: Path) -> Stamp | None:
    """Which version of its record a run has; ``None`` where it has none, or none for us."""
    try:
        state = (folder / record.FILE_NAME).stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


def read_cache(file: Path) -> list[Kept | None]:
    """The kept summaries, ``None`` for each that is damaged or of another version; none where there is no file."""
    try:
        # Only the end of a line ends one: a title may hold other signs that break lines.
        return [_kept(line) for line in plain_text(file).removesuffix("\n").split("\n")]
    except (OSError, ValueError):
        return []


@lru_cache(maxsize=2 * KEPT)
def _kept(line: str) -> Kept | None:
    try:
        content = json.loads(line)
        if content["version"] != CACHE_VERSION:
            return None
        first, second = content["stamp"]
        return Kept((first, second), _past_run(content["run"]), line)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _past_run(content: dict[str, Any]) -> PastRun:
    return PastRun(**(content | {"jobs": [PastJob(**job) for job in content["jobs"]]}))


def to_keep(stamp: Stamp, run: PastRun) -> Kept:
    """The summary with its line of the cache."""
    # Plain values all through; `asdict` would copy each of them.
    plain = {**vars(run), "jobs": [vars(job) for job in run.jobs]}
    return Kept(stamp, run, json.dumps({"version": CACHE_VERSION, "stamp": stamp, "run": plain}, ensure_ascii=False))


def write_cache(file: Path, entries: Iterable[Kept]) -> None:
    """Keep the summaries; a folder that cannot be written only costs time at the next reading."""
    with contextlib.suppress(OSError):
        write_atomically(file, "".join(f"{entry.line}\n" for entry in entries))
