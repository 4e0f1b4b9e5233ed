"""The interrupted series in figures, tables, metrics, tests and words."""

from __future__ import annotations

from typing import Final

import pandas as pd

from jpresearch.studies import phrasing as say
from jpresearch.studies.nisa import series
from jpresearch.studies.nisa.breaks import ALONE, Break, Turns
from jpresearch.studies.nisa.result import NEW_SCHEME, Result
from jpresearch.studies.nisa.series import ABROAD, INDIVIDUALS, TRUSTS
from jpresearch.studies.phrasing import BN_PER_TN
from jpresearch.studies.results import Metric, View, rounded
from jpresearch.studies.testing import Test

AVAILABLE_CAPTION: Final = "Which figures can carry a test of a break at the date, and what would"
READINGS_CAPTION: Final = "The step at the date in every reading, JPY bn a week, 95% intervals, and the first year"
TURNS_CAPTION: Final = "The change at the same date of each year, JPY bn a week, mean after less mean before"
SHORT: Final = {INDIVIDUALS: "Individuals", TRUSTS: "Investment trusts", ABROAD: "Foreign shares and funds"}
WHOSE: Final = {
    INDIVIDUALS: "Individuals on the exchange",
    TRUSTS: "Investment trusts on the exchange",
    ABROAD: "Residents' purchases of foreign shares",
}


def found(result: Result, name: str) -> Break | None:
    """The break of one series, ``None`` where it cannot be measured."""
    return next((item for item in result.breaks if item.flow.name == name), None)


def figures(result: Result) -> dict[str, View]:
    """The figures that the data allow, by name, in reading order."""
    made = {
        "break_readings": readings_view(result),
        "first_year": first_year(result),
        "placebo_effects": placebo_effects(result),
        "turns_of_year": turns_view(result),
    }
    return {name: view for name, view in made.items() if view is not None}


def readings_view(result: Result) -> View | None:
    """The step of individuals in every reading, for ``charts.intervals``."""
    item = found(result, INDIVIDUALS)
    if item is None:
        return None
    frame, count = item.readings[["estimate", "low", "high"]], len(item.readings)
    title = f"{_clear(item.readings)} of {count} readings show a step in individuals' flow at {say.day(item.date)}"
    sizes = [f"{name} {say.signed(row['estimate'], 0)} ({_ends(row)})" for name, row in frame.iterrows()]
    return View(frame, title, f"{title}. JPY bn a week, with 95% intervals: {'; '.join(sizes)}.")


def _clear(readings: pd.DataFrame) -> int:
    return int(((readings["low"] > 0) | (readings["high"] < 0)).sum())


def _ends(row: pd.Series[float]) -> str:
    return say.span(float(row["low"]), float(row["high"]), 0)


def first_year(result: Result) -> View | None:
    """Individuals' net purchases less their forecast, added up from the date, JPY tn, for ``charts.lines``."""
    item = found(result, INDIVIDUALS)
    if item is None:
        return None
    path = item.gap.path[["total", "total_low", "total_high"]] / BN_PER_TN
    value, low, high = item.total
    told = "within" if low <= 0 <= high else "outside"
    title = f"Individuals' first {_length(item)} came out {told} its prediction interval"
    alt = (
        f"{title}: net purchases less their forecast came to {say.signed(value, 2)} JPY tn "
        f"(95% prediction interval {say.span(low, high, 2)}{say.covering(low, high)})."
    )
    return View(path.rename(columns={"total": "individuals"}), title, alt)


def _length(item: Break) -> str:
    return "year" if item.whole_year else say.counted(len(item.gap.path), item.flow.unit)


def placebo_effects(result: Result) -> View | None:
    """Where the step at the date stands among those at placebo dates, in t, for ``charts.range_strip``."""
    rows, parts = {}, []
    for item in result.breaks:
        if item.placebo is None:
            continue
        t = item.placebo.effects["t"]
        rows[SHORT[item.flow.name]] = [*t.iloc[:-1].quantile([0, 0.25, 0.5, 0.75, 1]), t.iloc[-1]]
        parts.append(f"{SHORT[item.flow.name].lower()} {_ranked(item)}")
    if not rows:
        return None
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "q25", "median", "q75", "high", "now"])
    outside = int(((frame["now"] < frame["low"]) | (frame["now"] > frame["high"])).sum())
    title = f"In {outside} of {len(frame)} series the step lies outside those at placebo dates"
    return View(frame.rename_axis("series"), title, f"{title}: {'; '.join(parts)}.")


def _ranked(item: Break) -> str:
    if item.placebo is None:
        return "no placebo date has enough on both sides"
    return f"{say.p_value(item.placebo.p_value)} against {say.counted(item.placebo.placebos, 'overlapping date')}"


def turns_view(result: Result) -> View | None:
    """The change of individuals at the same date of every year, for ``charts.ranked``."""
    item = result.turns.get(INDIVIDUALS)
    if item is None:
        return None
    years = item.years["t"].rename(index=str)
    title = f"At the turn of {item.at} individuals' change ranks {say.ordinal(item.rank)} of {len(years)} by size"
    alt = (
        f"{title}: {say.signed(float(item.years['change'][item.at]), 0)} JPY bn a week, {item.weeks} weeks after the "
        f"date against {item.weeks} before, in units of its own scatter; {say.p_value(item.p_value)}."
    )
    return View(years.to_frame("t").rename_axis("year"), title, alt)


def availability(result: Result) -> pd.DataFrame:
    """Which series can carry a test, in words."""
    return series.availability(result.series, result.ledger, result.inputs, result.break_date)


def readings_table(result: Result) -> pd.DataFrame:
    """All readings of all series; one row of words where there is none."""
    parts = [
        item.readings.reset_index().assign(series=item.flow.name, before=before, after=after)
        for item in result.breaks
        for before, after in [item.flow.sides(item.date)]
    ]
    years = [_year_row(item) for item in result.breaks]
    if not parts:
        return pd.DataFrame({"series": ["none has enough periods on both sides of the date"]})
    frame = pd.concat([*parts, pd.DataFrame(years)], ignore_index=True)
    frame["p_value"] = frame["p_value"].round(3)
    columns = ["series", "reading", "estimate", "low", "high", "p_value", "before", "after"]
    return frame[columns].round({"estimate": 2, "low": 2, "high": 2}).sort_values("series", kind="stable")


def _year_row(item: Break) -> dict[str, object]:
    value, low, high = item.total
    before, after = item.flow.sides(item.date)
    words = f"First {_length(item)} less forecast, JPY tn (prediction interval)"
    row = {"series": item.flow.name, "reading": words, "estimate": value, "low": low, "high": high}
    return {**row, "p_value": float("nan"), "before": before, "after": after}


def turns_table(result: Result) -> pd.DataFrame:
    """The change at the date of each year, by class and length of window; words where there is none."""
    rows = [
        {"series": name, "weeks on either side": item.weeks, "year": year, "change": change, "t": t, "record": record}
        for group in (result.turns, result.turns_of_years)
        for name, item in group.items()
        for year, change, t, record in item.years.itertuples()
    ]
    if not rows:
        return pd.DataFrame({"series": ["none: the year of the date, or too few others, have their weeks"]})
    return rounded(pd.DataFrame(rows), 2)


def metrics(result: Result) -> list[Metric]:
    """The step of each series, its first year less the forecast, and its place among placebo dates."""
    return [metric for name in SHORT for metric in _metrics(result, name)]


NAMES: Final = {INDIVIDUALS: "individuals", TRUSTS: "investment_trusts", ABROAD: "foreign_shares"}


def _metrics(result: Result, name: str) -> list[Metric]:
    step, year, placebo = (f"{NAMES[name]}_{what}" for what in ("step_jpy_bn_week", "first_year_jpy_tn", "placebo_p"))
    item = found(result, name)
    if item is None:
        flow = next((each for each in result.series if each.name == name), None)
        why = "the series is not public" if flow is None else flow.lacks(result.break_date) or "it does not fit"
        return [Metric.missing(each, why) for each in (step, year, placebo)]
    value, low, high = _step(item)
    made = [
        Metric.rounded(step, value, "JPY bn a week", low, high),
        Metric.rounded(year, item.total[0], f"JPY tn less forecast, first {_length(item)}", *item.total[1:]),
    ]
    if item.placebo is None:
        return [*made, Metric.missing(placebo, "no placebo date has enough on both sides")]
    return [*made, Metric.rounded(placebo, item.placebo.p_value, "p, against placebo dates", decimals=4)]


def _step(item: Break) -> tuple[float, float, float]:
    """The step alone with its interval, JPY bn a week."""
    value, low, high = (float(item.readings[name][ALONE]) for name in ("estimate", "low", "high"))
    return value, low, high


def tests(result: Result) -> list[Test]:
    """Every test that the notebook makes: steps, placebo dates, turns of years, slopes on TOPIX."""
    made = [test for item in result.breaks for test in _steps(item)]
    for group in (result.turns, result.turns_of_years):
        made += [_turn(name, item) for name, item in group.items()]
    return [*made, *_slopes(result)]


def _steps(item: Break) -> list[Test]:
    unit, name = "JPY bn a week", SHORT[item.flow.name]
    rows = item.readings[["estimate", "p_value"]].itertuples()
    made = [Test(f"{name}. {reading}", value, unit, p) for reading, value, p in rows]
    if item.placebo is not None:
        t = float(item.placebo.effects["t"].iloc[-1])
        made.append(Test(f"{name}. The step against placebo dates", t, "t", item.placebo.p_value))
    return made


def _turn(name: str, item: Turns) -> Test:
    words = f"{SHORT[name]}. {item.weeks} weeks around the date against other years"
    return Test(words, float(item.years["change"][item.at]), "JPY bn a week", item.p_value)


def _slopes(result: Result) -> list[Test]:
    if result.relation is None:
        return []
    return [
        Test(f"Individuals on TOPIX, {side}", value, "JPY bn per 1%", p_value)
        for side, value, p_value in result.relation.p_values()
    ]


def no_break_in_scheme(result: Result) -> str:
    """Why the scheme's own totals cannot show a break, and what would."""
    known, date = result.ledger, result.break_date
    before, after = int((known.dates < date).sum()), int((known.dates >= date).sum())
    text = (
        f"{say.counted(before, 'total')} of purchases before {say.day(date)} and {after} since, at unequal distances, "
        "cannot show a break; FSA's survey of every quarter would."
    )
    if result.change.after is not None and not result.change.whole_years:
        return f"{text} {result.change.after.words} is not made of whole years, so the season is in its pace."
    if date == NEW_SCHEME and after:
        return f"{text} Purchases put off in late 2023 would flatter the jump."
    return text


def sentences(result: Result) -> list[str]:
    """One conclusion per series that can carry a test, and one on other years; words where none can."""
    if not result.series:
        return []
    if not result.breaks:
        flow = result.series[0]
        return [f"No break can be measured in any flow beside the scheme: {flow.name.lower()} has {_lack(result)}."]
    made = [_sentence(item) for item in result.breaks]
    return [*made, *([_year_sentence(result)] if INDIVIDUALS in result.turns else [])]


def _lack(result: Result) -> str:
    return result.series[0].lacks(result.break_date) or "no fit"


def _sentence(item: Break) -> str:
    step, step_low, step_high = _step(item)
    value, low, high = item.total
    told = "show no clear step" if step_low <= 0 <= step_high else "stepped " + ("down" if step < 0 else "up")
    return (
        f"{WHOSE[item.flow.name]} {told}: {say.signed(step, 1)} JPY billion a week "
        f"({say.interval(step_low, step_high, 1)}); {_clear(item.readings)} of {len(item.readings)} readings exclude "
        f"zero; {_ranked(item)}. First {_length(item)} less forecast: {say.signed(value, 2)} trillion "
        f"({say.span(low, high, 2)})."
    )


def _year_sentence(result: Result) -> str:
    item, year = result.turns[INDIVIDUALS], result.turns_of_years.get(INDIVIDUALS)
    text = (
        f"Season for season: individuals' change over {item.weeks} weeks around the date ranks "
        f"{say.ordinal(item.rank)} of {len(item.years)} years ({say.p_value(item.p_value)})"
    )
    if year is None:
        return f"{text}."
    text += f", over {year.weeks} weeks {say.ordinal(year.rank)} of {len(year.years)}"
    return f"{text}; with so few years p cannot fall below {1 / len(item.years):.2f}."
