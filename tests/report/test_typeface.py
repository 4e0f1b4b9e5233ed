"""The letters that a page brings: small, embedded once, with every sign that figures and text need."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path

import pytest

from jpresearch.report import typeface
from tests.report.builders_pages import page, report


def test_a_page_brings_its_letters_once_in_two_weights_and_at_most_60_kilobytes(tmp_path: Path) -> None:
    html = page(report(), tmp_path)
    faces = re.findall(r"@font-face\{[^}]*\}", html)
    assert [re.search(r"font-weight:([^;]+)", face)[1] for face in faces] == ["400", "600 900"]  # type: ignore[index]
    assert 0 < sum(map(len, faces)) <= 60 * 1024
    assert "font-src data:" in html and not re.search(r"url\((?!data:font/woff;base64,)", html)


def test_letters_of_figures_and_accents_are_among_them_and_figures_can_stand_in_line() -> None:
    from fontTools.ttLib import TTFont

    for packed in re.findall(r"base64,([^)]+)\)", typeface.faces()):
        font = TTFont(BytesIO(base64.b64decode(packed)))
        assert set("0123456789,.−+%¥–×±≤é") <= set(map(chr, font.getBestCmap()))
        names = font.getBestCmap()
        assert len({font["hmtx"][names[ord(figure)]][0] for figure in "0123456789−+"}) == 1 and font.flavor == "woff"


def test_without_the_package_a_page_takes_the_readers_own_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeface, "find_spec", lambda name: None)
    assert typeface.faces.__wrapped__() == ""


def test_the_letters_are_kept_and_a_damaged_copy_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JPRESEARCH_CACHE", str(tmp_path / "cache"))
    made = typeface.faces.__wrapped__()
    (kept,) = (tmp_path / "cache").iterdir()
    with monkeypatch.context() as patched:
        patched.setattr(typeface, "_subset", None)
        assert typeface.faces.__wrapped__() == made, "nothing is made again"
    kept.write_text(kept.read_text(encoding="ascii").replace("@font-face", "@import", 1), encoding="ascii")
    assert typeface.faces.__wrapped__() == made
    assert "@import" not in kept.read_text(encoding="ascii")
