"""How a spreadsheet shows the numbers of a column: by its unit where heading or unit says it, else by their size."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

DAY: Final = "yyyy-mm-dd"
MOMENT: Final = "yyyy-mm-dd hh:mm"
WHOLE: Final = "#,##0"
# A year or a code of four digits takes no separator.
PLAIN: Final = "0"
YEARS: Final = range(1900, 2101)
# Decimals by the words of a unit or heading; the first that fits.
DECIMALS: Final[tuple[tuple[str, int], ...]] = (
    (r"(?-i:\bp\b)|\bp_value", 3),
    (r"%|\bpct\b|_pct\b|percent|share|\bratio\b", 2),
    (r"\bbp\b|_bp\b|points", 1),
    (r"\btn\b|_tn\b", 2),
    (r"\bbn\b|_bn\b", 1),
    (r"\btimes\b|price over|P/E|P/B|_x\b|\bPE\b|\bPB\b", 2),
)
SAMPLE: Final = 200


def number_format(words: str, values: Iterable[Any]) -> str:
    """The format of a column of numbers.

    Parameters
    ----------
    words : its heading and unit, such as ``"Foreigners, JPY bn"``.
    values : its cells, of which those that are numbers count.
    """
    known = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)][:SAMPLE]
    if known and all(float(value).is_integer() for value in known):
        years = all(value in YEARS for value in known) and re.search(r"year|period|date|quarter", words, re.I)
        return PLAIN if years else WHOLE
    largest = max(map(abs, known), default=0.0)
    said = next((digits for pattern, digits in DECIMALS if re.search(pattern, words, re.I)), None)
    decimals = _by_size(largest) if said is None or largest < 10.0**-said else said
    return WHOLE + ("." + "0" * decimals if decimals else "")


def _by_size(largest: float) -> int:
    """Decimals that show three to four digits."""
    return next((digits for digits, least in ((0, 10_000.0), (1, 100.0), (2, 1.0), (4, 0.01)) if largest >= least), 6)
