"""What stands in a cell of a JPX workbook: labels in two languages, amounts as numbers or as text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from jpresearch.sources.workbooks import Cell

# Amounts are whole: plain digits or groups of three, negative with a sign in front.
_AMOUNT = re.compile(r"\s*(?P<sign>[▲△\-－−+]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)\s*", re.ASCII)
# A float holds whole numbers exactly up to here, far above any amount.
_EXACT = 2**53


# Dashes and tildes that the normalisation of full-width letters leaves alone.
_DASHES = str.maketrans("〜－−–—―‐", "~------")


@lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """Text without spaces and line breaks, full-width letters and digits made plain, dashes and tildes of one kind."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())


@lru_cache(maxsize=4096)
def japanese(text: str) -> str:
    """The Japanese part of a label in two languages: ``個　人`` and ``個人 Individuals`` are both ``個人``."""
    return "".join(letter for letter in squeezed(text) if ord(letter) > 127)


def label(cell: Cell) -> str:
    """The text of a cell as ``squeezed`` gives it; empty where there is no text."""
    return squeezed(cell) if isinstance(cell, str) else ""


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in the cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_dash(cell: Cell) -> bool:
    """Whether the cell holds a dash, which stands for no figure."""
    return isinstance(cell, str) and len(text := cell.strip()) == 1 and squeezed(text) == "-"


def amount(cell: Cell) -> int | None:
    """The whole number in a cell, stored as a number or as text such as ``▲ 1,234``; ``None`` where there is none."""
    if isinstance(cell, str):
        found = _AMOUNT.fullmatch(cell)
        if found is None:
            return None
        value = int(found["digits"].replace(",", ""))
        return -value if found["sign"] not in ("", "+") else value
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return None
    return int(cell) if abs(cell) <= _EXACT and cell == int(cell) else None
