"""The guard's looks: they cost little of a processor, and a busy machine does not keep the guard from looking."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import psutil
import pytest

from jpresearch.batch.kernels import limit_guard
from jpresearch.batch.kernels.limit_guard import LARGEST_SHARE, LOOK_SECONDS, Guard
from jpresearch.batch.limits import Limits

LOOK_COST_SECONDS = 0.2


class ThreeLooks:
    """Stands for the event that ends the guard: set after three looks; it keeps how long each was waited for."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) > 3


def waits() -> None:
    time.sleep(LOOK_COST_SECONDS)


def computes() -> None:
    begun = time.thread_time()
    while time.thread_time() - begun < LOOK_COST_SECONDS:
        pass


@pytest.mark.parametrize(("looks", "costs"), [(waits, False), (computes, True)])
def test_a_look_may_cost_a_part_of_a_processor_and_waiting_for_one_costs_nothing(
    looks: Callable[[], None], costs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(kernel: psutil.Process, *, own: bool) -> float:
        looks()
        return 0.0

    monkeypatch.setattr(limit_guard, "_held", held)
    guard, looked = Guard(Limits(memory_mb=1)), ThreeLooks()
    monkeypatch.setattr(guard, "_done", looked)
    guard._watch(psutil.Process(os.getpid()))
    first, *others, _ = looked.pauses
    assert first == LOOK_SECONDS
    assert [pause >= LOOK_COST_SECONDS / LARGEST_SHARE for pause in others] == [costs, costs]
