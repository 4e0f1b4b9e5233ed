"""Names within a sentence."""

from __future__ import annotations

import pytest

from jpresearch.names import in_text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("1631", "banks"),
        ("1626", "IT and services"),
        ("foreigners", "foreigners"),
        ("trust_banks", "trust banks"),
        ("8035", "Tokyo Electron"),
        ("topix", "TOPIX"),
        ("jgb10y", "JGB 10-year"),
    ],
)
def test_a_common_noun_begins_small_within_a_sentence_and_a_proper_name_does_not(name: str, words: str) -> None:
    assert in_text(name) == words
