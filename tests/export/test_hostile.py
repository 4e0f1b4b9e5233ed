"""Records and notebooks from elsewhere: nothing is written or read outside the folder asked for, nothing breaks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from jpresearch.errors import DataError
from jpresearch.export.exporting import export
from jpresearch.export.writing import Request

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def copied(run_folder: Path, tmp_path: Path) -> Path:
    """The made-up run in a folder of runs of its own, deep enough for paths that lead out of it."""
    shutil.copytree(run_folder, tmp_path / "a" / "reports" / run_folder.name)
    return tmp_path / "a" / "reports" / run_folder.name


def rewrite(folder: Path, change: Change) -> None:
    record = json.loads((folder / "record.json").read_text())
    change(record)
    (folder / "record.json").write_text(json.dumps(record))


def outside(folder: Path) -> set[Path]:
    root = folder.parents[2]
    return {path for path in root.rglob("*") if path.is_file() and folder not in path.parents} - {
        folder.parent / ".history.jsonl"
    }


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "..", "a/b", "a\\b", "x\x00y", "x\r\nBcc: a@b", "", "x" * 300])
@pytest.mark.parametrize("key", ["id", "name", "notebook", "page", "executed_notebook", "workbook"])
def test_a_record_whose_names_lead_elsewhere_is_refused(key: str, name: str, copied: Path) -> None:
    whole = key == "id"
    if not name and key == "name":
        return  # a job of the oldest records: called as its notebook
    rewrite(copied, lambda record: (record if whole else record["jobs"][0]).update({key: name}))
    for form in ("png", "mail", "site"):
        with pytest.raises(DataError, match="the run record cannot be read"):
            list(export(copied, [Request(form, ("01_foreign_flows",))]))
    assert not outside(copied)


@pytest.mark.parametrize(
    "change",
    [lambda record, year=year: record.update(started_at=f"{year}-12-31T23:59:59Z") for year in ("9999", "0001")]
    + [lambda record: record["jobs"][0].update(started_at="9999-12-31T23:59:59Z")]
    + [lambda record: record["jobs"][0]["metrics"][0].update(value=10**400)],
)
def test_a_record_with_moments_and_numbers_that_nothing_can_show_is_refused(change: Change, copied: Path) -> None:
    rewrite(copied, change)
    with pytest.raises(DataError, match="the run record cannot be read"):
        list(export(copied, [Request("mail")]))


@pytest.mark.parametrize("name", ["\u202eid", "日本", "<b>'\"&", "\ufffe", "{run}", "=1+1"])
def test_a_strange_id_stays_one_line_of_a_mail(name: str, copied: Path) -> None:
    rewrite(copied, lambda record: record.update(id=name))
    rewrite(copied, lambda record: record["jobs"][0].update(title=f"{name}\nBcc: a@b", page="javascript:alert(1)"))
    (mail,) = export(copied, [Request("mail", address="https://desk")])
    message = message_from_bytes(mail.path.read_bytes(), policy=default)
    assert message["Bcc"] is None and len(message["Message-ID"].splitlines()) == 1
    (site,) = export(copied, [Request("site")])
    assert 'href="javascript:' not in (site.path / "index.html").read_text()
    assert not outside(copied)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"cells": 5}', b'{"cells":' + b"[" * 5000 + b"]" * 5000 + b"}",
     b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [null]}', b'{"nbformat": 99, "cells": []}',
     b'{"nbformat": 4, "nbformat_minor": 5, "metadata": 5, "cells": [{"cell_type": "code", "outputs": 5}]}'],
)  # fmt: skip
def test_a_damaged_notebook_is_said(content: bytes, copied: Path) -> None:
    (copied / "01_foreign_flows.ipynb").write_bytes(content)
    with pytest.raises(DataError, match="the executed notebook cannot be read"):
        list(export(copied, [Request("png")]))


def test_a_run_without_its_files_is_said(copied: Path) -> None:
    for path in copied.glob("*.ipynb"):
        path.unlink()
    with pytest.raises(DataError, match="the executed notebook cannot be read"):
        list(export(copied, [Request("site")]))
