"""What the dashboard measures: each quantity with its own past, and when each of its figures was public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from jpresearch.studies.dashboard.inputs import MARKET, Inputs, Settings
from jpresearch.studies.weekly import BASES, SECTIONS, WHOLE, net_on_either, week_ends

Change = Literal["%", "bp", "same"]
CLASSES: Final = (
    *("foreigners", "individuals", "investment_trusts", "trust_banks", "proprietary"),
    *("business_corporations", "insurance", "city_regional_banks"),
)
CLASS_WORDS: Final = {
    "foreigners": "foreigners",
    "individuals": "individuals",
    "investment_trusts": "investment trusts",
    "trust_banks": "trust banks",
    "proprietary": "brokers' own accounts",
    "business_corporations": "corporations",
    "insurance": "insurers",
    "city_regional_banks": "banks",
}
QUARTER_WEEKS: Final = 13
FEWEST_DAYS: Final = 250
FEWEST_WEEKS: Final = 52
FEWEST_MONTHS: Final = 24
FEWEST_QUARTERS: Final = 12
# A policy rate may stand for years, but its series is daily; valuation is monthly, GPIF quarterly and late.
OLDEST_DAYS: Final = 100
OLDEST_VALUATION_DAYS: Final = 150
OLDEST_SHARE_DAYS: Final = 400
SECTION_WORDS: Final = {"tse_first": "TSE First Section", "tse_prime": "TSE Prime"}
SHARE: Final = "share_domestic_equities"
RESERVE: Final = "reserve"


@dataclass(frozen=True)
class Measure:
    """A quantity and its past.

    Attributes
    ----------
    label, unit : in a reader's words.
    history : ``value`` and ``published_at`` by ``period_end``, in order, without gaps in the columns.
    change : how a change is told: in percent, in basis points, or in the unit itself.
    fewest : figures needed before one is placed in its past.
    oldest_days : age of a figure from which it no longer says anything about now.
    headline : whether it belongs to the one picture of everything.
    """

    name: str
    label: str
    unit: str
    history: pd.DataFrame
    change: Change
    fewest: int
    oldest_days: int
    headline: bool = True
    decimals: int = 2


def measures(inputs: Inputs, settings: Settings) -> list[Measure]:
    """Every measure that has at least one figure, in the order of the page."""
    listed = [*_markets(inputs, settings), *_money(inputs), *_valuation(inputs), *_flows(inputs), *_gpif(inputs)]
    return [measure for measure in listed if len(measure.history)]


def history(rows: pd.DataFrame, column: str = "value") -> pd.DataFrame:
    """``value`` and ``published_at`` by ``period_end``; rows without a value are left out."""
    frame: pd.DataFrame = rows.set_index("period_end")[[column, "published_at"]].set_axis(
        ["value", "published_at"], axis="columns"
    )
    return frame.astype({"value": "float64"}).dropna().sort_index()


def below_high(closes: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Percent from the highest close of the ``weeks`` weeks up to each day, from the first full window on."""
    window = pd.Timedelta(weeks=weeks)
    high = closes["value"].rolling(window).max()
    whole = closes.index >= closes.index.min() + window
    return pd.DataFrame(closes.assign(value=(closes["value"] / high - 1) * 100)[whole])


def _market(inputs: Inputs, series: str) -> pd.DataFrame:
    return history(inputs.rows(MARKET, series=series))


def _daily(inputs: Inputs, name: str, label: str, unit: str, change: Change = "%", *, headline: bool = True) -> Measure:
    """A series of ``market_daily`` as a measure."""
    return Measure(name, label, unit, _market(inputs, name), change, FEWEST_DAYS, OLDEST_DAYS, headline)


def _markets(inputs: Inputs, settings: Settings) -> list[Measure]:
    listed = []
    for name, label in (("topix", "TOPIX"), ("nikkei225", "Nikkei 225")):
        level = _daily(inputs, name, label, "points")
        past = below_high(level.history, settings.high_weeks) if len(level.history) else level.history
        words = f"{label} from {settings.high_weeks}-week high"
        headline = name == "topix"
        below = Measure(f"{name}_below_high", words, "%", past, "same", FEWEST_DAYS, OLDEST_DAYS, headline)
        listed += [level, below]
    listed += [_daily(inputs, "sp500", "S&P 500", "points", headline=False)]
    listed += [_daily(inputs, "sox", "SOX", "points", headline=False)]
    return [*listed, _daily(inputs, "vix", "VIX", "points", "same")]


def _money(inputs: Inputs) -> list[Measure]:
    rate = Measure("boj_policy_rate", "BoJ policy rate", "%", policy_rate(inputs), "bp", FEWEST_DAYS, OLDEST_DAYS)
    yen = _daily(inputs, "usdjpy", "Yen per dollar", "JPY")
    return [yen, _daily(inputs, "jgb10y", "JGB 10-year yield", "%", "bp"), rate]


def policy_rate(inputs: Inputs) -> pd.DataFrame:
    """The rate in force day by day, and after it the decision announced but not yet in force, on its own day."""
    daily = _market(inputs, "boj_policy_rate")
    decided = inputs.rows("boj_policy", metric="policy_rate_target")
    if decided.empty or daily.empty:
        return daily
    later = history(decided[decided["effective_date"] > daily.index.max()])
    return pd.concat([daily.drop(daily.index.intersection(later.index)), later]).sort_index()


def _valuation(inputs: Inputs) -> list[Measure]:
    """P/E and P/B of the section in force (never spliced to its predecessor) and of the Nikkei 225."""
    listed = []
    sections, nikkei = inputs.rows("prime_valuation"), inputs.rows("nikkei_valuation")
    if len(sections):
        section = str(sections.sort_values("period_end")["section"].iloc[-1])
        rows = sections[sections["section"] == section]
        listed += _multiples(rows, "section", SECTION_WORDS[section], FEWEST_MONTHS)
    return [*listed, *(_multiples(nikkei, "nikkei", "the Nikkei 225", FEWEST_DAYS) if len(nikkei) else [])]


def _multiples(rows: pd.DataFrame, name: str, words: str, fewest: int) -> list[Measure]:
    kinds = {"per": "P/E", "pbr": "P/B"}
    pasts = {kind: history(rows, f"{kind}_weighted_x") for kind in kinds}
    return [
        Measure(f"{kind}_{name}", f"{label} of {words}", "x", pasts[kind], "same", fewest, OLDEST_VALUATION_DAYS)
        for kind, label in kinds.items()
    ]


def _flows(inputs: Inputs) -> list[Measure]:
    listed = []
    for name in CLASSES:
        past = class_history(inputs, name)
        listed.append(_flow(name, f"{_capital(CLASS_WORDS[name])} in the week", past, headline=name in CLASSES[:4]))
        if name == "foreigners" and len(past):
            over = _over_weeks(past, QUARTER_WEEKS)
            listed.append(_flow("foreigners_13w", f"Foreigners in {QUARTER_WEEKS} weeks", over, headline=True))
    return listed


def _flow(name: str, label: str, past: pd.DataFrame, *, headline: bool) -> Measure:
    return Measure(name, label, "JPY bn", past, "same", FEWEST_WEEKS, OLDEST_DAYS, headline, 1)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _over_weeks(past: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Sums over survey weeks; missing where one of the weeks is."""
    ends = week_ends(past.index.min(), past.index.max())
    sums = past["value"].reindex(ends).rolling(weeks).sum()
    return past.assign(value=sums.reindex(past.index)).dropna()


def class_history(inputs: Inputs, name: str) -> pd.DataFrame:
    """Net purchases of one class in JPY bn: Tokyo and Nagoya, and the three sections where only they are known.

    Foreigners are always known for Tokyo and Nagoya.
    """
    rows = inputs.rows("investor_flows", investor=name)
    if rows.empty:
        return history(rows.rename(columns={"net_jpy_mn": "value"}))
    net, basis = net_on_either(rows, [name])
    stamped = rows[rows["market"].isin([market for markets in BASES.values() for market in markets])]
    stamped = stamped.assign(basis=stamped["market"].where(stamped["market"] == WHOLE, SECTIONS))
    last = stamped.sort_values("published_at").drop_duplicates(["period_end", "basis"], keep="last")
    frame = net.reset_index().assign(basis=basis.to_numpy())
    return history(frame.merge(last[["period_end", "basis", "published_at"]], on=["period_end", "basis"]), name)


def _gpif(inputs: Inputs) -> list[Measure]:
    """The share of Japanese equities on the basis that has the newer figure; the whole reserve where both have it."""
    rows = inputs.rows("gpif_portfolio", metric=SHARE)
    if rows.empty:
        return []
    newest = rows.assign(reserve=rows["basis"] == RESERVE).sort_values(["period_end", "reserve"]).iloc[-1]
    past = history(rows[rows["basis"] == newest["basis"]])
    return [
        Measure(
            "gpif_share", "GPIF's share of Japanese equities", "%", past, "same", FEWEST_QUARTERS, OLDEST_SHARE_DAYS
        )
    ]
