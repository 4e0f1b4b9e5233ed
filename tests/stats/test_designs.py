from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import StatsError
from jpresearch.stats.designs import checked_design


def noise(seed: int, rows: int) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).normal(size=rows))


BAD = {
    "duplicates": (pd.Series(range(9), index=[0, 1, 2, 3, 4, 5, 6, 7, 7]), None),
    "sorted": (pd.Series(range(9), index=range(9, 0, -1)), None),
    "missing": (noise(1, 9).mask(noise(1, 9).index == 4), None),
    "infinite": (noise(1, 9).replace(noise(1, 9)[2], np.inf), None),
    "no variation in the explained series": (pd.Series(3.1, index=range(9)), None),
    "no variation in x": (noise(1, 9), pd.Series(2.0, index=range(9))),
    "collinear": (noise(1, 9), pd.DataFrame({"a": noise(2, 9), "b": 2 * noise(2, 9) + 1})),
    "same index": (noise(1, 9), noise(2, 8)),
    "const": (noise(1, 9), noise(2, 9).rename("const")),
    "too few": (noise(1, 3), noise(2, 3)),
}


@pytest.mark.parametrize("complaint", BAD)
def test_bad_input_is_refused_by_name(complaint: str) -> None:
    with pytest.raises(StatsError, match=complaint):
        checked_design(*BAD[complaint], "test")
