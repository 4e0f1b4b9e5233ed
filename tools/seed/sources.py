"""The sources that rows name: publishers' tables, and cited articles under a slug of their publisher."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

import pandas as pd

GOVERNMENT = "government-standard-terms"
FACTS = "facts-for-internal-research"
UNITED_STATES = "united-states-public-figures"
OWN = "project-own-text"

TERMS = {
    GOVERNMENT: "Reuse with attribution to the publisher (government standard terms of use; Public Data License 1.0).",
    FACTS: "Facts for internal research, publisher named; the publisher's files are not redistributed.",
    UNITED_STATES: "Figures of United States agencies and of the Federal Reserve: public, the publisher named.",
    OWN: "This project's own text, under the licence of its code.",
    "press": "Figure kept as a fact for internal research, the article named; no text of it is redistributed.",
}

JPX = "Japan Exchange Group (JPX)"
MOF = "Ministry of Finance Japan"
BOJ = "Bank of Japan"
GPIF = "Government Pension Investment Fund (GPIF)"
JPX_FLOWS = "https://www.jpx.co.jp/english/markets/statistics-equities/investor-type/index.html"
JPX_PER_PBR = "https://www.jpx.co.jp/english/markets/statistics-equities/misc/04.html"
MOF_FLOWS = (
    "https://www.mof.go.jp/english/policy/international_policy/reference/itn_transactions_in_securities/index.htm"
)
MOF_JGB = "https://www.mof.go.jp/english/policy/jgbs/reference/interest_rate/index.htm"
NIKKEI_PAGE = "https://indexes.nikkei.co.jp/en/nkave/archives/data"
NIKKEI_PER = "https://indexes.nikkei.co.jp/en/nkave/archives/data?list=per"
NEXT_FUNDS = "https://nextfunds.jp/"
TDNET = "https://www.release.tdnet.info/inbs/I_main_00.html"
BOJ_ETF = "https://www3.boj.or.jp/market/en/menu_etf.htm"
GPIF_PAGE = "https://www.gpif.go.jp/operation/the-latest-results.html"
FSA_NISA = "https://www.fsa.go.jp/policy/nisa2/datacollection/index.html"
LEDGER = "jpresearch"
LEDGER_PAGE = "https://opensource.org/license/bsd-3-clause"
TSE_PAGE = "https://www.jpx.co.jp/english/markets/index.html"
JPX_DERIVATIVES = "https://www.jpx.co.jp/english/markets/statistics-derivatives/sector/index.html"
JPX_MARKET = "https://www.jpx.co.jp/english/markets/statistics-equities/misc/02.html"
JPX_MARGIN = "https://www.jpx.co.jp/english/markets/statistics-equities/margin/index.html"
JPX_SHORT = "https://www.jpx.co.jp/english/markets/statistics-equities/short-selling/index.html"
JPX_OWNERS = "https://www.jpx.co.jp/english/markets/statistics-equities/examination/01.html"
FRED = "https://fred.stlouisfed.org/"
FUNDS_PAGE = "https://www.nyse.com/"
CFTC_PAGE = "https://www.cftc.gov/MarketReports/CommitmentsofTraders/index.htm"


@dataclass(frozen=True)
class Source:
    """A source: id, title, publisher, address (``None`` where none can be opened) and terms."""

    name: str
    title: str
    publisher: str
    path: str | None
    terms: str


_PUBLISHED = (
    ("jpx-investor-types", "Trading by Type of Investors, weekly (value)", JPX, JPX_FLOWS, FACTS),
    ("mof-itn-securities", "International Transactions in Securities, weekly", MOF, MOF_FLOWS, GOVERNMENT),
    ("nikkei-indexes", "Nikkei Stock Average (Nikkei 225), daily close", "Nikkei Inc.", NIKKEI_PAGE, FACTS),
    (
        "jpx-topix",
        "TOPIX, daily close",
        JPX,
        "https://www.jpx.co.jp/english/markets/indices/topix/index.html",
        FACTS,
    ),
    (
        "fred-h10",
        "H.10 Foreign Exchange Rates, yen per dollar (FRED series DEXJPUS)",
        "Board of Governors of the Federal Reserve System",
        "https://fred.stlouisfed.org/series/DEXJPUS",
        FACTS,
    ),
    (
        "sp-dow-jones",
        "S&P 500, daily close",
        "S&P Dow Jones Indices",
        "https://www.spglobal.com/spdji/en/indices/equity/sp-500/",
        FACTS,
    ),
    (
        "nasdaq-sox",
        "PHLX Semiconductor Index (SOX), daily close",
        "Nasdaq",
        "https://indexes.nasdaqomx.com/Index/Overview/SOX",
        FACTS,
    ),
    (
        "cboe-vix",
        "Cboe Volatility Index (VIX), daily close",
        "Cboe Global Markets",
        "https://www.cboe.com/tradable_products/vix/",
        FACTS,
    ),
    ("mof-jgb", "Interest Rate of Japanese Government Bonds", MOF, MOF_JGB, GOVERNMENT),
    (
        "us-treasury",
        "Daily Treasury Par Yield Curve Rates, 10 years",
        "U.S. Department of the Treasury",
        "https://home.treasury.gov/resource-center/data-chart-center/interest-rates/TextView?type=daily_treasury_yield_curve",
        FACTS,
    ),
    (
        "bis-policy-rate",
        "Central bank policy rates, Japan",
        "Bank for International Settlements",
        "https://data.bis.org/topics/CBPOL",
        FACTS,
    ),
    (
        "next-funds",
        "NEXT FUNDS TOPIX-17 sector ETFs, daily prices",
        "Nomura Asset Management; prices of the Tokyo Stock Exchange",
        NEXT_FUNDS,
        FACTS,
    ),
    ("tse-prices", "Daily closes of listed shares and funds", "Tokyo Stock Exchange", TSE_PAGE, FACTS),
    (
        "tdnet-filings",
        "Earnings disclosures of listed companies (TDnet)",
        "The companies, through the Tokyo Stock Exchange",
        TDNET,
        FACTS,
    ),
    (
        "company-splits",
        "Stock splits, from companies' announcements and their filings",
        "The companies, through the Tokyo Stock Exchange",
        TDNET,
        FACTS,
    ),
    ("jpx-per-pbr", "PER and PBR by size and industry", JPX, JPX_PER_PBR, FACTS),
    ("nikkei-per-pbr", "Nikkei Stock Average PER and PBR, daily", "Nikkei Inc.", NIKKEI_PER, FACTS),
    ("boj-etf-purchases", "Purchases of ETFs and J-REITs, daily results", BOJ, BOJ_ETF, GOVERNMENT),
    ("boj-time-series", "Time-Series Data Search", BOJ, "https://www.stat-search.boj.or.jp/index_en.html", GOVERNMENT),
    ("gpif-latest-results", "Latest results, overwritten each quarter", GPIF, GPIF_PAGE, GOVERNMENT),
    (
        "jpx-derivatives-investor-types",
        "Trading by Type of Investors, derivatives, weekly",
        JPX,
        JPX_DERIVATIVES,
        FACTS,
    ),
    ("jpx-monthly-statistics", "Monthly statistics: market value, trading value, derivatives", JPX, JPX_MARKET, FACTS),
    ("jpx-margin-balances", "Outstanding margin trading balances, weekly", JPX, JPX_MARGIN, FACTS),
    ("jpx-short-selling", "Short selling value, daily", JPX, JPX_SHORT, FACTS),
    ("jpx-share-ownership", "Share Ownership Survey, annual", "JPX and three exchanges", JPX_OWNERS, FACTS),
    ("nikkei-total-return", "Nikkei Stock Average Total Return Index, daily", "Nikkei Inc.", NIKKEI_PAGE, FACTS),
    (
        "fred-h15",
        "H.15 Selected Interest Rates and effective federal funds rate (FRED)",
        "Board of Governors of the Federal Reserve System",
        FRED,
        UNITED_STATES,
    ),
    (
        "new-york-fed-sofr",
        "Secured Overnight Financing Rate (SOFR)",
        "Federal Reserve Bank of New York",
        "https://www.newyorkfed.org/markets/reference-rates/sofr",
        UNITED_STATES,
    ),
    ("mof-itn-securities-monthly", "International Transactions in Securities, monthly", MOF, MOF_FLOWS, GOVERNMENT),
    ("us-listed-funds", "US-listed index funds, daily adjusted closes", "NYSE Arca and Nasdaq", FUNDS_PAGE, FACTS),
    (
        "cftc-commitments",
        "Commitments of Traders",
        "US Commodity Futures Trading Commission (CFTC)",
        CFTC_PAGE,
        UNITED_STATES,
    ),
    (
        "ita-statistics",
        "Statistics of publicly offered investment trusts, monthly",
        "Investment Trusts Association, Japan",
        "https://www.toushin.or.jp/statistics/statistics/index.html",
        FACTS,
    ),
    ("krx-kospi", "KOSPI, daily close", "Korea Exchange", "https://global.krx.co.kr/", FACTS),
    ("twse-taiex", "TAIEX, daily close", "Taiwan Stock Exchange", "https://www.twse.com.tw/en/", FACTS),
    ("hang-seng-indexes", "Hang Seng Index, daily close", "Hang Seng Indexes", "https://www.hsi.com.hk/eng", FACTS),
    ("sse-composite", "SSE Composite, daily close", "Shanghai Stock Exchange", "https://english.sse.com.cn/", FACTS),
    ("csi-300", "CSI 300, daily close", "China Securities Index", "https://www.csindex.com.cn/en", FACTS),
    (
        "stoxx",
        "DAX (total return) and EURO STOXX 50 (price), closes",
        "STOXX (Deutsche Börse Group)",
        "https://stoxx.com/",
        FACTS,
    ),
    ("ftse-russell", "FTSE 100, daily close", "FTSE Russell", "https://www.lseg.com/en/ftse-russell", FACTS),
    (
        "euronext-indices",
        "CAC 40 and FTSE MIB, daily closes",
        "Euronext; FTSE MIB with FTSE Russell",
        "https://live.euronext.com/en/products/indices",
        FACTS,
    ),
    ("ledger-of-claims", "Claims in this project's words, with the day on which each was written", LEDGER, None, OWN),
    ("first-edition", "What the first edition of this collection said", LEDGER, None, OWN),
)
# No row of the compiled figures names them: the adapters of the publishers' services do.
FEEDS = ("boj-time-series", "gpif-latest-results")

_GOVERNMENT_CITED = ("GPIF", "FSA", "BoJ", "MoF JGB")
_FALLBACK_TITLE = "Policy asset mix of GPIF"


def _openable(address: str) -> str | None:
    """The address, or ``None`` where what was noted down is not one that a browser opens."""
    return address if re.fullmatch(r"https?://\S+", address) and "..." not in address else None


def _slug(publisher: str) -> str:
    """The publisher in lower case and hyphens, without remarks in brackets and cut at a word."""
    plain = re.sub(r"\(.*?\)", " ", publisher.split(";")[0]).lower().replace("&", " ")
    words = re.findall(r"[a-z0-9]+", plain)
    while len("-".join(words)) > 32:
        words.pop()
    return "-".join(words)


def _cited_terms(publisher: str) -> str:
    """The terms of a cited source: those of its publisher, or those for a press report."""
    if publisher in _GOVERNMENT_CITED:
        return TERMS[GOVERNMENT]
    return TERMS[FACTS] if publisher.startswith("JPX") else TERMS["press"]


@dataclass
class SourceBook:
    """All sources named so far; a cited article gets one id however often it is named."""

    by_name: dict[str, Source] = field(
        default_factory=lambda: {row[0]: Source(row[0], row[1], row[2], row[3], TERMS[row[4]]) for row in _PUBLISHED}
    )

    def cite(self, publisher: str, title: str, address: str) -> str:
        """The id of the article, entered in the book when it is new."""
        mark = hashlib.sha256("\n".join([publisher, title, address]).encode()).hexdigest()[:5]
        name = f"{_slug(publisher)}-{mark}"
        entry = Source(name, title or _FALLBACK_TITLE, publisher, _openable(address), _cited_terms(publisher))
        if self.by_name.setdefault(name, entry) != entry:
            raise ValueError(f"two sources with the id {name}")
        return name

    def ids(self, rows: pd.DataFrame) -> list[str]:
        """The id of the article that each row cites."""
        titles = rows["source_title"] if "source_title" in rows else pd.Series("", index=rows.index)
        columns = [column.fillna("").str.strip() for column in (rows["source_publisher"], titles, rows["source_url"])]
        return [self.cite(*cited) for cited in zip(*columns, strict=True)]
