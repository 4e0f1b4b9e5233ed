"""Lead metrics as they stand beside the answer: label, value with its unit, interval; as sentences write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from jpresearch.record import Job, Metric
from jpresearch.report.metric_change import label
from jpresearch.say.figures import form_of

NUMBER: Final = re.compile(r"[+−]?¥?[\d,.]+(?:mn|bn|tn|%)?")
# What goes on with a number, or makes it a day of a month or the level of an interval.
MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
MORE: Final = re.compile(rf"[\d%]|[.,]\d|(?!(?:st|nd|rd|th)\b)[a-z]| (?:{MONTHS})\b| CI\b")
# What a number begins with.
DIGITS_BEFORE: Final = "0123456789.,¥"
# Whole numbers that a sentence writes in words.
WORDS: Final = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class LeadMetric(NamedTuple):
    """A metric in three texts; ``interval`` is empty where there is none."""

    label: str
    value: str
    interval: str

    @property
    def number(self) -> str:
        """The value without the unit that follows it."""
        number, _, rest = self.value.partition(" ")
        return number if rest and NUMBER.fullmatch(number) else self.value

    @property
    def unit(self) -> str:
        """The unit that follows the value; empty where none does."""
        return self.value[len(self.number) :].strip()


def lead_metric(metric: Metric) -> LeadMetric:
    """``Same week``, ``30 bp``, ``95% CI 22 to 37``; bounds that are no interval of an estimate stand bare."""
    words = label(metric)
    name = words[:1].upper() + words[1:]
    if isinstance(metric.value, str):
        return LeadMetric(name, metric.value, "")
    known = metric.low is not None and metric.high is not None
    low, high = (metric.low or 0.0, metric.high or 0.0) if known else (0.0, 0.0)
    form = form_of(metric.unit or "", float(metric.value), metric.digits, (high - low) / 2)
    ends = f"{form.text(low, bare=True)} to {form.text(high, bare=True)}" if known else ""
    ends = f"{metric.confidence:.0%} CI {ends}" if ends and metric.confidence else ends
    return LeadMetric(name, form.text(float(metric.value)), ends)


def named(answer: str | None, metrics: Sequence[Metric]) -> Metric | None:
    """The lead metric whose value the answer prints first; ``None`` where it prints none of them.

    A sign may stand in a word ("sold ¥350bn"), and a small whole number may be one ("six of them").
    """
    leads = [metric for metric in metrics if metric.lead and not isinstance(metric.value, str)]
    places = [(place, metric) for metric in leads if (place := _place(metric, answer or "")) is not None]
    return min(places, key=lambda found: found[0])[1] if places else None


def _place(metric: Metric, answer: str) -> int | None:
    """Where the answer prints the value of the metric."""
    if not math.isfinite(float(metric.value)):
        return None
    written = lead_metric(metric).number.lstrip("+−")
    for each in _rounded(written):
        if (place := _alone(each, answer)) is not None:
            return place
    if not written.isdigit() or int(written) >= len(WORDS) or WORDS[int(written)] not in answer.lower():
        return None
    found = re.search(rf"\b{WORDS[int(written)]}\b", answer, re.IGNORECASE)
    return found.start() if found else None


def _alone(number: str, answer: str) -> int | None:
    """Where the answer prints the number as a whole one."""
    place = answer.find(number)
    while place >= 0:
        if answer[place - 1 : place] not in tuple(DIGITS_BEFORE) and not MORE.match(answer, place + len(number)):
            return place
        place = answer.find(number, place + 1)
    return None


def _rounded(written: str) -> Iterator[str]:
    """A number as written, and with fewer decimals; without any where a sign says that it is the same kind."""
    yield written
    parts = re.fullmatch(r"(¥?)(\d[\d,]*\.\d+)(\D*)", written)
    if parts is None:
        return
    before, number, after = parts.groups()
    value, places = float(number.replace(",", "")), len(number.partition(".")[2])
    for fewer in range(places - 1, 0 if not before + after else -1, -1):
        yield f"{before}{value:,.{fewer}f}{after}"


def value_before(metric: Metric, previous: Job | None) -> str:
    """The value of the metric in an earlier job, where that reads otherwise than now; empty where it does not."""
    found = [each for each in previous.metrics if each.name == metric.name] if previous else []
    if not found or found[0].unit != metric.unit or isinstance(found[0].value, str) != isinstance(metric.value, str):
        return ""
    told = lead_metric(found[0]).value
    return "" if told == lead_metric(metric).value else told
