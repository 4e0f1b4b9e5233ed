"""The page's letters: Source Sans Pro in two weights, only the letters that pages use, embedded in the style sheet."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from jpresearch.files import write_atomically
from jpresearch.folders import cache as cache_folder

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
    """The rules that embed the letters; empty where the package is not there, and the page takes the reader's own.

    They are kept in the folder of what can be made again: choosing the letters takes half a second of every process.
    """
    package = find_spec(PACKAGE)
    folders = (package.submodule_search_locations or []) if package else []
    files = {weight: Path(folder) / "files" / f"SourceSansPro-{name}.ttf" for folder in folders
             for weight, name in WEIGHTS.items()}  # fmt: skip
    there = {weight: file for weight, file in files.items() if file.is_file()}
    return _kept(there) if there else ""


def _kept(files: Mapping[str, Path]) -> str:
    """The rules as an earlier process made them of the same files by the same code, else made and kept."""
    made_of = [Path(__file__).read_bytes(), *(file.read_bytes() for file in files.values())]
    kept = cache_folder() / f"letters-{hashlib.sha256(b''.join(made_of)).hexdigest()[:16]}.css"
    with suppress(OSError, ValueError):
        digest, _, rules = kept.read_text(encoding="ascii").partition("\n")
        if hashlib.sha256(rules.encode("ascii")).hexdigest() == digest:
            return rules
    rules = "".join(_face(weight, file) for weight, file in files.items())
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(kept, f"{hashlib.sha256(rules.encode('ascii')).hexdigest()}\n{rules}")
    return rules


def _face(weight: str, file: Path) -> str:
    content = base64.b64encode(_subset(file)).decode("ascii")
    source = f"url(data:font/woff;base64,{content}) format('woff')"
    return f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:{source}}}"


def _subset(file: Path) -> bytes:
    """The letters of ``file`` that pages use, as WOFF; the same file gives the same bytes."""
    import logging

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
