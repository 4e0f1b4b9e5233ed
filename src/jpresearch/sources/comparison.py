"""What a publisher's file says that the table does not: rows new, corrected, unchanged.

A row is compared with the vintage in force when its file was published, so that an older file never undoes a later
correction, and a second reading of the same file finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jpresearch.catalog import Table
from jpresearch.sources.contradictions import without_doubles
from jpresearch.sources.model import LINE, Parsed
from jpresearch.sources.schedule import MOMENT, expected
from jpresearch.tables.loading import LAST_INSTANT

BOOKKEEPING = ("published_at", "grade", "source")
# Texts beside the figures explain; they do not decide whether a figure changed. A unit does.
DECIDING_TEXTS = ("unit",)


@dataclass(frozen=True)
class Change:
    """A figure that differs from the one in the table."""

    key: tuple[object, ...]
    column: str
    old: object
    new: object


@dataclass(frozen=True)
class Comparison:
    """What one table would gain: ``rows`` to append (new keys and corrections) and what they change.

    ``origins`` has, for each of ``rows``, the ``file`` and the ``line`` where it stands.
    """

    table: str
    rows: pd.DataFrame
    origins: pd.DataFrame
    new: int
    corrected: int
    unchanged: int
    changes: tuple[Change, ...]


def compare(table: Table, present: pd.DataFrame, parsed: Sequence[Parsed], now: pd.Timestamp) -> Comparison:
    """Compare the rows of one or more files with all vintages of a table.

    Parameters
    ----------
    table : the table's descriptor entry.
    present : all its rows, all vintages.
    parsed : what the files said, all of this table.
    now : the moment of retrieval (Tokyo), when a file does not say when it was published.

    Raises
    ------
    SourceError : the files contradict each other, or one contradicts itself.
    """
    incoming = _incoming(table, parsed)
    matched = _in_force(table, present, incoming, now)
    known = matched["published_at_present"].notna().to_numpy()
    differs = _differences(table, matched)
    changed = known & differs.to_numpy().any(axis=1)
    dated = _dated(table, incoming, changed, now)
    gained = dated[~known | changed].drop_duplicates(table.primary_key).reset_index(drop=True)
    rows, origins = gained[table.column_names], gained[["file", LINE]]
    changes = tuple(_changes(table, matched, differs, np.flatnonzero(changed)))
    new = _keys_not_in(present, rows, table)
    return Comparison(table.name, rows, origins, new, len(rows) - new, int((known & ~changed).sum()), changes)


def _keys_not_in(present: pd.DataFrame, rows: pd.DataFrame, table: Table) -> int:
    """How many keys of the rows the table does not have."""
    keys = present[table.key].drop_duplicates()
    gained = rows[table.key].drop_duplicates()
    return int(gained.merge(keys, on=table.key, how="left", indicator=True)["_merge"].eq("left_only").sum())


def _incoming(table: Table, parsed: Sequence[Parsed]) -> pd.DataFrame:
    """All rows of the files in one frame, each once, with the moment at which each file was published."""
    columns = [*table.column_names, LINE]
    rows = pd.concat([part.rows for part in parsed], ignore_index=True).reindex(columns=columns)
    lengths = [len(part.rows) for part in parsed]
    rows["file"] = np.repeat([part.file for part in parsed], lengths)
    origins = pd.Series([part.source for part in parsed], dtype="str").repeat(lengths).reset_index(drop=True)
    editions = pd.Series([part.edition or pd.NaT for part in parsed], dtype=MOMENT).repeat(lengths)
    rows["source"] = origins.where(rows["source"].isna(), rows["source"])
    rows["published_at"] = rows["published_at"].astype(MOMENT)
    rows["moment"] = rows["published_at"].fillna(editions.reset_index(drop=True))
    return without_doubles(table, rows, _figures(table))


def _figures(table: Table) -> list[str]:
    """The columns whose difference makes a correction."""
    passive = {*table.key, *BOOKKEEPING, "period_start", "period_end"}
    figures = [c.name for c in table.columns if c.name not in passive and c.type != "string"]
    return figures + [name for name in DECIDING_TEXTS if name in table.column_names and name not in passive]


def _in_force(table: Table, present: pd.DataFrame, incoming: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Each incoming row beside the present vintage that was public at its file's moment (by default, now)."""
    # By day, not by hour: two accounts of one release may state it at different times of that day.
    moments = incoming["moment"].dt.normalize() + LAST_INSTANT
    left = incoming.assign(at=moments.fillna(now), order=np.arange(len(incoming)))
    figures = _figures(table)
    right = present[[*table.key, *figures, "published_at"]]
    right = right.rename(columns={name: f"{name}_present" for name in [*figures, "published_at"]})
    right = right.assign(at=right["published_at_present"])
    left = left.astype({name: right[name].dtype for name in table.key})
    left, right = left.sort_values("at"), right.sort_values("at")
    merged = pd.merge_asof(left, right, on="at", by=table.key, direction="backward")
    return _beside_the_one_before(table, merged.sort_values("order").reset_index(drop=True), figures)


def _beside_the_one_before(table: Table, matched: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    """Where the import itself brings several vintages of a key, each later one beside the one before it.

    A present vintage that came out between the two stays what it is: the later one is compared with that.
    """
    held = "published_at_present"
    ordered = matched[matched["moment"].notna()].sort_values("moment", kind="stable")
    if not ordered.duplicated(table.key).any():
        return matched
    before = ordered.groupby(table.key)[[*figures, "moment", held]].shift()
    same = before[held].eq(ordered[held]) | before[held].isna() & ordered[held].isna()
    follows = before.index[before["moment"].notna() & same]
    for name in figures:
        matched.loc[follows, f"{name}_present"] = before.loc[follows, name]
    matched.loc[follows, held] = before.loc[follows, "moment"]
    return matched


def _differences(table: Table, matched: pd.DataFrame) -> pd.DataFrame:
    """For each deciding column whether the file differs from the table; a figure the table lacks is no correction."""
    near = table.house.agreement
    return pd.DataFrame({name: _differs(matched[name], matched[f"{name}_present"], near) for name in _figures(table)})


def _differs(incoming: pd.Series[Any], present: pd.Series[Any], agreement: float) -> pd.Series[bool]:
    if pd.api.types.is_numeric_dtype(present) and pd.api.types.is_numeric_dtype(incoming):
        unequal = (incoming - present).abs() > agreement
    else:
        unequal = incoming.ne(present) & incoming.notna()
    return (unequal | incoming.isna()) & present.notna()


def _dated(table: Table, incoming: pd.DataFrame, changed: np.ndarray, now: pd.Timestamp) -> pd.DataFrame:
    """The rows with their moment of publication and how it is known.

    Stated by the source row by row; a correction at its file's edition, else at retrieval (assumed); a new figure by
    the table's release rule, or at retrieval where it is here before the rule expects it.
    """
    rows = incoming.copy()
    stated = rows["published_at"].notna().to_numpy()
    by_rule = expected(table, rows)
    early = (by_rule > now).to_numpy()
    moment = by_rule.mask(early, now).mask(changed, rows["moment"].fillna(now))
    grades = np.select([changed & rows["moment"].notna().to_numpy(), changed | early], ["stated", "assumed"], "rule")
    rows["published_at"] = rows["published_at"].where(stated, moment.dt.floor("s"))
    given = rows["grade"].where(rows["grade"].notna(), "stated") if "grade" in rows else pd.Series("stated", rows.index)
    rows["grade"] = np.where(stated, given, grades)
    return rows


def _changes(table: Table, matched: pd.DataFrame, differs: pd.DataFrame, rows: np.ndarray) -> list[Change]:
    found = []
    for name in differs.columns:
        here = rows[differs[name].to_numpy()[rows]]
        old, new = matched[f"{name}_present"].iloc[here].tolist(), matched[name].iloc[here].tolist()
        keys = matched[table.key].iloc[here].itertuples(index=False, name=None)
        found += [(at, Change(tuple(key), name, *pair)) for at, key, *pair in zip(here, keys, old, new, strict=True)]
    return [change for _, change in sorted(found, key=lambda pair: int(pair[0]))]
