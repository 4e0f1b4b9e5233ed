"""The package's exceptions.

Every error says what was wrong, where, and what to do next, and carries the exit code of the command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

# Name and password before the host; a password may hold signs that an address should not.
LOGIN = re.compile(r"""(?<=://)(?:[^/\s"'<>]*(?=@)|[^/\s:@"'<>]*:(?!\d+/)[^\s@"'<>]+(?=@))""")


def without_logins(text: str, address: str = "") -> str:
    """``text`` with ``[removed]`` for name and password inside every address, and for those of ``address`` anywhere."""
    for login in LOGIN.findall(address):
        password = login.partition(":")[2]
        for secret in filter(None, (login, password)):
            text = text.replace(secret, "[removed]")
    return LOGIN.sub("[removed]", text) if "@" in text else text


class JPResearchError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    what : what was wrong, a full clause.
    where : file, table, cell or parameter concerned.
    next_step : what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, where: str | None = None, next_step: str | None = None) -> None:
        super().__init__(what, where, next_step)
        # Whoever shows an error, no password of a proxy, a mirror or a scheduler goes with it.
        self.what = without_logins(what)
        self.where = None if where is None else without_logins(where)
        self.next_step = None if next_step is None else without_logins(next_step)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n{self.next_step}" if self.next_step else head


class CallError(JPResearchError):
    """The call was wrong: refused before any kernel starts (exit 2)."""

    exit_code = 2


class UnknownName(CallError):
    """A name that is not there; the message lists the names that are."""

    @classmethod
    def of(cls, kind: str, name: str, allowed: Iterable[str], where: str | None = None) -> UnknownName:
        """The error for an unknown ``kind`` (such as ``"table"``) called ``name``."""
        names = ", ".join(allowed)
        return cls(f"unknown {kind} {name!r}", where, f"Allowed: {names}." if names else f"There is no {kind} here.")


class UnknownTable(UnknownName):
    """A table that no data package describes."""


class UnknownNotebook(UnknownName):
    """A notebook that the notebooks folder does not hold."""


class UnknownParameter(UnknownName):
    """A parameter that the notebook's ``parameters`` cell does not declare."""


class BadParameter(CallError):
    """A parameter value that does not have the declared type, or a parameter cell that declares none."""


class DataError(JPResearchError):
    """Data missing, invalid or unreachable (exit 3)."""

    exit_code = 3


class DescriptorInvalid(DataError):
    """A ``datapackage.json`` that cannot be read or lacks what the project needs."""


class NotYetPublished(DataError):
    """The table had no published row yet at the moment asked for."""

    def __init__(
        self,
        what: str,
        where: str | None = None,
        next_step: str | None = None,
        table: str = "",
        first_day: date | None = None,
    ) -> None:
        super().__init__(what, where, next_step)
        self.args = (what, where, next_step, table, first_day)
        self.table = table
        self.first_day = first_day

    @classmethod
    def of(cls, table: str, as_of: object, first_day: date) -> NotYetPublished:
        """The error for ``table`` read at ``as_of``; ``first_day`` is the first Tokyo day on which it can be read."""
        return cls(
            f"nothing of this table was public as of {as_of}",
            table,
            f"The first possible day is {first_day.isoformat()}.",
            table,
            first_day,
        )

    @classmethod
    def empty(cls, table: str) -> NotYetPublished:
        """The error for ``table`` where its file holds no row at all."""
        how = "Bring figures in, for instance with `jpresearch update`."
        return cls("this table has no rows yet", table, how, table)


class LookAhead(JPResearchError):
    """A read inside a run that goes past the run's day; the job fails."""

    @classmethod
    def of(cls, table: str, as_of: str | None, limit: str) -> LookAhead:
        """The error for ``table`` read at ``as_of`` (``None``: until now) in a run that ends at ``limit``."""
        asked = "without as_of, which means until now" if as_of is None else f"as of {as_of}"
        what = f"the table {table} is read {asked}: that goes past the run's day, {limit}"
        return cls(what, table, "Pass the notebook's own as_of to every read, as in `load(name, as_of)`.")


@dataclass(frozen=True)
class Violation:
    """One broken rule: ``row`` is the line of the file (the header is line 1), ``None`` where a whole file is meant."""

    file: str
    row: int | None
    rule: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.row}" if self.row is not None else self.file
        return f"{place}: {self.rule}"


class TableInvalid(DataError):
    """A table that breaks its schema; ``violations`` names file, row and rule of each."""

    def __init__(
        self,
        what: str,
        where: str | None = None,
        next_step: str | None = None,
        violations: Sequence[Violation] = (),
    ) -> None:
        super().__init__(what, where, next_step)
        self.args = (what, where, next_step, tuple(violations))
        self.violations = tuple(violations)

    @classmethod
    def of(cls, table: str, violations: Sequence[Violation], shown: int = 5) -> TableInvalid:
        """The error for ``table`` with its violations, the first ``shown`` of them in the message."""
        lines = [str(violation) for violation in violations[:shown]]
        if len(violations) > shown:
            lines.append(f"and {len(violations) - shown} more")
        what = "the table breaks its schema: " + "; ".join(lines)
        return cls(what, table, "Mend the rows, then run `jpresearch data check`.", violations)

    @classmethod
    def refused(cls, table: str, violations: Sequence[Violation], shown: int = 5) -> TableInvalid:
        """The error for rows that ``table`` does not take; the violations name where they stand."""
        lines = [str(violation) for violation in violations[:shown]]
        if len(violations) > shown:
            lines.append(f"and {len(violations) - shown} more")
        return cls("; ".join(lines), table, "Nothing was changed. Mend the rows, then try again.", violations)


class StatsError(JPResearchError):
    """An estimate that these observations do not allow; the message says which condition fails."""


class InsufficientData(JPResearchError):
    """Too few published figures for a study at this moment."""


class UnitUnknown(JPResearchError):
    """A number or date that no sentence can state: its unit, or what it covers, is unknown."""


class SentenceRefused(JPResearchError):
    """A sentence that could be false of the data, or that the house does not publish; the message says why."""


class Contradiction(JPResearchError):
    """Rows that are not what their words say."""


class NotebookInvalid(CallError):
    """A notebook file that is not a notebook in the house form."""


class BatchInvalid(CallError):
    """A batch file that breaks its schema; the error names the line."""
