"""A figure as bytes: a PNG in few colours or an SVG, and the guard that turns a missing glyph into an error."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from jpresearch.charts.check import MissingGlyph

if TYPE_CHECKING:
    from PIL import Image

# Twice the 96 dots per inch of a browser: one dot of the picture per dot of a high-density screen.
DENSITY: Final = 2
SCREEN: Final = 96
CLOSE: Final = 10  # colours no further apart than this in each channel of 255 are one colour
MOST_COLOURS: Final = 255
COUNTED_COLOURS: Final = 1 << 16
COMPRESSION: Final = 8  # nine takes twice the time for two per cent
# What an SVG takes at least, in bytes: the outline of each letter once, and a reference for each use.
OUTLINE: Final = 450
REFERENCE: Final = 55

Media = Literal["image/png", "image/svg+xml"]


@dataclass(frozen=True)
class Picture:
    """A figure as a browser shows it: its bytes, and the size in CSS pixels at which they are crisp."""

    media: Media
    content: bytes
    width: int
    height: int

    @property
    def cost(self) -> int:
        """Bytes in a page: a PNG travels as base64."""
        return len(self.content) if self.media == "image/svg+xml" else -(-len(self.content) // 3) * 4


@contextmanager
def glyphs_required(where: str) -> Iterator[None]:
    """Raise ``MissingGlyph`` for a character without a glyph drawn inside the block; pass on every other warning.

    Whatever filters are in force: matplotlib only warns, and a report with empty boxes must not go out.
    """
    missing: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        text = str(warning.message)
        if text.startswith("Glyph ") and "missing from" in text:
            missing.append(text.rstrip("."))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if missing:
        raise MissingGlyph.of(where, missing)


def to_picture(fig: Figure) -> Picture:
    """``fig`` as PNG or SVG, whichever is smaller in a page; crisp on screens of twice the usual density.

    Raises ``MissingGlyph`` where a text of the figure has a character that its font lacks.
    """
    width, height = (round(float(side) * SCREEN) for side in fig.get_size_inches())
    png = Picture("image/png", to_png(fig), width, height)
    if _least_svg(fig) >= png.cost:
        return png
    svg = Picture("image/svg+xml", to_svg(fig), width, height)
    return svg if svg.cost < png.cost else png


def to_png(fig: Figure, dpi: float = DENSITY * SCREEN) -> bytes:
    """``fig`` as a PNG on white, at its own size; the same figure gives the same bytes.

    Shades that no eye tells apart become one, the most frequent of them: white, fills and lines stay exact, and the
    picture takes about a third of the bytes. One with too many colours to count, such as a photograph, keeps all.

    Raises
    ------
    MissingGlyph : a text of the figure has a character that its font lacks.
    """
    from PIL import Image

    stream = BytesIO()
    with glyphs_required("charts.to_png"):
        fig.savefig(stream, format="rgba", dpi=dpi, facecolor="white")
    pixels = np.frombuffer(stream.getvalue(), dtype=np.uint8).reshape(-1, int(fig.get_size_inches()[0] * dpi), 4)
    size = (pixels.shape[1], pixels.shape[0])
    image = Image.frombuffer("RGBA", size, stream.getvalue(), "raw", "RGBA", 0, 1).convert("RGB")
    packed = BytesIO()
    _in_few_colours(image).save(packed, format="PNG", compress_level=COMPRESSION)
    return packed.getvalue()


def to_svg(fig: Figure) -> bytes:
    """``fig`` as a small SVG with letters as outlines, so that it needs no font; the same figure, the same bytes."""
    stream = StringIO()
    with glyphs_required("charts.to_svg"), rc_context({"svg.fonttype": "path", "svg.hashsalt": "jpresearch"}):
        fig.savefig(stream, format="svg", facecolor="white", metadata={"Date": None, "Creator": None})
    return _tight(stream.getvalue()).encode()


def _least_svg(fig: Figure) -> int:
    """A lower bound of the figure's size as SVG, known before it is drawn."""
    words = [(item.get_fontweight(), item.get_text()) for item in fig.findobj(Text) if item.get_visible()]
    outlines = {(weight, letter) for weight, text in words for letter in text if not letter.isspace()}
    return OUTLINE * len(outlines) + REFERENCE * sum(len("".join(text.split())) for _, text in words)


def _tight(svg: str) -> str:
    """The drawing without prologue, comments and metadata; points to a hundredth, scales and styles as they are."""
    body = svg[svg.index("<svg ") :]
    body = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"(?<= d=\")[^\"]*|(?<=translate\()[^)]*", lambda found: _to_hundredths(found.group()), body)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", body)).strip()


def _to_hundredths(numbers: str) -> str:
    return re.sub(r"(\.\d\d)\d+", r"\1", numbers)


def _in_few_colours(image: Image.Image) -> Image.Image:
    from PIL import Image

    counted: list[tuple[int, Any]] | None = image.getcolors(COUNTED_COLOURS)
    if counted is None:
        return image
    table = np.array([(count, *shade) for count, shade in counted], dtype=np.int64)
    swatch = Image.new("P", (1, 1))
    swatch.putpalette(_kept(table[np.lexsort(table.T[::-1])[::-1], 1:]).tobytes())
    return image.quantize(palette=swatch, dither=Image.Dither.NONE)


def _kept(left: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The colours of the palette, out of those that come most frequent first: none close to one before it."""
    kept: list[NDArray[np.int64]] = []
    while len(left) and len(kept) < MOST_COLOURS:
        kept.append(left[0])
        left = left[np.abs(left - left[0]).max(axis=1) > CLOSE]
    return np.array(kept, dtype=np.uint8)
