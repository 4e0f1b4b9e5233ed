"""The conclusions, in sentences that the numbers write."""

from __future__ import annotations

from jpresearch.studies import phrasing as say
from jpresearch.studies.currency.findings import AHEAD_TEST, Findings, tests
from jpresearch.studies.currency.reaction import MOVES
from jpresearch.studies.currency.steps import SESSIONS_AFTER
from jpresearch.studies.results import Metric
from jpresearch.studies.testing import LEVEL, adjusted

NO_FLOWS = "Foreigners' flows of enough weeks were not public yet: whether they followed the yen stays open here."
NO_STEPS = "No step of the Bank of Japan was in its table yet: what markets did around steps stays open here."


def takeaways(found: Findings) -> list[str]:
    """Six conclusions: this year, the years, the hedge, flows, the steps, limits."""
    return [this_year(found), all_years(found), hedge(found), flows(found), steps(found), limits(found)]


def this_year(found: Findings) -> str:
    """What the newest year brought in yen and in dollars."""
    row, until = found.years.iloc[-1], say.day(found.weeks.index[-1])
    year = found.years.index[-1]
    head = f"From the last week of {year - 1} to {until} TOPIX {say.moved(row['topix'])} in yen"
    yen = row["usdjpy"]
    if abs(yen) < 0.05:
        return f"{head}, and as much in dollars: the yen hardly moved."
    told = "a gain from translation, not a loss" if yen > 0 else "a loss from translation"
    direction = "rose" if yen > 0 else "fell"
    return (
        f"{head} and {say.moved(row['dollars'])} in dollars: the yen {direction} {say.percent(abs(yen), 1)} against "
        f"the dollar, {told} for a dollar investor."
    )


def all_years(found: Findings) -> str:
    """The whole span."""
    end, first = found.wealth.iloc[-1], say.month(found.wealth.index[0])
    kept = end["dollars"] / end["topix"] - 1
    word = "cost" if kept < 0 else "added"
    return (
        f"Since {first} TOPIX without dividends multiplied by {say.number(end['topix'] / 100, 2)} in yen and "
        f"{say.number(end['dollars'] / 100, 2)} in dollars: the yen {word} an unhedged holder "
        f"{say.percent(abs(kept) * 100)} of the value."
    )


def hedge(found: Findings) -> str:
    """What a hedge would have done to risk."""
    now, all_weeks = found.rolling.iloc[-1], found.hedge
    head = (
        f"Over {say.counted(all_weeks.fit.observations, 'week')} dollar returns varied least with "
        f"{say.number(all_weeks.ratio, 2)} of the holding hedged "
        f"(95% interval {say.span(all_weeks.low, all_weeks.high, 2)})"
    )
    tail = f"over the newest {found.settings.window_weeks} with {say.number(now['ratio'], 2)}"
    tail += f" ({say.span(now['low'], now['high'], 2)})"
    return f"{head}, {tail}: {_against_half(now['low'], now['high'])}."


def _against_half(low: float, high: float) -> str:
    if low <= 0 <= high:
        return "a hedge cannot be told from none"
    if low > 0.5:
        return "hedging more than half lowered risk"
    return "shares and yen offset each other in part" if high < 0.5 else "half a hedge cannot be ruled out"


def flows(found: Findings) -> str:
    """Whether foreigners bought after the yen or the index had moved."""
    if found.flows is None:
        return NO_FLOWS
    ahead = found.flows.relative.estimate("ahead")
    ends = say.interval(ahead.low, ahead.high, 0)
    if ahead.covers_zero:
        verdict = "no sign that they trimmed what had run ahead, nor that they chased it"
    else:
        verdict = f"they bought {'less' if ahead.value < 0 else 'more'} of what had run ahead{_counted(found)}"
    return (
        f"After weeks in which TOPIX beat the S&P 500 in dollars by 1% a week, foreigners' weekly purchases differed "
        f"by {say.signed(ahead.value, 0)} JPY bn ({ends}): {verdict}."
    )


def _counted(found: Findings) -> str:
    """Whether that stands once all tests of the notebook are counted."""
    q_value = float(adjusted(tests(found)).tests["q_value"][AHEAD_TEST])
    return "" if q_value <= LEVEL else ", though not once all tests are counted"


def steps(found: Findings) -> str:
    """What the steps of the Bank of Japan came with."""
    if found.steps is None:
        return NO_STEPS
    study = found.steps.tests["topix"]
    count = say.counted(len(found.steps.decisions), "step")
    if study is None:
        return f"{count} of the Bank of Japan since 2024 can be followed so far: too few to be set against random days."
    end = study.path.iloc[-1]
    told = "no more than random days show" if end["p_placebo"] > 0.05 else "more than random days show"
    return (
        f"TOPIX moved {say.signed_percent(end['mean'], 1)} on average from before a step to {SESSIONS_AFTER} sessions "
        f"after it ({study.events} steps, {say.p_value(end['p_placebo'])} against random days): {told}."
    )


def limits(found: Findings) -> str:
    """What these figures cannot say."""
    gap = float(found.clocks["difference"].abs().max())
    newest = say.day(found.weeks.index[-1])
    return (
        f"To {newest} the choice of the New York noon changed a year's dollar return by {say.number(gap, 1)} points at "
        "most; dividends and forward premia are left out, and weekly figures do not separate cause from common news."
    )


def metrics(found: Findings) -> list[Metric]:
    """The figures by name."""
    row, now, ratio = found.years.iloc[-1], found.rolling.iloc[-1], found.hedge
    listed = [
        Metric("latest_week", found.weeks.index[-1].date()),
        Metric.rounded("topix_yen_this_year_pct", row["topix"], "%"),
        Metric.rounded("topix_dollars_this_year_pct", row["dollars"], "%"),
        Metric.rounded("yen_this_year_pct", row["usdjpy"], "%"),
        Metric.rounded("hedge_ratio_all_weeks", ratio.ratio, "share of the holding", ratio.low, ratio.high),
        Metric.rounded("hedge_ratio_newest", now["ratio"], "share of the holding", now["low"], now["high"]),
        Metric.rounded("dollar_volatility_52w_pct", found.variance["volatility_dollars_pct"].iloc[-1], "% a year"),
    ]
    return [*listed, *_flow_metrics(found), *_step_metrics(found)]


def _flow_metrics(found: Findings) -> list[Metric]:
    names = {"flow_per_yen_same_week_jpy_bn": MOVES["yen_pct"]}
    if found.flows is None:
        why = "too few weeks of flows were public"
        return [Metric.missing(name, why) for name in (*names, "flow_after_relative_gain_jpy_bn")]
    same = found.flows.same_week.estimate(MOVES["yen_pct"])
    ahead = found.flows.relative.estimate("ahead")
    unit = "JPY bn a week per 1%"
    return [
        Metric.rounded("flow_per_yen_same_week_jpy_bn", same.value, unit, same.low, same.high, decimals=1),
        Metric.rounded("flow_after_relative_gain_jpy_bn", ahead.value, unit, ahead.low, ahead.high, decimals=1),
    ]


def _step_metrics(found: Findings) -> list[Metric]:
    study = None if found.steps is None else found.steps.tests["topix"]
    if study is None:
        return [Metric.missing("topix_after_boj_steps_pct", "fewer than three steps are followed to the end")]
    end = study.path.iloc[-1]
    low, high = (
        float(end["mean"] + end["low"] - end["difference"]),
        float(end["mean"] + end["high"] - end["difference"]),
    )
    return [Metric.rounded("topix_after_boj_steps_pct", end["mean"], "%", low, high)]
