"""The page's letters: Source Sans Pro in two weights, only the letters that pages use, embedded in the style sheet."""

from __future__ import annotations

import base64
import logging
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final

FAMILY: Final = "Source Sans Pro"
PACKAGE: Final = "font_source_sans_pro"
# The file of each weight; one of 600 serves everything bold.
WEIGHTS: Final = {"400": "Regular", "600 900": "Semibold"}
# Latin with the accents of Europe, and the signs of figures and text; what is missing comes from the reader's own.
LETTERS: Final = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *map(ord, "–—‘’“”„…•−×±≤≥≠≈·→←↑↓€▲▼σβα†‡½¼¾"),
)
# Its figures are of one width, so that they stand in line in tables.
FEATURES: Final = ("kern",)


@cache
def faces() -> str:
    """The rules that embed the letters; empty where the package is not there, and the page takes the reader's own."""
    package = find_spec(PACKAGE)
    folders = (package.submodule_search_locations or []) if package else []
    files = {weight: Path(folder) / "files" / f"SourceSansPro-{name}.ttf" for folder in folders
             for weight, name in WEIGHTS.items()}  # fmt: skip
    return "".join(_face(weight, file) for weight, file in files.items() if file.is_file())


def _face(weight: str, file: Path) -> str:
    content = base64.b64encode(_subset(file)).decode("ascii")
    source = f"url(data:font/woff;base64,{content}) format('woff')"
    return f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:{source}}}"


def _subset(file: Path) -> bytes:
    """The letters of ``file`` that pages use, as WOFF; the same file gives the same bytes."""
    from fontTools import subset

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options(flavor="woff", hinting=False, layout_features=list(FEATURES), notdef_outline=True)
    options.recalc_timestamp = False
    font: Any = subset.load_font(str(file), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=LETTERS)
    chosen.subset(font)
    packed = BytesIO()
    font.flavor = "woff"
    font.save(packed)
    return packed.getvalue()
