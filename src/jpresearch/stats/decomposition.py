"""A change of price split exactly into earnings and multiple."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError

COLUMNS = ["price", "earnings", "multiple"]


@dataclass(frozen=True)
class PriceSplit:
    """The log price change of each name, as earnings plus multiple.

    Attributes
    ----------
    parts : frame by name; columns ``price``, ``earnings``, ``multiple`` in log points times 100; only defined names.
    undefined : series by name of the reason (text) why there is no split.
    """

    parts: pd.DataFrame
    undefined: pd.Series[Any]

    def table(self) -> pd.DataFrame:
        """All names: the three parts, the share of earnings in percent, and the reason where there is no split."""
        frame = self.parts.assign(earnings_share=100.0 * self.parts["earnings"] / self.parts["price"])
        frame = frame.where(np.isfinite(frame))
        names = frame.index.append(self.undefined.index)
        return frame.reindex(names).assign(undefined=self.undefined.reindex(names).fillna(""))

    def mean(self) -> pd.Series[float]:
        """The parts of the equal-weighted mean over the defined names. Raises ``StatsError`` where there are none."""
        if self.parts.empty:
            raise StatsError("no name has positive earnings at both ends", "price split")
        return self.parts.mean()


def split_price_change(
    price: tuple[pd.Series[Any], pd.Series[Any]], earnings: tuple[pd.Series[Any], pd.Series[Any]]
) -> PriceSplit:
    """Split each name's log price change between two days: d log P = d log E + d log (P / E).

    Parameters
    ----------
    price, earnings : (first day, last day), each a series by name; per share and on one basis at both ends.

    Returns
    -------
    PriceSplit. A name without a price, without earnings, or with earnings of zero or less at either end has no log
    split: it is in ``undefined`` with the reason, never dropped.

    Raises
    ------
    StatsError : the series do not name the same things.
    """
    names = price[0].index
    if any(not series.index.equals(names) for series in (*price, *earnings)):
        raise StatsError("prices and earnings must have the same names in the same order", "price split")
    reasons = pd.Series(
        [_reason(*(float(series.loc[name]) for series in (*price, *earnings))) for name in names],
        index=names,
        dtype="str",
    )
    kept = names[(reasons == "").to_numpy()]
    moved = 100.0 * np.log(price[1].loc[kept].astype("float64") / price[0].loc[kept].astype("float64"))
    earned = 100.0 * np.log(earnings[1].loc[kept].astype("float64") / earnings[0].loc[kept].astype("float64"))
    parts = pd.DataFrame({"price": moved, "earnings": earned, "multiple": moved - earned}, index=kept, columns=COLUMNS)
    return PriceSplit(parts=parts, undefined=reasons[reasons != ""])


def _reason(price_first: float, price_last: float, earnings_first: float, earnings_last: float) -> str:
    """Why a name has no split; empty where it has one."""
    if not (price_first > 0.0 and price_last > 0.0):
        return "no price at the start" if not price_first > 0.0 else "no price at the end"
    missing = [word for word, value in (("start", earnings_first), ("end", earnings_last)) if np.isnan(value)]
    if missing:
        return f"no earnings figure at the {' and the '.join(missing)}"
    losses = [word for word, value in (("start", earnings_first), ("end", earnings_last)) if value <= 0.0]
    return f"loss at the {' and the '.join(losses)}" if losses else ""
