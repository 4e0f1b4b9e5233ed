"""The argument stands in the cells: titles, findings, answers are written there, and the library holds no sentence."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "jpresearch"
ARGUED = sorted(
    path for path in (ROOT / "notebooks").glob("*.ipynb") if "publish.answer" in path.read_text(encoding="utf-8")
)
# Rooms that compute; what a reader reads is not theirs to say.
WORDLESS = ("jpresearch.datasets", "jpresearch.models", "jpresearch.stats")
SPEAKING = {"answer", "finding"}
VERB = (
    r"(?:is|are|was|were|has|have|do|does|did|sell|sold|buy|bought|rose|fell|take|took|gain|lost|hold|held|lead|led)s?"
)
WORDS = re.compile(rf"(?:[A-Za-z]+ )+{VERB} (?:[a-z]+ ?)+")


def cells(path: Path) -> list[ast.Module]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return [ast.parse("".join(cell["source"])) for cell in content["cells"] if cell["cell_type"] == "code"]


def imported(trees: list[ast.Module]) -> dict[str, str]:
    """Names in the notebook and where they come from."""
    found = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
    return found


def root_of(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def texts_for_readers(trees: list[ast.Module]) -> Iterator[ast.expr]:
    """What is given as answer, finding, title or caption."""
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr in SPEAKING and root_of(node.func) == "publish":
                yield from node.args[:1]
            yield from (word.value for word in node.keywords if word.arg in {"title", "caption"})


@pytest.mark.parametrize("path", ARGUED, ids=lambda path: path.stem)
def test_sentences_titles_and_captions_come_from_no_function_of_the_package(path: Path) -> None:
    trees = cells(path)
    names = imported(trees)
    for text in texts_for_readers(trees):
        for call in (node for node in ast.walk(text) if isinstance(node, ast.Call)):
            origin = names.get(root_of(call), "")
            assert not origin.startswith(WORDLESS), f"line {call.lineno}: {ast.unparse(call)} is asked for words"


@pytest.mark.parametrize("path", ARGUED, ids=lambda path: path.stem)
def test_an_answer_is_written_once_and_every_page_can_change_its_mind(path: Path) -> None:
    source = "\n".join(ast.unparse(tree) for tree in cells(path))
    assert source.count("publish.answer(") == 1
    assert "triggers" in source
    texts = [
        "".join(cell["source"])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    assert any(text.startswith("## What would change our mind") for text in texts)


def not_for_readers(node: ast.AST) -> bool:
    """What an error says, and the notes on method and basis that travel with a figure."""
    if isinstance(node, ast.Assign):
        return any(getattr(target, "id", "") in {"what", "method", "basis"} for target in node.targets)
    if isinstance(node, ast.keyword):
        return node.arg in {"method", "next_step", "basis"}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "About"
    return isinstance(node, ast.Raise)


@pytest.mark.parametrize("room", ["datasets", "models"])
def test_the_rooms_that_compute_hold_no_sentence_for_readers(room: str) -> None:
    for path in sorted((SOURCE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        unread = {id(part) for node in ast.walk(tree) if not_for_readers(node) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and id(node) not in unread:
                said = " ".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
                assert not WORDS.search(said), f"{path.name}, line {node.lineno}: {ast.unparse(node)}"
