"""What a run shows while it goes on: a live table on a terminal, a line per event elsewhere."""

from __future__ import annotations

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from jpresearch.batch.limits import Progress
from jpresearch.cli.progress import Board, Lines, duration, live, sentence
from jpresearch.record import Failure, Job, Status

NOW = datetime(2025, 9, 5, 16, tzinfo=ZoneInfo("Asia/Tokyo"))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def job(name: str, status: Status, **rest: object) -> Job:
    started = {} if status is Status.SKIPPED else {"started_at": NOW}
    ended = {} if status in (Status.RUNNING, Status.SKIPPED) else {"ended_at": NOW}
    content = {"name": name, "notebook": name, "title": name, "parameters": {}, "why": "code changed", "status": status}
    return Job.model_validate({**content, **started, **ended, **rest})


def drawn(board: Board) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(board)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def test_the_table_shows_what_runs_with_its_cell_and_time() -> None:
    clock = Clock()
    board = Board(4, clock)
    board.listener(job("01_a", Status.RUNNING))
    clock.now = 65
    board.listener(job("02_[b]", Status.RUNNING))
    board.watcher(job("01_a", Status.RUNNING), Progress(7, 19))
    clock.now = 70
    text = drawn(board)
    assert "01_a 7 of 19 1 min 10 s" in text
    assert "02_[b] starting 5 s" in text
    assert "0 of 4 done, 0 failed" in text
    assert "left" not in text, "no estimate before a job has ended"


def test_the_table_counts_what_ended_and_estimates_the_rest() -> None:
    clock = Clock()
    board = Board(6, clock)
    board.listener(job("01_a", Status.REUSED, reused_from="x"))
    for name in ("02_b", "03_c"):
        board.listener(job(name, Status.RUNNING))
    clock.now = 10
    board.listener(job("02_b", Status.SUCCEEDED))
    board.listener(job("04_d", Status.RUNNING))
    clock.now = 14
    board.listener(job("03_c", Status.FAILED, failure=Failure(type="E", message="m")))
    # Jobs took 12 s on average, two at once; three are to come, of which one has been running for 4 s.
    assert board.seconds_left() == pytest.approx((3 * 12 - 4) / 2)
    assert "3 of 6 done, 1 failed, about 16 s left" in drawn(board)
    assert "02_b" not in drawn(board)


def test_a_job_that_begins_anew_elsewhere_is_counted_once() -> None:
    clock = Clock()
    board = Board(1, clock)
    board.listener(job("01_a", Status.RUNNING))
    clock.now = 5
    board.listener(job("01_a", Status.RUNNING))
    clock.now = 6
    assert "01_a starting 1 s" in drawn(board)
    board.listener(job("01_a", Status.SUCCEEDED))
    assert board.ended == 1


def test_on_a_terminal_the_end_of_each_job_stays_above_the_table() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with live(Board(2), console) as show:
        show.listener(job("01_[a]", Status.RUNNING))
        show.watcher(job("01_[a]", Status.RUNNING), Progress(1, 2))
        show.listener(job("01_[a]", Status.SUCCEEDED, timings_seconds={"execute": 2.13}))
        show.listener(job("02_b", Status.SKIPPED))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "01_[a]: succeeded in 2.1 s" in text
    assert "02_b: skipped (code changed)" in text
    assert "01_[a]: running" not in text


def test_elsewhere_there_is_a_line_per_event() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    lines.listener(job("01_a", Status.RUNNING))
    lines.watcher(job("01_a", Status.RUNNING), Progress(1, 2))
    lines.listener(job("01_a", Status.SUCCEEDED, timings_seconds={"execute": 2.13}))
    assert stream.getvalue().splitlines() == ["01_a: running (code changed)", "01_a: succeeded in 2.1 s"]


def test_a_failure_is_told_in_one_line() -> None:
    failed = job(
        "01_a", Status.FAILED, timings_seconds={"execute": 1.0}, failure=Failure(type="E", message="two\nlines")
    )
    assert sentence(failed) == "01_a: failed in 1.0 s (E: two lines)"
    reused = job("01_a", Status.REUSED, timings_seconds={"execute": 1.0}, reused_from="x", why="nothing changed")
    assert sentence(reused) == "01_a: reused (nothing changed)"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s")]
)
def test_a_duration_is_told_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
