"""Digests begun early are those of the files as they are when they are asked for."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from jpresearch.batch import file_digests
from tests.batch.conftest import comes_true


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def version(file: Path) -> tuple[int, int, int]:
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def test_a_digest_begun_early_is_known_by_the_files_version(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    assert file_digests.known(version(file)) is None
    file_digests.begin([tmp_path / "missing", file])
    assert comes_true(lambda: file_digests.known(version(file)) == sha(b"one"))
    assert file_digests.of(file) == sha(b"one")


def test_a_file_that_changed_since_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    file_digests.begin([file])
    assert comes_true(lambda: file_digests.known(version(file)) is not None)
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    assert file_digests.known(version(file)) is None
    assert file_digests.of(file) == sha(b"two")


def test_odd_names_and_very_many_files_are_told(tmp_path: Path) -> None:
    odd = [tmp_path / "with space", tmp_path / "two\nlines", tmp_path / os.fsdecode(b"no text \xff")]
    many = [tmp_path / f"{number:04d}" for number in range(3000)]
    for file in (*odd, *many):
        file.write_bytes(file.name.encode("utf-8", "surrogateescape"))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    file_digests.begin([tmp_path / "folder", tmp_path / "pipe", *odd, *many])
    file_digests.of(odd[0])
    told = [file_digests.known(version(file)) for file in (*odd, *many)]
    assert told == [sha(file.read_bytes()) for file in (*odd, *many)]


def test_where_no_process_can_be_had_digests_are_computed_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    monkeypatch.setattr(file_digests.sys, "executable", str(tmp_path / "no program"))
    file_digests.begin([file])
    assert file_digests.of(file) == sha(b"one")


def test_a_process_that_breaks_off_costs_only_the_head_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    program = tmp_path / "program.py"
    program.write_text("print('1 2'); print('7 x 3 ab'); print('1 2 3 ' + 'a' * 63)")
    monkeypatch.setattr(file_digests, "__file__", str(program))
    file_digests.begin([file])
    assert file_digests.of(file) == sha(b"one") and file_digests.known((1, 2, 3)) is None


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_digests.of(tmp_path / "missing")
