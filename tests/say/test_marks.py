"""Marks: readers never see them, and what stands outside them is what a person typed."""

from __future__ import annotations

import pytest

from jpresearch.say.marks import Kind, identity, marked, marks, outside, plain


def test_a_marked_text_reads_as_the_text() -> None:
    text = f"Foreigners sold {marked('¥502bn')} in {marked('August', kind=Kind.DATE)}."
    assert plain(text) == "Foreigners sold ¥502bn in August."
    assert text != plain(text)


def test_marks_say_where_they_stand_in_the_text_without_marks() -> None:
    text = f"sold {marked('¥502bn', 7)}, then {marked('30', 8, Kind.ESTIMATE)}"
    found = marks(text)
    assert [(mark.id, mark.kind, mark.text) for mark in found] == [(7, Kind.NUMBER, "¥502bn"), (8, Kind.ESTIMATE, "30")]
    assert [plain(text)[mark.start : mark.end] for mark in found] == ["¥502bn", "30"]


def test_a_mark_within_a_mark_is_found_too() -> None:
    text = marked(f"costs {marked('30 bp', 2, Kind.ESTIMATE)} a week", 1, Kind.SIGN)
    assert [(mark.id, mark.text) for mark in marks(text)] == [(1, "costs 30 bp a week"), (2, "30 bp")]


@pytest.mark.parametrize("cut", [slice(0, 12), slice(3, None), slice(5, 40), slice(38, None)])
def test_a_text_cut_through_a_mark_still_reads(cut: slice) -> None:
    text = f"sold {marked('¥502bn', 7)} net"
    assert plain(text[cut]) in plain(text)
    assert marks(text[cut]) == [] or [mark.text for mark in marks(text[cut])] == ["¥502bn"]


def test_outside_is_what_was_typed() -> None:
    text = f"In 2024 they sold {marked('¥502bn')} in {marked('13 weeks', kind=Kind.COUNT)}"
    assert outside(text).split() == ["In", "2024", "they", "sold", "in"]


def test_a_phrase_chosen_by_a_sign_hides_no_typed_digit() -> None:
    text = marked(f"gains 13 points ({marked('30')})", kind=Kind.SIGN)
    assert outside(text).split() == ["gains", "13", "points", "(", ")"]


def test_the_same_parts_have_the_same_id() -> None:
    assert identity(1.0, "bp") == identity(1.0, "bp") != identity(1.5, "bp")
    assert marks(marked("30"))[0].id == marks(marked("30"))[0].id != marks(marked("31"))[0].id
