"""Earnings disclosures of the chip names: which fiscal quarter each is about, and what it adds to the last.

The compiled rows say the fiscal year and the day of the disclosure, not the quarter. It follows from both and
from what is filled: the quarter is the latest one ended before the disclosure, and only full-year results
name the next fiscal year.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from tools.seed.figures import Figures
from tools.seed.markets import CHIP_NAMES
from tools.seed.model import About, Column, Series, Table, finish
from tools.seed.release import END_OF_DAY, moments
from tools.seed.sources import FACTS, TDNET

RESULTS: Final = ("sales", "operating_profit", "net_profit", "eps", "bps", "dividend_annual")
FORECASTS: Final = (
    "forecast_sales",
    "forecast_operating_profit",
    "forecast_net_profit",
    "forecast_eps",
    "next_year_forecast_eps",
)
FIGURES: Final = (*RESULTS, *FORECASTS)
_FILING = ["code", "fiscal_year_end", "disclosed"]
_QUARTER = ["code", "fiscal_year_end", "quarter"]
# Results are due within 45 days (the longest here took 74); a revised forecast may come until the next ones.
LONGEST_LAG = {"results": pd.Timedelta(days=90), "revision": pd.Timedelta(days=140)}

_FROM_START = "from the start of the fiscal year to the end of the quarter"
_GUIDED = "guided by the company, as filed"

SEMICONDUCTOR_FILINGS = About(
    name="semiconductor_filings",
    title="Chip names, earnings disclosures",
    description="Results and guidance of thirteen chip names by fiscal quarter, as disclosed: "
    + ", ".join(f"{code} {name}" for code, name in CHIP_NAMES.items())
    + (
        ". Results are cumulative from the start of the fiscal year; per-share figures are as filed, not "
        "adjusted for later splits."
    ),
    key=("code", "fiscal_year_end", "quarter"),
    columns=(
        Column("code", "string", "Securities code.", required=True, enum=tuple(CHIP_NAMES)),
        Column("fiscal_year_end", "date", "Last day of the fiscal year.", required=True),
        Column(
            "quarter",
            "integer",
            "Fiscal quarter, inferred from the day of the disclosure; 4 is the full year.",
            unit="quarter",
            required=True,
            minimum=1,
            maximum=4,
        ),
        Column("period_start", "date", "First day of the fiscal year.", required=True),
        Column("period_end", "date", "Last day of the quarter.", required=True),
        Column("next_fiscal_year_end", "date", "Last day of the next fiscal year; full-year results only."),
        Column("sales_jpy", "number", f"Sales {_FROM_START}.", unit="JPY", minimum=0),
        Column("operating_profit_jpy", "number", f"Operating profit {_FROM_START}.", unit="JPY"),
        Column("net_profit_jpy", "number", f"Profit attributable to owners {_FROM_START}.", unit="JPY"),
        Column(
            "eps_jpy",
            "number",
            f"Earnings per share {_FROM_START}, on the share basis of the filing.",
            unit="JPY per share",
        ),
        Column(
            "bps_jpy",
            "number",
            "Book value per share at the end of the quarter, on the share basis of the filing.",
            unit="JPY per share",
        ),
        Column(
            "dividend_annual_jpy",
            "number",
            "Dividend for the fiscal year; full-year results only.",
            unit="JPY per share",
            minimum=0,
        ),
        Column("forecast_sales_jpy", "number", f"Sales of the fiscal year {_GUIDED}.", unit="JPY", minimum=0),
        Column(
            "forecast_operating_profit_jpy",
            "number",
            f"Operating profit of the fiscal year {_GUIDED}.",
            unit="JPY",
        ),
        Column("forecast_net_profit_jpy", "number", f"Net profit of the fiscal year {_GUIDED}.", unit="JPY"),
        Column(
            "forecast_eps_jpy",
            "number",
            f"Earnings per share of the fiscal year {_GUIDED}.",
            unit="JPY per share",
        ),
        Column(
            "next_year_forecast_eps_jpy",
            "number",
            f"Earnings per share of the next fiscal year {_GUIDED}.",
            unit="JPY per share",
        ),
    ),
    publisher="The companies, through the Tokyo Stock Exchange (TDnet)",
    page=TDNET,
    terms=(FACTS,),
    frequency="quarterly",
    release_rule="within_days:45",
    vintage="first_print",
    staleness_days=150,
    series=Series(by=("code",)),
    notes=(
        (
            "Published: the end of the day of disclosure, because the hour is not known. The rule of 45 "
            "days is the exchange's limit; no row needs it."
        ),
        (
            "The quarter is not stated. It is the latest one ended before the disclosure, within a "
            "plausible lag; full-year results are those that name the next fiscal year; a revised forecast "
            "between year end and full-year results belongs to the third quarter."
        ),
        (
            "A later disclosure on the same quarter is a later vintage. Results that it leaves blank are "
            "carried from the earlier vintage, because they were not withdrawn; forecasts are carried only "
            "into a row without results, because results restate guidance or leave it out."
        ),
        "Disclosures of the same day on the same year are one row (thirteen pairs).",
        (
            "Left out, because they give dates and no figure: 4063 of 2025-02-12, 6963 of 2022-10-06 and "
            "6963 of 2023-06-05."
        ),
        (
            "6146 guides one quarter ahead: its forecasts disclosed on 2021-10-21 (nine months) and "
            "2025-07-09 (first quarter, before the results) are not for the fiscal year. Between 2025-07-09 "
            "and 2025-07-17 its first quarter has that forecast and no results."
        ),
        (
            "6525 of 2023-11-09: the forecast net profit of -49 million is wrong at the source (the "
            "forecast EPS implies about 20 billion); kept as compiled."
        ),
        (
            "A forecast can stand on the new share basis before a split while EPS of the same row stands on "
            "the old: 7735 of 2023-05-10 (next year) and 2023-07-28, 6963 of 2023-08-01, 6526 of "
            "2023-10-31. Profit over EPS shows the number of shares behind each."
        ),
        "8035, 4063 and 6146 for the year to 2023-03 give EPS and BPS on the new basis and the dividend on the old.",
        "Guidance does not exist for every name: never for 285A and 6723, often not for 3436, 6146 and 6857.",
        (
            "Within each name's record one quarter is missing: the full year to 2026-03 of 285A. The records of "
            "3436, 6525, 7729 and 7735 end with the quarter to 2025-12, those of 6146, 6920 and 6963 with 2026-03, "
            "the others with 2026-06."
        ),
    ),
)


def semiconductor_filings(figures: Figures) -> Table:
    """Disclosures by fiscal quarter, later ones on the same quarter as later vintages."""
    dates = ["fiscal_year_end", "disclosed", "next_fiscal_year_end"]
    rows = figures.wide("semiconductor_filings.csv", dates=dates, text=["code"])
    return finish(SEMICONDUCTOR_FILINGS, filings(rows))


def filings(rows: pd.DataFrame) -> pd.DataFrame:
    """Compiled disclosures in the data model, before ordering."""
    quarters = carried(with_quarter(with_figures(merged_by_day(rows))))
    start = quarters["fiscal_year_end"] - pd.DateOffset(months=12) + pd.Timedelta(days=1)
    named = quarters.rename(columns={name: f"{name}_jpy" for name in FIGURES})
    return named.assign(
        period_start=start,
        published_at=moments(quarters["disclosed"], END_OF_DAY),
        grade="stated",
        source="tdnet-filings",
    )


def merged_by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per company, fiscal year and day: the first figure of each column.

    Raises
    ------
    ValueError : two disclosures of one day give different figures for the same column.
    """
    groups = rows.groupby(_FILING)
    conflicts = groups.nunique().gt(1).any(axis=1)
    if conflicts.any():
        raise ValueError(f"disclosures of one day disagree: {list(conflicts[conflicts].index)}")
    return groups.first().reset_index()


def with_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold at least one figure."""
    return rows[rows[list(FIGURES)].notna().any(axis=1)].reset_index(drop=True)


def with_quarter(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with ``quarter`` (1 to 4) and ``period_end`` (the last day of that quarter).

    Raises
    ------
    ValueError : a disclosure before the first quarter ended, full-year figures before the year ended, a lag
        that no quarter explains, or a fiscal year that does not last twelve months.
    """
    _refuse_short_years(rows)
    full_year = rows[["next_fiscal_year_end", "dividend_annual", "next_year_forecast_eps"]].notna().any(axis=1)
    ended = sum(
        (quarter_end(rows["fiscal_year_end"], quarter) < rows["disclosed"]).astype(int) for quarter in (1, 2, 3, 4)
    )
    quarter = pd.Series(ended, index=rows.index).where(full_year, pd.Series(ended, index=rows.index).clip(upper=3))
    _refuse(rows, quarter < 1, "disclosed before the first quarter ended")
    _refuse(rows, full_year & (quarter < 4), "full-year figures before the year ended")
    ends = quarter_end(rows["fiscal_year_end"], quarter)
    lag = rows["disclosed"] - ends
    longest = rows["sales"].notna().map({True: LONGEST_LAG["results"], False: LONGEST_LAG["revision"]})
    _refuse(rows, lag > longest, "disclosed later than any quarter explains")
    return rows.assign(quarter=quarter, period_end=ends)


def quarter_end(fiscal_year_end: pd.Series, quarter: pd.Series | int) -> pd.Series:
    """Last day of the fiscal ``quarter`` (month ends) of the years that end on ``fiscal_year_end``."""
    months = fiscal_year_end.dt.to_period("M") - (4 - quarter) * 3
    last: pd.Series = months.dt.end_time.dt.normalize().astype(fiscal_year_end.dtype)
    return last


def carried(rows: pd.DataFrame) -> pd.DataFrame:
    """Later disclosures on a quarter with the figures that they leave blank and did not withdraw."""
    ordered = rows.sort_values([*_QUARTER, "disclosed"], ignore_index=True)
    no_results = ordered["sales"].isna()
    known = ordered.groupby(_QUARTER)[[*FIGURES, "next_fiscal_year_end"]].ffill()
    held = [*RESULTS, "next_fiscal_year_end"]
    ordered[held] = known[held]
    for name in FORECASTS:
        ordered[name] = ordered[name].where(~no_results, known[name])
    return ordered


def _refuse(rows: pd.DataFrame, wrong: pd.Series, reason: str) -> None:
    if wrong.any():
        raise ValueError(f"{reason}:\n{rows.loc[wrong, _FILING].to_string()}")


def _refuse_short_years(rows: pd.DataFrame) -> None:
    """No company here changed its fiscal year; one that did would need its own quarter ends."""
    months = rows["fiscal_year_end"].dt.month.groupby(rows["code"]).agg(["min", "max"])
    moved = months.index[months["min"] != months["max"]]
    if len(moved):
        raise ValueError(f"fiscal years of other than twelve months: {list(moved)}")
