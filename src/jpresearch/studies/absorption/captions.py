"""Titles and alternative texts of the figures, written by the numbers behind them."""

from __future__ import annotations

import pandas as pd

from jpresearch.stats.events import EventStudy
from jpresearch.studies import phrasing as say
from jpresearch.studies.absorption.findings import Findings
from jpresearch.studies.absorption.inputs import SIDE_WORDS, SIDES
from jpresearch.studies.results import Caption


def newest(found: Findings) -> Caption:
    """Balances of the newest weeks."""
    known = found.newest.dropna()
    if known.empty:
        return Caption("Who took the other side is not known for the newest weeks", "No week whose classes are known.")
    last = known.iloc[-1]
    sides = last[list(SIDES)].astype("float64")
    against = sides[sides * float(last["foreigners_same_basis"]) < 0].abs().sort_values(ascending=False)
    head = f"In the week to {say.day(known.index[-1])} foreigners {say.dealt_net(float(last['foreigners_same_basis']))}"
    first = SIDE_WORDS[str(against.index[0])] if len(against) else "nobody"
    title = f"{head}; the largest other side were {first}"
    parts = ", ".join(f"{SIDE_WORDS[str(name)]} {say.signed(float(value))}" for name, value in sides.items())
    return Caption(title, f"Stacked bars of weekly balances, JPY bn. {title}. {parts}.")


def shares(found: Findings) -> Caption:
    """Absorption shares over all weeks."""
    whole = found.shares.whole["estimate"].sort_values(ascending=False)
    first = str(whole.index[0])
    title = f"Of JPY 100bn that foreigners sold, {SIDE_WORDS[first]} bought {say.number(float(whole.iloc[0]), 0)}"
    parts = ", ".join(f"{SIDE_WORDS[str(name)]} {say.number(float(value), 0)}" for name, value in whole.items())
    return Caption(title, f"Dots with intervals by class, {found.shares.system.observations} weeks. {title}. {parts}.")


def change(found: Findings) -> Caption:
    """How the shares changed."""
    frame = found.shares.change
    if frame is None:
        return Caption("Too few weeks on one side of the day", "No estimate.")
    clear = frame[(frame["low"] > 0) | (frame["high"] < 0)]
    names = [SIDE_WORDS[str(name)] for name in clear.index]
    since = say.month(found.settings.turn)
    told = (
        f"the share of {say.listed(names)} differs, each taken alone" if names else "no class's share differs clearly"
    )
    title = f"Since {since} {told}"
    parts = ", ".join(
        f"{SIDE_WORDS[str(name)]} {say.signed(float(value), 0)}" for name, value in frame["estimate"].items()
    )
    return Caption(title, f"Dots with intervals, change of JPY bn bought per JPY 100bn sold. {title}. {parts}.")


def capacity(found: Findings) -> Caption:
    """Heavy weeks by what individuals had taken out before."""
    row = found.by_capacity.loc["difference"].astype("float64").to_dict()
    ends = say.interval(row["low"], row["high"], unit=" points")
    told = "no clear difference" if row["low"] <= 0 <= row["high"] else "a clear difference"
    title = f"Whether individuals had cash at hand made {told} to TOPIX in heavy weeks"
    alt = f"Dots with intervals, mean change of TOPIX in {int(row['weeks'])} weeks of heavy selling. {title}"
    return Caption(title, f"{alt}: {say.signed(row['estimate'])} points ({ends}).")


def courses(study: EventStudy) -> Caption:
    """TOPIX beyond the world in and after heavy weeks."""
    first, last = (
        study.path.loc[step].astype("float64").to_dict() for step in (study.path.index[0], study.path.index[-1])
    )
    weeks = int(study.path.index[-1])
    open_end = last["t_low"] <= 0 <= last["t_high"]
    told = "cannot be told from zero" if open_end else f"still {say.signed(last['mean'])}%"
    title = f"TOPIX {say.signed(first['mean'])}% in weeks of heavy selling; {told} {say.counted(weeks, 'week')} later"
    ends = say.interval(last["t_low"], last["t_high"], unit="%")
    alt = f"Line with band, TOPIX beyond the S&P 500 and the dollar, {study.events} episodes. {title} ({ends})."
    return Caption(title, alt)


def milder(found: Findings) -> Caption:
    """Newer episodes against their matches."""
    row = found.milder.summary.loc["worst_pct"].astype("float64").to_dict()
    ends = say.interval(row["low"], row["high"], unit=" points")
    told = "not clearly milder or harder" if row["low"] <= 0 <= row["high"] else _told(row["estimate"])
    title = f"{say.counted(int(row['episodes']), 'newer episode')}: {told} than earlier weeks like them"
    alt = f"Dots by episode, worst close less that of its matches. {title}; mean {say.signed(row['estimate'])} points"
    return Caption(title, f"{alt} ({ends}).")


def _told(gap: float) -> str:
    return "milder" if gap > 0 else "harder"


def balances_by_week(found: Findings) -> pd.DataFrame:
    """The newest balances for the stacked bars, weeks whose classes are known."""
    return found.newest.rename(columns={"foreigners_same_basis": "foreigners"}).dropna()
