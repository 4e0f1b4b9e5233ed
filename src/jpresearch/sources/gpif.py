"""Government Pension Investment Fund, latest results: an HTML page, overwritten every quarter.

Page: https://www.gpif.go.jp/operation/the-latest-results.html

Layout: under the heading ``2025年度の運用状況`` the quarter's rate of return and gain beside those since 2001, marked
``（期間収益率）`` and ``（期間収益額）``; the assets, such as ``277兆6,147億円（2025年度第2四半期末現在）``; a table of
the whole pension reserve by class (``資産額（億円）``, ``構成割合［４資産］``, and ``構成割合［債券・株式］`` over two
rows each); notes, among them the special account's part and the share of alternative assets. A page about a full year
marks its figures in the same way, but they are not a quarter's: only stocks are read from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from jpresearch.sources.delimited import decoded, figure, only_source_errors, plain
from jpresearch.sources.markup import Grid, read_page
from jpresearch.sources.model import Page, Parsed, SourceError

ADDRESS: Final = "https://www.gpif.go.jp/operation/the-latest-results.html"
TABLE: Final = "gpif_portfolio"
SOURCE: Final = "gpif-latest-results"
CLASSES: Final = {
    "国内債券": "domestic_bonds",
    "外国債券": "foreign_bonds",
    "国内株式": "domestic_equities",
    "外国株式": "foreign_equities",
}
GROUPS: Final = (("国内債券", "外国債券"), ("国内株式", "外国株式"))
TOTAL: Final = "合計"
AMOUNT, SHARE, GROUP_SHARE = "資産額(億円)", "構成割合[4資産]", "構成割合[債券・株式]"
CONFIDENCE: Final = "single source (publisher page)"
NOTES: Final = {
    "aum": "GPIF investment assets (運用資産額), excl. special-account reserves",
    "value": "basis: total pension reserve fund incl. special account",
    "share": "basis: share of total pension reserve fund (年金積立金全体)",
    "share_alternatives": "included within the four classes",
    "return_q_total": "quarterly return, not annualised",
    "gain_q_total": "gain of the quarter",
}

YEN: Final = r"[+-]?(?:\d{1,4}兆)?(?:[\d,]{1,6}億)?円"
ASSETS: Final = re.compile(rf"運用資産額({YEN})\((\d{{4}})年度(?:第([1-4])四半期)?末(?:現在)?\)", re.ASCII)
RETURN: Final = re.compile(r"([+-]?\d{1,3}\.\d{1,2})%\(期間収益率\)", re.ASCII)
GAIN: Final = re.compile(rf"({YEN})\(期間収益額\)", re.ASCII)
HEADING: Final = re.compile(r"\d{4}年度の運用状況", re.ASCII)
AS_OF: Final = re.compile(r"\((\d{4})年(度?)(\d{1,2})月末\)", re.ASCII)
SPECIAL_ACCOUNT: Final = re.compile(rf"年金特別会計で管理する積立金\(\d{{4}}年\d{{1,2}}月末で({YEN})\)", re.ASCII)
ALTERNATIVES: Final = re.compile(r"オルタナティブ資産の年金積立金全体に占める割合は(\d{1,2}\.\d{1,2})%", re.ASCII)
AMOUNT_PARTS: Final = re.compile(r"([+-]?)(?:(\d{1,4})兆)?(?:(\d{1,3}(?:,\d{3})*|\d{1,4})億)?円", re.ASCII)
MINUS_SIGNS: Final = str.maketrans(dict.fromkeys("−▲△‐–", "-"))

# One unit is JPY 100 million; a figure is off by half a unit at most, so a sum of five by two and a half.
ROUNDING_UNITS: Final = 2.5
UNITS_PER_TRILLION: Final = 10_000
# Shares are rounded to 0.01; four of them are off by 0.02 together.
ROUNDING_SHARES: Final = 0.021
ROUNDING_SHARE: Final = 0.006
# The gain over the assets before it must be the rate of return, but for contributions and benefits within the quarter.
GAIN_AGAINST_RETURN: Final = 0.5
# JPY trillion. Assets grew from 124 in 2013 to 278 in 2025.
ASSETS_RANGE: Final = (100.0, 1_000.0)


class Gpif:
    """The quarter's results and the reserve by class into the table ``gpif_portfolio``."""

    name: str = "gpif"
    tables: tuple[str, ...] = (TABLE,)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the page speaks of the assets and of the whole reserve."""
        return b"<" in content[:4096] and all(word.encode() in content for word in ("運用資産額", "年金積立金全体"))

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """The figures of the quarter. Raises ``SourceError``."""
        with only_source_errors(file_name):
            page = read_page(decoded(content, file_name, markup=True), file_name)
            text = plain(page.text).translate(MINUS_SIGNS)
            assets = _assets(text, file_name)
            figures = [*_results(text, assets, file_name), *_reserve(page.tables, text, assets, file_name)]
            return [Parsed(TABLE, _rows(figures, assets.quarter), SOURCE)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The page; it holds the latest quarter only."""
        return [ADDRESS]


ADAPTER: Final = Gpif()


@dataclass(frozen=True)
class Assets:
    """The fund's assets in units of JPY 100 million, at the end of which quarter, and where the text says so."""

    units: float
    quarter: pd.Period
    place: int
    full_year: bool


@dataclass(frozen=True)
class Figure:
    """One row of the table, without its days."""

    basis: str
    metric: str
    value: float
    unit: str
    note: str
    flow: bool = False


def quarter_of(fiscal_year: int, number: int) -> pd.Period:
    """The calendar quarter that is quarter ``number`` of the fiscal year from April."""
    return pd.Period(year=fiscal_year, quarter=1, freq="Q-DEC") + number


def units(text: str, file: str) -> float:
    """``277兆6,147億円`` in units of JPY 100 million (億円). Raises ``SourceError``."""
    found = AMOUNT_PARTS.fullmatch(text)
    if found is None or (found[2] is None and found[3] is None):
        raise SourceError.of(f"{text[:40]!r} is no amount", file, label="兆…億円")
    rest = float((found[3] or "0").replace(",", ""))
    if found[2] and rest >= UNITS_PER_TRILLION:
        raise SourceError.of(f"{text[:40]!r} has more 億 than a 兆", file, label="兆…億円")
    amount = float(found[2] or 0) * UNITS_PER_TRILLION + rest
    return -amount if found[1] == "-" else amount


def _assets(text: str, file: str) -> Assets:
    found = list(ASSETS.finditer(text))
    if len(found) != 1:
        raise SourceError.of(f"the assets stand {len(found)} times", file, label="運用資産額 …（…年度第…四半期末現在）")
    amount, year, number = found[0].groups()
    quarter = quarter_of(int(year), int(number or 4))
    assets = Assets(units(amount, file), quarter, found[0].start(), full_year=number is None)
    if not ASSETS_RANGE[0] <= assets.units / UNITS_PER_TRILLION <= ASSETS_RANGE[1]:
        raise SourceError.of(f"assets of {amount}: another unit?", file, label="運用資産額")
    return assets


def _results(text: str, assets: Assets, file: str) -> list[Figure]:
    """The assets, and return and gain where the page gives them for the quarter."""
    stock = [Figure("gpif", "aum", assets.units / UNITS_PER_TRILLION, "JPY tn", NOTES["aum"])]
    headings = [found.end() for found in HEADING.finditer(text[: assets.place])]
    if not headings:
        raise SourceError.of("the heading of the results was not found", file, label="…年度の運用状況")
    block = text[headings[-1] : assets.place]
    number = (assets.quarter.quarter - 2) % 4 + 1
    year = assets.quarter.year - (number == 4)
    if f"{year}年度第{number}四半期" not in re.sub(r"\([^()]*\)", "", block):
        if assets.full_year and re.search(rf"{year}年度(?!第)", re.sub(r"\([^()]*\)", "", block)):
            return stock
        raise SourceError.of(
            "the results are of another period than the assets", file, label=f"{year}年度第{number}四半期"
        )
    rates, gains = RETURN.findall(block), GAIN.findall(block)
    for found, label in ((rates, "（期間収益率）"), (gains, "（期間収益額）")):
        if len(found) != 1:
            raise SourceError.of(f"a result of the quarter stands {len(found)} times", file, label=label)
    rate, gain = figure(rates[0], file, "期間収益率"), units(gains[0], file)
    if abs(100 * gain / (assets.units - gain) - rate) > GAIN_AGAINST_RETURN:
        raise SourceError.of(f"a gain of {gains[0]} is not a return of {rate} %", file, label="収益率, 収益額")
    return [
        *stock,
        Figure("gpif", "return_q_total", rate, "pct", NOTES["return_q_total"], flow=True),
        Figure("gpif", "gain_q_total", gain / UNITS_PER_TRILLION, "JPY tn", NOTES["gain_q_total"], flow=True),
    ]


def _reserve(tables: list[Grid], text: str, assets: Assets, file: str) -> list[Figure]:
    """Value and share of each class in the whole reserve, its total, and the share of alternative assets."""
    grid, columns = _table_by_class(tables, file)
    _require_same_quarter(grid, assets, file)
    rows = {plain(line[0]): line for line in grid if plain(line[0]) in {*CLASSES, TOTAL}}
    amounts = {label: _cell(rows, label, columns[AMOUNT], file) for label in (*CLASSES, TOTAL)}
    shares = {label: _cell(rows, label, columns[SHARE], file) for label in (*CLASSES, TOTAL)}
    groups = [[_cell(rows, label, columns[GROUP_SHARE], file) for label in pair] for pair in GROUPS]
    _check(amounts, shares, groups, file)
    _check_special_account(text, assets, amounts[TOTAL], file)
    figures = []
    for label, name in CLASSES.items():
        value = amounts[label] / UNITS_PER_TRILLION
        figures.append(Figure("reserve", f"value_{name}", value, "JPY tn", NOTES["value"]))
        figures.append(Figure("reserve", f"share_{name}", shares[label], "pct", NOTES["share"]))
    total = amounts[TOTAL] / UNITS_PER_TRILLION
    figures.append(Figure("reserve", "value_total_pension_reserve", total, "JPY tn", NOTES["value"]))
    return figures + [
        Figure("reserve", "share_alternatives", float(share), "pct", NOTES["share_alternatives"])
        for share in ALTERNATIVES.findall(text)[:1]
    ]


def _table_by_class(tables: list[Grid], file: str) -> tuple[Grid, dict[str, int]]:
    """The table with a row for each class, and the columns by their labels."""
    for grid in tables:
        if {*CLASSES, TOTAL} <= {plain(line[0]) for line in grid}:
            heads = [[plain(cell) for cell in line] for line in grid if plain(line[0]) not in {*CLASSES, TOTAL}]
            columns = {
                label: line.index(label) for line in heads for label in line if label in (AMOUNT, SHARE, GROUP_SHARE)
            }
            for label in (AMOUNT, SHARE, GROUP_SHARE):
                if label not in columns:
                    raise SourceError.of("a column of the table by class was not found", file, label=label)
            return grid, columns
    raise SourceError.of("the table by class was not found", file, label="、".join(CLASSES))


def _require_same_quarter(grid: Grid, assets: Assets, file: str) -> None:
    """The table is of the whole reserve, at the end of the same quarter as the assets."""
    corner = plain(grid[0][0])
    found = AS_OF.search(corner)
    if "年金積立金全体" not in corner or found is None:
        raise SourceError.of(
            "the table by class does not say what it is of", file, label="（…年…月末）（年金積立金全体）"
        )
    month = int(found[3])
    # A fiscal year from April, where it says so: its March is of the next calendar year.
    year = int(found[1]) + (1 if found[2] and month == 3 else 0)
    if (year, month) != (assets.quarter.year, assets.quarter.quarter * 3):
        raise SourceError.of(f"the table is of {year}-{month:02d}, the assets of {assets.quarter}", file)


def _cell(rows: dict[str, list[str]], label: str, column: int, file: str) -> float:
    text = plain(rows[label][column]).translate(MINUS_SIGNS).removesuffix("%")
    return figure(text, file, label)


def _check(amounts: dict[str, float], shares: dict[str, float], groups: list[list[float]], file: str) -> None:
    """All sums of the table. Raises ``SourceError`` naming the class that does not add up."""
    if abs(sum(amounts[label] for label in CLASSES) - amounts[TOTAL]) > ROUNDING_UNITS:
        raise SourceError.of("the classes do not add up to the reserve", file, label="資産額")
    if abs(sum(shares[label] for label in CLASSES) - 100) > ROUNDING_SHARES or shares[TOTAL] != 100:
        raise SourceError.of("the shares do not add up to 100 %", file, label="構成割合")
    for label in CLASSES:
        if abs(100 * amounts[label] / amounts[TOTAL] - shares[label]) > ROUNDING_SHARE:
            raise SourceError.of("share and amount of a class disagree", file, label=label)
    for pair, stated in zip(GROUPS, groups, strict=True):
        if stated[0] != stated[1] or abs(sum(shares[label] for label in pair) - stated[0]) > ROUNDING_SHARES:
            raise SourceError.of("the share of bonds or equities is not that of its classes", file, label=pair[0])


def _check_special_account(text: str, assets: Assets, reserve: float, file: str) -> None:
    """The reserve is the fund's assets and the special account, which a note states."""
    for stated in SPECIAL_ACCOUNT.findall(text)[:1]:
        if abs(assets.units + units(stated, file) - reserve) > ROUNDING_UNITS:
            raise SourceError.of("assets and special account do not add up to the reserve", file, label="年金特別会計")
    if not assets.units <= reserve <= assets.units * 1.2:
        raise SourceError.of("the reserve is smaller than the fund's assets, or much larger", file, label=TOTAL)


def _rows(figures: list[Figure], quarter: pd.Period) -> pd.DataFrame:
    end, start = quarter.end_time.normalize(), quarter.start_time.normalize()
    rows = [
        (one.basis, one.metric, end, start if one.flow else end, one.value, one.unit, CONFIDENCE, one.note)
        for one in figures
    ]
    columns = ["basis", "metric", "period_end", "period_start", "value", "unit", "confidence", "note"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"period_end": "datetime64[us]", "period_start": "datetime64[us]"})
