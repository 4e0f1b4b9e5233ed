"""The list of tests: every one stays, and its number weighs on each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.studies import testing
from jpresearch.studies.testing import ALONE, OPEN, STANDS, Test, adjusted, what_it_says

ROWS = [
    Test("surely", 12.34567, "bp", 0.0001, 0.002),
    Test("alone", -0.5, "%", 0.03),
    Test("joint", None, "F of four coefficients", 0.2),
    Test("not", 3.0, "bp", 0.9),
]


def test_every_test_stays_in_the_order_it_was_made() -> None:
    table = testing.tests_table(ROWS[::-1])
    assert table["test"].tolist() == ["not", "joint", "alone", "surely"]
    assert list(table.columns) == ["test", "estimate", "unit", "p_value", "q_value", "family_p", "what it says"]


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    table = testing.tests_table(ROWS).set_index("test")
    # p times the number of tests over the rank, never above the next larger one's.
    assert table["q_value"].tolist() == pytest.approx([0.0004, 0.06, 0.2667, 0.9])
    assert table["what it says"].tolist() == [STANDS, ALONE, OPEN, OPEN]


def test_more_tests_ask_more_of_each() -> None:
    few = adjusted(ROWS).tests["q_value"]
    many = adjusted([*ROWS, *(Test(f"other {number}", 0.0, "x", 0.8) for number in range(20))]).tests["q_value"]
    assert many["surely"] > few["surely"]
    assert many["alone"] > 0.3


def test_estimates_have_four_digits_and_joint_tests_none() -> None:
    table = testing.tests_table(ROWS).set_index("test")
    assert table.loc["surely", "estimate"] == 12.35
    assert np.isnan(table.loc["joint", "estimate"])
    assert table["unit"]["joint"] == "F of four coefficients"


def test_the_family_column_is_there_only_where_a_family_was_tested() -> None:
    assert testing.tests_table(ROWS)["family_p"].tolist()[0] == 0.002
    assert testing.tests_table(ROWS)["family_p"].isna().sum() == 3
    assert "family_p" not in testing.tests_table(ROWS[1:])


def test_no_test_at_all_is_said() -> None:
    assert testing.tests_table([]).to_dict("records") == [
        {"test": "none", "what it says": "no test could be made with these figures"}
    ]


@pytest.mark.parametrize("p_value", [float("nan"), -0.1, 1.2])
def test_a_test_without_a_p_value_is_refused(p_value: float) -> None:
    with pytest.raises(StatsError, match="not so: broken"):
        testing.tests_table([*ROWS, Test("broken", 1.0, "x", p_value)])


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(StatsError, match="named once"):
        testing.tests_table([ROWS[0], ROWS[0]])


def test_the_level_decides_the_words() -> None:
    assert what_it_says(0.04, 0.04) == STANDS
    assert what_it_says(0.04, 0.06) == ALONE
    assert what_it_says(0.04, 0.04, 0.01) == OPEN


def test_the_index_of_the_rows_does_not_matter() -> None:
    pd.testing.assert_index_equal(testing.tests_table(ROWS).index, pd.RangeIndex(4))
