"""Investor classes and series: their order, colours and English labels, stated once for the whole house.

The colours are those of Okabe and Ito and of Paul Tol's schemes, darkened where a line in them would be too faint on
white (contrast 3 to 1) and moved apart where readers with one of the usual colour-vision deficiencies could not tell
two of a family apart. Names that are seldom on one figure (an investor class, a chip maker) may share a colour; names
of one family never do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

from jpresearch.errors import UnknownName

INVESTORS: Final = (
    "foreigners",
    "individuals",
    "individuals_cash",
    "individuals_margin",
    "investment_trusts",
    "trust_banks",
    "business_corporations",
    "other_corporations",
    "insurance",
    "city_regional_banks",
    "other_financials",
    "securities_companies",
    "proprietary",
    "others",
)
"""The classes of JPX's survey in the order in which reports list them; ``others`` is what a selection leaves out."""

PARTS: Final = {"individuals": ("individuals_cash", "individuals_margin")}
"""Classes that JPX also publishes in parts. A sum over classes counts either the whole or its parts."""


def investor(name: str) -> str:
    """``name`` where it is an investor class of the survey. Raises ``UnknownName`` with the classes there are."""
    if name not in INVESTORS:
        raise UnknownName.of("investor class", name, INVESTORS)
    return name


def in_order(names: Iterable[str]) -> list[str]:
    """Investor classes in the house's order, other names after them as they came."""
    given = list(dict.fromkeys(names))
    return [name for name in INVESTORS if name in given] + [name for name in given if name not in INVESTORS]


INVESTOR_COLOURS: Final = {
    "foreigners": "#332288",
    "individuals": "#C78800",
    "individuals_cash": "#946C00",
    "individuals_margin": "#B08B5A",
    "investment_trusts": "#009E79",
    "trust_banks": "#CA7BAD",
    "business_corporations": "#369ED1",
    "other_corporations": "#AA4499",
    "insurance": "#882255",
    "city_regional_banks": "#8E9334",
    "other_financials": "#40A492",
    "securities_companies": "#CD6676",
    "proprietary": "#661100",
    "brokerage": "#3F3D3A",
    "others": "#78818E",
    "total": "#222222",
}
_MARKETS: Final = {
    "nikkei225": "#222222",
    "topix": "#A45F16",
    "usdjpy": "#117733",
    "sp500": "#4477AA",
    "sox": "#AA4499",
    "vix": "#999933",
    "jgb2y": "#2F9EA0",
    "jgb10y": "#5B8DB8",
    "ust10y": "#CC6677",
    "boj_policy_rate": "#4D4D4D",
}
_ASSETS: Final = {
    "domestic_equities": "#AA3377",
    "foreign_equities": "#4477AA",
    "domestic_bonds": "#B09200",
    "foreign_bonds": "#57A380",
    "short_term": "#8C8C8C",
    "alternatives": "#117733",
    "equities_total": "#882255",
    "bonds_total": "#999933",
}
_CHIPS: Final = {
    "8035": "#4477AA",
    "6857": "#EE6677",
    "6146": "#009E73",
    "6920": "#CC79A7",
    "6723": "#C98700",
    "7735": "#419DD1",
    "4063": "#332288",
    "285A": "#882255",
    "6525": "#999933",
    "6526": "#42A48E",
    "6963": "#AA4499",
    "3436": "#117733",
    "7729": "#661100",
    "basket": "#004488",
}
# The same thing in another survey, or another measure of it, keeps its colour.
_VALUATION: Final = {
    "trailing": _CHIPS["basket"],
    "expanding": _CHIPS["basket"],
    "guided": "#BB5566",
    "hindsight": "#A3954F",
    "prime": "#228833",
    "sector": "#999933",
    "earnings": "#44A491",
    "multiple": "#BC8D0C",
    "not_split": "#8996A5",
}
_SAVERS: Final = {
    "gpif": "#225555",
    "nisa_gross": "#117733",
    "accounts_total": "#117733",
    "accounts_incl_junior": "#7EA033",
    "accounts_total_by_age_table": "#4477AA",
    "ruled_out": "#939594",
}
_MEANS: Final = {"cash": "#4477AA", "futures": "#AA4499"}
_SURVEYS: Final = {"foreigners_jpx": INVESTOR_COLOURS["foreigners"], "foreigners_mof": INVESTOR_COLOURS["foreigners"]}
COLOURS: Final = {**INVESTOR_COLOURS, **_MARKETS, **_ASSETS, **_CHIPS, **_VALUATION, **_SAVERS, **_SURVEYS, **_MEANS}
LABELS: Final = {
    "individuals_cash": "Individuals (cash)",
    "individuals_margin": "Individuals (margin)",
    "insurance": "Insurers",
    "city_regional_banks": "City and regional banks",
    "proprietary": "Proprietary desks",
    "nikkei225": "Nikkei 225",
    "topix": "TOPIX",
    "cash": "Cash",
    "futures": "Futures",
    "usdjpy": "Yen per dollar",
    "sp500": "S&P 500",
    "sox": "SOX",
    "vix": "VIX",
    "kospi": "KOSPI",
    "taiex": "TAIEX",
    "hang_seng": "Hang Seng",
    "shanghai_composite": "Shanghai Composite",
    "csi300": "CSI 300",
    "ftse100": "FTSE 100",
    "cac40": "CAC 40",
    "ftse_mib": "FTSE MIB",
    "euro_stoxx_50": "Euro Stoxx 50",
    "dax": "DAX",
    "nikkei225_large": "Nikkei 225 large",
    "nikkei225_mini": "Nikkei 225 mini",
    "nikkei225_micro": "Nikkei 225 micro",
    "topix_large": "TOPIX large",
    "topix_mini": "TOPIX mini",
    "nikkei225_yen": "Nikkei 225 in yen",
    "nikkei225_dollar": "Nikkei 225 in dollars",
    "japanese_yen": "Yen",
    "jgb2y": "JGB 2-year",
    "jgb10y": "JGB 10-year",
    "ust10y": "US Treasury 10-year",
    "boj_policy_rate": "BoJ policy rate",
    "short_term": "Short-term assets",
    "equities_total": "All equities",
    "bonds_total": "All bonds",
    "two_markets": "Tokyo and Nagoya",
    "tse_prime": "TSE Prime",
    "tse_first": "TSE First Section",
    "tse_second": "TSE Second Section",
    "tse_growth": "TSE Growth",
    "8035": "Tokyo Electron",
    "6857": "Advantest",
    "6146": "Disco",
    "6920": "Lasertec",
    "6723": "Renesas",
    "7735": "SCREEN",
    "4063": "Shin-Etsu Chemical",
    "285A": "Kioxia",
    "6525": "Kokusai Electric",
    "6526": "Socionext",
    "6963": "Rohm",
    "3436": "SUMCO",
    "7729": "Tokyo Seimitsu",
    "200A": "Nikkei semiconductor ETF",
    "2243": "Global X semiconductor ETF",
    "1617": "Foods",
    "1618": "Energy resources",
    "1619": "Construction and materials",
    "1620": "Raw materials and chemicals",
    "1621": "Pharmaceutical",
    "1622": "Automobiles",
    "1623": "Steel and nonferrous",
    "1624": "Machinery",
    "1625": "Electric appliances and precision",
    "1626": "IT and services",
    "1627": "Power and gas",
    "1628": "Transport and logistics",
    "1629": "Wholesale",
    "1630": "Retail",
    "1631": "Banks",
    "1632": "Financials ex banks",
    "1633": "Real estate",
    "fsa": "FSA",
    "gpif": "GPIF",
    "reserve": "Whole pension reserve",
    "pbr": "P/B",
    "per": "P/E",
}


def label(name: Hashable) -> str:
    """The English words for a known name: ``"foreigners"`` gives ``"Foreigners"``.

    An unknown lower-case name with underscores is put into words; any other text is returned as it is.
    """
    text = str(name)
    if text in LABELS:
        return LABELS[text]
    if text in COLOURS or (text.islower() and "_" in text):
        words = text.replace("_", " ")
        return words[:1].upper() + words[1:]
    return text


def in_text(name: Hashable) -> str:
    """The words for a name within a sentence: ``"1631"`` gives ``"banks"``, ``"1626"`` ``"IT and services"``.

    Investor classes, sectors and the yen begin in lower case unless with an abbreviation; companies and other series
    keep their label.
    """
    words = label(name)
    common = str(name) in {*INVESTORS, "usdjpy"} or (str(name).isdigit() and "1617" <= str(name) <= "1633")
    return words[:1].lower() + words[1:] if common and not words[:2].isupper() else words
