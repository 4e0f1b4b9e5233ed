"""A table that is a link to a file elsewhere is read and written there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from jpresearch import catalog, tables
from jpresearch.errors import DescriptorInvalid


def test_a_linked_table_stays_a_link_when_rows_are_added(project: Path, tmp_path: Path) -> None:
    link, elsewhere = project / "data" / "boj_policy.csv", tmp_path / "elsewhere" / "boj.csv"
    elsewhere.parent.mkdir()
    shutil.move(link, elsewhere)
    link.symlink_to(elsewhere)
    newest = tables.read(catalog.table("boj_policy")).iloc[[-1]].copy()
    for name in ("period_start", "period_end", "published_at"):
        newest[name] = newest[name] + pd.Timedelta(days=1)
    for name in catalog.table("boj_policy").of_type("date"):
        newest[name] = newest["period_end"]
    before = elsewhere.read_text()
    assert tables.append("boj_policy", newest) == 1
    assert link.is_symlink() and len(elsewhere.read_text()) > len(before)
    assert sorted(path.name for path in elsewhere.parent.iterdir()) == ["boj.csv"]


def test_a_pattern_that_is_no_expression_is_said_with_its_descriptor(project: Path) -> None:
    descriptor = project / "data" / "datapackage.json"
    package = json.loads(descriptor.read_text())
    package["resources"][0]["schema"]["fields"][0]["constraints"] = {"pattern": "(["}
    descriptor.write_text(json.dumps(package))
    with pytest.raises(DescriptorInvalid, match="no regular expression"):
        catalog.catalog()
