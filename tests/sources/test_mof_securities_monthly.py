"""MoF monthly flows: every month that has figures, none of those to come, and none that does not add up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch import catalog, tables
from jpresearch.sources import mof_securities, updating
from jpresearch.sources.model import LINE, Parsed, SourceError
from jpresearch.sources.mof_securities_monthly import ADAPTER, ADDRESS, COLUMNS
from tests.sources.builders_mof import CLASSES, SIDES, Week, complete, month_csv, week_csv
from tests.sources.builders_mutations import HTML, survive

NAME = "montha1.csv"
Months = list[tuple[int, int, Week]]


def plain_months(count: int, first: tuple[int, int] = (2025, 6)) -> Months:
    names = [f"{side}_{kind}" for side in SIDES for kind in CLASSES]
    start = first[0] * 12 + first[1] - 1
    return [
        (
            (start + number) // 12,
            (start + number) % 12 + 1,
            complete(
                {
                    name: (900_000 + 37 * place + number, 890_000 + 91 * number + place)
                    for place, name in enumerate(names)
                }
            ),
        )
        for number in range(count)
    ]


def updated(months: Months) -> date:
    year, month, _ = months[-1]
    return date(year + month // 12, month % 12 + 1, 9)


def file_of(months: Months, *, differences: bool = True) -> bytes:
    return month_csv(months, updated(months), differences=differences)


amounts = st.integers(50_000, 2_000_000)
traded = st.fixed_dictionaries({f"{side}_{kind}": st.tuples(amounts, amounts) for side in SIDES for kind in CLASSES})


@given(
    figures=st.lists(st.builds(complete, traded, st.sampled_from([-1, 0, 1])), min_size=1, max_size=15),
    first=st.dates(date(2020, 1, 1), date(2029, 1, 1)),
    differences=st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_a_file_written_from_months_reads_back_as_the_same_months(
    figures: list[Week], first: date, differences: bool
) -> None:
    # The file begins with a January, where the year stands.
    months = [
        (year, month, week)
        for (year, month, _), week in zip(plain_months(len(figures), (first.year, 1)), figures, strict=True)
    ]
    (parsed,) = ADAPTER.parse(file_of(months, differences=differences), NAME)
    assert (parsed.table, parsed.source) == ("securities_flows_monthly_wide", "mof-itn-securities-monthly")
    assert [(end.year, end.month) for end in parsed.rows["period_end"]] == [(y, m) for y, m, _ in months]
    assert (parsed.rows["period_end"] + pd.Timedelta(days=1)).dt.day.eq(1).all()
    assert parsed.rows["period_start"].dt.day.eq(1).all()
    for name in COLUMNS:
        assert parsed.rows[f"{name}_jpy_100mn"].tolist() == [float(week[name]) for _, _, week in months], name
    assert parsed.edition == pd.Timestamp(f"{updated(months)} 08:50", tz="Asia/Tokyo")


def test_months_to_come_are_no_months_and_the_sums_below_are_none() -> None:
    months = plain_months(8, (2026, 1))
    content = file_of(months)
    assert "12月" in content.decode("cp932")
    (parsed,) = ADAPTER.parse(content, NAME)
    assert parsed.rows["period_end"].max() == pd.Timestamp("2026-08-31")
    assert parsed.rows[LINE].is_monotonic_increasing


def test_the_rows_are_what_the_table_takes(project: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(file_of(plain_months(2, (2027, 1))))
    result = updating.settle(updating.from_files(tmp_path / NAME, ()), write=False)
    assert result.comparisons["securities_flows_monthly_wide"].new == 2
    (tmp_path / NAME).write_bytes(file_of(held_months()))
    result = updating.settle(updating.from_files(tmp_path / NAME, ()), write=True)
    comparison = result.comparisons["securities_flows_monthly_wide"]
    assert (comparison.new, comparison.corrected, comparison.unchanged) == (1, 0, 8)
    assert tables.check(catalog.table("securities_flows_monthly_wide")) == []


def held_months() -> Months:
    """The table's own months of 2026, and one more."""
    frame = tables.read(catalog.table("securities_flows_monthly_wide")).query("period_end >= '2026-01-01'")
    months = []
    for _, row in frame.iterrows():
        known = {name: row.get(f"{name}_jpy_100mn") for name in COLUMNS}
        traded = {}
        for side in SIDES:
            for kind in CLASSES:
                net = int(known[f"{side}_{kind}_net"])
                bought = int(known.get(f"{side}_{kind}_acquisition") or 900_000)
                traded[f"{side}_{kind}"] = (bought, bought - net)
        week = complete(traded)
        for side in SIDES:
            week[f"{side}_total_net"] = int(known[f"{side}_total_net"])
        sold = known["inward_equity_disposition"]
        months.append(
            (row["period_end"].year, row["period_end"].month, week | {"inward_equity_disposition": int(sold)})
        )
    return [*months, (2026, 9, months[-1][2])]


SOUND = file_of(plain_months(20, (2025, 1))).decode("cp932")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (SOUND.replace("中 長 期 債", "長期債"), "headings"),
        (SOUND.replace("Disposition", "Sales"), "headings"),
        (SOUND.replace("Unit: 100 million Yen", "Unit: million Yen"), "unit"),
        (SOUND.replace("最終更新日", "更新日"), "最終更新日"),
        (SOUND.replace("\r\n2026,1月", "\r\n,1月"), "year is not stated"),
        (SOUND.replace("\r\n2026,1月", "\r\n2027,1月"), "one after the last"),
        (SOUND.replace("(令和8年)", "(令和7年)"), "era"),
        (SOUND.replace("3月,Mar", "3月,Apr"), "one after the last"),
        (SOUND.replace(",4月,Apr", ",4月,Smarch"), "among the months"),
        (SOUND.replace('"900,004"', "", 1), "some columns only"),
        (SOUND.replace('"900,004"', '"900,0O4"', 1), "900,0O4"),
        (SOUND.replace('"900,004"', '"90,004"', 1).replace('"900,041"', '"90,041"', 1), "does not add up"),
        (SOUND[: SOUND.index(",9月,Sep")] + "\r\n", "December|cut off"),
        (SOUND[:-3], "cut off"),
        (SOUND.replace("9月9日", "3月9日").replace("September  9 , 2026", "March  9 , 2027"), "is 2026-03-09"),
    ],
    ids=lambda value: value if len(value) < 40 else "",
)
def test_what_is_not_as_described_is_refused_and_named(content: str, named: str) -> None:
    assert content != SOUND
    with pytest.raises(SourceError, match=named) as caught:
        for part in ADAPTER.parse(content.encode("cp932"), NAME):
            part.require_sound(NAME)
    assert NAME in str(caught.value)


def test_another_unit_is_refused() -> None:
    months = [(y, m, {name: value * 100 for name, value in week.items()}) for y, m, week in plain_months(3, (2026, 1))]
    with pytest.raises(SourceError, match=r"unit|large"):
        ADAPTER.parse(file_of(months), NAME)


def test_a_file_that_ends_months_before_its_update_is_refused() -> None:
    months = plain_months(12, (2025, 1))
    with pytest.raises(SourceError, match="months are missing"):
        ADAPTER.parse(month_csv(months, date(2026, 6, 9)), NAME)


@pytest.mark.parametrize("content", [b"", b"\n", HTML, b"PK\x03\x04" + b"\0" * 50], ids=len)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(SourceError):
        ADAPTER.parse(content, NAME)


def test_weekly_and_monthly_files_are_told_apart() -> None:
    monthly = file_of(plain_months(3, (2026, 1)))
    weekly = week_csv([(date(2025, 12, 7), plain_months(1)[0][2])], date(2025, 12, 18))
    assert ADAPTER.recognises(monthly, "a.csv")
    assert not ADAPTER.recognises(weekly, "a.csv")
    assert not mof_securities.ADAPTER.recognises(monthly, "a.csv")
    assert ADAPTER.locate(lambda address: b"", None) == [ADDRESS]


def months_add_up(parsed: list[Parsed]) -> None:
    (part,) = parsed
    rows = part.rows
    ends = rows["period_end"]
    assert (ends.dt.year * 12 + ends.dt.month).diff().dropna().eq(1).all()
    gap = (
        rows["inward_equity_acquisition_jpy_100mn"]
        - rows["inward_equity_disposition_jpy_100mn"]
        - rows["inward_equity_net_jpy_100mn"]
    )
    assert gap.abs().max() <= 1


def samples() -> list[bytes]:
    return [file_of(plain_months(15, (2025, 1))), file_of(plain_months(3, (2026, 1)), differences=False)]


def test_damaged_files_end_in_months_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, months_add_up, 200, seed=4)


@pytest.mark.proof
def test_ten_thousand_damaged_files_end_in_months_that_add_up_or_in_an_error() -> None:
    assert survive(ADAPTER, samples(), NAME, months_add_up, 10_000, seed=5)
