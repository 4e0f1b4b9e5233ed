"""What growth a price asks for: discounted cash flows read backwards.

Rappaport and Mauboussin, "Expectations Investing" (2001), for the reading; Damodaran, "Investment Valuation" (2012),
on multi-stage models, for the three stages. One number is never the answer: it moves by percentage points with the
cost of equity, so the result is a grid. Rates are fractions a year (0.07 is 7 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jpresearch.errors import StatsError

FloatArray = NDArray[np.floating[Any]]

SLOWEST: Final = -0.95
FASTEST: Final = 5.0
HALVINGS: Final = 60


@dataclass(frozen=True)
class Path:
    """How earnings go on from today and how much of them is paid out.

    Attributes
    ----------
    years : of growth at the rate sought. fade : years over which growth then falls in a line to ``terminal_growth``.
    payout : share of earnings that reaches shareholders until then.
    terminal_payout : share after that; ``None`` is ``1 - terminal_growth / cost of equity``, with which new investment
        earns its cost and no more, so that terminal growth adds no value.
    forward : whether the multiple is of the first year's earnings rather than the last known year's.
    """

    years: int = 10
    fade: int = 5
    terminal_growth: float = 0.01
    payout: float = 0.5
    terminal_payout: float | None = None
    forward: bool = False

    def check(self) -> None:
        """Raise ``StatsError`` on years below one, or payouts that are not above 0."""
        if self.years < 1 or self.fade < 0:
            raise StatsError(f"growth for {self.years} and fading for {self.fade} years is not possible", "growth path")
        if not 0 < self.payout <= 1 or (self.terminal_payout is not None and not 0 < self.terminal_payout <= 1):
            raise StatsError("payouts must lie above 0 and not above 1", "growth path")


@dataclass(frozen=True)
class ImpliedGrowth:
    """The growth of earnings at which a multiple is worth its price, by cost of equity.

    Attributes
    ----------
    growth : frame of the shape and labels of ``cost_of_equity``, fraction a year over the first stage.
    """

    growth: pd.DataFrame
    cost_of_equity: pd.DataFrame
    multiple: float
    path: Path
    method: str

    @property
    def low(self) -> float:
        """The least in the grid."""
        return float(self.growth.to_numpy().min())

    @property
    def high(self) -> float:
        """The largest in the grid."""
        return float(self.growth.to_numpy().max())

    def table(self) -> pd.DataFrame:
        """``growth``."""
        return self.growth


def cost_of_equity(risk_free: float, *, betas: Sequence[float], premiums: Sequence[float]) -> pd.DataFrame:
    """The grid ``risk_free + beta premium`` (Sharpe, 1964): rows by premium, columns by beta; fractions a year.

    Raises ``StatsError`` on an empty or repeated beta or premium, or a value that is not finite.
    """
    for name, values in (("betas", betas), ("premiums", premiums)):
        if not len(values) or len(set(values)) < len(values):
            raise StatsError(f"{name} must be given once each", "cost of equity")
    grid = risk_free + np.outer(premiums, betas)
    if not np.isfinite(grid).all():
        raise StatsError("rates, betas and premiums must be finite", "cost of equity")
    return pd.DataFrame(
        grid, index=pd.Index(list(premiums), name="premium"), columns=pd.Index(list(betas), name="beta")
    )


def implied_growth(multiple: float, costs: pd.DataFrame, *, path: Path | None = None) -> ImpliedGrowth:
    """The growth whose payouts, discounted, are worth ``multiple`` times earnings, for each cost of equity.

    Worth is the sum of payouts ``payout E_t / (1 + r)^t`` over both stages and of the terminal value
    ``terminal payout E_(N+1) / (r - g)`` at their end, over today's (or, ``forward``, the first year's) earnings.

    Parameters
    ----------
    multiple : price over earnings, above zero.
    costs : as from ``cost_of_equity``, or any frame of fractions a year.

    Raises
    ------
    StatsError : a multiple that is not positive (a loss has no growth that explains it); a cost
        at or below zero or terminal growth; a path that is not possible; a growth outside -95 % to 500 % a year.
    """
    chosen = Path() if path is None else path
    chosen.check()
    if not 0 < multiple < np.inf:
        raise StatsError(f"the multiple must be positive, not {multiple}", "implied growth")
    cost = costs.to_numpy(dtype=float).ravel()
    _check_cost(cost, chosen)
    low, high = np.full(len(cost), SLOWEST), np.full(len(cost), FASTEST)
    if (_multiples(low, cost, chosen) > multiple).any() or (_multiples(high, cost, chosen) < multiple).any():
        raise StatsError(f"no growth from -95 % to 500 % a year explains a multiple of {multiple}", "implied growth")
    for _ in range(HALVINGS):  # the multiple rises with growth
        middle = (low + high) / 2
        dear = _multiples(middle, cost, chosen) > multiple
        low, high = np.where(dear, low, middle), np.where(dear, middle, high)
    growth = pd.DataFrame(((low + high) / 2).reshape(costs.shape), index=costs.index, columns=costs.columns)
    end = "earning its cost" if chosen.terminal_payout is None else f"paying out {chosen.terminal_payout:.0%}"
    return ImpliedGrowth(
        growth=growth,
        cost_of_equity=costs,
        multiple=multiple,
        path=chosen,
        method=f"growth for {chosen.years} years that justifies {multiple:.1f} times "
        f"{'forecast' if chosen.forward else 'past'} earnings, fading over {chosen.fade} years to "
        f"{chosen.terminal_growth:.1%}; payout {chosen.payout:.0%}, then {end}",
    )


def _check_cost(cost: FloatArray, path: Path) -> None:
    if not np.isfinite(cost).all() or not len(cost):
        raise StatsError("costs of equity must be finite", "reverse cash flows")
    worst = float(cost.min())
    if worst <= max(0.0, path.terminal_growth):
        raise StatsError(
            f"a cost of equity of {worst:.2%} is not above zero and terminal growth of {path.terminal_growth:.2%}",
            "reverse cash flows",
            "No finite value exists there; raise the premium or lower terminal growth.",
        )


def _multiples(growth: FloatArray, cost: FloatArray, path: Path) -> FloatArray:
    steps = np.concatenate([np.zeros(path.years), np.arange(1, path.fade + 1) / (path.fade + 1)])
    rates = growth[:, None] + (path.terminal_growth - growth)[:, None] * steps
    earnings = np.cumprod(1 + rates, axis=1)
    discount = (1 + cost)[:, None] ** -np.arange(1.0, len(steps) + 1)
    paid = path.payout * np.sum(earnings * discount, axis=1)
    last = 1 - path.terminal_growth / cost if path.terminal_payout is None else np.full(len(cost), path.terminal_payout)
    terminal = last * earnings[:, -1] * (1 + path.terminal_growth) / (cost - path.terminal_growth) * discount[:, -1]
    base = earnings[:, 0] if path.forward else np.ones(len(growth))
    return np.asarray((paid + terminal) / base)
