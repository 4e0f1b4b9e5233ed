"""One writer at a time, whatever lies in the place of its lock; and files too wide to be read are refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpresearch.sources import locking, updating
from jpresearch.sources.model import SourceError


@pytest.mark.parametrize("name", [locking.HOLDER_NAME, ".investor_flows.csv.abc.part"])
def test_a_folder_in_the_place_of_holder_or_part_hinders_nobody(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with locking.sole_writer(tmp_path):
        assert (tmp_path / locking.LOCK_NAME).is_file()
    assert (tmp_path / name).is_dir()


def test_a_folder_in_the_place_of_the_lock_is_said(tmp_path: Path) -> None:
    (tmp_path / locking.LOCK_NAME).mkdir()
    with pytest.raises(SourceError, match="cannot be taken"), locking.sole_writer(tmp_path):
        pass


def test_a_part_that_an_earlier_writer_left_goes(tmp_path: Path) -> None:
    part = tmp_path / ".boj_policy.csv.abc.part"
    part.write_text("half")
    with locking.sole_writer(tmp_path):
        assert not part.exists()


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
def test_a_row_of_millions_of_cells_is_refused_before_it_is_read(separator: bytes, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_bytes(b"a,b\n1,2\n" + separator * 20_000_000)
    result = updating._read_file(file, [])
    assert isinstance(result, SourceError) and "more than 20,000 cells" in str(result)


def test_a_long_table_of_few_columns_is_not_wide(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_bytes(b"a,b\n" * 50_000)
    assert updating._read_file(file, []) is None
