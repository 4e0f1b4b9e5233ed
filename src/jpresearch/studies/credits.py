"""The source lines of figures, written once."""

from typing import Final

JPX: Final = "JPX, Trading by Type of Investors (weekly, cash equities)"
JPX_CLASSES: Final = f"{JPX}; January 2017 to November 2021: three Tokyo sections, summed"
JPX_AND_INDEX: Final = f"{JPX}; closes of TOPIX (JPX) and Nikkei 225 (Nikkei)"
JPX_INDEX_AND_ABROAD: Final = f"{JPX}; TOPIX (JPX); S&P Dow Jones; Federal Reserve H.10"
JPX_AND_MOF: Final = f"{JPX}; MoF, International Transactions in Securities (weekly)"
COMPANIES: Final = "Companies' disclosures (TDnet); Tokyo Stock Exchange closes. As known at the end of each day."
COMPANIES_AND_MARKET: Final = (
    "Companies' disclosures (TDnet); Tokyo Stock Exchange; JPX; Nikkei. As known at the end of each day."
)
GPIF: Final = "GPIF, as reported by GPIF and the press; own calculation"
GPIF_AND_JPX: Final = f"{GPIF}; {JPX}"
FSA: Final = "FSA, NISA usage survey, as cited by press and asset managers"
FSA_AND_JPX: Final = f"{FSA}; {JPX}"
FUNDS: Final = "Investment Trusts Association and others, as cited by press; FSA"
JPX_AND_WORLD: Final = f"{JPX_CLASSES}; TOPIX (JPX), S&P 500 (S&P), yen (Federal Reserve H.10)"
TOPIX_AND_YEN: Final = "TOPIX closes (JPX); yen per dollar at noon in New York (Federal Reserve H.10)"
SECTOR_FUNDS: Final = "NEXT FUNDS TOPIX-17 sector funds (Nomura Asset Management); TOPIX (JPX)"
SECTORS_AND_DRIVERS: Final = f"{SECTOR_FUNDS}; JGB yields (MoF); SOX, S&P 500; yen (Federal Reserve H.10)"
JPX_AND_YEN: Final = f"{JPX}; TOPIX (JPX); yen (Federal Reserve H.10); S&P 500 (S&P)"
BOJ: Final = f"{TOPIX_AND_YEN}; decisions of the Bank of Japan"
TOPIX: Final = "TOPIX closes (JPX)"
LEDGER: Final = "Ledger of claims; figures of JPX, MoF, Nikkei, GPIF, FSA and others as known on the day"
