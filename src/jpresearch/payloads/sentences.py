"""Payloads that are read as text: answers, findings, metrics, parts."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from jpresearch.payloads.fields import Count, Name, Number, Payload, Said, Text, Value


class Link(Payload):
    """Where a text prints an estimate, from ``start`` to before ``end``, and the metric that states the same.

    ``metric`` is empty where that was published later or not at all; ``mark`` is then what leads to it.
    """

    start: Count
    end: Count
    metric: Name | None = None
    mark: Count | None = None


class Linked(Payload):
    """A text with the metrics that it names."""

    text: Said
    links: list[Link] = Field(default=[])

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if not all(link.start < link.end <= len(self.text) for link in self.links):
            raise ValueError("a link lies outside the text")
        return self


class Answer(Linked):
    """The answer of a notebook; ``typed`` where it was let through as written."""

    typed: bool = False


class Takeaway(Linked):
    """A sentence of the conclusion."""


class Finding(Linked):
    """A finding, with the figure that shows it."""

    figure: Name | None = None
    lead: bool = False
    typed: bool = False


class Part(Payload):
    """A part of the notebook that could not be had; ``why`` says so in its place."""

    name: Said
    why: Said


class View(Payload):
    """What an editor's view shows."""

    of: Name


class Metric(Payload):
    """A number, date or text by name, with its interval and what is known of its estimate."""

    name: Name
    value: Value
    label: Said | None = None
    unit: Text | None = None
    low: Number | None = None
    high: Number | None = None
    digits: Annotated[int, Field(ge=-15, le=15)] | None = None
    lead: bool = False
    p_value: Annotated[float, Field(ge=0, le=1)] | None = None
    n: Count | None = None
    first: Text | None = None
    last: Text | None = None
    method: Text | None = None
    confidence: Annotated[float, Field(gt=0, lt=1)] | None = None
    mark: Count | None = None

    @model_validator(mode="after")
    def _interval(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both ends")
        if self.low is None or self.high is None:
            return self
        if isinstance(self.value, str) or not self.low <= self.value <= self.high:
            raise ValueError("the interval does not contain the value")
        return self
