"""J-Quants data, written from rows: answers of the service (V2) and CSV distributions in its names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]

CLIENTS = {
    "individuals": ("Ind", "Individuals"),
    "foreigners": ("Frgn", "Foreigners"),
    "securities_companies": ("SecCo", "SecuritiesCos"),
    "investment_trusts": ("InvTr", "InvestmentTrusts"),
    "business_corporations": ("BusCo", "BusinessCos"),
    "other_corporations": ("OthCo", "OtherInstitutions"),
    "insurance": ("InsCo", "InsuranceCos"),
    "city_regional_banks": ("Bank", "CityBKsRegionalBKsEtc"),
    "trust_banks": ("TrstBnk", "TrustBanks"),
    "other_financials": ("OthFin", "OtherFinancialInstitutions"),
}
STEMS = {
    "proprietary": ("Prop", "Proprietary"),
    "brokerage": ("Brk", "Brokerage"),
    "total": ("Tot", "Total"),
    **CLIENTS,
}


@dataclass(frozen=True)
class Week:
    """A week of a section: its days and, per class of client and for own account, sales and purchases."""

    section: str
    start: date
    end: date
    published: date
    proprietary: tuple[int, int]
    clients: dict[str, tuple[int, int]] = field(hash=False)

    def flows(self) -> dict[str, tuple[int, int]]:
        """Sales and purchases of every class, wholes included."""
        brokerage = (sum(f[0] for f in self.clients.values()), sum(f[1] for f in self.clients.values()))
        total = (brokerage[0] + self.proprietary[0], brokerage[1] + self.proprietary[1])
        return {"proprietary": self.proprietary, "brokerage": brokerage, "total": total, **self.clients}


def service_week(week: Week) -> Row:
    """The week as a row of the service."""
    row: Row = {
        "PubDate": f"{week.published}",
        "StDate": f"{week.start}",
        "EnDate": f"{week.end}",
        "Section": week.section,
    }
    for investor, (sales, purchases) in week.flows().items():
        stem = STEMS[investor][0]
        row |= {f"{stem}Sell": sales, f"{stem}Buy": purchases}
        row |= {f"{stem}Tot": sales + purchases, f"{stem}Bal": purchases - sales}
    return row


def long_week(week: Week) -> Row:
    """The week as a line of a CSV distribution in the long names, one of them spelt as distributed."""
    row: Row = {
        "Date": f"{week.published}",
        "StartDate": f"{week.start}",
        "EndDate": f"{week.end}",
        "Section": week.section,
    }
    for investor, (sales, purchases) in week.flows().items():
        stem = STEMS[investor][1]
        bought = "Purchase" if stem.startswith("CityBKs") else "Purchases"
        row |= {f"{stem}Sales": float(sales), f"{stem}{bought}": float(purchases)}
        row |= {f"{stem}Total": float(sales + purchases), f"{stem}Balance": float(purchases - sales)}
    return row


def bars(code: str, closes: Sequence[tuple[date, float]], splits: dict[date, float] | None = None) -> list[Row]:
    """Daily bars from closes as traded: ``splits`` gives the factor of each first day on a new basis."""
    factors = [(splits or {}).get(day, 1.0) for day, _ in closes]
    rows, later = [], 1.0
    for (day, close), factor in reversed(list(zip(closes, factors, strict=True))):
        adjusted = round(close * later, 6)
        row = {"Date": f"{day}", "Code": code, "O": close, "H": close * 1.01, "L": close * 0.99, "C": close, "UL": "0"}
        row |= {"LL": "0", "Vo": 1000.0, "Va": 1000.0 * close, "AdjFactor": factor, "AdjO": adjusted}
        row |= {"AdjH": adjusted * 1.01, "AdjL": adjusted * 0.99, "AdjC": adjusted, "AdjVo": 1000.0}
        rows.append(row)
        later *= factor
    return rows[::-1]


def index_bars(closes: Sequence[tuple[date, float]]) -> list[Row]:
    """Daily bars of TOPIX."""
    return [{"Date": f"{day}", "O": close, "H": close + 1, "L": close - 1, "C": close} for day, close in closes]


FILING_LABELS = (
    "DiscDate", "DiscTime", "Code", "DiscNo", "DocType", "CurPerType", "CurPerSt", "CurPerEn", "CurFYSt", "CurFYEn",
    "NxtFYSt", "NxtFYEn", "Sales", "OP", "OdP", "NP", "EPS", "DEPS", "BPS", "DivAnn", "FSales", "FOP", "FOdP", "FNP",
    "FEPS", "NxFSales", "NxFEPS",
)  # fmt: skip


def filing(code: str, disclosed: str, document: str, period: str, year_end: str, **figures: object) -> Row:
    """A disclosure as the service states it: texts, empty where nothing is stated."""
    day, _, hour = disclosed.partition(" ")
    row: Row = dict.fromkeys(FILING_LABELS, "")
    row |= {
        "DiscDate": day,
        "DiscTime": hour,
        "Code": code,
        "DocType": document,
        "CurPerType": period,
        "CurFYEn": year_end,
    }
    row["DiscNo"] = day.replace("-", "") + hour.replace(":", "").ljust(6, "0")
    return row | {label: str(value) for label, value in figures.items()}


def as_csv(rows: Sequence[Row], labels: Sequence[str] | None = None) -> bytes:
    """The rows as a CSV file."""
    names = list(labels if labels is not None else rows[0])
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([["" if row.get(name) is None else row.get(name, "") for name in names] for row in rows])
    return buffer.getvalue().encode()


def padded(rows: Sequence[Row], first: date, count: int) -> list[Row]:
    """Long-named rows among a line for every day of the calendar, as a distribution has them."""
    empty = dict.fromkeys(rows[0], "")
    days = [{**empty, "Date": f"{first + timedelta(days=number)}"} for number in range(count)]
    return sorted([*days, *rows], key=lambda row: str(row["Date"]))


STATEMENT_NAMES = {
    "DiscDate": "DisclosedDate",
    "DiscTime": "DisclosedTime",
    "Code": "LocalCode",
    "DiscNo": "DisclosureNumber",
    "DocType": "TypeOfDocument",
    "CurPerType": "TypeOfCurrentPeriod",
    "CurPerSt": "CurrentPeriodStartDate",
    "CurPerEn": "CurrentPeriodEndDate",
    "CurFYSt": "CurrentFiscalYearStartDate",
    "CurFYEn": "CurrentFiscalYearEndDate",
    "NxtFYSt": "NextFiscalYearStartDate",
    "NxtFYEn": "NextFiscalYearEndDate",
    "Sales": "NetSales",
    "OP": "OperatingProfit",
    "OdP": "OrdinaryProfit",
    "NP": "Profit",
    "EPS": "EarningsPerShare",
    "DEPS": "DilutedEarningsPerShare",
    "BPS": "BookValuePerShare",
    "DivAnn": "ResultDividendPerShareAnnual",
    "FSales": "ForecastNetSales",
    "FOP": "ForecastOperatingProfit",
    "FOdP": "ForecastOrdinaryProfit",
    "FNP": "ForecastProfit",
    "FEPS": "ForecastEarningsPerShare",
    "NxFSales": "NextYearForecastNetSales",
    "NxFEPS": "NextYearForecastEarningsPerShare",
}
PRICE_NAMES = {
    "O": "Open",
    "H": "High",
    "L": "Low",
    "C": "Close",
    "UL": "UpperLimit",
    "LL": "LowerLimit",
    "Vo": "Volume",
    "Va": "TurnoverValue",
    "AdjFactor": "AdjustmentFactor",
    "AdjO": "AdjustmentOpen",
    "AdjH": "AdjustmentHigh",
    "AdjL": "AdjustmentLow",
    "AdjC": "AdjustmentClose",
    "AdjVo": "AdjustmentVolume",
}


def first_version(rows: Sequence[Row], names: dict[str, str]) -> list[Row]:
    """The rows under the names of V1."""
    return [{names.get(name, name): value for name, value in row.items()} for row in rows]


def as_json(rows: Sequence[Row], under: str = "data", pagination_key: str | None = None) -> bytes:
    """The rows as an answer of the API."""
    return json.dumps({under: list(rows), "pagination_key": pagination_key}, ensure_ascii=False).encode()
