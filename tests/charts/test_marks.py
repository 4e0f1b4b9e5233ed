"""The marks of every kind at both widths: where their points are, dark enough on white, apart without some cones."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from matplotlib.collections import Collection, LineCollection, QuadMesh
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from jpresearch import charts
from jpresearch.charts.alt import KINDS
from jpresearch.charts.cells import CellWords
from jpresearch.charts.drawn import Series
from jpresearch.charts.heat import MISSING, SHADES
from jpresearch.charts.palette import FAINT, FREE, GRID, INK, MUTED_LINE, SOFT, VERDICTS, sign_colour, tint
from jpresearch.names import _ASSETS, _CHIPS, _MARKETS, _MEANS, _SAVERS, _VALUATION, INVESTOR_COLOURS

REACH = 6  # pixels of the picture, three of a screen
# What recedes on purpose and of which marks: series and bars that are not highlighted, links between marks, axes and
# rules (which have no name); and the grounds that lie behind the marks.
RECEDES = {shade.lower() for shade in (MUTED_LINE, FAINT, GRID)} | {
    tint(shade, strength).lower() for shade in (charts.PURCHASE, charts.SALE) for strength in (0.38, 0.4)
}
QUIET = {"line", "bars", "bar", "link", "zero", "event", "None"}
GROUNDS = {"band", "middle-half", "noise", "episode"}


@pytest.fixture(scope="module", params=["desk", "phone"])
def drawn(request, figure) -> Figure:
    """The figure of the kind at one of the widths."""
    return charts.at_width(figure, request.param)


@pytest.fixture(scope="module")
def pixels(drawn) -> NDArray[np.int_]:
    """The picture of that figure, in red, green and blue."""
    return np.asarray(Image.open(BytesIO(charts.to_png(drawn))).convert("RGB")).astype(int)


def _luminance(shade) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(shade)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def _contrast(shade, ground="white") -> float:
    dark, light = sorted([_luminance(shade), _luminance(ground)])
    return (light + 0.05) / (dark + 0.05)


def _shades(series: Series, kind: str, largest: float) -> list[list[str]]:
    """The colours that the mark of each value may have."""
    values = [value or 0.0 for value in series.values]
    if series.kind == "cell":
        return [[to_hex(SHADES(0.5 + value / largest / 2))] for value in values]
    if kind in {"bars", "ranked"} and series.kind == "bar":
        return [[sign_colour(v), tint(sign_colour(v), 0.38), tint(sign_colour(v), 0.4)] for v in values]
    if kind == "waterfall":
        return [[sign_colour(value)] for value in values[:-1]] + [[INK]]
    if kind == "dots":
        return [list(VERDICTS.values())] * len(values)
    if kind == "intervals":
        return [[series.colour, SOFT]] * len(values)
    return [[series.colour, tint(SOFT, 0.7)] if kind == "scatter" else [series.colour]] * len(values)


def _close(pixels: NDArray[np.int_], x: float, y: float, shades: list[str]) -> bool:
    """Whether a pixel near the point has one of the colours, or one that shines through a little."""
    column, row = round(x * 2), round(y * 2)
    around = pixels[max(0, row - REACH) : row + REACH + 1, max(0, column - REACH) : column + REACH + 1].reshape(-1, 3)
    wanted = np.array([to_rgb(shade) for shade in shades]) * 255
    return bool((np.abs(around[:, None] - wanted[None]).max(axis=2) < 36).any())


def _seen(figure: Figure, pixels: NDArray[np.int_], kind: str, lower: float = 0.0) -> dict[str, float]:
    """Of each series the share of points where the picture has its mark, or has it ``lower`` by some pixels."""
    whole = charts.data_of(figure).series
    cells = [value for series in whole if series.kind == "cell" for value in series.values if value is not None]
    largest = max(map(abs, cells), default=1.0)
    shares = {}
    for series in charts.points_of(figure):
        hits = [
            _close(pixels, x, y + lower, shades)
            for (x, y), shades in zip(series.points, _shades(series, kind, largest), strict=True)
        ]
        shares[series.name] = float(np.mean(hits))
    return shares


def test_the_picture_has_the_colour_of_the_mark_at_its_points(drawn, pixels, kind):
    assert {name: share for name, share in _seen(drawn, pixels, kind).items() if share < 0.9} == {}


def test_the_picture_has_it_there_only(drawn, pixels, kind):
    assert np.mean(list(_seen(drawn, pixels, kind, lower=23.0).values())) < 0.8


def _marks(figure: Figure) -> Iterator[tuple[str, str]]:
    """Name and colour on white of every line, bar and dot."""
    for ax in figure.axes:
        for line in ax.lines:
            if line.get_linewidth() or line.get_marker() not in ("None", None, ""):
                yield str(line.get_gid()), _on_white(line.get_color(), line.get_alpha())
        for item in ax.collections:
            for shade in _edges(item):
                yield str(item.get_gid()), _on_white(shade, None)


def _edges(item: Collection) -> NDArray[np.float64]:
    if isinstance(item, QuadMesh):
        return np.empty((0, 4))
    lined = isinstance(item, LineCollection) or (len(item.get_edgecolors()) and np.any(item.get_linewidths()))
    return np.unique(item.get_edgecolors() if lined else item.get_facecolors(), axis=0)


def _on_white(shade, alpha: float | None) -> str:
    *parts, own = to_rgba(shade, alpha)
    return to_hex([1 - own * (1 - part) for part in parts])


def test_every_mark_can_be_seen_on_white(drawn):
    quiet = {(gid, shade) for gid in QUIET for shade in RECEDES}
    marks = {mark for mark in _marks(drawn) if mark[0] not in GROUNDS} - quiet
    assert marks or drawn.findobj(CellWords)
    assert {mark: round(_contrast(mark[1]), 2) for mark in marks if _contrast(mark[1]) < 3} == {}


def test_the_numbers_in_cells_can_be_read_on_their_shade():
    for value in np.linspace(0, 1, 21):
        assert _contrast(INK, to_hex(SHADES(value))) >= 4.5
    assert _contrast(SOFT, MISSING) >= 4.5


# Viénot, Brettel and Mollon (1999): how linear RGB looks without the long- or the middle-wave cones.
SIGHT = {
    "usual": np.eye(3),
    "protan": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "deutan": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}
XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])
APART = 9.0  # of CIELAB, in lightness and hue together; 2.3 is just seen side by side


def _lab(shade: str, sight: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.array([part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(shade)])
    ratio = XYZ @ np.clip(sight @ linear, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _alike(shades: set[str], sight: str) -> dict[tuple[str, str], float]:
    seen = {shade: _lab(shade, SIGHT[sight]) for shade in sorted(shades)}
    pairs = {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in combinations(seen, 2)}
    return {pair: round(apart, 1) for pair, apart in pairs.items() if apart < APART}


def test_no_two_series_of_a_figure_share_a_colour(drawn):
    told = [series.colour for series in charts.data_of(drawn).series if series.kind != "cell"]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("sight", sorted(SIGHT))
def test_the_colours_of_a_figure_stay_apart_for_every_reader(drawn, sight):
    told = {series.colour.lower() for series in charts.data_of(drawn).series}
    marks = {shade for gid, shade in _marks(drawn) if gid in {"line", "estimate", "whisker", "now", "median", "bars"}}
    assert _alike(told | (marks - RECEDES), sight) == {}


FAMILIES = {
    "investors": INVESTOR_COLOURS,
    "markets": _MARKETS,
    "assets": _ASSETS,
    "valuation": _VALUATION,
    "savers": _SAVERS,
    "cash and futures": _MEANS,
    "verdicts": VERDICTS,
    "purchase and sale": {"purchase": charts.PURCHASE, "sale": charts.SALE},
}


@pytest.mark.parametrize("sight", sorted(SIGHT))
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_of_names_stays_apart_for_every_reader_and_is_seen_on_white(family, sight):
    shades = {shade.lower() for shade in FAMILIES[family].values()}
    assert len(shades) > 1
    assert _alike(shades, sight) == {}
    assert {shade: _contrast(shade) for shade in shades if _contrast(shade) < 3} == {}


def test_every_other_colour_of_a_series_is_seen_on_white():
    assert {shade for shade in (*FREE, *_CHIPS.values()) if _contrast(shade) < 3} == set()


def test_two_colours_that_only_some_readers_tell_apart_are_found():
    assert _alike({"#882255", "#4d4d4d"}, "usual") == {}
    assert _alike({"#882255", "#4d4d4d"}, "deutan") != {}


def test_every_kind_that_there_is_is_looked_at(draw, kinds):
    assert {charts.data_of(draw(kind)).kind for kind in kinds} == set(KINDS)
