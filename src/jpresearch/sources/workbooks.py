"""Excel workbooks as rows of plain cells: what is not a workbook, or could harm the reader, is refused first."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Collection
from html import unescape
from typing import Any, Final

import openpyxl

from jpresearch.sources import legacy_workbook
from jpresearch.sources.model import SourceError

Cell = Any
Rows = list[list[Cell]]

ZIP_MAGIC: Final = b"PK\x03\x04"
COMPOUND_MAGIC: Final = bytes.fromhex("D0CF11E0A1B11AE1")
# How Excel marks what a password protects: the part that wraps an .xlsx, or the record FilePass behind the first one of
# an .xls (Microsoft's open specification MS-XLS, 2.4.117).
PROTECTED: Final = re.compile(
    re.escape("EncryptedPackage".encode("utf-16-le"))
    + rb"|\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00",
    re.DOTALL,
)
# Beside the reader's own limit of time, for a machine that is busy with other things.
PATIENCE_SECONDS: Final = 120.0
# Published workbooks unpack to well under one MB; reading this much still takes less than five seconds.
LARGEST_UNPACKED: Final = 16 * 1024 * 1024
MOST_MEMBERS: Final = 200
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 500


def is_compound(content: bytes) -> bool:
    """Whether these bytes open like a compound file: a legacy workbook, or one protected by a password."""
    return content.startswith(COMPOUND_MAGIC)


def legacy_sheets(content: bytes, file: str, wanted: Collection[str]) -> dict[str, Rows]:
    """The sheets of a legacy workbook (.xls) called as in ``wanted``, from A1 on: text, numbers and ``""``, by name.

    Raises ``SourceError`` on anything that is no readable legacy workbook; whatever it does to its reader, it does in a
    process of its own (``legacy_workbook``).
    """
    _refuse_others(content, file)
    if not is_compound(content):
        raise SourceError.of("the file is not a legacy Excel workbook (.xls)", file)
    program = [sys.executable, "-I", legacy_workbook.__file__, *wanted]
    try:
        done = subprocess.run(program, input=content, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    except (subprocess.TimeoutExpired, OSError) as error:
        raise SourceError.of(f"the workbook could not be read: {error}", file) from error
    if done.returncode == 0:
        found: dict[str, Rows] = json.loads(done.stdout)
        return found
    if done.returncode < 0:
        raise SourceError.of("the workbook is damaged: its reader was ended for its memory or time", file)
    reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if done.returncode != legacy_workbook.REFUSED:
        reason = f"the workbook cannot be read: its reader broke down ({reason[:200]})"
    raise SourceError.of(reason, file)


def modern_sheets(content: bytes, file: str) -> dict[str, Rows]:
    """The sheets of a workbook (.xlsx) from A1 on, by name; formulas as their text, empty cells ``None``.

    Raises ``SourceError`` on anything that is no readable workbook or unpacks to more than ``LARGEST_UNPACKED``.
    """
    _refuse_others(content, file)
    if is_compound(content):
        raise SourceError.of("the file is a legacy workbook (.xls), not .xlsx", file)
    try:
        _check_members(content, file)
        return _modern_rows(content, file)
    except SourceError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise SourceError.of(f"the workbook cannot be read ({reason})", file) from error


def member_texts(content: bytes, names: Collection[str], limit: int = 1024 * 1024) -> list[bytes]:
    """The parts of a zipped workbook called as in ``names`` and not larger than ``limit``; none where it is no zip.

    Letters that the writer put down as numbers (``&#24180;``) are letters here.
    """
    if not content.startswith(ZIP_MAGIC):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if part.filename in names and part.file_size <= limit]
            texts = [archive.read(part) for part in parts]
    except Exception:
        # A damaged file is no reason to stop guessing whose it might be.
        return []
    return [unescape(text.decode(errors="replace")).encode() if b"&#" in text else text for text in texts]


def _refuse_others(content: bytes, file: str) -> None:
    if not content:
        raise SourceError.of("the file is empty", file)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise SourceError.of("this is a web page, not a workbook: the publisher served an error or a log-in page", file)
    if not content.startswith((ZIP_MAGIC, COMPOUND_MAGIC)):
        raise SourceError.of("the file is not an Excel workbook", file)
    if is_compound(content) and PROTECTED.search(content):
        raise SourceError.of("the workbook is protected by a password", file)


def _check_members(content: bytes, file: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_UNPACKED or len(members) > MOST_MEMBERS:
        what = f"the workbook would unpack to {unpacked:,} bytes in {len(members)} parts; refused as a zip bomb"
        raise SourceError.of(what, file)
    if any(member.flag_bits & 1 for member in members):
        raise SourceError.of("the workbook is protected by a password", file)


def _modern_rows(content: bytes, file: str) -> dict[str, Rows]:
    # Read-only: streams the cells and never expands merged ranges, whose stated size need not be true.
    with warnings.catch_warnings():
        # It warns of parts of a workbook that it does not keep (styles, slicers): none of them is read here.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            return {sheet.title: _sheet_rows(sheet, file) for sheet in book.worksheets}
        finally:
            book.close()


def _sheet_rows(sheet: Any, file: str) -> Rows:
    sheet.reset_dimensions()
    rows: Rows = []
    for row in sheet.iter_rows(values_only=True):
        if len(rows) >= MOST_ROWS or len(row) > MOST_COLUMNS:
            what = f"the sheet is larger than {MOST_ROWS:,} rows and {MOST_COLUMNS} columns"
            raise SourceError.of(what, file, sheet.title)
        rows.append(list(row))
    return rows
