"""What the page of a notebook has so far: tables read, names taken, metrics, tests. One per kernel or block."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from jpresearch.say import Estimate

if TYPE_CHECKING:
    from jpresearch.publish.levels import Held


@dataclass
class Page:
    """State of a page in the making.

    Attributes
    ----------
    reads : the newest note of each table read, by table.
    held : what was read last of each table, by table.
    names : by kind and name of what was published: the number of the execution that did it.
    metrics : the name of the metric that states an estimate, by the id of the estimate's marks.
    families : by family and question: the estimate tested.
    shown : the metrics of the execution that shows them as one table.
    """

    reads: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    names: dict[tuple[str, str], int] = field(default_factory=dict)
    metrics: dict[int, str] = field(default_factory=dict)
    families: dict[str, dict[str, Estimate]] = field(default_factory=dict)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown_by: int | None = None

    @property
    def newest(self) -> date | None:
        """The newest day that the tables read speak of."""
        days = [str(note["newest_period"])[:10] for note in self.reads.values() if note.get("newest_period")]
        return max((date.fromisoformat(day) for day in days), default=None)
