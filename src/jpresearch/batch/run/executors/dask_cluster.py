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
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast

from jpresearch import folders
from jpresearch.batch.job.task import Task
from jpresearch.batch.kernels.kernel_server import KernelServer
from jpresearch.batch.limits import Progress
from jpresearch.batch.run.executors.interface import Advanced, Ended, Event, Started
from jpresearch.batch.run.executors.job_processes import JobServer, wait_for_news
from jpresearch.batch.run.executors.watched_task import WatchedTask
from jpresearch.errors import DataError, without_logins

if TYPE_CHECKING:
    from distributed import Client, Future

T = TypeVar("T")
CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 10.0
HEED_SECONDS: Final = 0.2
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

    def __init__(self, address: str, unwanted: Callable[[], bool] = lambda: False) -> None:
        self._address = address
        self._unwanted = unwanted
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
        withdraw = lambda: self._client.cancel(list(self._futures.values()), force=True)  # noqa: E731
        with suppress(Exception):
            _waited_for(withdraw, CONNECT_SECONDS, lambda: False)

    def kill(self) -> None:
        """The same as ``cancel``: what runs elsewhere can only be withdrawn."""
        self.cancel()

    def __enter__(self) -> Self:
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        connect = lambda: Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False)  # noqa: E731
        try:
            self._client: Client = _waited_for(connect, ANSWER_SECONDS, self._unwanted)
            # A scheduler that took the connection may still say nothing.
            _waited_for(self._client.scheduler_info, ANSWER_SECONDS, self._unwanted)
            _waited_for(lambda: self._client.ncores(), ANSWER_SECONDS, self._unwanted)
        except KeyboardInterrupt:
            raise
        except Exception as error:
            what = f"the Dask scheduler cannot be reached: {without_logins(str(error), self._address)}"
            raise DataError(what, self._address, _what_to_check(self._address)) from error
        self._topic = f"jpresearch-{self._client.id}"
        self._client.subscribe_topic(self._topic, lambda event: self._news.put(_from_message(event[1])))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):
            _waited_for(lambda: self._client.close(timeout=CONNECT_SECONDS), 2 * CONNECT_SECONDS, lambda: False)


def _what_to_check(address: str) -> str:
    """What to do about a scheduler that cannot be reached."""
    if address.lower().startswith("tls://"):
        return "Check that it answers there to the certificates of Dask's configuration (distributed.comm.tls)."
    return "Check that a Dask scheduler answers there."


def _waited_for(work: Callable[[], T], seconds: float, unwanted: Callable[[], bool]) -> T:
    """What ``work`` gives, in a thread that is left behind if it takes longer: a scheduler may be frozen.

    Raises
    ------
    TimeoutError : it takes longer than ``seconds``.
    KeyboardInterrupt : ``unwanted`` says so meanwhile.
    """
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def answer() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:
            answers.put((None, error))

    threading.Thread(target=answer, name="scheduler", daemon=True).start()
    end = time.monotonic() + seconds
    while True:
        try:
            found, error = answers.get(timeout=HEED_SECONDS)
        except queue.Empty:
            if unwanted():
                raise KeyboardInterrupt from None
            if time.monotonic() > end:
                raise TimeoutError(f"no answer within {seconds:g} seconds") from None
            continue
        if error is not None:
            raise error
        return cast(T, found)


def on_worker(content: bytes) -> Ended:
    """Run one task on this worker, ending it where it is no longer wanted; what a worker is sent."""
    from distributed import get_worker

    topic, key, task, expected = pickle.loads(content)
    worker = get_worker()
    different = [name for name, digest in checkout(task.edition).items() if expected.get(name) != digest]
    if different:
        return Ended(key, None, f"the worker on {platform.node()} has other {' and '.join(different)} than the driver")
    watched = WatchedTask(_site(worker.local_directory), key, task)
    wanted = True
    while True:
        wait_for_news([watched.process], LOOK_SECONDS)
        for event in watched.news():
            if isinstance(event, Ended):
                return event
            worker.log_event(topic, _as_message(event))
        if wanted and not _is_wanted(worker, f"{task.run.id}-{task.job.name}"):
            wanted = False
            watched.stop()


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


def _site(folder: str) -> JobServer:
    """The processes that this worker's jobs are forked from; the first task starts them."""
    with _opening:
        return _opened(folder)


@cache
def _opened(folder: str) -> JobServer:
    held = ExitStack()
    temporary = Path(tempfile.mkdtemp(prefix="jobs-", dir=folder))
    held.callback(shutil.rmtree, temporary, ignore_errors=True)
    parent = held.enter_context(KernelServer(temporary, isolated=True))
    fork_server = held.enter_context(JobServer(temporary, parent.environment()))
    atexit.register(held.close)
    return fork_server
