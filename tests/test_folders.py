"""Files of a shared folder are read where they are files, and nothing else is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.errors import DataError
from jpresearch.folders import plain_text


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
