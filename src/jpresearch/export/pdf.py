"""All reports of a run as one PDF: cover, contents, the pages as the browser prints them, bookmarks, page numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from jpresearch.errors import CallError
from jpresearch.export import browser
from jpresearch.export.content import Content, Report
from jpresearch.export.leaving import leaving_page
from jpresearch.export.moves import run_before, same_job
from jpresearch.export.phrases import say, writable
from jpresearch.export.sentences import heading, house_view, warnings
from jpresearch.record import Run

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

AT_ONCE: Final = 2
FRONT: Final = "front.html"
PAPER: Final = "<style>@page{size:A4;margin:14mm 14mm 19mm;@bottom-right{content:none}}</style></head>"
READABLE: Final = ("http", "https", "mailto")
STYLE: Final = """
@page { size: A4; margin: 14mm 14mm 19mm }
body { font: 10.5pt/1.4 Calibri, "Source Sans 3", "Segoe UI", Arial, sans-serif; color: #1c1f24; margin: 0 }
.cover { height: 250mm; display: flex; flex-direction: column; justify-content: center; break-after: page }
.cover h1 { font-size: 30pt; line-height: 1.15; margin: 0 0 6mm; border-top: 3mm solid #14508c; padding-top: 6mm }
.cover p { font-size: 14pt; margin: 0 0 3mm } .small { font-size: 9.5pt !important; color: #56606b }
.warn { color: #8a4b00 }
h2 { font-size: 18pt; margin: 0 0 4mm } table { width: 100%; border-collapse: collapse }
td { vertical-align: top; padding: 2mm 0; border-bottom: .3mm solid #d9dde3; break-inside: avoid }
td:last-child { text-align: right; padding-left: 6mm }
a { color: inherit; text-decoration: none } a b { color: #14508c }
"""
NUMBERS: Final = """
@page { size: A4; margin: 0 } body { margin: 0; font: 8.5pt Calibri, "Segoe UI", Arial, sans-serif; color: #56606b }
div { height: 297mm; position: relative; break-after: page; overflow: hidden } div:last-child { break-after: auto }
span { position: absolute; bottom: 8mm } .left { left: 14mm } .right { right: 14mm }
"""


@dataclass(frozen=True)
class Printed:
    """A PDF and how many pages it has."""

    content: bytes
    pages: int


def pdf(content: Content) -> Printed:
    """The reports of a run as one PDF.

    Raises
    ------
    CallError : no browser or no pypdf (``pip install "jpresearch[pdf]"``).
    DataError : the browser cannot print a page.
    """
    require_tools()
    with tempfile.TemporaryDirectory(prefix="jpr-pdf-") as folder:
        place = Path(folder)
        before = run_before(content)
        files = [_page(report, content.run, before, place) for report in content.reports]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            readers = list(pool.map(_print, files))
        front = _front(content, readers, place)
        writer = _joined(content, front, readers)
        _link(writer, {file.name: first for file, first in zip(files, _firsts(front, readers), strict=True)})
        _number(writer, content, front, readers, place)
        writer.add_metadata({"/Title": writable(heading(content)), "/Creator": f"jpresearch {content.run.id}"})
        writer.page_mode = "/UseOutlines"
        writer.compress_identical_objects()
        stream = BytesIO()
        writer.write(stream)
        return Printed(stream.getvalue(), len(writer.pages))


def require_tools() -> None:
    """Raises ``CallError`` where the browser or pypdf is missing."""
    try:
        import pypdf  # noqa: F401
    except ImportError as error:
        what = "a PDF needs the package pypdf, which is not installed"
        raise CallError(what, "--to pdf", "Install it: pip install pypdf (or the extra, jpresearch[pdf]).") from error
    browser.program()


def _page(report: Report, run: Run, before: Run | None, place: Path) -> Path:
    """The report's page on paper of our size, under its own name: pages of a run lead to each other by it."""
    earlier = None if before is None else same_job(report.job, before)
    file = place / _page_name(report)
    file.write_text(leaving_page(report, run, earlier).replace("</head>", PAPER, 1), encoding="utf-8")
    return file


def _page_name(report: Report) -> str:
    return Path(report.job.page or f"{report.job.name}.html").name


def _print(file: Path) -> PdfReader:
    from pypdf import PdfReader

    to = file.with_suffix(".pdf")
    browser.printed(file, to)
    reader = PdfReader(BytesIO(to.read_bytes()))
    _resolve(reader)
    return reader


def _resolve(reader: PdfReader) -> None:
    """Links within a page name their places; two pages may use one name, so each gets the place itself."""
    from pypdf.generic import ArrayObject, NameObject, NullObject

    places = reader.named_destinations
    for page in reader.pages:
        for link in _links(page):
            found = places.get(str(link.get("/Dest")))
            if found is not None:
                top = found.get("/Top") or NullObject()
                where = [found["/Page"].indirect_reference, NameObject("/XYZ"), NullObject(), top, NullObject()]
                link[NameObject("/Dest")] = ArrayObject(where)
    for key in ("/Dests", "/Names"):
        reader.root_object.pop(key, None)


def _links(page: Any) -> list[Any]:
    return [each.get_object() for each in page.get("/Annots") or [] if each.get_object().get("/Subtype") == "/Link"]


def _front(content: Content, readers: Sequence[PdfReader], place: Path) -> PdfReader:
    """Cover and contents; how many pages they take moves the numbers that they print."""
    pages = 2
    for _ in range(3):
        firsts = _counted(pages, readers)
        (place / FRONT).write_text(writable(_front_html(content, firsts)), encoding="utf-8")
        front = _print(place / FRONT)
        if len(front.pages) == pages:
            break
        pages = len(front.pages)
    return front


def _counted(front: int, readers: Sequence[PdfReader]) -> list[int]:
    """The number of each report's first page, counted from 1."""
    found = [front + 1]
    for reader in readers[:-1]:
        found.append(found[-1] + len(reader.pages))
    return found


def _firsts(front: PdfReader, readers: Sequence[PdfReader]) -> list[int]:
    """The place of each report's first page in the whole, counted from 0."""
    return [number - 1 for number in _counted(len(front.pages), readers)]


def _front_html(content: Content, firsts: Sequence[int]) -> str:
    lang = content.lang
    said = "".join(f'<p class="small warn">{escape(line)}</p>' for line in warnings(content))
    view = f"<p>{escape((house_view(content) or content.reports[0]).answer)}</p>" if content.whole else ""
    run = escape(say("run", lang, run=content.run.id))
    cover = (
        f'<section class="cover"><h1>{escape(heading(content))}</h1>{view}{said}<p class="small">{run}</p></section>'
    )
    rows = "".join(
        f'<tr><td><a href="{escape(_page_name(report))}"><b>{escape(report.name)}</b><br>{escape(report.answer)}</a>'
        f'</td><td><a href="{escape(_page_name(report))}">{first}</a></td></tr>'
        for report, first in zip(content.reports, firsts, strict=True)
    )
    contents = f"<h2>{escape(say('contents', lang))}</h2><table>{rows}</table>"
    head = f'<meta charset="utf-8"><title>{escape(heading(content))}</title><style>{STYLE}</style>'
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{cover}{contents}</body></html>'


def _joined(content: Content, front: PdfReader, readers: Sequence[PdfReader]) -> PdfWriter:
    """All pages in order; a bookmark for the contents and for each report, with its sections below."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.append(front, import_outline=False)
    writer.add_outline_item(title=say("contents", content.lang), page_number=min(1, len(front.pages) - 1))
    for report, reader in zip(content.reports, readers, strict=True):
        first = len(writer.pages)
        writer.append(reader, import_outline=False)
        parent = writer.add_outline_item(title=report.name, page_number=first)
        for title, page in _sections(reader):
            writer.add_outline_item(title=title, page_number=first + page, parent=parent)
    return writer


def _sections(reader: PdfReader) -> list[tuple[str, int]]:
    """The sections of a printed page with the place of their pages: what stands below its title."""
    from pypdf.generic import Destination

    below = [each for entry in reader.outline if isinstance(entry, list) for each in entry]
    titled = [each for each in below if isinstance(each, Destination)]
    found = [(str(each.title), reader.get_destination_page_number(each)) for each in titled]
    return [(title, page) for title, page in found if page is not None]


def _link(writer: PdfWriter, firsts: dict[str, int]) -> None:
    """Links from page to page lead within the file, those to readers' addresses stay, others go."""
    from pypdf.generic import ArrayObject, NameObject

    for page in writer.pages:
        kept = ArrayObject()
        for each in page.get("/Annots") or []:
            link = each.get_object()
            address = str(link.get("/A", {}).get("/URI", "")) if link.get("/Subtype") == "/Link" else ""
            name = Path(unquote(urlsplit(address).path)).name
            if address.startswith("file:") and name in firsts:
                del link["/A"]
                target = writer.pages[firsts[name]].indirect_reference
                link[NameObject("/Dest")] = ArrayObject([target, NameObject("/Fit")])
            elif address and urlsplit(address).scheme not in READABLE:
                continue
            kept.append(each)
        if "/Annots" in page:
            page[NameObject("/Annots")] = kept


def _number(writer: PdfWriter, content: Content, front: PdfReader, readers: Sequence[PdfReader], place: Path) -> None:
    """The foot of every page but the cover: report, run, number."""
    names = [""] * len(front.pages)
    for report, reader in zip(content.reports, readers, strict=True):
        names += [report.name] * len(reader.pages)
    run = say("run", content.lang, run=content.run.id)
    feet = "".join(
        f'<div><span class="left">{escape(" · ".join(filter(None, [name, run])))}</span>'
        f'<span class="right">{number} / {len(names)}</span></div>'
        for number, name in enumerate(names[1:], start=2)
    )
    file = place / "numbers.html"
    html = f'<!DOCTYPE html><html><head><meta charset="utf-8"><style>{NUMBERS}</style></head><body>{feet}</body></html>'
    file.write_text(writable(html), encoding="utf-8")
    for page, foot in zip(writer.pages[1:], _print(file).pages, strict=True):
        page.merge_page(foot)
