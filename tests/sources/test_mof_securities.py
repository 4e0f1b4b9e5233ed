"""MoF weekly flows: every week as the file states it, and no week from a file that does not add up."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.sources.model import Parsed, SourceError
from jpresearch.sources.mof_securities import ADAPTER, ADDRESS, COLUMNS
from tests.sources.builders_mof import CLASSES, SIDES, Week, columns, complete, week_csv
from tests.sources.builders_mutations import HTML, ROOT, fixture_file, survive

FIXTURE = "mof_week_20260806.csv"
NAME = "week.csv"


def plain_weeks(count: int, first: date = date(2025, 12, 7)) -> list[tuple[date, Week]]:
    names = [f"{side}_{kind}" for side in SIDES for kind in CLASSES]
    return [
        (
            first + timedelta(days=7 * number),
            complete(
                {name: (50_000 + 37 * place + number, 48_000 + 91 * number + place) for place, name in enumerate(names)}
            ),
        )
        for number in range(count)
    ]


def file_of(weeks: list[tuple[date, Week]]) -> bytes:
    return week_csv(weeks, weeks[-1][0] + timedelta(days=11))


amounts = st.integers(5_000, 900_000)
traded = st.fixed_dictionaries({f"{side}_{kind}": st.tuples(amounts, amounts) for side in SIDES for kind in CLASSES})


@given(
    weeks=st.lists(st.builds(complete, traded, st.sampled_from([-1, 0, 1])), min_size=1, max_size=6),
    sunday=st.dates(date(2019, 6, 1), date(2030, 1, 1)),
)
@settings(max_examples=25, deadline=None)
def test_a_file_written_from_weeks_reads_back_as_the_same_weeks(weeks: list[Week], sunday: date) -> None:
    first = sunday - timedelta(days=(sunday.weekday() + 1) % 7)
    dated = [(first + timedelta(days=7 * number), week) for number, week in enumerate(weeks)]
    (parsed,) = ADAPTER.parse(file_of(dated), NAME)
    assert parsed.table == "securities_flows"
    assert parsed.source == "mof-itn-securities"
    assert parsed.rows["period_start"].dt.date.tolist() == [start for start, _ in dated]
    assert parsed.rows["period_end"].dt.date.tolist() == [start + timedelta(days=6) for start, _ in dated]
    for name in COLUMNS:
        assert parsed.rows[f"{name}_jpy_100mn"].tolist() == [float(week[name]) for _, week in dated], name


def test_the_edition_is_the_last_update_at_the_hour_of_release() -> None:
    weeks = plain_weeks(2)
    (parsed,) = ADAPTER.parse(week_csv(weeks, date(2025, 12, 25)), NAME)
    assert parsed.edition == pd.Timestamp("2025-12-25T08:50:00+09:00")


def test_a_week_across_the_new_year_carries_both_years() -> None:
    (parsed,) = ADAPTER.parse(file_of(plain_weeks(5)), NAME)
    assert parsed.rows["period_end"].iloc[3] == pd.Timestamp("2026-01-03")
    assert parsed.rows["period_start"].iloc[3] == pd.Timestamp("2025-12-28")


def swapped(content: bytes, one: str, other: str) -> bytes:
    mark = b"\x01"
    first, second = one.encode("cp932"), other.encode("cp932")
    return content.replace(first, mark).replace(second, first).replace(mark, second)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda c: c.replace(b"Acquisition", b"Purchase"), "Acquisition"),
        (lambda c: c.replace(b"Portfolio Investment Liabilities", b"Other"), "PortfolioInvestmentAssets"),
        (lambda c: c.replace(b"Unit: 100 million Yen", b"Unit: million Yen"), "Unit: 100 million Yen"),
        (lambda c: c.replace(b"Final Update", b"Update"), "Final Update"),
        (lambda c: c.replace(b"January  7", b"January  8"), "last update"),
        (lambda c: swapped(c, "取得", "処分"), "disagree"),
        (lambda c: swapped(c, " Long-term debt securities", "Equity and investment fund shares"), "disagree"),
        (lambda c: c.replace("2025．12．14～".encode("cp932"), "2025．12．15～".encode("cp932")), "2025．12．15"),
        (lambda c: c.replace("（備考）".encode("cp932"), b"").replace(b"(Note 2)", b""), "cut off"),
        (lambda c: c.replace(b'"50,000 "', b'"50,002 "'), "net"),
        (lambda c: c.replace(b'"50,000 "', b'"5O,000 "'), "5O,000"),
    ],
    ids=[
        "kind", "side", "unit", "no update", "two updates", "kinds swapped", "classes swapped", "monday", "no notes",
        "sum", "letter",
    ],
)  # fmt: skip
def test_a_changed_layout_or_figure_is_an_error_that_names_it(damage, named: str) -> None:  # type: ignore[no-untyped-def]
    content = week_csv(plain_weeks(4), date(2026, 1, 7))
    damaged = damage(content)
    assert damaged != content
    with pytest.raises(SourceError, match=named) as caught:
        for part in ADAPTER.parse(damaged, NAME):
            part.require_sound(NAME)
    assert NAME in str(caught.value)


def test_one_figure_that_does_not_add_up_is_a_doubt_and_two_weeks_are_an_error() -> None:
    weeks = plain_weeks(6)
    weeks[2][1]["inward_equity_net"] += 10
    (part,) = ADAPTER.parse(file_of(weeks), NAME)
    assert len(part.rows) == 6
    assert part.doubts
    assert all(f"{weeks[2][0] + timedelta(days=6):%Y-%m-%d}" in doubt for doubt in part.doubts)
    weeks[4][1]["inward_equity_net"] += 10
    with pytest.raises(SourceError, match="does not add up"):
        ADAPTER.parse(file_of(weeks), NAME)


def test_a_file_saved_again_as_utf8_reads_the_same() -> None:
    content = file_of(plain_weeks(4))
    saved = content.decode("cp932").replace("～", "〜").encode("utf-8-sig")
    pd.testing.assert_frame_equal(ADAPTER.parse(saved, NAME)[0].rows, ADAPTER.parse(content, NAME)[0].rows)


def test_a_missing_week_is_an_error() -> None:
    weeks = plain_weeks(5)
    with pytest.raises(SourceError, match="not the one after the last"):
        ADAPTER.parse(file_of([*weeks[:2], *weeks[3:]]), NAME)


def test_figures_in_another_unit_are_refused() -> None:
    weeks = [(sunday, {name: value * 100 for name, value in week.items()}) for sunday, week in plain_weeks(3)]
    with pytest.raises(SourceError, match=r"too large|another unit"):
        ADAPTER.parse(file_of(weeks), NAME)
    small = [
        (sunday, {name: value // 1000 * 0 + (value > 0) for name, value in week.items()}) for sunday, week in weeks
    ]
    with pytest.raises(SourceError):
        ADAPTER.parse(file_of(small), NAME)


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n\r\n", HTML, b"PK\x03\x04" + b"\0" * 50, b"\xd0\xcf\x11\xe0" + b"\0" * 50, "期間".encode("utf-16")],
    ids=["empty", "blank", "html", "zip", "ole", "utf16"],
)
def test_what_is_no_such_file_is_refused_and_not_recognised(content: bytes) -> None:
    assert not ADAPTER.recognises(content, NAME)
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_another_encoding_is_refused() -> None:
    text = file_of(plain_weeks(3)).decode("cp932")
    with pytest.raises(SourceError):
        ADAPTER.parse(text.encode("euc_jp", errors="replace"), NAME)


def test_every_truncation_is_refused() -> None:
    content = file_of(plain_weeks(3))
    end = content.index("（備考）".encode("cp932")) + len("（備考）".encode("cp932")) - 1
    for length in range(0, end, 7):
        with pytest.raises(SourceError):
            ADAPTER.parse(content[:length], NAME)


def test_only_the_weekly_file_is_recognised() -> None:
    content = file_of(plain_weeks(1))
    assert ADAPTER.recognises(content, "anything.csv")
    assert not ADAPTER.recognises(content.replace(b"(Weekly;", b"(Monthly;"), NAME)


def test_the_file_has_one_address() -> None:
    assert ADAPTER.locate(lambda url: b"", date(2026, 1, 1)) == [ADDRESS]


def adds_up(parsed: list[Parsed]) -> None:
    for part in parsed:
        rows = part.rows.set_index("period_end")
        assert rows.index.is_unique
        assert (rows.index - rows["period_start"] == pd.Timedelta(days=6)).all()
        figures = rows.drop(columns="period_start").rename(columns=lambda name: name.removesuffix("_jpy_100mn"))
        assert figures.notna().all(axis=None)
        gap = figures["inward_equity_acquisition"] - figures["inward_equity_disposition"] - figures["inward_equity_net"]
        assert (gap.abs() <= 1).all()
        for side in SIDES:
            net = {kind: figures[f"{side}_{kind}_net"] for kind in (*CLASSES, "subtotal", "total")}
            assert ((net["equity"] + net["long_term_debt"] - net["subtotal"]).abs() <= 1).all()
            assert ((net["subtotal"] + net["short_term_debt"] - net["total"]).abs() <= 1).all()


def samples() -> list[bytes]:
    return [file_of(plain_weeks(3)), file_of(plain_weeks(12, date(2024, 11, 3)))]


def test_damaged_files_end_in_rows_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, adds_up, 200, seed=20260806)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_rows_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, adds_up, 10_000, seed=1)


@pytest.fixture(scope="module")
def real() -> bytes:
    path = fixture_file(FIXTURE)
    if path is None:
        pytest.skip("the publisher's file is not at hand")
    return path.read_bytes()


def test_the_publishers_file_reads_value_by_value(real: bytes) -> None:
    """Against a reading by position: the columns as counted in the file, the labels' days from their digits."""
    (parsed,) = ADAPTER.parse(real, FIXTURE)
    path = fixture_file(FIXTURE)
    raw = pd.read_csv(path, encoding="cp932", header=None, skiprows=14, skipfooter=7, engine="python", dtype=str)
    weeks = raw[raw[0].str.contains("～", na=False)].reset_index(drop=True)
    assert len(weeks) == len(parsed.rows) == 1126
    ends = [label.split("～")[1].strip().split("．")[-2:] for label in weeks[0]]
    assert [f"{end:%-m}．{end:%-d}".split("．") for end in parsed.rows["period_end"]] == ends
    places = dict(zip(columns(), range(1, 23), strict=True))
    assert places["inward_equity_net"] == 14
    for name in COLUMNS:
        expected = weeks[places[name]].str.strip().str.replace(",", "").astype(float)
        assert parsed.rows[f"{name}_jpy_100mn"].tolist() == expected.tolist(), name
    assert parsed.edition == pd.Timestamp("2026-08-06T08:50:00+09:00")
    week = parsed.rows.set_index("period_end").loc["2025-08-30"]
    assert week["inward_equity_net_jpy_100mn"] == -7857


def test_the_publishers_file_changes_nothing_in_the_table(real: bytes) -> None:
    (parsed,) = ADAPTER.parse(real, FIXTURE)
    table = pd.read_csv(ROOT / "data" / "securities_flows.csv", parse_dates=["period_end", "period_start"])
    both = table.merge(parsed.rows, on=["period_end", "period_start"], suffixes=("", "_read"))
    assert len(both) >= 1126
    for name in COLUMNS:
        assert both[f"{name}_jpy_100mn"].tolist() == both[f"{name}_jpy_100mn_read"].tolist(), name
