"""The bundled tables hold the published figures, whole, in order, and dated by what is known of their publication."""

from __future__ import annotations

import functools
import json
import re
import shutil
from pathlib import Path
from typing import Any

import frictionless
import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import jpx_investor_types, release_rule, sessions, survey_weeks

DATA = Path(__file__).resolve().parents[2] / "data"
PACKAGE: dict[str, Any] = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in PACKAGE["resources"]}
SOURCES = {source["name"]: source for source in PACKAGE["sources"]}
GRADES = ["stated", "rule", "assumed"]
LARGE = {
    "market_daily",
    "sector_etf_daily",
    "semiconductor_prices",
    "investor_flows",
    "short_rates",
    "world_indices",
    "world_funds",
    "futures_positions",
}
ROWS = {
    "investor_flows": 14116 + 2 + 4249 - 173,
    "securities_flows": 1132,
    "securities_flows_monthly": 5,
    "market_daily": 57693 + 92,
    "sector_etf_daily": 69474 - 453,
    "semiconductor_prices": 31253 - 104,
    "semiconductor_filings": 269 - 13 - 3,
    "splits": 8,
    "prime_valuation": 78,
    "industry_valuation": 342,
    "nikkei_valuation": 1349 + 56 + 743 - 69,
    "gpif_portfolio": 491,
    "gpif_annual": 58,
    "gpif_policy_mix": 29,
    "nisa_usage": 53 + 15,
    "fund_flows": 20 + 16 - 2,
    "buybacks": 18,
    "boj_policy": 18,
    "boj_etf_purchases": 3757 - 1243,
    "index_valuation": 16 - 3,
    "futures_flows": 277,
    "trading_share": 139,
    "futures_positions": 12792,
    "market_size": 140 * 14 - 1,
    "market_cap": 7,
    "margin_balances": 189 + 84 - 1,
    "short_selling": 361,
    "ownership": 109,
    "short_rates": 39983,
    "world_indices": 37008 + 162,
    "world_funds": 53540,
    "nikkei_total_return": 863,
    "securities_flows_monthly_wide": 260,
    "claims": 34,
    "claim_readings": 112,
    "first_edition": 2,
    "first_edition_readings": 5,
}
every_table = pytest.mark.parametrize("name", list(ROWS))


@functools.cache
def table(name: str) -> pd.DataFrame:
    """The CSV as it stands: dates parsed, everything else as pandas reads it, codes as text."""
    fields = RESOURCES[name]["schema"]["fields"]
    texts = {field["name"]: "str" for field in fields if field["type"] == "string"}
    dates = [field["name"] for field in fields if field["type"] == "date"]
    frame = pd.read_csv(DATA / f"{name}.csv", dtype=texts, parse_dates=dates, na_values=[""], keep_default_na=False)
    return frame.assign(published_at=pd.to_datetime(frame["published_at"], format="%Y-%m-%dT%H:%M:%S%z"))


def latest(name: str) -> pd.DataFrame:
    """The last vintage of every key."""
    return table(name).drop_duplicates(RESOURCES[name]["jpresearch"]["key"], keep="last")


def first(name: str) -> pd.DataFrame:
    """The first vintage of every key."""
    return table(name).drop_duplicates(RESOURCES[name]["jpresearch"]["key"], keep="first")


def where(rows: pd.DataFrame, **equal: object) -> pd.DataFrame:
    """The rows in which every named column has the given value (a day as text)."""
    for column, value in equal.items():
        rows = rows[rows[column] == value]
    return rows


def foreigners(market: str) -> pd.Series[float]:
    """First-published weekly net of foreigners, JPY billion."""
    rows = where(first("investor_flows"), market=market, investor="foreigners")
    return rows.set_index("period_end")["net_jpy_mn"] / 1000


def series(name: str) -> pd.Series[float]:
    """A market series by day."""
    return where(table("market_daily"), series=name).set_index("period_end")["value"]


def figure(name: str, metric: str, **key: str) -> pd.Series[float]:
    """A metric of a long table by period end, last vintage."""
    return where(latest(name), metric=metric, **key).set_index("period_end")["value"]


# ---------------------------------------------------------------- every table


def test_the_package_describes_exactly_the_files_there_are() -> None:
    assert set(RESOURCES) == set(ROWS)
    assert {path.stem for path in DATA.glob("*.csv")} == set(RESOURCES)
    assert all(entry["path"] == f"{name}.csv" for name, entry in RESOURCES.items())


def test_the_descriptor_is_a_valid_data_package() -> None:
    frictionless.Package.from_descriptor(str(DATA / "datapackage.json"))
    assert frictionless.Package.metadata_validate(PACKAGE) is not None
    assert list(frictionless.Package.metadata_validate(PACKAGE)) == []


def _errors(name: str, folder: Path = DATA, limit: int | None = None) -> list[str]:
    resource = frictionless.Package(str(folder / "datapackage.json")).get_resource(name)
    report = resource.validate(frictionless.Checklist(), limit_rows=limit)
    return [error.message for task in report.tasks for error in task.errors]


@every_table
def test_frictionless_accepts_the_table(name: str) -> None:
    assert _errors(name, limit=1500 if name in LARGE else None) == []


@pytest.mark.proof
@pytest.mark.parametrize("name", sorted(LARGE))
def test_frictionless_accepts_every_row_of_the_large_tables(name: str) -> None:
    assert _errors(name) == []


def test_frictionless_refuses_a_broken_cell(tmp_path: Path) -> None:
    shutil.copy(DATA / "datapackage.json", tmp_path)
    text = (DATA / "splits.csv").read_text(encoding="utf-8").replace(",stated,", ",sworn,").replace(",5,", ",five,", 1)
    (tmp_path / "splits.csv").write_text(text, encoding="utf-8")
    assert any("five" in message for message in _errors("splits", tmp_path))


@every_table
def test_row_count(name: str) -> None:
    assert len(table(name)) == ROWS[name]


@every_table
def test_columns_are_key_period_values_and_how_the_row_is_known(name: str) -> None:
    key = RESOURCES[name]["jpresearch"]["key"]
    columns = list(table(name).columns)
    periods = [column for column in ("period_start", "period_end") if column not in key]
    assert columns == [field["name"] for field in RESOURCES[name]["schema"]["fields"]]
    assert columns[: len(key) + len(periods)] == [*key, *periods]
    assert columns[-3:] == ["published_at", "grade", "source"]
    assert RESOURCES[name]["schema"]["primaryKey"] == [*key, "published_at"]


@every_table
def test_the_primary_key_is_unique_and_the_file_sorted_by_it(name: str) -> None:
    keys = table(name)[RESOURCES[name]["schema"]["primaryKey"]]
    assert not keys.duplicated().any()
    assert not keys.isna().any(axis=None)
    pd.testing.assert_frame_equal(keys, keys.sort_values(list(keys.columns), ignore_index=True))


@every_table
def test_nothing_was_published_before_its_period_ended(name: str) -> None:
    rows = table(name)
    assert (rows["published_at"].dt.tz_localize(None).dt.normalize() >= rows["period_end"]).all()
    assert (rows["period_start"] <= rows["period_end"]).all()
    assert rows[["period_start", "period_end"]].notna().all(axis=None)


@every_table
def test_grades_and_sources_are_known(name: str) -> None:
    rows, house = table(name), RESOURCES[name]["jpresearch"]
    assert set(rows["grade"]) <= set(GRADES)
    assert house["grade"] == max(rows["grade"], key=GRADES.index)
    assert set(rows["source"]) <= set(SOURCES)


def test_no_source_is_described_that_neither_a_row_nor_an_adapter_names() -> None:
    named = {source for name in ROWS for source in table(name)["source"]}
    adapters = {"boj-time-series", "gpif-latest-results"}
    assert named | adapters == set(SOURCES)
    code = "".join(path.read_text(encoding="utf-8") for path in (DATA.parent / "src").rglob("sources/*.py"))
    assert all(f'"{name}"' in code for name in adapters)


def test_every_source_has_title_publisher_and_terms() -> None:
    assert all(source["title"] and source["publisher"] and source["terms"] for source in SOURCES.values())
    paths = [source["path"] for source in SOURCES.values() if "path" in source]
    assert all(re.fullmatch(r"https?://\S+", path) for path in paths)


@every_table
def test_the_descriptor_says_what_a_reader_must_know(name: str) -> None:
    entry = RESOURCES[name]
    house = entry["jpresearch"]
    assert entry["title"] and entry["description"] and house["notes"]
    assert all(source["title"] and source["path"].startswith("https://") for source in entry["sources"])
    assert entry["licenses"] and all(licence in PACKAGE["licenses"] for licence in entry["licenses"])
    assert house["vintage"] in ("first_print", "latest", "restated")
    assert house["frequency"] in ("daily", "weekly", "monthly", "quarterly", "annual", "irregular")
    numeric = [field for field in entry["schema"]["fields"] if field["type"] in ("number", "integer")]
    assert all(field["unit"] for field in numeric) and numeric
    assert all(field["description"] for field in entry["schema"]["fields"])


@every_table
def test_staleness_allows_for_frequency(name: str) -> None:
    house = RESOURCES[name]["jpresearch"]
    cycle = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "annual": 366}.get(house["frequency"])
    ended = name == "boj_etf_purchases"
    if cycle is None or ended:
        assert house["staleness_days"] is None
    else:
        assert cycle < house["staleness_days"] <= 500


def _rule_days(name: str, rows: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    rule = RESOURCES[name]["jpresearch"]["release_rule"]
    rules = {None: rule} if isinstance(rule, str) else rule["rules"]
    parts = []
    for value, known in rules.items():
        part = rows if value is None else rows[rows[RESOURCES[name]["jpresearch"]["release_rule"]["by"]] == value]
        days = release_rule(known)(pd.DatetimeIndex(part["period_end"]))
        parts.append(pd.Series(days, index=part.index))
    return pd.concat(parts).sort_index()


@every_table
def test_rows_graded_rule_follow_the_release_rule(name: str) -> None:
    rows = where(table(name), grade="rule")
    days = _rule_days(name, rows)
    assert len(days) == len(rows)
    assert (days == rows["published_at"]).all()


@every_table
def test_the_release_rule_covers_every_row(name: str) -> None:
    assert len(_rule_days(name, table(name))) == ROWS[name]


@every_table
def test_text_is_plain_and_numbers_are_short(name: str) -> None:
    raw = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in raw and raw.endswith(b"\n")
    raw.decode("utf-8")
    fields = RESOURCES[name]["schema"]["fields"]
    numeric = [field["name"] for field in fields if field["type"] in ("number", "integer")]
    cells = pd.read_csv(DATA / f"{name}.csv", dtype="str", usecols=numeric).stack()
    assert not cells.str.contains(r"\.\d*0$|e|^\+|^-0$", regex=True).any()


@every_table
def test_texts_have_no_outer_blanks(name: str) -> None:
    texts = table(name).select_dtypes("str").stack().dropna()
    assert (texts == texts.str.strip()).all()


# ---------------------------------------------------------------- investor flows


@pytest.mark.parametrize(
    ("week", "billion"),
    [
        ("2025-04-04", 601.126),
        ("2025-04-11", 158.229),
        ("2025-04-18", 150.379),
        ("2025-04-25", 288.137),
        ("2025-08-01", -189.206),
        ("2025-08-22", -198.867),
        ("2025-08-29", -303.154),
    ],
)
def test_net_of_foreigners_in_two_markets(week: str, billion: float) -> None:
    assert foreigners("two_markets")[week] == pytest.approx(billion, abs=5e-4)


def test_net_of_foreigners_in_prime() -> None:
    assert foreigners("tse_prime")["2025-08-29"] == pytest.approx(-286.690, abs=5e-4)


def test_the_week_to_29_august_2025_was_published_on_4_september() -> None:
    week = where(table("investor_flows"), period_end="2025-08-29")
    assert set(week["published_at"]) == {pd.Timestamp("2025-09-04 15:30", tz="Asia/Tokyo")}


def test_foreigners_lack_nine_weeks_before_2016_and_none_after() -> None:
    known = foreigners("two_markets").index
    weeks = pd.DatetimeIndex(survey_weeks("2009-06-05", known.max())["period_end"])
    missing = weeks.difference(known)
    nine = ["2009-09-25", "2010-05-07", "2011-05-06", "2012-05-02", "2013-01-04", "2013-12-30", "2014-12-26"]
    assert list(missing.strftime("%Y-%m-%d")) == [*nine, "2015-05-08", "2015-09-25"]
    assert known.isin(weeks).all()


@pytest.mark.parametrize(
    "investor", ["individuals", "individuals_cash", "trust_banks", "investment_trusts", "proprietary"]
)
def test_a_class_of_two_markets_is_continuous_but_for_the_weeks_named(investor: str) -> None:
    rows = where(latest("investor_flows"), market="two_markets", investor=investor)
    weeks = pd.DatetimeIndex(survey_weeks("2009-06-05", "2021-11-26")["period_end"])
    missing = set(weeks.difference(pd.DatetimeIndex(rows["period_end"])).strftime("%Y-%m-%d"))
    foreign = foreigners("two_markets").index
    holiday = {
        "2016-05-06",
        "2017-05-02",
        "2018-01-05",
        "2018-05-02",
        "2019-01-04",
        "2019-12-30",
        "2020-05-08",
        "2021-05-07",
    }
    assert missing == holiday | set(weeks.difference(foreign).strftime("%Y-%m-%d"))


# Weeks of which two markets are known in part so far.
NEWEST = {"2026-09-11": 1, "2026-09-18": 1, "2026-09-25": 3}


def test_the_short_weeks_in_which_individuals_are_not_known() -> None:
    rows = where(latest("investor_flows"), market="two_markets")
    classes = rows[rows["period_end"] >= pd.Timestamp("2021-12-01")].groupby("period_end")["investor"].agg(set)
    short = classes[classes.map(lambda known: "individuals" not in known)].map(len)
    assert dict(zip(short.index.strftime("%Y-%m-%d"), short, strict=True)) == NEWEST | {
        "2022-05-06": 1,
        "2023-05-02": 1,
        "2024-01-05": 1,
        "2024-12-30": 1,
        "2025-12-30": 5,
        "2026-05-08": 5,
    }


def test_both_figures_of_the_corrected_weeks_of_march_2022_are_there() -> None:
    key = ["market", "investor", "period_end"]
    rows = table("investor_flows")
    twice = rows[rows.duplicated(key, keep=False)]
    assert set(twice["market"] + "/" + twice["investor"]) == {"two_markets/foreigners"}
    assert list(twice["net_jpy_mn"].round()) == [-195519, -199662, -164974, -164402]
    assert list(twice["grade"]) == ["stated", "assumed", "stated", "assumed"]
    assert list(twice["published_at"].dt.strftime("%Y-%m-%d %H:%M")) == [
        "2022-03-25 15:30",
        "2022-04-07 15:30",
        "2022-03-31 15:30",
        "2022-04-07 15:30",
    ]


def test_stated_publish_days_hold_for_all_rows_of_284_weeks() -> None:
    weeks = first("investor_flows").groupby("period_end")["grade"].agg(set)
    stated = weeks[weeks.map(lambda grades: "stated" in grades)]
    assert len(stated) == 255 + 29
    assert all(grades == {"stated"} for grades in stated)
    rows = where(table("investor_flows"), grade="stated").drop_duplicates("period_end")
    assert (jpx_investor_types(pd.DatetimeIndex(rows["period_end"])) == pd.DatetimeIndex(rows["published_at"])).all()


def test_period_start_is_the_first_session_of_the_week() -> None:
    rows = table("investor_flows").drop_duplicates("period_end").set_index("period_end")
    weeks = survey_weeks("2009-01-01", "2026-12-31").set_index("period_end")["period_start"]
    assert (rows["period_start"] == weeks.reindex(rows.index)).all()


def test_coverage_says_what_is_filled() -> None:
    rows = table("investor_flows")
    full = rows["coverage"] == "full"
    assert rows.loc[full, ["sales_jpy_mn", "purchases_jpy_mn"]].notna().all(axis=None)
    partial = rows["coverage"] == "partial"
    assert rows.loc[partial, ["sales_jpy_mn", "purchases_jpy_mn"]].notna().any(axis=1).all()
    assert rows.loc[~full & ~partial, ["sales_jpy_mn", "purchases_jpy_mn"]].isna().all(axis=None)
    assert set(rows.loc[rows["coverage"] == "foreigners", "investor"]) == {"foreigners"}


def test_the_sections_of_tokyo_change_in_april_2022() -> None:
    rows = table("investor_flows").groupby("market")["period_end"].agg(["min", "max"])
    assert rows.loc["tse_first", "max"] == pd.Timestamp("2022-04-01")
    assert rows.loc["tse_prime", "min"] == pd.Timestamp("2022-04-08")


def test_full_weeks_balance() -> None:
    full = where(table("investor_flows"), coverage="full")
    net = full["purchases_jpy_mn"] - full["sales_jpy_mn"]
    assert np.allclose(net, full["net_jpy_mn"], atol=1e-3)
    wide = full.pivot_table(index=["period_end", "market"], columns="investor", values="net_jpy_mn")
    assert np.allclose(wide["brokerage"] + wide["proprietary"], wide["total"], atol=1e-3)


def test_individuals_are_cash_and_margin() -> None:
    rows = where(latest("investor_flows"), market="two_markets")
    wide = rows.pivot_table(index="period_end", columns="investor", values="net_jpy_mn")
    gap = (wide["individuals_cash"] + wide["individuals_margin"] - wide["individuals"]).dropna()
    assert len(gap) == 497 + 132 + 248 and gap.abs().max() <= 1


def nagoya(until: str) -> pd.Series[float]:
    """Two markets less the three sections of Tokyo, JPY billion, by class and week of 2017 to ``until``."""
    rows = first("investor_flows")
    rows = rows[rows["period_end"].between(pd.Timestamp("2017-01-01"), pd.Timestamp(until))]
    net = rows.pivot_table(index=["investor", "period_end"], columns="market", values="net_jpy_mn") / 1000
    sections = net[["tse_first", "tse_second", "tse_growth"]].sum(axis=1, min_count=3)
    gap: pd.Series[float] = (net["two_markets"] - sections).dropna()
    return gap


def test_the_sections_sum_to_two_markets_but_for_nagoya() -> None:
    gap = nagoya("2021-11-26")["foreigners"].abs()
    assert len(gap) == 255
    assert gap.mean() == pytest.approx(0.12, abs=0.01)
    assert gap.max() == pytest.approx(4.0, abs=0.05)


def test_ten_weeks_of_a_class_stand_more_than_a_billion_from_the_sum_of_the_sections() -> None:
    gap = nagoya("2021-11-26")
    far = gap[gap.abs() > 1].round(1)
    named = {f"{investor} {end:%Y-%m-%d}": size for (investor, end), size in far.items()}
    assert named == {
        "foreigners 2017-11-17": -3.6,
        "foreigners 2017-12-01": 1.3,
        "foreigners 2018-07-27": 1.0,
        "foreigners 2018-11-16": 1.3,
        "foreigners 2019-01-11": 4.0,
        "individuals 2017-05-19": -3.8,
        "individuals 2021-01-22": -2.0,
        "individuals 2021-02-26": -3.1,
        "investment_trusts 2018-11-16": -1.5,
        "trust_banks 2017-12-08": -4.1,
    }
    assert len(gap) == 1247


# ---------------------------------------------------------------- securities flows


def test_mof_inward_equity_of_the_week_to_30_august_2025() -> None:
    flows = table("securities_flows").set_index("period_end")["inward_equity_net_jpy_100mn"]
    assert flows["2025-08-30"] == -7857


def test_mof_weeks_run_from_sunday_to_saturday_without_a_gap() -> None:
    rows = table("securities_flows")
    assert (rows["period_end"].dt.day_name() == "Saturday").all()
    assert ((rows["period_end"] - rows["period_start"]).dt.days == 6).all()
    assert (rows["period_end"].diff().dropna().dt.days == 7).all()


def test_mof_sums_hold_to_the_rounding_of_one_unit() -> None:
    rows = table("securities_flows").rename(columns=lambda name: name.removesuffix("_jpy_100mn"))
    for side in ("inward", "outward"):
        subtotal = rows[f"{side}_equity_net"] + rows[f"{side}_long_term_debt_net"]
        assert (subtotal - rows[f"{side}_subtotal_net"]).abs().max() <= 1
        total = rows[f"{side}_subtotal_net"] + rows[f"{side}_short_term_debt_net"]
        assert (total - rows[f"{side}_total_net"]).abs().max() <= 1


def test_the_revised_quarter_is_a_later_vintage_of_the_same_metric() -> None:
    rows = where(table("securities_flows_monthly"), metric="mof_foreign_net_equities_quarter")
    assert list(rows["value"]) == [7.46, 7.19]
    assert list(rows["published_at"].dt.strftime("%Y-%m-%d")) == ["2025-07-03", "2025-08-15"]
    assert set(rows["period_start"]) == {pd.Timestamp("2025-04-01")}
    assert not table("securities_flows_monthly")["metric"].str.endswith("_rev").any()


def test_april_2025_is_equities_and_bonds() -> None:
    values = where(table("securities_flows_monthly"), period_end="2025-04-30").set_index("metric")["value"]
    parts = values["mof_foreign_net_equities"] + values["mof_foreign_net_lt_bonds"]
    assert parts == pytest.approx(values["mof_foreign_net_equities_and_lt_bonds"], abs=1e-9)


# ---------------------------------------------------------------- market series and prices


def test_market_checks() -> None:
    assert series("nikkei225")["2025-08-18"] == 43714.31
    assert series("topix")["2025-07-31"] == 2943.07


@pytest.mark.parametrize("name", ["nikkei225", "topix"])
def test_tokyo_indices_have_exactly_the_sessions(name: str) -> None:
    days = series(name).index
    open_days = sessions()[(sessions() >= days.min()) & (sessions() <= days.max())]
    assert list(open_days.difference(days)) == []
    assert len(days.difference(open_days)) == 0


def test_each_series_has_its_source() -> None:
    sources = table("market_daily").groupby("series")["source"].agg(set)
    assert sources["usdjpy"] == {"fred-h10"} and sources["nikkei225"] == {"nikkei-indexes"}
    assert sources["jgb10y"] == sources["jgb2y"] == {"mof-jgb"}
    assert len({source for group in sources for source in group}) == 9


def test_the_policy_rate_series_is_silent_while_the_target_was_a_quantity() -> None:
    days = series("boj_policy_rate").index.to_series()
    gaps = days[days.diff().dt.days > 10]
    assert list(gaps.dt.strftime("%Y-%m-%d")) == ["2006-03-09", "2016-09-21"]


@pytest.mark.parametrize("name", ["sector_etf_daily", "semiconductor_prices", "nikkei_valuation"])
def test_prices_and_valuations_stand_on_sessions_only(name: str) -> None:
    assert table(name)["period_end"].isin(sessions()).all()


def test_no_tokyo_value_on_the_day_of_the_outage() -> None:
    for name in ("sector_etf_daily", "semiconductor_prices"):
        assert not (table(name)["period_end"] == pd.Timestamp("2020-10-01")).any()
    assert pd.Timestamp("2020-10-01") not in series("nikkei225").index


def test_sector_fund_oddities_are_kept_and_said() -> None:
    rows = table("sector_etf_daily").set_index(["code", "period_end"])
    steel = rows.loc["1623", "adj_close_jpy"]
    assert steel["2017-07-12"] / steel["2017-07-11"] < 0.85 and steel["2017-07-18"] / steel["2017-07-14"] > 1.15
    assert ("1629", pd.Timestamp("2026-03-30")) not in rows.index
    assert rows["volume_shares"].dropna().index.get_level_values("period_end").max() == pd.Timestamp("2026-03-27")
    notes = " ".join(RESOURCES["sector_etf_daily"]["jpresearch"]["notes"])
    assert all(text in notes for text in ("2017-07-12", "1629", "2026-03-27", "closed"))


def test_chip_prices_begin_and_end_as_described() -> None:
    ends = table("semiconductor_prices").groupby("code")["period_end"].agg(["min", "max"])
    early = ends.index[ends["max"] < pd.Timestamp("2026-08-21")]
    assert set(early) == {"6963", "3436", "2243"}
    assert set(ends.loc[early, "max"]) == {pd.Timestamp("2026-02-16")}


def test_share_prices_do_not_jump_at_a_split() -> None:
    prices = table("semiconductor_prices").set_index(["code", "period_end"])["close_jpy"]
    for split in table("splits").itertuples():
        own = prices.loc[split.code]
        step = own[split.ex_date] / own[own.index < split.ex_date].iloc[-1]
        assert 0.8 < step < 1.25


# ---------------------------------------------------------------- filings and splits

filings = functools.partial(table, "semiconductor_filings")
COMPANY_YEARS = sorted(set(zip(filings()["code"], filings()["fiscal_year_end"], strict=True)))
RESULTS = ["sales_jpy", "operating_profit_jpy", "net_profit_jpy", "eps_jpy"]


@pytest.mark.parametrize(("code", "year"), COMPANY_YEARS, ids=lambda value: str(value)[:10])
def test_quarters_come_in_order_with_sales_that_grow(code: str, year: pd.Timestamp) -> None:
    rows = where(filings(), code=code, fiscal_year_end=year).sort_values("published_at")
    assert rows["quarter"].is_monotonic_increasing
    sales = rows["sales_jpy"].dropna()
    assert (sales.diff().dropna() >= 0).all()
    one_each = rows.dropna(subset="sales_jpy").drop_duplicates("quarter", keep="last")["sales_jpy"]
    assert (one_each.diff().dropna() > 0).all()


def test_no_quarter_was_disclosed_before_it_ended_or_implausibly_late() -> None:
    lag = (filings()["published_at"].dt.tz_localize(None).dt.normalize() - filings()["period_end"]).dt.days
    once = filings().assign(lag=lag).drop_duplicates(["code", "fiscal_year_end", "quarter"])
    assert once["lag"].between(8, 74).all()
    assert once["lag"].median() < 40


def test_full_years_are_exactly_the_fourth_quarters() -> None:
    fourth = filings()["quarter"] == 4
    assert (filings()["next_fiscal_year_end"].notna() == fourth).all()
    assert filings().loc[~fourth, ["dividend_annual_jpy", "next_year_forecast_eps_jpy"]].isna().all(axis=None)
    assert filings().loc[fourth, [*RESULTS, "bps_jpy"]].notna().all(axis=None)
    assert (filings()["period_end"] == filings()["fiscal_year_end"]).eq(fourth).all()


def test_the_next_fiscal_year_ends_where_the_next_disclosures_say() -> None:
    fourth = where(filings(), quarter=4)
    assert (fourth["next_fiscal_year_end"] == fourth["fiscal_year_end"] + pd.DateOffset(years=1)).all()


def test_quarter_ends_lie_three_months_apart_within_a_year_of_twelve() -> None:
    rows = filings()
    months = (rows["period_end"] + pd.Timedelta(days=1)).dt.to_period("M").astype("int64") - rows[
        "period_start"
    ].dt.to_period("M").astype("int64")
    assert (months == rows["quarter"] * 3).all()
    assert (rows["fiscal_year_end"] + pd.Timedelta(days=1) == rows["period_start"] + pd.DateOffset(years=1)).all()


def test_one_quarter_is_missing_inside_the_records() -> None:
    missing = []
    for code, ends in filings().groupby("code")["period_end"]:
        expected = pd.date_range(ends.min(), ends.max(), freq="QE")
        missing += [f"{code} {day:%Y-%m-%d}" for day in expected.difference(pd.DatetimeIndex(ends))]
    assert missing == ["285A 2026-03-31"]


def test_the_records_end_as_the_descriptor_says() -> None:
    ends = filings().groupby("code")["period_end"].max().dt.strftime("%Y-%m")
    assert set(ends.index[ends == "2025-12"]) == {"3436", "6525", "7729", "7735"}
    assert set(ends.index[ends == "2026-03"]) == {"6146", "6920", "6963"}
    assert set(ends.index[ends == "2026-06"]) == {"285A", "4063", "6526", "6723", "6857", "8035"}


def test_disclosures_without_a_figure_are_left_out_and_named() -> None:
    days = filings()["code"] + " " + filings()["published_at"].dt.strftime("%Y-%m-%d")
    notes = " ".join(RESOURCES["semiconductor_filings"]["jpresearch"]["notes"])
    for code, day in (("4063", "2025-02-12"), ("6963", "2022-10-06"), ("6963", "2023-06-05")):
        assert f"{code} {day}" not in set(days)
        assert f"{code} of {day}" in notes
    assert filings()[[*RESULTS, "forecast_sales_jpy"]].notna().any(axis=1).all()


def test_results_and_revision_of_one_day_are_one_row() -> None:
    row = where(filings(), code="6146", fiscal_year_end="2022-03-31", quarter=2)
    assert len(row) == 1
    assert row["sales_jpy"].item() == 116082000000 and row["forecast_eps_jpy"].item() == 1180.47
    assert not filings().duplicated(["code", "fiscal_year_end", "published_at"]).any()


@pytest.mark.parametrize(
    ("code", "year", "forecast"), [("6920", "2023-06-30", [365.93, 498.99]), ("6963", "2022-03-31", [519.68, 611.38])]
)
def test_a_revised_forecast_is_a_later_vintage_that_keeps_the_results(
    code: str, year: str, forecast: list[float]
) -> None:
    rows = where(filings(), code=code, fiscal_year_end=year, quarter=3)
    assert list(rows["forecast_eps_jpy"]) == forecast
    assert rows["eps_jpy"].nunique(dropna=False) == 1 and rows["eps_jpy"].notna().all()


def test_a_forecast_that_results_leave_out_is_not_carried() -> None:
    rows = where(filings(), code="6146", fiscal_year_end="2026-03-31", quarter=1)
    assert list(rows["forecast_eps_jpy"].isna()) == [False, True]
    assert list(rows["sales_jpy"].isna()) == [True, False]


def test_filings_were_public_at_the_end_of_their_day() -> None:
    assert (filings()["published_at"].dt.strftime("%H:%M:%S") == "23:59:59").all()


def test_shares_behind_eps_multiply_by_the_ratio_of_each_split() -> None:
    rows = filings().dropna(subset=["eps_jpy"]).query("eps_jpy != 0")
    shares = (rows["net_profit_jpy"] / rows["eps_jpy"]).groupby(rows["code"])
    for split in table("splits").query("ex_date < '2026-01-01'").itertuples():
        counts = shares.get_group(split.code)
        days = rows.loc[counts.index, "published_at"].dt.tz_localize(None)
        near = (days - split.ex_date).dt.days
        before, after = counts[(near < 0) & (near > -200)], counts[(near > 120) & (near < 320)]
        assert after.median() / before.median() == pytest.approx(split.ratio, rel=0.06)


def test_splits_take_effect_after_their_ex_date() -> None:
    lag = (table("splits")["effective_date"] - table("splits")["ex_date"]).dt.days
    assert lag.between(1, 7).all()
    assert (table("splits")["period_end"] == table("splits")["ex_date"]).all()


# ---------------------------------------------------------------- valuation


def test_the_section_changes_in_april_2022_and_the_companies_fall() -> None:
    rows = table("prime_valuation").sort_values("period_end").set_index("period_end")
    assert (rows["section"] == np.where(rows.index < "2022-04-01", "tse_first", "tse_prime")).all()
    assert rows.loc["2022-03-31", "company_count"] == 2159 and rows.loc["2022-04-30", "company_count"] == 1821
    months = pd.date_range("2020-01-31", "2026-06-30", freq="ME")
    assert list(rows.index) == list(months)


def test_the_composite_of_prime_is_the_same_in_both_valuation_tables() -> None:
    composite = where(table("industry_valuation"), section="tse_prime", industry="Composite")
    both = composite.merge(table("prime_valuation"), on=["section", "period_end"], suffixes=("", "_prime"))
    assert len(both) == 3
    for name in ("company_count", "per_simple_x", "pbr_simple_x", "per_weighted_x", "pbr_weighted_x"):
        assert (both[name] == both[f"{name}_prime"]).all()


def test_industries_are_33_with_four_groups_in_each_section() -> None:
    rows = table("industry_valuation")
    sizes = rows.groupby(["section", "period_end"])["industry"].nunique()
    assert set(sizes.drop("topix_size", level="section")) == {37}
    assert set(where(rows, section="topix_size")["industry"]) == {"Large", "Medium", "Small"}
    assert not rows["industry"].str.contains(r"^\d|[－＊]", regex=True).any()
    assert "Electric Appliances" in set(rows["industry"])


def test_a_missing_ratio_is_empty() -> None:
    rows = table("industry_valuation")
    none = rows["company_count"].isna()
    assert none.any()
    assert rows.loc[none, ["per_simple_x", "pbr_simple_x", "per_weighted_x", "pbr_weighted_x"]].isna().all(axis=None)


def test_cited_jgb_yields_agree_with_the_daily_series() -> None:
    cited = figure("index_valuation", "jgb_10y")
    daily = series("jgb10y").reindex(cited.index)
    assert daily.notna().sum() == 4
    assert (cited[daily.notna()] == daily.dropna()).all()


# ---------------------------------------------------------------- pensions


@pytest.mark.parametrize(
    ("basis", "classes"),
    [("gpif", 5), ("reserve", 5), ("reserve", 4)],
    ids=["own portfolio", "reserve to 2020-03", "reserve since"],
)
def test_shares_of_one_basis_sum_to_a_hundred_where_all_classes_are_there(basis: str, classes: int) -> None:
    rows = where(table("gpif_portfolio"), basis=basis)
    rows = rows[rows["metric"].str.match(r"share_(?!alternatives)")]
    early = rows["period_end"] <= pd.Timestamp("2020-03-31")
    wide = rows[early if classes == 5 else ~early].pivot_table(index="period_end", columns="metric", values="value")
    complete = wide.dropna()
    assert complete.shape[1] == classes
    assert len(complete) == {("gpif", 5): 1, ("reserve", 5): 17, ("reserve", 4): 20}[(basis, classes)]
    assert complete.sum(axis=1).between(99.9, 100.1).all()


def test_two_bases_meet_in_seven_figures_that_differ() -> None:
    rows = table("gpif_portfolio")
    both = rows[rows.duplicated(["metric", "period_end"], keep=False)]
    wide = both.pivot_table(index=["metric", "period_end"], columns="basis", values="value")
    assert len(wide) == 7 and len(both) == 14
    assert (wide["gpif"] > wide["reserve"]).all()


def test_shares_are_of_the_reserve_from_december_2014() -> None:
    rows = table("gpif_portfolio")
    own_shares = rows[(rows["basis"] == "gpif") & rows["metric"].str.startswith("share_")]
    assert own_shares["period_end"].max() == pd.Timestamp("2014-09-30")


def test_basis_follows_metric_for_assets_returns_and_the_total_reserve() -> None:
    basis = table("gpif_portfolio").groupby("metric")["basis"].agg(set)
    own = [name for name in basis.index if name == "aum" or name.startswith(("gain_q_", "return_q_"))]
    assert all(basis[name] == {"gpif"} for name in own) and len(own) == 11
    assert basis["value_total_pension_reserve"] == {"reserve"}


@pytest.mark.parametrize("end", ["2023-12-31", "2025-09-30"])
def test_values_over_the_reserve_give_the_shares(end: str) -> None:
    rows = where(table("gpif_portfolio"), basis="reserve", period_end=end).set_index("metric")["value"]
    for asset in ("domestic_bonds", "domestic_equities", "foreign_bonds", "foreign_equities"):
        share = 100 * rows[f"value_{asset}"] / rows["value_total_pension_reserve"]
        assert share == pytest.approx(rows[f"share_{asset}"], abs=0.01)


@pytest.mark.parametrize(("end", "day"), [("2025-06-30", "2025-08-01"), ("2025-09-30", "2025-11-07")])
def test_stated_release_days_of_gpif(end: str, day: str) -> None:
    rows = where(table("gpif_portfolio"), period_end=end)
    assert set(rows["published_at"]) == {pd.Timestamp(f"{day} 15:30", tz="Asia/Tokyo")}
    assert set(rows["grade"]) == {"stated"}


def test_domestic_equities_at_the_end_of_september_2025() -> None:
    shares = figure("gpif_portfolio", "share_domestic_equities", basis="reserve")
    assert shares["2025-09-30"] == 24.45 and shares["2025-06-30"] == 24.28


def test_the_implied_flow_of_july_to_september_2025() -> None:
    value = figure("gpif_portfolio", "value_domestic_equities", basis="reserve")
    rate = figure("gpif_portfolio", "return_q_domestic_equities")["2025-09-30"] / 100
    assert -2.6 < value["2025-09-30"] - value["2025-06-30"] * (1 + rate) < -1.4


def test_gains_and_returns_are_of_the_quarter_and_stocks_of_the_day() -> None:
    rows = table("gpif_portfolio")
    flow = rows["metric"].str.contains("_q_")
    assert (rows.loc[~flow, "period_start"] == rows.loc[~flow, "period_end"]).all()
    months = (rows.loc[flow, "period_end"] + pd.Timedelta(days=1) - pd.DateOffset(months=3)) == rows.loc[
        flow, "period_start"
    ]
    assert months.all()


def test_fiscal_years_run_from_april_to_march() -> None:
    rows = table("gpif_annual")
    assert (rows["period_start"].dt.strftime("%m-%d") == "04-01").all()
    assert (rows["period_end"] + pd.Timedelta(days=1) == rows["period_start"] + pd.DateOffset(years=1)).all()


def test_targets_of_a_mix_sum_to_a_hundred() -> None:
    rows = table("gpif_policy_mix")
    single = rows[~rows["asset_class"].isin(["alternatives_cap", "equities_total", "bonds_total"])]
    sums = single.groupby("effective_date")["target_pct"].sum()
    assert list(sums.index.year) == [2006, 2013, 2014, 2020, 2025]
    assert (sums == 100).all()


def test_a_mix_is_known_from_its_announcement() -> None:
    rows = table("gpif_policy_mix")
    assert (rows["period_end"] <= rows["effective_date"]).all()
    assert set(rows.loc[rows["grade"] == "assumed", "effective_date"]) == {pd.Timestamp("2006-04-01")}
    assert set(where(rows, effective_date="2025-04-01")["period_end"]) == {pd.Timestamp("2025-03-31")}


# ---------------------------------------------------------------- households, companies, the Bank


def test_the_final_tabulation_of_accounts_is_a_later_vintage() -> None:
    rows = where(table("nisa_usage"), metric="accounts_total", period_end="2025-12-31")
    assert list(rows["value"]) == [28260000, 28210000]
    assert rows["published_at"].iloc[1] == pd.Timestamp("2026-07-03 23:59:59", tz="Asia/Tokyo")
    assert not table("nisa_usage")["metric"].str.endswith("_final").any()


def test_conflicting_figures_stay_metrics_of_their_own() -> None:
    metrics = set(table("nisa_usage")["metric"])
    assert {"purchases_cumulative_alt", "accounts_total_by_age_table"} <= metrics


@pytest.mark.parametrize(
    ("metric", "end", "start"),
    [
        ("purchases_cumulative", "2024-12-31", "2014-01-01"),
        ("purchases_cumulative_tsumitate_old", "2020-12-31", "2018-01-01"),
        ("purchases_ytd", "2024-06-30", "2024-01-01"),
        ("purchases_year", "2024-12-31", "2024-01-01"),
        ("purchases_q_tsumitate_old", "2021-06-30", "2021-04-01"),
        ("purchases_month_10_brokers", "2016-01-31", "2016-01-01"),
        ("purchases_jan_mar_10_brokers", "2014-03-31", "2014-01-01"),
        ("purchases_funds_3days_10_brokers", "2024-08-06", "2024-08-02"),
        ("accounts_total", "2025-06-30", "2025-06-30"),
        ("balance_listed_equity_6_brokers", "2024-07-31", "2024-07-31"),
    ],
)
def test_periods_of_nisa_figures(metric: str, end: str, start: str) -> None:
    rows = where(table("nisa_usage"), metric=metric, period_end=end)
    assert set(rows["period_start"]) == {pd.Timestamp(start)}


@pytest.mark.parametrize(
    ("metric", "end", "day"),
    [
        ("accounts_total", "2024-03-31", "2024-06-12"),
        ("accounts_total", "2025-03-31", "2025-06-17"),
        ("purchases_cumulative", "2025-06-30", "2025-09-24"),
        ("accounts_total_by_age_table", "2024-12-31", "2025-06-17"),
        ("accounts_10_brokers", "2025-12-31", "2026-01-20"),
    ],
)
def test_stated_release_days_of_nisa_figures(metric: str, end: str, day: str) -> None:
    rows = where(table("nisa_usage"), metric=metric, period_end=end)
    assert set(rows["published_at"].dt.strftime("%Y-%m-%d")) == {day}
    assert set(rows["grade"]) == {"stated"}


@pytest.mark.parametrize(
    ("name", "metric", "end", "start"),
    [
        ("buybacks", "buyback_authorised_fy", "2025-03-31", "2024-04-01"),
        ("buybacks", "buyback_authorised_apr_dec_topix", "2025-12-31", "2025-04-01"),
        ("buybacks", "buyback_authorised_jan_may", "2026-05-31", "2026-01-01"),
        ("buybacks", "buyback_executed_cy", "2024-12-31", "2024-01-01"),
        ("buybacks", "buyback_ytd", "2025-07-31", "2025-01-01"),
        ("fund_flows", "net_inflow_month_equity_funds_ex_etf", "2025-08-31", "2025-08-01"),
        ("fund_flows", "setting_avg_12m_ex_etf", "2025-09-30", "2024-10-01"),
        ("fund_flows", "foreign_equities_via_toshin_ytd", "2025-11-30", "2025-01-01"),
        ("fund_flows", "nav_equity_funds", "2025-09-30", "2025-09-30"),
    ],
)
def test_periods_of_cited_figures(name: str, metric: str, end: str, start: str) -> None:
    rows = where(table(name), metric=metric, period_end=end)
    assert set(rows["period_start"]) == {pd.Timestamp(start)}


def test_rate_decisions_are_dated_by_the_decision_and_apply_later() -> None:
    rows = where(table("boj_policy"), metric="policy_rate_target")
    assert (rows["period_end"] < rows["effective_date"]).all()
    decided = rows["note"].str.extract(r"decided (\S{10})")[0]
    assert list(rows["period_end"].dt.strftime("%Y-%m-%d")) == list(decided)
    assert (rows["published_at"].dt.strftime("%H:%M") == "12:00").all() and set(rows["grade"]) == {"stated"}


def test_rate_decisions_agree_with_the_rate_in_force() -> None:
    rows = where(table("boj_policy"), metric="policy_rate_target").set_index("effective_date")["value"]
    daily = series("boj_policy_rate")
    in_range = rows[rows.index <= daily.index.max()]
    assert len(in_range) == 5
    assert (daily.reindex(in_range.index) == in_range).all()
    before = [daily[daily.index < day].iloc[-1] for day in in_range.index]
    assert (np.array(before) != in_range.to_numpy()).all()


def test_the_decision_to_sell_etfs_was_known_at_noon() -> None:
    row = where(table("boj_policy"), metric="etf_sale_pace_book")
    assert row["published_at"].item() == pd.Timestamp("2025-09-19 12:00", tz="Asia/Tokyo")
    assert row["effective_date"].isna().all()


def test_the_bank_bought_on_business_days_and_three_years_are_missing() -> None:
    rows = table("boj_etf_purchases").set_index("period_end")
    assert set(range(2010, 2025)) - set(rows.index.year) == {2021, 2022, 2023}
    assert rows.loc["2020-10-01", "lending_etf_jpy_100mn"] == 207
    assert rows["index_etf_jpy_100mn"].max() == 2004
    assert any("2021, 2022 and 2023" in note for note in RESOURCES["boj_etf_purchases"]["jpresearch"]["notes"])
