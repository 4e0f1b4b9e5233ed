"""New York on Tokyo's clock: one alignment and one rule of staleness."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.datasets.alignment import before_session, same_day

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "jpresearch"


def at(values: dict[str, float]) -> pd.Series[float]:
    return pd.Series(list(values.values()), index=pd.to_datetime(list(values)))


def days(*texts: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(texts)


def test_tokyo_knows_the_value_dated_the_day_before_and_not_that_of_the_day() -> None:
    closes = at({"2024-01-08": 1.0, "2024-01-09": 2.0, "2024-01-10": 3.0})
    assert before_session(closes, days("2024-01-09", "2024-01-10")).tolist() == [1.0, 2.0]
    assert same_day(closes, days("2024-01-09", "2024-01-10")).tolist() == [2.0, 3.0]


def test_a_long_weekend_and_one_more_closed_day_are_bridged_and_no_more() -> None:
    closes = at({"2024-01-05": 1.0, "2024-01-18": 9.0})  # a Friday, and nothing until long after
    asked = days("2024-01-08", "2024-01-09", "2024-01-10", "2024-01-11")
    assert before_session(closes, asked).tolist()[:3] == [1.0, 1.0, 1.0]
    assert np.isnan(before_session(closes, asked).iloc[3])


def test_a_record_that_ended_does_not_show_a_market_that_stands_still() -> None:
    closes = at({"2024-01-04": 1.0, "2024-01-05": 2.0})  # ends on a Friday
    found = before_session(closes, days("2024-01-05", "2024-01-08", "2024-01-09"))
    assert found.tolist()[:2] == [1.0, 2.0], "Friday's value is Monday's news"
    assert np.isnan(found.iloc[2]), "whether New York was closed on Monday is not known yet"


def test_what_no_series_holds_is_missing() -> None:
    assert before_session(pd.Series(dtype="float64"), days("2024-01-05")).isna().all()
    assert before_session(at({"2024-01-05": 1.0}), days("2024-01-05")).isna().all()


def calls(path: Path) -> set[str]:
    """Names of functions and methods that a module calls."""
    called = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in called}


@pytest.mark.parametrize("room", ["models", "datasets"])
def test_no_other_module_aligns_markets_abroad_itself(room: str) -> None:
    aligners = {"merge_asof", "asof"}
    found = [path for path in (SOURCE / room).rglob("*.py") if aligners & calls(path)]
    assert not found


def test_no_notebook_aligns_markets_abroad_itself() -> None:
    cells = "".join(path.read_text() for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert "merge_asof" not in cells and "tolerance=" not in cells
