from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.multiplicity import false_discoveries
from tests.stats.simulated_markets import golden


def published() -> pd.Series:
    """The 15 p-values of Benjamini and Hochberg (1995, section 4.1)."""
    return golden("benjamini_hochberg")["p_value"]


def test_four_of_fifteen_are_discoveries_as_published() -> None:
    found = false_discoveries(published())
    assert found.tests["rejected"].sum() == 4
    assert (found.tests["bonferroni"] <= 0.05).sum() == 3
    assert found.tests["q_value"].iloc[3] == pytest.approx(0.035625, abs=1e-12)


@pytest.mark.parametrize(("method", "column"), [("fdr_bh", "bh"), ("fdr_by", "by")])
def test_q_values_are_those_of_r(method: Any, column: str) -> None:
    found = false_discoveries(published(), method=method).tests
    assert found["q_value"].to_numpy() == pytest.approx(golden("benjamini_hochberg")[column].to_numpy(), abs=1e-12)
    assert found["bonferroni"].to_numpy() == pytest.approx(golden("benjamini_hochberg")["bonferroni"].to_numpy())


def test_order_of_the_tests_does_not_matter() -> None:
    shuffled = published().sample(frac=1.0, random_state=3)
    one, other = false_discoveries(published()).tests, false_discoveries(shuffled).tests
    pd.testing.assert_frame_equal(one, other.sort_index(), check_names=False)
    assert false_discoveries(shuffled).table()["p_value"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (pd.Series([], dtype=float), "there must be one"),
        (pd.Series([0.1, 0.2], index=["a", "a"]), "named once"),
        (pd.Series([0.1, np.nan], index=["a", "b"]), "not so: b"),
        (pd.Series([1.1, 0.2], index=["a", "b"]), "not so: a"),
    ],
)
def test_bad_p_values_are_refused_by_name(values: pd.Series, words: str) -> None:
    with pytest.raises(StatsError, match=words):
        false_discoveries(values)


def test_unknown_method_and_level_are_refused() -> None:
    with pytest.raises(StatsError, match="no method 'holm'"):
        false_discoveries(published(), method="holm")  # type: ignore[arg-type]
    with pytest.raises(StatsError, match="level"):
        false_discoveries(published(), level=0.0)
