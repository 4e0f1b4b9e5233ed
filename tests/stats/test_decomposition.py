"""The split of a price change into earnings and multiple."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.decomposition import PriceSplit, split_price_change

NAMES = pd.Index(["a", "b", "c", "d"])


def row(*values: float) -> pd.Series:
    return pd.Series(values, index=NAMES, dtype="float64")


def example() -> PriceSplit:
    prices = row(100, 50, 80, 20), row(150, 40, 120, 30)
    return split_price_change(prices, (row(10, 5, 4, 2), row(12, 5, 2, 4)))


def test_the_parts_add_to_the_log_price_change_exactly():
    random = np.random.default_rng(11)
    frames = [pd.Series(random.uniform(0.1, 900, 200)) for _ in range(4)]
    parts = split_price_change((frames[0], frames[1]), (frames[2], frames[3])).parts
    assert np.allclose(parts["earnings"] + parts["multiple"], parts["price"], rtol=0, atol=1e-9)
    assert np.allclose(np.exp(parts["price"] / 100), frames[1] / frames[0])
    multiples = (frames[1] / frames[3]) / (frames[0] / frames[2])
    assert np.allclose(np.exp(parts["multiple"] / 100), multiples)


def test_the_mean_and_the_share_are_those_of_the_names():
    split = example()
    mean = split.mean()
    assert mean["earnings"] + mean["multiple"] == pytest.approx(mean["price"])
    expected = np.log([1.2, 1.0, 0.5, 2.0]).sum() / np.log([1.5, 0.8, 1.5, 1.5]).sum()
    assert mean["earnings"] / mean["price"] == pytest.approx(expected)


def test_splitting_in_two_steps_gives_the_same_total():
    first, middle, last = row(1, 2, 3, 4), row(2, 2, 5, 1), row(4, 3, 2, 2)
    earned = row(1, 1, 1, 1), row(2, 1, 3, 1), row(1, 2, 2, 2)
    whole = split_price_change((first, last), (earned[0], earned[2])).parts
    steps = [
        split_price_change((first, middle), (earned[0], earned[1])).parts,
        split_price_change((middle, last), (earned[1], earned[2])).parts,
    ]
    pd.testing.assert_frame_equal(steps[0] + steps[1], whole)


def test_names_without_a_split_are_kept_with_the_reason():
    prices = row(100, np.nan, 80, 20), row(150, 40, np.nan, 30)
    split = split_price_change(prices, (row(-1, 5, 4, np.nan), row(0, 5, 2, np.nan)))
    assert split.parts.empty
    assert split.undefined.to_dict() == {
        "a": "loss at the start and the end",
        "b": "no price at the start",
        "c": "no price at the end",
        "d": "no earnings figure at the start and the end",
    }
    assert split.table()["undefined"].tolist() == split.undefined.tolist()
    with pytest.raises(StatsError, match="positive earnings"):
        split.mean()


def test_the_table_holds_every_name_and_no_infinite_share():
    split = split_price_change((row(1, 1, 1, 1), row(1, 2, 2, 2)), (row(1, 1, -1, 1), row(2, 1, 1, 4)))
    table = split.table()
    assert set(table.index) == set(NAMES)
    assert np.isnan(table.loc["a", "earnings_share"])
    assert table.loc["d", "earnings_share"] == pytest.approx(200.0)
    assert table.loc["c", "undefined"] == "loss at the start"


def test_different_names_are_refused():
    with pytest.raises(StatsError, match="same names"):
        split_price_change((row(1, 1, 1, 1), row(1, 1, 1, 1).iloc[:3]), (row(1, 1, 1, 1), row(1, 1, 1, 1)))
