"""The values that a strategist's own figure draws, read off its marks: its drawing in lines would give them away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

# Days since 1970 that a day of a table can be.
FIRST_DAY, LAST_DAY = -40_000, 80_000
MOST: Final = 200_000


def drawn_frames(fig: Figure) -> Iterator[pd.DataFrame]:
    """What each line, cloud of points and row of bars of the figure shows, its days as days."""
    from matplotlib.patches import Rectangle

    for axes in fig.axes:
        for line in axes.lines:
            yield _frame(np.asarray(line.get_xydata(), dtype=float), axes)
        for points in axes.collections:
            offsets: Any = np.ma.filled(np.ma.asarray(points.get_offsets(), dtype=float), np.nan)
            yield _frame(offsets.reshape(-1, 2), axes)
            for path in points.get_paths()[:1]:
                yield _frame(np.asarray(path.vertices, dtype=float), axes)
        bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        if bars:
            yield _frame(np.array([[bar.get_x() + bar.get_width() / 2, bar.get_height()] for bar in bars]), axes)


def _frame(pairs: Any, axes: Any) -> pd.DataFrame:
    import pandas as pd
    from matplotlib.dates import AutoDateLocator, DateLocator

    pairs = pairs[:MOST]
    x, y = pairs[:, 0], pairs[:, 1]
    dated = isinstance(axes.xaxis.get_major_locator(), (DateLocator, AutoDateLocator))
    if dated and len(x) and np.nanmin(x) > FIRST_DAY and np.nanmax(x) < LAST_DAY:
        return pd.DataFrame({"day": pd.to_datetime(np.floor(x), unit="D"), "y": y})
    return pd.DataFrame({"x": x, "y": y})
