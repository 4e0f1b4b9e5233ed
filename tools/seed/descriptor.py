"""The descriptor of the tables: a Frictionless Data Package and what the project adds to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tools.seed.model import Column, Series, Table, columns_in_order
from tools.seed.sources import FACTS, FEEDS, GOVERNMENT, OWN, UNITED_STATES, SourceBook

LICENCES = {
    GOVERNMENT: {
        "name": GOVERNMENT,
        "title": "Government standard terms of use (Public Data License 1.0): reuse with attribution to the publisher",
        "path": "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
    },
    UNITED_STATES: {
        "name": UNITED_STATES,
        "title": "Figures of United States agencies and of the Federal Reserve: public, the publisher named",
    },
    OWN: {
        "name": OWN,
        "title": "This project's own text, under the licence of its code (BSD 3-Clause)",
        "path": "https://opensource.org/license/bsd-3-clause",
    },
    FACTS: {
        "name": FACTS,
        "title": "Facts for internal research, publisher named; the publisher's files are not redistributed",
    },
}


def package(tables: Iterable[Table], book: SourceBook) -> dict[str, Any]:
    """The descriptor of ``tables``, with every source that a row names."""
    tables = list(tables)
    used = sorted({name for table in tables for name in table.frame["source"]} | set(FEEDS))
    return {
        "profile": "tabular-data-package",
        "name": "jpresearch-data",
        "title": "Japanese equities: flows, valuation, public pensions and NISA",
        "description": (
            "Published statistics on Japanese equities as tidy tables, each row with the moment from which "
            "it was public. A correction is a further row with the same key and a later published_at."
        ),
        "licenses": list(LICENCES.values()),
        "sources": [_source(book, name) for name in used],
        "resources": [resource(table) for table in tables],
    }


def _source(book: SourceBook, name: str) -> dict[str, str]:
    """One source; no address where none can be opened."""
    source = book.by_name[name]
    entry = {"name": source.name, "title": source.title, "path": source.path or ""}
    entry |= {"publisher": source.publisher, "terms": source.terms}
    return {key: value for key, value in entry.items() if value}


def resource(table: Table) -> dict[str, Any]:
    """The entry of one table."""
    about = table.about
    return {
        "name": about.name,
        "path": f"{about.name}.csv",
        "title": about.title,
        "description": about.description,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [field(column) for column in columns_in_order(about)],
            "missingValues": [""],
            "primaryKey": [*about.key, "published_at"],
        },
        "sources": [{"title": about.publisher, "path": about.page}],
        "licenses": [LICENCES[terms] for terms in about.terms],
        "jpresearch": house(table),
    }


def field(column: Column) -> dict[str, Any]:
    """One column in the words of Table Schema."""
    limits = {
        "required": column.required or None,
        "enum": list(column.enum) if column.enum else None,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "pattern": column.pattern,
    }
    constraints = {key: value for key, value in limits.items() if value is not None}
    entry: dict[str, Any] = {"name": column.name, "type": column.type}
    if column.type == "datetime":
        entry["format"] = "%Y-%m-%dT%H:%M:%S%z"
    entry |= {"description": column.description}
    entry |= {"unit": column.unit} if column.unit else {}
    return entry | ({"constraints": constraints} if constraints else {})


def house(table: Table) -> dict[str, Any]:
    """What the project says of the table: key, release rule, staleness, grade, vintage, caveats."""
    about = table.about
    return {
        "publisher": about.publisher,
        "page": about.page,
        "frequency": about.frequency,
        "key": list(about.key),
        "release_rule": about.release_rule,
        "staleness_days": about.staleness_days,
        "grade": table.worst_grade,
        "vintage": about.vintage,
        **({"restated_by": about.restated_by} if about.restated_by else {}),
        **({"agreement": about.agreement} if about.agreement else {}),
        "owner": about.owner or about.publisher,
        "export": about.export,
        **({"series": series(about.series)} if about.series != Series() else {}),
        "notes": list(about.notes),
    }


def series(rules: Series) -> dict[str, Any]:
    """What is known of the series of a table beyond its key."""
    known = {
        "by": None if rules.by is None else list(rules.by),
        "allowance_days": dict(rules.allowance_days),
        "ended": {name: {"last": last, "why": why} for name, (last, why) in rules.ended.items()},
    }
    return {name: value for name, value in known.items() if value or (name == "by" and value is not None)}
