"""Files are read where they are files, and written whole; nothing else is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.errors import DataError
from jpresearch.files import plain_text, write_atomically


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("日本")
    (tmp_path / "link").symlink_to("file")
    assert plain_text(tmp_path / "file") == plain_text(tmp_path / "link") == "日本"
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    for name in ("pipe", "device", "", "none"):
        with pytest.raises(OSError, match=r"no regular file|Is a directory|No such file"):
            plain_text(tmp_path / name)


def test_a_pipe_in_the_place_of_a_record_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / record.FILE_NAME)
    with pytest.raises(DataError, match=r"the run record cannot be read: .*no regular file"):
        record.read(tmp_path)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "record.json"
    write_atomically(file, "old")

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        write_atomically(file, "new")
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]
