"""A figure as SVG, written while its pixels are drawn: no second layout, letters as outlines.

matplotlib's own way draws the figure once more and takes longer than the picture itself. What is written here looks the
same in every program, whatever typefaces it has: each letter's outline stands once and is used where it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from matplotlib import _path
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

POINTS: Final = 72  # an inch
CSS: Final = 96
COMMANDS: Final = [b"M", b"L", b"Q", b"C", b"z"]
DRAWN_AT: Final = 400  # units an em in which outlines are kept
NEEDED: Final = {Path.MOVETO: 1, Path.LINETO: 1, Path.CURVE3: 2, Path.CURVE4: 3}
LETTERS: Final = {Path.MOVETO: "m", Path.LINETO: "l", Path.CURVE3: "q", Path.CURVE4: "c"}
CAPS: Final = {"projecting": "square"}

# A letter from the text's start: the font, its file, the glyph, and where it stands in pixels.
Letter = tuple[Any, str, int, float, float]
_outlines: dict[tuple[str, int], str] = {}


class SvgWriter(RendererBase):
    """Takes what matplotlib draws, in pixels from the top left, and writes it as SVG.

    Attributes
    ----------
    whole : whether all that was drawn can be written; a photograph, a mesh or a hatching cannot.
    """

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__()
        self.whole = True
        self._size, self._scale = (width, height), dpi / POINTS
        self._flip = Affine2D().scale(1, -1).translate(0, height)
        self._dpi = dpi
        self._drawn: list[str] = []
        self._kept: dict[tuple[str, str], str] = {}

    def written(self) -> bytes:
        """The drawing as a file, at the size in CSS pixels at which the figure is published."""
        width, height = (f"{side:.6g}" for side in self._size)
        wide, high = (f"{side * CSS / self._dpi:.6g}" for side in self._size)
        names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        head = f'<svg {names} width="{wide}" height="{high}" viewBox="0 0 {width} {height}">'
        kept = "".join(form.format(name) for (_, form), name in self._kept.items())
        paper = f'<rect width="{width}" height="{height}" fill="#fff"/>'
        body = f"<defs>{kept}</defs>{paper}{''.join(self._drawn)}</svg>\n"
        return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{body}'.encode()

    def draw_path(self, gc: Any, path: Path, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803, matplotlib's name
        """Write a line or an area; called by matplotlib."""
        style = self._style(gc, rgbFace)
        if not style:
            return
        line = rgbFace is None
        within = (0.0, 0.0, *self._size) if line else None
        text = self._text(path, transform + self._flip, within, line and path.should_simplify)
        if text:
            self._drawn.append(f'<path d="{text}"{style}{self._clipped(gc)}/>')

    def draw_markers(
        self,
        gc: Any,
        marker_path: Path,
        marker_trans: Any,
        path: Path,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Write one mark in many places; called by matplotlib."""
        style = self._style(gc, rgbFace)
        mark = self._text(marker_path, marker_trans + Affine2D().scale(1, -1))
        places = trans.transform_affine(trans.transform_path_non_affine(path).vertices)
        if not style or not mark or not len(places):
            return
        name = self._keep("m", f'<path id="{{}}" d="{mark}"/>')
        seen = places[np.isfinite(places).all(axis=1)]
        at = "".join(f'<use xlink:href="#{name}" x="{x:.1f}" y="{self._size[1] - y:.1f}"/>' for x, y in seen.tolist())
        self._drawn.append(f"<g{style}{self._clipped(gc)}>{at}</g>")

    def draw_letters(
        self, gc: Any, letters: Iterable[Letter], size: float, place: tuple[float, float], angle: float
    ) -> None:
        """Write a text whose letters have been laid out, ``size`` in points, from ``place`` in pixels from the top."""
        scale = size * self._scale / DRAWN_AT
        used = []
        for font, file, glyph, across, up in letters:
            outline = _outline(font, file, glyph)
            if outline:
                name = self._keep("g", f'<path id="{{}}" d="{outline}"/>')
                above = f' y="{-up / scale:.0f}"' if round(up / scale) else ""
                used.append(f'<use xlink:href="#{name}" x="{across / scale:.0f}"{above}/>')
        turned = f" rotate({-angle:g})" if angle else ""
        moved = f"translate({place[0]:.1f} {place[1]:.1f}){turned} scale({scale:.5g})"
        if used:
            fill = _paint("fill", gc.get_rgb(), _alpha(gc))
            self._drawn.append(f'<g transform="{moved}"{fill}{self._clipped(gc)}>{"".join(used)}</g>')

    def draw_image(self, *args: Any, **words: Any) -> None:
        """A photograph; called by matplotlib."""
        self.whole = False

    def draw_gouraud_triangles(self, *args: Any, **words: Any) -> None:
        """Shaded triangles; called by matplotlib."""
        self.whole = False

    def _style(self, gc: Any, face: Any) -> str:
        """Fill and line as attributes; empty where nothing is to be seen."""
        if gc.get_hatch() is not None or gc.get_sketch_params() is not None:
            self.whole = False
        fill = _paint("fill", face, _alpha(gc, face)) if face is not None else ""
        width = gc.get_linewidth() * self._scale
        line = _paint("stroke", gc.get_rgb(), _alpha(gc)) if width else ""
        if not fill and not line:
            return ""
        if line:
            line += f' stroke-width="{width:.3g}"{self._ends(gc)}'
        return (fill or ' fill="none"') + line

    def _ends(self, gc: Any) -> str:
        """How a line is broken, joined and ended, where not as SVG does of itself."""
        offset, dashes = gc.get_dashes()
        join, cap = gc.get_joinstyle(), gc.get_capstyle()
        found = f' stroke-linejoin="{join}"' if join != "miter" else ""
        found += f' stroke-linecap="{CAPS.get(cap, cap)}"' if cap != "butt" else ""
        if dashes is None:
            return found
        found += f' stroke-dasharray="{" ".join(f"{each * self._scale:.3g}" for each in dashes)}"'
        return found + (f' stroke-dashoffset="{offset * self._scale:.3g}"' if offset else "")

    def _clipped(self, gc: Any) -> str:
        """The area outside which nothing of it is seen."""
        path, transform = gc.get_clip_path()
        if path is not None:
            form = f'<path d="{self._text(path, transform + self._flip)}"/>'
        elif gc.get_clip_rectangle() is not None:
            box = gc.get_clip_rectangle()
            x, y = f"{box.x0:.1f}", f"{self._size[1] - box.y1:.1f}"
            form = f'<rect x="{x}" y="{y}" width="{box.width:.1f}" height="{box.height:.1f}"/>'
        else:
            return ""
        name = self._keep("c", f'<clipPath id="{{}}">{form}</clipPath>')
        return f' clip-path="url(#{name})"'

    def _keep(self, kind: str, form: str) -> str:
        """The name of something that stands once and is used in several places."""
        return self._kept.setdefault((kind, form), f"{kind}{len(self._kept)}")

    def _text(self, path: Path, transform: Any, within: Any = None, simplify: bool = False) -> str:
        return _commands(path, transform, within, simplify)


def _outline(font: Any, file: str, glyph: int) -> str:
    """A letter's outline at the size at which outlines are kept; empty for a space."""
    key = (file, glyph)
    if key not in _outlines:
        from matplotlib.ft2font import LoadFlags

        font.set_size(DRAWN_AT, POINTS)
        font._set_transform(np.array(((0x10000, 0), (0, 0x10000))), [0, 0])
        font.load_glyph(glyph, flags=LoadFlags.NO_HINTING)
        _outlines[key] = _steps(*font.get_path())
    return _outlines[key]


def _steps(vertices: NDArray[np.float64], codes: NDArray[np.uint8]) -> str:
    """An outline as steps from point to point in whole units, down the page: half as long as places."""
    places = np.rint(vertices * (1, -1)).astype(int).tolist()
    written, x, y, place, start = [], 0, 0, 0, (0, 0)
    while place < len(codes):
        code = codes[place]
        if code == Path.CLOSEPOLY:
            written.append("z")
            x, y = start
            place += 1
            continue
        count = NEEDED[code]
        steps = " ".join(f"{across - x} {down - y}" for across, down in places[place : place + count])
        written.append(LETTERS[code] + steps.replace(" -", "-"))
        x, y = places[place + count - 1]
        start = (x, y) if code == Path.MOVETO else start
        place += count
    return "".join(written)


def _commands(path: Path, transform: Any, within: Any, simplify: bool) -> str:
    """A path as places with one digit."""
    text: bytes = _path.convert_to_string(path, transform, within, simplify, None, 1, COMMANDS, False)  # type: ignore[attr-defined]
    return text.decode("ascii").replace("\n", "").replace(" z", "z").replace("M ", "M").replace("L ", "L")


def _alpha(gc: Any, face: Any = None) -> float:
    """How much of what lies behind is covered: that of the whole mark, else that of its colour."""
    if gc.get_forced_alpha():
        return float(gc.get_alpha())
    colour = gc.get_rgb() if face is None else face
    return float(colour[3]) if len(colour) == 4 else 1.0


def _paint(name: str, colour: Any, alpha: float) -> str:
    """A colour as an attribute; empty where it covers nothing."""
    if not alpha:
        return ""
    shade = "".join(f"{round(255 * part):02x}" for part in colour[:3])
    return f' {name}="#{shade}"' + (f' {name}-opacity="{alpha:.3g}"' if alpha < 1 else "")
