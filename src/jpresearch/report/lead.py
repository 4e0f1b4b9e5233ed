"""Lead metrics as they stand beside the answer: label, value with its unit, interval; as sentences write them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from jpresearch.record import Job, Metric
from jpresearch.report.metric_change import label
from jpresearch.say.figures import form_of

NUMBER: Final = re.compile(r"[+−]?¥?[\d,.]+(?:mn|bn|tn|%)?")


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
    """``Same week``, ``30 bp``, ``22 to 37``."""
    words = label(metric)
    name = words[:1].upper() + words[1:]
    if isinstance(metric.value, str):
        return LeadMetric(name, metric.value, "")
    known = metric.low is not None and metric.high is not None
    low, high = (metric.low or 0.0, metric.high or 0.0) if known else (0.0, 0.0)
    form = form_of(metric.unit or "", float(metric.value), metric.digits, (high - low) / 2)
    ends = f"{form.text(low, bare=True)} to {form.text(high, bare=True)}" if known else ""
    return LeadMetric(name, form.text(float(metric.value)), ends)


def value_before(metric: Metric, previous: Job | None) -> str:
    """The value of the metric in an earlier job, where that reads otherwise than now; empty where it does not."""
    found = [each for each in previous.metrics if each.name == metric.name] if previous else []
    if not found or found[0].unit != metric.unit or isinstance(found[0].value, str) != isinstance(metric.value, str):
        return ""
    told = lead_metric(found[0]).value
    return "" if told == lead_metric(metric).value else told
