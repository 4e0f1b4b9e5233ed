"""Tables that a test writes for itself, in the descriptor's form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from jpresearch import catalog
from jpresearch.clock import NOW_VARIABLE
from jpresearch.tables.appending import render

Write = Callable[[str, pd.DataFrame], None]


@pytest.fixture
def write(project: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Replaces a table of the project by rows of the test's own, on a day on which the latest of them are out.

    ``published_at`` may be a day (its end) or a moment; ``period_start``, ``grade`` and ``source`` may be left out.
    """

    monkeypatch.setenv(NOW_VARIABLE, "2031-06-30T12:00")

    def replace(name: str, rows: pd.DataFrame) -> None:
        table = catalog.table(name)
        frame = rows.assign(period_end=pd.to_datetime(rows["period_end"]))
        frame["published_at"] = [pd.Timestamp(text, tz="Asia/Tokyo") for text in frame["published_at"]]
        blank = {"period_start": frame["period_end"], "grade": "rule", "source": next(iter(table.sources))}
        for column in table.columns:
            if column.name not in frame:
                missing = float("nan") if column.type in ("number", "integer") else None
                frame[column.name] = blank.get(column.name, missing)
        table.file.write_text(render(frame[table.column_names], table), encoding="utf-8")

    return replace


def flows(market: str, investor: str, net: dict[str, float], published: str = "2030-01-01") -> pd.DataFrame:
    """Rows of ``investor_flows``: net purchases in JPY bn by week."""
    rows = {"market": market, "investor": investor, "period_end": list(net), "published_at": published}
    return pd.DataFrame(rows | {"net_jpy_mn": [1000 * value for value in net.values()], "coverage": "net"})
