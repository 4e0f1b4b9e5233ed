"""Digests begun early are those of the files as they are when they are asked for."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from jpresearch.batch import file_digests


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def version(file: Path) -> tuple[int, int, int]:
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def test_a_digest_begun_early_is_known_by_the_files_version(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    assert file_digests.known(version(file)) is None
    file_digests.begin([tmp_path / "missing", file]).join()
    assert file_digests.known(version(file)) == sha(b"one") == file_digests.of(file)


def test_a_file_that_changed_since_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    file_digests.begin([file]).join()
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    assert file_digests.known(version(file)) is None
    assert file_digests.of(file) == sha(b"two")


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_digests.of(tmp_path / "missing")
