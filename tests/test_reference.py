"""The reference of the modules: every docstring reads as Markdown, and `make docs` writes a page for each module."""

from __future__ import annotations

import ast
import html
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jpresearch.datasets.pages import markdown
from tools import reference

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```\w+\n.*?^```$", re.MULTILINE | re.DOTALL)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings() -> Iterator[tuple[str, str]]:
    """Each docstring of the package with its place."""
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            text = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
            if text:
                yield f"{file.name}:{getattr(node, 'name', '')}", text


def test_every_docstring_reads_as_markdown() -> None:
    for place, text in docstrings():
        outside = FENCE.sub("", markdown(text))
        assert not re.search(r"^(>>>|[-=]{3,})", outside, re.MULTILINE), f"{place}: an example or heading out of form"
        assert "``" not in outside, place
        assert outside.count("`") % 2 == 0, f"{place}: a code mark without its other"


def test_a_page_has_headings_entries_and_examples(tmp_path: Path) -> None:
    reference.write(tmp_path, ["jpresearch.charts.waterfall", "jpresearch.say.phrases"])
    page = (tmp_path / "jpresearch" / "charts" / "waterfall.html").read_text()
    assert "<strong>Parameters</strong>" in page
    assert re.search(r"<li><code>total_label</code>: words below the bar of the total\.</li>", page)
    example = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert '>>> parts = pd.Series({"Earnings": 12.0, "Multiple": -4.0})' in example
    assert (tmp_path / "index.html").is_file()


def test_every_module_is_in_it_but_the_command_itself() -> None:
    names = reference.modules()
    assert {"jpresearch", "jpresearch.say", "jpresearch.datasets.flows"} <= set(names)
    assert "jpresearch.__main__" not in names
    assert len(names) == len(set(names))


@pytest.mark.proof
def test_the_reference_of_all_modules_is_written(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, inspect.getfile(reference), tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in reference.modules():
        assert tmp_path.joinpath(*name.split(".")).with_suffix(".html").is_file(), name
