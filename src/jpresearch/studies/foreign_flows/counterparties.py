"""Who stands on the other side of foreigners' flow: every sale is bought, so all balances of a week sum to zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jpresearch.errors import InsufficientData
from jpresearch.stats.regression import newey_west
from jpresearch.studies.foreign_flows.inputs import Inputs, Settings, years_of
from jpresearch.studies.phrasing import month
from jpresearch.studies.weekly import BASES, BASIS_WORDS, net_by_class, net_on_either

CLASSES: Final = ("individuals", "investment_trusts", "trust_banks", "proprietary")
FINER: Final = ("business_corporations", "other_corporations", "insurance", "city_regional_banks")
FEWEST_SELLING_WEEKS: Final = 12
CLASS_WORDS: Final = {
    "foreigners": "foreigners",
    "individuals": "individuals",
    "investment_trusts": "investment trusts",
    "trust_banks": "trust banks",
    "proprietary": "brokers' own accounts",
    "others": "all other classes",
}
CLASS_LABELS: Final = {name: words[:1].upper() + words[1:] for name, words in CLASS_WORDS.items()}


@dataclass(frozen=True)
class Balances:
    """Net purchases by class (JPY bn), one row per survey week whose classes are known.

    ``frame`` has ``foreigners``, the four classes known throughout, and ``others`` (minus the sum of those: business
    corporations, insurers, banks and members outside the survey). Where ``basis`` is ``three_sections`` a row is the
    sum of the Tokyo sections, foreigners included; elsewhere it is Tokyo and Nagoya.
    """

    frame: pd.DataFrame
    basis: pd.Series

    @property
    def selling(self) -> pd.DataFrame:
        """The weeks in which foreigners sold."""
        return self.frame[self.frame["foreigners"] < 0]


def balances(inputs: Inputs) -> Balances:
    """Balances of the weeks whose classes are known, never mixing the two bases within a week. May be empty."""
    frame, basis = net_on_either(inputs.flows, ["foreigners", *CLASSES])
    return Balances(frame.assign(others=-frame.sum(axis=1)), basis)


def other_side(known: Balances, settings: Settings) -> pd.DataFrame:
    """What each class bought, on average, for every JPY 100 bn that foreigners sold in a week.

    The slope of the class's net purchases on foreigners' net sales over the weeks in which foreigners sold (ratios of
    weekly figures would be swamped by weeks of small sales). The slopes sum to 100, because all balances of a week
    sum to zero.

    Returns
    -------
    Frame indexed by class, largest first: ``estimate``, ``low``, ``high`` (JPY bn per JPY 100 bn sold), ``average``
    (mean net purchases in those weeks, JPY bn) and ``weeks``.

    Raises
    ------
    InsufficientData : fewer than 12 weeks of foreign selling whose classes are known.
    """
    selling = known.selling
    if len(selling) < FEWEST_SELLING_WEEKS:
        what = f"{len(selling)} weeks of foreign selling whose classes are known are too few"
        raise InsufficientData(what, "foreign_flows", f"{FEWEST_SELLING_WEEKS} are the least: choose an earlier start.")
    sold = (-selling["foreigners"] / 100).rename("sold")
    rows: dict[str, dict[str, float]] = {}
    for name in [*CLASSES, "others"]:
        slope = newey_west(selling[name], sold, lags=settings.lags, confidence=settings.confidence).estimate("sold")
        columns = {"estimate": slope.value, "low": slope.low, "high": slope.high}
        rows[name] = columns | {"average": float(selling[name].mean()), "weeks": len(selling)}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return frame.sort_values("estimate", ascending=False).rename_axis("investor")


def selling_weeks_by_year(known: Balances) -> pd.DataFrame:
    """Mean net purchases (JPY bn a week) of each class in the weeks in which foreigners sold: classes by year."""
    selling = known.selling
    return selling.groupby(years_of(selling)).mean().rename_axis("year").T.rename_axis("investor")


def finer_classes(inputs: Inputs) -> pd.DataFrame:
    """Inside ``others``: mean net purchases (JPY bn a week) in weeks of foreign selling, for the stretches that show
    it.

    The two stretches (three Tokyo sections 2017-2021; Tokyo and Nagoya from September 2025) stand beside each other
    and are never joined. Returns a frame indexed by class, one column per stretch, and ``weeks`` as its last row;
    without any stretch a frame without columns.
    """
    columns: dict[str, pd.Series] = {}
    for name in BASES:
        table = net_by_class(inputs.flows, name, ["foreigners", *CLASSES, *FINER]).dropna()
        selling = table[table["foreigners"] < 0]
        if not selling.empty:
            rest = -selling.sum(axis=1).rename("remainder")
            means = pd.concat([selling, rest], axis=1).mean()
            means["weeks"] = float(len(selling))
            columns[f"{BASIS_WORDS[name]}, {month(table.index[0])} to {month(table.index[-1])}"] = means
    return pd.DataFrame(columns).rename_axis("investor")


def latest_other_side(known: Balances, weeks: pd.DataFrame, span: int = 2) -> pd.Series | None:
    """Sums by class (JPY bn) over the newest ``span`` survey weeks; ``None`` where a week's classes are not known."""
    ends = weeks.index[-span:]
    return known.frame.loc[ends].sum() if ends.isin(known.frame.index).all() else None
