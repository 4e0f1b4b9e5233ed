"""Legacy Excel workbooks (BIFF8 in a compound file), checked before the fast reader sees them.

A damaged length or position makes the reader ask for more memory than any machine has, and a sector chain that bites
its own tail never ends: either takes the whole process down, not just the file. So the compound file is taken apart
here, the positions and counts in its workbook stream are checked, and the reader gets a fresh container that holds
the checked stream and nothing else. Layouts: Microsoft's open specifications MS-CFB (container) and MS-XLS (records).
"""

from __future__ import annotations

import re
import struct
from array import array
from typing import Final

from jpresearch.sources.model import SourceError

MAGIC: Final = bytes.fromhex("D0CF11E0A1B11AE1")
# Published workbooks have about 100 KB, 5 sheets, 80 rows and 11 columns; everything beyond these bounds is damage.
LARGEST_STREAM: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 1024
MOST_COLUMNS: Final = 128
MOST_SHEETS: Final = 32

_SECTOR: Final = 512
_END, _FREE, _FAT_SECTOR, _NO_STREAM = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_ENTRY: Final = 128
_ENCRYPTED: Final = ("EncryptedPackage", "EncryptionInfo")

_EOF, _FILEPASS, _BOUNDSHEET, _SST, _DIMENSIONS, _BOF = 0x0A, 0x2F, 0x85, 0xFC, 0x200, 0x809
# Records of cells with a value; the reader leaves formatted blanks alone, so theirs may lie anywhere.
_CELLS: Final = frozenset({0x06, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})
_WATCHED: Final = _CELLS | {_EOF, _FILEPASS, _BOUNDSHEET, _SST, _DIMENSIONS}
# A run of the commonest records (text, number, packed number, blank, row) whose positions lie within the bounds: the
# regular expression walks them in one step, which is what makes the check cheaper than the reading.
_PLAIN_KINDS: Final = frozenset({0xFD, 0x27E, 0x203, 0x201, 0x208})
_PLAIN: Final = re.compile(
    rb"(?:(?:\xfd\x00\x0a\x00|\x7e\x02\x0a\x00).[\x00-\x03][\x00-\x7f]\x00.{6}"
    rb"|\x03\x02\x0e\x00.[\x00-\x03][\x00-\x7f]\x00.{10}"
    rb"|\x01\x02\x06\x00.{6}"
    rb"|\x08\x02\x10\x00.{16})*",
    re.DOTALL,
)
_record = struct.Struct("<HH").unpack_from
_position = struct.Struct("<HH").unpack_from


def is_compound(content: bytes) -> bool:
    """Whether these bytes open like a compound file (a legacy workbook or a password-protected one)."""
    return content.startswith(MAGIC)


def checked(content: bytes, file: str) -> bytes:
    """A compound file with nothing in it but the checked workbook stream of ``content``.

    Raises
    ------
    SourceError : truncated, damaged, password-protected, or without a BIFF8 workbook.
    """
    try:
        stream = _workbook_stream(content, file)
        _check_records(stream, file)
    except (struct.error, IndexError) as error:
        raise SourceError.of("the legacy workbook is truncated or damaged", file) from error
    return _container(stream)


def _workbook_stream(content: bytes, file: str) -> bytes:
    shift, fats, directory = _header(content, file)
    table = _allocation(content, shift, fats)
    entries = _entries(_chain(content, shift, table, directory, file))
    if any(name in entries for name in _ENCRYPTED):
        raise SourceError.of("the workbook is protected by a password", file)
    if "Workbook" not in entries:
        raise SourceError.of("there is no BIFF8 workbook in this file", file, label="Workbook")
    start, size = entries["Workbook"]
    if not 4096 <= size <= LARGEST_STREAM:
        raise SourceError.of(f"the workbook has {size:,} bytes; between 4,096 and {LARGEST_STREAM:,} are usual", file)
    stream = _chain(content, shift, table, start, file)
    if len(stream) < size:
        raise SourceError.of("the legacy workbook is truncated", file)
    return stream[:size]


def _header(content: bytes, file: str) -> tuple[int, list[int], int]:
    """Size of a sector as a power of two, the sectors of the allocation table, the first sector of the directory."""
    (shift,) = struct.unpack_from("<H", content, 30)
    count, directory = struct.unpack_from("<II", content, 44)
    if not is_compound(content) or shift not in (9, 12):
        raise SourceError.of("the file is not a legacy workbook", file)
    # 109 sectors of allocation table describe 7 MB, far more than any published workbook.
    if count > 109:
        raise SourceError.of("the legacy workbook is damaged or far too large", file)
    return shift, list(struct.unpack_from(f"<{count}I", content, 76)), directory


def _allocation(content: bytes, shift: int, sectors: list[int]) -> array[int]:
    table = array("I")
    for number in sectors:
        table.frombytes(_sector(content, shift, number))
    return table


def _sector(content: bytes, shift: int, number: int) -> bytes:
    start = (number + 1) << shift
    part = content[start : start + (1 << shift)]
    if len(part) < 1 << shift:
        # The last sector of a file may be cut short by careless writers; anything else is beyond the end.
        if not part:
            raise IndexError(f"sector {number} lies beyond the end of the file")
        part = part.ljust(1 << shift, b"\0")
    return part


def _chain(content: bytes, shift: int, table: array[int], start: int, file: str) -> bytes:
    """The sectors from ``start`` on, joined. Raises ``SourceError`` where the chain returns to itself."""
    parts: list[bytes] = []
    number = start
    while number != _END:
        if len(parts) >= len(table):
            raise SourceError.of("the legacy workbook is damaged: a chain of sectors has no end", file)
        parts.append(_sector(content, shift, number))
        number = table[number]
    return b"".join(parts)


def _entries(directory: bytes) -> dict[str, tuple[int, int]]:
    """First sector and size of each stream in the directory, by name."""
    entries = {}
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        if directory[at + 66] == 2 and 2 <= length <= 64:
            name = directory[at : at + length - 2].decode("utf-16-le", errors="replace")
            entries[name] = struct.unpack_from("<II", directory, at + 116)
    return entries


def _check_records(stream: bytes, file: str) -> None:
    """Walk the globals and every sheet as the reader will. Raises ``SourceError`` on what would harm it."""
    kind, size = _record(stream, 0)
    if kind != _BOF or size < 4 or struct.unpack_from("<H", stream, 4)[0] != 0x600:
        raise SourceError.of("the workbook is not of the BIFF8 kind", file)
    sheets = _walk(stream, 0, file)
    if not 0 < len(sheets) <= MOST_SHEETS:
        raise SourceError.of(f"the workbook has {len(sheets)} sheets; one to {MOST_SHEETS} are usual", file)
    for offset in sheets:
        _walk(stream, offset, file)


def _walk(stream: bytes, at: int, file: str) -> list[int]:
    """Follow the records from ``at`` to the end mark; the offsets of the sheets that they name."""
    sheets = []
    end = len(stream)
    while at < end:
        kind, size = _record(stream, at)
        if kind in _PLAIN_KINDS and (run := _PLAIN.match(stream, at)) is not None and run.end() > at:
            at = run.end()
            continue
        if kind in _WATCHED:
            if kind == _EOF:
                break
            _check_record(stream, at, kind, file)
            if kind == _BOUNDSHEET:
                sheets.append(struct.unpack_from("<I", stream, at + 4)[0])
        at += 4 + size
        if at > end:
            raise IndexError("a record reaches beyond the end of the workbook")
    return sheets


def _check_record(stream: bytes, at: int, kind: int, file: str) -> None:
    if kind in _CELLS:
        row, column = _position(stream, at + 4)
        sane = row < MOST_ROWS and column < MOST_COLUMNS
    elif kind == _DIMENSIONS:
        top, bottom, left, right = struct.unpack_from("<IIHH", stream, at + 4)
        # What is formatted may reach far; the reader sets this much memory aside (40 bytes a cell).
        sane = top <= bottom and left <= right and (bottom - top) * (right - left) <= 1_000_000
    elif kind == _SST:
        sane = struct.unpack_from("<I", stream, at + 8)[0] <= len(stream)
    elif kind == _FILEPASS:
        raise SourceError.of("the workbook is protected by a password", file)
    else:
        return
    if not sane:
        raise SourceError.of("the legacy workbook is damaged: a position or count is out of all proportion", file)


def _container(stream: bytes) -> bytes:
    """The smallest compound file around one workbook stream: header, allocation table, directory, stream."""
    body = stream.ljust(-(-len(stream) // _SECTOR) * _SECTOR, b"\0")
    sectors = len(body) // _SECTOR
    fats = 1
    while fats * (_SECTOR // 4) < fats + 1 + sectors:
        fats += 1
    table = array("I", [_FAT_SECTOR] * fats + [_END])
    table.extend(range(fats + 2, fats + 1 + sectors))
    table.append(_END)
    table.extend([_FREE] * (fats * (_SECTOR // 4) - len(table)))
    header = struct.pack("<8s16xHHHHH6x9I", MAGIC, 0x3E, 3, 0xFFFE, 9, 6, 0, fats, fats, 0, 4096, _END, 0, _END, 0)
    places = struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _NO_STREAM, fats + 1, len(stream))
    return header + places + table.tobytes() + directory.ljust(_SECTOR, b"\0") + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII36xIQ", text, len(text), kind, 1, _NO_STREAM, _NO_STREAM, child, start, size)
