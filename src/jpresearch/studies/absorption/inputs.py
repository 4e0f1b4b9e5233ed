"""What the study reads, its choices, and the weeks on which balances, index and world are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.datasets.alignment import before_session
from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.studies.reading import column, day
from jpresearch.studies.weekly import BASES, MN_PER_BN, SECTIONS, WHOLE, net_on_either, week_ends
from jpresearch.tables import load

CLASSES: Final = ("individuals", "investment_trusts", "trust_banks", "proprietary")
"""Known for most weeks since 2012; all others are the remainder of the identity, one class."""
SIDES: Final = (*CLASSES, "others")
SIDE_WORDS: Final = {
    "individuals": "individuals",
    "investment_trusts": "investment trusts",
    "trust_banks": "trust banks",
    "proprietary": "brokers' own accounts",
    "others": "all others",
}
LABELS: Final = {name: words[:1].upper() + words[1:] for name, words in SIDE_WORDS.items()}
AGGREGATES: Final = ("brokerage", "total")
SPREAD_WEEKS: Final = 52
FEWEST_SPREAD_WEEKS: Final = 26
CAPACITY_WEEKS: Final = 13
FEWEST_WEEKS: Final = 104


@dataclass(frozen=True)
class Settings:
    """The choices of the notebook's reader, checked. Raises ``BadParameter`` where one makes no sense.

    ``heavy_share`` is the share of weeks of foreign selling that count as heavy, ``since`` the day from which the
    newer regime is dated, ``horizon_weeks`` how long a week of heavy selling is followed, ``matches`` how many earlier
    weeks each newer episode is set against.
    """

    heavy_share: float = 0.1
    since: str = "2024-01-01"
    horizon_weeks: int = 4
    matches: int = 3
    confidence: float = 0.95

    def __post_init__(self) -> None:
        rules = {
            "heavy_share": (0 < self.heavy_share <= 0.5, "above 0 and up to 0.5"),
            "horizon_weeks": (1 <= self.horizon_weeks <= 26, "between 1 and 26 weeks"),
            "matches": (1 <= self.matches <= 10, "between 1 and 10"),
            "confidence": (0.5 <= self.confidence < 1, "between 0.5 and 1"),
        }
        for name, (sound, allowed) in rules.items():
            if not sound:
                raise BadParameter(f"{getattr(self, name)!r} is not {allowed}", name)
        day(self.since, "since")

    @property
    def turn(self) -> pd.Timestamp:
        """``since`` as a day."""
        return day(self.since, "since")


@dataclass(frozen=True)
class Inputs:
    """The tables as they stood at ``as_of``: investors' flows, and closes by series."""

    flows: pd.DataFrame
    series: dict[str, pd.Series[float]]
    start: pd.Timestamp


def load_inputs(as_of: str | None = None, start: str = "2012-01-01") -> Inputs:
    """Read ``investor_flows`` and ``market_daily``.

    Raises
    ------
    NotYetPublished : nothing of one of them was public at ``as_of``.
    BadParameter : ``start`` is not a date.
    """
    first = day(start, "start")
    flows = load("investor_flows", as_of, start=str(first.date()))
    market = load("market_daily", as_of, start=str((first - pd.Timedelta(days=21)).date()))
    series = {str(name): column(rows, "value") for name, rows in market.groupby("series")}
    return Inputs(flows, series, first)


def weeks(inputs: Inputs) -> pd.DataFrame:
    """Balances, index and world, one row per survey week.

    Returns
    -------
    Frame indexed by ``period_end``: ``foreigners`` (JPY bn, Tokyo and Nagoya), the other sides ``SIDES`` (JPY bn,
    missing where a class is not known; ``others`` is the remainder), ``basis`` of those, ``sold`` (foreigners' net
    sales in standard deviations of the 52 weeks before), ``topix_pct``, ``sp500_pct``, ``yen_pct`` (yen per dollar),
    all percent in the week, New York's by its last close before the Tokyo one, ``vix_before`` (known before the
    week's first session) and ``capacity`` (individuals' net sales over the 13 weeks before, in standard deviations of
    their own earlier 13-week sums). What is not known stays missing.

    Raises
    ------
    InsufficientData : fewer than 104 weeks with flow and index.
    """
    ends = week_ends(inputs.start, _newest(inputs))
    frame = pd.DataFrame({"foreigners": _foreigners(inputs)}).reindex(ends)
    sides, basis = net_on_either(inputs.flows, ["foreigners", *CLASSES])
    sides = sides.assign(others=-sides.sum(axis=1))
    frame = frame.join(sides[list(SIDES)].reindex(ends)).assign(basis=basis.reindex(ends))
    frame["foreigners_same_basis"] = sides["foreigners"].reindex(ends)
    frame["sold"] = -frame["foreigners"] / _spread(frame["foreigners"])
    frame = frame.join(_moves(inputs, ends)).assign(capacity=capacity(frame["individuals"]))
    known = int((frame["foreigners"].notna() & frame["topix_pct"].notna()).sum())
    if known < FEWEST_WEEKS:
        what = f"{known} weeks with a flow and an index change are too few; {FEWEST_WEEKS} are the least"
        raise InsufficientData(what, "absorption", "Choose an earlier start or a later as_of.")
    return frame.rename_axis("period_end")


def capacity(individuals: pd.Series[float]) -> pd.Series[float]:
    """What individuals had taken out before the week: their net sales over 13 weeks, in their own earlier spread.

    Uses weeks before only; missing while a week of the sum is, or with fewer than 26 earlier sums.
    """
    sums = -individuals.shift().rolling(CAPACITY_WEEKS).sum()
    return sums / sums.shift().expanding(FEWEST_SPREAD_WEEKS).std()


def _spread(net: pd.Series[float]) -> pd.Series[float]:
    return net.shift().rolling(SPREAD_WEEKS, min_periods=FEWEST_SPREAD_WEEKS).std()


def _newest(inputs: Inputs) -> pd.Timestamp:
    rows = inputs.flows[inputs.flows["investor"] == "foreigners"]
    if rows.empty:
        raise InsufficientData("no week of foreigners' flows is known", "absorption", "Choose an earlier start.")
    return pd.Timestamp(rows["period_end"].max())


def _foreigners(inputs: Inputs) -> pd.Series[float]:
    rows = inputs.flows[(inputs.flows["market"] == WHOLE) & (inputs.flows["investor"] == "foreigners")]
    return column(rows, "net_jpy_mn") / MN_PER_BN


def _moves(inputs: Inputs, ends: pd.DatetimeIndex) -> pd.DataFrame:
    """Percent changes of the week, and VIX before it; the week before the first gives the first change."""
    before = week_ends(ends[0] - pd.Timedelta(days=14), ends[0])[:-1][-1:]
    days = before.union(ends)
    levels = pd.DataFrame({"topix": inputs.series["topix"].reindex(days)}, index=days)
    for name in ("sp500", "usdjpy", "vix"):
        levels[name] = _abroad(inputs.series.get(name), days)
    moves = (levels / levels.shift() - 1) * 100
    names = {"topix": "topix_pct", "sp500": "sp500_pct", "usdjpy": "yen_pct"}
    return moves.rename(columns=names)[list(names.values())].assign(vix_before=levels["vix"].shift()).loc[ends]


def _abroad(series: pd.Series[float] | None, days: pd.DatetimeIndex) -> pd.Series[float]:
    """New York's last value before each Tokyo close."""
    return pd.Series(float("nan"), index=days) if series is None else before_session(series, days)


def residuals(inputs: Inputs) -> pd.DataFrame:
    """Where classes are known finely: how far their balances are from summing to zero.

    Returns
    -------
    Frame by stretch (three Tokyo sections summed; Tokyo and Nagoya): ``weeks``, ``classes``, ``largest_jpy_bn`` and
    ``mean_jpy_bn`` (absolute sums of all classes' balances), ``largest_pct_of_foreign`` (of the mean absolute balance
    of foreigners). A week counts where every class of its stretch is known.
    """
    rows: dict[str, dict[str, float]] = {}
    for basis, markets in BASES.items():
        part = inputs.flows[inputs.flows["market"].isin(markets) & ~inputs.flows["investor"].isin(AGGREGATES)]
        if basis == WHOLE:
            part = part[~part["investor"].isin(("individuals_cash", "individuals_margin"))]
        table = part.pivot_table(index="period_end", columns="investor", values="net_jpy_mn", aggfunc=["sum", "count"])
        if table.empty or table["sum"].shape[1] <= len(CLASSES) + 1:
            continue
        sums = (table["sum"].where(table["count"] == len(markets)) / MN_PER_BN).dropna()
        if sums.empty:
            continue
        left = pd.DataFrame(sums).sum(axis=1).abs()
        foreign = float(sums["foreigners"].abs().mean())
        rows[{WHOLE: "Tokyo and Nagoya", SECTIONS: "three Tokyo sections"}[basis]] = {
            "weeks": len(sums),
            "classes": sums.shape[1],
            "largest_jpy_bn": float(left.max()),
            "mean_jpy_bn": float(left.mean()),
            "largest_pct_of_foreign": float(left.max()) / foreign * 100,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("stretch")
