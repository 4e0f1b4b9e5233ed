"""The house form of notebooks: each rule finds what breaks it, by cell and line, and nothing in a sound notebook."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jpresearch.batch.lint.forbidden_code import importable, trespasses
from jpresearch.batch.lint.house_form import MOST_LINES, Finding, lint
from jpresearch.batch.scaffold.notebook import notebook

TABLES = frozenset({"investor_flows", "market_daily", "securities_flows"})
SOUND = notebook("A question")
METRICS = SOUND["metadata"]["jpresearch"]["publishes"]["metrics"]
PARAMETERS, LOADING, FIGURE, MEASURE, FINDINGS, ANSWER, SOURCES = 1, 2, 4, 5, 6, 7, 9
Change = Callable[[dict[str, Any]], object]


def findings(tmp_path: Path, change: Change | None = None) -> list[Finding]:
    content = copy.deepcopy(SOUND)
    if change is not None:
        change(content)
    path = tmp_path / "09_a.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return lint(path, TABLES)


def code(content: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = [cell for cell in content["cells"] if cell["cell_type"] == "code"][number - 1]
    return found


def put(number: int, source: str) -> Change:
    """The code cell ``number`` says ``source`` instead."""
    return lambda content: code(content, number).update(source=source)


def add(number: int, line: str) -> Change:
    """The code cell ``number`` says ``line`` besides."""
    return lambda content: code(content, number)["source"].append(f"\n{line}")


def declare(**changes: Any) -> Change:
    return lambda content: content["metadata"]["jpresearch"].update(changes)


def publishes(**changes: Any) -> Change:
    return lambda content: content["metadata"]["jpresearch"]["publishes"].update(changes)


def said(found: list[Finding]) -> list[tuple[str, int | None, str]]:
    return [(each.rule, each.cell, each.what) for each in found]


@pytest.mark.parametrize(
    "line",
    ["as_of = '2020-01-01'", "for as_of in []: pass", "[(as_of := 1) for x in []]", "if True:\n    as_of = None"],
)
def test_a_parameter_that_a_later_cell_sets_again_is_named(line: str, tmp_path: Path) -> None:
    what = "parameter 'as_of' is set again; give the other value a name of its own"
    assert ("parameters", LOADING, what) in said(findings(tmp_path, add(LOADING, line)))


def test_names_within_functions_and_comprehensions_set_no_parameter(tmp_path: Path) -> None:
    calm = "x = [as_of for as_of in '12']\ndef f(as_of):\n    as_of = 1\n    return as_of"
    assert not [each for each in findings(tmp_path, add(LOADING, calm)) if each.rule == "parameters"]


def test_parameters_that_an_earlier_run_put_in_are_named(tmp_path: Path) -> None:
    change = lambda content: code(content, LOADING)["metadata"].update(tags=["injected-parameters"])  # noqa: E731
    assert "an earlier run put parameters in here; delete the cell" in str(said(findings(tmp_path, change)))


@pytest.mark.parametrize(
    "call", ["pd.Timestamp.now()", "datetime.date.today()", "time.time()", "requests.get('x')", "os.getenv('x')"]
)
def test_what_a_run_cannot_see_is_named(call: str, tmp_path: Path) -> None:
    found = [each for each in findings(tmp_path, add(LOADING, f"x = {call}")) if each.rule == "unseen"]
    assert len(found) == 1 and "take the day from `as_of`" in found[0].what


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('load("investor_flows")', "`load` of 'investor_flows' has no `as_of`"),
        ('load("investor_flows", None)', "`load` of 'investor_flows' has no `as_of`"),
        ('load("investor_flows", as_of=None, start="2025-01-01")', "`load` of 'investor_flows' has no `as_of`"),
        ('load(name="investor_flows", start="2025-01-01")', "`load` of 'investor_flows' has no `as_of`"),
        ('jpresearch.load("investor_flows")', "`load` of 'investor_flows' has no `as_of`"),
        ("x = [tables.load(name) for name in names]", "`tables.load` has no `as_of`"),
        ('tables.vintages("investor_flows")', "`tables.vintages` of 'investor_flows' has no `as_of`"),
        ('tables.newest("investor_flows")', "`tables.newest` of 'investor_flows' has no `as_of`"),
        ('tables.sources("investor_flows", "market_daily")', "`tables.sources` of 'investor_flows' has no `as_of`"),
        ('tables.read(catalog.table("investor_flows"))', "`tables.read` takes no day"),
    ],
)
def test_a_read_without_the_day_is_named_before_the_run(source: str, sentence: str, tmp_path: Path) -> None:
    found = [finding for finding in findings(tmp_path, add(MEASURE, source)) if finding.rule == "as of"]
    assert [finding.cell for finding in found] == [MEASURE]
    assert sentence in found[0].what


@pytest.mark.parametrize(
    "source",
    [
        'load("investor_flows", as_of)', 'load("investor_flows", as_of=day)', "load(*arguments)", "load(**arguments)",
        'tables.sources("investor_flows", as_of=as_of)', 'tables.vintages("investor_flows", as_of)', "json.load(file)",
        'tables.restatements("investor_flows")', 'tables.first_publication("investor_flows")',
    ],
)  # fmt: skip
def test_a_read_with_the_day_is_sound(source: str, tmp_path: Path) -> None:
    assert not [finding for finding in findings(tmp_path, add(MEASURE, source)) if finding.rule == "as of"]


def reads_itself(content: dict[str, Any]) -> None:
    """A notebook without datasets, whose cells name every table that they read."""
    declare(requires=["investor_flows", "market_daily", "securities_flows"])(content)
    put(LOADING, "from jpresearch import publish, tables")(content)


def test_a_sound_notebook_has_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


BROKEN: list[tuple[str, Change, str, int | None]] = [
    ("title", lambda content: content["cells"][0].update(source="No heading"), "begins with `# `", None),
    ("title", lambda content: content["cells"][0].update(source="# Only a title"), "no question", None),
    ("title", lambda content: content["cells"].pop(0), "the first cell", None),
    ("title", lambda content: content["cells"][3].update(source="# Another title"), "more than one", None),
    ("outputs", lambda content: code(content, 3).update(outputs=[{"output_type": "stream"}]), "are stored", None),
    ("outputs", lambda content: code(content, 3).update(execution_count=7), "with outputs", None),
    ("cell ids", lambda content: code(content, 3).update(id="c00"), "an id of their own", None),
    ("cell ids", lambda content: code(content, 3).pop("id"), "an id of their own", None),
    ("kernel", lambda content: content["metadata"].update(kernelspec={"name": "ir"}), "python3", None),
    ("kernel", lambda content: content["metadata"].pop("kernelspec"), "python3", None),
    ("parameters", lambda content: code(content, 1).update(metadata={}), "no cell is tagged", None),
    ("parameters", add(PARAMETERS, "plain = 4  # weeks"), "'plain' has no annotation", 1),
    ("parameters", add(PARAMETERS, "bare: int = 4"), "'bare' has no comment", 1),
    ("parameters", put(PARAMETERS, 'as_of: str = "2026-09-04"  # day, YYYY-MM-DD'), "no parameter `as_of", 1),
    ("parameters", put(PARAMETERS, "as_of: str | None = None  # some day"), "no parameter `as_of", 1),
    ("parameters", put(PARAMETERS, "weeks: int = 4  # weeks"), "no parameter `as_of", 1),
    ("length", add(FIGURE, "\n".join(f"x{n} = {n}" for n in range(MOST_LINES))), f"{MOST_LINES} are the most", 4),
    ("python", add(FIGURE, "%matplotlib inline"), "not plain Python", 4),
    ("python", add(FIGURE, "!ls"), "not plain Python", 4),
    ("imports", add(FIGURE, "import math"), "outside the first cell", 4),
    ("imports", add(LOADING, "def f():\n    import math"), "outside the first cell", 2),
    ("imports", add(LOADING, "import os"), "'os' is not for notebooks", 2),
    ("imports", add(LOADING, "from urllib.request import urlopen"), "not for notebooks", 2),
    ("imports", add(LOADING, "import requests"), "not for notebooks", 2),
    ("imports", add(LOADING, "from .beside import x"), "not for notebooks", 2),
    ("imports", add(LOADING, "from jpresearch.stats import nothing_such"), "there is no", 2),
    ("paths", add(FIGURE, 'fig.savefig("a b")'), "`fig.savefig` reads or writes a file", 4),
    ("paths", add(FIGURE, 'x = pd.read_csv("flows")'), "`pd.read_csv`", 4),
    ("paths", add(FIGURE, 'x = "data/flows.csv"'), "a path", 4),
    ("paths", add(FIGURE, "x = open(name)"), "`open`", 4),
    ("network", add(FIGURE, 'x = "https://example.org"'), "an address", 4),
    ("code", add(FIGURE, "exec(text)"), "`exec` is not for notebooks", 4),
    ("state", add(FIGURE, 'warnings.filterwarnings("ignore")'), "`warnings.filterwarnings`", 4),
    ("state", add(FIGURE, "np.random.seed(1)"), "`np.random.seed`", 4),
    ("state", add(FIGURE, "plt.rcParams.update({})"), "`plt.rcParams`", 4),
    ("outputs declared", publishes(figures=["weekly_net", "gone"]), "'gone' is declared and never published", None),
    ("outputs declared", publishes(metrics=["newest_net"]), "'same_week_bp' is published and not declared", 5),
    ("outputs declared", publishes(figures=[]), "no figure is declared", None),
    ("outputs declared", add(MEASURE, 'publish.metric("newest_net", 1)'), "'newest_net' is published twice", 5),
    ("tables", declare(requires=["investor_flow"]), "no table 'investor_flow'", None),
    ("tables", reads_itself, "'securities_flows' is declared and never read", None),
    ("tables", declare(optional=["investor_flows"]), "declared twice", None),
    ("tables", declare(requires=[]), "no table is declared", None),
    ("tables", add(LOADING, 'prices = load("securities_flows", as_of)'), "is read and not declared", 2),
    ("tables", add(LOADING, "x = tables.load(name='securities_flows')"), "is read and not declared", 2),
    ("tables", put(SOURCES, 'publish.sources(tables.sources("securities_flows"))'), "is read and not declared", 9),
    ("sources", put(SOURCES, "x = 1"), "does not call `publish.sources`", 9),
    ("notebook", lambda content: content.update(nbformat=3), "not a notebook", None),
    ("notebook", declare(surprise=1), "metadata under `jpresearch`", None),
    ("notebook", add(PARAMETERS, "print(1)"), "something else than a parameter", None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "change", "says", "cell"), BROKEN, ids=[f"{n}-{b[0]}" for n, b in enumerate(BROKEN)])
def test_a_broken_rule_is_found_where_it_is(
    tmp_path: Path, rule: str, change: Change, says: str, cell: int | None
) -> None:
    found = [finding for finding in findings(tmp_path, change) if finding.rule == rule]
    assert [finding.cell for finding in found if says in finding.what][:1] == [cell], found


SOUND_CHANGES: list[Change] = [
    lambda content: content["cells"][3].update(source="## A section\n```\n# a comment in code\n```"),
    add(MEASURE, "for row in rows:\n    publish.metric(**row)"),
    add(MEASURE, 'if newest > 0:\n    publish.metric("only_sometimes", 1)'),
    add(
        FIGURE, 'words = {"unit": "JPY/USD, % of x/y", "source": "JPX / MoF; see the notes.", "label": r"$\\beta$ 1.5"}'
    ),
    add(FIGURE, "settings.seed"),
    add(
        LOADING,
        "import numpy as np\nfrom statsmodels.api import OLS\nfrom jpresearch.stats.regression import newey_west",
    ),
    add(FIGURE, "\n" * 40),
]


@pytest.mark.parametrize("change", SOUND_CHANGES)
def test_what_the_house_form_allows_is_no_finding(tmp_path: Path, change: Change) -> None:
    assert findings(tmp_path, change) == []


def test_names_told_at_run_time_may_be_any_of_those_declared(tmp_path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        publishes(metrics=[*METRICS, "other"])(content)
        add(MEASURE, "for row in rows:\n    publish.metric(**row)")(content)

    assert findings(tmp_path, change) == []


def test_a_dataset_may_read_the_declared_tables(tmp_path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        declare(requires=["investor_flows", "market_daily"])(content)
        add(LOADING, "from jpresearch.datasets import flows")(content)

    assert findings(tmp_path, change) == []


def test_a_finding_names_notebook_cell_and_line(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, put(SOURCES, '\npublish.sources(tables.sources("securities_flows", as_of=as_of))'))
    assert str(finding) == "09_a.ipynb, code cell 9, line 2: table 'securities_flows' is read and not declared [tables]"


def test_findings_come_in_the_order_of_the_cells(tmp_path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        add(SOURCES, "import os")(content)
        add(FIGURE, 'publish.figure("other", fig)')(content)

    cells = [finding.cell or 0 for finding in findings(tmp_path, change)]
    assert cells == sorted(cells)
    assert len(set(cells)) > 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "\x00", '{"nbformat": 4}', '{"nbformat": 4, "metadata": {}, "cells": [1]}']
)
def test_a_file_that_is_no_notebook_is_one_finding(tmp_path: Path, text: str) -> None:
    path = tmp_path / "09_a.ipynb"
    path.write_text(text, encoding="utf-8")
    (finding,) = lint(path, TABLES)
    assert finding.rule == "notebook"
    assert lint(tmp_path / "none.ipynb", TABLES)[0].rule == "notebook"


def test_an_empty_notebook_is_answered_not_fallen_over(tmp_path: Path) -> None:
    rules = {finding.rule for finding in findings(tmp_path, lambda content: content.update(cells=[], metadata={}))}
    assert {"title", "parameters", "sources", "kernel", "tables", "outputs declared"} <= rules


@pytest.mark.parametrize(
    "text",
    [
        "/tmp/x",
        "/var/data/x.csv",
        "~/x",
        "./x",
        "../x",
        "C:\\x",
        "D:/x",
        "x.parquet",
        "data/x.csv",
        "/srv/y",
        "/tmp/my file",
    ],
)
def test_a_path_is_told(text: str) -> None:
    assert [rule for rule, _ in trespasses(ast.Constant(text))] == ["paths"]


@pytest.mark.parametrize(
    "text", ["JPY/USD", "n/a", "net, JPY bn / week", "1.5", "and/or", "\\beta", "e.g. this", "...", "/ total", "a.b"]
)
def test_words_are_no_paths(text: str) -> None:
    assert list(trespasses(ast.Constant(text))) == []


@pytest.mark.parametrize(
    ("name", "there"),
    [("jpresearch", True), ("jpresearch.load", True), ("jpresearch.charts", True), ("jpresearch.stats.seasonal", True),
     ("jpresearch.stats.regression.newey_west", True), ("jpresearch.chart", False), ("jpresearch.stats.x", False),
     ("jpresearch.stats.regression.newey_east", False), ("jpresearch.nothing.x", False), ("pandas.anything", True)],
)  # fmt: skip
def test_modules_of_the_package_are_looked_up_without_importing_them(name: str, there: bool) -> None:
    assert importable(name) is there


def test_linting_imports_nothing_slow() -> None:
    code = (
        "import sys, jpresearch.batch.lint.house_form, jpresearch.batch.scaffold.notebook;"
        "print(*sorted({'pandas', 'nbformat', 'numpy', 'IPython', 'jpresearch.tables'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_outputs_that_git_takes_out_by_itself_are_no_finding(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "config", "filter.jpresearch-outputs.clean", "cat"], cwd=tmp_path, check=True)
    found = findings(tmp_path, lambda content: code(content, 3).update(execution_count=7))
    assert "outputs" not in {finding.rule for finding in found}
