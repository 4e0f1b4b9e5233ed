"""Two answers compared: whether words changed or figures alone."""

from __future__ import annotations

import pytest

from jpresearch.report.answer_change import Turn, marked, turn


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Foreigners sold ¥739bn.", "Foreigners sold ¥739bn.", Turn.SAME),
        ("Foreigners sold ¥739bn.", "Foreigners sold ¥1.37tn.", Turn.FIGURES),
        ("They sold −5.3 bp (95% CI −7 to 2), to 4 Sep.", "They sold 2.6 bp (95% CI 1 to 3), to 2 Oct.", Turn.FIGURES),
        ("Six claims hold, in the 82nd percentile.", "11 claims hold, in the 9th percentile.", Turn.FIGURES),
        ("Foreigners sold ¥739bn.", "Foreigners bought ¥739bn.", Turn.WORDS),
        ("The view is a correction.", "The view is not a correction.", Turn.WORDS),
        ("It may rise.", "It rises in May.", Turn.WORDS),
        (None, "Now there is one.", Turn.WORDS),
        (None, None, Turn.SAME),
    ],
)  # fmt: skip
def test_an_answer_turns_where_its_words_do_whatever_its_figures(before: str, after: str, kind: Turn) -> None:
    assert turn(before, after) is kind


def test_words_that_differ_are_marked_and_escaped() -> None:
    before, after = marked("They <b>sold</b> today.", "They bought today.")
    assert before == "<bdi>They</bdi> <mark><bdi>&lt;b&gt;sold&lt;/b&gt;</bdi></mark> <bdi>today.</bdi>"
    assert after == "<bdi>They</bdi> <mark><bdi>bought</bdi></mark> <bdi>today.</bdi>"
