"""Abnormal returns around events, against a market model that has not seen them.

MacKinlay, "Event Studies in Economics and Finance" (Journal of Economic Literature 35, 1997), for the model; for the
inference, since events of one market come in clusters and raise the variance, not the normal tests of that survey but
random dates and a block bootstrap (``date_sets``), beside a t interval over the episodes. No package at hand does this.

Several securities struck on one day are one observation: pass the mean of their returns, whose variance holds their
correlation (Brown and Warner, JFE 14, 1985, on clustering).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import StatsError
from jpresearch.stats.bootstrap import block_length
from jpresearch.stats.date_sets import FloatArray, inference
from jpresearch.stats.designs import Design, checked_design, lower_factors, running
from jpresearch.stats.episodes import episodes

PLACEBOS: Final = 4999
FEWEST_EVENTS: Final = 3


@dataclass(frozen=True)
class Window:
    """Which periods count, in steps around the event.

    Attributes
    ----------
    before, after : the event window runs from ``before`` steps before the event to ``after`` steps after it.
    estimation : periods on which the market model is estimated.
    gap : periods between the last of these and the first of the event window, so that leakage of news stays out.
    """

    before: int = 0
    after: int = 4
    estimation: int = 104
    gap: int = 4

    @property
    def length(self) -> int:
        """Periods of the event window."""
        return self.before + self.after + 1

    @property
    def lead(self) -> int:
        """Periods needed before an event."""
        return self.estimation + self.gap + self.before

    def check(self, coefficients: int) -> None:
        """Raise ``StatsError`` where a part is negative or the estimation too short for so many coefficients."""
        if min(self.before, self.after, self.gap) < 0:
            raise StatsError("before, after and gap must be 0 or more", "event window")
        if self.estimation < 2 * coefficients + 2:
            raise StatsError(
                f"{self.estimation} periods of estimation are too few for {coefficients} coefficients", "event window"
            )


@dataclass(frozen=True)
class EventStudy:
    """Cumulative abnormal returns around events, in the unit of the returns.

    Attributes
    ----------
    path : by step: ``mean`` cumulative abnormal return from the start of the window and the interval of the t
        distribution over episodes (``t_low``, ``t_high``); its ``usual`` value over all dates (near zero where the
        model holds), the ``difference``, its bootstrap interval (``low``, ``high``) and p-value, the range of that
        difference for random dates (``placebo_low``, ``placebo_high``) and p-value.
    episodes : frame, one row per event used, one column per step: the cumulative abnormal returns.
    left_out : by label of each event not used: why.
    block : mean length of a bootstrap block in periods.
    """

    path: pd.DataFrame
    episodes: pd.DataFrame
    left_out: pd.Series[Any]
    window: Window
    block: float
    draws: int
    seed: int
    confidence: float
    first: Any
    last: Any
    observations: int
    method: str

    @property
    def events(self) -> int:
        """How many independent episodes the means are over."""
        return len(self.episodes)

    def table(self) -> pd.DataFrame:
        """``path`` with the number of episodes."""
        return self.path.assign(episodes=self.events)


def abnormal_returns(
    returns: pd.Series[Any], factors: pd.DataFrame | pd.Series[Any] | None = None, *, window: Window | None = None
) -> pd.DataFrame:
    """The abnormal returns around every date that has a full window and a full estimation period before it.

    Parameters
    ----------
    returns, factors : one row per period, same index, no value missing; ``factors`` None is the constant-mean model.

    Returns
    -------
    Frame, one row per date, one column per step from ``-before`` to ``after``: the return less what the model says, its
    coefficients estimated on the ``estimation`` periods that end ``gap`` periods before the window (MacKinlay, 1997,
    on the market model). Nothing in a row depends on returns after its last step.

    Raises
    ------
    StatsError : input as ``designs.checked_design``; window out of range or longer than the sample; a factor that does
        not vary in some estimation period.
    """
    design = checked_design(returns, factors, "abnormal returns")
    chosen = Window() if window is None else window
    chosen.check(design.coefficients)
    places = np.arange(chosen.lead, design.observations - chosen.after)
    if not len(places):
        raise StatsError(
            f"{design.observations} periods are too few for {chosen.lead} before an event and {chosen.after} after it",
            "abnormal returns",
        )
    steps = np.arange(-chosen.before, chosen.after + 1)
    values = _abnormal(design, places, steps, chosen)
    return pd.DataFrame(values, index=design.index[places], columns=pd.Index(steps, name="step"))


def event_study(
    returns: pd.Series[Any],
    factors: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    events: pd.Index[Any],
    window: Window | None = None,
    draws: int = PLACEBOS,
    block: float | None = None,
    seed: int = 0,
    confidence: float = 0.95,
) -> EventStudy:
    """Cumulative abnormal returns around ``events``, with placebo and stationary-bootstrap inference.

    Parameters
    ----------
    returns, factors, window : as ``abnormal_returns``.
    events : labels of the index. Of events whose windows would overlap, only the first is used: the others are parts of
        its episode.
    draws : placebo sets, and bootstrap samples. block : ``None`` is the automatic length for the cumulative returns.

    Returns
    -------
    EventStudy. Where the three intervals differ, the widest is the honest one: the t interval allows for a variance
    that the events themselves raise, the bootstrap for dependence between episodes, the placebo for neither but for any
    distribution.

    Raises
    ------
    StatsError : as ``abnormal_returns``; an event that is not in the index or comes twice; fewer than three episodes.
    """
    chosen = Window() if window is None else window
    cumulative = abnormal_returns(returns, factors, window=chosen).cumsum(axis=1)
    used, left_out = _clustered(returns.index, cumulative.index, events, chosen.length)
    values = cumulative.to_numpy()
    length = block_length(cumulative.iloc[:, -1]) if block is None else block
    places = cumulative.index.get_indexer(used)
    path = inference(
        values, places, gap=chosen.length, block=length, draws=draws, seed=seed, confidence=confidence
    ).set_index(cumulative.columns)
    half = stats.t.ppf(0.5 + confidence / 2, len(used) - 1) * stats.sem(values[places])
    return EventStudy(
        path=path.assign(t_low=path["mean"] - half, t_high=path["mean"] + half),
        episodes=cumulative.loc[used],
        left_out=left_out,
        window=chosen,
        block=float(length),
        draws=draws,
        seed=seed,
        confidence=confidence,
        first=returns.index[0],
        last=returns.index[-1],
        observations=len(returns),
        method=f"cumulative abnormal returns, market model on {chosen.estimation} periods ending {chosen.gap} before "
        f"the window, {len(used)} episodes; {draws} placebo sets and stationary-bootstrap samples (blocks of "
        f"{length:.1f} periods), seed {seed}, intervals at {confidence:.0%}",
    )


def _abnormal(design: Design, places: Any, steps: Any, window: Window) -> FloatArray:
    y, x, _, _ = design.reduced()
    outer, cross = running(x[:, :, None] * x[:, None, :]), running(x * y[:, None])
    ends = places - window.before - window.gap
    starts = ends - window.estimation
    factor = lower_factors(outer[ends] - outer[starts])
    half = np.linalg.solve(factor, (cross[ends] - cross[starts])[:, :, None])
    beta = np.linalg.solve(np.swapaxes(factor, 1, 2), half)[:, :, 0]
    rows = places[:, None] + steps
    return np.asarray(y[rows] - np.einsum("dsk,dk->ds", x[rows], beta))


def _clustered(
    known: pd.Index[Any], eligible: pd.Index[Any], events: pd.Index[Any], gap: int
) -> tuple[pd.Index[Any], pd.Series[Any]]:
    """The first event of each episode, and the reason for each that is left out."""
    if not events.is_unique:
        raise StatsError(f"an event comes twice: {events[events.duplicated()][0]}", "event study")
    strange = events[~events.isin(known)]
    if len(strange):
        raise StatsError(f"{strange[0]} is not in the index of the returns", "event study", "Use labels of the index.")
    flags = pd.Series(known.isin(events) & known.isin(eligible), index=known)
    used = episodes(flags, gap)
    if len(used) < FEWEST_EVENTS:
        raise StatsError(f"{len(used)} episodes are too few", "event study", f"{FEWEST_EVENTS} are the least.")
    reasons = {
        event: "part of an earlier episode" if event in eligible else "no full window or estimation period"
        for event in events.sort_values()
        if event not in used
    }
    return used, pd.Series(reasons, dtype="str")
