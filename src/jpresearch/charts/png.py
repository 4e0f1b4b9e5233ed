"""A figure as PNG bytes, and the guard that turns a missing glyph into an error."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from matplotlib.figure import Figure

from jpresearch.charts.check import MissingGlyph


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


def to_png(fig: Figure, dpi: float = 144) -> bytes:
    """``fig`` as a PNG on white, at its own size; the same figure gives the same bytes.

    Raises
    ------
    MissingGlyph : a text of the figure has a character that its font lacks.
    """
    stream = BytesIO()
    with glyphs_required("charts.to_png"):
        fig.savefig(stream, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return stream.getvalue()
