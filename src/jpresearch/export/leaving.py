"""What may leave: a page without the tables whose figures stay at the desk."""

from __future__ import annotations

from html import escape
from typing import Any

from jpresearch import payloads
from jpresearch.export.content import Report
from jpresearch.export.phrases import say
from jpresearch.record import Job, Run
from jpresearch.report.downloads import withheld
from jpresearch.report.page import page_of, render
from jpresearch.report.sources import owners, source_lines


def leaving_page(report: Report, run: Run, previous: Job | None) -> str:
    """The report's page as HTML: no script, no data in links, and a sentence where a table stays at the desk."""
    job = report.job.model_copy(update={"static": True})
    notebook = _without_tables(report.published.notebook, job.lang)
    lines = source_lines(job, report.published.sources)
    return render(notebook, page_of(notebook, report.published, job, run, lines, None, previous))


def _without_tables(notebook: Any, lang: str) -> Any:
    """The notebook with a sentence in the place of each table that stays; the original stays as it is."""
    from nbformat import NotebookNode

    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell = NotebookNode({**cell, "outputs": [_leaving(output, lang) for output in cell.get("outputs", [])]})
        cells.append(cell)
    return NotebookNode({**notebook, "cells": cells})


def _leaving(output: Any, lang: str) -> Any:
    from nbformat import NotebookNode

    table = output.get("data", {}).get(payloads.TABLE)
    if table is None or not withheld(table):
        return output
    said = say("table_stays", lang, caption=table["caption"].rstrip("."), owners=owners(table["levels"]))
    data = NotebookNode({"text/html": f"<p>{escape(said)}</p>"})
    return NotebookNode(output_type="display_data", data=data, metadata=NotebookNode())
