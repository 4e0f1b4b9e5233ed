"""Every figure of the collection beside the picture that matplotlib makes of it without the short cuts of the house."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from bench.charts import figures
from jpresearch import charts
from jpresearch.charts import letters, overhang
from jpresearch.charts.drawn import redrawn

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
DPI = 192
APART = 32
AT_MOST = 0.05


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


def reference(figure: Figure) -> np.ndarray:
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, facecolor="white")
    return pixels(stream.getvalue())


def texts(figure: Figure) -> list[str]:
    return sorted(text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip())


@pytest.mark.proof
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_quick_picture_is_matplotlibs_own_in_size_texts_and_pixels(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = figures(notebook)
    assert shown
    for figure in shown:
        quick = redrawn(figure)
        ours, words = pixels(charts.to_png(quick)), texts(quick)
        overhang.forget()
        letters.forget()
        with monkeypatch.context() as patch:
            patch.setattr(letters, "supported", lambda: False)
            fresh = redrawn(figure)
            theirs = reference(fresh)
        assert texts(fresh) == words
        assert ours.shape == theirs.shape
        apart = (np.abs(ours - theirs).max(axis=2) > APART).mean()
        assert apart <= AT_MOST, (notebook.stem, words[:3], apart)
