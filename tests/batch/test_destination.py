"""Folders and addresses that runs go to."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpresearch.batch import destination
from jpresearch.errors import DataError


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("s3://desk/reports", False),
        ("simplecache::s3://desk/reports", False),
        ("abfs://desk@account/reports", False),
        ("/data/reports", True),
        ("reports", True),
        ("C:/reports", True),
        ("odd:name", True),
    ],
)
def test_an_address_is_told_from_a_path(text: str, local: bool) -> None:
    assert destination.is_local(text) == local


def test_an_output_is_settled_as_typed(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert destination.settled(None) == str(project / "reports")
    assert destination.settled("out") == str(tmp_path / "out")
    assert destination.settled(f"file://{tmp_path}/out") == str(tmp_path / "out")
    assert destination.settled("s3://desk/reports/") == "s3://desk/reports"


def test_an_address_has_a_folder_of_its_own_here(project: Path) -> None:
    one, other = (destination.local_folder(f"s3://desk/{name}") for name in ("a", "b"))
    assert one.parent == other.parent == project / "reports" / ".remote"
    assert one != other
    assert destination.local_folder("s3://desk/a") == one


def test_files_are_moved_to_a_folder_and_hidden_ones_stay(tmp_path: Path) -> None:
    staging, folder = tmp_path / "staging", tmp_path / "run"
    staging.mkdir()
    folder.mkdir()
    for name in ("a.html", "a.ipynb", ".a.part"):
        (staging / name).write_text(name)
    assert destination.deliver(staging, [str(folder)]) == ["a.html", "a.ipynb"]
    assert {path.name for path in folder.iterdir()} == {"a.html", "a.ipynb"}
    assert {path.name for path in staging.iterdir()} == {".a.part"}


def test_files_go_to_an_address_and_come_back(tmp_path: Path) -> None:
    staging, folder = tmp_path / "staging", tmp_path / "back"
    staging.mkdir()
    folder.mkdir()
    (staging / "a.html").write_text("page")
    address = "memory://desk/run"
    destination.require_reachable(address)
    destination.deliver(staging, [address])
    destination.fetch(["a.html"], address, folder)
    assert (folder / "a.html").read_text() == "page"
    with pytest.raises(OSError, match="missing"):
        destination.fetch(["missing.html"], address, folder)
    assert [path.name for path in folder.iterdir()] == ["a.html"]


def test_an_address_nobody_understands_is_said() -> None:
    with pytest.raises(DataError, match="nowhere://desk"):
        destination.require_reachable("nowhere://desk")
    with pytest.raises(OSError, match="nowhere://desk"):
        destination.upload([], "nowhere://desk")
