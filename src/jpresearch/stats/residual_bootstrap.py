"""Samples drawn from a fitted vector autoregression, with its small-sample bias taken out.

- Bias: Pope, "Biases of Estimators in Multivariate Non-Gaussian Autoregressions" (J. Time Series Analysis 11, 1990),
  applied as in Kilian, "Small-Sample Confidence Intervals for Impulse Response Functions" (Review of
  Economics and Statistics 80, 1998).
- Residuals in moving blocks, centred by their place in the block: Brueggemann, Jentsch and Trenkler, "Inference in VARs
  with Conditional Heteroskedasticity of Unknown Form" (J. Econometrics 191, 2016).
- Residuals times a random sign ("wild"): Goncalves and Kilian, "Bootstrapping Autoregressions with Conditional
  Heteroskedasticity of Unknown Form" (J. Econometrics 123, 2004).

The wild bootstrap keeps every product of two residuals of one period as it is, so it says nothing about how uncertain
their covariance is. It serves tests on lag coefficients; responses within the period need the blocks (Brueggemann et
al., 2016). statsmodels' bands draw normal, independent innovations and correct no bias.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from scipy.linalg import solve_discrete_lyapunov

from jpresearch.errors import StatsError
from jpresearch.stats.batched import FloatArray, lagged, least_squares, simulate
from jpresearch.stats.bootstrap import block_rows, check_draws

ResidualKind = Literal["moving", "wild"]
CHUNK: Final = 200
"""Samples made at a time: enough for numpy, few enough to stay in memory."""
SHRINKING: Final = 0.01


class World(NamedTuple):
    """What samples are drawn from.

    ``values`` are the data, shape (periods, columns); ``coefficients`` have the rows of ``batched.lagged``, shape
    (1 + lags * columns, columns); ``residuals`` have mean zero, shape (periods - lags, columns).
    """

    values: FloatArray
    coefficients: FloatArray
    residuals: FloatArray

    @property
    def lags(self) -> int:
        """Lags of the autoregression."""
        return len(self.values) - len(self.residuals)


def fitted_world(values: FloatArray, lags: int, *, correct: bool = True) -> tuple[World, FloatArray]:
    """The autoregression that fits ``values``, and the bias taken out of it (zeros without ``correct``).

    The bias has the shape of the lag coefficients, (lags * columns, columns). The residuals stay those of least
    squares: with corrected coefficients they would be autocorrelated, blocks would carry that into the samples, and so
    put the bias back.
    """
    design = lagged(values[None], lags)
    explained = values[lags:]
    plain = least_squares(design, explained[None])[0]
    rest = explained - design[0] @ plain
    bias = np.zeros_like(plain[1:])
    if correct and roots(plain[None, 1:])[0] < 1:
        bias = pope_bias(plain[1:], rest.T @ rest / (len(rest) - len(plain)), len(rest))
    corrected = world_of(values, without_bias(plain[None, 1:], bias)[0], lags)
    return World(values, corrected.coefficients, rest), bias


def world_of(values: FloatArray, slopes: FloatArray, lags: int) -> World:
    """The world with these lag coefficients, the constant set so that its residuals have mean zero."""
    rest = values[lags:] - lagged(values[None], lags)[0, :, 1:] @ slopes
    constant = rest.mean(axis=0)
    return World(values, np.vstack([constant, slopes]), rest - constant)


def samples(
    world: World, *, kind: ResidualKind, block: int | None, draws: int, seed: int, chunk: int = CHUNK
) -> Iterator[FloatArray]:
    """Draws from ``world`` in chunks of shape (up to ``chunk``, periods, columns), each as long as the data.

    Every sample starts from ``lags`` neighbouring periods of the data, taken at random.

    Parameters
    ----------
    block : periods in a block of residuals for ``moving``; ``None`` is ``usual_block``. ``wild`` takes none.

    Raises
    ------
    StatsError : unknown kind, a block out of range, too few draws.
    """
    if kind not in get_args(ResidualKind):
        raise StatsError(f"no residual bootstrap called {kind!r}", "bootstrap", "Allowed: moving, wild.")
    check_draws(draws, "bootstrap")
    generator = np.random.default_rng([seed, 1])
    count = len(world.residuals)
    starts = generator.integers(len(world.values) - world.lags + 1, size=draws)
    initial = world.values[starts[:, None] + np.arange(world.lags)]
    length = usual_block(count) if block is None else block
    if kind == "moving":
        rows = block_rows(count, kind="moving", block=length, draws=draws, seed=seed)
        centres = _centres(world.residuals, length)
    for at in range(0, draws, chunk):
        here = slice(at, min(at + chunk, draws))
        if kind == "moving":
            shocks = world.residuals[rows[here]] - centres
        else:
            signs = generator.choice([-1.0, 1.0], size=(here.stop - here.start, count, 1))
            shocks = world.residuals * signs
        yield simulate(world.coefficients, shocks, initial[here])


def usual_block(observations: int) -> int:
    """The usual block of residuals, 5.03 T^(1/4) rounded up (Jentsch and Lunsford, AER 109, 2019), at most T / 3."""
    rule: float = 5.03 * observations**0.25
    return max(1, min(ceil(rule), observations // 3))


def pope_bias(slopes: FloatArray, covariance: FloatArray, observations: int) -> FloatArray:
    """The bias of least squares in lag coefficients to order 1 / T, shape (lags * columns, columns).

    -(1/T) G [(I - A')^-1 + A'(I - A'^2)^-1 + sum of l (I - l A')^-1 over the eigenvalues l of A] Gamma(0)^-1 with A the
    companion matrix, G the covariance of its innovations and Gamma(0) that of its state. For one column and one lag it
    is -(1 + 3 a) / T.
    """
    columns = slopes.shape[1]
    companion = _companions(slopes[None])[0]
    size = len(companion)
    noise = np.zeros((size, size))
    noise[:columns, :columns] = covariance
    state = solve_discrete_lyapunov(companion, noise)
    turned, one = companion.T, np.eye(size)
    inside = np.linalg.inv(one - turned) + turned @ np.linalg.inv(one - turned @ turned)
    inside = inside + sum(root * np.linalg.inv(one - root * turned) for root in np.linalg.eigvals(companion))
    bias = -np.real(noise @ inside @ np.linalg.inv(state)) / observations
    return np.asarray(bias[:columns].T, dtype="float64")


def without_bias(slopes: FloatArray, bias: FloatArray) -> FloatArray:
    """Lag coefficients of every sample less ``bias``, of which less is taken out where all of it would leave no stable
    system (Kilian 1998, step 1b: steps of 1 %); none where least squares itself is unstable.
    """
    result = slopes - bias
    unstable = np.flatnonzero(roots(result) >= 1)
    share = 1.0
    while len(unstable) and share > 0:
        share = max(share - SHRINKING, 0.0)
        result[unstable] = slopes[unstable] - share * bias
        unstable = unstable[roots(result[unstable]) >= 1]
    return result


def roots(slopes: FloatArray) -> FloatArray:
    """The largest modulus of an eigenvalue of each sample's companion matrix, shape (samples,)."""
    found = np.abs(np.linalg.eigvals(_companions(slopes))).max(axis=1)
    return np.asarray(found, dtype="float64")


def _companions(slopes: FloatArray) -> FloatArray:
    count, size, columns = slopes.shape
    result = np.zeros((count, size, size))
    result[:, :columns] = np.swapaxes(slopes, 1, 2)
    result[:, columns:, :-columns] = np.eye(size - columns)
    return result


def _centres(residuals: FloatArray, block: int) -> FloatArray:
    """The mean that a residual has at each place of the drawn series, given which blocks can hold it there."""
    reach = len(residuals) - block + 1
    places = np.stack([residuals[place : place + reach].mean(axis=0) for place in range(block)])
    return places[np.arange(len(residuals)) % block]
