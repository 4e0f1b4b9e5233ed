"""What a dollar investor earned: in yen, in dollars, with the yen sold forward, and what each part added."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

PARTS: Final = {"topix_pct": "topix", "yen_pct": "usdjpy", "cross_pct": "cross"}
PART_LABELS: Final = {"topix": "TOPIX in yen", "usdjpy": "Yen against the dollar", "cross": "Both together"}
WAY_LABELS: Final = {
    "topix": "In yen",
    "dollars": "In dollars, unhedged",
    "hedged": "In dollars, hedged, forward premium left out",
}


def wealth(weeks: pd.DataFrame) -> pd.DataFrame:
    """100 invested at the first week with a change: weeks x ``topix`` (yen), ``dollars``, ``hedged``.

    Hedged is the yen sold forward for the value at the start of each week: the return in yen and the product of both
    moves remain. The forward premium is left out, for no table here has a dollar money-market rate. A missing change
    ends a path: no later value is known then.
    """
    changes = pd.DataFrame(
        {
            "topix": weeks["topix_pct"],
            "dollars": weeks["dollar_pct"],
            "hedged": weeks["topix_pct"] + weeks["cross_pct"],
        }
    )
    first = changes.dropna().index[0]
    growth = (1 + changes.loc[first:] / 100).cumprod(skipna=False) * 100
    return growth


def by_year(weeks: pd.DataFrame) -> pd.DataFrame:
    """Percent earned by calendar year: ``topix``, ``usdjpy`` (the yen), ``cross`` and their sum ``dollars``.

    Years by the weeks' last sessions, from the last week of the year before; the first and newest may be parts of a
    year. A year with a missing week is left out.
    """
    rows = {}
    for year, part in weeks.groupby(pd.DatetimeIndex(weeks.index).year):
        moves = part[["topix_pct", "yen_pct"]]
        moves = moves.iloc[1:] if year == weeks.index[0].year and moves.iloc[0].isna().all() else moves
        if moves.empty or moves.isna().any(axis=None):
            continue
        index, yen = (np.prod(1 + moves.to_numpy() / 100, axis=0) - 1) * 100
        cross = index * yen / 100
        rows[int(year)] = {"topix": index, "usdjpy": yen, "cross": cross, "dollars": index + yen + cross}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("year")


def on_other_clocks(years: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Percent earned in dollars by year on each clock, side by side: how far the hours between closes matter."""
    frame = pd.DataFrame({clock: found["dollars"] for clock, found in years.items()})
    return frame.assign(difference=frame.iloc[:, 0] - frame.iloc[:, 1])


def newest_year(years: pd.DataFrame) -> pd.Series[float]:
    """The parts of the newest year, labelled for a waterfall."""
    row = years.iloc[-1][list(PART_LABELS)]
    return pd.Series(row.to_numpy(dtype="float64"), index=list(PART_LABELS.values()), name=str(years.index[-1]))
