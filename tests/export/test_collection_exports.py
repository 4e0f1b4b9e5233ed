"""Every report of the collection as slides, mail and PDF: opened again, slides by an office program as well."""

from __future__ import annotations

import email
import shutil
import subprocess
import zipfile
from email import policy
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pptx import Presentation

from jpresearch.export.content import Content, read
from jpresearch.export.mail import mail
from jpresearch.export.moves import moves
from jpresearch.export.slides import Slides, slides
from jpresearch.report.native import native

pytestmark = pytest.mark.xdist_group("collection")
DRAWN = ("lines", "cumulative", "bars", "stack", "scatter")


@cache
def content_of(folder: Path) -> Content:
    return read(folder)


@cache
def made_of(folder: Path) -> Slides:
    return slides(content_of(folder))


def test_every_lead_finding_has_its_slide_and_at_least_half_of_lines_and_bars_can_be_edited(everything: Path) -> None:
    content, made = content_of(everything), made_of(everything)
    titles = [slide.shapes.title.text for slide in Presentation(BytesIO(made.content)).slides]
    assert titles[1:] == [finding.text for report in content.reports for finding in report.leads]
    shown = {*made.charts, *made.pictures}
    drawn = [
        f"{report.job.name}/{figure.name}"
        for report in content.reports
        for figure in report.figures.values()
        if (chart := native(figure.payload)) is not None and chart.kind in DRAWN
    ]
    asked = [name for name in drawn if name in shown]
    assert len(made.charts) * 2 >= len(asked) > 10


def test_the_mail_of_the_collection_has_every_answer_and_a_picture_for_each(everything: Path) -> None:
    content = content_of(everything)
    message = email.message_from_bytes(mail(content, moves(content, None)), policy=policy.default)
    assert not any(part.defects for part in message.walk())
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds.count("image/png") == len(content.reports) == len(content.run.jobs)
    body = message.get_body(("plain",))
    text = " ".join(str(body.get_content()).split()) if body is not None else ""
    assert all(" ".join(report.answer.split()) in text for report in content.reports)


@pytest.mark.proof
def test_slides_convert_in_an_office_program_and_are_whole(everything: Path, tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice here: install Debian's package libreoffice-impress")
    made, file = made_of(everything), tmp_path / "slides.pptx"
    file.write_bytes(made.content)
    command = [
        program,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        file.name,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "repair" not in (done.stdout + done.stderr).lower()
    pypdf = pytest.importorskip("pypdf")
    assert len(pypdf.PdfReader(tmp_path / "slides.pdf").pages) == made.count
    _require_sound_parts(made.content)


def _require_sound_parts(content: bytes) -> None:
    """Every part is well-formed and none is there twice."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        for name in names:
            if name.endswith((".xml", ".rels")):
                ET.fromstring(archive.read(name))


@pytest.mark.proof
def test_the_pdf_of_the_collection_has_a_bookmark_for_every_report(
    everything: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jpresearch.export import browser
    from jpresearch.export.pdf import pdf
    from tests.report.conftest import program

    monkeypatch.setenv(browser.VARIABLE, program())
    pypdf = pytest.importorskip("pypdf")
    content = content_of(everything)
    made: Any = pypdf.PdfReader(BytesIO(pdf(content).content))
    titles = [each.title for each in made.outline if not isinstance(each, list)]
    assert titles[1:] == [report.name for report in content.reports]
