"""The seeding turns compiled figures into the project's tables, and refuses what does not add up."""

from __future__ import annotations

import datetime as dt
import filecmp
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.seed import (
    derivatives,
    exchange,
    filings,
    flows,
    households,
    markets,
    pensions,
    periods,
    policy,
    valuation,
    world,
)
from tools.seed.__main__ import BUILDERS, seed
from tools.seed.descriptor import package
from tools.seed.figures import Figures, long_rows
from tools.seed.model import Table, finish
from tools.seed.release import by_rule, by_rules
from tools.seed.sources import FEEDS, SourceBook
from tools.seed.writing import number, write_table

ROOT = Path(__file__).resolve().parents[2]
TOKYO = "Asia/Tokyo"
COMPILED = next((path.parent for path in ROOT.parent.glob("*/figures/investor_flows_jpx.csv")), None)


def days(*texts: str | None) -> pd.Series[pd.Timestamp]:
    """A column of days; ``None`` is missing."""
    return pd.Series(pd.to_datetime(list(texts)).astype("datetime64[us]"))


def published(rows: pd.DataFrame) -> list[str]:
    """Publish moments of the rows as text."""
    return list(rows["published_at"].dt.strftime("%Y-%m-%d %H:%M"))


# ---------------------------------------------------------------- the whole


@pytest.mark.skipif(COMPILED is None, reason="the compiled figures are not beside this repository")
def test_seeding_again_gives_the_bundled_tables_byte_for_byte(tmp_path: Path) -> None:
    assert COMPILED is not None
    tables = seed(COMPILED, tmp_path)
    names = [f"{table.about.name}.csv" for table in tables] + ["datapackage.json"]
    same, different, missing = filecmp.cmpfiles(tmp_path, ROOT / "data", names, shallow=False)
    assert (different, missing) == ([], []) and len(same) == len(BUILDERS) + 1


# ---------------------------------------------------------------- filings


def disclosure(code: str, year_end: str, day: str, **figures: Any) -> dict[str, Any]:
    """A compiled disclosure: dates and whatever figures are given."""
    blank = dict.fromkeys(["next_fiscal_year_end", *filings.FIGURES])
    return {**blank, "code": code, "fiscal_year_end": year_end, "disclosed": day, **figures}


def compiled(*rows: dict[str, Any]) -> pd.DataFrame:
    """Disclosures as the reader of the compiled file gives them."""
    frame = pd.DataFrame(list(rows))
    for name in ("fiscal_year_end", "disclosed", "next_fiscal_year_end"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame.astype(dict.fromkeys(filings.FIGURES, "float64"))


def month_end(year: int, month: int) -> pd.Timestamp:
    """Last day of a month."""
    return pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(0)


@settings(max_examples=60, deadline=None)
@given(
    year=st.integers(2005, 2030),
    month=st.integers(1, 12),
    quarter=st.integers(1, 4),
    lag=st.integers(1, 85),
)
def test_results_belong_to_the_quarter_that_ended_before_them(year: int, month: int, quarter: int, lag: int) -> None:
    year_end = month_end(year, month)
    end = (year_end + pd.Timedelta(days=1) - pd.DateOffset(months=3 * (4 - quarter))) - pd.Timedelta(days=1)
    day = end + pd.Timedelta(days=lag)
    full = {"next_fiscal_year_end": year_end + pd.DateOffset(years=1)} if quarter == 4 else {}
    rows = filings.with_quarter(compiled(disclosure("1", str(year_end), str(day), sales=1.0, **full)))
    assert rows["quarter"].item() == quarter
    assert rows["period_end"].item() == end


@settings(max_examples=40, deadline=None)
@given(year=st.integers(2005, 2030), lag=st.integers(1, 45))
def test_a_revised_forecast_after_the_year_ended_belongs_to_the_third_quarter(year: int, lag: int) -> None:
    day = dt.date(year, 3, 31) + dt.timedelta(days=lag)
    rows = filings.with_quarter(compiled(disclosure("1", f"{year}-03-31", str(day), forecast_sales=2.0)))
    assert rows["quarter"].item() == 3
    assert rows["period_end"].item() == pd.Timestamp(year - 1, 12, 31)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (disclosure("1", "2024-03-31", "2023-06-15", sales=1.0), "before the first quarter ended"),
        (disclosure("1", "2024-03-31", "2023-06-30", sales=1.0), "before the first quarter ended"),
        (
            disclosure("1", "2024-03-31", "2024-02-10", sales=1.0, next_fiscal_year_end="2025-03-31"),
            "before the year ended",
        ),
        (disclosure("1", "2024-03-31", "2024-04-20", sales=1.0), "later than any quarter explains"),
        (
            disclosure("1", "2024-03-31", "2024-09-20", sales=1.0, next_fiscal_year_end="2025-03-31"),
            "later than any quarter explains",
        ),
    ],
    ids=["before Q1 ended", "on the day Q1 ended", "full year too early", "Q3 results too late", "full year too late"],
)
def test_a_disclosure_that_no_quarter_explains_is_refused(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        filings.with_quarter(compiled(row))


def test_a_changed_fiscal_year_is_refused() -> None:
    rows = compiled(
        disclosure("1", "2023-03-31", "2022-08-01", sales=1.0),
        disclosure("1", "2023-12-31", "2023-08-01", sales=1.0),
    )
    with pytest.raises(ValueError, match="other than twelve months"):
        filings.with_quarter(rows)


def test_disclosures_of_one_day_become_one_row() -> None:
    rows = filings.merged_by_day(
        compiled(
            disclosure("1", "2024-03-31", "2023-08-01", sales=1.0),
            disclosure("1", "2024-03-31", "2023-08-01", forecast_sales=9.0),
            disclosure("1", "2024-03-31", "2023-11-01", sales=2.0),
        )
    )
    assert list(rows["sales"]) == [1.0, 2.0]
    assert rows["forecast_sales"].iloc[0] == 9.0


def test_disclosures_of_one_day_that_disagree_are_refused() -> None:
    rows = compiled(
        disclosure("1", "2024-03-31", "2023-08-01", sales=1.0),
        disclosure("1", "2024-03-31", "2023-08-01", sales=1.5),
    )
    with pytest.raises(ValueError, match="disagree"):
        filings.merged_by_day(rows)


def test_a_disclosure_without_a_figure_is_no_row() -> None:
    rows = compiled(
        disclosure("1", "2024-03-31", "2023-08-01"),
        disclosure("1", "2024-03-31", "2023-11-01", sales=2.0),
    )
    assert list(filings.with_figures(rows)["disclosed"]) == [pd.Timestamp("2023-11-01")]


def test_results_are_carried_into_a_revision_and_forecasts_are_replaced() -> None:
    rows = filings.filings(
        compiled(
            disclosure("1", "2024-03-31", "2024-02-01", sales=3.0, eps=0.5, forecast_sales=4.0, forecast_eps=0.7),
            disclosure("1", "2024-03-31", "2024-03-04", forecast_sales=5.0),
        )
    )
    assert list(rows["sales_jpy"]) == [3.0, 3.0] and list(rows["eps_jpy"]) == [0.5, 0.5]
    assert list(rows["forecast_sales_jpy"]) == [4.0, 5.0]
    assert list(rows["forecast_eps_jpy"]) == [0.7, 0.7]
    assert published(rows) == ["2024-02-01 23:59", "2024-03-04 23:59"]


def test_nothing_is_carried_from_another_quarter_or_company() -> None:
    rows = filings.filings(
        compiled(
            disclosure("1", "2024-03-31", "2023-08-01", sales=1.0, bps=7.0),
            disclosure("1", "2024-03-31", "2023-11-01", sales=2.0),
            disclosure("2", "2024-03-31", "2023-11-02", sales=9.0),
        )
    )
    assert rows["bps_jpy"].isna().tolist() == [False, True, True]


def test_a_forecast_is_not_carried_into_results_that_leave_it_out() -> None:
    rows = filings.filings(
        compiled(
            disclosure("1", "2024-03-31", "2023-07-09", forecast_eps=0.2),
            disclosure("1", "2024-03-31", "2023-07-17", sales=1.0, eps=0.2),
        )
    )
    assert rows["forecast_eps_jpy"].isna().tolist() == [False, True]


# ---------------------------------------------------------------- flows


def week(end: str, stated: str | None = None, **values: Any) -> dict[str, Any]:
    """A compiled row of one week, market and class."""
    row = {"week_start": None, "week_end": end, "published": stated, "market": "two_markets", "investor": "foreigners"}
    return {**row, "sales": None, "purchases": None, "net": 1.0, "coverage": "jpx_weekly_net", **values}


def weeks(*rows: dict[str, Any]) -> pd.DataFrame:
    """Compiled weekly rows as the reader gives them."""
    frame = pd.DataFrame(list(rows))
    for name in ("week_start", "week_end", "published"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame


def test_a_publish_day_stated_for_one_row_holds_for_its_week() -> None:
    rows = flows.weekly_flows(
        weeks(
            week("2019-06-07", "2019-06-14", market="tse_first"),
            week("2019-06-07"),
            week("2019-06-21"),
        )
    )
    assert published(rows) == ["2019-06-14 15:30", "2019-06-14 15:30", "2019-06-27 15:30"]
    assert list(rows["grade"]) == ["stated", "stated", "rule"]


def test_two_publish_days_stated_for_one_week_are_refused() -> None:
    rows = weeks(week("2019-06-07", "2019-06-14", market="tse_first"), week("2019-06-07", "2019-06-13"))
    with pytest.raises(ValueError, match="two publish days"):
        flows.weekly_flows(rows)


def test_a_wrong_first_day_of_a_week_is_refused() -> None:
    with pytest.raises(ValueError, match="week_start"):
        flows.weekly_flows(weeks(week("2019-06-07", week_start="2019-06-04")))


def test_a_week_in_two_compilations_stands_as_in_the_fuller_one() -> None:
    bare, filled = weeks(week("2026-04-03")), weeks(week("2026-04-03", sales=2.0, purchases=3.0))
    rows = flows.joined(bare, filled)
    assert len(rows) == 1 and rows["sales"].item() == 2.0
    assert len(flows.joined(bare, weeks(week("2026-04-10")))) == 2


def test_two_nets_of_one_week_are_refused() -> None:
    with pytest.raises(ValueError, match="two nets"):
        flows.joined(weeks(week("2026-04-03")), weeks(week("2026-04-03", net=1.5)))


def revision(**values: Any) -> pd.DataFrame:
    """A compiled correction."""
    row = {"market": "two_markets", "investor": "foreigners", "net_first": 1, "net_revised": 2, "unit": "JPY mn"}
    frame = pd.DataFrame([{**row, **values}])
    return frame.assign(week_end=days("2022-03-18"), published_revised=days("2022-04-07"))


def test_a_correction_is_a_second_vintage_and_the_first_stays() -> None:
    rows = flows.with_revisions(flows.weekly_flows(weeks(week("2022-03-18"))), revision())
    assert list(rows["net_jpy_mn"]) == [1.0, 2.0]
    assert published(rows) == ["2022-03-25 15:30", "2022-04-07 15:30"]
    assert list(rows["grade"]) == ["rule", "assumed"]


@pytest.mark.parametrize("values", [{"net_first": 5}, {"market": "tse_prime"}, {"unit": "JPY bn"}])
def test_a_correction_of_a_figure_that_is_not_there_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="correction"):
        flows.with_revisions(flows.weekly_flows(weeks(week("2022-03-18"))), revision(**values))


# ---------------------------------------------------------------- prices and valuation


def test_rows_of_days_without_a_session_are_dropped() -> None:
    rows = pd.DataFrame({"date": days("2026-04-28", "2026-04-29", "2026-04-30"), "close": [1.0, 1.0, 2.0]})
    assert list(markets.on_sessions(rows)["close"]) == [1.0, 2.0]


def test_month_ends_before_april_2022_are_of_the_first_section() -> None:
    rows = pd.DataFrame({"month_end": days("2022-03-31", "2022-04-30"), "company_count": [2159, 1821]})
    assert list(valuation.by_section(rows)["section"]) == ["tse_first", "tse_prime"]


def test_a_section_change_without_fewer_companies_is_refused() -> None:
    rows = pd.DataFrame({"month_end": days("2022-03-31", "2022-04-30"), "company_count": [2159, 2160]})
    with pytest.raises(ValueError, match="does not fall"):
        valuation.by_section(rows)


def multiples(day: str, **figures: float | None) -> pd.DataFrame:
    """A compiled row of the multiples of a day."""
    return pd.DataFrame([{"date": pd.Timestamp(day), **figures}])


def test_what_two_compilations_know_of_a_day_becomes_one_row() -> None:
    daily = multiples("2026-07-31", per_weighted_x=17.5, pbr_index_based_x=2.8)
    end = multiples("2026-07-31", per_weighted_x=17.5, dividend_yield_pct=1.66)
    row = valuation.one_row_a_day([daily, end])
    assert len(row) == 1
    assert (row["pbr_index_based_x"].item(), row["dividend_yield_pct"].item()) == (2.8, 1.66)
    assert row["pbr_weighted_x"].isna().all()


def test_two_multiples_of_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="two figures"):
        valuation.one_row_a_day(
            [multiples("2026-07-31", per_weighted_x=17.5), multiples("2026-07-31", per_weighted_x=17.6)]
        )


def test_a_dash_or_star_for_a_ratio_is_missing() -> None:
    row = {"month": "2025/09", "section": "Growth", "industry": "16 Electric Appliances", "companies": "6"}
    multiples = {"per_simple": "＊", "pbr_simple": "3.0", "per_weighted": "－", "pbr_weighted": "2.9"}
    rows = valuation.by_industry(pd.DataFrame([{**row, **multiples}]))
    assert rows[["per_simple_x", "per_weighted_x"]].isna().all(axis=None)
    assert rows["pbr_simple_x"].item() == 3.0
    assert (rows["section"].item(), rows["industry"].item()) == ("tse_growth", "Electric Appliances")
    assert rows["period_end"].item() == pd.Timestamp("2025-09-30")


# ---------------------------------------------------------------- pensions, households, the Bank


@pytest.mark.parametrize(
    ("metric", "note", "basis"),
    [
        ("aum", None, "gpif"),
        ("return_q_total", "rounded", "gpif"),
        ("share_domestic_bonds", "basis: share of total pension reserve fund (年金積立金全体)", "reserve"),
        ("share_foreign_bonds", "basis: GPIF portfolio only (not total reserve) - do not splice", "gpif"),
        ("value_domestic_bonds", "GPIF portfolio basis", "gpif"),
        ("value_foreign_bonds", "rounded, reserve basis", "reserve"),
        ("share_alternatives", "included within the four classes", "reserve"),
    ],
)
def test_basis_from_metric_and_note(metric: str, note: str | None, basis: str) -> None:
    rows = pensions.with_basis(pd.DataFrame({"metric": [metric], "note": pd.Series([note], dtype="str")}))
    assert rows["basis"].item() == basis


@pytest.mark.parametrize("note", [None, "rounded", "GPIF portfolio basis and reserve basis"])
def test_a_share_whose_basis_is_not_clear_is_refused(note: str | None) -> None:
    with pytest.raises(ValueError, match="basis not clear"):
        pensions.with_basis(pd.DataFrame({"metric": ["share_short_term"], "note": pd.Series([note], dtype="str")}))


def long_frame(*rows: tuple[str, str, float, str | None]) -> pd.DataFrame:
    """Rows of a long table: period end, metric, value, note."""
    frame = pd.DataFrame(rows, columns=["period_end", "metric", "value", "note"])
    return frame.assign(period_end=days(*frame["period_end"]), note=frame["note"].astype("str"))


def test_final_accounts_are_a_later_vintage_of_the_preliminary_ones() -> None:
    rows = households.fsa_rows(
        long_frame(("2025-12-31", "accounts_total", 2.0, None), ("2025-12-31", "accounts_total_final", 1.0, None))
    )
    assert list(rows["metric"]) == ["accounts_total", "accounts_total"]
    assert published(rows) == ["2026-03-25 23:59", "2026-07-03 23:59"]
    assert list(rows["grade"]) == ["rule", "stated"]


def test_survey_figures_cited_later_keep_the_rule_of_their_own_period() -> None:
    rows = households.jsda_rows(
        long_frame(
            ("2025-10-31", "new_accounts_month_10_brokers", 1.0, None),
            ("2025-12-31", "new_accounts_month_10_brokers", 1.0, None),
            ("2024-08-06", "purchases_funds_3days_10_brokers", 1.0, None),
        )
    )
    assert published(rows) == ["2025-11-20 23:59", "2026-01-20 23:59", "2024-09-24 23:59"]
    assert list(rows["grade"]) == ["rule", "stated", "assumed"]


def fund_figure(metric: str, value: float, basis: str = "stated", unit: str = "JPY mn") -> pd.DataFrame:
    """A compiled figure of the association."""
    ends = days("2025-09-30")
    return pd.DataFrame({"period_end": ends, "metric": metric, "value": value, "unit": unit, "basis": basis})


def test_figures_of_the_association_take_the_metric_and_the_unit_of_the_cited_ones() -> None:
    row = households.association_rows(fund_figure("net_flow_equity_funds_ex_etf", 1255420)).iloc[0]
    assert (row["metric"], row["value"], row["unit"]) == ("net_inflow_month_equity_funds_ex_etf", 1.25542, "JPY tn")
    assert pd.isna(row["note"])
    year = households.association_rows(fund_figure("net_flow_public_funds_total", 1, "stated (12-month sum)")).iloc[0]
    assert (year["metric"], year["note"]) == ("net_inflow_12m_public_funds_total", "12-month sum")
    derived = households.association_rows(fund_figure("nav_equity_funds", 1, "derived (total less bond funds)")).iloc[0]
    assert (derived["metric"], derived["note"]) == ("nav_equity_funds", "derived (total less bond funds)")
    with pytest.raises(ValueError, match="JPY million"):
        households.association_rows(fund_figure("nav_equity_funds", 1, unit="JPY bn"))


def test_one_fund_figure_in_two_units_stands_once_and_must_agree() -> None:
    own = households.association_rows(fund_figure("net_flow_equity_funds_ex_etf", 1255420))
    cited = own.assign(value=1.2554, source="press")
    assert list(households.without_repeats(cited, own)["source"]) == ["press"]
    with pytest.raises(ValueError, match="not the association"):
        households.without_repeats(cited.assign(value=1.2556), own)


def test_a_rate_decision_moves_to_the_day_in_its_note() -> None:
    rows = policy.decided(long_frame(("2024-03-21", "policy_rate_target", 0.05, "range; decided 2024-03-19")))
    assert rows["period_end"].item() == rows["period_start"].item() == pd.Timestamp("2024-03-19")
    assert rows["effective_date"].item() == pd.Timestamp("2024-03-21")


def test_a_rate_decision_without_its_day_is_refused() -> None:
    with pytest.raises(ValueError, match="without the day"):
        policy.decided(long_frame(("2024-03-21", "policy_rate_target", 0.05, "in March")))


# ---------------------------------------------------------------- futures, balances, indices


def test_positions_off_schedule_or_before_their_report_are_assumed() -> None:
    ends = days("2026-08-04", "2024-11-26", "2006-06-13", "2006-06-13")
    reports = ["tff_futures_only", "tff_futures_only", "tff_futures_only", "legacy_futures_only"]
    found = derivatives.reported(pd.DataFrame({"period_end": ends, "report": reports}))
    assert list(found["grade"]) == ["rule", "assumed", "assumed", "rule"]
    assert published(found)[2:] == ["2010-07-24 04:30", "2006-06-17 04:30"]


def test_a_wrong_first_day_of_a_week_of_futures_is_refused() -> None:
    rows = pd.DataFrame({"week_start": days("2025-08-11"), "week_end": days("2025-08-15")})
    with pytest.raises(ValueError, match="week_start"):
        derivatives.weeks(rows, "jpx-derivatives-investor-types")


def margin(folder: Path, weekly_short: int) -> Figures:
    """Compiled margin balances in which one week stands in both files."""
    (folder / "additions").mkdir()
    columns = "week_end,market,short_shares_k,short_value_jpy_mn,long_shares_k,long_value_jpy_mn"
    printed = f"{columns},ratio_printed_x,valuation_rate_printed_pct,note\n2025-02-28,two_markets,10,20,30,40,2,-1,\n"
    (folder / "additions" / "margin_balances_month_ends.csv").write_text(printed, encoding="utf-8")
    weekly = f"{columns}\n2025-02-28,two_markets,{weekly_short},20,30,40\n"
    (folder / "additions" / "margin_balances_weekly.csv").write_text(weekly, encoding="utf-8")
    return Figures(folder)


def test_a_week_in_both_files_of_margin_balances_stands_once_with_its_printed_ratio(tmp_path: Path) -> None:
    row = exchange.margin_balances(margin(tmp_path, 10)).frame
    assert len(row) == 1 and row["ratio_printed_x"].item() == 2


def test_two_balances_of_one_week_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two balances"):
        exchange.margin_balances(margin(tmp_path, 11))


def test_an_index_in_a_foreign_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="currency"):
        world.named_indices(pd.DataFrame({"series": ["dax"], "currency": ["USD"]}))


# ---------------------------------------------------------------- common ground


def test_a_metric_whose_period_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="surprise"):
        periods.with_start(long_frame(("2024-03-31", "surprise", 1.0, None)), ((r"_fy_", periods.fiscal_year_start),))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (periods.month_start, "2024-02-29", "2024-02-01"),
        (periods.quarter_start, "2024-06-30", "2024-04-01"),
        (periods.year_start, "2024-08-31", "2024-01-01"),
        (periods.fiscal_year_start, "2024-03-31", "2023-04-01"),
        (periods.fiscal_year_start, "2024-11-30", "2024-04-01"),
        (periods.twelve_months, "2025-09-30", "2024-10-01"),
        (periods.since("2014-01-01"), "2025-09-30", "2014-01-01"),
        (periods.same_day, "2025-09-30", "2025-09-30"),
    ],
)
def test_first_days_of_periods(start: periods.Start, end: str, expected: str) -> None:
    assert start(days(end)).item() == pd.Timestamp(expected)


def test_a_value_without_a_release_rule_is_refused() -> None:
    rows = pd.DataFrame({"series": ["known", "stray"], "period_end": days("2024-03-29", "2024-03-29")})
    with pytest.raises(ValueError, match="stray"):
        by_rules(rows, "series", {"known": "tokyo_close"})


def cited(publisher: str, title: str | None = "A title", url: str | None = "https://example.org/a") -> pd.DataFrame:
    """A compiled long row with its article."""
    row = {"period_end": pd.Timestamp("2024-03-31"), "metric": "m", "value": "1.5", "unit": "pct", "note": " n "}
    article = {"source_publisher": publisher, "source_title": title, "source_url": url, "confidence": None}
    return pd.DataFrame([{**row, **article}])


def test_one_article_has_one_readable_id() -> None:
    book = SourceBook()
    ids = book.ids(pd.concat([cited("Pensions & Investments"), cited("Pensions & Investments")]))
    assert len(set(ids)) == 1 and ids[0].startswith("pensions-investments-")
    assert ids != book.ids(cited("Pensions & Investments", title="Another"))
    assert ids[:1] == SourceBook().ids(cited("Pensions & Investments"))


def test_the_id_leaves_remarks_and_other_scripts_out() -> None:
    (name,) = SourceBook().ids(cited("Traders (citing 投信協会)"))
    assert name.startswith("traders-") and name.isascii()


@pytest.mark.parametrize("url", [None, "https://example.org/a (idX1)", "https://example.org/...-697228"])
def test_an_address_that_cannot_be_opened_is_no_path(url: str | None) -> None:
    book = SourceBook()
    (name,) = book.ids(cited("Reuters", url=url))
    assert book.by_name[name].path is None


@pytest.mark.parametrize(("publisher", "word"), [("GPIF", "attribution"), ("Reuters", "article"), ("JPX", "files")])
def test_terms_follow_the_publisher(publisher: str, word: str) -> None:
    book = SourceBook()
    (name,) = book.ids(cited(publisher))
    assert word in book.by_name[name].terms


def test_long_rows_keep_notes_trimmed_and_figures_as_numbers() -> None:
    row = long_rows(cited("GPIF", title=None), SourceBook()).iloc[0]
    assert row["note"] == "n" and row["value"] == 1.5
    assert pd.isna(row["confidence"])


def test_a_figure_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="about two"):
        long_rows(cited("GPIF").assign(value="about two"), SourceBook())


@pytest.mark.parametrize(
    ("value", "text"),
    [(49323.0, "49323"), (0.1 + 0.2, "0.30000000000000004"), (-0.0, "0"), (1359366000000.0, "1359366000000"),
     (11337.4463, "11337.4463"), (-2.8e-05, "-0.000028"), (float("nan"), ""), (-12.5, "-12.5")],
)  # fmt: skip
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back_as_they_were(value: float) -> None:
    assert float(number(value)) == value


def split_rows(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Rows of the table of splits: code, ex-date, publish day."""
    frame = pd.DataFrame(rows, columns=["code", "ex", "published"])
    ex = days(*frame["ex"])
    frame = frame.assign(ex_date=ex, period_start=ex, period_end=ex, effective_date=ex, ratio=2.0, evidence="e")
    moments = pd.to_datetime(frame["published"]).dt.tz_localize(TOKYO)
    return frame.assign(published_at=moments, grade="assumed", source="company-splits")


def test_rows_are_put_in_order_and_written_as_plain_text(tmp_path: Path) -> None:
    rows = split_rows(("8035", "2023-03-30", "2023-03-30 09:00"), ("4063", "2023-03-30", "2023-03-30 09:00"))
    path = write_table(finish(markets.SPLITS, rows), tmp_path)
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert header.split(",")[:5] == ["code", "ex_date", "period_start", "period_end", "ratio"]
    assert lines[0] == (
        "4063,2023-03-30,2023-03-30,2023-03-30,2,2023-03-30,e,2023-03-30T09:00:00+09:00,assumed,company-splits"
    )
    assert [line[:4] for line in lines] == ["4063", "8035"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (split_rows(*[("8035", "2023-03-30", "2023-03-30 09:00")] * 2), "same primary key"),
        (split_rows(("8035", "2023-03-30", "2023-03-29 23:59")), "before their period ended"),
        (split_rows(("8035", "2023-03-30", "2023-03-30 09:00")).drop(columns="ratio"), "columns missing: ratio"),
    ],
    ids=["twice", "too early", "column missing"],
)
def test_rows_that_break_the_data_model_are_refused(rows: pd.DataFrame, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        finish(markets.SPLITS, rows)


def test_the_descriptor_names_the_worst_grade_and_only_used_sources() -> None:
    stated = split_rows(("8035", "2023-03-30", "2023-03-30 09:00")).assign(grade="stated")
    rows = pd.concat([stated, split_rows(("4063", "2023-03-30", "2023-03-30 09:00"))])
    described = package([finish(markets.SPLITS, rows)], SourceBook())
    assert described["resources"][0]["jpresearch"]["grade"] == "assumed"
    assert {source["name"] for source in described["sources"]} == {"company-splits", *FEEDS}
    assert described["resources"][0]["schema"]["primaryKey"] == ["code", "ex_date", "published_at"]


def test_by_rule_takes_the_grade_it_is_given() -> None:
    rows = by_rule(pd.DataFrame({"period_end": days("2024-03-29")}), "tokyo_close", grade="assumed")
    assert published(rows) == ["2024-03-29 15:00"] and rows["grade"].item() == "assumed"


def test_a_table_knows_its_worst_grade() -> None:
    rows = split_rows(("8035", "2023-03-30", "2023-03-30 09:00")).assign(grade="rule")
    assert Table(markets.SPLITS, rows).worst_grade == "rule"
