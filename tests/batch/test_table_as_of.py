"""Tables told from their files alone agree with tables read properly."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jpresearch import catalog, publish, tables
from jpresearch.batch import table_as_of
from jpresearch.batch.table_as_of import Edition
from jpresearch.errors import BadParameter, TableInvalid

HEADER = "code,period_end,note,published_at,grade,source"
DAYS = [f"2025-01-{day:02}T15:30:00+09:00" for day in range(1, 29)]


def edition(*lines: str, header: str = HEADER) -> Edition:
    return Edition("".join(f"{line}\n" for line in (header, *lines)).encode(), ("code", "period_end"))


def line(code: str, published: str, period: str = "2025-01-01", note: str = "") -> str:
    return f"{code},{period},{note},{published},rule,s"


LINES = st.lists(
    st.builds(
        line, st.text("abc", min_size=1, max_size=3), st.sampled_from(DAYS), note=st.sampled_from(["", '"a, b"'])
    ),
    max_size=12,
)


def later(text: str, moment: str) -> bool:
    return (edition(text).first or "") > moment


@given(LINES, LINES, st.sampled_from(DAYS), st.randoms())
def test_lines_published_later_change_nothing_wherever_they_stand(
    lines: list[str], more: list[str], moment: str, random: Random
) -> None:
    mixed = list(lines)
    for text in more:
        if later(text, moment):
            mixed.insert(random.randint(0, len(mixed)), text)
    assert edition(*mixed).digest_at(moment) == edition(*lines).digest_at(moment)
    assert edition(*mixed).rows(moment) == edition(*lines).rows(moment)


@given(LINES, st.integers(0, 11), st.sampled_from(DAYS))
def test_a_change_of_a_public_line_is_seen(lines: list[str], place: int, moment: str) -> None:
    assume(place < len(lines) and not later(lines[place], moment))
    changed = [*lines[:place], "z" + lines[place], *lines[place + 1 :]]
    assert edition(*changed).digest_at(moment) != edition(*lines).digest_at(moment)
    assert edition(*changed).digest_at(None) != edition(*lines).digest_at(None)


def test_published_at_is_found_among_commas_in_texts() -> None:
    awkward = edition(
        line("a", DAYS[3], note='"x, ""y"", 2024-01-01T00:00:00+09:00,rule,z"'),
        f'b,2025-01-01,,{DAYS[1]},rule,"s, t"',
    )
    assert awkward.first == DAYS[1]
    assert [awkward.rows(day) for day in DAYS[:5]] == [0, 1, 1, 2, 2]
    elsewhere = Edition(f"published_at,code,period_end\n{DAYS[1]},a,2025-01-01\n".encode(), ("code",))
    assert elsewhere.first == DAYS[1]


def test_a_changed_column_is_a_changed_content() -> None:
    assert edition(line("a", DAYS[0]), header=HEADER.replace("note", "remark")).digest_at(None) != edition(
        line("a", DAYS[0])
    ).digest_at(None)


@pytest.mark.parametrize("as_of", ["2012-06-29", "2020-01-31", "2025-09-05", "2025-09-05T15:30", None])
def test_counts_agree_with_the_tables_as_read(as_of: str | None) -> None:
    moment = table_as_of.as_text(as_of)
    until = tables.moment(as_of)
    for name, table in catalog.catalog().items():
        rows = tables.read(table)
        known = rows if until is None else rows[rows["published_at"] <= until]
        found = table_as_of.edition(table)
        assert found.rows(moment) == len(known), name
        figures = found.figures(moment)
        assert figures.keys == len(known.drop_duplicates(table.key)), name
        assert figures.newest == (None if known.empty else f"{known['period_end'].max():%Y-%m-%d}"), name
        assert table_as_of.first_day(table) == tables.first_publication(name)
        if moment is not None:
            assert table_as_of.public(table, moment) == (not known.empty)


@pytest.mark.parametrize(
    ("as_of", "moment"),
    [
        ("2025-09-05", "2025-09-05T23:59:59.999999+09:00"),
        ("2025-09-05T15:30", "2025-09-05T15:30:00.000000+09:00"),
        ("2025-09-05 06:30:00+00:00", "2025-09-05T15:30:00.000000+09:00"),
        (None, None),
    ],
)
def test_a_moment_is_understood_as_load_does(as_of: str | None, moment: str | None) -> None:
    assert table_as_of.as_text(as_of) == moment
    if as_of is not None:
        assert tables.moment(as_of) == pd.Timestamp(moment)


@pytest.mark.parametrize("as_of", ["yesterday", "2025-02-30", ""])
def test_a_moment_that_is_none_is_refused(as_of: str) -> None:
    with pytest.raises(BadParameter, match="is not a date"):
        table_as_of.as_text(as_of)


def test_a_changed_file_is_another_edition_and_a_missing_one_is_said(project: Path) -> None:
    table = catalog.table("splits")
    before = table_as_of.edition(table)
    assert table_as_of.edition(table) is before
    table.file.write_bytes(table.file.read_bytes() + b"\n")
    after = table_as_of.edition(table)
    assert after.digest != before.digest
    assert after.digest_at(None) == before.digest_at(None)
    table.file.unlink()
    with pytest.raises(TableInvalid, match="cannot be read"):
        table_as_of.edition(table)


def test_the_digest_is_that_of_the_note_that_load_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[dict[str, object]] = []
    monkeypatch.setattr(publish, "note", lambda note, *_: notes.append(note))
    tables.load("splits", "2025-09-05")
    assert notes[0]["file_digest"] == table_as_of.edition(catalog.table("splits")).digest
