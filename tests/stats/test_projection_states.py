from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.projection_states import state_projection
from jpresearch.stats.projections import Plan, local_projection
from tests.stats.simulated_markets import autoregression, golden
from tests.stats.test_var import BAD

PLAN = Plan("b", "a", lags=1, horizons=3)


def two_regimes(gap: float, seed: int = 0, periods: int = 600) -> tuple[pd.DataFrame, pd.Series]:
    """Flow ``a`` moves ``b`` by 1 outside the state and by 1 + ``gap`` inside; the state lasts for 20 periods."""
    draw = np.random.default_rng(seed).normal(size=(periods, 2))
    state = pd.Series((np.arange(periods) // 20) % 2 == 1)
    weight = 1.0 + gap * state.shift(1, fill_value=False)
    return pd.DataFrame({"a": draw[:, 0], "b": weight * draw[:, 0] + draw[:, 1]}), state


def test_states_are_those_of_lm_and_sandwich() -> None:
    reference = golden("state_projection").set_index("horizon")
    market = golden("simulated_market")
    plan = Plan("price", "flow", given=("abroad",), lags=2, horizons=6)
    found = state_projection(market, plan, market["abroad"] < 0)
    for part in ("inside", "outside"):
        frame = getattr(found, part)
        assert frame["estimate"].to_numpy() == pytest.approx(reference[part].to_numpy(), rel=1e-9)
        assert frame["std_error"].to_numpy() == pytest.approx(reference[f"{part}_error"].to_numpy(), rel=1e-9)
    assert found.difference["estimate"].to_numpy() == pytest.approx(reference["difference"].to_numpy(), rel=1e-8)
    assert (found.observations_inside, found.observations_outside) == (111, 126)
    # R's pooled regression has no small-sample factor; ours has one for each state.
    factors = [reference[rows] / (reference[rows] - 12) for rows in ("inside_rows", "outside_rows")]
    squares = [reference[error] ** 2 for error in ("inside_error", "outside_error")]
    raw = np.sqrt(squares[0] / factors[0] + squares[1] / factors[1])
    assert raw.to_numpy() == pytest.approx(reference["difference_error_hc0"].to_numpy(), rel=1e-9)
    assert found.difference["std_error"].to_numpy() == pytest.approx(np.sqrt(squares[0] + squares[1]), rel=1e-9)


def test_a_state_that_holds_for_the_second_half_gives_the_projection_of_that_half() -> None:
    frame, _ = two_regimes(0.0)
    later = pd.Series(np.arange(600) >= 300)
    found = state_projection(frame, PLAN, later)
    # The first period inside has its lags in the 299 before; the projection of the second half alone starts there.
    alone = local_projection(frame.iloc[299:], PLAN)
    assert found.inside["estimate"].to_numpy() == pytest.approx(alone.responses["estimate"].to_numpy(), rel=1e-9)
    assert found.inside["std_error"].to_numpy() == pytest.approx(alone.responses["std_error"].to_numpy(), rel=1e-9)
    beside = alone.responses["hac_std_error"]
    assert found.inside["hac_std_error"].to_numpy() == pytest.approx(beside.to_numpy(), rel=1e-9)
    assert found.inside["low"].to_numpy() == pytest.approx(alone.responses["low"].to_numpy(), rel=1e-9)


def test_a_difference_is_found_where_there_is_one_and_not_where_there_is_none() -> None:
    frame, state = two_regimes(1.0)
    found = state_projection(frame, PLAN, state)
    assert found.p_value < 0.01
    assert found.difference["estimate"][0] == pytest.approx(1.0, abs=0.3)
    frame, state = two_regimes(0.0, seed=1)
    assert state_projection(frame, PLAN, state).p_value > 0.05


def test_the_state_of_the_same_period_plays_no_part() -> None:
    frame, state = two_regimes(1.0)
    changed = state.copy()
    changed.iloc[-1] = not changed.iloc[-1]
    one, other = (state_projection(frame, PLAN, flag) for flag in (state, changed))
    pd.testing.assert_frame_equal(one.table(), other.table())


def test_table_has_the_three_parts() -> None:
    frame, state = two_regimes(0.0)
    table = state_projection(frame, PLAN, state).table()
    assert table.index.get_level_values("part").unique().tolist() == ["inside", "outside", "difference"]
    gap = table.loc["inside", "estimate"] - table.loc["outside", "estimate"]
    assert table.loc["difference", "estimate"].to_numpy() == pytest.approx(gap.to_numpy())
    assert (table["band_low"] <= table["low"]).all()
    assert (table["hac_std_error"] > 0).all()


@pytest.mark.parametrize(("spoil", "words"), BAD)
def test_bad_data_are_refused_by_name(spoil: Any, words: str) -> None:
    frame = spoil(autoregression(120, 0))
    state = pd.Series(np.arange(len(frame)) % 2 == 0, index=frame.index)
    with pytest.raises(StatsError, match=words):
        state_projection(frame, PLAN, state)


def test_bad_state_is_refused_by_name() -> None:
    frame, state = two_regimes(0.0)
    with pytest.raises(StatsError, match="true or false in every period"):
        state_projection(frame, PLAN, state.astype(float))
    with pytest.raises(StatsError, match="same index"):
        state_projection(frame, PLAN, state.iloc[1:])
    with pytest.raises(StatsError, match="periods inside the state are too few"):
        state_projection(frame, PLAN, state & (state.index < 25))
    with pytest.raises(StatsError, match="periods outside the state are too few"):
        state_projection(frame, PLAN, pd.Series(True, index=frame.index))
