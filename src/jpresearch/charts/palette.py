"""Fixed colours and labels: one series, one colour, in every notebook.

The colours are those of Okabe and Ito and of Paul Tol's schemes, which readers with any of the usual colour-vision
deficiencies can tell apart. Names that are seldom on one figure (an investor class, a chip maker) may share a colour;
names of one family never do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final
from zlib import crc32

from matplotlib.colors import to_hex, to_rgb

from jpresearch.charts.words import name_of

PURCHASE: Final = "#0072B2"
SALE: Final = "#D55E00"
ACCENT: Final = "#AA3377"
NEUTRAL: Final = "#33628F"
INK: Final = "#222222"
SOFT: Final = "#5F5F5F"
FAINT: Final = "#A6A6A6"
GRID: Final = "#E4E4E4"
MUTED_LINE: Final = "#C4C4C4"

_INVESTORS: Final = {
    "foreigners": "#332288",
    "individuals": "#E69F00",
    "individuals_cash": "#B8860B",
    "individuals_margin": "#DDBB66",
    "investment_trusts": "#009E73",
    "trust_banks": "#CC79A7",
    "business_corporations": "#56B4E9",
    "other_corporations": "#AA4499",
    "insurance": "#882255",
    "city_regional_banks": "#999933",
    "other_financials": "#44AA99",
    "securities_companies": "#CC6677",
    "proprietary": "#661100",
    "brokerage": "#4D4D4D",
    "others": "#8C8C8C",
    "total": "#222222",
}
_MARKETS: Final = {
    "nikkei225": "#222222",
    "topix": "#A6611A",
    "usdjpy": "#117733",
    "sp500": "#4477AA",
    "sox": "#AA4499",
    "vix": "#999933",
    "jgb2y": "#88CCEE",
    "jgb10y": "#5B8DB8",
    "ust10y": "#CC6677",
    "boj_policy_rate": "#4D4D4D",
}
_ASSETS: Final = {
    "domestic_equities": "#AA3377",
    "foreign_equities": "#4477AA",
    "domestic_bonds": "#CCAA22",
    "foreign_bonds": "#44AA99",
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
    "6723": "#E69F00",
    "7735": "#56B4E9",
    "4063": "#332288",
    "285A": "#882255",
    "6525": "#999933",
    "6526": "#44AA99",
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
    "hindsight": "#BBAA55",
    "prime": "#228833",
    "sector": "#999933",
    "earnings": "#44AA99",
    "multiple": "#DDAA33",
    "not_split": "#BDBDBD",
}
_SAVERS: Final = {
    "gpif": "#225555",
    "nisa_gross": "#117733",
    "accounts_total": "#117733",
    "accounts_incl_junior": "#88AA33",
    "accounts_total_by_age_table": "#4477AA",
    "ruled_out": "#D5D5D5",
}
_SURVEYS: Final = {"foreigners_jpx": _INVESTORS["foreigners"], "foreigners_mof": _INVESTORS["foreigners"]}
_FIXED: Final = {**_INVESTORS, **_MARKETS, **_ASSETS, **_CHIPS, **_VALUATION, **_SAVERS, **_SURVEYS}
_FREE: Final = (
    "#4477AA",
    "#CC6677",
    "#228833",
    "#AA4499",
    "#B8860B",
    "#44AA99",
    "#661100",
    "#5B8DB8",
    "#882255",
    "#999933",
)

_LABELS: Final = {
    "individuals_cash": "Individuals (cash)",
    "individuals_margin": "Individuals (margin)",
    "insurance": "Insurers",
    "city_regional_banks": "City and regional banks",
    "proprietary": "Proprietary",
    "nikkei225": "Nikkei 225",
    "topix": "TOPIX",
    "usdjpy": "Yen per dollar",
    "sp500": "S&P 500",
    "sox": "SOX",
    "vix": "VIX",
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


def colour(name: Hashable) -> str:
    """The fixed colour (``#rrggbb``) of an investor class, series or stock code.

    A name the house does not know gets a colour of the remaining palette, the same in every process.
    """
    text = str(name)
    return _FIXED.get(text, _FREE[crc32(text.encode()) % len(_FREE)])


def colours(names: Iterable[Hashable]) -> dict[str, str]:
    """Colours for the series of one figure: fixed ones as ``colour`` gives them, others moved on where they clash."""
    wanted = [str(name) for name in names]
    chosen = {name: _FIXED[name] for name in wanted if name in _FIXED}
    for name in wanted:
        if name not in chosen:
            chosen[name] = _unused(name, set(chosen.values()))
    return chosen


def _unused(name: str, taken: set[str]) -> str:
    first = _FREE.index(colour(name))
    ring = _FREE[first:] + _FREE[:first]
    return next((shade for shade in ring if shade not in taken), ring[0])


def label(name: Hashable) -> str:
    """The words for a known name in the language of the run: ``"foreigners"`` gives ``"Foreigners"`` or ``海外投資家``.

    An unknown lower-case name with underscores is put into words; any other text is returned as it is.
    """
    text = str(name)
    words = name_of(text) or _LABELS.get(text)
    if words:
        return words
    if text in _FIXED or (text.islower() and "_" in text):
        words = text.replace("_", " ")
        return words[:1].upper() + words[1:]
    return text


def sign_colour(value: float) -> str:
    """The colour of net purchases for zero and above, of net sales below."""
    return SALE if value < 0 else PURCHASE


def tint(shade: str, strength: float) -> str:
    """``shade`` mixed with white: 1 leaves it, 0 gives white."""
    red, green, blue = (1 - strength * (1 - part) for part in to_rgb(shade))
    return to_hex((red, green, blue))


def ink(shade: str) -> str:
    """``shade`` darkened until text in it can be read on white (contrast 4.5 to 1, as WCAG asks)."""
    parts = to_rgb(shade)
    while _luminance(parts) > 0.183:
        parts = (parts[0] * 0.95, parts[1] * 0.95, parts[2] * 0.95)
    return to_hex(parts)


def _luminance(parts: tuple[float, float, float]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
