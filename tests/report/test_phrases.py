"""The fixed words: in both languages, with the same places to fill."""

from __future__ import annotations

import re
import string

import pytest

from jpresearch.report.page import TEMPLATE
from jpresearch.report.phrases import PHRASES, phrase


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_have_words_with_the_same_places(key: str) -> None:
    english, japanese = PHRASES[key]
    assert english.strip() and japanese.strip() and english != japanese
    assert places(english) == places(japanese)
    assert not japanese.isascii()


def test_the_template_uses_only_phrases_that_there_are_and_holds_no_words_of_its_own() -> None:
    template = (TEMPLATE / "index.html.j2").read_text(encoding="utf-8")
    used = set(re.findall(r"say\('(\w+)'", template))
    assert used and used <= set(PHRASES)
    printed = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL)
    bare = re.sub(r"<[^>]*>|\bclass=\w?", " ", printed)
    assert not re.search(r"[A-Za-z]{3,}", bare)


def test_another_language_gets_english() -> None:
    assert phrase("takeaways", "de") == "Takeaways"
    assert phrase("figure", "ja", number=3) == "図3"
