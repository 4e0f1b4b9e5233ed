"""Which adapter reads what: by table for the publishers' services, by content for files at hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jpresearch import catalog
from jpresearch.sources.model import Adapter, SourceError
from jpresearch.sources.table_csv import TableCsv


@cache
def publishers() -> tuple[Adapter, ...]:
    """The adapters of the publishers, in the order in which they are asked."""
    from jpresearch.sources import (
        boj,
        cftc,
        fred,
        gpif,
        jpx_derivatives,
        jpx_investor_types,
        jpx_valuation,
        jquants,
        mof_jgb,
        mof_securities,
        mof_securities_monthly,
        nikkei,
    )

    return (
        jpx_investor_types.LEGACY,
        jpx_investor_types.UNIFIED,
        jpx_valuation.VALUATION,
        jpx_derivatives.ADAPTER,
        mof_securities.ADAPTER,
        mof_securities_monthly.ADAPTER,
        nikkei.ADAPTER,
        mof_jgb.ADAPTER,
        boj.ADAPTER,
        fred.ADAPTER,
        cftc.ADAPTER,
        gpif.ADAPTER,
        *jquants.ADAPTERS,
    )


def online(table: str) -> tuple[Adapter, ...]:
    """The adapters that can fetch this table from its publisher; none where there is no machine-readable file."""
    return tuple(adapter for adapter in publishers() if table in adapter.tables)


def recognise(content: bytes, file_name: str, names: Sequence[str]) -> Adapter | None:
    """The adapter whose file this is, judged by its content; ``None`` where no adapter knows it.

    Raises
    ------
    SourceError : the columns fit several tables' own CSV form and the series in them not one alone; the message names
        those tables.
    """
    for adapter in _feeding(names):
        if adapter.recognises(content, file_name):
            return adapter
    found = [form for form in own_forms(names) if form.recognises(content, file_name)]
    if len(found) > 1:
        found = [form for form in found if form.holds_series_of(content, file_name)] or found
    if len(found) > 1:
        fitting = ", ".join(form.tables[0] for form in found)
        raise SourceError(
            f"the columns fit several tables: {fitting}",
            file_name,
            "Name the table: `jpresearch update TABLE --from PATH`.",
        )
    return found[0] if found else None


def _feeding(names: Sequence[str]) -> list[Adapter]:
    return [adapter for adapter in publishers() if not names or set(names) & set(adapter.tables)]


def own_forms(names: Sequence[str]) -> list[TableCsv]:
    """The CSV forms of these tables (all, where none is named)."""
    return [TableCsv(table) for table in catalog.catalog().values() if not names or table.name in names]
