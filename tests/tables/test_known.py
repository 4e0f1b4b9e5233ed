"""What a table held at a moment: found once, whatever moment between two publications is named."""

from __future__ import annotations

import pandas as pd
import pytest

from jpresearch import catalog, tables
from jpresearch.tables import known

NAME = "investor_flows"


def test_moments_between_two_publications_share_one_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    published = tables.read(catalog.table(NAME))["published_at"].drop_duplicates().sort_values()
    before, after = published.iloc[-2], published.iloc[-1]
    asked: list[int] = []
    digest = known.content_hash
    monkeypatch.setattr(known, "_found", type(known._found)())
    monkeypatch.setattr(known, "content_hash", lambda frame: asked.append(len(frame)) or digest(frame))
    first = tables.newest(NAME, before)
    assert tables.newest(NAME, after - pd.Timedelta(minutes=1)) | {"as_of": None} == first | {"as_of": None}
    assert len(asked) == 1
    assert tables.newest(NAME, after)["content_hash"] != first["content_hash"]
    assert len(asked) == 2


def test_no_more_is_kept_than_a_desk_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_found", type(known._found)())
    monkeypatch.setattr(known, "MOST", 3)
    for day in pd.bdate_range("2024-01-04", periods=5, freq="W-FRI"):
        tables.load(NAME, day.date())
    assert len(known._found) == 3
