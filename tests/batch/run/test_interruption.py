"""Signals during a run are counted, not raised."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from jpresearch.batch.run.interruption import HEEDED, Interruption


@pytest.mark.parametrize("number", HEEDED)
def test_a_signal_counts_and_breaks_nothing_off(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Interruption() as interruption:
        assert interruption.requests == 0
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert interruption.requests == 2
    assert signal.getsignal(number) == before


def test_a_signal_that_was_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            os.kill(os.getpid(), signal.SIGHUP)
            assert interruption.requests == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_outside_the_main_thread_only_requests_count() -> None:
    counted: list[int] = []

    def use() -> None:
        with Interruption() as interruption:
            interruption.request()
            counted.append(interruption.requests)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert counted == [1]
