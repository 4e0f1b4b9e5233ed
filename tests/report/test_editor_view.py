"""What an editor of notebooks shows of a report of the collection, from the HTML that its outputs carry."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from jpresearch import payloads

NOTEBOOK = "01_foreign_flows"

pytestmark = pytest.mark.xdist_group("collection")


@pytest.fixture(scope="module")
def shown(everything: Path) -> str:
    """The notebook as JupyterLab lays it out, by nbconvert."""
    import nbformat
    from nbconvert import HTMLExporter

    notebook: Any = nbformat.read(everything / f"{NOTEBOOK}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return str(HTMLExporter(template_name="lab").from_notebook_node(notebook)[0])


def outputs(everything: Path) -> list[dict[str, Any]]:
    content = json.loads((everything / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8"))
    return [each.get("data", {}) for cell in content["cells"] for each in cell.get("outputs", [])]


def test_late_data_metrics_and_captions_are_seen(everything: Path, shown: str) -> None:
    figures = [data[payloads.FIGURE] for data in outputs(everything) if payloads.FIGURE in data]
    captions = re.findall(r"<small>([^<]+)</small>", shown)
    assert len(captions) == len(figures) > 5
    assert re.search(r"Late: [^<]+ ends on [^<]+, \d+ days before", shown)
    tables = re.findall(r"<table><thead><tr>(?:<th[^>]*>[^<]*</th>)*<th[^>]*>Value</th>.*?</table>", shown, re.S)
    assert tables and all("<td" in table for table in tables)


def test_each_is_seen_once_and_nothing_is_left_as_bare_text(everything: Path, shown: str) -> None:
    views = [data for data in outputs(everything) if payloads.VIEW in data]
    assert {data[payloads.VIEW]["of"] for data in views} >= {"late", "metrics", "caption", "sources"}
    assert all("text/html" in data and "text/plain" in data for data in views)
    assert "&lt;small&gt;" not in shown and "vnd.jpresearch" not in shown
