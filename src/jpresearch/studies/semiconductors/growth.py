"""What growth of earnings the price asks for: discounted cash flows read backwards, over a grid of discount rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.stats.valuation import Path, cost_of_equity, implied_growth
from jpresearch.studies.semiconductors.inputs import Inputs
from jpresearch.studies.semiconductors.summary import Summary

PREMIUMS: Final = (4.0, 5.0, 6.0, 7.0)
BETAS: Final = (1.0, 1.25, 1.5, 1.75)
UNIT: Final = "growth of earnings for ten years that the price asks for, % a year"
GRID_UNIT: Final = f"{UNIT}; by equity premium and beta"
SOURCE: Final = (
    "Companies' disclosures (TDnet); Tokyo Stock Exchange; MoF (JGB yields). As known at the end of each day."
)
RATES: Final = (6.0, 8.0, 10.0, 12.0)
"""Costs of equity, percent, where no yield of government bonds is known."""

FADES_TO: Final = 0.01
PAYOUT: Final = 0.5


@dataclass(frozen=True)
class GrowthAsked:
    """The growth that prices ask for.

    Attributes
    ----------
    grid : percent a year for ten years, premiums x betas (or one column of costs of equity), labelled for a figure.
    names : by code: ``multiple``, ``growth`` (in the middle of the grid), ``low``, ``high`` (least and most in it),
        ``remark``: why there is none.
    multiple : price over trailing earnings that the grid is for. ``of`` : whose it is, in words.
    rate, rate_day : the ten-year government bond yield, percent, and its day; missing where not known.
    middle, low, high : of the grid.
    """

    grid: pd.DataFrame
    names: pd.DataFrame
    multiple: float
    of: str
    rate: float
    rate_day: pd.Timestamp | None
    middle: float
    low: float
    high: float


def growth_asked(summary: Summary, inputs: Inputs, premiums: Sequence[float] = PREMIUMS) -> GrowthAsked:
    """Read the newest prices backwards: ten years of growth, five of fading to 1 %, half of earnings paid out.

    The cost of equity is the ten-year JGB yield plus beta times the premium; where the yield is not in the table, a
    list of costs stands in and the labels say so.

    Parameters
    ----------
    premiums : equity risk premiums, percent a year.

    Raises
    ------
    BadParameter : no premium, one given twice, or one outside 1 to 15.
    InsufficientData : no name makes a profit.
    """
    if not premiums or len(set(premiums)) < len(premiums) or not all(1.0 <= value <= 15.0 for value in premiums):
        raise BadParameter(f"{list(premiums)} are no premiums", "premiums", "Give percents from 1 to 15, each once.")
    multiple, of = _multiple(summary)
    rate = inputs.jgb10y.iloc[-1] if inputs.jgb10y is not None else float("nan")
    costs = _costs(float(rate), premiums)
    path = Path(terminal_growth=FADES_TO, payout=PAYOUT)
    grid = 100.0 * implied_growth(multiple, costs, path=path).growth
    return GrowthAsked(
        grid=grid,
        names=_by_name(summary, costs, path),
        multiple=multiple,
        of=of,
        rate=float(rate),
        rate_day=None if inputs.jgb10y is None else pd.Timestamp(inputs.jgb10y.index[-1]),
        middle=_middle(grid),
        low=float(grid.to_numpy().min()),
        high=float(grid.to_numpy().max()),
    )


def _multiple(summary: Summary) -> tuple[float, str]:
    """The multiple of the median name; where that makes a loss, of the median name with profits."""
    if summary.trailing.known:
        return summary.trailing.middle, "the median name"
    earning = summary.names["trailing_pe"].dropna()
    if earning.empty:
        raise InsufficientData("no name has trailing profits", "semiconductor_filings", "Take another as_of or basket.")
    return float(earning.median()), "the median name with profits"


def _costs(rate: float, premiums: Sequence[float]) -> pd.DataFrame:
    """Costs of equity, fractions a year, with the labels of the figure."""
    if not np.isfinite(rate):
        return pd.DataFrame({"growth": [cost / 100.0 for cost in RATES]}, index=[f"cost {cost:g}%" for cost in RATES])
    costs = cost_of_equity(rate / 100.0, betas=BETAS, premiums=[premium / 100.0 for premium in premiums])
    labels = [f"premium {premium:g}%" for premium in premiums]
    return costs.set_axis(labels).set_axis([f"beta {beta:g}" for beta in BETAS], axis="columns")


def _by_name(summary: Summary, costs: pd.DataFrame, path: Path) -> pd.DataFrame:
    rows = {}
    for code, multiple, state in summary.names[["trailing_pe", "state"]].itertuples():
        if not np.isfinite(multiple):
            why = state or "no trailing earnings"
            rows[code] = {"multiple": np.nan, "growth": np.nan, "low": np.nan, "high": np.nan, "remark": why}
            continue
        grid = 100.0 * implied_growth(float(multiple), costs, path=path).growth
        values = {"low": float(grid.to_numpy().min()), "high": float(grid.to_numpy().max())}
        rows[code] = {"multiple": multiple, "growth": _middle(grid), **values, "remark": ""}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("code").sort_values("growth", ascending=False)


def _middle(grid: pd.DataFrame) -> float:
    """The median of the grid: near its middle, whatever its shape."""
    return float(np.median(grid.to_numpy()))
