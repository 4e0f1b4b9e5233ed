"""What an adapter is, and what it hands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol, runtime_checkable

import pandas as pd

from jpresearch.catalog import Source
from jpresearch.errors import DataError

Page = Callable[[str], bytes]

# A column that the rows of a file may have beside the table's: the line of the file on which each stands, from 1.
LINE: Final = "line"


class SourceError(DataError):
    """A publisher's file that cannot be trusted or reached; names the file, the sheet and the label looked for."""

    @classmethod
    def of(cls, what: str, file: str, sheet: str | None = None, label: str | None = None) -> SourceError:
        """The error for ``file``, with the sheet and the label that were looked at."""
        place = f"{file}, sheet {sheet!r}" if sheet else file
        wanted = f" (looked for the label {label!r})" if label else ""
        return cls(
            f"{what}{wanted}",
            place,
            "Nothing was changed. If the publisher has changed the layout, docs/data.md says what to do.",
        )


@dataclass(frozen=True)
class Parsed:
    """Rows of one table as a publisher's file states them.

    Attributes
    ----------
    table : the table they belong to.
    rows : key columns, ``period_start``, ``period_end`` and all value columns of the descriptor; besides
        ``published_at`` (Tokyo) and ``grade`` where the file states the day of publication row by row, and ``LINE``
        where the file has lines.
    source : id of the source in the descriptor.
    edition : the moment (Tokyo) at which the file was published, where the file itself says so.
    new_sources : sources that the rows name and the descriptor does not know yet.
    doubts : what does not add up in a single period of a file that is sound otherwise. A dry run shows the rows with
        their doubts, so that one sees which figure it is; an update refuses them.
    file : name of the file, or last part of the address, from which they were read.
    """

    table: str
    rows: pd.DataFrame
    source: str
    edition: pd.Timestamp | None = None
    new_sources: tuple[Source, ...] = ()
    doubts: tuple[str, ...] = ()
    file: str = ""

    def require_sound(self, file: str) -> None:
        """Raise ``SourceError`` where a figure does not add up."""
        if self.doubts:
            raise SourceError.of("; ".join(self.doubts), file)


def place(file: str, line: Any = None) -> str:
    """Where a row stands: ``figures.csv, line 3``; the file alone where ``line`` is missing."""
    return file if pd.isna(line) else f"{file}, line {int(line)}"


class Adapter(Protocol):
    """One publisher's file or service: what it looks like, where it is, how it reads."""

    name: str
    tables: tuple[str, ...]

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether these bytes are such a file; judged by content, cheap, never raises."""
        ...

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Bytes to rows, without I/O. Raises ``SourceError`` and nothing else."""
        ...

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The addresses to download now, for periods after ``since``; ``page`` fetches an index page."""
        ...


@runtime_checkable
class Paged(Protocol):
    """An adapter whose service answers page by page."""

    def next_page(self, content: bytes, address: str) -> str | None:
        """The address of the page after this answer, or ``None`` where it was the last."""
        ...
