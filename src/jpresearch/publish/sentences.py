"""The answer and the findings: sentences that state printed values, each linked to the metric of the same estimate."""

from __future__ import annotations

import os
from datetime import date
from html import escape
from typing import Any, Final

from jpresearch import folders
from jpresearch.errors import SentenceRefused
from jpresearch.payloads import ANSWER, FINDING
from jpresearch.publish import channel
from jpresearch.publish.frames import require_text
from jpresearch.publish.wording import LONGEST_ANSWER, LONGEST_LEAD, MOST_NUMBERS, length, numbers, objections
from jpresearch.say.dates import MONTHS, date_text, day_of
from jpresearch.say.estimate import PRINTED
from jpresearch.say.marks import Kind, marks, plain

OLD_DAYS: Final = 56
"""A sample that ends longer before the page's newest day must be named in the sentence."""
MOST_LEADS: Final = 5
PRINT: Final = "Print it from its value (say.count, say.date, say.percent, {estimate:ci}), or pass typed=True."


def answer(text: str, *, typed: bool = False) -> None:
    """Publish the answer of the notebook: one sentence with its limit, about 35 words at most.

    Parameters
    ----------
    text : the sentence, with at least one value printed from data (an ``Estimate``, ``say.amount`` ...).
    typed : let it through as written; the page then says that it was written by hand.

    Raises
    ------
    SentenceRefused : a typed number, no printed value, a cause, words that the house does not use, too many words, a
        sample that ended long ago without its dates.
    BadParameter : a second answer.

    Examples
    --------
    >>> slope = Estimate(30.2, 22.4, 37.1, p_value=0.0004, unit="bp", n=412, last="2026-09-04")
    >>> with publish.collected() as page:
    ...     publish.answer(f"TOPIX gains {slope:ci} in the week, but weekly data cannot say why.")
    >>> payload = page.outputs[0]["data"][publish.ANSWER]
    >>> payload["text"]
    'TOPIX gains 30 bp (95% CI 22 to 37) in the week, but weekly data cannot say why.'
    """
    where = "publish.answer"
    payload = _sentence(text, where, typed)
    words = length(text)
    if words > LONGEST_ANSWER:
        raise SentenceRefused(
            f"{words} words; {LONGEST_ANSWER} are the most", where, "Say the judgement and its limit."
        )
    payload = channel.checked(ANSWER, {**payload, "typed": typed})
    channel.require_first(ANSWER, "", where, "a notebook has one answer", "Publish the rest as findings.")
    if channel.heard():
        said = payload["text"]
        html = f"<p style='font-size:1.25em;max-width:50em'><strong>{escape(said)}</strong></p>"
        channel.display({"text/plain": said, "text/html": html, "text/markdown": f"**{said}**", ANSWER: payload})


def finding(text: str, *, figure: str | None = None, lead: bool = False, typed: bool = False) -> None:
    """Publish a finding.

    Parameters
    ----------
    text : the sentence, with at least one value printed from data.
    figure : name of the figure that shows it.
    lead : one of the three to five that stand beside the answer: about 30 words and three numbers at most; intervals,
        dates, horizons, sample sizes and p-values do not count.
    typed : let it through as written; the page then says that it was written by hand.

    Raises
    ------
    SentenceRefused : as ``answer``; a sixth lead finding.

    Examples
    --------
    >>> slope = Estimate(30.2, 22.4, 37.1, p_value=0.0004, unit="bp", n=412, last="2026-09-04")
    >>> with publish.collected() as page:
    ...     publish.finding(f"TOPIX gains {slope:ci} per ¥100bn in the week.", lead=True)
    >>> payload = page.outputs[0]["data"][publish.FINDING]
    >>> payload["text"]
    'TOPIX gains 30 bp (95% CI 22 to 37) per ¥100bn in the week.'
    """
    where = "publish.finding"
    payload = _sentence(text, where, typed)
    if lead:
        _check_lead(text, where)
    payload = channel.checked(FINDING, {**payload, "figure": figure, "lead": lead, "typed": typed})
    if lead:
        _count_lead(payload["text"], where)
    if channel.heard():
        said = payload["text"]
        html = (
            f"<ul style='max-width:50em'><li>{f'<strong>{escape(said)}</strong>' if lead else escape(said)}</li></ul>"
        )
        channel.display({"text/plain": said, "text/html": html, "text/markdown": f"- {said}", FINDING: payload})


def _sentence(text: str, where: str, typed: bool) -> dict[str, Any]:
    """Text and links of a sentence, or ``SentenceRefused``."""
    require_text(text=text)
    text = " ".join(text.split())
    if not typed:
        wrong = list(objections(text))
        if wrong:
            raise SentenceRefused("; ".join(wrong), f"{where}: {_start(text)}", PRINT)
        if not marks(text):
            raise SentenceRefused("it states no value of the data", f"{where}: {_start(text)}", PRINT)
    _require_dates(text, where)
    return {"text": plain(text), "links": _links(text)}


def _links(text: str) -> list[dict[str, Any]]:
    """Where the text prints an estimate: ``metric`` is filled in where that is published already, else by its mark."""
    found = []
    printed = [mark for mark in marks(text) if mark.kind in (Kind.ESTIMATE, Kind.SIGN) and mark.id in PRINTED]
    for mark in printed:
        inner = any(each is not mark and each.id == mark.id and mark.start <= each.start < mark.end for each in printed)
        if mark.start == mark.end or (mark.kind is Kind.SIGN and inner):
            continue
        metric = channel.page().metrics.get(mark.id)
        found.append({"start": mark.start, "end": mark.end, "metric": metric, "mark": mark.id})
    return found


def _check_lead(text: str, where: str) -> None:
    words, stated = length(text), numbers(text)
    if words > LONGEST_LEAD:
        what = f"{words} words; a lead finding has {LONGEST_LEAD} at most"
        raise SentenceRefused(what, f"{where}: {_start(text)}", "One thought each; the rest is a further finding.")
    if stated > MOST_NUMBERS:
        what = f"{stated} numbers; a lead finding has {MOST_NUMBERS} at most"
        raise SentenceRefused(what, f"{where}: {_start(text)}", "Leave the others to the figure.")


def _count_lead(text: str, where: str) -> None:
    """Raises ``SentenceRefused`` for a sixth lead finding; in a session cells run again, so only a run counts."""
    now = channel.execution()
    if now is None:
        return
    names = channel.page().names
    names["lead finding", text] = now
    if now and folders.RUN_VARIABLE not in os.environ:
        return
    if sum(kind == "lead finding" for kind, _ in names) > MOST_LEADS:
        raise SentenceRefused(f"more than {MOST_LEADS} lead findings", where, "Publish the others without lead=True.")


def _require_dates(text: str, where: str) -> None:
    """Raises ``SentenceRefused`` where an estimate's sample ended long before the newest day and no date says so."""
    newest = channel.page().newest
    if newest is None:
        return
    found = marks(text)
    dates = " ".join(mark.text for mark in found if mark.kind is Kind.DATE)
    for mark in found:
        last = _last(mark.id)
        if last is not None and (newest - last).days > OLD_DAYS and not _named(last, dates, newest):
            raise SentenceRefused(
                f"{mark.text!r} was estimated on a sample that ends on {date_text(last)}, while the page speaks of "
                f"{date_text(newest)}",
                f"{where}: {_start(text)}",
                "Name its dates in the sentence: {estimate:sample}, say.date(estimate.last) or selection.words.",
            )


def _last(id: int) -> date | None:
    estimate = PRINTED.get(id)
    if estimate is None or not hasattr(estimate.last, "year"):
        return None
    return day_of(estimate.last)


def _named(last: date, dates: str, newest: date) -> bool:
    return str(last.year) in dates and (last.year < newest.year or MONTHS[last.month - 1] in dates)


def _start(text: str) -> str:
    bare = " ".join(plain(text).split())
    return repr(bare if len(bare) <= 60 else f"{bare[:57]}...")
