"""A figure as bytes, a PNG in few colours and an SVG, and the guard that turns a missing glyph into an error."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from jpresearch.charts.check import MissingGlyph
from jpresearch.charts.drawn import known
from jpresearch.charts.letters import LetterRenderer
from jpresearch.charts.svg import SvgWriter

if TYPE_CHECKING:
    from PIL import Image

# Twice the 96 dots per inch of a browser: one dot of the picture per dot of a high-density screen.
DENSITY: Final = 2
SCREEN: Final = 96
CLOSE: Final = 10  # colours no further apart than this in each channel of 255 are one colour
MOST_COLOURS: Final = 255
COUNTED_COLOURS: Final = 1 << 16
COMPRESSION: Final = 6  # eight takes twice the time for six per cent


@dataclass(frozen=True)
class Picture:
    """A figure as a browser shows it: its bytes, and the size in CSS pixels at which they are crisp.

    ``svg`` is the same in lines, where that was asked for.
    """

    media: str
    content: bytes
    width: int
    height: int
    svg: bytes | None = None


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


def to_picture(fig: Figure, *, svg: bool = False) -> Picture:
    """``fig`` as PNG, crisp on screens of twice the usual density, and with ``svg`` in lines too.

    Raises ``MissingGlyph`` where a text of the figure has a character that its font lacks.

    Examples
    --------
    >>> fig = charts.bars(pd.Series({"Foreigners": -502.0}), title="Sales", unit="JPY bn", source="JPX")
    >>> picture = charts.to_picture(fig, svg=True)
    >>> picture.media, picture.content[1:4], picture.svg[:5]
    ('image/png', b'PNG', b'<?xml')
    """
    width, height = (round(float(side) * SCREEN) for side in fig.get_size_inches())
    with glyphs_required("charts.to_picture"):
        pixels, lines = _drawn(fig, DENSITY * SCREEN, svg)
    return Picture("image/png", _encoded(pixels), width, height, lines)


def to_png(fig: Figure, dpi: float = DENSITY * SCREEN) -> bytes:
    """``fig`` as a PNG on white, at its own size; the same figure gives the same bytes.

    Shades that no eye tells apart become one, the most frequent of them: white, fills and lines stay exact, and the
    picture takes about a third of the bytes. One with too many colours to count, such as a photograph, keeps all.

    Raises
    ------
    MissingGlyph : a text of the figure has a character that its font lacks.

    Examples
    --------
    >>> fig = charts.bars(pd.Series({"Foreigners": -502.0}), title="Sales", unit="JPY bn", source="JPX")
    >>> charts.to_png(fig)[1:4]
    b'PNG'
    """
    with glyphs_required("charts.to_png"):
        pixels, _ = _drawn(fig, dpi)
    return _encoded(pixels)


def to_svg(fig: Figure) -> bytes:
    """``fig`` as SVG, its letters as outlines, so that it looks the same everywhere; the same figure, the same bytes.

    Raises ``MissingGlyph`` where a text of the figure has a character that its font lacks.

    Examples
    --------
    >>> fig = charts.bars(pd.Series({"Foreigners": -502.0}), title="Sales", unit="JPY bn", source="JPX")
    >>> charts.to_svg(fig)[:5]
    b'<?xml'
    """
    with glyphs_required("charts.to_svg"):
        _, lines = _drawn(fig, DENSITY * SCREEN, svg=True)
    assert lines is not None
    return lines


def _drawn(fig: Figure, dpi: float, svg: bool = False) -> tuple[NDArray[np.uint8], bytes | None]:
    """The pixels of ``fig`` on white, shape (height, width, 4), and the figure in lines where asked for.

    A chart of the house is drawn at the density at which it was measured, its letters from those drawn before, and
    written in lines as it is drawn. Any other figure is drawn twice.
    """
    if known(fig) is not None and float(fig.dpi) == float(dpi):
        width, height = fig.get_size_inches() * dpi
        writer = SvgWriter(width, height, dpi) if svg else None
        renderer = LetterRenderer(width, height, dpi, writer)
        fig.draw(renderer)
        pixels = np.asarray(renderer.buffer_rgba())  # type: ignore[no-untyped-call]
        if writer is not None and writer.whole:
            return pixels, writer.written()
        return pixels, _lines(fig) if svg else None
    stream = BytesIO()
    fig.savefig(stream, format="rgba", dpi=dpi, facecolor="white")
    pixels = np.frombuffer(stream.getvalue(), dtype=np.uint8).reshape(-1, int(fig.get_size_inches()[0] * dpi), 4)
    return pixels, _lines(fig) if svg else None


def _lines(fig: Figure) -> bytes:
    """``fig`` as matplotlib itself writes it as SVG."""
    stream = BytesIO()
    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "jpresearch"}):
        fig.savefig(stream, format="svg", facecolor="white", metadata={"Date": None})
    return stream.getvalue()


def _encoded(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    size = (pixels.shape[1], pixels.shape[0])
    image = Image.frombuffer("RGBA", size, np.ascontiguousarray(pixels), "raw", "RGBA", 0, 1).convert("RGB")
    packed = BytesIO()
    _in_few_colours(image).save(packed, format="PNG", compress_level=COMPRESSION)
    return packed.getvalue()


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
