"""What a sample of a given size could have found: the power of a t test, from the noncentral t.

With normal errors of equal variance the t statistic of a true effect has the noncentral t law: (Z + effect / error)
over S, with Z standard normal and S squared a chi-square over its degrees of freedom (Johnson, Kotz and Balakrishnan,
"Continuous Univariate Distributions", volume 2, chapter 31). scipy's own noncentral t gives NaN far out, so the
chance is averaged over S here. The error is taken as given, though it is an estimate too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from scipy import optimize, stats

from jpresearch.errors import InsufficientData

# Middles of equally likely slices of S: the chance is right to five digits.
_SLICES = (np.arange(4000) + 0.5) / 4000
# With three degrees of freedom or more, effects this many errors from zero are as good as certain to be found.
_FAR = 100.0


def power(effect: float, std_error: float, freedom: int, level: float = 0.05) -> float:
    """The chance that a two-sided t test at ``level`` finds a true effect, between ``level`` and 1.

    Parameters
    ----------
    effect, std_error : in the same unit.
    freedom : degrees of freedom of the t.

    Raises ``InsufficientData`` without degrees of freedom or with an error that is not above zero.
    """
    if freedom < 1 or not std_error > 0:
        raise InsufficientData(f"{freedom} degrees of freedom and an error of {std_error:g} give no power", "power")
    edge = float(stats.t.ppf(1 - level / 2, freedom))
    spread = edge * np.sqrt(stats.chi2.ppf(_SLICES, freedom) / freedom)
    distance = abs(effect) / std_error
    missed = stats.norm.cdf(spread - distance) - stats.norm.cdf(-spread - distance)
    return 1.0 - float(missed.mean())


def smallest_found(std_error: float, freedom: int, chance: float = 0.8, level: float = 0.05) -> float:
    """The smallest true effect that the test finds with probability ``chance``, in the unit of ``std_error``.

    Raises as ``power``, and ``InsufficientData`` on a chance that is not between ``level`` and 1.
    """
    if not level < chance < 1:
        raise InsufficientData(f"a chance of {chance:g} does not lie between {level:g} and 1", "power")
    power(0.0, std_error, freedom, level)
    return _errors_away(freedom, chance, level) * std_error


@cache
def _errors_away(freedom: int, chance: float, level: float) -> float:
    """The effect in standard errors: it depends on the degrees of freedom alone."""
    return float(optimize.brentq(lambda distance: power(distance, 1.0, freedom, level) - chance, 0.0, _FAR))


def curve(effects: Sequence[float], std_error: float, freedom: int, level: float = 0.05) -> pd.Series[float]:
    """``power`` in percent by effect, for drawing."""
    chances = [100 * power(effect, std_error, freedom, level) for effect in effects]
    return pd.Series(chances, index=pd.Index(list(effects), name="effect", dtype="float64"), name="power")
