"""Whether as much changes at dates when nothing happened.

The effect of ``interrupted`` at the moment itself is ranked among those at all earlier dates, on data from before the
moment only: Abadie, Diamond and Hainmueller, "Synthetic Control Methods for Comparative Case Studies" (JASA 105, 2010),
do so over regions and over time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from jpresearch.errors import StatsError
from jpresearch.stats.interrupted import Shape, lead, position_of, shape_values
from jpresearch.stats.structural import (
    FloatArray,
    Structure,
    checked_regressors,
    coefficient_table,
    fitted,
    scaled_model,
)


@dataclass(frozen=True)
class PlaceboDates:
    """An effect beside those of dates at which nothing happened.

    Attributes
    ----------
    effects : by date, ``at`` last: ``estimate``, ``std_error``, ``t``.
    p_value : (1 + placebos with as large a t) / (1 + placebos); with few dates it cannot be small, and neighbouring
        dates share most of their data.
    after : periods from each date on that its estimate uses.
    """

    effects: pd.DataFrame
    p_value: float
    at: Any
    after: int
    first: Any
    last: Any
    observations: int
    method: str

    @property
    def placebos(self) -> int:
        """How many dates the effect is compared with."""
        return len(self.effects) - 1

    def table(self) -> pd.DataFrame:
        """``effects`` with the absolute rank of each t, 1 being the largest."""
        return self.effects.assign(rank=self.effects["t"].abs().rank(ascending=False).astype("int64"))


def placebo_dates(
    y: pd.Series[Any],
    at: Any,
    controls: pd.DataFrame | pd.Series[Any] | None = None,
    *,
    shape: Shape = "step",
    after: int | None = None,
    structure: Structure | None = None,
) -> PlaceboDates:
    """Compare the effect at ``at`` with effects at all dates before it that could not have had one.

    Parameters
    ----------
    y, at, controls, structure : as ``interrupted``.
    after : periods from each date on that the estimates use, the same for all; ``None`` is as many as there are from
        ``at`` on. A placebo date has as many, all before ``at``.

    The variances are those of the series before ``at`` and the same for all dates: what is compared are the effects,
    not the fits. Coefficients are in the state.

    Raises
    ------
    StatsError : as ``interrupted``; ``after`` out of range; no date before ``at`` has enough periods on both sides.
    """
    chosen = replace(structure or Structure(), coefficients="state")
    position = position_of(y, at, chosen, 1, "placebo_dates")
    length = len(y) - position if after is None else after
    if not (2 if shape == "slope" else 1) <= length <= len(y) - position:
        raise StatsError(f"a {shape} cannot be measured on {length} periods from {at} on", "placebo_dates")
    regressors = checked_regressors(y, controls, chosen, "placebo_dates")
    past = checked_regressors(y.iloc[:position], regressors.iloc[:position], chosen, "placebo_dates, before the moment")
    first = lead(chosen, 1 + regressors.shape[1])
    dates = [*range(first, position - length + 1), position]
    if len(dates) == 1:
        raise StatsError(
            f"no date before {at} has {first} periods before it and {length} from it on",
            "placebo_dates",
            "Give a smaller `after`.",
        )
    values = y.to_numpy(dtype=float)
    before = scaled_model(values[:position], past.to_numpy(), chosen)
    variances = fitted(before).params * before.y_unit**2
    effects = pd.DataFrame(
        [_effect(values[: date + length], regressors, date, shape, chosen, variances) for date in dates],
        index=y.index[dates],
    )
    effects = effects.assign(t=effects["estimate"] / effects["std_error"])
    sizes = effects["t"].abs().to_numpy()
    return PlaceboDates(
        effects=effects,
        p_value=float((1 + (sizes[:-1] >= sizes[-1]).sum()) / len(sizes)),
        at=y.index[position],
        after=length,
        first=y.index[0],
        last=y.index[position + length - 1],
        observations=position + length,
        method=f"{shape} at each of {len(dates) - 1} dates before {y.index[position]}, {length} periods from it on; "
        f"{chosen.in_words()}, variances of the series before; rank of the t statistic",
    )


def _effect(
    values: FloatArray, regressors: pd.DataFrame, date: int, shape: Shape, structure: Structure, variances: FloatArray
) -> dict[str, float]:
    x = np.column_stack([shape_values(len(values), date, shape), regressors.to_numpy()[: len(values)]])
    scaled = scaled_model(values, x, structure)
    fit = scaled.model.smooth(variances / scaled.y_unit**2)
    table = coefficient_table(scaled, fit, [shape, *map(str, regressors.columns)], 0.95)
    return {name: float(table[name].iloc[0]) for name in ("estimate", "std_error")}
