"""Payloads about the tables that a notebook read: the note of each, and the table of sources."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from jpresearch.payloads.fields import MOST_COLUMNS, Count, Day, Name, Payload, Text


class Source(Payload):
    """One row of the table of sources."""

    model_config = ConfigDict(strict=True, extra="ignore")

    table: Text = ""
    title: Text = ""
    publisher: Text = ""
    page: Text = ""
    vintage: Text = ""
    terms: Text = ""
    newest_period: Text | None = None
    published: Text = ""
    grade: Text | None = None
    remark: Text = ""


class Sources(Payload):
    """The table of sources."""

    rows: Annotated[list[Source], Field(max_length=1000)]


class Behind(Payload):
    """A series of a table that may be late while others are not."""

    newest_period: Day
    allowance_days: Count


class Note(Payload):
    """The note of a table read."""

    table: Name
    as_of: Text | None
    rows: Count
    lines: Count | None = None
    newest_period: Day | None
    newest_published_at: Text | None
    content_hash: Text
    vintage: Text
    grade: Text | None
    file_digest: Text | None = None
    behind: dict[Text, Behind] = Field(default={}, max_length=MOST_COLUMNS)
