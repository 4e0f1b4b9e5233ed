"""Fixed colours and labels: one series, one colour, in every notebook.

The colours are those of Okabe and Ito and of Paul Tol's schemes, darkened where a line in them would be too faint on
white (contrast 3 to 1) and moved apart where readers with one of the usual colour-vision deficiencies could not tell
two of a family apart. Names that are seldom on one figure (an investor class, a chip maker) may share a colour; names
of one family never do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final
from zlib import crc32

from matplotlib.colors import to_hex, to_rgb

from jpresearch import names as house_names
from jpresearch.charts.words import name_of
from jpresearch.names import COLOURS as _FIXED

PURCHASE: Final = "#0072B2"
SALE: Final = "#D55E00"
ACCENT: Final = "#AA3377"
NEUTRAL: Final = "#33628F"
INK: Final = "#222222"
SOFT: Final = "#5F5F5F"
FAINT: Final = "#A6A6A6"
GRID: Final = "#E4E4E4"
MUTED_LINE: Final = "#C4C4C4"
PAST: Final = "#8C8C8C"  # what was before or ever, as grey as can still be seen well on white

READABLE: Final = 0.1825  # the luminance up to which letters on white have a contrast of 4.5 to 1

FREE: Final = (
    "#4477AA",
    "#CC6677",
    "#228833",
    "#AA4499",
    "#B78504",
    "#3FA493",
    "#661100",
    "#5B8DB8",
    "#882255",
    "#999933",
)


def colour(name: Hashable) -> str:
    """The fixed colour (``#rrggbb``) of an investor class, series or stock code.

    A name the house does not know gets a colour of the remaining palette, the same in every process.

    Examples
    --------
    >>> charts.colour("foreigners") == charts.colour("foreigners") != charts.colour("individuals")
    True
    """
    text = str(name)
    return _FIXED.get(text, FREE[crc32(text.encode()) % len(FREE)])


def colours(names: Iterable[Hashable]) -> dict[str, str]:
    """Colours for the series of one figure: fixed ones as ``colour`` gives them, others moved on where they clash."""
    wanted = [str(name) for name in names]
    chosen = {name: _FIXED[name] for name in wanted if name in _FIXED}
    for name in wanted:
        if name not in chosen:
            chosen[name] = _unused(name, set(chosen.values()))
    return chosen


def _unused(name: str, taken: set[str]) -> str:
    first = FREE.index(colour(name))
    ring = FREE[first:] + FREE[:first]
    return next((shade for shade in ring if shade not in taken), ring[0])


def label(name: Hashable) -> str:
    """The words for a known name in the language of the run: ``"foreigners"`` gives ``"Foreigners"`` or ``海外投資家``.

    An unknown lower-case name with underscores is put into words; any other text is returned as it is.

    Examples
    --------
    >>> charts.label("trust_banks"), charts.label("net_flow"), charts.label("TOPIX")
    ('Trust banks', 'Net flow', 'TOPIX')
    """
    return name_of(str(name)) or house_names.label(name)


VERDICTS: Final = {
    "supported": "#117733",
    "partly": "#7FA029",
    "contradicted": "#AA3355",
    "undetermined": "#6E6E6E",
    "not testable": "#949494",
}


def sign_colour(value: float) -> str:
    """The colour of net purchases for zero and above, of net sales below."""
    return SALE if value < 0 else PURCHASE


def tint(shade: str, strength: float) -> str:
    """``shade`` mixed with white: 1 leaves it, 0 gives white."""
    red, green, blue = (1 - strength * (1 - part) for part in to_rgb(shade))
    return to_hex((red, green, blue))


def ink(shade: str) -> str:
    """``shade`` darkened until text in it can be read on white (contrast 4.5 to 1, as WCAG asks)."""
    parts = to_rgb(shade)
    while _luminance(parts) > READABLE:
        parts = (parts[0] * 0.95, parts[1] * 0.95, parts[2] * 0.95)
    return to_hex(parts)


def _luminance(parts: tuple[float, float, float]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
