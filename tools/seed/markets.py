"""Prices: market series, sector funds, chip names, stock splits."""

from __future__ import annotations

import pandas as pd

from jpresearch.calendars import sessions
from tools.seed.figures import Figures
from tools.seed.model import About, Column, Series, Table, finish
from tools.seed.release import by_rule, by_rules, moments
from tools.seed.sources import FACTS, GOVERNMENT, NEXT_FUNDS, TDNET, TSE_PAGE

SERIES_SOURCES = {
    "nikkei225": "nikkei-indexes",
    "topix": "jpx-topix",
    "usdjpy": "fred-h10",
    "sp500": "sp-dow-jones",
    "sox": "nasdaq-sox",
    "vix": "cboe-vix",
    "jgb2y": "mof-jgb",
    "jgb10y": "mof-jgb",
    "ust10y": "us-treasury",
    "boj_policy_rate": "bis-policy-rate",
    "boj_call_rate": "boj-time-series",
    "boj_basic_loan_rate": "boj-time-series",
    "usdjpy_boj_tokyo": "boj-time-series",
}
SERIES_RULES = {
    "nikkei225": "tokyo_close",
    "topix": "tokyo_close",
    "usdjpy": "fed_h10",
    "sp500": "new_york_close",
    "sox": "new_york_close",
    "vix": "new_york_close",
    "ust10y": "new_york_close",
    "jgb2y": "jgb_yields",
    "jgb10y": "jgb_yields",
    "boj_policy_rate": "boj_decision",
    "boj_call_rate": "boj_time_series",
    "boj_basic_loan_rate": "boj_decision",
    "usdjpy_boj_tokyo": "boj_time_series",
}
_DAY = Column("period_end", "date", "Day of the value.", required=True)
_DAY_START = Column("period_start", "date", "The same day.", required=True)

MARKET_DAILY = About(
    name="market_daily",
    title="Market series, daily",
    description=(
        "Closes of indices, the yen rate, yields and the policy rate, one value a row. Indices and vix in "
        "points, usdjpy in yen per dollar (New York noon), usdjpy_boj_tokyo the same at 17:00 in Tokyo, yields and "
        "rates in percent."
    ),
    key=("series", "period_end"),
    columns=(
        Column("series", "string", "Name of the series.", required=True, enum=tuple(SERIES_SOURCES)),
        _DAY,
        _DAY_START,
        Column(
            "value",
            "number",
            "Value of the day.",
            required=True,
            unit=(
                "points (nikkei225, topix, sp500, sox, vix); JPY per USD (usdjpy, usdjpy_boj_tokyo); percent (jgb2y, "
                "jgb10y, ust10y, boj_policy_rate, boj_call_rate, boj_basic_loan_rate)"
            ),
        ),
    ),
    publisher=(
        "Nikkei, JPX, Federal Reserve, S&P Dow Jones, Nasdaq, Cboe, Ministry of Finance Japan, US Treasury, BIS, "
        "Bank of Japan"
    ),
    page="https://fred.stlouisfed.org/",
    terms=(FACTS, GOVERNMENT),
    frequency="daily",
    release_rule={"by": "series", "rules": SERIES_RULES},
    vintage="latest",
    staleness_days=7,
    owner=(
        "Nikkei Inc. (nikkei225), JPX (topix), S&P Dow Jones Indices (sp500), Nasdaq (sox), Cboe (vix); the rest are "
        "figures of central banks and governments. Internal research"
    ),
    series=Series(allowance_days={"usdjpy": 12}),
    notes=(
        (
            "New York values of a day are known in Tokyo on the next morning; the yen rates of a week come "
            "out together on the following Tuesday."
        ),
        "Both Tokyo indices have exactly the sessions since they start.",
        "usdjpy lacks US holidays, not Japanese ones; sox starts on 2020-01-02; sp500 and sox lack 2026-08-27.",
        (
            "boj_policy_rate is the rate in force on the day: a change shows on the day it takes effect, a "
            "day or more after its announcement (see boj_policy). It has no values from 2001-03-19 to "
            "2006-03-08 and from 2013-04-04 to 2016-09-20, when the target was a quantity."
        ),
    ),
)


def market_daily(figures: Figures) -> Table:
    """All market series, each under its own release rule and source; one value a day."""
    compiled = [figures.wide(name, dates=["date"]) for name in ("market_daily.csv", "additions/market_daily.csv")]
    rows = _one_day(pd.concat(compiled, ignore_index=True).drop_duplicates())
    sourced = rows.assign(source=rows["series"].map(SERIES_SOURCES))
    return finish(MARKET_DAILY, by_rules(sourced, "series", SERIES_RULES))


def _one_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of single days: the period starts and ends on ``date``."""
    return rows.assign(period_start=rows["date"], period_end=rows["date"])


def on_sessions(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of days on which the exchange was open; nobody published a close on any other day."""
    return rows[rows["date"].isin(sessions())]


SECTOR_NAMES = {
    "1617": "foods",
    "1618": "energy resources",
    "1619": "construction and materials",
    "1620": "raw materials and chemicals",
    "1621": "pharmaceutical",
    "1622": "automobiles and transportation equipment",
    "1623": "steel and nonferrous metals",
    "1624": "machinery",
    "1625": "electric appliances and precision instruments",
    "1626": "IT, services and others",
    "1627": "electric power and gas",
    "1628": "transportation and logistics",
    "1629": "commercial and wholesale trade",
    "1630": "retail trade",
    "1631": "banks",
    "1632": "financials ex banks",
    "1633": "real estate",
}

SECTOR_ETF_DAILY = About(
    name="sector_etf_daily",
    title="TOPIX-17 sector funds, daily",
    description="Adjusted closes and volumes of the NEXT FUNDS TOPIX-17 ETFs: "
    + ", ".join(f"{code} {name}" for code, name in SECTOR_NAMES.items())
    + ".",
    key=("code", "period_end"),
    columns=(
        Column("code", "string", "Code of the fund.", required=True, enum=tuple(SECTOR_NAMES)),
        _DAY,
        _DAY_START,
        Column(
            "adj_close_jpy",
            "number",
            "Close adjusted for dividends and splits to the last date.",
            unit="JPY",
            minimum=0,
        ),
        Column("volume_shares", "number", "Shares traded.", unit="shares", minimum=0),
    ),
    publisher="Nomura Asset Management; prices of the Tokyo Stock Exchange",
    page=NEXT_FUNDS,
    terms=(FACTS,),
    frequency="daily",
    release_rule="tokyo_close",
    vintage="restated",
    staleness_days=7,
    notes=(
        "Adjusted to the last date: use returns and ratios within the table, never levels.",
        "Thinly traded: on a day without a trade the last close repeats and the volume is zero.",
        (
            "1623 stands 17 percent low from 2017-07-12 to 2017-07-14 and comes back: it looks wrong at the "
            "source. The figures are kept; leave these days out of daily returns and say so."
        ),
        "1629 lacks 2026-03-30 and 2026-03-31; all funds lack 2010-07-20, 2010-09-15 and 2025-10-24.",
        "Volume ends on 2026-03-27.",
        (
            "The compiled series repeats a close on 27 days of 2017, 2018 and 2026 on which the exchange "
            "was closed; those rows are left out, because no close was published on them (on 2018-07-16 "
            "most of them even carry a value other than the last close)."
        ),
    ),
)


def sector_etf_daily(figures: Figures) -> Table:
    """Sector funds on the days on which Tokyo was open."""
    rows = _one_day(on_sessions(figures.wide("sector_etf_daily.csv", dates=["date"], text=["code"])))
    named = rows.rename(columns={"adj_close": "adj_close_jpy", "volume": "volume_shares"})
    return finish(SECTOR_ETF_DAILY, by_rule(named.assign(source="next-funds"), "tokyo_close"))


CHIP_NAMES = {
    "285A": "Kioxia Holdings",
    "3436": "Sumco",
    "4063": "Shin-Etsu Chemical",
    "6146": "Disco",
    "6525": "Kokusai Electric",
    "6526": "Socionext",
    "6723": "Renesas Electronics",
    "6857": "Advantest",
    "6920": "Lasertec",
    "6963": "Rohm",
    "7729": "Tokyo Seimitsu",
    "7735": "Screen Holdings",
    "8035": "Tokyo Electron",
}
CHIP_FUNDS = {
    "1625": "NEXT FUNDS electric appliances ETF",
    "200A": "a semiconductor ETF",
    "2243": "a semiconductor ETF",
}

SEMICONDUCTOR_PRICES = About(
    name="semiconductor_prices",
    title="Chip names, daily closes",
    description=("Closes on the Tokyo Stock Exchange, adjusted for splits to the last date and not for dividends: ")
    + ", ".join(f"{code} {name}" for code, name in (CHIP_NAMES | CHIP_FUNDS).items())
    + ".",
    key=("code", "period_end"),
    columns=(
        Column("code", "string", "Securities code.", required=True, enum=tuple(sorted(CHIP_NAMES | CHIP_FUNDS))),
        _DAY,
        _DAY_START,
        Column("close_jpy", "number", "Close, adjusted for splits to the last date.", unit="JPY", minimum=0),
    ),
    publisher="Tokyo Stock Exchange",
    page=TSE_PAGE,
    terms=(FACTS,),
    frequency="daily",
    release_rule="tokyo_close",
    vintage="restated",
    restated_by="splits",
    staleness_days=7,
    notes=(
        (
            "Split-adjusted to the last date, splits before 2021 included: put a price on the basis of a "
            "day with the table splits before setting it against figures of a filing."
        ),
        (
            "6963, 3436 and 2243 end on 2026-02-16; 1625 is the sector fund, 200A and 2243 are "
            "semiconductor ETFs. 1625 has gaps on days without a trade."
        ),
        "The compiled series repeats the last close on eight holidays of 2026; those rows are left out.",
    ),
)


def semiconductor_prices(figures: Figures) -> Table:
    """Closes of the chip names on the days on which Tokyo was open."""
    rows = _one_day(on_sessions(figures.wide("semiconductor_prices.csv", dates=["date"], text=["code"])))
    named = rows.rename(columns={"close": "close_jpy"}).assign(source="tse-prices")
    return finish(SEMICONDUCTOR_PRICES, by_rule(named, "tokyo_close"))


SPLITS = About(
    name="splits",
    title="Stock splits of the chip names",
    description=(
        "Stock splits since 2021: new shares for one old, with the first day on which the share trades "
        "without the right."
    ),
    key=("code", "ex_date"),
    columns=(
        Column("code", "string", "Securities code.", required=True, enum=tuple(CHIP_NAMES)),
        Column("ex_date", "date", "First session on the new basis.", required=True),
        Column("period_end", "date", "The ex-date: the day of the announcement is not known.", required=True),
        Column("period_start", "date", "The ex-date.", required=True),
        Column("ratio", "number", "New shares for one old share.", unit="shares", required=True, minimum=0),
        Column("effective_date", "date", "Day on which the split takes effect.", required=True),
        Column("evidence", "string", "How the split is known.", required=True),
    ),
    publisher="The companies, through the Tokyo Stock Exchange",
    page=TDNET,
    terms=(FACTS,),
    frequency="irregular",
    release_rule="same_day_end",
    vintage="latest",
    notes=(
        (
            "Splits are announced weeks before they take place; the days are not known, so each is dated "
            "09:00 of its ex-date (assumed)."
        ),
        (
            "7735 in 2026: the ex-date is assumed, and so is the effective date of 2026-04-01, the first "
            "day of its fiscal year."
        ),
        "Prices before 2021 already have earlier splits in them.",
    ),
)

_NO_EFFECTIVE_DATE = {("7735", "2026-03-30"): "2026-04-01"}


def splits(figures: Figures) -> Table:
    """Splits with the effective date that the evidence names."""
    rows = figures.wide("splits.csv", dates=["ex_date"], text=["code"])
    named = rows["evidence"].str.extract(r"effective (\d{4}-\d{2}-\d{2})")[0]
    keys = zip(rows["code"], rows["ex_date"].dt.strftime("%Y-%m-%d"), strict=True)
    assumed = pd.Series([_NO_EFFECTIVE_DATE.get(key) for key in keys], index=rows.index, dtype="str")
    dated = rows.assign(
        period_start=rows["ex_date"],
        period_end=rows["ex_date"],
        effective_date=pd.to_datetime(named.fillna(assumed)),
        published_at=moments(rows["ex_date"], "09:00"),
        grade="assumed",
        source="company-splits",
    )
    return finish(SPLITS, dated)
