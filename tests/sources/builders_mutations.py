"""Damage to text files as it happens, and worse: for adapters that must answer with rows that add up or an error."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jpresearch.sources.model import Adapter, Parsed, SourceError

ROOT = Path(__file__).resolve().parents[2]
ABSURD = (
    "",
    "-",
    "1e999",
    "NaN",
    "inf",
    "999999999999999999999",
    "-1",
    "0",
    "９９",
    "1,2,3",
    '"',
    "\x00",
    "#REF!",
    "0x10",
)
HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Not found</title></head><body>Moved, see <a href='/'>here</a></body></html>\n"
)
HANGS_AFTER_SECONDS = 60.0  # of this process's own work, however busy the machine is


def fixture_file(name: str) -> Path | None:
    """A publisher's own file from the folder beside the repository, where there is one."""
    return next(iter(sorted(ROOT.parent.glob(f"*/fixtures/{name}"))), None)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """``content`` after one to three kinds of damage."""
    for _ in range(rng.randint(1, 3)):
        content = rng.choice(DAMAGE)(content, rng)
    return content


def _bytes_flipped(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def _truncated(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _lines_dropped(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    for _ in range(rng.randint(1, 3)):
        if len(lines) > 1:
            del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


def _line_doubled(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return b"\n".join(lines)


def _lines_swapped(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _cells_swapped(content: bytes, rng: random.Random) -> bytes:
    parts = re.split(rb"([,\n])", content)
    places = range(0, len(parts), 2)
    one, other = rng.choice(places), rng.choice(places)
    parts[one], parts[other] = parts[other], parts[one]
    return b"".join(parts)


def _numbers_swapped(content: bytes, rng: random.Random) -> bytes:
    found = list(re.finditer(rb"\d[\d,.]*", content))
    if len(found) < 2:
        return content
    one, other = sorted(rng.sample(found, 2), key=lambda match: match.start())
    return (
        content[: one.start()]
        + other.group()
        + content[one.end() : other.start()]
        + one.group()
        + content[other.end() :]
    )


def _digit_changed(content: bytes, rng: random.Random) -> bytes:
    found = [match.start() for match in re.finditer(rb"\d", content)]
    if not found:
        return content
    place = rng.choice(found)
    return content[:place] + rng.choice(b"0123456789").to_bytes(1) + content[place + 1 :]


def _number_absurd(content: bytes, rng: random.Random) -> bytes:
    found = list(re.finditer(rb"-?\d[\d,.]*", content))
    if not found:
        return content
    match = rng.choice(found)
    return content[: match.start()] + rng.choice(ABSURD).encode("cp932", "replace") + content[match.end() :]


def _unit_slipped(content: bytes, rng: random.Random) -> bytes:
    """Every whole number of four digits and more a thousand times as large."""
    return re.sub(rb"(?<![\d.-])(\d{4,})(?=[,\n\"])", rb"\g<1>000", content)


def _label_changed(content: bytes, rng: random.Random) -> bytes:
    found = list(re.finditer(rb"[A-Za-z]{3,}|[\x80-\xff]{4,}", content[:3000]))
    if not found:
        return content
    match = rng.choice(found)
    return content[: match.start()] + rng.choice((b"Value", b"", b"Net", b"Close", b"Total")) + content[match.end() :]


def _pasted(content: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(content) + 1)
    piece = content[start : start + rng.randint(1, 200)]
    place = rng.randrange(len(content) + 1)
    return content[:place] + piece + content[place:]


DAMAGE: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _bytes_flipped,
    _truncated,
    _lines_dropped,
    _line_doubled,
    _lines_swapped,
    _cells_swapped,
    _numbers_swapped,
    _digit_changed,
    _number_absurd,
    _unit_slipped,
    _label_changed,
    _pasted,
)


@contextmanager
def ending(what: str) -> Iterator[None]:
    """The block fails, instead of the whole suite standing still, where it never ends."""

    def hangs(number: int, frame: object) -> None:
        raise AssertionError(f"{what} does not end")

    before = signal.signal(signal.SIGPROF, hangs)
    signal.setitimer(signal.ITIMER_PROF, HANGS_AFTER_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def survive(
    adapter: Adapter, samples: Sequence[bytes], name: str, check: Callable[[list[Parsed]], None], count: int, seed: int
) -> int:
    """How many of ``count`` damaged files were refused; the others end in rows that pass ``check``, and none hangs.

    The test fails where every file was read or every file was refused: then the damage showed nothing.
    """
    rng = random.Random(seed)
    refused = 0
    for number in range(count):
        content = mutated(rng.choice(samples), rng)
        assert isinstance(adapter.recognises(content, name), bool)
        try:
            with ending(f"file {number}"):
                parsed = adapter.parse(content, name)
                for part in parsed:
                    part.require_sound(name)
        except SourceError as error:
            refused += 1
            assert name in str(error), f"file {number}: the error does not name the file"
        else:
            check(parsed)
    assert 0 < refused < count
    return refused
