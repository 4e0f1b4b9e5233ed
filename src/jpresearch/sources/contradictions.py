"""Two statements of one figure in one import: equal ones are one row, different ones are refused.

Two files may state one figure (a browser's second copy of a download, an archive that overlaps), or two lines of one.
Which of two different figures is right cannot be told by their order; a later publication can: it is a later vintage.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from jpresearch.catalog import Table
from jpresearch.sources.model import LINE, SourceError, place

MOMENT: Final = "moment"
HINT: Final = "Nothing was changed. Keep the statement that is right and take the other out."


def without_doubles(table: Table, rows: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    """``rows`` with each statement once: the one that knows most figures, of equal ones the first.

    Parameters
    ----------
    table : the table's descriptor entry; figures that differ by its ``agreement`` or less are one.
    rows : the key columns, ``figures``, ``moment`` (when it was published, missing where the file does not say),
        ``file`` and ``line``.

    Raises
    ------
    SourceError : two rows with one key and moment state different figures, or an undated one differs from all dated
        ones of its key; both are named with file, line and value.
    """
    known = rows[figures].notna().sum(axis=1)
    ordered = rows.iloc[np.argsort(-known.to_numpy(), kind="stable")]
    statement = [*table.key, MOMENT]
    first = ordered.drop_duplicates(statement)
    again = ordered[ordered.duplicated(statement)]
    if len(again):
        _refuse(table, _beside(again, first, statement), figures)
    undated = first[MOMENT].isna()
    if undated.any() and not undated.all():
        first = first.drop(index=_told_by_dated(table, first, undated, figures))
    return rows.loc[sorted(first.index)].reset_index(drop=True)


def _beside(some: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Each row of ``some`` with the rows of ``others`` of its key; the column ``row`` is its label in ``some``."""
    return some.assign(row=some.index).merge(others, on=key, suffixes=("", "_other"))


def _told_by_dated(table: Table, rows: pd.DataFrame, undated: pd.Series[bool], figures: list[str]) -> pd.Index:
    """The labels of undated rows that a dated one repeats. Raises ``SourceError`` where one differs from all."""
    pairs = _beside(rows[undated], rows[~undated], table.key)
    differs = _differing(table, pairs, figures).any(axis=1)
    if not len(pairs):
        return pd.Index([])
    alone: pd.Series[bool] = differs.groupby(pairs["row"]).transform("all")
    _refuse(table, pairs[alone], figures)
    told: pd.Index[int] = pd.Index(pairs.loc[~differs, "row"].unique())
    return told


def _differing(table: Table, pairs: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    """Which figures of a pair differ: by more than the agreement, or known only to the row that knows less."""
    columns: dict[str, pd.Series[bool]] = {}
    for name in figures:
        here, there = pairs[name], pairs[f"{name}_other"]
        if pd.api.types.is_numeric_dtype(here) and pd.api.types.is_numeric_dtype(there):
            unequal = (here - there).abs() > table.house.agreement
        else:
            unequal = here.ne(there) & here.notna()
        columns[name] = unequal | (here.notna() & there.isna())
    return pd.DataFrame(columns, index=pairs.index)


def _refuse(table: Table, pairs: pd.DataFrame, figures: list[str]) -> None:
    differs = _differing(table, pairs, figures)
    wrong = differs.any(axis=1).to_numpy()
    if not wrong.any():
        return
    pair = pairs[wrong].iloc[0]
    column = str(differs.columns[differs[wrong].iloc[0].to_numpy()][0])
    key = ", ".join(_word(pair[name]) for name in table.key)
    ours = f"{_word(pair[column])} ({place(pair['file'], pair[LINE])})"
    theirs = f"{_word(pair[f'{column}_other'])} ({place(pair['file_other'], pair[f'{LINE}_other'])})"
    others = f", and {int(wrong.sum()) - 1} more" if wrong.sum() > 1 else ""
    raise SourceError(f"{column} of {key} is {theirs} and {ours}{others}", table.name, HINT)


def _word(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return "missing" if np.isnan(value) else f"{value:.15g}"
    return "missing" if pd.isna(value) else str(value)
