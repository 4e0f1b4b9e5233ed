"""What a job depends on: code but not its layout, the modules it can reach, the environment."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jpresearch.batch.reuse import fingerprint
from jpresearch.batch.reuse.code_meaning import Readings, read
from jpresearch.batch.reuse.fingerprint import changes, parts
from jpresearch.batch.reuse.reachable_modules import Library

READINGS = Readings()
PARAMETERS = "as_of: str | None = None  # YYYY-MM-DD\nlags: int = 4  # lags"
CELLS = [
    "from jpresearch import load, publish",
    'flows = load("investor_flows", as_of)\nnet = flows["net_jpy_mn"].rolling(lags, min_periods=1).sum()\nnet[-1]',
    'for week in net:\n    if week > 0.5e3 and not week == -1:\n        publish.metric("week", week, unit="JPY mn")',
]


def notebook(*cells: str, parameters: str = PARAMETERS, title: str = "# A title", **metadata: object) -> dict[str, Any]:
    code = [{"cell_type": "code", "metadata": {}, "source": source} for source in (parameters, *(cells or CELLS))]
    code[0]["metadata"] = {"tags": ["parameters"]}
    text = {"cell_type": "markdown", "metadata": {}, "source": title}
    return {"cells": [text, *code], "metadata": {"jpresearch": metadata}, "nbformat": 4}


def fingerprinted(content: dict[str, Any], library: Library | None = None) -> dict[str, str]:
    return parts(content, READINGS, library or Library(READINGS), fingerprint.environment())


def tokens(source: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(source).readline))


@given(st.sampled_from(CELLS), st.data())
def test_comments_and_blank_lines_never_change_what_code_says(source: str, data: st.DataObject) -> None:
    lines = []
    for line in source.split("\n"):
        comment = data.draw(st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12))
        ending = data.draw(st.sampled_from(["", "   ", f"  # {comment}"]))
        lines += [line + ending, *data.draw(st.lists(st.sampled_from(["", "   ", f"# {comment}"]), max_size=2))]
    assert read("\n".join(lines)) == read(source)


@given(st.sampled_from(CELLS), st.data())
def test_any_other_token_changes_what_code_says(source: str, data: st.DataObject) -> None:
    kinds = (tokenize.NAME, tokenize.NUMBER, tokenize.OP, tokenize.STRING)
    token = data.draw(st.sampled_from([token for token in tokens(source) if token.type in kinds]))
    other = data.draw(st.sampled_from(["x9", "7", "+", '"t"', "-", "<", "or", ""]))
    lines = source.split("\n")
    row = token.start[0] - 1
    lines[row] = lines[row][: token.start[1]] + other + lines[row][token.end[1] :]
    changed = "\n".join(lines)
    assume(not same_tree(source, changed))
    assert read(changed).meaning != read(source).meaning


def same_tree(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f(a, b)", "f(\n    a,\n    b,\n)"),
        ("x = 'a'", 'x = "a"'),
        ("x = (1 + 2)", "x=1+2"),
        ("if a:\n    b", "if a:\n  b"),
        ("", "# nothing\n\n"),
        ("a; b", "a\nb"),
    ],
)
def test_layout_does_not_count(one: str, other: str) -> None:
    assert read(one) == read(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", "x;"),
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("a\nb", "b\na"),
        ("if a:\n    b\n    c", "if a:\n    b\nc"),
        ("%matplotlib inline", "%matplotlib agg"),
        ("'a'", "b'a'"),
    ],
)
def test_what_runs_or_shows_otherwise_counts(one: str, other: str) -> None:
    assert read(one).meaning != read(other).meaning


def test_a_semicolon_in_a_text_or_comment_silences_nothing() -> None:
    assert read("x  # a;").meaning == read("x").meaning
    assert read("x; # a").meaning != read("x").meaning


def test_a_changed_cell_is_named_by_its_number_and_a_text_too() -> None:
    before = fingerprinted(notebook())
    changed = notebook(CELLS[0], CELLS[1].replace("sum", "mean"), CELLS[2])
    assert changes(before, fingerprinted(changed)) == ["code: cell 3"]
    assert changes(before, fingerprinted(notebook(title="# Another"))) == ["text: cell 1"]
    assert changes(before, fingerprinted(notebook(requires=["splits"]))) == ["declaration"]
    moved = fingerprinted(notebook(CELLS[1], CELLS[0], CELLS[2], "a", "b"))
    assert changes(before, moved) == ["code: cells 2, 3, 5 and 1 more"]
    assert changes(moved, before) == ["code: cells 2, 3, 5 and 1 more"]
    assert changes(before, dict(before)) == []


def test_a_tag_counts_and_the_parameters_cell_counts_as_its_parameters() -> None:
    before = fingerprinted(notebook())
    tagged = notebook()
    tagged["cells"][3]["metadata"]["tags"] = ["hide"]
    assert changes(before, fingerprinted(tagged)) == ["code: cell 3"]
    assert fingerprinted(notebook(parameters="lags: int = 5")) == before, "the resolved parameters tell of defaults"


@given(st.integers(0, len(CELLS) - 1), st.sampled_from(["", "# more\n", "\n\n"]), st.booleans())
def test_fingerprints_are_equal_exactly_if_the_code_is(place: int, before: str, other: bool) -> None:
    cells = list(CELLS)
    cells[place] = before + cells[place] + ("\nz = 1" if other else "\n# end")
    assert (fingerprinted(notebook(*cells)) == fingerprinted(notebook())) is not other


@pytest.fixture
def package(tmp_path: Path) -> Callable[[dict[str, str]], Library]:
    """A library over files given by path and text."""

    def write(files: dict[str, str]) -> Library:
        for name, text in files.items():
            path = tmp_path / "jpresearch" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Library(Readings(), tmp_path / "jpresearch")

    return write


FILES = {
    "__init__.py": "",
    "a.py": "import numpy\nfrom jpresearch import b",
    "b.py": "def f():\n    from . import c",
    "c.py": "x = 1  # one",
    "unused.py": "x = 1",
    "deep/__init__.py": "from .inner import thing",
    "deep/inner.py": "from ..c import x\nthing = import_module('jpresearch.lazy')",
    "deep/words.json": "{}",
    "deep/template/page.css": "body {}",
    "deep/other/__init__.py": "",
    "lazy.py": "",
}


def test_imports_are_followed_wherever_they_stand(package: Callable[[dict[str, str]], Library]) -> None:
    library = package(FILES)
    assert sorted(library.reached(["jpresearch.a", "pandas"])) == [f"jpresearch{end}" for end in ("", ".a", ".b", ".c")]
    assert sorted(library.reached(["jpresearch.deep.inner.thing"])) == [
        "jpresearch",
        "jpresearch.c",
        "jpresearch.deep",
        "jpresearch.deep.inner",
        "jpresearch.deep/template/page.css",
        "jpresearch.deep/words.json",
        "jpresearch.lazy",
    ]
    assert library.reached(["numpy.random", "jpresearchers.a", "__main__"]) == {}


# Each text has another size than the one before: both writings may fall into one tick of a file system's clock.
@pytest.mark.parametrize(
    ("file", "text", "changed"),
    [
        ("c.py", "x = 1  # still one\n\n", []),
        ("c.py", "x = 2", ["jpresearch.c"]),
        ("unused.py", "x = 10", []),
        ("deep/words.json", '{"a": 1}', ["jpresearch.deep/words.json"]),
        ("deep/template/page.css", "", ["jpresearch.deep/template/page.css"]),
        ("deep/other/__init__.py", "x = 2", []),
        ("__init__.py", "x = 2", ["jpresearch"]),
        ("c.py", "import jpresearch.unused\nx = 1", ["jpresearch.c", "jpresearch.unused"]),
        ("c.py", "not python (((", ["jpresearch.c"]),
    ],
)
def test_a_module_counts_if_it_can_be_reached(
    package: Callable[[dict[str, str]], Library], file: str, text: str, changed: list[str]
) -> None:
    imports = ["jpresearch.a", "jpresearch.deep"]
    before = package(FILES).reached(imports)
    after = package({file: text}).reached(imports)
    assert [name for name in sorted({**before, **after}) if before.get(name) != after.get(name)] == changed


def test_every_module_that_a_notebook_loads_is_reached(root: Path) -> None:
    """Held against Python itself: what importing really loads is a part of what reading the imports finds."""
    sources = [
        "".join(cell["source"])
        for path in sorted((root / "notebooks").glob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    lines = {line for source in sources for line in source.split("\n") if line.startswith(("from ", "import "))}
    names = "[name for name in sys.modules if name.split('.')[0] == 'jpresearch']"
    code = "\n".join([*sorted(lines), "import sys, json", f"print(json.dumps({names}))"])
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    reached = Library(READINGS).reached([name for source in sources for name in READINGS.of(source).imports])
    assert set(json.loads(ran.stdout)) <= set(reached)
    assert not [name for name in reached if name.startswith(("jpresearch.batch", "jpresearch.cli"))]


def test_the_page_writer_and_its_template_count() -> None:
    found = fingerprinted(notebook("x = 1"))
    assert "page jpresearch.report.page" in found
    assert any(name.startswith("page jpresearch.report/template/") for name in found)
    assert not [name for name in found if name.startswith("page jpresearch.models")]


def test_lock_file_packages_and_python_count(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprinted(notebook())
    (project / "requirements.lock").write_text("pandas==3.0.0 \\\n    --hash=x\n")
    locked = fingerprinted(notebook())
    assert changes(before, locked) == ["lock file", "installed packages"], "only locked packages count beside a lock"
    versions = fingerprint.installed()
    monkeypatch.setattr(fingerprint, "installed", lambda: {**versions, "pytest": "0"})
    assert fingerprinted(notebook()) == locked
    monkeypatch.setattr(fingerprint, "installed", lambda: {**versions, "pandas": "0"})
    assert changes(locked, fingerprinted(notebook())) == ["installed packages"]
    monkeypatch.setattr(fingerprint, "installed", lambda: versions)
    monkeypatch.setattr(fingerprint.platform, "python_version", lambda: "3.99.0")
    assert changes(locked, fingerprinted(notebook())) == ["Python"]


def test_installed_versions_are_those_of_the_metadata() -> None:
    from importlib.metadata import version

    found = fingerprint.installed()
    assert {name: found[name] for name in ("pandas", "exchange-calendars")} == {
        name: version(name) for name in ("pandas", "exchange-calendars")
    }


def test_readings_are_kept_between_calls_and_mended_when_damaged(tmp_path: Path) -> None:
    file = tmp_path / "readings.json"
    first = Readings(file)
    found = first.of("import a.b\nx = 1")
    first.save()
    assert Readings(file).of("import a.b\nx = 1") == found
    text = file.read_text(encoding="utf-8")
    for damage in ("", "{", "[]", '{"form": 1}', text.replace("readings", "other"), text[:-9]):
        file.write_text(damage, encoding="utf-8")
        mended = Readings(file)
        assert mended.of("import a.b\nx = 1") == found
        mended.save()
        assert file.read_text(encoding="utf-8") == text


def test_readings_of_another_python_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "readings.json"
    first = Readings(file)
    found = first.of("x = 1")
    first.save()
    file.write_text(file.read_text(encoding="utf-8").replace(found.meaning, "f" * 12), encoding="utf-8")
    assert Readings(file).of("x = 1").meaning == "f" * 12, "what is kept is used"
    monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
    assert Readings(file).of("x = 1") == found
