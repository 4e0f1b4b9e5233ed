"""The house's letters: Source Sans Pro as on the pages, DejaVu Sans and a Japanese font for what it lacks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from matplotlib.font_manager import FontProperties, fontManager, get_font

LATIN: Final = "Source Sans Pro"
SIGNS: Final = "DejaVu Sans"
JAPANESE: Final = "IPAexGothic"
# The file of each weight, the bold one as on the pages.
FILES: Final = {400: "Regular", 700: "Semibold"}


def families() -> list[str]:
    """The families in the order in which a letter is looked for.

    The Japanese one is the file that ``matplotlib-fontja`` carries, taken by its path: importing that package would
    change matplotlib's settings for everybody. It serves every weight: it has no bold of its own, and matplotlib would
    warn of that at each title. Where a file is not there, the next family serves, and Japanese letters are missing
    glyphs.
    """
    latin = {weight: _file("font_source_sans_pro", f"files/SourceSansPro-{name}.ttf") for weight, name in FILES.items()}
    japanese = _file("matplotlib_fontja", "fonts/ipaexg.ttf")
    found = [SIGNS]
    if all(latin.values()):
        found = [LATIN, SIGNS]
        for weight, file in latin.items():
            _register(file, LATIN, weight)
    if japanese:
        found.append(JAPANESE)
        for weight in FILES:
            _register(japanese, JAPANESE, weight)
    return found


def _file(package: str, path: str) -> Path | None:
    """A file that a package carries, without importing the package; ``None`` where it is not there."""
    spec = find_spec(package)
    folders = (spec.submodule_search_locations or []) if spec else []
    return next((file for folder in folders if (file := Path(folder) / path).is_file()), None)


def _register(file: Path | None, family: str, weight: int) -> None:
    fontManager.addfont(str(file))
    fontManager.ttflist[-1] = replace(fontManager.ttflist[-1], name=family, weight=weight)


FAMILIES: Final = families()


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    files = [fontManager.findfont(FontProperties(family=[name])) for name in FAMILIES]
    return frozenset(code for file in files for code in get_font(file).get_charmap())


def shows(text: str) -> bool:
    """Whether the house's fonts have every letter of ``text``; what is kept of texts is kept of these only."""
    letters = _letters()
    return all(ord(letter) in letters for letter in text)
