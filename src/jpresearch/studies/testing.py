"""The list of all tests that a notebook ran, with p-values adjusted for their number.

A notebook that asks twenty questions at 5 % finds one answer by chance. Each lists every test it made, whatever came
out; the share of false discoveries is controlled over all of them (Benjamini and Hochberg, through
``stats.multiplicity``). Where a bootstrap drew some of the estimates jointly, the p-value of Romano and Wolf stands
beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from jpresearch.stats.multiplicity import Discoveries, false_discoveries

LEVEL: Final = 0.05
STANDS: Final = "holds, all tests counted"
ALONE: Final = "holds alone, not once all tests are counted"
OPEN: Final = "cannot be told from chance"
NO_TEST: Final = "no test could be made with these figures"
CAPTION: Final = (
    "Every test of this notebook: its p value alone, and its q value (Benjamini and Hochberg: the smallest share of "
    "false discoveries at which it counts as one) over all tests of the table"
)
FAMILY_CAPTION: Final = (
    f"{CAPTION}; for the headline tests also the p value of Romano and Wolf (any false claim at all)"
)


@dataclass(frozen=True)
class Test:
    """One test that was made.

    Attributes
    ----------
    name : what is tested, in a reader's words; each name once.
    estimate : the number tested against its null, ``None`` where a test has no single one (joint tests).
    unit : of the estimate; of the statistic in words where there is no estimate.
    p_value : of the test alone, from 0 to 1.
    family_p : adjusted by Romano and Wolf within the headline family, ``None`` outside of it.
    """

    __test__: ClassVar[bool] = False  # not a class of tests for pytest

    name: str
    estimate: float | None
    unit: str
    p_value: float
    family_p: float | None = None


def adjusted(tests: Sequence[Test], *, level: float = LEVEL) -> Discoveries:
    """The tests by name with their q-values. Raises ``StatsError`` on names repeated or p-values outside 0 to 1."""
    p_values = pd.Series([test.p_value for test in tests], index=[test.name for test in tests], dtype="float64")
    return false_discoveries(p_values, level=level)


def tests_table(tests: Sequence[Test], *, level: float = LEVEL) -> pd.DataFrame:
    """All tests of a notebook for readers, in the order given.

    Returns
    -------
    Frame with one row per test: ``test``, ``estimate`` (four significant digits; missing for joint tests), ``unit``,
    ``p_value``, ``q_value``, ``family_p`` (only where a test has one), ``what it says``. Without any test one row that
    says so.

    Raises
    ------
    StatsError : a name twice, a p-value missing or outside 0 to 1.
    """
    if not tests:
        return pd.DataFrame({"test": ["none"], "what it says": [NO_TEST]})
    found = adjusted(tests, level=level).tests
    frame = pd.DataFrame(
        {
            "test": [test.name for test in tests],
            "estimate": [np.nan if test.estimate is None else float(f"{test.estimate:.4g}") for test in tests],
            "unit": [test.unit for test in tests],
            "p_value": found["p_value"].round(4).to_numpy(),
            "q_value": found["q_value"].round(4).to_numpy(),
        }
    )
    if any(test.family_p is not None for test in tests):
        frame["family_p"] = pd.Series([test.family_p for test in tests], dtype="float64").round(4)
    pairs = zip(found["p_value"], found["q_value"], strict=True)
    return frame.assign(**{"what it says": [what_it_says(p, q, level) for p, q in pairs]})


def what_it_says(p_value: float, q_value: float, level: float = LEVEL) -> str:
    """A test in words, before and after the others are counted."""
    if p_value > level:
        return OPEN
    return STANDS if q_value <= level else ALONE
