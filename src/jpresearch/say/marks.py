"""Marks: zero-width characters round every text that was printed from a value, so that a page knows what it states.

A mark is ``BEGIN``, the kind and the id in two zero-width digits, the text, ``END``. Readers never see one:
``plain`` takes them off, and whoever draws or stores a text does so with ``plain``. What stands outside every mark was
typed by a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from zlib import crc32

BEGIN: Final = "\u2061"
END: Final = "\u2064"
_ZERO, _ONE = "\u2062", "\u2063"
_KIND_BITS: Final = 4
_ID_BITS: Final = 32
_ANY: Final = re.compile("[\u2061-\u2064]")
_HEAD: Final = re.compile(f"{BEGIN}([{_ZERO}{_ONE}]{{{_KIND_BITS}}})([{_ZERO}{_ONE}]{{{_ID_BITS}}})")


class Kind(IntEnum):
    """What a mark holds.

    ``ESTIMATE`` and ``NUMBER`` are the figures of a sentence; ``INTERVAL``, ``DATE``, ``COUNT`` (a sample size or a
    horizon) and ``P_VALUE`` say how sure or of when; ``NAME`` is a name with a digit in it; ``SIGN`` is a phrase chosen
    by the sign of a value, within which a typed digit is still typed.
    """

    ESTIMATE = 0
    NUMBER = 1
    INTERVAL = 2
    DATE = 3
    COUNT = 4
    P_VALUE = 5
    NAME = 6
    SIGN = 7


@dataclass(frozen=True)
class Mark:
    """One marked piece: ``start`` and ``end`` count characters of the text without marks."""

    start: int
    end: int
    kind: Kind
    id: int
    text: str


def identity(*parts: object) -> int:
    """An id that is the same wherever the same parts are printed."""
    return crc32(repr(parts).encode())


def marked(text: str, id: int | None = None, kind: Kind = Kind.NUMBER) -> str:
    """``text`` in a mark; without an ``id`` of its own it has that of its words.

    Examples
    --------
    >>> text = say.marked("30 bp")
    >>> text == "30 bp", say.plain(text) == "30 bp"
    (False, True)
    """
    number = identity(int(kind), plain(text)) if id is None else id
    return f"{BEGIN}{_bits(kind, _KIND_BITS)}{_bits(number, _ID_BITS)}{text}{END}"


def plain(text: str) -> str:
    """``text`` as readers see it: without any mark.

    Examples
    --------
    >>> say.plain(say.percent(36.2))
    '36%'
    """
    return _ANY.sub("", text)


def marks(text: str) -> list[Mark]:
    """The marks of a text in the order in which they begin; one that was cut in two counts as none.

    Examples
    --------
    >>> [(mark.text, mark.kind.name) for mark in say.marks(f"{say.number(30)} in {say.count(9, 'week')}")]
    [('30', 'NUMBER'), ('nine weeks', 'COUNT')]
    """
    found: list[Mark] = []
    opened: list[tuple[int, Kind, int]] = []
    seen: list[str] = []
    at = length = 0
    while at < len(text):
        head = _HEAD.match(text, at)
        if head:
            opened.append((length, Kind(_number(head[1])), _number(head[2])))
            at = head.end()
            continue
        if text[at] == END and opened:
            start, kind, id = opened.pop()
            found.append(Mark(start, length, kind, id, "".join(seen)[start:length]))
        elif not _ANY.match(text[at]):
            seen.append(text[at])
            length += 1
        at += 1
    return sorted(found, key=lambda mark: (mark.start, -mark.end))


def outside(text: str) -> str:
    """What a person typed: the text outside all marks but those of ``SIGN``; each mark leaves one space behind."""
    bare = list(plain(text))
    for mark in marks(text):
        if mark.kind is not Kind.SIGN:
            bare[mark.start : mark.end] = [" ", *[""] * (mark.end - mark.start - 1)][: mark.end - mark.start]
    return "".join(bare)


def _bits(number: int, length: int) -> str:
    return "".join(_ONE if number >> place & 1 else _ZERO for place in reversed(range(length)))


def _number(bits: str) -> int:
    return int("".join("1" if bit == _ONE else "0" for bit in bits), 2)
