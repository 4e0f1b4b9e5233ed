from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows import captions
from jpresearch.studies.foreign_flows import conclusions as words
from jpresearch.studies.foreign_flows.counterparties import CLASSES
from jpresearch.studies.foreign_flows.inputs import Inputs

Make = Callable[..., Inputs]
Noise = tuple[pd.Series, pd.Series]
Gathered = Callable[[Inputs, study.Settings], study.Findings]
Found = Callable[..., study.Findings]


@pytest.fixture
def told(make_inputs: Make, gathered: Gathered) -> Callable[..., study.Findings]:
    """Findings from synthetic flow and index change, four idle classes with them."""

    def tell(net: pd.Series, change: pd.Series) -> study.Findings:
        draw = np.random.default_rng(9)
        classes = {name: pd.Series(draw.normal(0, 40, len(net)), index=net.index) for name in CLASSES}
        return gathered(make_inputs(net, change, classes), study.Settings(draws=199, response_weeks=4))

    return tell


def test_late_august_2025_reads_as_it_was(found: Found) -> None:
    text = words.newest_weeks(found("2025-09-05"))
    assert "two survey weeks to 29 August 2025 foreigners sold a net JPY 502.0 billion" in text
    assert "(sold JPY 303.2 billion in the last), while TOPIX fell 1.0%" in text
    text = words.rank_words(found("2025-09-05"))
    assert text.startswith("By selling these two weeks rank 93rd of 699 since January 2012, and 154th of 672 against")
    assert text.endswith("the swings of the year before: heavy, but not extreme.")


@pytest.mark.parametrize("day", ["2025-09-03", "2018-06-29", "2013-03-29", None])
def test_another_day_says_other_things(found: Found, day: str | None) -> None:
    here, there = study.takeaways(found("2025-09-05")), study.takeaways(found(day))
    assert len(here) == len(there) == 15
    assert sum(one != other for one, other in zip(here, there, strict=True)) >= 12


@pytest.mark.parametrize("day", ["2025-09-05", "2025-09-03", "2018-06-29", "2013-03-29", None])
def test_every_sentence_is_whole_and_claims_no_cause(found: Found, day: str | None) -> None:
    text = " ".join(study.takeaways(found(day)))
    assert "nan" not in text.lower().replace("finance", "")
    assert not re.search(r"\b(caused?|drove|pushed|because of foreign|moved the market)\b", text)
    assert "without futures" in text
    assert "association only" in text
    for sentence in study.takeaways(found(day)):
        assert sentence.endswith(".")
        assert "  " not in sentence


def test_closes_that_stop_early_are_said(found: Found) -> None:
    text = words.newest_weeks(found(None))
    assert "bought a net JPY 557.4 billion" in text
    assert "TOPIX known here to 21 August 2026 only" in text


def test_an_interval_that_covers_zero_is_said_and_one_that_does_not_is_not(
    told: Callable[..., study.Findings], noise: Noise
) -> None:
    net, change = noise
    unrelated = told(net, change)
    text = words.same_week_words(unrelated)
    assert "cannot be shown to go together" in text
    assert "which covers zero; 260 weeks" in text
    related = told(net, change * 0.2 + net / 100 * 0.3)
    text = words.same_week_words(related)
    assert "Flow and index go together within the week" in text
    assert "basis points higher" in text
    assert "covers zero;" not in text
    opposite = told(net, change * 0.2 - net / 100 * 0.3)
    assert "basis points lower" in words.same_week_words(opposite)


def test_who_goes_first_follows_the_tests(told: Callable[..., study.Findings], noise: Noise) -> None:
    net, change = noise
    neither = told(net, change)
    follows = told(net * 0.5 + 100 * change.shift(1).fillna(0.0), change)
    leads = told(net, change * 0.5 + 0.5 * net.shift(1).fillna(0.0) / 100)
    assert words.lead_lag_words(neither).startswith("Neither flow nor TOPIX clearly ran ahead")
    assert words.lead_lag_words(follows).startswith("Flow followed TOPIX and did not clearly run ahead of it")
    text = words.lead_lag_words(leads)
    assert text.startswith("Flow ran ahead of TOPIX, not behind it")
    assert re.search(r"\(p below 0\.001; if already published p = 0\.\d{3}\)", text)
    assert "already published" not in words.lead_lag_words(neither)


def test_few_weeks_are_called_a_sketch(told: Callable[..., study.Findings], noise: Noise) -> None:
    net, change = noise
    assert "weeks this is a sketch" in words.lead_lag_words(told(net[:90], change[:90]))
    assert "sketch" not in words.lead_lag_words(told(net, change))


@pytest.mark.parametrize(
    ("last", "verb", "verdict"),
    [
        (-9000.0, "sold", "By selling these two weeks rank 1st of 259 since January 2014, and 1st of"),
        (9000.0, "bought", "By buying these two weeks rank 1st of 259 since January 2014, and 1st of"),
        (5.0, "bought", "ordinary"),
    ],
)
def test_the_newest_weeks_are_called_what_they_are(
    told: Callable[..., study.Findings], noise: Noise, last: float, verb: str, verdict: str
) -> None:
    net, change = noise
    calm = net.copy()
    calm.iloc[-2:] = [5.0, last]
    findings = told(calm, change)
    assert f"foreigners {verb} a net" in words.newest_weeks(findings)
    assert verdict in words.rank_words(findings)


def test_a_missing_week_before_is_said(told: Callable[..., study.Findings], noise: Noise) -> None:
    net, change = noise
    findings = told(net.mask(net.index == net.index[-2]), change)
    text = words.newest_weeks(findings)
    assert "cannot be told" in words.rank_words(findings)
    assert "the week before is missing" in text
    assert "two survey weeks" not in text


def test_persistence_is_claimed_only_where_it_is_there(told: Callable[..., study.Findings], noise: Noise) -> None:
    net, change = noise
    assert "which covers zero" in words.run_and_memory(told(net, change))
    lasting = net.ewm(alpha=0.3).mean()
    assert "Flows persist: neighbouring weeks correlate at 0." in words.run_and_memory(told(lasting, change))
    flipping = pd.Series(np.resize([1.0, -1.0], len(net)), index=net.index) * 300 + net * 0.1
    assert "Flows tend to reverse" in words.run_and_memory(told(flipping, change))


def test_the_run_before_is_told(found: Found) -> None:
    text = words.run_and_memory(found("2025-09-05"))
    assert text.startswith("It was the 2nd week in a row of selling.")
    assert "longest run of buying in the year before lasted 17 weeks, to 25 July 2025." in text


def test_the_other_side_names_buyers_and_those_who_sold_too(found: Found) -> None:
    text = words.newest_sides_words(found("2025-09-05"))
    assert "the net buyers were chiefly individuals (JPY 563.7 billion)" in text
    assert text.endswith("investment trusts and trust banks sold too.")
    alone = words.newest_sides_words(found("2025-09-05", latest_sides=None))
    assert alone.endswith("the classes are not published, only foreigners.")
    turned = words.newest_sides_words(found("2025-09-03"))
    assert "the net sellers were chiefly individuals (JPY 975.2 billion)" in turned


def test_what_followed_is_compared_with_the_usual(found: Found) -> None:
    findings = found("2025-09-05")
    text = words.aftermath_words(findings)
    assert "lies inside: no difference can be claimed" in text
    assert "The newest weeks are not among the heaviest." in captions.courses(findings.aftermath, findings.settings).alt
    after = findings.aftermath
    assert after.result is not None
    firm = replace(after.result, low=2.9, high=3.9)
    among = replace(after, result=firm, newest_counts=True)
    assert "lies below: a difference, on few episodes." in words.aftermath_words(replace(findings, aftermath=among))
    assert "are among the heaviest" in captions.courses(among, findings.settings).alt
    weak = replace(after.result, mean=-4.0, low=-6.0, high=-2.0)
    text = words.aftermath_words(replace(findings, aftermath=replace(after, result=weak)))
    assert "TOPIX changed by −4.0% in the 13 weeks" in text
    assert "lies above: a difference" in text


def test_too_little_history_is_said_not_filled(found: Found) -> None:
    assert "cannot be told yet" in words.aftermath_words(found("2013-03-29"))


def test_the_ministrys_survey_is_told_beside_and_its_absence_too(found: Found) -> None:
    text = words.limits(found("2025-09-05"))
    assert "net sales of JPY 785.7 billion in the week to 30 August 2025" in text
    assert "was not public" in words.limits(found("2025-09-05", mof=None))


def test_captions_state_findings_and_turn_with_the_data(found: Found) -> None:
    here, there = found("2025-09-05"), found(None)
    assert captions.weekly_net(here.weeks).title.startswith("Foreigners sold a net JPY 502.0 billion")
    assert captions.weekly_net(there.weeks).title.startswith("Foreigners bought a net JPY 557.4 billion")
    assert "covers zero in 3 of 14" in captions.by_year(here.by_year).alt
    assert "told something" in captions.flow_then_index(here.lead_lag, here.settings).title
    assert "did not clearly tell" in captions.index_then_flow(here.lead_lag, here.settings).title
    strip = study.ranges(here.weeks)
    assert "lowest quarter" in captions.ranges(strip).title
    assert "highest quarter" in captions.ranges(study.ranges(there.weeks)).title
    assert "middle half" in captions.ranges(strip.assign(now=strip["median"])).title


def test_every_caption_has_words_for_those_who_cannot_see(found: Found) -> None:
    now, inputs = found("2018-06-29"), study.load_inputs("2018-06-29")
    known = study.balances(inputs)
    shown = study.newest_balances(known, now.weeks)
    assert now.mof is not None
    made = [
        captions.year_to_date(study.year_to_date(now.weeks)),
        captions.memory(now.memory),
        captions.same_week(now.same_week),
        captions.other_side(now.other_side),
        captions.by_year_sides(study.selling_weeks_by_year(known)),
        captions.newest_sides(known, shown),
        captions.courses(now.aftermath, now.settings),
        captions.beside_mof(now.mof),
    ]
    for caption in made:
        assert len(caption.alt) > len(caption.title) > 20
        assert "nan" not in (caption.alt + caption.title).lower()
    assert "three Tokyo sections" in made[5].title


@pytest.mark.parametrize(
    ("share", "words_"),
    [(0.05, "one of the heaviest 5%"), (0.051, "heavy, but not extreme"), (0.3, "ordinary"), (0.9, "light")],
)
def test_a_rank_is_called_by_the_share_as_heavy(share: float, words_: str) -> None:
    assert words.heavy(share, 0.05).startswith(words_)


@pytest.mark.parametrize("day", ["2025-09-05", "2025-09-03", "2018-06-29", "2013-03-29", None])
def test_no_takeaway_runs_on(found: Found, day: str | None) -> None:
    assert max(len(sentence.split()) for sentence in study.takeaways(found(day))) <= 45
