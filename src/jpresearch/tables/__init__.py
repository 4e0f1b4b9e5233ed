"""The only door to ``data/``: read as of a moment, append atomically."""

from __future__ import annotations

from jpresearch.tables.appending import append, rehearse
from jpresearch.tables.known import content_hash
from jpresearch.tables.loading import (
    empty,
    first_publication,
    load,
    moment,
    newest,
    restatements,
    snapshot,
    sources,
    staleness,
    vintages,
)
from jpresearch.tables.reading import check, read
from jpresearch.tables.series import SeriesAge

__all__ = [
    "SeriesAge",
    "append",
    "check",
    "content_hash",
    "empty",
    "first_publication",
    "load",
    "moment",
    "newest",
    "read",
    "rehearse",
    "restatements",
    "snapshot",
    "sources",
    "staleness",
    "vintages",
]
