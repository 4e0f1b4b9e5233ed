"""A local server that plays every publisher."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from pytest_httpserver import HTTPServer

from jpresearch import catalog, tables
from tests.sources.builders_mof import CLASSES, SIDES, columns, week_csv

MOF = "/www.mof.go.jp/policy/international_policy/reference/itn_transactions_in_securities/week.csv"


@pytest.fixture
def publishers(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """The server, standing in for every publisher's host; what it does not serve answers 404 or 500."""
    monkeypatch.setenv("JPRESEARCH_MIRROR", httpserver.url_for("/"))
    for name in [name for name in os.environ if name.startswith("JQUANTS")]:
        monkeypatch.delenv(name)
    return httpserver


@pytest.fixture
def mof_file() -> Callable[..., bytes]:
    """``week.csv`` with the table's last weeks and a newer one; ``corrected`` moves one figure of one week."""

    def write(*, newer: bool = True, corrected: str | None = None, updated: date = date(2026, 9, 24)) -> bytes:
        frame = tables.read(catalog.table("securities_flows")).drop_duplicates("period_end", keep="last").tail(60)
        weeks = [(row["period_start"].date(), figures(row)) for _, row in frame.iterrows()]
        if newer:
            weeks.append((weeks[-1][0] + timedelta(days=7), figures(frame.iloc[-1])))
        for sunday, week in weeks:
            if corrected is not None and sunday <= date.fromisoformat(corrected) <= sunday + timedelta(days=6):
                for name in ("equity_acquisition", "equity_net", "subtotal_net", "total_net"):
                    week[f"inward_{name}"] += 10
        return week_csv(weeks, updated)

    return write


def figures(row: pd.Series) -> dict[str, int]:  # type: ignore[type-arg]
    """The 22 figures of the file: those of the table, and sales and purchases made up to fit the nets it has."""
    known = {name: row.get(f"{name}_jpy_100mn") for name in columns()}
    for side in SIDES:
        for kind in CLASSES:
            net = f"{side}_{kind}_net"
            if known[f"{side}_{kind}_acquisition"] is None:
                known[f"{side}_{kind}_acquisition"] = 500_000 + max(known[net] or 0, 0)
                known[f"{side}_{kind}_disposition"] = known[f"{side}_{kind}_acquisition"] - (known[net] or 0)
    return {name: int(value or 0) for name, value in known.items()}


@pytest.fixture
def lines(project: Path) -> Callable[[str], list[str]]:
    """The lines of a table's file."""
    return lambda name: (project / "data" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
