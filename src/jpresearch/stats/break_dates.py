"""Intervals for the date of a break.

Bai, "Estimation of a Change Point in Multiple Regression Models" (Review of Economics and Statistics 79, 1997): for a
break that shrinks as the sample grows, ``(d'Q1 d)^2 / (d'O1 d)`` times the error of the estimated date converges to the
place where V is largest, V being a two-sided Brownian motion with drift:

    V(s) = W1(-s) - |s| / 2                       for s <= 0
    V(s) = sqrt(phi) W2(s) - xi s / 2             for s > 0

d is the change of the coefficients, Q1 and Q2 the moments of the regressors before and after, O1 and O2 the long-run
covariances of regressor times error, xi = d'Q2 d / d'Q1 d and phi = d'O2 d / d'O1 d.
"""

from __future__ import annotations

from math import ceil, exp, floor, pi, sqrt

from scipy import optimize
from scipy.special import log_ndtr, ndtr

from jpresearch.errors import StatsError


def place_of_largest(x: float, *, xi: float = 1.0, phi: float = 1.0) -> float:
    """The probability that V is largest at or below ``x`` (Bai, 1997).

    Parameters
    ----------
    xi, phi : drift and variance of V on the right relative to the left, both above zero.

    Raises
    ------
    StatsError : ``xi`` or ``phi`` not above zero.
    """
    if not (xi > 0 and phi > 0):
        raise StatsError(f"drift {xi} and variance {phi} must be above zero", "break date")
    if x <= 0:
        return _tail(-x, xi / phi)
    # Seen from the right, with time in units of phi / xi^2, the right side is the left side and the rate its inverse.
    return 1 - _tail(x * xi * xi / phi, phi / xi)


def _tail(x: float, rate: float) -> float:
    """P(V is largest at or before -x), x >= 0; V's largest value on the other side is exponential with ``rate``."""
    near = (1 + 2 * rate) / (rate * (1 + rate))
    beyond = float(log_ndtr(-(0.5 + rate) * sqrt(x))) + rate * (1 + rate) * x / 2
    ends = (x / 2 - 2 + near * (1 + 2 * rate)) * float(ndtr(-sqrt(x) / 2))
    return max(ends - near * exp(beyond) - sqrt(x / (2 * pi)) * exp(-x / 8), 0.0)


def date_interval(
    position: int, moments: tuple[float, float], noises: tuple[float, float], confidence: float
) -> tuple[int, int] | None:
    """The equal-tailed interval for a break estimated at ``position``, in whole observations (rounded outwards).

    Parameters
    ----------
    moments, noises : (before, after) of d'Q d and d'O d.

    Returns
    -------
    (low, high), past the ends of the sample where the data do not place the break; ``None`` where a regime has no error
    or the break no size along its regressors, for which there is no limit distribution.
    """
    if min(*moments, *noises) <= 0:
        return None
    xi, phi = moments[1] / moments[0], noises[1] / noises[0]
    scale = noises[0] / moments[0] ** 2
    low, high = (_quantile(share, xi, phi) * scale for share in ((1 - confidence) / 2, (1 + confidence) / 2))
    return position - ceil(high), position - floor(low)


def _quantile(share: float, xi: float, phi: float) -> float:
    def gap(x: float) -> float:
        return place_of_largest(x, xi=xi, phi=phi) - share

    low, high = -1.0, phi / xi**2
    while gap(low) > 0:
        low *= 2
    while gap(high) < 0:
        high *= 2
    return float(optimize.brentq(gap, low, high, xtol=1e-10))
