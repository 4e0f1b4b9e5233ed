"""What a job may use, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from jpresearch.errors import BadParameter


@dataclass(frozen=True)
class Limits:
    """Limits of one job; ``None`` is no limit.

    Parameters
    ----------
    cell_seconds : the longest that one cell may take.
    job_seconds : the longest that the kernel's start and all cells together may take.
    memory_mb : the most memory of its own that the kernel with its child processes may hold, in units of 2**20 bytes.

    Raises
    ------
    BadParameter : a limit that is not above zero.
    """

    cell_seconds: float | None = None
    job_seconds: float | None = None
    memory_mb: float | None = None

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value is not None and not value > 0:
                raise BadParameter(f"the limit {value!r} is not above zero", name)


NO_LIMITS: Final = Limits()


class Progress(NamedTuple):
    """The code cell that has begun (from 1, among the notebook's own), and how many there are."""

    cell: int
    cells: int


Listener = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """The listener of those who do not ask."""
