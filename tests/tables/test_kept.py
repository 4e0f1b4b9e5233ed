"""A table checked once is read at once by the next process; a copy that is not what was kept counts as none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from jpresearch import catalog, tables
from jpresearch.errors import TableInvalid
from jpresearch.tables import reading
from jpresearch.tables.known import content_hash

NAMES = sorted(table.name for table in catalog.read_package(Path(__file__).parents[2] / "data" / "datapackage.json"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is kept."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("JPRESEARCH_CACHE", str(folder))
    monkeypatch.setattr(reading, "_cache", type(reading._cache)())
    return folder


def forget() -> None:
    """As in a new process."""
    reading._cache.clear()


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no file may be checked or converted."""

    def refuse(*_: object) -> None:
        raise AssertionError("the file was read again")

    monkeypatch.setattr(reading, "quick", refuse)
    monkeypatch.setattr(reading, "_parse", refuse)


@pytest.mark.parametrize("name", NAMES)
def test_the_next_process_gets_the_same_frame_without_checking(
    name: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tables.load(name)
    forget()
    unread(monkeypatch)
    again = tables.load(name)
    pd.testing.assert_frame_equal(again, first)
    assert content_hash(again) == content_hash(first)
    again.iloc[:, -1] = None
    forget()
    pd.testing.assert_frame_equal(tables.load(name), first)


@pytest.mark.parametrize("place", [0, 40, -1])
def test_an_altered_copy_counts_as_none(place: int, cache: Path) -> None:
    first = tables.load("splits")
    (file,) = (cache / "tables").iterdir()
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    forget()
    pd.testing.assert_frame_equal(tables.load("splits"), first)


@pytest.mark.parametrize("left", [0, 10, 100])
def test_a_torn_copy_counts_as_none(left: int, cache: Path) -> None:
    first = tables.load("splits")
    (file,) = (cache / "tables").iterdir()
    file.write_bytes(file.read_bytes()[:left])
    forget()
    pd.testing.assert_frame_equal(tables.load("splits"), first)


def test_where_nothing_can_be_kept_the_table_is_read_all_the_same(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert len(tables.load("splits")) > 0


def test_another_file_or_another_description_is_checked_anew(cache: Path, project: Path) -> None:
    before = tables.load("splits")
    file = project / "data" / "splits.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",5,", ",6,", 1), encoding="utf-8")
    forget()
    assert (tables.load("splits")["ratio"] == 6).sum() == (before["ratio"] == 6).sum() + 1
    descriptor = project / "data" / "datapackage.json"
    text = descriptor.read_text(encoding="utf-8").replace('"company-splits"', '"companies"')
    descriptor.write_text(text, encoding="utf-8")
    with pytest.raises(TableInvalid, match="source"):
        tables.load("splits")


def test_a_table_that_breaks_its_schema_is_never_kept(cache: Path, project: Path) -> None:
    file = project / "data" / "splits.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",5,", ",five,", 1), encoding="utf-8")
    with pytest.raises(TableInvalid):
        tables.load("splits")
    assert not cache.exists()


def test_of_a_table_a_few_editions_are_kept(cache: Path, project: Path) -> None:
    file = project / "data" / "splits.csv"
    text = file.read_text(encoding="utf-8")
    for ratio in range(6, 12):
        file.write_text(text.replace(",5,", f",{ratio},", 1), encoding="utf-8")
        tables.load("splits")
    assert len(list((cache / "tables").iterdir())) == 3
