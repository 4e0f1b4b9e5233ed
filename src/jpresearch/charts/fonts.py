"""The house's letters: DejaVu Sans, and a Japanese font for what it lacks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from matplotlib.font_manager import FontProperties, fontManager, get_font

LATIN: Final = "DejaVu Sans"
JAPANESE: Final = "IPAexGothic"
BOLD: Final = 700


def families() -> list[str]:
    """The families in the order in which a letter is looked for.

    The Japanese one is the file that ``matplotlib-fontja`` carries, taken by its path: importing that package would
    change matplotlib's settings for everybody. Where the file is not there, Japanese letters are missing glyphs.
    """
    package = find_spec("matplotlib_fontja")
    for folder in (package.submodule_search_locations or []) if package else []:
        file = Path(folder) / "fonts" / "ipaexg.ttf"
        if file.is_file():
            _register(file)
            return [LATIN, JAPANESE]
    return [LATIN]


def _register(file: Path) -> None:
    """The file for every weight: it has no bold of its own, and matplotlib would warn of that at each title."""
    fontManager.addfont(file)
    regular = next(entry for entry in reversed(fontManager.ttflist) if entry.name == JAPANESE)
    fontManager.ttflist.append(replace(regular, weight=BOLD))


FAMILIES: Final = families()


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    files = [fontManager.findfont(FontProperties(family=[name])) for name in FAMILIES]
    return frozenset(code for file in files for code in get_font(file).get_charmap())


def shows(text: str) -> bool:
    """Whether the house's fonts have every letter of ``text``; what is kept of texts is kept of these only."""
    letters = _letters()
    return all(ord(letter) in letters for letter in text)
