"""US Commodity Futures Trading Commission (CFTC), Traders in Financial Futures: ``FinFutYY.txt``, ``FinComYY.txt``.

Page: https://www.cftc.gov/MarketReports/CommitmentsofTraders/HistoricalCompressed/index.htm

Layout: comma-separated, a line of 87 labels, a line per contract and report date, contracts as whole numbers. The year
so far comes in a ZIP archive (``fut_fin_txt_2026.zip``) as ``FinFutYY.txt``. The last column says whether options
are in the figures. Long and spreading positions of the five groups are the open interest, as are short and spreading.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jpresearch import clock
from jpresearch.sources.delimited import days, decoded, figures, first_labels, only_source_errors, require, table
from jpresearch.sources.model import LINE, Page, Parsed, SourceError, place

FOLDER: Final = "https://www.cftc.gov/files/dea/history/"
TABLE: Final = "futures_positions"
SOURCE: Final = "cftc-commitments"
MARKET: Final = "Market_and_Exchange_Names"
CODE: Final = "CFTC_Contract_Market_Code"
DAY_LABELS: Final = ("Report_Date_as_YYYY-MM-DD", "Report_Date_as_MM_DD_YYYY")
AMERICAN_DAY: Final = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: 12:00:00 AM)?$", re.ASCII)
SHORT_DAY: Final = "As_of_Date_In_Form_YYMMDD"
OPEN_INTEREST: Final = "Open_Interest_All"
COMBINED: Final = "FutOnly_or_Combined"
REPORTS: Final = {"FutOnly": "tff_futures_only", "Combined": "tff_combined"}
GROUPS: Final = {
    "dealer": "Dealer",
    "asset_manager": "Asset_Mgr",
    "leveraged_funds": "Lev_Money",
    "other_reportable": "Other_Rept",
    "nonreportable": "NonRept",
}
# Contracts on the Chicago Mercantile Exchange: by code their name in the table and the form of their name there.
CONTRACTS: Final = {
    "097741": ("japanese_yen", re.compile(r"JAPANESE YEN - CHICAGO MERCANTILE")),
    "240741": ("nikkei225_dollar", re.compile(r"NIKKEI(?!.*YEN).* - CHICAGO MERCANTILE")),
    "240743": ("nikkei225_yen", re.compile(r"NIKKEI.*YEN.* - CHICAGO MERCANTILE")),
}
# Options enter by their deltas, each figure rounded; the five groups of futures alone add up exactly.
ROUNDING: Final = {"tff_futures_only": 0.0, "tff_combined": 5.0}
# The yen contract always has tens of thousands; ten million would be a slip.
MOST_CONTRACTS: Final = 10_000_000.0
# Positions are of a Tuesday, in weeks of holidays of a Monday.
REPORT_DAYS: Final = (0, 1, 2)
LARGEST_BYTES: Final = 16 * 1024 * 1024


class Cftc:
    """Positions of the five groups in Nikkei and yen futures into the table ``futures_positions``."""

    name: str = "cftc"
    tables: tuple[str, ...] = (TABLE,)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """Whether the labels are those of the report on financial futures, in the file or in its archive."""
        return {MARKET, "Dealer_Positions_Long_All"} <= set(first_labels(_unpacked(content, file_name, strict=False)))

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Positions of each group, contract and report date. Raises ``SourceError``."""
        with only_source_errors(file_name):
            text = decoded(_unpacked(content, file_name), file_name)
            if not text.endswith("\n"):
                raise SourceError.of("the last line has no end: the file is cut off", file_name)
            frame = table(text, file_name).map(_stripped)
            require(frame, [MARKET, CODE, SHORT_DAY, OPEN_INTEREST, COMBINED, *_labels()], file_name)
            rows = frame[frame[CODE].isin(list(CONTRACTS))].reset_index(drop=True)
            if not len(rows):
                raise SourceError.of("none of the contracts is in the file", file_name, label=CODE)
            return [Parsed(TABLE, _rows(rows, file_name), SOURCE)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The archive of each year from ``since`` on; the report began in 2010, its archives with it."""
        this_year = clock.today().year
        first = since.year if since else 2010
        return [f"{FOLDER}fut_fin_txt_{year}.zip" for year in range(max(first, 2010), this_year + 1)]


ADAPTER: Final = Cftc()


def _stripped(cell: object) -> object:
    return cell.strip() if isinstance(cell, str) else cell


def _labels() -> list[str]:
    """The labels of all positions; small traders state no spreading."""
    sides = [f"{stem}_Positions_{side}_All" for stem in GROUPS.values() for side in ("Long", "Short")]
    return sides + [f"{stem}_Positions_Spread_All" for stem in list(GROUPS.values())[:-1]]


def _unpacked(content: bytes, file: str, *, strict: bool = True) -> bytes:
    """The one text file of an archive, or ``content`` itself where it is none."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if member.filename.lower().endswith(".txt")]
            if len(members) == 1 and members[0].file_size <= LARGEST_BYTES:
                return archive.read(members[0])
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        if strict:
            raise SourceError.of(f"the archive cannot be read: {error}", file) from error
        return b""
    if strict:
        raise SourceError.of("the archive does not hold one text file", file, label="FinFutYY.txt")
    return b""


def _rows(lines: pd.DataFrame, file: str) -> pd.DataFrame:
    ends = _report_days(lines, file)
    head = pd.DataFrame(
        {
            "contract": lines[CODE].map({code: name for code, (name, _) in CONTRACTS.items()}),
            "report": lines[COMBINED].map(REPORTS),
            "period_end": ends,
            "period_start": ends,
            "open_interest_contracts": figures(lines[OPEN_INTEREST], file),
            LINE: lines[LINE],
        }
    )
    groups = {trader: _positions(lines, stem, file) for trader, stem in GROUPS.items()}
    _check(head, lines, groups, file)
    parts = [pd.concat([head.assign(trader=trader), positions], axis=1) for trader, positions in groups.items()]
    rows = pd.concat(parts, ignore_index=True).sort_values(["contract", "period_end", LINE], ignore_index=True)
    return rows.astype({"contract": "str", "report": "str", "trader": "str"})


def _report_days(lines: pd.DataFrame, file: str) -> pd.Series[pd.Timestamp]:
    """The report dates, stated twice: as a day, whose label and form differ between years, and as ``YYMMDD``."""
    label = next((label for label in DAY_LABELS if label in lines.columns), None)
    if label is None:
        raise SourceError.of("a column is missing", file, label=DAY_LABELS[0])
    stated = lines[label].str.replace(AMERICAN_DAY, r"\3-\1-\2", regex=True)
    return days(stated, file)


def _positions(lines: pd.DataFrame, stem: str, file: str) -> pd.DataFrame:
    spread = f"{stem}_Positions_Spread_All"
    blank = pd.Series(np.nan, index=lines.index)
    return pd.DataFrame(
        {
            "long_contracts": figures(lines[f"{stem}_Positions_Long_All"], file),
            "short_contracts": figures(lines[f"{stem}_Positions_Short_All"], file),
            "spreading_contracts": figures(lines[spread], file) if spread in lines.columns else blank,
        }
    )


def _check(head: pd.DataFrame, lines: pd.DataFrame, groups: dict[str, pd.DataFrame], file: str) -> None:
    """Contract, report and day are what they say; positions are whole, and add up to the open interest."""
    open_interest = head["open_interest_contracts"]
    every = pd.concat(groups.values(), axis=1)
    sides = ("long_contracts", "short_contracts")
    needed = pd.concat([positions[list(sides)] for positions in groups.values()], axis=1)
    spreading = _total(groups, "spreading_contracts")
    allowed = head["report"].map(ROUNDING)
    apart = {side: (_total(groups, side) + spreading - open_interest).abs().gt(allowed) for side in sides}
    short = lines[SHORT_DAY].str.zfill(6).ne(head["period_end"].dt.strftime("%y%m%d"))
    wrong = {
        "the name of the contract is not that of its code": ~_named(lines),
        "the report is neither FutOnly nor Combined": head["report"].isna(),
        "the two report dates differ": short,
        "the report date is no Tuesday, nor a day beside it": ~head["period_end"].dt.day_of_week.isin(REPORT_DAYS),
        "a position is missing": needed.isna().any(axis=1) | open_interest.isna(),
        "a position is negative or broken": (every.lt(0) | every.mod(1).gt(0)).any(axis=1) | open_interest.mod(1).gt(0),
        "a position is out of range": every.gt(MOST_CONTRACTS).any(axis=1) | open_interest.gt(MOST_CONTRACTS),
        "long and spreading positions are not the open interest": apart["long_contracts"],
        "short and spreading positions are not the open interest": apart["short_contracts"],
        "a report date of a contract stands twice": head.duplicated(["contract", "report", "period_end"]),
    }
    for what, rows in wrong.items():
        if rows.any():
            first = int(np.flatnonzero(rows.to_numpy())[0])
            raise SourceError.of(what, place(file, lines[LINE].iloc[first]), label=lines[MARKET].iloc[first][:60])


def _total(groups: dict[str, pd.DataFrame], column: str) -> pd.Series[float]:
    """The sum of a column over the groups; a group that states none adds none."""
    return pd.concat([positions[column] for positions in groups.values()], axis=1).sum(axis=1)


def _named(lines: pd.DataFrame) -> pd.Series[bool]:
    pairs = zip(lines[CODE], lines[MARKET].str.upper(), strict=True)
    return pd.Series([bool(CONTRACTS[code][1].match(name)) for code, name in pairs], index=lines.index, dtype="bool")
