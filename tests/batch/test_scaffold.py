"""A new notebook: in the house form, and it runs at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jpresearch.batch.linting import lint
from jpresearch.batch.notebooks import read
from jpresearch.batch.scaffold import create
from jpresearch.catalog import catalog
from jpresearch.errors import CallError, DataError


def test_it_gets_the_next_number_and_a_title_from_its_name(project: Path) -> None:
    assert create("bank_yields") == project / "notebooks" / "01_bank_yields.ipynb"
    assert create("more").name == "02_more.ipynb"
    assert create("40_later").name == "40_later.ipynb"
    assert create("after").name == "41_after.ipynb"
    assert read(project / "notebooks" / "01_bank_yields.ipynb").title == "Bank yields"


def test_a_title_is_taken_as_given(project: Path) -> None:
    path = create("banks", 'Banks, \n yields  and "quotes"')
    title = 'Banks, yields and "quotes"'
    assert read(path).title == title
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"][0].strip() == f"# {title}"


@pytest.mark.parametrize("title", [None, "# {x} %s", "日本株"])
def test_it_has_the_house_form(project: Path, title: str | None) -> None:
    assert lint(create("banks", title), frozenset(catalog())) == []


@pytest.mark.parametrize("name", ["", "Banks", "../x", "a b", "1_x", "x.py", "09_", "x/y", ".x"])
def test_a_name_that_is_no_file_of_the_collection_is_refused(project: Path, name: str) -> None:
    with pytest.raises(CallError, match="no name for a notebook"):
        create(name)
    assert not list((project / "notebooks").iterdir())


def test_nothing_is_overwritten(project: Path) -> None:
    path = create("09_banks")
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(CallError, match="nothing is overwritten"):
        create("09_banks.ipynb")
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_said(project: Path) -> None:
    (project / "notebooks").rmdir()
    with pytest.raises(DataError, match="cannot be written"):
        create("banks")


@pytest.mark.parametrize(("as_of", "says"), [(None, "4 September 2026"), ("2013-03-29", "22 March 2013")])
def test_its_cells_run_as_they_are(project: Path, as_of: str | None, says: str) -> None:
    """The cells one after the other as a kernel runs them; what they publish is checked by the calls themselves."""
    import matplotlib.pyplot as plt

    content = json.loads(create("banks").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for number, source in enumerate(sources):
        exec(source, names)
        if number == 0:
            names["as_of"] = as_of
    assert says in str(names["alt"])
    plt.close("all")
