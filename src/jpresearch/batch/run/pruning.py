"""Removing old runs: never the one that ``latest`` or ``previous`` points to, never one in progress.

A reused page is a copy, so no other run needs the removed one. Remembered successes whose files lay in it are told
another run that holds the same files, or are forgotten.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from jpresearch import clock, record
from jpresearch.batch.plan.notebooks import collection
from jpresearch.batch.reuse import success_file
from jpresearch.batch.run.open_run import LATEST, PREVIOUS, in_progress
from jpresearch.errors import BadParameter, DataError
from jpresearch.files import plain_text
from jpresearch.report.history import run_folders

SPAN: Final = re.compile(r"([0-9]+)([hdw])")
UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
GOING: Final = ".pruned-"
# Runs at an address keep their folder on this machine below this one.
REMOTE: Final = ".remote"


@dataclass(frozen=True)
class Pruned:
    """A run that goes: its folder, when it began, its size."""

    folder: Path
    started_at: datetime
    size: int


@dataclass(frozen=True)
class Kept:
    """An old run that stays, and why."""

    folder: Path
    reason: str


@dataclass(frozen=True)
class Pruning:
    """What a pruning removes, and which old runs it leaves."""

    pruned: list[Pruned]
    kept: list[Kept]


def span(text: str) -> timedelta:
    """A span such as ``90d``, ``12w`` or ``36h``. Raises ``BadParameter``."""
    match = SPAN.fullmatch(text.strip())
    try:
        if match is not None:
            return int(match[1]) * UNITS[match[2]]
    except OverflowError:
        pass
    raise BadParameter(f"{text!r} is not a span of time", "--older-than", "Write hours, days or weeks: 36h, 90d, 12w.")


def choose(reports: Path, older_than: timedelta, now: datetime | None = None) -> Pruning:
    """The runs that began longer ago than ``older_than``, apart into those that may go and those that must stay."""
    now = now or clock.wall()
    pruned, kept = [], []
    for root in _roots(reports):
        pointed = _pointed(root)
        for folder in run_folders(root):
            started = _started(folder)
            if now - started <= older_than:
                continue
            reason = pointed.get(folder.name) or ("it is in progress" if in_progress(folder) else None)
            if reason:
                kept.append(Kept(folder, reason))
            else:
                pruned.append(Pruned(folder, started, _size(folder)))
    return Pruning(pruned, kept)


def prune(reports: Path, chosen: Pruning) -> None:
    """Remove the chosen runs, and what an interrupted pruning left; the index of all runs is written anew.

    Raises
    ------
    DataError : a folder cannot be removed.
    """
    from jpresearch.report.overview import write_overview

    try:
        for run in chosen.pruned:
            _remove(run.folder)
        for root in _roots(reports):
            for left in root.glob(f"{GOING}*"):
                shutil.rmtree(left)
            forget(root)
            if (root / "index.html").is_file():
                write_overview(root, existing={path.stem for path in collection()})
    except OSError as error:
        raise DataError(f"an old run could not be removed: {error.strerror}", str(error.filename)) from error


def forget(reports: Path) -> None:
    """Bring the remembered successes in line with the runs there are: no success whose files are nowhere."""
    folders = run_folders(reports)
    for file in sorted((reports / success_file.FOLDER).glob(f"*--*{success_file.ENDING}")):
        with suppress(FileNotFoundError):
            success = success_file.read(file)
            if success is not None and (reports / success.folder).is_dir():
                continue
            other = next((f for f in folders if success and not success_file.damaged(f, success.files)), None)
            if success is None or other is None:
                file.unlink()
            else:
                success_file.write(file, success.model_copy(update={"folder": other.name}))


def _roots(reports: Path) -> list[Path]:
    """The folder of runs, and those kept for addresses."""
    remote = reports / REMOTE
    return [reports, *sorted(path for path in remote.glob("*") if path.is_dir())]


def _pointed(reports: Path) -> dict[str, str]:
    """The names of the runs that links point to, with the reason to keep them."""
    return {name: f"{link} points to it" for link in (PREVIOUS, LATEST) for name in _target(reports / link)}


def _target(link: Path) -> Iterator[str]:
    """A link's target, or the name in a small text file where links are not possible."""
    with suppress(OSError, UnicodeDecodeError):
        if link.is_symlink():
            yield link.readlink().name
        elif link.is_file():
            yield plain_text(link).strip()


def _started(folder: Path) -> datetime:
    """When the run began; where its record cannot be read, when that was last written."""
    try:
        return record.read(folder).started_at
    except DataError:
        return datetime.fromtimestamp((folder / record.FILE_NAME).stat().st_mtime, UTC)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _remove(folder: Path) -> None:
    """Out of sight in one step, then away: no reader meets half a run."""
    going = folder.with_name(f"{GOING}{folder.name}-{secrets.token_hex(2)}")
    with suppress(FileNotFoundError):
        folder.replace(going)
        shutil.rmtree(going)
