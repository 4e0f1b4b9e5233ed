"""Rows of a frame with the words for them, and what a row covers: both follow the data or refuse to speak."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from jpresearch.about import about
from jpresearch.errors import Contradiction, InsufficientData, SentenceRefused, UnitUnknown
from jpresearch.say.dates import date_text, period
from jpresearch.say.marks import Kind, marked, plain
from jpresearch.say.phrases import count

Data = TypeVar("Data", pd.DataFrame, "pd.Series[Any]")

_TESTS: Final[dict[str, Callable[[Any, float], Any]]] = {
    "below": operator.lt, "above": operator.gt, "at least": operator.ge, "at most": operator.le,
}  # fmt: skip
_CONDITION: Final = re.compile(r"(?P<column>.+?) (?P<test>below|above|at least|at most) (?P<bound>zero|[-+−]?[\d.,]+)")
_DOWN: Final = re.compile(
    r"\b(sell\w*|sold|sales?|outflows?|fall\w*|fell|loss\w*|declin\w*|down|drops?|negative)\b", re.I
)
_UP: Final = re.compile(r"\b(buy\w*|bought|purchas\w*|inflows?|ris(?:e|es|ing)|rose|gain\w*|up|positive)\b", re.I)
_EVERY: Final = re.compile(r"(?:(?P<number>\d+) )?(?P<unit>day|week|month|quarter|year)s?")


class Selected(pd.DataFrame):
    """Rows chosen by ``rows``: a frame that knows what its rows are called. Whatever is made of it is a plain frame."""

    # What pandas derives from a selection may have this class too; it has none of these and so no words.
    _words: str = ""
    _span: str = ""
    _below: bool | None = None
    _known: int | None = None

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame

    @property
    def words(self) -> str:
        """``412 weeks of foreign selling, 2012 to w/e 4 Sep 2026``.

        Raises ``Contradiction`` where values were replaced since the selection.
        """
        self._require_untouched()
        return f"{self.counted}, {period(self.index[0], self.index[-1], span=self._span)}"

    @property
    def counted(self) -> str:
        """``412 weeks of foreign selling``."""
        self._require_untouched()
        number = marked(f"{len(self):,}", kind=Kind.COUNT)
        return f"{number} {_singular(self._words) if len(self) == 1 else self._words}"

    def either(self, *, below: str, above: str) -> str:
        """``below`` where the rows were expected below their bound, ``above`` where above it: a verb that follows."""
        if self._below is None:
            raise SentenceRefused("the rows were selected by several conditions", "rows", "Select by one.")
        return marked(below if self._below else above, kind=Kind.SIGN)

    def _require_untouched(self) -> None:
        if self._known is None or _digest(self) != self._known:
            raise Contradiction("the values are no longer those that `rows` selected", "rows", "Select them again.")


def rows(frame: pd.DataFrame, mask: pd.Series[bool], words: str, *, expect: str, every: str | None = None) -> Selected:
    """The rows where ``mask`` holds, with the words for them.

    Parameters
    ----------
    frame : rows in time order.
    mask : one truth value per row of ``frame`` (a mask over more rows is cut to them; a missing value is no).
    words : what the rows are, in the plural: ``"weeks of foreign selling"``.
    expect : what the words say of the values, checked on every row: ``"foreigners below zero"``; several joined by
        ``" and "``. Tests: below, above, at least, at most; the bound is zero or a number.
    every : what one row covers (``"week"``), where the values are no longer those that a dataset returned.

    Raises
    ------
    Contradiction : a row breaks ``expect``; ``words`` speak of selling and ``expect`` of values above zero, or the
        reverse, or of weeks where a row covers something else.
    InsufficientData : no row is left; within ``publish.part`` that part is left out.
    UnitUnknown : ``words`` speak of weeks, the values were changed on the way, and ``every`` is not given.
    SentenceRefused : ``expect`` that cannot be read, or names no column.
    """
    if not set(frame.index) <= set(mask.index):
        raise SentenceRefused("the mask lacks rows of the frame", "rows", "Make it from the same frame.")
    found = frame[mask.reindex(frame.index).eq(True).fillna(False).to_numpy(dtype=bool)]
    conditions = [_condition(part, frame) for part in expect.split(" and ")]
    _require_agreement(words, conditions)
    for column, test, bound in conditions:
        broken = found.index[~_TESTS[test](found[column], bound).to_numpy(dtype=bool)]
        if len(broken):
            raise Contradiction(
                f"{len(broken)} of {len(found)} rows selected as {words!r} do not have {column} {test} {bound:g}, the "
                f"first {broken[0]}",
                "rows",
                "Change the words and what is expected together with the condition.",
            )
    if found.empty:
        raise InsufficientData(f"there are no {plain(words)} among {len(frame):,} rows", "rows")
    span = _span(frame, words, every)
    selected = Selected(found)
    selected.attrs = dict(frame.attrs)
    object.__setattr__(selected, "_words", plain(words))
    object.__setattr__(selected, "_span", span)
    tests = {test for _, test, _ in conditions}
    object.__setattr__(selected, "_below", tests.pop() in ("below", "at most") if len(tests) == 1 else None)
    object.__setattr__(selected, "_known", _digest(selected))
    return selected


def covers(data: pd.DataFrame | pd.Series[Any], *, last: int = 1, every: str | None = None) -> str:
    """What the newest row covers: ``the week to 29 Aug 2025``, ``the two weeks to 29 Aug 2025``.

    Parameters
    ----------
    data : an untouched frame or series of a dataset, or one row of it.
    last : how many of the newest rows are spoken of together.
    every : what one row covers (``"13 weeks"``), where the values were changed on the way.

    Raises
    ------
    UnitUnknown : the values are no longer those that the dataset returned and ``every`` is not given; ``last`` rows
        that overlap, or with a gap between them.
    """
    known = about(data)
    if known is None and every is None:
        raise UnitUnknown(
            "the values are no longer those that the dataset returned, so what a row covers is unknown",
            "covers",
            "Say it with every='13 weeks', or ask the dataset for such sums: flows.weekly(..., every='13 weeks').",
        )
    span = every or (known.span if known else "")
    found = _EVERY.fullmatch(span)
    if found is None:
        raise UnitUnknown(f"{span!r} is no span of time", "covers", "Write it like 'week' or '13 weeks'.")
    one_row = isinstance(data, pd.Series) and not isinstance(data.index, pd.DatetimeIndex)
    labels = pd.DatetimeIndex([data.name]) if one_row else pd.DatetimeIndex(data.index)
    if not 1 <= last <= len(labels):
        raise UnitUnknown(f"{last} rows were asked for and there are {len(labels)}", "covers")
    number, unit = int(found["number"] or 1), found["unit"]
    if last > 1:
        _require_joined(labels[-last:], number, unit)
    ending, length = date_text(labels[-1]), last * number
    if unit == "day" and length == 1:
        return marked(ending, kind=Kind.DATE)
    words = unit if length == 1 else plain(count(length, unit))
    return marked(f"the {words} to {ending}", kind=Kind.DATE)


def spanning(data: Data, span: str) -> Data:
    """The data themselves, once it is certain that each row covers ``span``.

    A step that needs weeks (a return of the same week, a lag of one week) asks for it where it uses them:
    ``pd.DataFrame({"flow": spanning(flow["foreigners"], "week"), ...})``.

    Raises
    ------
    UnitUnknown : the values are no longer those that the dataset returned, so what a row covers is unknown.
    Contradiction : each row covers something else.
    """
    known = about(data)
    if known is None:
        raise UnitUnknown(
            f"the values are no longer those that the dataset returned, so whether a row is a {span} is unknown",
            "spanning",
            "Change them after this step, or ask the dataset for another span with every=.",
        )
    if known.span != span:
        raise Contradiction(
            f"each row covers {known.span}, and this step needs each {span}",
            "spanning",
            f"Give it rows that cover a {span}, in a frame of their own.",
        )
    return data


def _require_joined(labels: pd.DatetimeIndex, number: int, unit: str) -> None:
    """Rows that follow each other without gap or overlap, else ``UnitUnknown``."""
    if number > 1:
        raise UnitUnknown(f"rows of {number} {unit}s overlap or stand apart", "covers", "Speak of one row, last=1.")
    steps = np.diff(labels.to_numpy()).astype("timedelta64[D]").astype(int)
    longest = {"day": 7, "week": 11, "month": 31, "quarter": 92, "year": 366}[unit]
    if (steps <= 0).any() or (steps > longest).any():
        raise UnitUnknown(
            f"a {unit} is missing between {labels[0].date()} and {labels[-1].date()}", "covers",
            "Speak of fewer rows, or take them from `flows.recent`.",
        )  # fmt: skip


def _condition(text: str, frame: pd.DataFrame) -> tuple[Any, str, float]:
    found = _CONDITION.fullmatch(text.strip())
    if found is None:
        raise SentenceRefused(f"{text!r} cannot be read", "rows", "Write expect= like 'foreigners below zero'.")
    columns = {str(column): column for column in frame.columns}
    if found["column"] not in columns:
        raise SentenceRefused(f"{found['column']!r} is no column", "rows", f"Columns: {', '.join(columns)}.")
    bound = found["bound"].replace("−", "-").replace(",", "")
    return columns[found["column"]], found["test"], 0.0 if bound == "zero" else float(bound)


def _require_agreement(words: str, conditions: list[tuple[Any, str, float]]) -> None:
    """Words that say a direction say that of the values."""
    if len(conditions) != 1 or conditions[0][2] != 0:
        return
    column, test, _ = conditions[0]
    below = test in ("below", "at most")
    wrong = _UP if below else _DOWN
    right = _DOWN if below else _UP
    if wrong.search(words) and not right.search(words):
        raise Contradiction(f"{words!r} are expected to have {column} {test} zero", "rows", "Change the words too.")


def _span(frame: pd.DataFrame, words: str, every: str | None) -> str:
    """What one row covers. Thirteen-week sums are not to be called weeks."""
    known, said = about(frame), _word_span(words)
    if known is None and every is None and said:
        raise UnitUnknown(
            f"the values are no longer those that a dataset returned, so whether a row is a {said} is unknown",
            "rows",
            f"Say every={said!r} where each row still covers one, or choose words that fit.",
        )
    span = every or (known.span if known else "")
    if said and span and span != said:
        raise Contradiction(f"each row covers {span}, and {words!r} calls it a {said}", "rows", "Change the words too.")
    return span


def _word_span(words: str) -> str:
    first = words.split()[0].rstrip("s") if words.split() else ""
    return first if first in ("day", "week", "month", "quarter", "year") else ""


def _singular(words: str) -> str:
    first, _, rest = words.partition(" ")
    return f"{first.removesuffix('s')} {rest}".strip()


def _digest(frame: pd.DataFrame) -> int:
    return int(pd.util.hash_pandas_object(pd.DataFrame(frame)).to_numpy().sum(dtype=np.uint64))
