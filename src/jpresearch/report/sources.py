"""The sources of a page: what was read, whose figures they are, how new, on what terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jpresearch import catalog
from jpresearch.errors import JPResearchError
from jpresearch.record import Job, TableRead
from jpresearch.report.phrases import phrase
from jpresearch.report.printed_numbers import plain

# The series, by its name in the table, behind an owner.
SERIES_OF: Final = re.compile(r" \([a-z0-9_, ]+\)")


@dataclass(frozen=True)
class SourceLine:
    """One table of figures behind the page; texts in the page's language, nothing escaped yet."""

    table: str
    title: str
    publisher: str
    page: str
    newest_period: str
    published: str
    rows: str
    kept_as: str
    grade: str
    terms: str
    stale: bool = False


def source_lines(job: Job, listed: Iterable[Mapping[str, Any]]) -> list[SourceLine]:
    """A line for each source that the notebook lists, then for each table it read and does not list.

    Parameters
    ----------
    job : its tables, as read.
    listed : the rows of ``publish.sources``, empty where a run failed before.
    """
    read = {table.table: table for table in job.tables}
    rows = {str(row.get("table") or row.get("title")): row for row in listed}
    rest = [name for name in read if name not in rows]
    lines = [_line(name, row, read.get(name), job.lang) for name, row in rows.items()]
    return [*lines, *(_line(name, _described(name), read[name], job.lang) for name in rest)]


def publishers(lines: Iterable[SourceLine]) -> str:
    """The publishers of all lines, once each."""
    return "; ".join(dict.fromkeys(line.publisher for line in lines if line.publisher))


def owners(tables: Sequence[str]) -> str:
    """Whose figures the tables hold, once each; a table that the catalogue does not know by its name.

    Which series of a table are whose (``Nikkei Inc. (nikkei225)``) its descriptor says, not a line under a figure.
    """
    known = (_described(name) for name in tables)
    found = ((row.get("owner") or name).partition(";")[0] for name, row in zip(tables, known, strict=True))
    return ", ".join(dict.fromkeys(SERIES_OF.sub("", owner) for owner in found))


def _line(name: str, row: Mapping[str, Any], read: TableRead | None, lang: str) -> SourceLine:
    newest = str((read and read.newest_period) or row.get("newest_period") or row.get("remark") or "")
    published = str((read and read.newest_published_at) or row.get("published") or "")
    grade = str((read and read.grade) or row.get("grade") or "")
    vintage = str((read and read.vintage) or row.get("vintage") or "")
    page = str(row.get("page") or "")
    return SourceLine(
        table=name,
        title=str(row.get("title") or name),
        publisher=str(row.get("publisher") or ""),
        page=page if page.startswith(("https://", "http://")) else "",
        newest_period=newest,
        published=published[:16].replace("T", " "),
        rows=phrase("rows", lang, count=plain(read.rows)) if read else phrase("not_read", lang),
        kept_as=_known(vintage, lang),
        grade=_known(f"grade_{grade}", lang) if grade else "",
        terms=str(row.get("terms") or ""),
        stale=bool(read and read.stale),
    )


def _known(key: str, lang: str) -> str:
    try:
        return phrase(key, lang)
    except KeyError:
        return key.replace("_", " ")


def _described(name: str) -> dict[str, str]:
    """What the catalogue says of a table; nothing where it is not there, as in a page made elsewhere."""
    try:
        table = catalog.table(name)
    except JPResearchError:
        return {}
    terms = ", ".join(licence.title or licence.name for licence in table.licences)
    return {
        "title": table.title,
        "publisher": table.house.publisher,
        "owner": table.house.owner or table.house.publisher,
        "page": table.house.page or "",
        "terms": terms,
    }
