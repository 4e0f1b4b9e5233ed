"""Files of FRED and of the CFTC, written from values and positions."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

GROUPS = ("Dealer", "Asset_Mgr", "Lev_Money", "Other_Rept", "NonRept")
# The groups of columns that follow the positions in the file: name before and after the group, and who is in them.
_REPORTED = ("Dealer", "Asset_Mgr", "Lev_Money", "Other_Rept", "Tot_Rept")
_SIDES = ("Long", "Short", "Spread")

# Long, short, spreading of each group.
Positions = Mapping[str, tuple[int, int, int]]


def fred_csv(
    values: Sequence[tuple[date, float | None]],
    series: str = "DTB3",
    *,
    header: str = "observation_date",
    gap: str = "",
) -> bytes:
    """The CSV of one series; ``None`` is a holiday."""
    lines = [f"{header},{series}", *(f"{day},{gap if value is None else f'{value:g}'}" for day, value in values)]
    return "".join(f"{line}\n" for line in lines).encode()


def labels() -> list[str]:
    """The 87 labels of the report, in the order of the file."""
    head = [
        "Market_and_Exchange_Names",
        "As_of_Date_In_Form_YYMMDD",
        "Report_Date_as_YYYY-MM-DD",
        "CFTC_Contract_Market_Code",
        "CFTC_Market_Code",
        "CFTC_Region_Code",
        "CFTC_Commodity_Code",
        "Open_Interest_All",
    ]
    change = [f"Change_in_{name}_All" for name in ("Open_Interest", *_sided(with_small=True))]
    share = ["Pct_of_Open_Interest_All", *(f"Pct_of_OI_{name}_All" for name in _sided(with_small=True))]
    traders = ["Traders_Tot_All", *(f"Traders_{name}_All" for name in _sided(with_small=False))]
    held = [f"{name.rsplit('_', 1)[0]}_Positions_{name.rsplit('_', 1)[1]}_All" for name in _sided(with_small=True)]
    concentration = [
        f"Conc_{kind}_LE_{count}_TDR_{side}_All" for kind in ("Gross", "Net") for count in (4, 8) for side in _SIDES[:2]
    ]
    tail = [
        "Contract_Units",
        "CFTC_Contract_Market_Code_Quotes",
        "CFTC_Market_Code_Quotes",
        "CFTC_Commodity_Code_Quotes",
        "CFTC_SubGroup_Code",
        "FutOnly_or_Combined",
    ]
    return [*head, *held, *change, *share, *traders, *concentration, *tail]


def _sided(*, with_small: bool) -> list[str]:
    names = [f"{group}_{side}" for group in _REPORTED for side in (_SIDES[:2] if group == "Tot_Rept" else _SIDES)]
    return [*names, "NonRept_Long", "NonRept_Short"] if with_small else names


CONTRACTS = {
    "097741": "JAPANESE YEN - CHICAGO MERCANTILE EXCHANGE",
    "240741": "NIKKEI STOCK AVERAGE - CHICAGO MERCANTILE EXCHANGE",
    "240743": "NIKKEI STOCK AVERAGE YEN DENOM - CHICAGO MERCANTILE EXCHANGE",
    "13874A": "E-MINI S&P 500 - CHICAGO MERCANTILE EXCHANGE",
}


def positions(seed: int) -> dict[str, tuple[int, int, int]]:
    """Positions of the five groups that make one open interest; small traders take the rest and do not spread."""
    dice = random.Random(seed)
    held = {group: (dice.randrange(50_000), dice.randrange(50_000), dice.randrange(5_000)) for group in GROUPS[:-1]}
    gap = sum(long - short for long, short, _ in held.values())
    held["NonRept"] = (6_000 + max(-gap, 0), 6_000 + max(gap, 0), 0)
    return held


def cftc_txt(weeks: Sequence[tuple[date, str, Positions]], *, combined: bool = False) -> bytes:
    """The yearly text file: report date, code of the contract and its positions, a line each."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    names = labels()
    writer.writerow(names)
    for day, code, held in weeks:
        cells: dict[str, object] = dict.fromkeys(names, ".")
        cells |= {
            "Market_and_Exchange_Names": CONTRACTS[code],
            "As_of_Date_In_Form_YYMMDD": f"{day:%y%m%d}",
            "Report_Date_as_YYYY-MM-DD": f"{day}",
            "CFTC_Contract_Market_Code": code,
            "Open_Interest_All": f" {sum(long + spread for long, _, spread in held.values())}",
            "FutOnly_or_Combined": "Combined" if combined else "FutOnly",
        }
        for group, figures in held.items():
            for side, figure in zip(_SIDES, figures, strict=True):
                if f"{group}_Positions_{side}_All" in cells:
                    cells[f"{group}_Positions_{side}_All"] = f" {figure}"
        writer.writerow([cells[name] for name in names])
    return buffer.getvalue().encode()


def zipped(content: bytes, name: str = "FinFutYY.txt") -> bytes:
    """The archive in which the file is served."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()
