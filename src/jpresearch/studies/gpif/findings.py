"""All estimates of the study together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch.datasets.gpif_figures import RESERVE, Assumptions, Figures, two_totals
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.stats.forecasting import OutOfSample
from jpresearch.studies.gpif import adjustment, behaviour, pressure, proxy, shares
from jpresearch.studies.gpif.adjustment import Adjustment
from jpresearch.studies.gpif.behaviour import Average, Buyers, Signs, on_reserve
from jpresearch.studies.gpif.flows import implied_flows
from jpresearch.studies.gpif.inputs import Inputs
from jpresearch.studies.gpif.proxy import Agreement, Response
from jpresearch.studies.gpif.shares import JAPANESE_SHARES, Standing
from jpresearch.studies.reading import day


@dataclass(frozen=True)
class Findings:
    """What the study found, in the frames that the modules describe.

    ``flows_alone`` are the flows without what is known of the whole reserve. ``average``, ``buyers`` and ``signs``
    are ``None`` where no or too few quarters have all figures, ``standing`` where no share does; ``equities`` is the
    standing of domestic equities whatever the asset class. ``usable`` are the quarters that the partial adjustment
    can use, ``adjusted`` and ``adjusted_recent`` its estimates on all of them and on recent ones; what concerns trust
    banks is ``None`` for other classes than domestic equities.
    """

    asset: str
    today: pd.Timestamp
    recent_from: pd.Timestamp
    path: pd.DataFrame
    gaps: pd.DataFrame
    totals: pd.DataFrame
    flows: pd.DataFrame
    flows_alone: pd.DataFrame
    drift: pd.DataFrame
    quarters: pd.DataFrame
    associations: pd.DataFrame
    by_mix: pd.DataFrame
    average: Average | None
    buyers: Buyers | None
    signs: Signs | None
    standing: Standing | None
    equities: Standing | None
    carried: pd.DataFrame
    rolling: pd.Series
    window: int
    pairs: pd.DataFrame
    agreement: Agreement | None
    adjusted: Adjustment | None
    adjusted_recent: Adjustment | None
    change_of_speed: tuple[float, float] | None
    usable: pd.DataFrame
    pressure: pd.DataFrame
    runs: list[pd.DataFrame]
    banks_on_gap: Response | None
    banks_next_week: Response | None
    banks_forecast: OutOfSample | None

    def slope(self, traded: str, on: str) -> pd.Series[float]:
        """One row of ``associations``, such as ``slope(SHARE_TRADED, FACED)``."""
        return behaviour.slope_of(self.associations, traded, on)

    @property
    def latest(self) -> pd.Series | None:
        """The newest row of ``flows`` on the reserve's basis, named by its quarter-end; ``None`` without any."""
        kept = on_reserve(self.flows)
        return None if kept.empty else kept.iloc[-1]


def estimate(
    inputs: Inputs,
    assumptions: Assumptions | None = None,
    *,
    recent_from: str = "2020-04-01",
    trust_bank_weeks: int = 13,
    hac_lags: int | None = None,
) -> Findings:
    """All estimates from what ``load_inputs`` read.

    Raises
    ------
    InsufficientData : no share of the class, on any basis, from ``inputs.start`` on.
    BadParameter : ``trust_bank_weeks`` below one, or ``recent_from`` not a date.
    """
    if trust_bank_weeks < 1:
        raise BadParameter(f"{trust_bank_weeks} weeks are no window", "trust_bank_weeks", "Give one week or more.")
    made, asset, start = assumptions or Assumptions(), inputs.asset, inputs.start
    figures = Figures.of(inputs.portfolio)
    _require_shares(figures, inputs)
    prices = inputs.topix if asset == JAPANESE_SHARES else None
    flows = implied_flows(figures, asset, made, topix=prices, start=start)
    moves = shares.drift(figures, inputs.policy, asset, made, start)
    frame = behaviour.quarters(flows, moves, inputs.topix)
    recent = day(recent_from, "recent_from")
    weeks = proxy.weekly(inputs.trust_banks)
    pairs, usable = proxy.beside_flows(weeks, flows), adjustment.pairs(frame)
    banks = proxy.following(weeks, inputs.topix, trust_bank_weeks) if asset == JAPANESE_SHARES else pd.DataFrame()
    reserve = on_reserve(flows)["start_value"] / frame["share_before"] * 100
    return Findings(
        asset=asset,
        today=inputs.today,
        recent_from=recent,
        path=shares.against_policy(figures, inputs.policy, asset, start),
        gaps=shares.gaps(figures, inputs.policy, start),
        totals=two_totals(figures, made),
        flows=flows,
        flows_alone=implied_flows(figures, asset, made, topix=prices, start=start, use_totals=False),
        drift=moves,
        quarters=frame,
        associations=behaviour.associations(frame, recent, hac_lags),
        by_mix=behaviour.by_mix(flows, moves, inputs.policy, asset),
        average=behaviour.average_flow(on_reserve(flows)),
        buyers=behaviour.buyers(on_reserve(flows)),
        signs=behaviour.towards_target(frame),
        standing=shares.standing(figures, inputs.policy, asset, made),
        equities=shares.standing(figures, inputs.policy, JAPANESE_SHARES, made),
        carried=shares.carried_on(figures, inputs.policy, asset, made, inputs.topix, inputs.today),
        rolling=proxy.rolling(weeks, trust_bank_weeks),
        window=trust_bank_weeks,
        pairs=pairs,
        agreement=proxy.agreement(pairs, hac_lags),
        adjusted=adjustment.adjustment(usable),
        adjusted_recent=adjustment.adjustment(usable[usable.index > recent]),
        change_of_speed=adjustment.change_of_speed(usable, recent),
        usable=usable,
        pressure=pressure.pressure(figures, inputs.policy, made),
        runs=pressure.unbroken_runs(moves),
        banks_on_gap=proxy.on_gap(weeks, usable, reserve) if len(banks) else None,
        banks_next_week=proxy.next_week(banks) if len(banks) else None,
        banks_forecast=proxy.forecasts(banks) if len(banks) else None,
    )


def _require_shares(figures: Figures, inputs: Inputs) -> None:
    known = figures.series(RESERVE, f"share_{inputs.asset}").dropna()
    if known[known.index >= inputs.start].empty:
        words = inputs.asset.replace("_", " ")
        raise InsufficientData(
            f"no share of {words} in the whole reserve is public for {inputs.start:%Y-%m-%d} or later",
            "gpif_portfolio",
            "Take a later as_of or an earlier start.",
        )
