"""Jobs on the workers of a Dask scheduler. Each worker runs them as this machine would: a process and a folder each."""

from __future__ import annotations

import atexit
import hashlib
import logging
import pickle
import platform
import queue
import shutil
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from jpresearch import folders
from jpresearch.batch.assignment import Task
from jpresearch.batch.executors.attempt import Attempt
from jpresearch.batch.executors.base import Advanced, Ended, Event, Started
from jpresearch.batch.executors.processes import Stem, wait_for_news
from jpresearch.batch.limits import Progress
from jpresearch.batch.preload import Parent
from jpresearch.errors import DataError

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS: Final = 5
LOOK_SECONDS: Final = 0.5
# What each worker must have in common with the driver: the same code on the same figures.
COMPARED: Final = (("code", "src/jpresearch", "**/*.py"), ("data", "data", "*"))


class Cluster:
    """Sends every task to the scheduler at ``address`` at once; the scheduler gives a lost worker's tasks to others.

    Raises
    ------
    DataError : the scheduler cannot be reached.
    """

    here: Final = False

    def __init__(self, address: str) -> None:
        self._address = address
        self._futures: dict[int, Future[Any]] = {}
        self._news: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def submit(self, key: int, task: Task) -> None:
        """Send a task to the scheduler."""
        name = f"{task.run.id}-{task.job.name}"
        content = pickle.dumps((self._topic, key, task, checkout(task.edition)))
        future = self._client.submit(on_worker, content, key=name, pure=False)
        self._futures[key] = future
        future.add_done_callback(lambda done: self._news.put(_end_of(key, done)))

    def events(self, seconds: float) -> Sequence[Event]:
        """What happened, after waiting for it for ``seconds`` at most."""
        found: list[Event] = []
        try:
            found.append(self._news.get(timeout=seconds))
            while True:
                found.append(self._news.get_nowait())
        except queue.Empty:
            return found

    def cancel(self) -> None:
        """Withdraw all tasks; a worker that runs one ends it."""
        self._client.cancel(list(self._futures.values()), force=True)

    def kill(self) -> None:
        """The same as ``cancel``: what runs elsewhere can only be withdrawn."""
        self.cancel()

    def __enter__(self) -> Self:
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client: Client = Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise DataError(f"the Dask scheduler cannot be reached: {error}", self._address) from error
        self._topic = f"jpresearch-{self._client.id}"
        self._client.subscribe_topic(self._topic, lambda event: self._news.put(_from_message(event[1])))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close(timeout=CONNECT_SECONDS)


def on_worker(content: bytes) -> Ended:
    """Run one task on this worker, ending it where it is no longer wanted; what a worker is sent."""
    from distributed import get_worker

    topic, key, task, expected = pickle.loads(content)
    worker = get_worker()
    different = [name for name, digest in checkout(task.edition).items() if expected.get(name) != digest]
    if different:
        return Ended(key, None, f"the worker on {platform.node()} has other {' and '.join(different)} than the driver")
    attempt = Attempt(_site(worker.local_directory), key, task)
    wanted = True
    while True:
        wait_for_news([attempt.process], LOOK_SECONDS)
        for event in attempt.news():
            if isinstance(event, Ended):
                return event
            worker.log_event(topic, _as_message(event))
        if wanted and not _is_wanted(worker, f"{task.run.id}-{task.job.name}"):
            wanted = False
            attempt.stop()


def _is_wanted(worker: Any, name: str) -> bool:
    """Whether the scheduler still waits for the task; it does not once the driver withdrew it or is gone."""
    state = worker.state.tasks.get(name)
    return state is not None and state.state != "cancelled"


def _end_of(key: int, future: Future[Any]) -> Ended:
    """What became of a task of which there is no more to come."""
    if future.status == "finished":
        ended: Ended = future.result()
        return ended
    if future.status == "cancelled":
        return Ended(key, None, "the connection to the Dask scheduler was lost")
    return Ended(key, None, f"it ended on no worker: {future.exception()}")


def _as_message(event: Event) -> list[Any]:
    """An event as plain values, as the scheduler wants them."""
    if isinstance(event, Started):
        return [event.key, event.where]
    assert isinstance(event, Advanced)
    return [event.key, event.progress.cell, event.progress.cells]


def _from_message(message: Sequence[Any]) -> Event:
    key, *rest = message
    return Started(key, *rest) if len(rest) == 1 else Advanced(key, Progress(*rest))


def checkout(edition: str | None = None) -> dict[str, str]:
    """What a job's result depends on besides the job, as digests: Python, the package, the tables.

    The tables are those of the run's ``edition`` where its folder can be seen, else those that are here.
    """
    found = {"Python": platform.python_version()}
    for name, folder, pattern in COMPARED:
        digest = hashlib.sha256()
        for file in sorted((folders.home() / folder).glob(pattern)):
            if file.is_file() and not file.name.startswith("."):
                kept = folders.copy_of(file, Path(edition)) if edition else file
                content = (kept if kept.is_file() else file).read_bytes()
                digest.update(file.name.encode() + b"\0" + hashlib.sha256(content).digest())
        found[name] = digest.hexdigest()
    return found


_opening = threading.Lock()


def _site(folder: str) -> Stem:
    """The processes that this worker's jobs are forked from; the first task starts them."""
    with _opening:
        return _opened(folder)


@cache
def _opened(folder: str) -> Stem:
    held = ExitStack()
    temporary = Path(tempfile.mkdtemp(prefix="jobs-", dir=folder))
    held.callback(shutil.rmtree, temporary, ignore_errors=True)
    parent = held.enter_context(Parent(temporary, isolated=True))
    stem = held.enter_context(Stem(temporary, parent.environment()))
    atexit.register(held.close)
    return stem
