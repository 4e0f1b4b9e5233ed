"""J-Quants files: flows, prices and filings as rows of the tables, or an error that says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.sources import jquants
from jpresearch.sources.jquants import FILINGS_ADAPTER, INVESTOR_TYPES_ADAPTER, PRICES_ADAPTER, TOPIX_ADAPTER
from jpresearch.sources.jquants_filings import quarter_end
from jpresearch.sources.jquants_prices import CODES, refuse_other_basis, short_code
from jpresearch.sources.model import LINE, Parsed, SourceError
from tests.sources.builders_jquants import (
    CLIENTS,
    Row,
    Week,
    as_csv,
    bars,
    filing,
    index_bars,
    long_week,
    padded,
    service_week,
)
from tests.sources.builders_mutations import HTML, ROOT, fixture_file, survive

NAME = "download.csv"
STATEMENT = "{}FinancialStatements_Consolidated_IFRS"


def rows_of(adapter: jquants.JQuants, content: bytes, name: str = NAME) -> pd.DataFrame:
    (parsed,) = adapter.parse(content, name)
    assert (parsed.table,) == adapter.tables
    return parsed.rows


def weekdays(first: date, count: int) -> list[date]:
    days = (first + timedelta(days=number) for number in range(3 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


# Trading by type of investors


def plain_week(section: str = "TSEPrime", friday: date = date(2026, 8, 21), shift: int = 0, later: int = 6) -> Week:
    clients = {name: (10**9 + 7 * place + shift, 10**9 + 11 * place) for place, name in enumerate(CLIENTS)}
    return Week(
        section, friday - timedelta(days=4), friday, friday + timedelta(days=later), (10**9, 10**9 + 5), clients
    )


amounts = st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)).map(
    lambda pair: (10**9 + pair[0] // 9, 10**9 + pair[1] // 9)
)
weeks_of = st.builds(
    lambda friday, own, clients, section: Week(
        section, friday - timedelta(days=4), friday, friday + timedelta(days=6), own, clients
    ),
    st.dates(date(2022, 4, 10), date(2030, 1, 1)).map(lambda day: day + timedelta(days=(4 - day.weekday()) % 7)),
    amounts,
    st.fixed_dictionaries(dict.fromkeys(CLIENTS, amounts)),
    st.sampled_from(["TSEPrime", "TokyoNagoya"]),
)


@given(weeks=st.lists(weeks_of, min_size=1, max_size=4, unique_by=lambda week: (week.section, week.end)))
@settings(max_examples=10, deadline=None)
def test_weeks_read_back_the_same_in_both_namings(weeks: list[Week]) -> None:
    labels = {"TSEPrime": "Prime Market (First Section)", "TokyoNagoya": "TokyoNagoya"}
    short = rows_of(INVESTOR_TYPES_ADAPTER, as_csv([service_week(week) for week in weeks]))
    lines = [long_week(replace(week, section=labels[week.section])) for week in weeks]
    long = rows_of(INVESTOR_TYPES_ADAPTER, as_csv(padded(lines, weeks[0].start, 5)))
    pd.testing.assert_frame_equal(short.drop(columns=LINE), long.drop(columns=LINE))
    markets = {"TSEPrime": "tse_prime", "TokyoNagoya": "two_markets"}
    expected = {
        (markets[week.section], investor, week.end): (flow[0] / 1000, flow[1] / 1000, (flow[1] - flow[0]) / 1000)
        for week in weeks
        for investor, flow in week.flows().items()
    }
    values = short[["sales_jpy_mn", "purchases_jpy_mn", "net_jpy_mn"]].itertuples(index=False, name=None)
    keys = zip(short["market"], short["investor"], short["period_end"].dt.date, strict=True)
    assert dict(zip(keys, values, strict=True)) == expected
    assert set(short["coverage"]) == {"full"}


def test_a_row_is_public_at_half_past_three_of_its_stated_day() -> None:
    rows = rows_of(INVESTOR_TYPES_ADAPTER, as_csv([service_week(plain_week())]))
    assert set(rows["published_at"]) == {pd.Timestamp("2026-08-27T15:30:00+09:00")}
    assert set(rows["grade"]) == {"stated"}
    assert set(rows["period_start"]) == {pd.Timestamp("2026-08-17")}


def test_a_correction_is_a_second_vintage() -> None:
    first, corrected = plain_week(), plain_week(shift=1000, later=13)
    rows = rows_of(INVESTOR_TYPES_ADAPTER, as_csv([service_week(corrected), service_week(first)]))
    foreigners = rows[rows["investor"] == "foreigners"]
    assert foreigners["published_at"].dt.strftime("%Y-%m-%d").tolist() == ["2026-08-27", "2026-09-03"]
    assert foreigners["sales_jpy_mn"].diff().iloc[1] == pytest.approx(1.0)


def test_one_label_means_different_markets_before_and_after_the_reform() -> None:
    lines = [
        long_week(plain_week("Prime Market (First Section)", friday)) for friday in (date(2022, 4, 1), date(2022, 4, 8))
    ]
    rows = rows_of(INVESTOR_TYPES_ADAPTER, as_csv(lines))
    assert dict(zip(rows["period_end"].dt.strftime("%Y-%m-%d"), rows["market"], strict=True)) == {
        "2022-04-01": "tse_first",
        "2022-04-08": "tse_prime",
    }


def test_mothers_and_jasdaq_are_also_held_as_one() -> None:
    small = {name: (10**7 + place, 10**7) for place, name in enumerate(CLIENTS)}
    parts = [replace(plain_week(section, date(2021, 8, 20)), clients=small) for section in ("TSEMothers", "TSEJASDAQ")]
    rows = rows_of(INVESTOR_TYPES_ADAPTER, as_csv([service_week(week) for week in parts])).set_index(
        ["market", "investor"]
    )
    both = (
        rows.loc[("tse_mothers", "foreigners"), "sales_jpy_mn"] + rows.loc[("tse_jasdaq", "foreigners"), "sales_jpy_mn"]
    )
    assert rows.loc[("tse_growth", "foreigners"), "sales_jpy_mn"] == round(both, 3)


def with_cell(row: Row, **cells: object) -> bytes:
    return as_csv([row | cells])


def without(row: Row, label: str) -> bytes:
    return as_csv([{name: value for name, value in row.items() if name != label}])


WEEK = service_week(plain_week())


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (without(WEEK, "TrstBnkBuy"), "TrstBnkBuy"),
        (without(WEEK, "EnDate"), "EnDate"),
        (with_cell(WEEK, Section="TSEPro"), "TSEPro"),
        (with_cell(WEEK, Section="TSE1st"), "did not exist"),
        (with_cell(WEEK, FrgnBuy=""), "FrgnBuy"),
        (with_cell(WEEK, FrgnBuy="1e9"), "FrgnBuy"),
        (with_cell(WEEK, FrgnBal=0), "balance of foreigners"),
        (with_cell(WEEK, FrgnTot=0), "sum of foreigners"),
        (with_cell(WEEK, PubDate="2026-08-20"), "StDate"),
        (with_cell(WEEK, StDate="2026-08-12"), "StDate"),
        (with_cell(WEEK, EnDate="soon"), "soon"),
        (as_csv([WEEK, WEEK]), "twice"),
        (
            with_cell(WEEK, **{f"Frgn{what}": 0 for what in ("Sell", "Buy", "Tot", "Bal")}),
            "not the sum of their classes",
        ),
        (as_csv([{k: v * 1000 if isinstance(v, int) else v for k, v in WEEK.items()}]), "magnitude"),
        (as_csv([{k: v // 1000 * 0 if isinstance(v, int) else v for k, v in WEEK.items()}]), "magnitude"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_flows_that_are_not_as_described_are_refused(content: bytes, named: str) -> None:
    with pytest.raises(SourceError, match=named) as caught:
        INVESTOR_TYPES_ADAPTER.parse(content, NAME)
    assert NAME in str(caught.value)


# Prices


def plain_bars(code: str = "80350", count: int = 8, **split: float) -> list[Row]:
    closes = [(day, 54_000.0 + 10 * number) for number, day in enumerate(weekdays(date(2026, 8, 17), count))]
    return bars(code, closes)


prices_of = st.lists(st.integers(30_000, 45_000).map(lambda value: value / 10), min_size=1, max_size=10)


@given(
    prices=prices_of,
    code=st.sampled_from(CODES),
    first=st.dates(date(2016, 1, 1), date(2030, 1, 1)),
    split=st.none() | st.tuples(st.integers(1, 9), st.sampled_from([0.2, 0.25, 0.5])),
)
@settings(max_examples=40, deadline=None)
def test_bars_read_back_as_the_closes_on_the_newest_basis(
    prices: list[float], code: str, first: date, split: tuple[int, float] | None
) -> None:
    days = weekdays(first, len(prices))
    place, factor = split or (len(days), 1.0)
    place = min(place, len(days))
    traded = [price if number < place else price * factor for number, price in enumerate(prices)]
    splits = {days[place]: factor} if split and place < len(days) else {}
    rows = rows_of(PRICES_ADAPTER, as_csv(bars(f"{code}0", list(zip(days, traded, strict=True)), splits)))
    expected = [price * factor if splits else price for price in prices]
    assert rows["code"].unique().tolist() == [code]
    assert rows["period_end"].dt.date.tolist() == days
    assert rows["close_jpy"].tolist() == pytest.approx(expected, abs=1e-5)


def test_other_issues_are_left_out_and_a_file_of_them_alone_is_refused() -> None:
    rows = rows_of(PRICES_ADAPTER, as_csv([*plain_bars("72030"), *plain_bars("80350")]))
    assert set(rows["code"]) == {"8035"}
    with pytest.raises(SourceError, match="none of the issues"):
        PRICES_ADAPTER.parse(as_csv(plain_bars("72030")), NAME)


@pytest.mark.parametrize(
    ("code", "short"), [("80350", "8035"), ("285A0", "285A"), ("8035", "8035"), ("25935", None), ("", None)]
)
def test_codes_of_five_characters_are_shortened(code: str, short: str | None) -> None:
    assert short_code(code) == short


def test_a_day_without_a_trade_has_no_close() -> None:
    lines = plain_bars("16250")
    lines[3] |= {label: None for label in lines[3] if label not in ("Date", "Code", "AdjFactor")}
    rows = rows_of(PRICES_ADAPTER, as_csv(lines))
    assert rows["period_end"].dt.date.tolist() == [date.fromisoformat(row["Date"]) for row in lines if row["C"]]


def test_the_code_of_a_single_issue_stands_in_the_name_of_its_file() -> None:
    line = {"Date": "2026-08-17", "Open": 1000, "High": 1010, "Low": 990, "Close": 1005, "Volume": 5}
    assert rows_of(PRICES_ADAPTER, as_csv([line]), "jquants_daily_8035.csv")["code"].tolist() == ["8035"]
    with pytest.raises(SourceError, match="which issue"):
        PRICES_ADAPTER.parse(as_csv([line]), "download.csv")


BARS = plain_bars()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (as_csv([{k: v for k, v in row.items() if k != "AdjC"} for row in BARS]), "AdjC|Code"),
        (as_csv([{k: v for k, v in row.items() if k != "AdjH"} for row in BARS]), "AdjH"),
        (as_csv([*BARS, BARS[0]]), "twice"),
        (as_csv([BARS[0] | {"AdjC": ""}]), "missing"),
        (as_csv([BARS[0] | {"AdjC": "54,00O"}]), "54,00O"),
        (as_csv([BARS[0] | {"AdjH": 1}]), "low and high"),
        (as_csv([BARS[0] | {"Date": "2026-02-30"}]), "2026-02-30"),
        (as_csv([*BARS[:4], *bars("80350", [(date(2026, 8, 21), 5_400.0)]), *BARS[5:]]), "leaps"),
        (as_csv([*BARS[:4], BARS[4] | {"AdjFactor": 0.5}, *BARS[5:]]), "factors"),
        (as_csv([*BARS[:4], BARS[4] | {"AdjFactor": -1}, *BARS[5:]]), "factors"),
        (as_csv(BARS) + b"2026-08-31,80350,1", "cells"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_prices_that_are_not_as_described_are_refused(content: bytes, named: str) -> None:
    with pytest.raises(SourceError, match=named):
        PRICES_ADAPTER.parse(content, NAME)


def held(lines: list[Row]) -> pd.DataFrame:
    return rows_of(PRICES_ADAPTER, as_csv(lines))


def test_closes_on_the_basis_of_the_table_pass() -> None:
    longer, present = held(plain_bars(count=12)), held(plain_bars(count=6))
    refuse_other_basis(longer, present)
    with pytest.raises(SourceError, match="times"):
        refuse_other_basis(longer.assign(close_jpy=longer["close_jpy"] / 5), present)


def test_closes_after_a_split_are_refused_with_words() -> None:
    days = weekdays(date(2026, 8, 17), 10)
    closes = [(day, 54_000.0 if number < 7 else 10_800.0) for number, day in enumerate(days)]
    present = held(bars("80350", closes[:6]))
    with pytest.raises(SourceError, match=r"0\.2 times.*split.*restate") as caught:
        refuse_other_basis(held(bars("80350", closes, {days[7]: 0.2})), present)
    assert "8035" in str(caught.value)


def test_the_last_vintage_of_the_table_is_its_basis() -> None:
    days = weekdays(date(2026, 8, 17), 4)
    old, restated = (
        held(bars("80350", [(day, 54_000.0) for day in days])),
        held(bars("80350", [(day, 10_800.0) for day in days])),
    )
    vintages = pd.concat([restated.assign(published_at="2026-09-02"), old.assign(published_at="2026-08-21")])
    refuse_other_basis(restated, vintages)
    with pytest.raises(SourceError, match="5 times"):
        refuse_other_basis(old, vintages)


def test_closes_that_share_no_day_with_the_table_are_refused() -> None:
    with pytest.raises(SourceError, match="begin at 2026-08-18"):
        refuse_other_basis(held(plain_bars(count=6)[3:]), held(plain_bars(count=2)))


def test_a_new_issue_has_no_basis_to_agree_with() -> None:
    new, present = held(plain_bars("285A0")), held(plain_bars("80350"))
    refuse_other_basis(new, present)
    with pytest.raises(SourceError, match="285A"):
        refuse_other_basis(new.assign(close_jpy=new["close_jpy"] / 5), pd.concat([present, new]))


@given(closes=st.lists(st.integers(250_000, 300_000).map(lambda value: value / 100), min_size=1, max_size=10))
@settings(max_examples=20, deadline=None)
def test_topix_reads_back_as_the_same_closes(closes: list[float]) -> None:
    days = weekdays(date(2026, 8, 3), len(closes))
    (parsed,) = TOPIX_ADAPTER.parse(as_csv(index_bars(list(zip(days, closes, strict=True)))), NAME)
    assert (parsed.table, parsed.source) == ("market_daily", "jpx-topix")
    assert parsed.rows["value"].tolist() == closes
    assert parsed.rows["period_end"].dt.date.tolist() == days
    assert set(parsed.rows["series"]) == {"topix"}


# Filings


def statement(period: str, disclosed: str, year_end: str = "2026-03-31", **figures: object) -> Row:
    return filing("80350", disclosed, STATEMENT.format(period), period, year_end, **figures)


RESULTS = {"Sales": 549_586_000_000, "OP": 144_668_000_000, "NP": 117_801_000_000, "EPS": 257.13}
GUIDANCE = {"FSales": 2_350_000_000_000, "FOP": 570_000_000_000, "FNP": 444_000_000_000, "FEPS": 969.12}


def test_a_statement_is_of_its_stated_quarter_and_known_from_its_hour() -> None:
    line = statement("1Q", "2025-07-31 15:30", NxtFYEn="2027-03-31", CurPerEn="2025-06-30", **RESULTS, **GUIDANCE)
    (row,) = rows_of(FILINGS_ADAPTER, as_csv([line])).to_dict("records")
    assert (row["code"], row["quarter"], row["grade"]) == ("8035", 1, "stated")
    assert row["published_at"] == pd.Timestamp("2025-07-31T15:30:00+09:00")
    assert (row["period_start"], row["period_end"]) == (pd.Timestamp("2025-04-01"), pd.Timestamp("2025-06-30"))
    assert (row["sales_jpy"], row["eps_jpy"], row["forecast_eps_jpy"]) == (549_586_000_000, 257.13, 969.12)
    assert pd.isna(row["next_fiscal_year_end"]), (
        "the service repeats it in every quarter; the table has it for full years"
    )


def test_full_year_results_carry_dividend_and_next_year() -> None:
    line = statement(
        "FY", "2026-04-30 15:00:00", NxtFYEn="2027-03-31", DivAnn=628.0, BPS=4498.85, NxFEPS=1400.5, **RESULTS
    )
    (row,) = rows_of(FILINGS_ADAPTER, as_csv([line])).to_dict("records")
    assert (row["quarter"], row["period_end"]) == (4, pd.Timestamp("2026-03-31"))
    assert row["next_fiscal_year_end"] == pd.Timestamp("2027-03-31")
    assert (row["dividend_annual_jpy"], row["bps_jpy"], row["next_year_forecast_eps_jpy"]) == (628.0, 4498.85, 1400.5)


def test_disclosures_of_one_day_are_one_row_at_the_last_hour() -> None:
    results = statement("2Q", "2025-10-31 15:00", CurPerEn="2025-09-30", **RESULTS)
    revision = filing("80350", "2025-10-31 15:30", "EarnForecastRevision", "FY", "2026-03-31", **GUIDANCE)
    dividend = filing("80350", "2025-10-31 15:30", "DividendForecastRevision", "", "2026-03-31")
    (row,) = rows_of(FILINGS_ADAPTER, as_csv([revision, results, dividend])).to_dict("records")
    assert row["published_at"] == pd.Timestamp("2025-10-31T15:30:00+09:00")
    assert (row["quarter"], row["sales_jpy"], row["forecast_eps_jpy"]) == (2, 549_586_000_000, 969.12)


def test_a_revision_between_results_is_a_later_vintage_that_keeps_them() -> None:
    results = statement("3Q", "2026-02-06 15:30", **RESULTS, **GUIDANCE)
    revision = filing("80350", "2026-04-20 15:30", "EarnForecastRevision", "FY", "2026-03-31", FEPS=1100.0)
    rows = rows_of(FILINGS_ADAPTER, as_csv([results, revision]))
    assert rows["quarter"].tolist() == [3, 3]
    assert rows["sales_jpy"].tolist() == [549_586_000_000] * 2
    # A disclosure with results restates its guidance: what a row without results leaves blank is carried.
    assert rows["forecast_eps_jpy"].tolist() == [969.12, 1100.0]
    assert rows["forecast_sales_jpy"].tolist() == [2_350_000_000_000] * 2
    assert rows["published_at"].dt.strftime("%m-%d").tolist() == ["02-06", "04-20"]


def test_corrected_results_are_a_later_vintage_of_their_own_quarter() -> None:
    first = statement("1Q", "2025-07-31 15:30", **RESULTS)
    corrected = statement("1Q", "2025-12-05 16:00", **(RESULTS | {"Sales": 549_999_000_000}))
    rows = rows_of(FILINGS_ADAPTER, as_csv([corrected, first]))
    assert rows["quarter"].tolist() == [1, 1]
    assert rows["sales_jpy"].tolist() == [549_586_000_000, 549_999_000_000]


def test_without_an_hour_a_disclosure_is_known_at_the_end_of_its_day() -> None:
    rows = rows_of(FILINGS_ADAPTER, as_csv([statement("1Q", "2025-07-31", **RESULTS)]))
    assert rows["published_at"].tolist() == [pd.Timestamp("2025-07-31T23:59:59+09:00")]


def test_other_companies_funds_and_years_before_2021_are_left_out() -> None:
    lines = [
        statement("1Q", "2025-07-31 15:30", **RESULTS),
        statement("1Q", "2025-07-31 15:30", **RESULTS) | {"Code": "72030"},
        statement("1Q", "2020-07-31 15:30", year_end="2021-03-31", **RESULTS),
    ]
    rows = rows_of(FILINGS_ADAPTER, as_csv(lines))
    assert rows[["code", "fiscal_year_end"]].to_numpy().tolist() == [["8035", pd.Timestamp("2026-03-31")]]


@given(
    sales=st.lists(st.integers(10**9, 10**13), min_size=4, max_size=4),
    shares=st.integers(2 * 10**6, 10**9),
    month=st.sampled_from([2, 3, 6, 9, 12]),
    year=st.integers(2022, 2034),
)
@settings(max_examples=12, deadline=None)
def test_four_quarters_read_back_as_filed(sales: list[int], shares: int, month: int, year: int) -> None:
    end = pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(0)
    ends = [end + pd.offsets.MonthEnd(3 * (number - 4)) for number in (1, 2, 3, 4)]
    lines = [
        statement(
            period,
            f"{last + pd.Timedelta(days=40):%Y-%m-%d} 15:30",
            f"{end:%Y-%m-%d}",
            Sales=amount,
            NP=amount // 10,
            EPS=round(amount / 10 / shares, 2),
            CurPerEn=f"{last:%Y-%m-%d}",
            CurFYSt=f"{end + pd.Timedelta(days=1) - pd.DateOffset(months=12):%Y-%m-%d}",
        )
        for period, last, amount in zip(("1Q", "2Q", "3Q", "FY"), ends, sales, strict=True)
    ]
    rows = rows_of(FILINGS_ADAPTER, as_csv(lines))
    assert rows["sales_jpy"].tolist() == sales
    assert rows["net_profit_jpy"].tolist() == [amount // 10 for amount in sales]
    assert rows["quarter"].tolist() == [1, 2, 3, 4]
    assert rows["period_end"].tolist() == ends
    # Stripped of type and period, the quarters follow from the days.
    bare = [{k: "" if k in ("DocType", "CurPerType", "CurPerEn") else v for k, v in line.items()} for line in lines]
    bare[-1]["NxtFYEn"] = f"{end + pd.offsets.MonthEnd(12):%Y-%m-%d}"
    inferred = rows_of(FILINGS_ADAPTER, as_csv(bare))
    pd.testing.assert_frame_equal(
        inferred.drop(columns="next_fiscal_year_end"), rows.drop(columns="next_fiscal_year_end")
    )


def test_quarters_end_three_months_apart() -> None:
    ends = pd.Series(pd.to_datetime(["2024-02-29", "2026-03-31", "2025-12-31"]), dtype="datetime64[us]")
    first = quarter_end(ends, pd.Series([1, 1, 1]))
    assert first.dt.strftime("%Y-%m-%d").tolist() == ["2023-05-31", "2025-06-30", "2025-03-31"]


FILED = statement("1Q", "2025-07-31 15:30", **RESULTS)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (as_csv([{k: v for k, v in FILED.items() if k != "FEPS"}]), "FEPS"),
        (as_csv([FILED | {"CurPerType": "5Q"}]), "CurPerType"),
        (as_csv([FILED | {"CurPerEn": "2025-09-30"}]), "CurPerEn"),
        (as_csv([FILED | {"CurFYSt": "2025-07-01"}]), "CurFYSt"),
        (as_csv([FILED | {"CurFYEn": "2026-03-30"}]), "CurFYEn"),
        (as_csv([FILED | {"DiscDate": "2025-06-01"}]), "DiscDate"),
        (as_csv([FILED | {"DiscTime": "25:30"}]), "DiscTime"),
        (as_csv([FILED | {"Sales": "549586"}]), "another unit"),
        (as_csv([FILED | {"EPS": "-257.13"}]), "number of shares"),
        (as_csv([FILED | {"EPS": "257130000"}]), "number of shares"),
        (as_csv([FILED | {"Sales": "5.4e11"}]), "Sales"),
        (as_csv([FILED, statement("1Q", "2026-07-31 15:30", "2026-12-31", **RESULTS)]), "changed the end"),
        (as_csv([FILED | {"Code": "72030"}]), "none of the companies"),
        (as_csv([FILED | {"DocType": "", "CurPerType": "", "DiscDate": "2027-01-31"}]), "cannot be told"),
        (
            as_csv([FILED | {"DiscTime": "", "DiscNo": ""}, FILED | {"DiscTime": "", "DiscNo": "", "OP": "1"}]),
            "contradict",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_filings_that_are_not_as_described_are_refused(content: bytes, named: str) -> None:
    with pytest.raises(SourceError, match=named):
        FILINGS_ADAPTER.parse(content, NAME)


# All kinds


def samples(adapter: jquants.JQuants) -> list[bytes]:
    days = [(day, 2_900.0 + number) for number, day in enumerate(weekdays(date(2026, 8, 3), 12))]
    lines = [statement("1Q", "2025-07-31 15:30", **RESULTS, **GUIDANCE), statement("2Q", "2025-10-31 15:30", **RESULTS)]
    lines += [statement("FY", "2026-04-30 15:30", NxtFYEn="2027-03-31", DivAnn=628.0, **RESULTS)]
    bare = [{k: "" if k in ("DocType", "CurPerType", "DiscTime") else v for k, v in line.items()} for line in lines]
    weeks = [plain_week(section, date(2026, 8, 21), shift) for shift, section in enumerate(("TSEPrime", "TokyoNagoya"))]
    closes = [(day, 500.0 if number > 6 else 1000.0) for number, (day, _) in enumerate(days)]
    return {
        "jquants_topix": [as_csv(index_bars(days))],
        "jquants_prices": [as_csv(plain_bars()), as_csv(bars("67230", closes, {days[7][0]: 0.5}))],
        "jquants_filings": [as_csv(lines), as_csv(bare)],
        "jquants_investor_types": [
            as_csv([service_week(week) for week in weeks]),
            as_csv(
                padded([long_week(replace(weeks[0], section="Prime Market (First Section)"))], date(2026, 8, 17), 4)
            ),
        ],
    }[adapter.name]


def sound(parsed: list[Parsed]) -> None:
    keys = {
        "market_daily": ["series", "period_end"],
        "semiconductor_prices": ["code", "period_end"],
        "semiconductor_filings": ["code", "fiscal_year_end", "quarter", "published_at"],
        "investor_flows": ["market", "investor", "period_end", "published_at"],
    }
    for part in parsed:
        assert not part.rows.duplicated(keys[part.table]).any()
        assert (part.rows["period_start"] <= part.rows["period_end"]).all()
        if part.table == "investor_flows":
            flows_add_up(part.rows)
        elif part.table == "semiconductor_filings":
            assert part.rows["sales_jpy"].dropna().between(1e8, 1e14).all()
            assert part.rows["quarter"].isin([1, 2, 3, 4]).all()
        else:
            assert part.rows.select_dtypes("float64").gt(0).all(axis=None)


def flows_add_up(rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    gap = rows["purchases_jpy_mn"] - rows["sales_jpy_mn"] - rows["net_jpy_mn"]
    assert (gap.abs() < 0.001).all()
    wide = rows.pivot(index=["market", "period_end", "published_at"], columns="investor", values="sales_jpy_mn")
    assert ((wide["proprietary"] + wide["brokerage"] - wide["total"]).abs() < 0.01).all()
    assert ((wide[list(CLIENTS)].sum(axis=1) - wide["brokerage"]).abs() < 0.01).all()


@pytest.mark.parametrize("adapter", jquants.ADAPTERS, ids=lambda adapter: adapter.name)
def test_damaged_files_end_in_sound_rows_or_in_an_error(adapter: jquants.JQuants) -> None:
    assert survive(adapter, samples(adapter), NAME, sound, 200, seed=2026)


@pytest.mark.proof
@pytest.mark.parametrize("adapter", jquants.ADAPTERS, ids=lambda adapter: adapter.name)
def test_ten_thousand_damaged_files_end_in_sound_rows_or_in_an_error(adapter: jquants.JQuants) -> None:
    assert survive(adapter, samples(adapter), NAME, sound, 10_000, seed=6)


@pytest.mark.parametrize("adapter", jquants.ADAPTERS, ids=lambda adapter: adapter.name)
def test_each_kind_knows_its_own_files_only(adapter: jquants.JQuants) -> None:
    for other in jquants.ADAPTERS:
        for sample in samples(other):
            assert adapter.recognises(sample, NAME) == (adapter is other)
    assert not adapter.recognises(HTML, NAME)


@pytest.mark.parametrize("adapter", jquants.ADAPTERS, ids=lambda adapter: adapter.name)
@pytest.mark.parametrize(
    "content", [b"", b"\n", HTML, b"PK\x03\x04\0\0", b"\xff\xfea\0b\0"], ids=["empty", "blank", "html", "zip", "utf16"]
)
def test_what_is_no_such_file_is_refused(adapter: jquants.JQuants, content: bytes) -> None:
    with pytest.raises(SourceError):
        adapter.parse(content, NAME)


@pytest.mark.parametrize("adapter", jquants.ADAPTERS, ids=lambda adapter: adapter.name)
def test_labels_without_rows_are_no_rows(adapter: jquants.JQuants) -> None:
    labels = samples(adapter)[0].split(b"\n")[0] + b"\n"
    assert len(rows_of(adapter, labels)) == 0


# The publisher's own rows, where they are at hand


def test_the_distributed_weeks_read_value_by_value_and_change_nothing() -> None:
    path = fixture_file("jquants_trades_spec_2017_2021.csv")
    if path is None:
        pytest.skip("the distribution is not at hand")
    (parsed,) = INVESTOR_TYPES_ADAPTER.parse(path.read_bytes(), path.name)
    raw = pd.read_csv(path).dropna(subset=["StartDate"])
    assert len(parsed.rows) == len(raw) * 13 == 9945
    foreigners = parsed.rows[parsed.rows["investor"] == "foreigners"].set_index(["market", "period_end"])
    markets = {"Prime": "tse_first", "Standard": "tse_second", "Growth": "tse_growth"}
    keys = list(zip(raw["Section"].str.split().str[0].map(markets), pd.to_datetime(raw["EndDate"]), strict=True))
    assert foreigners.loc[keys, "net_jpy_mn"].tolist() == (raw["ForeignersBalance"] / 1000).tolist()
    banks = parsed.rows[parsed.rows["investor"] == "city_regional_banks"].set_index(["market", "period_end"])
    assert banks.loc[keys, "purchases_jpy_mn"].tolist() == (raw["CityBKsRegionalBKsEtcPurchase"] / 1000).tolist()
    table = pd.read_csv(ROOT / "data" / "investor_flows.csv", parse_dates=["period_end", "period_start"])
    same = parsed.rows.assign(published_at=parsed.rows["published_at"].map(lambda moment: moment.isoformat()))
    both = same.merge(table, how="left", on=list(same.columns.drop(LINE)))
    assert both["source"].eq("jpx-investor-types").all(), "every row is in the table, value for value"


@pytest.mark.parametrize("code", ["8035", "6723"])
def test_the_distributed_filings_read_value_by_value_and_change_nothing(code: str) -> None:
    path = fixture_file(f"jquants_fins_{code}.csv")
    if path is None:
        pytest.skip("the distribution is not at hand")
    rows = rows_of(FILINGS_ADAPTER, path.read_bytes(), path.name).drop(columns=LINE)
    raw = pd.read_csv(path).sort_values("DiscDate")
    assert rows.sort_values("published_at")["sales_jpy"].tolist() == raw["Sales"].astype(float).tolist()
    assert rows["published_at"].dt.strftime("%Y-%m-%d %H:%M:%S").sort_values().tolist() == [
        f"{day} 23:59:59" for day in raw["DiscDate"]
    ]
    days = ["fiscal_year_end", "period_start", "period_end", "next_fiscal_year_end"]
    table = pd.read_csv(ROOT / "data" / "semiconductor_filings.csv", dtype={"code": "str"}, parse_dates=days)
    table["published_at"] = pd.to_datetime(table["published_at"])
    both = rows.merge(
        table, how="left", on=["code", "fiscal_year_end", "quarter", "published_at"], suffixes=("", "_held")
    )
    for name in rows.columns.difference(["code", "fiscal_year_end", "quarter", "published_at"]):
        assert both[name].equals(both[f"{name}_held"].astype(both[name].dtype)), name


def test_the_distributed_prices_read_value_by_value_and_change_nothing() -> None:
    path = fixture_file("jquants_daily_8035.csv")
    if path is None:
        pytest.skip("the distribution is not at hand")
    rows = rows_of(PRICES_ADAPTER, path.read_bytes(), path.name)
    lines = [line.split(",") for line in path.read_text().splitlines()[1:]]
    expected = {line[0]: float(line[4]) for line in lines if "VALUE" not in line[4]}
    assert dict(zip(rows["period_end"].dt.strftime("%Y-%m-%d"), rows["close_jpy"], strict=True)) == expected
    table = pd.read_csv(ROOT / "data" / "semiconductor_prices.csv", dtype={"code": "str"}, parse_dates=["period_end"])
    table = table[table["code"] == "8035"]
    assert table.set_index("period_end").loc[rows["period_end"], "close_jpy"].tolist() == rows["close_jpy"].tolist()
    refuse_other_basis(rows, table)
