"""An answer in two runs: the same, with other figures in the same words, or in other words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from jpresearch.report.frame import safe

MONTH: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
SMALL: Final = "zero one two three four five six seven eight nine ten eleven twelve"
# Numbers with their signs, currencies and units written together, small numbers in words, and months.
FIGURE: Final = re.compile(rf"\S*\d\S*|{MONTH}|(?i:{SMALL.replace(' ', '|')})")
EDGES: Final = " .,;:()[]\"'"


class Turn(StrEnum):
    """How an answer differs from the one before."""

    SAME = "same"
    FIGURES = "figures"
    WORDS = "words"


def turn(before: str | None, after: str | None) -> Turn:
    """How two answers differ: in their words, whatever their figures, or in numbers and days alone."""
    if before == after:
        return Turn.SAME
    return Turn.FIGURES if _words(before or "") == _words(after or "") else Turn.WORDS


def marked(before: str, after: str) -> tuple[str, str]:
    """Both answers as HTML, the words in which they differ marked."""
    left, right = before.split(), after.split()
    old: list[str] = []
    new: list[str] = []
    for kind, start, end, first, last in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        old += _piece(left[start:end], plain=kind == "equal")
        new += _piece(right[first:last], plain=kind == "equal")
    return " ".join(old), " ".join(new)


def _words(text: str) -> list[str]:
    stripped = (word.strip(EDGES) for word in text.split())
    return [word.lower() for word in stripped if word and not FIGURE.fullmatch(word)]


def _piece(words: list[str], *, plain: bool) -> Iterator[str]:
    if words:
        text = safe(" ".join(words))
        yield text if plain else f"<mark>{text}</mark>"
