"""What a table held at a moment, found once: the rows public then, the latest of each key, and the note of the read."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import pandas as pd

from jpresearch.catalog import GRADES, Table
from jpresearch.tables.reading import read_edition
from jpresearch.tables.series import behind

# A notebook reads its tables at one moment, the ledger at two.
MOST: Final = 96
_found: OrderedDict[tuple[str, str, int], Known] = OrderedDict()


@dataclass(frozen=True)
class Known:
    """A table at a moment; whoever hands out its frames copies them.

    Attributes
    ----------
    public : all rows public at the moment, corrected editions included.
    file_digest : SHA-256 of the file.
    first : the first day on which the table could be read; ``None`` where it has no row.
    """

    table: Table
    public: pd.DataFrame
    file_digest: str
    first: date | None

    @cached_property
    def latest(self) -> pd.DataFrame:
        """The latest public row of each key."""
        return self.public.drop_duplicates(self.table.key, keep="last").reset_index(drop=True)

    @cached_property
    def note(self) -> dict[str, Any]:
        """What a read of ``latest`` gives: enough to tell readers its age and a later run whether it changed."""
        frame, filled = self.latest, len(self.latest) > 0
        return {
            "table": self.table.name,
            "rows": len(frame),
            "newest_period": frame["period_end"].max().date().isoformat() if filled else None,
            "newest_published_at": frame["published_at"].max().isoformat() if filled else None,
            "content_hash": content_hash(frame),
            "vintage": self.table.house.vintage,
            "grade": max(frame["grade"].unique(), key=GRADES.index, default=None),
            "behind": behind(self.table, frame),
        }


def known_at(table: Table, until: pd.Timestamp) -> Known:
    """What the file of ``table`` holds that was public at ``until``. Raises ``TableInvalid``."""
    frame, file_digest = read_edition(table)
    then = frame["published_at"] <= until
    # Rows only ever join those that are public: so many of one file are always the same ones.
    key = (table.name, file_digest, int(then.sum()))
    found = _found.get(key)
    if found is None or found.table is not table:
        first = frame["published_at"].min().date() if len(frame) else None
        public = frame[then].reset_index(drop=True)
        found = _found[key] = Known(table, public, file_digest, first)
    _found.move_to_end(key)
    while len(_found) > MOST:
        _found.popitem(last=False)
    return found


def content_hash(frame: pd.DataFrame) -> str:
    """A digest of column names and values, the same for equal frames on any machine."""
    digest = hashlib.sha256("\x1f".join(frame.columns).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()
