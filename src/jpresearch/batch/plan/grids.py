"""From grids of parameters to jobs: ranges of month ends, products, exclusions, and a name for each job."""

from __future__ import annotations

import calendar
import hashlib
import itertools
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from jpresearch.batch.plan.notebooks import Notebook
from jpresearch.batch.redaction import Redactor
from jpresearch.errors import NotebookInvalid

MONTHS: Final = re.compile(r"(\d{4})-(\d{2})\.\.(\d{4})-(\d{2})")
UNSAFE: Final = re.compile(r"[^\w.,+-]+")
# In bytes: a file's name has 255 at most, and Japanese takes three a letter.
LONGEST_NAME: Final = 120
DAY: Final = "as_of"


@dataclass(frozen=True)
class Draft:
    """A job before it has a name: what to inject into a notebook, and which of it a grid varies."""

    notebook: Notebook
    overrides: dict[str, Any]
    parameters: dict[str, Any]
    varied: tuple[str, ...] = ()
    broken: NotebookInvalid | None = field(default=None, compare=False)

    @property
    def identity(self) -> str:
        """Equal for two jobs that would do the same."""
        return json.dumps([str(self.notebook.path), self.parameters], sort_keys=True, default=str)


def month_ends(text: str) -> list[str]:
    """The last calendar days of the months of ``YYYY-MM..YYYY-MM``, both ends included, as ISO texts.

    Raises
    ------
    ValueError : it is not such a range, or it runs backwards.
    """
    match = MONTHS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a range of months: write 2022-01..2026-08")
    first_year, first, last_year, last = map(int, match.groups())
    if not (1 <= first <= 12 and 1 <= last <= 12 and first_year >= 1):
        raise ValueError(f"{text!r} names a month that is none")
    start, end = first_year * 12 + first - 1, last_year * 12 + last - 1
    if start > end:
        raise ValueError(f"{text!r} runs backwards")
    return [_month_end(*divmod(number, 12)) for number in range(start, end + 1)]


def _month_end(year: int, month_from_zero: int) -> str:
    month = month_from_zero + 1
    return date(year, month, calendar.monthrange(year, month)[1]).isoformat()


def product(axes: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Every combination of one value per axis, the last axis fastest; without axes the one empty combination."""
    for values in itertools.product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def distinct(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts without those that would do what an earlier one does."""
    found: dict[str, Draft] = {}
    for draft in drafts:
        found.setdefault(draft.identity, draft)
    return list(found.values())


def name_jobs(drafts: Sequence[Draft]) -> list[str]:
    """A name for each job, unique among them and fit for a file: ``01_foreign_flows--2022-01-31--lags-8``.

    It tells the parameters that a grid varies, and those in which the jobs of one notebook differ besides; a secret
    value by its number in the batch.
    """
    by_notebook: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_notebook.setdefault(draft.notebook.name, []).append(draft)
    told = {name: _told(group) for name, group in by_notebook.items()}
    redactors = Redactor.each(os.environ, [draft.parameters for draft in drafts])
    hidden = _numbers(drafts, redactors)
    names = [_name(draft, told[draft.notebook.name], hidden) for draft in drafts]
    often = Counter(map(_alike, names))
    return [
        name if often[_alike(name)] == 1 and len(name.encode()) <= LONGEST_NAME else _short(name, draft)
        for name, draft in zip(names, drafts, strict=True)
    ]


def _told(group: Sequence[Draft]) -> list[str]:
    varied = {name for draft in group for name in draft.varied}
    values = [{name: _text(value) for name, value in draft.parameters.items()} for draft in group]
    return [name for name in values[0] if name in varied or len({row[name] for row in values}) > 1]


def _numbers(drafts: Sequence[Draft], redactors: Sequence[Redactor]) -> dict[str, str]:
    """The values that must appear nowhere, each with the number that stands for it in names."""
    found: dict[str, str] = {}
    for draft, redactor in zip(drafts, redactors, strict=True):
        for text in map(_text, draft.parameters.values()):
            if redactor.text(text) != text:
                found.setdefault(text, str(len(found) + 1))
    return found


def _name(draft: Draft, told: Sequence[str], hidden: Mapping[str, str]) -> str:
    return "--".join([draft.notebook.name, *(_part(name, draft.parameters[name], hidden) for name in told)])


def _part(name: str, value: Any, hidden: Mapping[str, str]) -> str:
    text = UNSAFE.sub("-", hidden.get(_text(value), _text(value))).rstrip(".") or "none"
    return text if name == DAY else f"{UNSAFE.sub('-', name)}-{text}"


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _alike(name: str) -> str:
    """Equal for two names that some file system takes for one."""
    return unicodedata.normalize("NFKC", name).casefold()


def _short(name: str, draft: Draft) -> str:
    """The name cut to length, and told apart from others that look alike by a digest."""
    begin = name.encode()[: LONGEST_NAME - 14].decode(errors="ignore")
    return f"{begin}--{hashlib.sha256(draft.identity.encode()).hexdigest()[:12]}"
