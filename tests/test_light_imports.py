"""Libraries imported without what costs much: they are whole, and nothing of it is left behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from jpresearch import light_imports

LOADS = """
import sys
from jpresearch import light_imports
nbformat = light_imports.nbformat()
assert not [name for name in sys.modules if name.startswith("rfc3987_syntax")]
node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
nbformat.validate(node)
node.cells[0].cell_type = "none"
try:
    nbformat.validate(node)
except nbformat.ValidationError:
    print("whole")
import rfc3987_syntax
print(rfc3987_syntax.is_valid_syntax("iri", "https://example.org"))
"""
WRITES = """
import sys
from jpresearch.batch.job import forked_job
forked_job.preload()
print("papermill" in sys.modules, any("rfc3987_syntax" in name for name in sys.modules))
"""


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nbformat_is_whole_and_its_parser_of_iris_is_there_for_whoever_wants_it() -> None:
    assert said(LOADS) == "whole\nTrue"


@pytest.mark.parametrize(
    "module", ["jpresearch.report.page", "jpresearch.export.content", "jpresearch.batch.job.perform"]
)
def test_no_module_of_pages_builds_the_parser(module: str) -> None:
    assert said(f"import sys, {module}; print(any('rfc3987_syntax' in name for name in sys.modules))") == "False"


def test_the_server_of_jobs_builds_no_parser() -> None:
    assert said(WRITES) == "True False"


@pytest.mark.parametrize("before", [None, "logfire"])
def test_plugins_are_looked_for_again_afterwards(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if before is None:
        monkeypatch.delenv(light_imports.DISABLE, raising=False)
    else:
        monkeypatch.setenv(light_imports.DISABLE, before)
    with pytest.raises(KeyError), light_imports.without_plugins():
        assert os.environ[light_imports.DISABLE] == "__all__"
        raise KeyError
    assert os.environ.get(light_imports.DISABLE) == before
