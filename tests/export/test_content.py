"""Which reports leave, and what is said of the others."""

from __future__ import annotations

import email
from email import policy
from io import BytesIO
from pathlib import Path

import pytest
from pptx import Presentation

from jpresearch import record
from jpresearch.errors import CallError, DataError, UnknownName
from jpresearch.export.content import read
from jpresearch.export.mail import mail
from jpresearch.export.moves import moves
from jpresearch.export.slides import slides
from jpresearch.record import Failure, Status
from tests.export.builders import gpif, write_run
from tests.report.builders_runs import job


def test_a_notebook_is_named_in_full_or_by_its_number(run_folder: Path) -> None:
    assert [report.job.name for report in read(run_folder, ["03"]).reports] == ["03_gpif"]
    assert [report.job.name for report in read(run_folder, ["03_gpif.ipynb", "01"]).reports] == [
        "03_gpif",
        "01_foreign_flows",
    ]


def test_an_unknown_notebook_is_refused_with_those_there_are(run_folder: Path) -> None:
    with pytest.raises(UnknownName, match="Allowed: 01_foreign_flows, 03_gpif"):
        read(run_folder, ["07"])


def test_a_report_that_failed_is_left_out_and_named(tmp_path: Path) -> None:
    failed = job("04_nisa", status=Status.FAILED, failure=Failure(type="ValueError", message="no", cell=3))
    content = read(write_run(tmp_path, {"03_gpif": gpif}, failed))
    assert [report.job.name for report in content.reports] == ["03_gpif"]
    assert len(content.left_out) == 1
    assert content.left_out[0].startswith("04_nisa: ")
    assert "ValueError: no" in content.left_out[0]


def test_a_named_report_that_failed_is_an_error(tmp_path: Path) -> None:
    failed = job("04_nisa", status=Status.FAILED, failure=Failure(type="ValueError", message="no", cell=3))
    with pytest.raises(DataError, match="ValueError: no"):
        read(write_run(tmp_path, {"03_gpif": gpif}, failed), ["04_nisa"])


def test_of_several_days_the_newest_leaves_unless_one_is_named(tmp_path: Path) -> None:
    cells = {"03_gpif--as_of-2026-03-31": gpif, "03_gpif--as_of-2026-06-30": gpif}
    folder = write_run(tmp_path, cells)
    run = record.read(folder)
    for each, day in zip(run.jobs, ("2026-03-31", "2026-06-30"), strict=True):
        each.parameters["as_of"] = day
    record.write(run, folder)
    content = read(folder)
    assert [report.day for report in content.reports] == ["2026-06-30"]
    assert content.left_out == ("1 jobs at other days or parameters; name one to export it",)
    assert [report.day for report in read(folder, ["03_gpif--as_of-2026-03-31"]).reports] == ["2026-03-31"]


def test_a_run_that_goes_on_is_refused(tmp_path: Path) -> None:
    folder = write_run(tmp_path, {"03_gpif": gpif})
    record.write(record.read(folder).model_copy(update={"ended_at": None}), folder)
    with pytest.raises(CallError, match="still going on"):
        read(folder)


def test_a_notebook_that_cannot_be_read_is_a_data_error(tmp_path: Path) -> None:
    folder = write_run(tmp_path, {"03_gpif": gpif})
    (folder / "03_gpif.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"03_gpif\.ipynb"):
        read(folder)


def test_a_record_with_unwritable_letters_still_leaves(tmp_path: Path) -> None:
    odd = "a\x0bb\x01<&>\n=c"
    failed = job("04_nisa", status=Status.FAILED, failure=Failure(type=odd, message=odd, cell=3))
    content = read(write_run(tmp_path, {"03_gpif": gpif}, failed))
    for report in content.reports:
        report.job.title, report.job.parameters["lags"] = odd, odd
    deck = Presentation(BytesIO(slides(content).content))
    assert "a\ufffdb\ufffd<&>" in deck.slides[1].notes_slide.notes_text_frame.text
    message = email.message_from_bytes(mail(content, moves(content, None)), policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None and "a\ufffdb\ufffd<&>" in body.get_content()
