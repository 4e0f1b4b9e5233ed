"""Where rows stand that are to be appended: a refusal names the user's own file and line, not those of the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from jpresearch.catalog import Table
from jpresearch.errors import TableInvalid, Violation

DUPLICATE = "duplicate key"
LINES_BEFORE_ROWS = 2


@dataclass(frozen=True)
class Places:
    """Where the rows of one append come from: ``origins`` has ``file`` and ``line`` of each, in order, if known."""

    table: Table
    keys: pd.DataFrame
    origins: pd.DataFrame | None

    @classmethod
    def of(cls, table: Table, rows: pd.DataFrame, origins: pd.DataFrame | None) -> Places:
        """The places of ``rows``."""
        return cls(table, rows[table.key], origins)

    def refuse(self, found: Iterable[tuple[int, str]]) -> None:
        """Raise ``TableInvalid`` where something was found wrong with a row (its position, and what)."""
        broken = [self._violation(row, rule) for row, rule in sorted(found)]
        if broken:
            raise TableInvalid.refused(self.table.name, list(dict.fromkeys(broken)))

    def refuse_merged(self, broken: Sequence[Violation], merged: Sequence[str], rows: Mapping[str, int]) -> None:
        """Raise ``TableInvalid`` where the table together with the rows would break its schema.

        Parameters
        ----------
        broken : what is wrong, by line of the file that would result.
        merged : the lines of that file without its header.
        rows : the position of the row behind each new line.
        """
        if broken:
            raise TableInvalid.refused(self.table.name, [self._told(violation, merged, rows) for violation in broken])

    def _told(self, violation: Violation, merged: Sequence[str], rows: Mapping[str, int]) -> Violation:
        rule = violation.rule
        if rule.startswith(DUPLICATE):
            rule = f"{rule}: another value was published at the same moment; a correction needs a later one"
        if violation.row is not None:
            # Of two lines with one key the second is named, and either may be the new one.
            for at in (violation.row - LINES_BEFORE_ROWS, violation.row - LINES_BEFORE_ROWS - 1):
                if 0 <= at < len(merged) and merged[at] in rows:
                    return self._violation(rows[merged[at]], rule)
                if not rule.startswith(DUPLICATE):
                    break
        return Violation(violation.file, violation.row, rule)

    def _violation(self, row: int, rule: str) -> Violation:
        """What is wrong with a row, at its file and line; without a line its key says which it is."""
        if self.origins is None:
            return Violation(self.table.name, None, f"{rule} ({self._key(row)})")
        file, line = str(self.origins["file"].iloc[row]), self.origins["line"].iloc[row]
        if pd.isna(line):
            return Violation(file, None, f"{rule} ({self._key(row)})")
        return Violation(file, int(line), rule)

    def _key(self, row: int) -> str:
        values = self.keys.iloc[row]
        return ", ".join(f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value) for value in values)
