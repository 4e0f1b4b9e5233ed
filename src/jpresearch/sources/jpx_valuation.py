"""JPX, PER and PBR by size and industry, monthly (``perpbrYYYYMM.xlsx``).

Page: https://www.jpx.co.jp/english/markets/statistics-equities/misc/04.html

Sheet ``規模別・業種別（連結）``: a row of Japanese headings, one of English ones, then a row for each group and
industry of each section, and for the three size classes. Numbers are formulas (``=17.5``, ``="＊"``) whose cached
values only some editions carry: the formula's text is read. ``－`` is no figure or a negative ratio, ``＊`` a PER of
1,000 or more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jpresearch.sources.jpx_cells import is_blank, japanese, label
from jpresearch.sources.jpx_investor_classes import Place
from jpresearch.sources.jpx_pages import links
from jpresearch.sources.model import Page, Parsed, SourceError
from jpresearch.sources.workbooks import Cell, Rows, member_texts, modern_sheets

SOURCE: Final = "jpx-per-pbr"
PAGE: Final = "https://www.jpx.co.jp/markets/statistics-equities/misc/04.html"
SHEET: Final = "規模別・業種別(連結)"
_FILE: Final = re.compile(r"perpbr(\d{4})(\d{2})\.xlsx", re.IGNORECASE)

SIZES: Final = "topix_size"
# Japanese name of the section (its beginning) and English name: both must name the same.
SECTIONS: Final = {
    "Prime": ("プライム", "tse_prime"),
    "Standard": ("スタンダード", "tse_standard"),
    "Growth": ("グロース", "tse_growth"),
    "1stSection": ("市場第一部", "tse_first"),
    "-": ("-", SIZES),
}
COMPOSITES: Final = ("tse_prime", "tse_first")
GROUPS: Final = {
    "総合": "Composite",
    "総合金融業を除く": "Non-Financial",
    "製造業": "Manufacturing",
    "非製造業": "Non-Manufacturing",
    "大型株": "Large",
    "中型株": "Medium",
    "小型株": "Small",
}
# By the number that leads the label: the wording of labels varies from edition to edition.
INDUSTRIES: Final = (
    "Fishery, Agriculture & Forestry",
    "Mining",
    "Construction",
    "Foods",
    "Textiles & Apparels",
    "Pulp & Paper",
    "Chemicals",
    "Pharmaceutical",
    "Oil & Coal Products",
    "Rubber Products",
    "Glass & Ceramics Products",
    "Iron & Steel",
    "Nonferrous Metals",
    "Metal Products",
    "Machinery",
    "Electric Appliances",
    "Transportation Equipment",
    "Precision Instruments",
    "Other Products",
    "Electric Power & Gas",
    "Land Transportation",
    "Marine Transportation",
    "Air Transportation",
    "Warehousing & Harbor Transportation Services",
    "Information & Communication",
    "Wholesale Trade",
    "Retail Trade",
    "Banks",
    "Securities & Commodity Futures",
    "Insurance",
    "Other Financing Business",
    "Real Estate",
    "Services",
)
MANUFACTURING: Final = INDUSTRIES[3:19]
FINANCIAL: Final = INDUSTRIES[27:31]

HEADINGS: Final = {
    "month": "年月",
    "section_ja": "市場区分名",
    "section": "Section",
    "kind": "種別",
    "industry": "Industry",
    "company_count": "会社数",
    "per_simple_x": "単純_PER(倍)",
    "pbr_simple_x": "単純_PBR(倍)",
    "eps": "単純_1株当たり当期純利益(円)",
    "bps": "単純_1株当たり純資産(円)",
    "per_weighted_x": "加重_PER(倍)",
    "pbr_weighted_x": "加重_PBR(倍)",
    "earnings": "加重_親会社株主に帰属する当期純利益合計(円)",
    "net_assets": "加重_純資産合計(円)",
}
VALUES: Final = ("company_count", "per_simple_x", "pbr_simple_x", "per_weighted_x", "pbr_weighted_x")
_FIGURES: Final = (*VALUES, "eps", "bps", "earnings", "net_assets")
_NUMBER: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,6})?", re.ASCII)
_MISSING: Final = frozenset({"-", "*"})
# Half a unit of the last digit printed: ratios have one decimal, figures per share two.
_HALF_RATIO, _HALF_PER_SHARE = 0.05, 0.005


@dataclass(frozen=True)
class _Line:
    """One row: who it is about, and its figures by column (NaN where none is printed)."""

    section: str
    industry: str
    figures: Mapping[str, float]


class Valuation:
    """The monthly workbook of PER and PBR as an adapter."""

    name: str = "jpx_valuation"
    tables: tuple[str, ...] = ("industry_valuation", "prime_valuation")

    def recognises(self, content: bytes, file_name: str) -> bool:
        """By the name of the sheet; a file under the publisher's own name is claimed whatever it holds."""
        inside = any("規模別・業種別".encode() in text for text in member_texts(content, ("xl/workbook.xml",)))
        return inside or bool(_FILE.fullmatch(file_name))

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Rows of both tables: all sections and industries, and the composite of Prime. Raises ``SourceError``."""
        month_end, lines = _lines(content, file_name)
        rows = _frame(lines, month_end)
        composite = rows[(rows["industry"] == "Composite") & rows["section"].isin(COMPOSITES)]
        prime = composite.drop(columns="industry").reset_index(drop=True)
        return [Parsed("industry_valuation", rows, SOURCE), Parsed("prime_valuation", prime, SOURCE)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The workbooks of months that end after ``since``, oldest first; ``None`` is all that are linked."""
        found = {link.name.groups(): link for link in reversed(links(page, PAGE, _FILE))}
        if not found:
            raise SourceError.of("no workbook is linked", PAGE, label="perpbrYYYYMM.xlsx")
        return [
            found[month].address
            for month in sorted(found)
            if since is None or _month_end("/".join(month), Place(found[month].address)).date() > since
        ]


def _lines(content: bytes, file: str) -> tuple[pd.Timestamp, list[_Line]]:
    sheets = modern_sheets(content, file)
    name = next((name for name in sheets if label(name) == SHEET), None)
    if name is None:
        raise Place(file, ", ".join(sheets)).error("the sheet is missing", "規模別・業種別（連結）")
    place = Place(file, name)
    at, columns = _columns(sheets[name], place)
    data = [(row, number) for number, row in enumerate(sheets[name][at + 2 :], at + 3) if not all(map(is_blank, row))]
    months = {label(_cell(row, columns["month"])) for row, _ in data}
    if len(months) != 1:
        raise place.error(f"one month was expected, not {', '.join(sorted(months)) or 'none'}", HEADINGS["month"])
    month_end = _month_end(months.pop(), place)
    named = _FILE.search(file)
    if named is not None and named.groups() != (f"{month_end:%Y}", f"{month_end:%m}"):
        raise place.error(f"the figures are of {month_end:%Y/%m}, the name of the file says {'/'.join(named.groups())}")
    lines = [_line(row, columns, f"row {number}", place) for row, number in data]
    _check(lines, place)
    return month_end, lines


def _columns(rows: Rows, place: Place) -> tuple[int, dict[str, int]]:
    """The row of Japanese headings, and the column of each."""
    for at, row in enumerate(rows[:20]):
        texts = [label(cell) for cell in row]
        if HEADINGS["month"] in texts and HEADINGS["section_ja"] in texts:
            missing = [heading for heading in HEADINGS.values() if texts.count(heading) != 1]
            if missing:
                raise place.error("a heading is missing or there twice", missing[0])
            return at, {name: texts.index(heading) for name, heading in HEADINGS.items()}
    raise place.error("the row of headings is missing", HEADINGS["section_ja"])


def _month_end(text: str, place: Place) -> pd.Timestamp:
    found = re.fullmatch(r"(20\d{2})/(\d{1,2})", text)
    if found is None or not 1 <= int(found[2]) <= 12:
        raise place.error(f"{text[:20]!r} is no month", HEADINGS["month"])
    return pd.Timestamp(int(found[1]), int(found[2]), 1) + pd.offsets.MonthEnd(0)


def _line(row: list[Cell], columns: Mapping[str, int], where: str, place: Place) -> _Line:
    section = _section(_cell(row, columns["section_ja"]), _cell(row, columns["section"]), where, place)
    industry = _industry(_cell(row, columns["kind"]), _cell(row, columns["industry"]), where, place)
    if (section == SIZES) != (industry in ("Large", "Medium", "Small")):
        raise place.error(f"{where}: {industry} does not stand under {section}", HEADINGS["section"])
    figures = {name: _figure(_cell(row, columns[name]), name, where, place) for name in _FIGURES}
    return _Line(section, industry, figures)


def _section(local: Cell, english: Cell, where: str, place: Place) -> str:
    start, name = SECTIONS.get(label(english), ("", ""))
    if not name or not label(local).startswith(start):
        raise place.error(f"{where}: unknown section {label(local)} {label(english)}"[:120], HEADINGS["section"])
    return name


def _industry(kind: Cell, english: Cell, where: str, place: Place) -> str:
    local, number = label(kind), re.match(r"\d{1,2}", label(kind))
    if number is None:
        if japanese(local) in GROUPS:
            return GROUPS[japanese(local)]
    elif 1 <= int(number[0]) <= len(INDUSTRIES) and re.match(rf"{number[0]}(?!\d)", label(english)):
        return INDUSTRIES[int(number[0]) - 1]
    raise place.error(f"{where}: unknown group or industry {local} {label(english)}"[:120], HEADINGS["kind"])


def _figure(cell: Cell, name: str, where: str, place: Place) -> float:
    """The number in a cell: of a formula its text. A blank is an error, a dash or star a missing figure."""
    text = label(cell).removeprefix("=").strip('"')
    if text in _MISSING:
        return np.nan
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        value = float(cell)
    elif _NUMBER.fullmatch(text):
        value = float(text)
    else:
        shown = "blank" if is_blank(cell) else repr(str(cell)[:40])
        raise place.error(f"{where}: {shown} is no number", HEADINGS[name])
    if not np.isfinite(value):
        raise place.error(f"{where}: {value} is no number", HEADINGS[name])
    # A PER of 1,000 and more is printed as a star; no PBR comes near.
    if (name.startswith(("per_", "pbr_")) and not 0 <= value < 1000) or (name == "company_count" and value < 0):
        raise place.error(f"{where}: {value:g} is out of all proportion", HEADINGS[name])
    return value


def _check(lines: list[_Line], place: Place) -> None:
    """Raises ``SourceError`` unless every row stands once, groups are the sums of industries, and prices agree."""
    table = {(line.section, line.industry): line.figures for line in lines}
    if len(table) != len(lines):
        raise place.error("a section and industry is there twice", HEADINGS["industry"])
    for section in {line.section for line in lines} - {SIZES}:
        groups = {industry: figures for (own, industry), figures in table.items() if own == section}
        _check_groups(groups, Place(place.file, f"{place.sheet}, {section}"))
    for (section, industry), figures in table.items():
        _check_prices(figures, f"{section}, {industry}", place)
    if not any(section in COMPOSITES for section, _ in table):
        raise place.error("there is neither Prime nor the first section", HEADINGS["section"])


def _check_groups(groups: Mapping[str, Mapping[str, float]], place: Place) -> None:
    for label_ja, group in list(GROUPS.items())[:4]:
        if group not in groups:
            raise place.error("a group is missing", label_ja)
    sums = {
        "Composite": INDUSTRIES,
        "Manufacturing": MANUFACTURING,
        "Non-Financial": tuple(name for name in INDUSTRIES if name not in FINANCIAL),
        "Non-Manufacturing": tuple(name for name in INDUSTRIES if name not in (*FINANCIAL, *MANUFACTURING)),
    }
    for group, parts in sums.items():
        for name in ("company_count", "earnings", "net_assets"):
            # An industry without companies is a dash or left out.
            known = [groups[part][name] for part in parts if part in groups and not np.isnan(groups[part][name])]
            whole = groups[group][name]
            # Companies add up exactly, yen to the rounding of each figure.
            allowed = 0 if name == "company_count" else (len(known) + 1) / 2
            if abs(sum(known) - (0 if np.isnan(whole) else whole)) > allowed:
                what = f"the industries of {group} add up to {sum(known):,.0f}, not {whole:,.0f}"
                raise place.error(what, HEADINGS[name])


def _check_prices(figures: Mapping[str, float], who: str, place: Place) -> None:
    """PER times earnings and PBR times net assets are the same price, within the rounding of all four."""
    for per, pbr, earnings, net_assets, half in (
        ("per_simple_x", "pbr_simple_x", "eps", "bps", _HALF_PER_SHARE),
        ("per_weighted_x", "pbr_weighted_x", "earnings", "net_assets", 0.5),
    ):
        x, y, e, b = (figures[name] for name in (per, pbr, earnings, net_assets))
        gap = abs(x * e - y * b)
        if gap > _HALF_RATIO * (abs(e) + abs(b)) + half * (x + y) + half:
            what = f"{who}: {x:g} times earnings and {y:g} times net assets are not the same price"
            raise place.error(what, f"{HEADINGS[per]}, {HEADINGS[pbr]}")


def _frame(lines: list[_Line], month_end: pd.Timestamp) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            {"section": line.section, "industry": line.industry, "period_end": month_end, "period_start": month_end}
            | {name: line.figures[name] for name in VALUES}
            for line in lines
        ]
    )
    return frame.sort_values(["section", "industry"], ignore_index=True)


def _cell(row: list[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None


VALUATION: Final = Valuation()
