"""All estimates of the notebook in one place."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jpresearch.stats.events import EventStudy
from jpresearch.studies.absorption import milder, price, shares
from jpresearch.studies.absorption.inputs import SIDE_WORDS, SIDES, Inputs, Settings, residuals, weeks
from jpresearch.studies.testing import Test

SHOWN_WEEKS = 13


@dataclass(frozen=True)
class Findings:
    """What captions, takeaways and metrics are written from; each field is what the function of that name returned."""

    settings: Settings
    weeks: pd.DataFrame
    residuals: pd.DataFrame
    shares: shares.Shares
    price: price.Price
    heavy: pd.DatetimeIndex
    by_capacity: pd.DataFrame
    events: EventStudy | None
    milder: milder.Milder

    @property
    def newest(self) -> pd.DataFrame:
        """Balances of the newest weeks (JPY bn), foreigners first; missing where a class is not known."""
        return self.weeks[["foreigners_same_basis", *SIDES]].tail(SHOWN_WEEKS)


def estimate(inputs: Inputs, settings: Settings) -> Findings:
    """Everything the notebook shows. Raises ``InsufficientData`` where the tables say too little as of the day."""
    table = weeks(inputs)
    return Findings(
        settings=settings,
        weeks=table,
        residuals=residuals(inputs),
        shares=shares.shares(table, settings),
        price=price.price(table, settings),
        heavy=price.heavy(table, settings),
        by_capacity=price.heavy_by_capacity(table, settings),
        events=price.around_heavy(table, settings),
        milder=milder.milder(table, settings),
    )


def tests(found: Findings) -> list[Test]:
    """Every test that the notebook made."""
    unit = "JPY bn per JPY 100bn sold"
    listed = _rows(found.shares.whole, "share of", unit)
    if found.shares.change is not None:
        listed += _rows(found.shares.change, f"change since {found.settings.since}, share of", unit)
    fits = (("", found.price.plain, "sold"), (", by capacity", found.price.by_capacity, "sold_x_capacity"))
    listed += [
        Test(f"TOPIX on selling{words}", float(fit.params[name]), "bp per deviation sold", float(fit.p_values[name]))
        for words, fit, name in fits
    ]
    if found.price.by_time is not None:
        fit, name = found.price.by_time, "sold_x_newer"
        words = f"TOPIX on selling, change since {found.settings.since}"
        listed.append(Test(words, float(fit.params[name]), "bp per deviation sold", float(fit.p_values[name])))
    if not found.by_capacity.empty:
        row = found.by_capacity.loc["difference"].astype("float64").to_dict()
        listed.append(Test("heavy weeks, more less less capacity", row["estimate"], "%", row["p_value"]))
    if found.events is not None:
        for step in (found.events.path.index[0], found.events.path.index[-1]):
            row = found.events.path.loc[step].astype("float64").to_dict()
            words = f"TOPIX beyond the world, {step} weeks after heavy selling"
            listed.append(Test(words, row["difference"], "%", row["p_placebo"]))
    return listed + [
        Test(f"{words}, newer less matched episodes", float(row["estimate"]), "points", float(row["p_value"]))
        for words, (_, row) in zip(milder.OUTCOMES.values(), found.milder.summary.iterrows(), strict=False)
    ]


def _rows(frame: pd.DataFrame, words: str, unit: str) -> list[Test]:
    return [
        Test(f"{words} {SIDE_WORDS[str(name)]}", float(row["estimate"]), unit, float(row["p_value"]))
        for name, row in frame.iterrows()
    ]
