"""JPX, Trading by Type of Investors for derivatives, weekly: ``Tousi_DV_W_YYYYMMDD_YYYYMMDD.csv``.

Page: https://www.jpx.co.jp/english/markets/statistics-derivatives/sector/index.html

Layout: UTF-8 with a byte order mark, a line of labels in Japanese and English, then a line per product, class of
investors and measure (1 contracts, 2 yen): sales and purchases, their sum, and the balance under sales (negative) where
the class sold more, under purchases where it bought more. The file holds every class of every product, noughts
included. The index page keeps about five weeks, one archive page the rest; the layout began with the week of
2026-04-13, earlier weeks are PDF only.

The bytes of such a file were not at hand: what is known of the layout comes from descriptions. So the columns must fit
their labels, and the figures each other: a price per contract that no index had is refused as another unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from jpresearch.sources.delimited import day, decoded, figures, first_labels, only_source_errors, table
from jpresearch.sources.jpx_pages import Link, links
from jpresearch.sources.model import LINE, Page, Parsed, SourceError, place

FOLDER: Final = "https://www.jpx.co.jp/markets/statistics-derivatives/sector/"
INDEX: Final = f"{FOLDER}index.html"
ARCHIVE: Final = f"{FOLDER}00-archives-00.html"
TABLE: Final = "futures_flows"
SOURCE: Final = "jpx-derivatives-investor-types"
NAME: Final = re.compile(r"Tousi_DV_W_(?P<start>\d{8})_(?P<end>\d{8})\.csv", re.IGNORECASE)
OWN_NAME: Final = re.compile(r"Tousi_DV_.*\.csv$", re.IGNORECASE)

# What each column's label says, in the order of the file; a label is what the first pattern finds that fits it.
COLUMNS: Final = ("product", "cycle", "week", "start", "end", "investor", "measure", "sales", "sales_balance",
                  "purchases", "purchases_balance", "total")  # fmt: skip
LABELS: Final = {
    "sales_balance": r"売.*(差|超)|\bsales?\b.*\b(balance|net)\b",
    "purchases_balance": r"買.*(差|超)|\bpurchases?\b.*\b(balance|net)\b",
    "sales": r"売|\bsales?\b|\bsell\b",
    "purchases": r"買|\bpurchases?\b|\bbuy\b",
    "total": r"合計|\btotal\b",
    "product": r"帳票|商品|\bproduct\b",
    "cycle": r"サイクル|\bcycle\b",
    "start": r"自|\bfrom\b",
    "end": r"至|\bto\b",
    "week": r"年月週|\bweek\b",
    "investor": r"投資|\binvestor",
    "measure": r"数量|\bvolume\b|\bunit\b",
}
WEEKLY: Final = "1"
CONTRACTS, YEN = "1", "2"
INVESTORS: Final = {
    "11": "proprietary",
    "21": "insurance",
    "22": "city_regional_banks",
    "23": "trust_banks",
    "24": "other_financials",
    "31": "investment_trusts",
    "32": "business_corporations",
    "33": "other_corporations",
    "41": "securities_companies",
    "51": "individuals",
    "60": "foreigners",
}


@dataclass(frozen=True)
class Product:
    """A futures contract: its name in the table, its index, and the yen that a point of the index is worth."""

    name: str
    index: str
    yen_per_point: float


PRODUCTS: Final = {
    "301": Product("nikkei225_large", "nikkei225", 1_000),
    "313": Product("nikkei225_mini", "nikkei225", 100),
    "331": Product("nikkei225_micro", "nikkei225", 10),
    "314": Product("topix_large", "topix", 10_000),
    "316": Product("topix_mini", "topix", 1_000),
    "335": Product("jpx_prime150", "prime150", 1_000),
    "323": Product("jpx_nikkei400", "nikkei400", 100),
}
# The contracts that every week has; the others may end some day.
NEEDED: Final = ("301", "313", "331", "314", "316")
# Points that the indices may have; a slip of the unit is a factor of 1,000.
POINTS: Final = {
    "nikkei225": (2_000.0, 1_000_000.0),
    "topix": (200.0, 100_000.0),
    "prime150": (200.0, 100_000.0),
    "nikkei400": (2_000.0, 1_000_000.0),
}
# Contracts of one index trade at one price; over a week each class's own average stays near that of all.
SAME_INDEX: Final = 0.05
SAME_WEEK: Final = 0.3
# Sales and purchases of all classes differ by what smaller participants trade: 0.6 % at most in August 2026.
SIDES_DIFFER: Final = 0.15
YEN_PER_MILLION: Final = 1e6
LONGEST_WEEK_DAYS: Final = 6


class Derivatives:
    """Futures by class of investors into the table ``futures_flows``: notional of each contract."""

    name: str = "jpx_derivatives"
    tables: tuple[str, ...] = (TABLE,)

    def recognises(self, content: bytes, file_name: str) -> bool:
        """By the labels; a file under the publisher's own name is claimed whatever it holds, to be refused in words."""
        found = {_kind(label) for label in first_labels(content)}
        return bool(OWN_NAME.search(file_name)) or {"product", "investor", "sales_balance", "total"} <= found

    def parse(self, content: bytes, file_name: str) -> list[Parsed]:
        """Sales, purchases and net of every class in the futures of the table. Raises ``SourceError``."""
        with only_source_errors(file_name):
            frame = _lines(decoded(content, file_name), file_name)
            start, end = _week(frame, file_name)
            known = frame[frame["product"].isin(list(PRODUCTS))].reset_index(drop=True)
            _require_whole(known, file_name)
            measures = {measure: _flows(known, measure, file_name) for measure in (CONTRACTS, YEN)}
            _check_prices(measures[CONTRACTS], measures[YEN], file_name)
            return [Parsed(TABLE, _rows(measures[YEN], start, end), SOURCE)]

    def locate(self, page: Page, since: date | None) -> list[str]:
        """The files of weeks that end after ``since``, oldest first; ``None`` is all that is kept."""
        found = {_end(link): link.address for link in _links(page, since)}
        return [address for end, address in sorted(found.items()) if since is None or end > since]


ADAPTER: Final = Derivatives()


def _links(page: Page, since: date | None) -> Iterator[Link]:
    """The links of the index page, then, where it does not reach back to ``since``, those of the archive."""
    found = links(page, INDEX, NAME)
    if not found:
        raise SourceError.of("no weekly file is linked", INDEX, label="Tousi_DV_W_*.csv")
    yield from reversed(found)
    if since is None or min(map(_end, found)) > since + timedelta(days=7):
        yield from reversed(links(page, ARCHIVE, NAME))


def _end(link: Link) -> date:
    try:
        return datetime.strptime(link.name["end"], "%Y%m%d").date()
    except ValueError as error:
        raise SourceError.of("a file is named after a week that does not exist", link.address) from error


def _kind(label: str) -> str | None:
    return next((kind for kind, pattern in LABELS.items() if re.search(pattern, label, re.IGNORECASE)), None)


def _lines(text: str, file: str) -> pd.DataFrame:
    """The lines of the file as texts, under our own names of the columns."""
    if not text.endswith("\n"):
        raise SourceError.of("the last line has no end: the file is cut off", file)
    frame = table(text, file)
    labels = [str(label) for label in frame.columns if label != LINE]
    return frame.rename(columns=_names(labels, file)).apply(_stripped)


def _stripped(column: pd.Series) -> pd.Series:
    return column if column.name == LINE else column.str.strip()


def _names(labels: list[str], file: str) -> dict[str, str]:
    """What each column holds: by its label; one of unknown wording is taken where all others stand in their places."""
    if len(labels) != len(COLUMNS):
        raise SourceError.of(f"the file has {len(labels)} columns, not {len(COLUMNS)}", place(file, 1))
    kinds = [_kind(label) for label in labels]
    for kind in COLUMNS:
        if kinds.count(kind) > 1:
            raise SourceError.of("two columns bear the same label", place(file, 1), label=kind.replace("_", " "))
    unknown = [label for label, kind in zip(labels, kinds, strict=True) if kind is None]
    in_place = all(kind in (None, expected) for kind, expected in zip(kinds, COLUMNS, strict=True))
    if unknown and not in_place:
        raise SourceError.of(f"the label {unknown[0][:40]!r} is not known", place(file, 1))
    return dict(zip(labels, COLUMNS if in_place else [str(kind) for kind in kinds], strict=True))


def _week(frame: pd.DataFrame, file: str) -> tuple[date, date]:
    """First and last day of the one week that the file is about, which its name and its lines must agree on."""
    if (frame["cycle"] != WEEKLY).any() or not len(frame):
        raise SourceError.of("the file is not a weekly one; take Tousi_DV_W_*.csv", file, label="cycle 1")
    periods = frame[["start", "end", "week"]].drop_duplicates()
    if len(periods) > 1:
        raise SourceError.of("the lines are about several weeks", file, label="from, to")
    stated = periods.iloc[0]
    start, end = _day(stated["start"], file), _day(stated["end"], file)
    if not 0 <= (end - start).days <= LONGEST_WEEK_DAYS or start.weekday() > end.weekday() or end.weekday() > 4:
        raise SourceError.of(f"{start} to {end} is no week", file, label="from, to")
    if stated["week"][:6] not in (f"{start:%Y%m}", f"{end:%Y%m}"):
        raise SourceError.of(f"the week is called {stated['week'][:20]!r} and runs to {end}", file, label="week")
    named = NAME.search(file)
    if named and (named["start"], named["end"]) != (f"{start:%Y%m%d}", f"{end:%Y%m%d}"):
        raise SourceError.of(f"the lines are about {start} to {end}, the file's name about another week", file)
    return start, end


def _day(stated: str, file: str) -> date:
    text = f"{stated[:4]}-{stated[4:6]}-{stated[6:]}" if re.fullmatch(r"\d{8}", stated, re.ASCII) else stated
    found = day(text)
    if found is None:
        raise SourceError.of(f"{stated[:40]!r} is no day", file, label="from, to")
    return found


def _require_whole(frame: pd.DataFrame, file: str) -> None:
    """Every class of every product once in contracts and once in yen: the file is whole and nothing stands twice."""
    unknown = ~frame["investor"].isin(list(INVESTORS)) | ~frame["measure"].isin([CONTRACTS, YEN])
    if unknown.any():
        line = frame[unknown].iloc[0]
        what = f"the class {line['investor'][:20]!r} or the measure {line['measure'][:20]!r} is not known"
        raise SourceError.of(what, place(file, line[LINE]), label="investor code")
    key = ["product", "investor", "measure"]
    if frame.duplicated(key).any():
        line = frame[frame.duplicated(key)].iloc[0]
        raise SourceError.of("a class of a product stands twice", place(file, line[LINE]), label=line["product"])
    for code in sorted({*NEEDED, *frame["product"]}):
        count = int(frame["product"].eq(code).sum())
        if count != 2 * len(INVESTORS):
            what = f"{PRODUCTS[code].name} has {count} lines, not {2 * len(INVESTORS)}: the file is cut off"
            raise SourceError.of(what, file, label=code)


def _flows(frame: pd.DataFrame, measure: str, file: str) -> pd.DataFrame:
    """Sales and purchases in one measure, by product and class; total and balances must be theirs."""
    lines = frame[frame["measure"] == measure].sort_values(["product", "investor"], ignore_index=True)
    flow = pd.DataFrame({name: figures(lines[name], file) for name in COLUMNS[7:]})
    balances = flow[["sales_balance", "purchases_balance"]].fillna(0.0)
    flow = flow.drop(columns=list(balances))
    net = flow["purchases"] - flow["sales"]
    broken = flow.isna() | flow.lt(0) | flow.mod(1).ne(0)
    wrong = {
        "a figure is missing, negative or broken": broken.any(axis=1),
        "sales and purchases are not the total": (flow["sales"] + flow["purchases"] - flow["total"]).ne(0),
        "the balance of sales is not theirs": balances["sales_balance"].ne(net.clip(upper=0)),
        "the balance of purchases is not theirs": balances["purchases_balance"].ne(net.clip(lower=0)),
    }
    for what, rows in wrong.items():
        if rows.any():
            line = lines[rows].iloc[0]
            where = f"product {line['product']}, investors {line['investor']}"
            raise SourceError.of(what, place(file, line[LINE]), label=where)
    return pd.concat([lines[["product", "investor", LINE]], flow], axis=1)


def _check_prices(contracts: pd.DataFrame, yen: pd.DataFrame, file: str) -> None:
    """Yen per contract is a level of the index, the same for its contracts and near it for each class."""
    points: dict[str, dict[str, float]] = {}
    for code in yen["product"].unique():
        product = PRODUCTS[code]
        own_lines = yen["product"] == code
        count, value = (part.loc[own_lines, ["sales", "purchases"]] for part in (contracts, yen))
        if ((count > 0) != (value > 0)).any(axis=None):
            raise SourceError.of(f"{product.name}: contracts without yen, or yen without contracts", file, label=code)
        sold, bought = float(value["sales"].sum()), float(value["purchases"].sum())
        if abs(bought - sold) > SIDES_DIFFER * max(bought, sold):
            raise SourceError.of(f"{product.name}: sales and purchases of all classes are far apart", file, label=code)
        if not sold:
            continue
        level = (sold + bought) / count.to_numpy().sum() / product.yen_per_point
        low, high = POINTS[product.index]
        if not low <= level <= high:
            what = f"{product.name} at {level:,.6g} points of its index: another unit than yen and contracts?"
            raise SourceError.of(what, file, label=code)
        own = (value / count.where(count > 0) / product.yen_per_point / level - 1).abs()
        if (own > SAME_WEEK).any(axis=None):
            raise SourceError.of(f"{product.name}: a class traded at a price that no other did", file, label=code)
        points.setdefault(product.index, {})[product.name] = level
    for index, levels in points.items():
        if max(levels.values()) > (1 + SAME_INDEX) * min(levels.values()):
            raise SourceError.of(f"{', '.join(levels)} are at different levels of one index", file, label=index)


def _rows(yen: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "product": yen["product"].map({code: product.name for code, product in PRODUCTS.items()}),
            "investor": yen["investor"].map(INVESTORS),
            "period_end": pd.Timestamp(end),
            "period_start": pd.Timestamp(start),
            "sales_jpy_mn": yen["sales"] / YEN_PER_MILLION,
            "purchases_jpy_mn": yen["purchases"] / YEN_PER_MILLION,
            "net_jpy_mn": (yen["purchases"] - yen["sales"]) / YEN_PER_MILLION,
            LINE: yen[LINE],
        }
    )
    dtypes = {"product": "str", "investor": "str", "period_end": "datetime64[us]", "period_start": "datetime64[us]"}
    return rows.astype(dtypes)
