"""Excel workbooks as rows of plain cells: what is not a workbook, or could harm the reader, is refused first."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Collection
from html import unescape
from typing import Any, Final

import openpyxl
import python_calamine

from jpresearch.sources import biff
from jpresearch.sources.model import SourceError

Cell = Any
Rows = list[list[Cell]]

ZIP_MAGIC: Final = b"PK\x03\x04"
# Published workbooks unpack to well under one MB; reading this much still takes less than five seconds.
LARGEST_UNPACKED: Final = 16 * 1024 * 1024
MOST_MEMBERS: Final = 200
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 500


def legacy_sheets(content: bytes, file: str, wanted: Collection[str] | None = None) -> dict[str, Rows]:
    """The sheets of a legacy workbook (.xls) from A1 on, rows of text, numbers and ``""``, by name.

    Only the sheets called as in ``wanted``; ``None`` means all. Raises ``SourceError`` on anything that is no readable
    legacy workbook.
    """
    _refuse_others(content, file)
    if not biff.is_compound(content):
        raise SourceError.of("the file is not a legacy Excel workbook (.xls)", file)
    sound = biff.checked(content, file)
    try:
        book = python_calamine.load_workbook(io.BytesIO(sound))
        names = [name for name in book.sheet_names if wanted is None or name in wanted]
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except BaseException as error:
        raise _unreadable(error, file) from error


def modern_sheets(content: bytes, file: str) -> dict[str, Rows]:
    """The sheets of a workbook (.xlsx) from A1 on, by name; formulas as their text, empty cells ``None``.

    Raises ``SourceError`` on anything that is no readable workbook or unpacks to more than ``LARGEST_UNPACKED``.
    """
    _refuse_others(content, file)
    if biff.is_compound(content):
        biff.checked(content, file)
        raise SourceError.of("the file is a legacy workbook (.xls), not .xlsx", file)
    try:
        _check_members(content, file)
        return _modern_rows(content, file)
    except SourceError:
        raise
    except BaseException as error:
        raise _unreadable(error, file) from error


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
    if not content.startswith((ZIP_MAGIC, biff.MAGIC)):
        raise SourceError.of("the file is not an Excel workbook", file)


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


def _unreadable(error: BaseException, file: str) -> SourceError:
    """The one place where a reader's own errors become ours. A panic of the compiled reader is no ``Exception``."""
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error
    if isinstance(error, python_calamine.PasswordError):
        return SourceError.of("the workbook is protected by a password", file)
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return SourceError.of(f"the workbook cannot be read ({reason})", file)
