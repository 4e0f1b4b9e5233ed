"""No artefact that leaves holds the figures of a table that may leave in derived form only."""

from __future__ import annotations

import email
import re
import zipfile
from email import policy
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from pptx import Presentation

from jpresearch import charts, load, publish
from jpresearch.catalog import read_package
from jpresearch.export.content import read
from jpresearch.export.leaving import leaving_page
from jpresearch.export.mail import mail
from jpresearch.export.moves import moves
from jpresearch.export.pictures import pictures
from jpresearch.export.slides import slides
from jpresearch.report.page import write_page
from tests.batch.commands import make_project
from tests.export.builders import write_run

# A table whose `export` is `derived`, and one whose `export` is `yes`.
STAYS = "nikkei_total_return"
LEAVES = "boj_etf_purchases"
DAYS = pd.bdate_range("2026-01-05", periods=40)
VALUES = np.round(71_000 + np.cumsum(np.random.default_rng(5).normal(0, 900, 40)), 2)
# What gives the figures that stay back: running sums above a constant, and the figures at one rate of exchange.
SUMMED = np.round(np.cumsum(VALUES - 65_000), 2)
SCALED = np.round(VALUES / 147.3, 6)
FREE = np.round(np.random.default_rng(6).uniform(4100, 9900, 40), 1)


def publish_levels() -> None:
    """Levels of both tables as figures of every kind and as tables, and changes of the one that stays."""
    stays = load(STAYS).set_index("period_end")["total_return_index_points"]
    leaves = load(LEAVES).set_index("period_end")["index_etf_jpy_100mn"]
    words = {"unit": "points", "source": "A publisher", "alt": "Over forty days."}
    publish.finding("Lines.", figure="lines", lead=True, typed=True)
    publish.figure("lines", charts.lines(stays.to_frame("Index"), title="Lines", **words), lead=True)
    publish.finding("Bars.", figure="bars", lead=True, typed=True)
    publish.figure("bars", charts.bars(stays.tail(20), title="Bars", **words))
    publish.finding("Stack.", figure="stack", lead=True, typed=True)
    publish.figure("stack", charts.stack(stays.to_frame("a").assign(b=1.0), title="Stack", **words))
    publish.finding("Changes.", figure="changes", lead=True, typed=True)
    publish.figure("changes", charts.lines((100 * stays.pct_change()).to_frame("Change"), title="Changes", **words))
    publish.finding("Free.", figure="free", lead=True, typed=True)
    publish.figure("free", charts.lines(leaves.to_frame("Purchases"), title="Free", **words))
    publish.table("closed", stays.reset_index(), caption="What stays")
    publish.table("open", leaves.reset_index(), caption="What leaves")


def publish_sums() -> None:
    """What gives the levels back: running sums, and levels at a rate of exchange, in every form."""
    stays = load(STAYS).set_index("period_end")["total_return_index_points"]
    words = {"unit": "points", "source": "A publisher"}
    summed = (stays - 65_000).cumsum()
    publish.finding("Sums.", figure="sums", lead=True, typed=True)
    publish.figure("sums", charts.lines(summed.to_frame("Sums"), title="Sums", **words), lead=True)
    publish.finding("Pairs.", figure="pairs", lead=True, typed=True)
    pairs = pd.DataFrame({"Summed": summed.to_numpy(), "Scaled": stays.to_numpy() / 147.3})
    publish.figure("pairs", charts.scatter(pairs, title="Pairs", x_unit="%", **words))
    publish.table("summed", summed.reset_index(), caption="Sums that stay")
    publish.table("across", (stays / 147.3).to_frame("Scaled").T.rename_axis("What"), caption="Days across")
    publish.table("written", summed.map("{:,.2f} points".format).reset_index(), caption="Sums in words")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a project of its own, with page and workbook."""
    home = make_project(tmp_path_factory.mktemp("project") / "home", {})
    rows = {"period_start": DAYS, "period_end": DAYS, "total_return_index_points": VALUES}
    write_rows(home, STAYS, pd.DataFrame(rows), "nikkei")
    rows = {"period_start": DAYS, "period_end": DAYS, "index_etf_jpy_100mn": FREE}
    write_rows(home, LEAVES, pd.DataFrame(rows), "boj")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JPRESEARCH_HOME", str(home))
        patch.delenv("JPRESEARCH_DATA", raising=False)
        made = write_run(tmp_path_factory.mktemp("reports"), {"01_a": publish_levels, "02_b": publish_sums})
        content = read(made)
        for report in content.reports:
            write_page(report.published.notebook, report.job, content.run, made / f"{report.job.name}.html")
    return made


def write_rows(home: Path, table: str, rows: pd.DataFrame, source: str) -> None:
    described = next(each for each in read_package(home / "data" / "datapackage.json") if each.name == table)
    published = rows["period_end"].dt.strftime("%Y-%m-%dT18:00:00+09:00")
    name = next(name for name in described.sources if source in name)
    full = rows.assign(published_at=published, grade="stated", source=name)
    full.reindex(columns=described.column_names).to_csv(described.file, index=False, date_format="%Y-%m-%d")


def unpacked(content: bytes) -> str:
    """Everything that a file holds as text: archives in it opened, one in the other."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return "\n".join(unpacked(archive.read(name)) for name in archive.namelist())
    return content.decode("utf-8", "replace")


def held(text: str, values: np.ndarray, coarsest: int = 0) -> int:
    """How many of the values a text holds, rounded to ``coarsest`` digits behind the point or more finely."""
    plain = re.sub(r"(?<=\d)[,\u202f](?=\d{3}(?!\d))", "", text)
    places = range(coarsest, 7)
    numbers = {round(float(number), each) for number in re.findall(r"\d+(?:\.\d+)?", plain) for each in places}
    return sum(bool({round(value, each) for each in places} & numbers) for value in values.tolist())


def staying(text: str) -> int:
    """How many figures a text holds that stay, or that give those back."""
    return held(text, VALUES) + held(text, SUMMED[5:], coarsest=1) + held(text, SCALED, coarsest=3)


def test_slides_hold_no_figures_that_stay_and_those_that_may_leave(folder: Path) -> None:
    made = slides(read(folder))
    assert staying(unpacked(made.content)) == 0
    assert held(unpacked(made.content), FREE) == len(FREE)
    assert made.charts == ["01_a/changes", "01_a/free"]
    assert made.pictures == ["01_a/lines", "01_a/bars", "01_a/stack", "02_b/sums", "02_b/pairs"]
    notes = Presentation(BytesIO(made.content)).slides[1].notes_slide.notes_text_frame.text
    assert "the figures of Nikkei Inc. stay at the desk" in notes


def test_the_mail_holds_none(folder: Path) -> None:
    content = read(folder)
    message = email.message_from_bytes(mail(content, moves(content, None)), policy=policy.default)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    assert len(parts) == 4
    assert all(staying(unpacked(part)) == 0 for part in parts if isinstance(part, bytes))


def test_pictures_hold_nothing_but_their_pixels(folder: Path) -> None:
    for content in pictures(read(folder), every=True).values():
        assert staying(content.decode("latin-1")) == 0
        assert b"tEXt" not in content and b"iTXt" not in content


def test_the_workbook_holds_none(folder: Path) -> None:
    text = "".join(unpacked((folder / name).read_bytes()) for name in ("01_a.xlsx", "02_b.xlsx"))
    assert staying(text) == 0
    assert held(text, FREE) == len(FREE)


def test_what_the_page_offers_holds_none(folder: Path) -> None:
    html = "".join((folder / name).read_text(encoding="utf-8") for name in ("01_a.html", "02_b.html"))
    files = "\n".join(unquote(link) for link in re.findall(r'data:text/csv[^"\s>]+', html))
    scripts = "\n".join(re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL))
    assert staying(files + scripts) == 0
    assert held(files, FREE) == len(FREE)


def test_the_page_of_a_pdf_has_a_sentence_in_the_place_of_a_table_that_stays(folder: Path) -> None:
    content = read(folder)
    html = "".join(leaving_page(report, content.run, None) for report in content.reports)
    visible = re.sub(r'data:image/[^"\s>]+', "", html)
    assert staying(visible) == 0
    assert held(visible, FREE) == len(FREE)
    assert "What stays: a table of figures of Nikkei Inc., which stay at the desk." in html
