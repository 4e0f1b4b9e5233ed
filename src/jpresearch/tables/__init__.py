"""The only door to ``data/``: read as of a moment, append atomically."""

from __future__ import annotations

from jpresearch.tables.appending import append
from jpresearch.tables.loading import first_publication, load, moment, newest, snapshot, sources
from jpresearch.tables.reading import check, read

__all__ = ["append", "check", "first_publication", "load", "moment", "newest", "read", "snapshot", "sources"]
