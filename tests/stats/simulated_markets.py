"""Five markets whose truth is known, and one that weekly data cannot settle.

Weekly flow (100 million yen), return (percent) and a factor abroad (percent), with calm and stormy weeks. In every
market flows carry over from week to week; what differs is why flow and return move together.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
IMPACT = 0.012
"""Percent per 100 million yen; a flow of one standard deviation (100) moves the price by 1.2 %."""


class Noise:
    """Independent innovations of the three series with a common, persistent volatility."""

    def __init__(self, weeks: int, seed: int) -> None:
        draw = np.random.default_rng(seed)
        log_volatility = np.zeros(weeks)
        for week in range(1, weeks):
            log_volatility[week] = 0.9 * log_volatility[week - 1] + 0.12 * draw.standard_normal()
        volatility = np.exp(log_volatility)
        self.flow, self.price, self.abroad = (
            np.array([[100.0], [1.0], [1.5]]) * draw.standard_normal((3, weeks)) * volatility
        )


def unrelated(weeks: int = 760, seed: int = 0) -> pd.DataFrame:
    """Flow, return and the market abroad have nothing to do with each other."""
    noise = Noise(weeks, seed)
    return _frame(_carried(noise.flow), noise.price, noise.abroad)


def feedback_only(weeks: int = 760, seed: int = 0) -> pd.DataFrame:
    """Flows follow last week's return; nothing moves the price."""
    noise = Noise(weeks, seed)
    return _frame(_carried(noise.flow + 30.0 * _before(noise.price)), noise.price, noise.abroad)


def permanent_impact(weeks: int = 760, seed: int = 0) -> pd.DataFrame:
    """An unexpected flow moves the price for good."""
    noise = Noise(weeks, seed)
    return _frame(_carried(noise.flow), noise.price + IMPACT * noise.flow, noise.abroad)


def transitory_impact(weeks: int = 760, seed: int = 0) -> pd.DataFrame:
    """An unexpected flow moves the price, and half of what is left goes every week."""
    noise = Noise(weeks, seed)
    pressure = _carried(IMPACT * noise.flow, 0.5)
    return _frame(_carried(noise.flow), noise.price + pressure - _before(pressure), noise.abroad)


def common_factor(weeks: int = 760, seed: int = 0) -> pd.DataFrame:
    """The market abroad moves both; flow and price do not touch each other."""
    noise = Noise(weeks, seed)
    return _frame(_carried(noise.flow + 50.0 * noise.abroad), noise.price + 0.8 * noise.abroad, noise.abroad)


def feedback_within_the_week(weeks: int = 760, seed: int = 0) -> pd.DataFrame:
    """Flows follow the return of the same week; nothing moves the price. Looks like impact in weekly data."""
    noise = Noise(weeks, seed)
    return _frame(_carried(noise.flow + 50.0 * noise.price), noise.price, noise.abroad)


MARKETS: dict[str, Callable[[int, int], pd.DataFrame]] = {
    "feedback only": feedback_only,
    "permanent": permanent_impact,
    "transitory": transitory_impact,
    "common factor": common_factor,
}


def autoregression(periods: int, seed: int, slopes: np.ndarray | None = None) -> pd.DataFrame:
    """Two or more series of a stable vector autoregression with one lag and correlated innovations."""
    matrix = np.array([[0.5, 0.1], [0.2, 0.3]]) if slopes is None else slopes
    draw = np.random.default_rng(seed).standard_normal((periods, len(matrix)))
    draw[:, 1] += 0.6 * draw[:, 0]
    values = np.zeros_like(draw)
    for period in range(1, periods):
        values[period] = matrix @ values[period - 1] + draw[period]
    return pd.DataFrame(values, columns=list("abcd")[: len(matrix)])


def golden(name: str) -> pd.DataFrame:
    """A table of tests/golden: the Nile of breaks.R, all others of dynamics.R."""
    return pd.read_csv(GOLDEN / f"{name}.csv")


def _carried(innovation: np.ndarray, share: float = 0.4) -> np.ndarray:
    values = innovation.copy()
    for week in range(1, len(values)):
        values[week] += share * values[week - 1]
    return values


def _before(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], values[:-1]])


def _frame(flow: np.ndarray, price: np.ndarray, abroad: np.ndarray) -> pd.DataFrame:
    weeks = pd.date_range("2011-01-07", periods=len(flow), freq="W-FRI")
    return pd.DataFrame({"flow": flow, "return": price, "abroad": abroad}, index=weeks)
