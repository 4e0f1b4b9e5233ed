"""The order of a page: title and question, then takeaways, then the argument with each cell's code folded beside it.

A notebook publishes its takeaways, key figures and sources at its end. The page gathers them, and leaves out the
sections that only held them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from markupsafe import Markup

from jpresearch import payloads
from jpresearch.record import Job
from jpresearch.report import data, downloads, sanitising
from jpresearch.report.grid import Grid, grid
from jpresearch.report.markup import Heading, Prose, code, slug, unused, visible
from jpresearch.report.notices import bad_sentence
from jpresearch.report.outputs import PICTURES, SHOWN
from jpresearch.report.phrases import phrase

# What the page shows elsewhere than in its cell.
GATHERED: Final = {
    payloads.ANSWER, payloads.FINDING, payloads.TAKEAWAY, payloads.METRIC, payloads.SOURCES, payloads.NOTE,
    payloads.VIEW,
}  # fmt: skip
# Banner cells that papermill writes into a failed notebook; the page has its own.
PAPERMILL_BANNERS: Final = {"papermill-error-cell-tag", "papermill-error-message"}
# Names in the page that the template gives.
RESERVED: Final = ("content", "takeaways", "since", "contents", "key-figures", "sources", "unrun", "failed", "all-code")
MOST_ROWS: Final = 60
LONGEST_KINDS: Final = 200
LONGEST_STREAM: Final = 20_000
# Everything under this heading, to the next of its level, is folded.
APPENDIX: Final = re.compile(r"\s*## Appendix\b")
COLOURS: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass
class Arrangement:
    """What the template prints, beside what it knows of the job.

    ``cells`` are the notebook's cells as far as they are part of the argument, each with its ``place`` in the metadata:
    ``html`` of text; ``code`` (the sources folded beside it) and ``failed`` of code; outputs carry their own place.
    ``figures`` has the place of each figure by its name. ``lead`` is the output of the figure that stands beside the
    answer, with its place; it is not shown a second time.
    """

    title: str
    question: Markup = field(default_factory=Markup)
    cells: list[Any] = field(default_factory=list)
    contents: list[Heading] = field(default_factory=list)
    takeaway_code: list[Markup] = field(default_factory=list)
    source_code: list[Markup] = field(default_factory=list)
    unrun: list[Markup] = field(default_factory=list)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    lead: Any = None
    failed: bool = False


def arrange(notebook: Any, job: Job) -> Arrangement:
    """Put the cells of an executed notebook in the order of the page; the notebook stays as it is."""
    cells = [cell for cell in notebook.cells if not PAPERMILL_BANNERS & set(cell.metadata.get("tags", []))]
    prose = Prose(taken=set(RESERVED))
    arranged = Arrangement(job.title)
    cells = _title(cells, arranged, prose)
    shown = _Shown(job, prose.taken)
    arranged.lead = shown.lead(cells)
    for section in _sections(cells):
        _place(section, arranged, prose, shown)
    arranged.contents = [heading for heading in prose.headings if heading.level == 2]
    arranged.failed, arranged.figures = shown.failed, shown.figures
    return arranged


def _place(section: list[Any], arranged: Arrangement, prose: Prose, shown: _Shown) -> None:
    """Add a section to the part of the page where it belongs."""
    code_cells = [cell for cell in section if cell.cell_type == "code"]
    sources = any(payloads.SOURCES in _data(output) for cell in code_cells for output in cell.outputs)
    if _unrun(section):
        arranged.unrun += [code(cell.source) for cell in code_cells]
    elif _only_gathered(section):
        target = arranged.source_code if sources else arranged.takeaway_code
        target += [code(cell.source) for cell in code_cells]
    else:
        placed = list(_section(section, prose, shown))
        if placed and APPENDIX.match(section[0].source) and section[0].cell_type == "markdown":
            placed[0].metadata["place"]["opens"] = placed[-1].metadata["place"]["closes"] = True
        preparing = not arranged.cells and all(cell.cell_type == "code" and not cell.outputs for cell in placed)
        if preparing:
            arranged.takeaway_code += [piece for cell in placed for piece in cell.metadata["place"]["code"]]
        else:
            arranged.cells += placed


def _title(cells: list[Any], arranged: Arrangement, prose: Prose) -> list[Any]:
    """Take title and question from the first cell where it begins with a heading; the other cells."""
    if not cells or cells[0].cell_type != "markdown":
        return cells
    first, _, rest = cells[0].source.lstrip().partition("\n")
    if not re.match(r"#\s+\S", first):
        return cells
    arranged.title = first.lstrip("#").strip()
    if "\n## " in f"\n{rest}":
        return [_markdown(rest), *cells[1:]]
    arranged.question = prose.render(rest, cells[0].get("attachments"))
    return cells[1:]


def _sections(cells: list[Any]) -> Iterator[list[Any]]:
    """The cells from one heading of the second level to the next."""
    section: list[Any] = []
    for cell in cells:
        if section and cell.cell_type == "markdown" and cell.source.lstrip().startswith("## "):
            yield section
            section = []
        section.append(cell)
    if section:
        yield section


def _only_gathered(section: list[Any]) -> bool:
    """Whether a section is a bare heading over cells that publish nothing but what the page gathers."""
    outputs = [output for cell in section if cell.cell_type == "code" for output in cell.outputs]
    kinds = [set(_data(output)) & GATHERED for output in outputs]
    return bool(
        _bare(section) and kinds and all(kinds) and any(kind - {payloads.NOTE, payloads.VIEW} for kind in kinds)
    )


def _unrun(section: list[Any]) -> bool:
    """Whether a section is a bare heading over cells that a failed run never reached."""
    code_cells = [cell for cell in section if cell.cell_type == "code" and cell.source.strip()]
    return _bare(section) and bool(code_cells) and all(cell.get("execution_count") is None for cell in code_cells)


def _bare(section: list[Any]) -> bool:
    texts = [cell.source.strip() for cell in section if cell.cell_type != "code"]
    return bool(texts) and all(text.startswith("#") and "\n" not in text for text in texts)


def _section(section: list[Any], prose: Prose, shown: _Shown) -> Iterator[Any]:
    """The section's cells; code without an output to show joins that of the next cell with one."""
    waiting: list[Markup] = []
    for cell in section:
        if cell.cell_type == "markdown":
            if waiting and cell.source.lstrip().startswith("#"):
                yield _placed(_code_cell([]), code=waiting)
                waiting = []
            yield _placed(_markdown(cell.source), html=prose.render(cell.source, cell.get("attachments")))
        elif cell.cell_type == "code":
            outputs = list(shown.outputs(cell))
            waiting += [code(cell.source)] if cell.source.strip() else []
            if outputs:
                failed = any(output.output_type == "error" for output in outputs)
                yield _placed(_code_cell(outputs), code=waiting, failed=failed)
                waiting = []
    if waiting:
        yield _placed(_code_cell([]), code=waiting)


class _Shown:
    """Chooses and names the outputs of one page: figures and tables are numbered, and carry their data."""

    def __init__(self, job: Job, names: set[str]) -> None:
        self.job = job
        self.numbers = {"figure": 0, "table": 0}
        self.names = names
        self.figures: dict[str, dict[str, Any]] = {}
        self.failed = False
        self.leading: str | None = None

    def lead(self, cells: list[Any]) -> Any:
        """The output of the lead figure, numbered first; ``None`` where the notebook has none."""
        outputs = (output for cell in cells if cell.cell_type == "code" for output in cell.outputs)
        for output in outputs:
            figure = _data(output).get(payloads.FIGURE)
            if figure and figure.get("lead"):
                self.leading = figure["name"]
                return _placed(output, **self._figure(figure, output))
        return None

    def outputs(self, cell: Any) -> Iterator[Any]:
        """The outputs of a cell that the page shows in its place."""
        for output in _joined(cell.outputs):
            if output.output_type == "stream":
                yield _changed(output, text=self._stream(output.text))
            elif output.output_type == "error":
                yield _placed(output, id="" if self.failed else "failed")
                self.failed = True
            elif not GATHERED & set(_data(output)) and not self._leads(output):
                yield self._display(output)

    def _leads(self, output: Any) -> bool:
        figure = _data(output).get(payloads.FIGURE) or {}
        return self.leading is not None and figure.get("name") == self.leading

    def _display(self, output: Any) -> Any:
        content = _data(output)
        if payloads.FIGURE in content:
            return _placed(output, **self._figure(content[payloads.FIGURE], output))
        if payloads.BAD in content:
            bad = payloads.Bad.model_validate(content[payloads.BAD])
            return _placed(output, notice=bad_sentence(bad, self.job.lang))
        if payloads.TABLE in content:
            return _placed(output, **self._table(content[payloads.TABLE]))
        if any(kind in content for kind in PICTURES):
            return _placed(output, alt=self._say("undescribed"))
        if "text/html" in content:
            return self._html(str(content["text/html"]), output)
        others = [str(kind) for kind in content if kind not in SHOWN]
        if others and not any(kind in content for kind in ("text/markdown", "text/latex")):
            return _placed(_changed(output, data=_plain(content)), notice=self._not_shown(others))
        return _placed(output)

    def _html(self, html: str, output: Any) -> Any:
        clean = sanitising.of_output(visible(html))
        notice = self._not_shown(["text/html"]) if sanitising.active(html) or sanitising.empty(clean) else ""
        left = _plain(_data(output)) if sanitising.empty(clean) else {"text/html": clean}
        return _placed(_changed(output, data=left), notice=notice)

    def _not_shown(self, kinds: list[str]) -> str:
        """That an output is not shown, or not whole, and where to find it."""
        name = f"{self.job.name or self.job.notebook}.ipynb"
        return self._say("not_shown", kinds=", ".join(kinds)[:LONGEST_KINDS], file=name)

    def _figure(self, figure: Mapping[str, Any], output: Any) -> dict[str, Any]:
        media = next((kind for kind in PICTURES if kind in output.data), "")
        size = output.get("metadata", {}).get(media, {})
        named = self._named("figure", figure["name"])
        picture = data.picture_link(str(output.data[media]), media) if media else ""
        return {
            **named,
            "title": figure.get("title") or "",
            "alt": figure["alt"],
            "phone": figure.get("phone"),
            "width": _pixels(figure.get("width") or size.get("width")),
            "height": _pixels(figure.get("height") or size.get("height")),
            **downloads.of_figure(figure, self.job, named["label"], picture),
        }

    def _table(self, table: Mapping[str, Any]) -> dict[str, Any]:
        rows = table["rows"]
        cut = len(rows) > MOST_ROWS
        printed: Grid = grid(table["columns"], rows[:MOST_ROWS] if cut else rows)
        return {
            **self._named("table", table["name"]),
            "caption": table["caption"],
            "grid": printed,
            **_beside(table),
            "cut": self._say("rows_shown", shown=MOST_ROWS, count=len(rows)) if cut else "",
            **downloads.of_table(table, self.job),
        }

    def _named(self, kind: str, name: str) -> dict[str, Any]:
        self.numbers[kind] += 1
        anchor = unused(f"{kind}-{slug(name)}", self.names)
        place = {"kind": kind, "id": anchor, "label": self._say(kind, number=self.numbers[kind])}
        if kind == "figure":
            self.figures[name] = place
        return place

    def _stream(self, text: str) -> str:
        plain = COLOURS.sub("", text)
        over = len(plain) - LONGEST_STREAM
        return plain if over <= 0 else f"{plain[:LONGEST_STREAM]}\n{self._say('cut', count=over)}"

    def _say(self, key: str, **values: Any) -> str:
        return phrase(key, self.job.lang, **values)


def _joined(outputs: Iterable[Any]) -> Iterator[Any]:
    """The outputs with each row of pieces that one stream printed as one."""
    for (kind, _), pieces in groupby(outputs, key=lambda output: (output.output_type, output.get("name"))):
        if kind == "stream":
            together = list(pieces)
            yield _changed(together[0], text="".join(piece.text for piece in together))
        else:
            yield from pieces


def _beside(table: Mapping[str, Any]) -> dict[str, Any]:
    """Which column unfolds and which is toned (counted from 0), and what belongs to each row."""
    found = {}
    for name in ("unfolds", "tones"):
        said = table.get(name)
        found[name] = {"at": table["columns"].index(said["column"]), "rows": said["rows"]} if said else None
    return found


def _pixels(size: Any) -> int | None:
    return int(size) if isinstance(size, (int, float)) and 0 < size < 100_000 else None


def _data(output: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = output.get("data", {})
    return found


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """The plain text of an output that is not shown, unless it only names the object: ``<IPython.core...>``."""
    text = str(content.get("text/plain", ""))
    return {"text/plain": text} if text.strip() and not text.lstrip().startswith("<") else {}


def _markdown(source: str) -> Any:
    from nbformat import NotebookNode

    return NotebookNode(cell_type="markdown", source=source, metadata=NotebookNode())


def _code_cell(outputs: list[Any]) -> Any:
    from nbformat import NotebookNode

    return NotebookNode(cell_type="code", source="", metadata=NotebookNode(), outputs=outputs)


def _placed(node: Any, **place: Any) -> Any:
    """``node`` with its ``place`` in the metadata; the original stays as it is."""
    return _changed(node, metadata={**node.get("metadata", {}), "place": place})


def _changed(node: Any, **values: Any) -> Any:
    from nbformat import NotebookNode

    return NotebookNode({**node, **values})
