"""Metrics: figures by name for the record and for comparison with earlier runs; lead ones stand beside the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from jpresearch.errors import BadParameter, SentenceRefused
from jpresearch.payloads import METRIC
from jpresearch.payloads.fields import finite
from jpresearch.publish import channel
from jpresearch.publish.frames import Value, cell_value, metric_value, require_text, shown
from jpresearch.publish.wording import typed_numbers
from jpresearch.say import Estimate, plain
from jpresearch.say.figures import form_of

HEADS: Final = ("", "Value", "95% CI")


def metric(
    name: str,
    value: Value | Estimate,
    *,
    label: str | None = None,
    unit: str | None = None,
    low: float | None = None,
    high: float | None = None,
    digits: int | None = None,
    lead: bool = False,
) -> None:
    """Publish a figure by name: an estimate, a number, a date or a text.

    Parameters
    ----------
    name : short name, unique in the notebook and the same in every run, by which runs are compared.
    value : an ``Estimate`` brings its interval, unit, digits, p-value and sample; what is given beside it must not
        differ.
    label : the name for readers: ``"Net, latest week"``.
    unit, low, high, digits : of a plain number; the interval needs both ends.
    lead : one of the four or five that stand beside the answer; needs a ``label``.

    Raises
    ------
    BadParameter : empty name, a number that is not finite, an interval that does not hold the value, a lead metric
        without a label.
    SentenceRefused : a typed number in the label, digits other than the estimate's.

    Examples
    --------
    >>> slope = Estimate(30.2, 22.4, 37.1, p_value=0.0004, unit="bp", n=412, last="2026-09-04")
    >>> with publish.collected() as page:
    ...     publish.metric("slope", slope, label="Same week", lead=True)
    >>> payload = page.outputs[0]["data"][publish.METRIC]
    >>> payload["value"], payload["low"], payload["high"], payload["unit"]
    (30.2, 22.4, 37.1, 'bp')
    """
    require_text(name=name)
    where = f"metric {name!r}"
    if lead and not label:
        raise BadParameter("a lead metric needs a label for readers", where, "Write label='Net, latest week'.")
    if label is not None:
        _check_label(label, where)
    own = {"unit": unit, "low": low, "high": high, "digits": digits}
    found = _of_estimate(value, own, where) if isinstance(value, Estimate) else _of_value(name, value, own, where)
    payload = channel.checked(METRIC, {"name": name, "label": label and plain(label), "lead": lead, **found})
    if isinstance(value, Estimate):
        channel.page().metrics[value.id] = name
    if channel.heard():
        channel.display({METRIC: payload})
        _show(payload)


def _check_label(label: str, where: str) -> None:
    require_text(label=label)
    typed = typed_numbers(label)
    if typed:
        what = f"the label {plain(label)!r} has typed numbers: {', '.join(typed)}"
        raise SentenceRefused(what, where, "Print them: say.count(2, 'week'), say.date(day).")


def _of_estimate(value: Estimate, own: Mapping[str, Any], where: str) -> dict[str, Any]:
    digits = value.digits if own["digits"] is None else own["digits"]
    if value.digits is not None and digits != value.digits:
        raise SentenceRefused(
            f"its digits are {value.digits}, not {digits}: sentence, metric and figure show the same",
            where,
            f"Give the estimate its digits once: `estimate.described(digits={digits})`.",
        )
    if any(own[key] is not None for key in ("unit", "low", "high")):
        raise BadParameter("an estimate brings its own unit and interval", where, "Use `estimate.described(unit=...)`.")
    ends = {"low": value.low, "high": value.high, "confidence": value.confidence} if value.has_interval else {}
    sample = {"first": _day(value.first), "last": _day(value.last)}
    known = {"p_value": value.p_value, "n": value.n, "method": value.method or None}
    return {
        "value": value.value,
        "unit": value.unit or None,
        "digits": digits,
        "mark": value.id,
        **ends,
        **sample,
        **known,
    }


def _of_value(name: str, value: Value, own: Mapping[str, Any], where: str) -> dict[str, Any]:
    found = metric_value(name, value)
    low, high = own["low"], own["high"]
    if (low is None) != (high is None):
        raise BadParameter("an interval needs both ends", where)
    if low is not None and not _inside(found, low, high):
        raise BadParameter(f"the interval {shown(low)}..{shown(high)} does not hold the value {shown(found)}", where)
    return {"value": found, "unit": own["unit"], "low": _end(low), "high": _end(high), "digits": own["digits"]}


def _day(label: Any) -> str | None:
    found = cell_value(label)
    return None if found is None else str(found)[:10]


def _inside(value: float | str, low: object, high: object) -> bool:
    return finite(value) and finite(low) and finite(high) and low <= value <= high  # type: ignore[operator]


def _end(value: Any) -> Any:
    """An end of an interval as JSON; what is no number is refused with the payload."""
    return value if value is None or isinstance(value, int) else cell_value(value)


def _row(metric: Mapping[str, Any]) -> tuple[str, str, str]:
    """Label or name, value and interval as text."""
    name, value = metric["label"] or metric["name"], metric["value"]
    if isinstance(value, str):
        return str(name), value, ""
    low, high = metric["low"], metric["high"]
    half = 0.0 if low is None else (high - low) / 2
    form = form_of(metric["unit"] or "", float(value), metric["digits"], half)
    ends = "" if low is None else f"{form.text(low, bare=True)} to {form.text(high, bare=True)}"
    return str(name), form.text(float(value)), ends


def _line(metric: Mapping[str, Any]) -> str:
    name, value, ends = _row(metric)
    return f"{name}: {value}{f' ({ends})' if ends else ''}"


def _show(metric: dict[str, Any]) -> None:
    """All metrics of one execution as one table, which grows with each."""
    page, now = channel.page(), channel.execution()
    again = page.shown_by == now and bool(page.shown)
    if not again:
        page.shown, page.shown_by = {}, now
    page.shown[metric["name"]] = metric
    rows = list(page.shown.values())
    channel.view("metrics", _html(rows), "\n".join(map(_line, rows)), id=f"jpresearch-metrics-{now}", again=again)


def _html(metrics: Iterable[Mapping[str, Any]]) -> str:
    head = "".join(f"<th style='text-align:left'>{name}</th>" for name in HEADS)
    rows = ("".join(f"<td style='text-align:left'>{escape(text)}</td>" for text in _row(each)) for each in metrics)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"
