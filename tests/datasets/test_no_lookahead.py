"""What comes out later changes nothing of a dataset as of an earlier day: for every function."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jpresearch import catalog, tables
from jpresearch.datasets import pages
from jpresearch.errors import NotYetPublished
from jpresearch.tables.appending import render

ROOT = Path(__file__).resolve().parents[2]
LATER = [pytest.param(day, marks=pytest.mark.proof) for day in ("2018-06-29", "2026-09-17T12:00")]
DAYS = ["2025-09-05", *LATER]
CLASSES = ["foreigners", "individuals", "insurance"]
ARGUMENTS: dict[str, dict[str, Any]] = {
    "flows.weekly": {"classes": CLASSES, "unit": "bp_of_market_cap", "every": "4 weeks", "others": True},
    **{f"flows.{name}": {"classes": CLASSES} for name in ("bases", "newest", "published")},
    "flows.recent": {"classes": CLASSES[:2]},
    "positions.weekly": {"unit": "jpy_bn"},
    "world.index_returns": {"since": "2012-01-04"},
    "world.fund_returns": {"since": "2012-01-04"},
    "world.fx": {"every": "week"},
    "nisa.bought": {"first": "2013-12-31", "last": "2015-12-31"},
    "market.abroad": {"every": "day"},
    "market.sector_returns": {"every": "day"},
}
PRICES = "semiconductor_prices"


def later_splits(moment: pd.Timestamp) -> pd.Series[float]:
    """By code, new shares for one old share by all splits after the day: the bundled closes are restated for them."""
    splits = tables.read(catalog.table("splits"))
    ratios: pd.Series[float] = splits[splits["ex_date"] > moment.tz_localize(None)].groupby("code")["ratio"].prod()
    return ratios


def public(name: str, moment: pd.Timestamp) -> pd.DataFrame:
    """The rows of a table public by then, closes of shares on the basis of that day."""
    rows = tables.read(catalog.table(name))
    known = rows[rows["published_at"] <= moment]
    if name == PRICES:
        known = known.assign(close_jpy=known["close_jpy"] * known["code"].map(later_splits(moment)).fillna(1.0))
    return known


def corrected(rows: pd.DataFrame, table: catalog.Table, moment: pd.Timestamp) -> pd.DataFrame:
    """The rows, and later editions of the newest thirty of them with other figures, published after ``moment``."""
    if table.name == "splits":  # a corrected ratio would come with prices restated by it
        return rows
    newest = rows.sort_values("period_end").drop_duplicates(table.key, keep="last").tail(30)
    numbers = {name: newest[name] * 0.99 for name in table.of_type("number") if name not in table.key}
    later = (max(rows["published_at"].max(), moment) + pd.Timedelta(days=1)).floor("s")
    return pd.concat([rows, newest.assign(**numbers, published_at=later)])


@pytest.fixture(scope="module", params=DAYS)
def cut(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """A day, a home with what was public then and nothing else, and one with everything and later corrections."""
    moment = tables.moment(request.param)
    assert moment is not None
    homes = [tmp_path_factory.mktemp(name) for name in ("public", "corrected")]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JPRESEARCH_DATA", raising=False)
        patch.setenv("JPRESEARCH_HOME", str(ROOT))
        described = catalog.catalog()
        for home in homes:
            (home / "notebooks").mkdir()
            (home / "data").mkdir()
            shutil.copy(ROOT / "data" / "datapackage.json", home / "data")
        for name, table in described.items():
            texts = render(public(name, moment), table), render(corrected(tables.read(table), table, moment), table)
            for home, text in zip(homes, texts, strict=True):
                (home / "data" / table.path).write_text(text, encoding="utf-8")
    return request.param, homes[0], homes[1]


def result(home: Path, name: str, as_of: str, patch: pytest.MonkeyPatch) -> pd.DataFrame | None:
    patch.setenv("JPRESEARCH_HOME", str(home))
    patch.setenv("JPRESEARCH_AS_OF", as_of)  # as in a run: a read past the day is refused
    try:
        frame: pd.DataFrame = pages.function(name)(as_of, **ARGUMENTS.get(name, {}))
    except NotYetPublished:
        return None
    return frame


@pytest.mark.parametrize("name", sorted(pages.functions()))
def test_a_dataset_knows_what_was_public_and_nothing_else(
    name: str, cut: tuple[str, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of, known, later = cut
    whole, truncated, with_corrections = (result(home, name, as_of, monkeypatch) for home in (ROOT, known, later))
    if whole is None or truncated is None or with_corrections is None:
        assert whole is truncated is with_corrections is None
        return
    pd.testing.assert_frame_equal(whole, truncated)
    pd.testing.assert_frame_equal(whole, with_corrections)
    assert whole.attrs["about"] == truncated.attrs["about"] == with_corrections.attrs["about"]


@pytest.mark.parametrize("name", sorted(pages.functions()))
def test_a_dataset_says_what_its_values_are_and_names_its_index(name: str) -> None:
    frame = pages.function(name)("2026-09-17", **ARGUMENTS.get(name, {}))
    told = frame.attrs["about"]
    assert frame.index.name and told.unit and told.span and told.holds(frame)
    known = set(catalog.catalog())
    assert set(told.sources) <= known
    numbers = frame.select_dtypes("number")
    assert not np.isinf(numbers.to_numpy(dtype="float64")).any()
    if isinstance(frame.index, pd.DatetimeIndex):
        assert frame.index.is_monotonic_increasing and frame.index.tz is None
