"""What follows an unexpected flow: the path of the index, whether it stays, and who predicts whom.

The shock is the part of a week's flow that the weeks before, and the markets abroad of the same week, do not explain.
Weekly data show only that it comes with a move of the index. Every response here counts all of that as impact (flow
first) unless it says otherwise; ``orderings`` holds the other extreme, where all of it is feedback, and what lies
between. The response includes the flows that usually follow a surprise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from jpresearch.errors import InsufficientData, StatsError
from jpresearch.stats.granger import GrangerTest, granger
from jpresearch.stats.multiplicity import adjusted_p_values
from jpresearch.stats.projection_bootstrap import (
    Permanence,
    ProjectionBootstrap,
    Verdict,
    bootstrap_projection,
    permanence,
)
from jpresearch.stats.projections import LocalProjection, Plan, local_projection
from jpresearch.stats.var import LagChoice, choose_lags, fit_var
from jpresearch.stats.var_bands import ResponseBands, bootstrap_var, ordering_bands
from jpresearch.studies.foreign_flows.inputs import Settings
from jpresearch.studies.foreign_flows.relation import LAG_WEEKS
from jpresearch.studies.foreign_flows.system import System

MOST_LAGS: Final = 6
SHOWN: Final = (0, 1, 4, 13)
Direction = Literal["flow", "topix"]


@dataclass(frozen=True)
class Path:
    """The cumulative response of TOPIX (bp) to one unit of unexpected flow, and what of it lasts.

    ``projection.responses`` is indexed by week after the shock (0 is its own week): errors that allow for changing
    variance, pointwise and sup-t. ``drawn`` are the bootstrap's samples, on which ``lasting`` (see ``lasting_share``)
    rests.
    """

    projection: LocalProjection
    drawn: ProjectionBootstrap
    lasting: Permanence

    def at(self, week: int) -> tuple[float, float, float]:
        """Estimate and ends of its pointwise interval so many weeks after the shock."""
        table = self.projection.responses[["estimate", "low", "high"]].to_numpy(dtype="float64")
        estimate, low, high = table[week]
        return float(estimate), float(low), float(high)

    @property
    def last_week(self) -> int:
        """The last week of the path."""
        return self.projection.plan.horizons

    @property
    def kind(self) -> Verdict:
        """What the path is called if all of it is impact; no impact unless both intervals of week 0 exclude zero."""
        return "no impact" if self.projection.covers_zero(0) else self.lasting.verdict


@dataclass(frozen=True)
class Impact:
    """All that the verdict on impact and feedback rests on.

    Attributes
    ----------
    given : the path with the markets abroad of the same week held fixed (without any where none is known).
    plain : the same weeks as though the markets abroad were not known; ``None`` where they are not.
    orderings : from a vector autoregression, flow before the index and after it, and the set between.
    leads, follows : do four weeks of flow predict the index, and four of the index flow, beside the markets abroad's?
    family : the headline responses tested together, see ``headline_family``.
    """

    system: System
    lag_choice: LagChoice
    given: Path
    plain: Path | None
    orderings: ResponseBands
    leads: GrangerTest
    follows: GrangerTest
    family: pd.DataFrame


def estimate_impact(system: System, settings: Settings) -> Impact:
    """Everything about impact and feedback in one system of weeks.

    Raises ``InsufficientData`` where the estimators refuse the weeks: too few, or a series that does not vary.
    """
    try:
        return _estimate(system, settings)
    except StatsError as error:
        raise InsufficientData(f"feedback and impact cannot be told: {error.what}", "foreign_flows") from error


def _estimate(system: System, settings: Settings) -> Impact:
    choice = lag_choice(system)
    given = response_path(system, choice.chosen, settings)
    plain = response_path(system.without(), choice.chosen, settings) if system.given else None
    fit = fit_var(system.frame, choice.chosen)
    drawn = bootstrap_var(fit, draws=settings.draws)
    last, level = given.last_week, settings.confidence
    return Impact(
        system=system,
        lag_choice=choice,
        given=given,
        plain=plain,
        orderings=ordering_bands(drawn, "flow", "topix", before=system.given, horizons=last, confidence=level),
        leads=predicts(system, "flow", LAG_WEEKS, settings),
        follows=predicts(system, "topix", LAG_WEEKS, settings),
        family=headline_family(given),
    )


def lag_choice(system: System) -> LagChoice:
    """Weeks of the past that the system needs: Akaike's, raised until the residuals are white where any number does."""
    most = max(1, min(MOST_LAGS, len(system.frame) // (8 * system.frame.shape[1])))
    return choose_lags(system.frame, most)


def plan_of(system: System, lags: int, settings: Settings) -> Plan:
    """The projection of TOPIX on flow, the markets abroad of the same week held fixed."""
    weeks = min(settings.response_weeks, len(system.frame) // 5)
    return Plan("topix", "flow", system.given, lags=lags, horizons=weeks)


def response_path(system: System, lags: int, settings: Settings) -> Path:
    """The path of TOPIX after one unit of unexpected flow. Raises ``StatsError`` as the estimators do."""
    plan = plan_of(system, lags, settings)
    projection = local_projection(system.frame, plan, hac_lags=settings.lags, confidence=settings.confidence)
    drawn = bootstrap_projection(projection, draws=settings.draws)
    return Path(projection, drawn, lasting_share(drawn))


def lasting_share(drawn: ProjectionBootstrap) -> Permanence:
    """What is left at the end of the path; half-way where the end cannot tell, as noise grows with every week."""
    at_end = permanence(drawn)
    if at_end.verdict != "undetermined":
        return at_end
    half_way = permanence(drawn, max(1, at_end.horizon // 2))
    return at_end if half_way.verdict == "undetermined" else half_way


def predicts(system: System, cause: Direction, lags: int, settings: Settings, *, hac: bool = False) -> GrangerTest:
    """Whether the past of ``cause`` helps to predict the other of flow and index, beyond the past of everything else.

    Errors allow for changing variance, and a bootstrap p flips the signs of whole weeks at random; with ``hac`` they
    also allow for autocorrelation, without a bootstrap.
    """
    effect = "topix" if cause == "flow" else "flow"
    if hac:
        return granger(system.frame, cause, effect, lags, errors="HAC", hac_lags=settings.lags, draws=0)
    return granger(system.frame, cause, effect, lags, draws=settings.draws)


def headline_family(path: Path) -> pd.DataFrame:
    """The responses after 0, 1, 4, 13 and the last weeks, tested one by one and together.

    Indexed by week: ``estimate`` (bp), ``p_value`` (t test), ``family_p`` (Romano and Wolf: the largest studentised
    response among those not yet passed, in samples whose true response is known).
    """
    weeks = sorted({week for week in SHOWN if week < path.last_week} | {path.last_week})
    table, drawn = path.projection.responses.loc[weeks], path.drawn
    implied = drawn.responses["implied"].to_numpy()
    moved = (np.abs(drawn.estimates - implied) / np.sqrt(drawn.variances))[:, weeks]
    t = np.abs(table["estimate"].to_numpy() / table["std_error"].to_numpy())
    plan = path.projection.plan
    freedom = table["observations"].to_numpy() - (2 + len(plan.given) + plan.all_lags * path.projection.data.shape[1])
    columns = {"estimate": table["estimate"], "p_value": 2 * stats.t.sf(t, freedom)}
    return pd.DataFrame(columns | {"family_p": adjusted_p_values(t, moved)}).rename_axis("week")
