"""Ctrl-C and SIGTERM while a run goes on: counted, not raised, so that no step is broken off half way."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Final, Self

HEEDED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Counts requests to stop while it is used in a ``with`` statement; signals that were ignored stay so.

    Outside the main thread no signal arrives, and only ``request`` counts.
    """

    def __init__(self) -> None:
        self.requests = 0
        self._before: dict[signal.Signals, Any] = {}

    def request(self) -> None:
        """Ask to stop; a second request means at once."""
        self.requests += 1

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in HEEDED:
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._heed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heed(self, number: int, frame: FrameType | None) -> None:
        self.request()
