"""Parts of a notebook that may not be had on every day: they say why in their place, and the run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from jpresearch.errors import InsufficientData, NotYetPublished, SentenceRefused
from jpresearch.payloads import PART
from jpresearch.publish import channel
from jpresearch.publish.frames import require_text
from jpresearch.publish.wording import typed_numbers
from jpresearch.say import plain


@dataclass
class Part:
    """A part of the notebook; true while it can be had. ``why`` says why not."""

    name: str
    why: str = ""

    def __bool__(self) -> bool:
        return not self.why


@contextmanager
def part(name: str) -> Iterator[Part]:
    """A part that is left out, with the reason in its place, where its data are too few or not yet published.

    Only ``need``, other errors of too few data (``InsufficientData``) and tables not yet published
    (``NotYetPublished``) end a part; every other error ends the run. Names that the part would have set are not set:
    ask ``if the_part:`` before they are used.

    Raises ``SentenceRefused`` for a number typed into ``name``.

    Examples
    --------
    >>> with publish.collected():
    ...     with publish.part("before and since") as both:
    ...         publish.need(9, 26, "weeks of foreign selling")
    >>> bool(both), both.why
    (False, 'too few weeks of foreign selling are known: 9, and at least 26 are needed.')
    """
    require_text(name=name)
    typed = typed_numbers(name)
    if typed:
        next_step = "Print them: say.count(weeks, 'week'), say.year(since)."
        raise SentenceRefused(f"the name of a part has typed numbers: {', '.join(typed)}", "publish.part", next_step)
    found = Part(plain(name))
    try:
        yield found
    except (InsufficientData, NotYetPublished) as error:
        found.why = plain(" ".join(filter(None, (error.what, error.next_step))))
        payload = channel.checked(PART, {"name": found.name, "why": found.why})
        if channel.heard():
            said = f"{found.name}: not available. {found.why[:1].upper()}{found.why[1:]}"
            said = said if said.endswith(".") else f"{said}."
            channel.display({"text/plain": said, "text/markdown": f"*{said}*", PART: payload})


def need(count: int, least: int, words: str) -> None:
    """Require ``count`` of something, ``least`` at least: ``need(len(selling), 26, "weeks of foreign selling")``.

    Raises
    ------
    InsufficientData : there are fewer; within ``part`` that part is left out.

    Examples
    --------
    >>> publish.need(412, 26, "weeks of foreign selling")
    >>> publish.need(9, 26, "weeks of foreign selling")
    Traceback (most recent call last):
        ...
    jpresearch.errors.InsufficientData: too few weeks of foreign selling are known: 9, and at least 26 are needed.
    """
    if count < least:
        named = plain(words)
        few = f"too few {named} are known: {count:,}, and at least {least:,} are needed."
        raise InsufficientData(few if count else f"no {named} are known.")
