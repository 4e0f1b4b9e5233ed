"""Mail: parts, pictures, subject, text; hostile words stay words."""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from jpresearch import publish
from jpresearch.export.content import read
from jpresearch.export.mail import mail, subject
from jpresearch.export.moves import moves, run_before
from tests.export.builders import flows, gpif, write_run
from tests.report.builders_runs import table

ADDRESS = "https://intranet.example/reports"


def message(folder: Path, address: str = "") -> EmailMessage:
    content = read(folder)
    sent = mail(content, moves(content, run_before(content)), address)
    return cast(EmailMessage, email.message_from_bytes(sent, policy=policy.default))


def html_of(found: EmailMessage) -> str:
    body = found.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def text_of(found: EmailMessage) -> str:
    body = found.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second run of two: a slope has moved in one of the reports."""
    reports = tmp_path_factory.mktemp("two")
    write_run(reports, {"03_gpif": gpif, "01_foreign_flows": flows}, week=0)
    return write_run(reports, {"01_foreign_flows": lambda: flows(9.0), "03_gpif": gpif}, week=1)


def test_the_parts_are_text_then_html_with_pictures_inside(run_folder: Path) -> None:
    found = message(run_folder)
    assert found.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in found.walk()]
    assert kinds == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png",
    ]  # fmt: skip
    assert found["X-Unsent"] == "1"
    assert not found.defects


def test_every_picture_is_shown_by_its_content_id_and_nothing_is_loaded(run_folder: Path) -> None:
    found = message(run_folder)
    shown = re.findall(r'<img src="([^"]+)"', html_of(found))
    inside = [f"cid:{part['Content-ID'].strip('<>')}" for part in found.walk() if part["Content-ID"]]
    assert shown == inside
    assert len(shown) == 2
    assert all(part.get_content_disposition() == "inline" for part in found.walk() if part["Content-ID"])
    assert "http" not in html_of(found).replace("http-equiv", "")
    assert all('alt="' in tag for tag in re.findall(r"<img[^>]+>", html_of(found)))


def test_the_text_stands_alone(run_folder: Path) -> None:
    text = text_of(message(run_folder))
    assert "TOPIX gains 30 bp as foreigners buy" in " ".join(text.split())
    assert "GPIF's share is inside its policy band." in " ".join(text.split())
    assert "Same week: 30 bp (95% CI 22 to 37)" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 998


def test_the_subject_is_the_answer_that_changed_most(two_runs: Path) -> None:
    found = message(two_runs)
    assert str(found["Subject"]).startswith("01 Foreign flows: TOPIX gains 39 bp")
    assert "Same week: 30 bp → 39 bp" in " ".join(text_of(found).split())
    assert ">39 bp<" in html_of(found)


def test_without_an_earlier_run_the_first_answer_is_the_subject(run_folder: Path) -> None:
    content = read(run_folder)
    assert run_before(content) is None
    assert subject(content, moves(content, None)).startswith("01 Foreign flows: TOPIX gains 30 bp")
    assert "there is no earlier run to compare with" in text_of(message(run_folder))


def test_links_lead_to_the_pages_where_they_can_be_read(run_folder: Path) -> None:
    found = message(run_folder, ADDRESS + "/")
    page = f"{ADDRESS}/{run_folder.name}/01_foreign_flows.html"
    assert f'href="{page}"' in html_of(found)
    assert page in text_of(found)


def test_hostile_words_stay_words_and_a_subject_stays_one_line(tmp_path: Path) -> None:
    def hostile() -> None:
        publish.answer("<script>alert(1)</script> Bcc: a@b.example", typed=True)

    found = message(write_run(tmp_path, {"01_a": hostile}, title="x\nBcc: victim@example.com"))
    assert "<script>" not in html_of(found)
    assert "&lt;script&gt;" in html_of(found)
    assert found["Bcc"] is None
    assert "\n" not in str(found["Subject"])


def test_the_frame_speaks_the_language_of_the_reports(tmp_path: Path) -> None:
    found = message(write_run(tmp_path, {"03_gpif": gpif}, lang="ja"))
    assert "結論" in html_of(found)
    assert "変化した数値" in text_of(found)
    assert "GPIF's share is inside its policy band." in text_of(found)


def views() -> None:
    """A report that speaks for all."""
    publish.answer("Profit-taking, not a correction.", typed=True)
    publish.metric("house_view", "profit-taking", label="House view", lead=True)


def test_the_house_view_is_that_of_the_report_that_publishes_one_whatever_it_is_called(tmp_path: Path) -> None:
    folder = write_run(tmp_path, {"01_foreign_flows": flows, "77_desk": views})
    found = message(folder)
    assert "House view\n  Profit-taking, not a correction." in text_of(found)
    assert "House view</h2>" in html_of(found)
    assert "Profit-taking, not a correction." in html_of(found).split("Answers</h2>")[0]


def test_a_report_called_nought_without_a_house_view_is_one_of_the_others(tmp_path: Path) -> None:
    found = message(write_run(tmp_path, {"00_start": flows, "03_gpif": gpif}))
    assert "House view" not in text_of(found) + html_of(found)


@pytest.mark.parametrize("note", ["Error: mof_weekly: <b>no answer</b>\nBcc: a@b", "x" * 5000])
def test_a_note_stands_before_all_else_and_stays_text(note: str, run_folder: Path) -> None:
    content = read(run_folder)
    sent = mail(content, moves(content, None), note=note)
    found = cast(EmailMessage, email.message_from_bytes(sent, policy=policy.default))
    first = text_of(found).split("\n\n")[1]
    assert " ".join(first.split())[:40] == " ".join(note.split())[:40] and len(first) < 700
    assert found["Bcc"] is None and "<b>no answer" not in html_of(found)
    assert html_of(found).index(note[:17]) < html_of(found).index("Answers</h2>")


def test_late_tables_are_called_by_their_titles_with_days_as_people_write_them(tmp_path: Path) -> None:
    names = ("gpif_portfolio", "semiconductor_filings", "desk_table")
    reads = [table(name, newest="2026-07-31", age_days=60, allowance_days=14) for name in names]
    text = " ".join(text_of(message(write_run(tmp_path, tables=reads))).split())
    assert (
        "Late data: GPIF portfolio to 31 Jul 2026; Chip names, earnings disclosures to 31 Jul 2026; desk_table" in text
    )
