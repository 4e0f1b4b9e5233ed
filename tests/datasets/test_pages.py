"""The pages of the datasets: written from the functions, and current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jpresearch.cli import app
from jpresearch.datasets import pages
from jpresearch.errors import UnknownName

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_is_the_one_that_the_functions_give() -> None:
    assert (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8") == pages.document(), "run `make datasets`"


@pytest.mark.parametrize("name", sorted(pages.functions()))
def test_every_dataset_shows_its_use_its_columns_and_its_source(name: str) -> None:
    page = pages.page(name)
    for part in ("**Use**", "**Index and columns**", "**Source**"):
        assert part in page, part
    assert f"{name}(" in page.split("**Use**")[1], "the line of use calls the function"


def test_data_show_prints_the_page_of_a_dataset() -> None:
    shown = CliRunner().invoke(app, ["data", "show", "flows.weekly"])
    assert shown.exit_code == 0 and shown.stdout.strip() == pages.page("flows.weekly").strip()


def test_an_unknown_dataset_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownName, match=r"flows\.weekly"):
        pages.page("flows.monthly")


def test_importing_the_datasets_is_light() -> None:
    heavy = {"matplotlib", "scipy", "statsmodels", "seaborn", "IPython", "papermill"}
    code = f"import sys, jpresearch.datasets.pages as p; p.functions(); print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
