"""An export from request to file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jpresearch import record
from jpresearch.errors import DataError
from jpresearch.export import writing
from jpresearch.export.writing import Exported, Request

if TYPE_CHECKING:
    from jpresearch.export.content import Content


def export(folder: Path, requests: Sequence[Request]) -> Iterator[Exported]:
    """Write what is asked for of the run in ``folder``, one after the other; notebooks are read once for all.

    Raises
    ------
    CallError : unknown forms or notebooks, outputs that do not fit, a run that goes on, no browser for a PDF.
    DataError : the run's files cannot be read, or an export cannot be written.
    """
    from jpresearch.export import content

    for request in requests:
        writing.require_form(request.form)
    writing.require_outputs(requests)
    read: dict[tuple[str, ...], Content] = {}
    for request in requests:
        if request.notebooks not in read:
            read[request.notebooks] = content.read(folder, request.notebooks)
    for request in requests:
        yield _export(read[request.notebooks], request)


def require_possible(requests: Sequence[Request]) -> None:
    """Raises ``CallError`` where this machine lacks what an export needs: a PDF its browser and package."""
    if any(request.form == "pdf" for request in requests):
        from jpresearch.export.pdf import require_tools

        require_tools()


def _export(found: Content, request: Request) -> Exported:
    place = writing.place_of(request, found)
    makers = {"pptx": _slides, "pdf": _pdf, "mail": _mail, "png": _pictures, "site": _site}
    return makers[request.form](found, request, place)


def _slides(found: Content, request: Request, place: Path) -> Exported:
    from jpresearch.export.slides import slides

    made = slides(found)
    writing.write(place, made.content)
    charts = f"{len(made.charts)} charts to edit, {len(made.pictures)} pictures"
    return Exported(place, f"{made.count} slides: {charts}")


def _mail(found: Content, request: Request, place: Path) -> Exported:
    from jpresearch.export.mail import mail, subject
    from jpresearch.export.moves import moves, run_before

    before = run_before(found) if request.against is None else record.read(request.against)
    moved = moves(found, before)
    writing.write(place, mail(found, moved, request.address, request.note))
    return Exported(place, f"mail: {subject(found, moved)}")


def _pictures(found: Content, request: Request, place: Path) -> Exported:
    from jpresearch.export.pictures import pictures

    files = pictures(found, every=request.every)
    if not files:
        raise DataError("no report of the run has a figure", found.run.id)
    writing.write_all(place, files)
    return Exported(place, f"{len(files)} pictures")


def _site(found: Content, request: Request, place: Path) -> Exported:
    from jpresearch.export.static_site import site

    files = site(found)
    writing.write_all(place, files)
    return Exported(place, f"a site of {len(files)} pages")


def _pdf(found: Content, request: Request, place: Path) -> Exported:
    from jpresearch.export.pdf import pdf

    made = pdf(found)
    writing.write(place, made.content)
    return Exported(place, f"{made.pages} pages")
