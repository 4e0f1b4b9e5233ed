"""The program that reads a legacy workbook in a process of its own, with limits: workbook in, sheets as JSON out.

A damaged length or position makes the reader ask for more memory than any machine has, and a chain of sectors that
bites its own tail never ends: here either ends this process alone. Called with the names of the sheets wanted.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from contextlib import suppress
from typing import Any, Final

import python_calamine

REFUSED: Final = 3
MEMORY_BYTES: Final = 512 * 1024 * 1024
SECONDS: Final = 10
# Published workbooks have 5 sheets, 80 rows and 11 columns.
MOST_SHEETS: Final = 32
MOST_ROWS: Final = 1024
MOST_COLUMNS: Final = 128
LARGEST_ANSWER: Final = 16 * 1024 * 1024


def limit() -> None:
    """Hold this process to its memory and its time, as far as the system does: macOS knows no such limit of memory."""
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def sheets(content: bytes, wanted: list[str]) -> dict[str, list[list[Any]]]:
    """The wanted sheets from A1 on, by name. Raises ``ValueError`` where one is far larger than any published."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    if len(book.sheet_names) > MOST_SHEETS:
        raise ValueError(f"{len(book.sheet_names)} sheets; at most {MOST_SHEETS} are usual")
    found = {name: book.get_sheet_by_name(name) for name in book.sheet_names if name in wanted}
    for name, sheet in found.items():
        rows, columns = sheet.end or (0, 0)
        if rows >= MOST_ROWS or columns >= MOST_COLUMNS:
            raise ValueError(f"a position or count is out of all proportion: {rows + 1:,} rows in {name}")
    return {name: sheet.to_python(skip_empty_area=False) for name, sheet in found.items()}


def main() -> int:
    """Answer: 0 with the sheets, ``REFUSED`` with the reason on the error stream, anything else where it died."""
    limit()
    try:
        answer = json.dumps(sheets(sys.stdin.buffer.read(), sys.argv[1:]), default=str)
        if len(answer) > LARGEST_ANSWER:
            raise ValueError(f"its text is out of all proportion: {len(answer):,} characters")
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        print(f"the workbook cannot be read ({reason})", file=sys.stderr)
        return REFUSED
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
