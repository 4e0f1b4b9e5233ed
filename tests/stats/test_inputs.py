from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.errors import StatsError
from jpresearch.stats import inputs


@pytest.fixture
def frame() -> pd.DataFrame:
    """Forty Fridays of two unrelated columns."""
    draw = np.random.default_rng(4)
    dates = pd.date_range("2024-01-05", periods=40, freq="W-FRI")
    return pd.DataFrame(draw.normal(size=(40, 2)), index=dates, columns=["flow", "rate"])


def test_a_sound_frame_becomes_a_design_with_the_constant_first(frame: pd.DataFrame) -> None:
    design = inputs.as_design(frame, "here")
    assert list(design.columns) == ["const", "flow", "rate"]
    assert (design["const"] == 1).all()
    assert design.index.equals(frame.index)
    pd.testing.assert_frame_equal(design[["flow", "rate"]], frame, check_freq=False)


def test_a_series_without_a_name_is_called_x(frame: pd.DataFrame) -> None:
    assert list(inputs.as_design(frame["flow"].rename(None), "here").columns) == ["const", "x"]


BAD_FRAMES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "constant regressor": (lambda f: f.assign(rate=0.1), "no variation in rate"),
    "constant but for rounding": (lambda f: f.assign(rate=3 * 0.1 + f["flow"] * 1e-18), "no variation in rate"),
    "two constant regressors": (lambda f: f * 0 + 1, "no variation in flow, rate"),
    "perfect collinearity": (lambda f: f.assign(both=f["flow"] - 2 * f["rate"]), "collinear"),
    "collinear in other units": (lambda f: f.assign(copy=f["flow"] * 1e9), "collinear"),
    "collinear with the constant": (lambda f: f.assign(rest=5 - f["flow"], also=f["flow"]), "collinear"),
    "missing inside": (lambda f: pd.concat([f.head(7), f[7:8] * np.nan, f[8:]]), "flow is missing at 2024-02-23"),
    "missing in one column": (lambda f: f.assign(rate=f["rate"].shift()), "rate is missing at 2024-01-05"),
    "infinite": (lambda f: f.assign(rate=f["rate"].where(f.index != f.index[3], -np.inf)), "rate is infinite"),
    "fewer observations than parameters": (lambda f: f.head(2), "2 complete rows are too few for 3 coefficients"),
    "as many observations as parameters": (lambda f: f.head(3), "3 complete rows are too few for 3 coefficients"),
    "unsorted dates": (lambda f: f.iloc[[1, 0, *range(2, 40)]], "must be sorted"),
    "duplicate dates": (lambda f: pd.concat([f.head(5), f.iloc[4:]]), "2024-02-02.*more than once"),
    "a column called const": (lambda f: f.rename(columns={"rate": "const"}), "none of them 'const'"),
    "one name twice": (lambda f: f.rename(columns={"rate": "flow"}), "named once each"),
    "no column": (lambda f: f[[]], "named once each"),
}


@pytest.mark.parametrize("case", BAD_FRAMES)
def test_each_bad_design_is_refused_by_name(frame: pd.DataFrame, case: str) -> None:
    spoil, words = BAD_FRAMES[case]
    with pytest.raises(StatsError, match=words) as caught:
        inputs.as_design(spoil(frame), "here")
    assert caught.value.where == "here"


def test_incomplete_ends_are_cut_and_a_hole_inside_is_refused(frame: pd.DataFrame) -> None:
    lagged = frame.assign(before=frame["flow"].shift(3), after=frame["rate"].shift(-2))
    kept = inputs.complete(lagged, "here")
    assert kept.index.equals(frame.index[3:-2])
    with pytest.raises(StatsError, match="before is missing at"):
        inputs.complete(lagged.assign(before=lagged["before"].where(lagged.index != lagged.index[20])), "here")
    with pytest.raises(StatsError, match="no row is complete"):
        inputs.complete(frame * np.nan, "here")


@settings(deadline=None, max_examples=40)
@given(first=st.integers(0, 5), last=st.integers(0, 5))
def test_cutting_ends_keeps_exactly_the_complete_stretch(first: int, last: int) -> None:
    values = pd.DataFrame({"a": np.arange(30.0), "b": np.arange(30.0) ** 2})
    holed = values.assign(a=values["a"].where((values.index >= first) & (values.index < 30 - last)))
    pd.testing.assert_frame_equal(inputs.complete(holed, "here"), values.iloc[first : 30 - last])


@pytest.mark.parametrize(
    ("horizon", "words"),
    [(0, "1 or more"), (-3, "1 or more"), (40, "longer than the sample of 40"), (99, "horizon of 99 is longer")],
)
def test_horizons_that_do_not_fit_are_refused(horizon: int, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        inputs.check_horizon(horizon, 40, "here")


def test_the_longest_horizon_and_the_most_lags_pass() -> None:
    inputs.check_horizon(39, 40, "here")
    inputs.check_lags(39, 40, "here")
    inputs.check_lags(0, 40, "here")
    for check in (inputs.check_horizon, inputs.check_lags):
        with pytest.raises(StatsError, match="here"):
            check(40, 40, "here")


@pytest.mark.parametrize("lags", [-1, 40])
def test_lags_out_of_range_are_refused(lags: int) -> None:
    with pytest.raises(StatsError, match="between 0 and 39"):
        inputs.check_lags(lags, 40, "here")


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95, float("nan")])
def test_confidence_must_be_a_share(confidence: float) -> None:
    with pytest.raises(StatsError, match="between 0 and 1"):
        inputs.check_confidence(confidence, "here")


def test_different_calendars_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(StatsError, match="same index"):
        inputs.check_same_index(frame["flow"], frame["rate"].iloc[1:], "here")
    inputs.check_same_index(frame["flow"], frame["rate"], "here")


@settings(deadline=None, max_examples=40)
@given(scale=st.floats(1e-9, 1e9))
def test_no_check_depends_on_the_unit(scale: float) -> None:
    draw = np.random.default_rng(8)
    sound = pd.DataFrame(draw.normal(5, 1, size=(30, 2)), columns=["a", "b"])
    inputs.as_design(sound.assign(b=sound["b"] * scale), "here")
    with pytest.raises(StatsError, match="collinear"):
        inputs.as_design(sound.assign(b=sound["a"] * scale), "here")
