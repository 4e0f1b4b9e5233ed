"""Records and notebooks with anything in any place: every export is whole, or refused in a sentence."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pptx import Presentation

from jpresearch.errors import JPResearchError
from jpresearch.export import browser
from jpresearch.export.exporting import export
from jpresearch.export.writing import Request
from tests.report.conftest import program

TEXTS = (
    "", " ", "\x00", "\x07\x1b[31m", "a\rb\nc", "\ud800", "\udfff\ud800", "\u202egnp.exe", "\ufffe\uffff", "x" * 70_000,
    "<script>fetch('http://127.0.0.1:9/x')</script>", "</title></style><img src=x onerror=alert(1)>", "]]>", "<!--",
    '=HYPERLINK("http://x")', "{run}", "%s%n", "javascript:alert(1)", "http://[::1", "file:///etc/passwd", "../../../x",
    "\r\nBcc: a@b\r\n\r\n", "=?utf-8?q?x?=", "2026-02-31", "9999-12-31", "NaN", "1e999", "#", "🧨" * 30, "a\u0301" * 99,
    "&amp;&#0;", "C:\\x", "日本" * 40,
)  # fmt: skip
NUMBERS = (0, -1, 1e308, -1e-320, 10**400, float("nan"), float("inf"), True, 2**63)
OTHERS = (None, [], {}, [[[]]], {"a": {"b": None}}, [None, 1, "x"], [{}] * 3)
MARK = "export-hostile-mark"


def places(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a tree of JSON has something, leaves and branches."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = [place for key, value in inside for place in places(value, (*at, key))]
    return [*([at] if at else []), *found]


def damaged(tree: Any, draw: random.Random) -> Any:
    """The tree with one to four of its places changed, emptied or taken out; half of the draws change words alone."""
    words_alone = draw.random() < 0.5
    for _ in range(draw.randint(1, 4)):
        at = draw.choice([at for at in places(tree) if not words_alone or _is_prose(value_at(tree, at))])
        parent, text = value_at(tree, at[:-1]), draw.choice(TEXTS)
        if words_alone:
            parent[at[-1]] += text
        elif draw.random() < 0.1 and isinstance(parent, dict):
            del parent[at[-1]]
        else:
            parent[at[-1]] = draw.choice((text, text, draw.choice(NUMBERS), draw.choice(OTHERS)))
    return tree


def value_at(tree: Any, at: tuple[Any, ...]) -> Any:
    for key in at:
        tree = tree[key]
    return tree


def _is_prose(value: Any) -> bool:
    """A sentence, a title, a unit: what a notebook may have as it likes."""
    return isinstance(value, str) and " " in value


def written(folder: Path, run_folder: Path, draw: random.Random) -> Path:
    """A copy of a run with its record or a notebook, or both, damaged."""
    place = folder / "reports" / run_folder.name
    shutil.copytree(run_folder, place, ignore=shutil.ignore_patterns("*.pptx", "*.eml", "*-site", "*-figures"))
    files = ["record.json", "01_foreign_flows.ipynb"]
    for name in draw.sample(files, draw.randint(1, 2)):
        tree = json.loads((place / name).read_text("utf-8"))
        text = json.dumps(damaged(tree, draw), allow_nan=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def require_whole(form: str, path: Path) -> None:
    """The export opens; what was text is text in it."""
    if form == "pptx":
        content = path.read_bytes()
        assert len(Presentation(BytesIO(content)).slides)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    ET.fromstring(archive.read(name))
    elif form == "mail":
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert message["Bcc"] is None and message["Subject"] and not any(part.defects for part in message.walk())
        html = message.get_body(("html",))
        assert html is not None and not {"<script", "<img src=x"} & set(html.get_content().lower().split(">"))
        assert max(map(len, path.read_bytes().split(b"\r\n"))) <= 998
    elif form == "site":
        for page in path.glob("*.html"):
            text = page.read_text("utf-8").lower()
            assert "<script>fetch" not in text and "<img src=x" not in text and 'href="javascript:' not in text
    elif form == "pdf":
        assert path.read_bytes().startswith(b"%PDF")


def attacked(seed: int, folder: Path, run_folder: Path, forms: tuple[str, ...]) -> dict[str, bool]:
    """Whether each export of a damaged run was written, else it was refused; nothing lies outside its folder."""
    place = written(folder, run_folder, random.Random(seed))
    ended: dict[str, bool] = {}
    for form in forms:
        try:
            (done,) = export(place, [Request(form, address="https://desk", note=MARK)])
        except JPResearchError as refusal:
            said = str(refusal)
            assert said.strip() and len(said) < 2000 and "Traceback" not in said
            ended[form] = False
            continue
        require_whole(form, done.path)
        assert place in done.path.parents
        ended[form] = True
    return ended


@pytest.mark.parametrize("seed", range(8))
def test_exports_of_damaged_runs_are_whole_or_refused(seed: int, run_folder: Path, tmp_path: Path) -> None:
    forms = ("pptx", "mail", "site", "png")
    assert set(attacked(seed, tmp_path, run_folder, forms)) == set(forms)


@pytest.mark.proof
def test_hundreds_of_damaged_runs_are_exported_or_refused(run_folder: Path, tmp_path: Path) -> None:
    done = 0
    for seed in range(1000, 1400):
        folder = tmp_path / str(seed)
        done += sum(attacked(seed, folder, run_folder, ("pptx", "mail", "site", "png")).values())
        shutil.rmtree(folder)
    assert done > 400, "most of the damage is in a text, which every form can show"


@pytest.mark.proof
def test_pdfs_of_damaged_runs_are_whole_or_refused(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pypdf")
    monkeypatch.setenv(browser.VARIABLE, program())
    done = sum(attacked(seed, tmp_path / str(seed), run_folder, ("pdf",))["pdf"] for seed in range(2000, 2025))
    assert done > 5
