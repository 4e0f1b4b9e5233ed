"""One metric in two runs: by how much it moved, and whether its intervals still overlap."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jpresearch.record import Metric
from jpresearch.report.printed_numbers import MISSING, number, plain
from jpresearch.report.words import say
from jpresearch.say.figures import decimals, number_text

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?")
# Units in which a change is told in points: a percentage of a percentage misleads.
SHARES: Final = ("%", "pct")
POINTS: Final = "pp"
WITHOUT_RATIO: Final = (*SHARES, "pp", "p value", "percentile", "correlation", "calendar")
ENDINGS: Final = ("jpy ", "pct", "pp")
SAME: Final = 1e-9
# Past so many decimals two figures that differ are shown as equal, with the order of their change.
MOST_PLACES: Final = 4
# Half of a hundredth: a smaller change is shown as below it.
SMALLEST_WIDTHS: Final = 0.005
# A change below this part of its interval is no news.
LITTLE: Final = 0.1
# Decimals of an amount of yen below a hundred of its unit; trillions keep two.
YEN_PLACES: Final = {"JPY tn": 2, "JPY bn": 1, "JPY mn": 1}
YEN_WHOLE_FROM: Final = 99.95


@dataclass(frozen=True)
class MetricChange:
    """A metric before and after; one of the two is ``None`` where only the other run published it."""

    before: Metric | None
    after: Metric | None

    @property
    def name(self) -> str:
        """The metric's name as published."""
        return self._any.name

    @property
    def label(self) -> str:
        """The name for readers."""
        return label(self._any)

    @property
    def _any(self) -> Metric:
        found = self.after or self.before
        assert found is not None, "a change has at least one side"
        return found

    @property
    def same_unit(self) -> bool:
        """Whether both runs published it, in the same unit."""
        return self.before is not None and self.after is not None and self.before.unit == self.after.unit

    @property
    def change(self) -> float | None:
        """After less before in the metric's unit; ``None`` where either is no figure or the unit changed."""
        figures = self._figures
        change = None if figures is None else figures[1] - figures[0]
        return change if change is not None and math.isfinite(change) else None

    @property
    def relative(self) -> float | None:
        """The change as a share of the size before, where that says something: amounts of one sign, no shares."""
        figures = self._figures
        if figures is None or (self._any.unit or WITHOUT_RATIO[0]).startswith(WITHOUT_RATIO):
            return None
        before, after = figures
        relative = (after - before) / abs(before) if before and (before > 0) == (after > 0) else math.inf
        return relative if math.isfinite(relative) else None

    @property
    def overlap(self) -> bool | None:
        """Whether the two intervals have a value in common; ``None`` where either run gave none."""
        if not self.same_unit or self.before is None or self.after is None:
            return None
        before, after = _interval(self.before), _interval(self.after)
        if before is None or after is None:
            return None
        return before[0] <= after[1] and after[0] <= before[1]

    @property
    def widths(self) -> float | None:
        """The change in widths of the interval before, of the one after where that had none; ``None`` without any."""
        change = self.change
        if change is None or self.before is None or self.after is None:
            return None
        found = _interval(self.before) or _interval(self.after)
        width = found[1] - found[0] if found else 0.0
        widths = change / width if width > 0 else math.inf
        return abs(widths) if math.isfinite(widths) else None

    @property
    def little(self) -> bool:
        """Whether it moved by less than a tenth of its interval, which no reader need know."""
        return self.widths is not None and self.widths < LITTLE

    @property
    def significance(self) -> bool | None:
        """Whether zero lies outside the interval after but not before (or the reverse); ``None`` where that is no turn.

        True where it became significant, False where it no longer is.
        """
        if not self.same_unit or self.before is None or self.after is None:
            return None
        before, after = _interval(self.before), _interval(self.after)
        if before is None or after is None:
            return None
        clear, clear_before = (not low <= 0 <= high for low, high in (after, before))
        return clear if clear is not clear_before else None

    @property
    def verdict(self) -> bool:
        """Whether it states in words what the run concluded (a day is no verdict)."""
        values = [metric.value for metric in (self.before, self.after) if metric is not None]
        return all(isinstance(value, str) and not DAY.fullmatch(value) for value in values)

    @property
    def moved(self) -> bool:
        """Whether the value is another (or was published by one run alone)."""
        if not self.same_unit or self.before is None or self.after is None:
            return True
        return not _same(self.before.value, self.after.value)

    @property
    def interval_moved(self) -> bool:
        """Whether an end of the interval is another."""
        if self.before is None or self.after is None:
            return False
        ends = ((self.before.low, self.after.low), (self.before.high, self.after.high))
        return not all(_same(before, after) for before, after in ends)

    @property
    def size(self) -> tuple[int, float]:
        """For sorting, largest first: changed words, figures by widths of their interval, others by their relative
        change, then days, then those of one run alone.
        """
        if self.before is None or self.after is None:
            return 0, 0.0
        if self.widths is not None:
            return 3, self.widths
        change = self.change
        if change is not None:
            scale = max(abs(float(self.before.value)), abs(float(self.after.value)))
            return 2, abs(change) / scale if scale else 0.0
        return (1, 0.0) if DAY.fullmatch(str(self.after.value)) else (4, 0.0)

    @property
    def before_text(self) -> str:
        """The value before; with its unit where the unit changed."""
        return self._text(self.before)

    @property
    def after_text(self) -> str:
        """The value after; with its unit where the unit changed."""
        return self._text(self.after)

    @property
    def unit_text(self) -> str:
        """The unit both runs used."""
        return (self._any.unit or "") if self.same_unit or None in (self.before, self.after) else ""

    @property
    def change_text(self) -> str:
        """The change with its sign, in points for a share; empty where there is none to tell."""
        change = self.change
        if change is None:
            return ""
        shown = number_text(change, self._places, signed=True)
        if self.moved and not shown.strip("0.,"):
            shown = f"{change:+.1g}"
        return f"{shown} {POINTS}" if (self._any.unit or "").startswith(SHARES) else shown

    @property
    def widths_text(self) -> str:
        """The change in widths of its interval; empty where it has none."""
        if self.widths is None or self.widths >= SMALLEST_WIDTHS:
            return "" if self.widths is None else number_text(self.widths, 1 if self.widths >= 0.095 else 2)
        return f"<{SMALLEST_WIDTHS * 2}" if self.widths else "0"

    @property
    def relative_text(self) -> str:
        """The relative change in per cent; empty where there is none to tell."""
        return "" if self.relative is None else f"{number_text(self.relative * 100, 1, signed=True)}%"

    def interval(self, metric: Metric | None, lang: str = "en") -> str:
        """The interval of one of the two, with the decimals of their values; empty where there is none."""
        found = None if metric is None else _interval(metric)
        if found is None:
            return ""
        low, high = (number_text(end, self._places) for end in found)
        return say("to", lang, low=low, high=high)

    @property
    def _places(self) -> int:
        """The decimals of both values: as their unit has them, and more where they would look the same."""
        found = [metric for metric in (self.before, self.after) if metric is not None and _finite(metric.value)]
        places = max((_decimals(metric) for metric in found), default=0)
        figures = self._figures
        if figures is None or not self.moved or all(isinstance(metric.value, int) for metric in found):
            return places
        while places < MOST_PLACES and number_text(figures[0], places) == number_text(figures[1], places):
            places += 1
        return places

    @property
    def _figures(self) -> tuple[float, float] | None:
        if not self.same_unit or self.before is None or self.after is None:
            return None
        if not (_finite(self.before.value) and _finite(self.after.value)):
            return None
        return float(self.before.value), float(self.after.value)

    def _text(self, metric: Metric | None) -> str:
        if metric is None:
            return MISSING
        unit = "" if self.unit_text or not metric.unit else f" {metric.unit}"
        if isinstance(metric.value, str) or not math.isfinite(metric.value):
            return f"{metric.value}{unit}"
        places = self._places if self.same_unit else _decimals(metric)
        return f"{number_text(float(metric.value), places)}{unit}"


def metric_changes(before: Sequence[Metric], after: Sequence[Metric]) -> list[MetricChange]:
    """Every metric of either run in the order published, those of the later run first."""
    earlier = {metric.name: metric for metric in before}
    later = {metric.name: metric for metric in after}
    names = [*later, *(name for name in earlier if name not in later)]
    return [MetricChange(earlier.get(name), later.get(name)) for name in names]


def label(metric: Metric) -> str:
    """A metric's name for readers."""
    return metric.label or name_in_words(metric.name, metric.unit)


def name_in_words(name: str, unit: str | None) -> str:
    """A name in words, without the currency or per cent that it ends with where the unit says the same."""
    words = name.replace("_", " ").strip()
    ending = (unit or "").replace("%", "pct").split(",")[0].lower()
    says_more = not ending.startswith(ENDINGS)
    return words if says_more else words.removesuffix(f" {ending}") or words


def interval_text(metric: Metric | None, lang: str = "en") -> str:
    """The interval as ``low to high``; empty where there is none."""
    if metric is None or metric.low is None or metric.high is None:
        return ""
    return say("to", lang, low=plain(metric.low), high=plain(metric.high))


def _decimals(metric: Metric) -> int:
    """The decimals of a figure in the unit of its record."""
    if isinstance(metric.value, int) or not _finite(metric.value):
        return 0
    value, unit = float(metric.value), metric.unit or ""
    if metric.digits is not None:
        return max(metric.digits, 0)
    for money, places in YEN_PLACES.items():
        if unit.startswith(money):
            return places if money == "JPY tn" or abs(value) < YEN_WHOLE_FROM else 0
    ends = _interval(metric)
    return decimals(unit, value, (ends[1] - ends[0]) / 2 if ends else 0.0)


def _interval(metric: Metric) -> tuple[float, float] | None:
    if metric.low is None or metric.high is None or not (math.isfinite(metric.low) and math.isfinite(metric.high)):
        return None
    return metric.low, metric.high


def _finite(value: object) -> bool:
    """Whether a value is a figure; a record that was edited may hold infinity, which is shown as the word it is."""
    return number(value) and math.isfinite(value)  # type: ignore[arg-type]


def _same(before: object, after: object) -> bool:
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return math.isclose(before, after, rel_tol=SAME, abs_tol=0.0)
    return before == after
