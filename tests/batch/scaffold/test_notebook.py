"""A new notebook: in the house form, and it runs at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jpresearch import publish
from jpresearch.batch.lint.house_form import lint
from jpresearch.batch.plan.notebooks import read
from jpresearch.batch.scaffold.notebook import create
from jpresearch.catalog import catalog
from jpresearch.errors import CallError, DataError, SentenceRefused, UnitUnknown


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


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        ("2026-09-10", "bought a net ¥689bn in the week to 4 Sep 2026"),
        ("2013-03-29", "sold a net ¥91.9bn in the week to 22 Mar 2013"),
    ],
)
def test_its_cells_run_as_they_are(project: Path, as_of: str | None, says: str) -> None:
    """The cells one after the other as a kernel runs them, with all that they publish checked and collected."""
    content = json.loads(create("banks").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    with publish.collected(pictures=False) as found:
        for number, source in enumerate(sources):
            exec(source, names)
            if number == 0:
                names["as_of"] = as_of
    published = [(media, payload) for output in found.outputs for media, payload in output["data"].items()]
    (answer,) = (payload for media, payload in published if media == publish.ANSWER)
    leads = [payload["text"] for media, payload in published if media == publish.FINDING and payload["lead"]]
    assert leads[0] == f"Foreigners {says}." and len(leads) == 4
    assert [link["metric"] for link in answer["links"]] == ["same_week_bp", "week_after_bp"]
    metrics = [payload for media, payload in published if media == publish.METRIC]
    assert len(metrics) == 4 and all(metric["lead"] and metric["label"] for metric in metrics)
    assert [payload["lead"] for media, payload in published if media == publish.FIGURE] == [True]


def ran(project: Path, old: str, new: str) -> list[dict[str, object]]:
    """What the cells publish as of 5 September 2025, once ``old`` is replaced by ``new``."""
    content = json.loads(create("banks").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    assert sum(old in source for source in sources) == 1
    names: dict[str, object] = {}
    with publish.collected(pictures=False) as found:
        for number, source in enumerate(sources):
            exec(source.replace(old, new), names)
            if number == 0:
                names["as_of"] = "2025-09-05"
    return [output["data"] for output in found.outputs]


def test_a_thirteen_week_sum_is_never_called_a_week(project: Path) -> None:
    with pytest.raises(UnitUnknown, match="no longer those that the dataset returned"):
        ran(project, "start=start)\nshown", "start=start).rolling(13).sum()\nshown")
    outputs = ran(project, "[investor], start=start)\nshown", "[investor], start=start, every='13 weeks')\nshown")
    (first,) = [data[publish.FINDING]["text"] for data in outputs if publish.FINDING in data][:1]  # type: ignore[index]
    assert "in the 13 weeks to 29 Aug 2025" in first and "¥303bn" not in first


def test_another_unit_reaches_every_sentence_metric_and_label(project: Path) -> None:
    outputs = ran(project, "[investor], start=start)\nshown", "[investor], start=start, unit='pct_of_turnover')\nshown")
    texts = [
        payload["text"]
        for data in outputs
        for media, payload in data.items()
        if media in (publish.ANSWER, publish.FINDING)
    ]  # type: ignore[index]
    metrics = [data[publish.METRIC] for data in outputs if publish.METRIC in data]
    assert "% of turnover in the week" in texts[0] and not any("¥" in text for text in texts)
    assert metrics[0]["unit"] == "% of turnover" and not any("¥" in metric["label"] for metric in metrics)  # type: ignore[index]


def test_a_class_known_only_of_old_is_not_spoken_of_as_now(project: Path) -> None:
    with pytest.raises(SentenceRefused, match="ends on"):
        ran(project, 'investor: str = "foreigners"', 'investor: str = "insurance"')
