"""Claims made by hand, and a copy of the data whose figures a test may change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from jpresearch.studies.claims.ledger import Claim, Reading, Test
from jpresearch.studies.claims.measuring import Span

DAY = pd.Timestamp("2025-08-29")


@pytest.fixture
def claim() -> Callable[..., Claim]:
    """Builds a claim with readings ``name=role``."""

    def build(rule: str = "at_least", threshold: float = 10.0, tolerance: float = 1.0, **roles: str) -> Claim:
        readings = tuple(Reading(name, role, name, "change", Span("topix", DAY, DAY)) for name, role in roles.items())
        return Claim(1, "flows", "short", "A claim.", "%", Test(rule, threshold, tolerance), readings, "because")

    return build


@pytest.fixture
def change_figure(project: Path) -> Callable[..., None]:
    """Changes figures of a bundled table in the project's copy: ``change_figure(table, column, value, **key)``."""

    def change(table: str, column: str, value: float, **key: str) -> None:
        path = project / "data" / f"{table}.csv"
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        chosen = pd.Series(True, index=rows.index)
        for name, wanted in key.items():
            chosen &= rows[name] == wanted
        assert chosen.any(), key
        rows.loc[chosen, column] = f"{value:g}" if not float(value).is_integer() else str(int(value))
        rows.to_csv(path, index=False)

    return change


@pytest.fixture
def change_ledger(project: Path) -> Callable[..., None]:
    """Changes a cell of the ledger in the project's copy."""

    def change(table: str, column: str, text: str, **key: str) -> None:
        path = project / "data" / f"{table}.csv"
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        chosen = pd.Series(True, index=rows.index)
        for name, wanted in key.items():
            chosen &= rows[name] == wanted
        assert chosen.sum() == 1, key
        rows.loc[chosen, column] = text
        rows.to_csv(path, index=False)

    return change
