"""J-Quants, financial data (summary): disclosures of the chip names by fiscal quarter.

Page: https://jpx-jquants.com/en/spec/fin-summary

Layout: one row a disclosure, yen, results from the start of the fiscal year. The service states document type
(``DocType``), period (``CurPerType``) and hour (``DiscTime``); distributions may leave them out, and then the quarter
follows from the day: the latest one ended before the disclosure, the full year where the next fiscal year is named.
Rows of the table: one per company, quarter and day of disclosure, at the last hour of that day's disclosures (without
an hour: the end of the day). What a later disclosure on the same quarter leaves blank was not withdrawn and is carried;
forecasts are carried only into a row without results.
"""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from jpresearch.calendars import TOKYO
from jpresearch.sources.delimited import days, figures, require
from jpresearch.sources.jquants_prices import CODES, short_code
from jpresearch.sources.model import LINE, Parsed, SourceError

TABLE: Final = "semiconductor_filings"
SOURCE: Final = "tdnet-filings"
# Funds disclose no earnings.
FUNDS: Final = ("1625", "200A", "2243")
COMPANIES: Final = tuple(code for code in CODES if code not in FUNDS)
# The table begins with 2021; earlier Renesas had a fiscal year of nine months.
FIRST_DISCLOSED: Final = pd.Timestamp("2021-01-01")
RESULTS: Final = {
    "sales_jpy": "Sales",
    "operating_profit_jpy": "OP",
    "net_profit_jpy": "NP",
    "eps_jpy": "EPS",
    "bps_jpy": "BPS",
    "dividend_annual_jpy": "DivAnn",
}
FORECASTS: Final = {
    "forecast_sales_jpy": "FSales",
    "forecast_operating_profit_jpy": "FOP",
    "forecast_net_profit_jpy": "FNP",
    "forecast_eps_jpy": "FEPS",
    "next_year_forecast_eps_jpy": "NxFEPS",
}
FIGURES: Final = {**RESULTS, **FORECASTS}
STATEMENT: Final = re.compile(r"(FY|[123]Q|OtherPeriod)FinancialStatements")
QUARTERS: Final = {"1Q": 1, "2Q": 2, "3Q": 3, "FY": 4}
QUARTER: Final = ["code", "fiscal_year_end", "quarter"]
# Results are due within 45 days (the longest here took 74); a forecast may be revised until the next ones.
LONGEST_LAG: Final = {True: pd.Timedelta(days=90), False: pd.Timedelta(days=140)}
# Yen. The smallest of these companies sells 9 billion a quarter; figures in thousands or millions would be below.
SALES_RANGE: Final = (1e8, 1e14)
# Shares behind net profit over EPS: 34 million to 2 billion. EPS below a yen is too coarse to tell.
SHARES_RANGE: Final = (1e6, 1e11)
COARSE_EPS: Final = 1.0
TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


def chip_filings(frame: pd.DataFrame, file: str) -> list[Parsed]:
    """Disclosures as rows of ``semiconductor_filings``, with their moment; other companies are left out.

    Parameters
    ----------
    frame : texts, one row a disclosure, in the short names of the service.

    Raises
    ------
    SourceError : a label missing, a quarter that cannot be told, figures that contradict each other.
    """
    require(frame, ["Code", "CurFYEn", "DiscDate", "NxtFYEn", *FIGURES.values()], file)
    coded = frame.assign(code=frame["Code"].map(short_code))
    chips = coded[coded["code"].isin(COMPANIES)].reset_index(drop=True)
    if len(frame) and not len(chips):
        raise SourceError.of("none of the companies is in the table", file, label="Code")
    filings = _read(chips, file)
    stated = filings[filings[list(FIGURES)].notna().any(axis=1) & filings["disclosed"].ge(FIRST_DISCLOSED)]
    dated = _with_quarter(stated.reset_index(drop=True), file)
    _check(dated, file)
    return [Parsed(TABLE, _rows(_carried(_merged(dated, file))), SOURCE)]


def quarter_end(fiscal_year_end: pd.Series[pd.Timestamp], quarter: pd.Series[int]) -> pd.Series[pd.Timestamp]:
    """Last day of the fiscal quarter: month ends, three months apart, the fourth the fiscal year's own."""
    following = fiscal_year_end + pd.Timedelta(days=1)
    ends = pd.Series(pd.NaT, index=fiscal_year_end.index, dtype="datetime64[us]")
    for number in (1, 2, 3, 4):
        last = following - pd.DateOffset(months=3 * (4 - number)) - pd.Timedelta(days=1)
        ends = ends.mask(quarter.eq(number), last)
    return ends


def year_start(fiscal_year_end: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    """First day of the fiscal year of twelve months that ends on ``fiscal_year_end``."""
    first: pd.Series[pd.Timestamp] = fiscal_year_end + pd.Timedelta(days=1) - pd.DateOffset(months=12)
    return first.astype("datetime64[us]")


def _read(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """Days, figures and what the disclosure says of itself, in the table's names."""
    filings = pd.DataFrame(
        {
            LINE: frame[LINE],
            "code": frame["code"].astype("str"),
            "fiscal_year_end": days(frame["CurFYEn"], file),
            "next_fiscal_year_end": days(frame["NxtFYEn"], file, required=False),
            "disclosed": days(frame["DiscDate"], file),
            **{name: figures(frame[label], file) for name, label in FIGURES.items()},
        }
    )
    blank = pd.Series("", index=frame.index, dtype="str")
    for name, label in {"time": "DiscTime", "number": "DiscNo", "document": "DocType", "period": "CurPerType"}.items():
        filings[name] = frame.get(label, blank).str.strip()
    for name, label in {"stated_start": "CurFYSt", "stated_end": "CurPerEn"}.items():
        filings[name] = days(frame.get(label, blank), file, required=False)
    times = filings.loc[filings["time"].ne(""), "time"]
    if not times.str.fullmatch(TIME.pattern).all():
        raise SourceError.of("an hour of disclosure is none", file, label="DiscTime")
    if filings["fiscal_year_end"].dt.is_month_end.eq(False).any():
        raise SourceError.of("a fiscal year does not end with a month", file, label="CurFYEn")
    return filings


def _with_quarter(filings: pd.DataFrame, file: str) -> pd.DataFrame:
    """``filings`` with ``quarter``: as stated by statements, else from the day of the disclosure."""
    statement = filings["document"].str.match(STATEMENT)
    if (statement & ~filings["period"].isin(QUARTERS)).any():
        raise SourceError.of("a statement is about no quarter of a fiscal year", file, label="CurPerType")
    quarter = filings["period"].map(QUARTERS).where(statement)
    other = quarter.isna()
    # A revision out on the day of results belongs to their quarter.
    same_day = quarter.groupby([filings[name] for name in ("code", "fiscal_year_end", "disclosed")]).transform("max")
    quarter = quarter.where(~other, same_day)
    inferred = quarter.isna()
    if inferred.any():
        quarter = quarter.where(~inferred, _inferred(filings, filings["document"].ne(""), inferred, file))
    dated = filings.assign(quarter=quarter.astype("int64"), statement=statement)
    dated["period_end"] = quarter_end(dated["fiscal_year_end"], dated["quarter"])
    _check_periods(dated, file)
    partial = dated["quarter"].ne(4) & dated["document"].ne("")
    dated.loc[partial, "next_fiscal_year_end"] = pd.NaT
    dated.loc[partial, "dividend_annual_jpy"] = float("nan")
    return dated


def _inferred(filings: pd.DataFrame, typed: pd.Series[bool], wanted: pd.Series[bool], file: str) -> pd.Series[int]:
    """The latest quarter ended before the disclosure; the fourth only for full-year results."""
    ended = sum(
        (quarter_end(filings["fiscal_year_end"], pd.Series(number, index=filings.index)) < filings["disclosed"]).astype(
            int
        )
        for number in (1, 2, 3, 4)
    )
    latest = pd.Series(ended, index=filings.index)
    full_year = (
        filings[["next_fiscal_year_end", "dividend_annual_jpy", "next_year_forecast_eps_jpy"]].notna().any(axis=1)
    )
    full_year &= ~typed
    # A company may revise its forecast before the first quarter has ended: it belongs to the first.
    quarter = latest.where(full_year, latest.clip(upper=3)).mask(typed, latest.clip(1, 3))
    lag = filings["disclosed"] - quarter_end(filings["fiscal_year_end"], quarter.clip(lower=1))
    too_late = lag > filings["sales_jpy"].notna().map(LONGEST_LAG)
    wrong = wanted & (quarter.lt(1) | (full_year & quarter.lt(4)) | (too_late & ~typed))
    if wrong.any():
        first = filings[wrong].iloc[0]
        what = f"the quarter of {first['code']} disclosed on {first['disclosed']:%Y-%m-%d} cannot be told"
        raise SourceError.of(what, file, label="CurPerType")
    return quarter


def _check_periods(filings: pd.DataFrame, file: str) -> None:
    """Fiscal years of twelve months, quarters where the disclosure says they end."""
    start = year_start(filings["fiscal_year_end"])
    other_start = filings["stated_start"].notna() & filings["stated_start"].ne(start)
    other_end = filings["statement"] & filings["stated_end"].notna() & filings["stated_end"].ne(filings["period_end"])
    early = filings["disclosed"].lt(filings["period_end"]) & filings["statement"]
    for wrong, label in ((other_start, "CurFYSt"), (other_end, "CurPerEn"), (early, "DiscDate")):
        if wrong.any():
            first = filings[wrong].iloc[0]
            what = f"{first['code']}: a fiscal year of other than twelve months, or a day outside it"
            raise SourceError.of(what, file, label=label)
    months = filings["fiscal_year_end"].dt.month.groupby(filings["code"]).nunique()
    if months.gt(1).any():
        code = months.index[months.gt(1)][0]
        raise SourceError.of(f"{code} changed the end of its fiscal year; its quarters must be looked at", file)


def _check(filings: pd.DataFrame, file: str) -> None:
    """Magnitudes: sales in yen, and a number of shares behind profit and EPS. Raises ``SourceError``."""
    for column in ("sales_jpy", "forecast_sales_jpy"):
        sales = filings[column].dropna()
        if not sales.between(*SALES_RANGE).all():
            raise SourceError.of("sales are out of range: another unit than yen?", file, label=FIGURES[column])
    shares = (filings["net_profit_jpy"] / filings["eps_jpy"])[filings["eps_jpy"].abs() >= COARSE_EPS].dropna()
    if not shares.between(*SHARES_RANGE).all():
        raise SourceError.of("net profit over EPS is no number of shares: another unit?", file, label="EPS")
    if filings["dividend_annual_jpy"].lt(0).any():
        raise SourceError.of("a dividend is negative", file, label="DivAnn")


def _merged(filings: pd.DataFrame, file: str) -> pd.DataFrame:
    """One row per company, quarter and day: the last figure of each column, at the last hour of the day.

    Raises
    ------
    SourceError : figures of one day differ, and no hour or number says which came last.
    """
    known = [*FIGURES, "next_fiscal_year_end"]
    day = [*QUARTER, "disclosed"]
    untold = filings.duplicated([*day, "time", "number"], keep=False)
    conflicts = filings[untold].groupby(day)[known].nunique().gt(1).any(axis=1)
    if conflicts.any():
        code, _, quarter, disclosed = conflicts.index[conflicts][0]
        raise SourceError.of(f"{code}, quarter {quarter}: figures of {disclosed:%Y-%m-%d} contradict each other", file)
    clock = filings.groupby(day)["time"].transform(lambda times: max(times) if all(times) else "").astype("str")
    dated = filings.assign(published_at=_moments(filings["disclosed"], clock))
    ordered = dated.sort_values([*day, "time", "number"])
    merged: pd.DataFrame = ordered.groupby(day, as_index=False)[[*known, "period_end", "published_at", LINE]].last()
    return merged


def _moments(disclosed: pd.Series[pd.Timestamp], clock: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    since_midnight = clock.mask(clock.eq(""), "23:59:59").where(clock.str.count(":").ne(1), clock + ":00")
    moments = (disclosed + pd.to_timedelta(since_midnight)).dt.tz_localize(TOKYO)
    return moments.astype(pd.DatetimeTZDtype("us", TOKYO))


def _carried(filings: pd.DataFrame) -> pd.DataFrame:
    """Later disclosures on a quarter with the figures that they leave blank and did not withdraw."""
    ordered = filings.sort_values([*QUARTER, "published_at"], ignore_index=True)
    no_results = ordered["sales_jpy"].isna()
    known = ordered.groupby(QUARTER)[[*FIGURES, "next_fiscal_year_end"]].ffill()
    for name in (*RESULTS, "next_fiscal_year_end"):
        ordered[name] = known[name]
    for name in FORECASTS:
        ordered[name] = ordered[name].where(~no_results, known[name])
    return ordered


def _rows(filings: pd.DataFrame) -> pd.DataFrame:
    columns = [*QUARTER, "period_start", "period_end", "next_fiscal_year_end", *FIGURES, "published_at", "grade", LINE]
    full = filings.assign(period_start=year_start(filings["fiscal_year_end"]), grade="stated")
    return full[columns].astype({"code": "str", "quarter": "float64", "grade": "str"})
