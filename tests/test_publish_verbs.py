"""The verbs: each fault that would leave a false or unreadable sentence on a page stops the run and says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from jpresearch import charts, payloads, publish, say
from jpresearch.errors import BadParameter, InsufficientData, NotYetPublished, SentenceRefused, StatsError, UnknownName
from jpresearch.say import Estimate, plain

LAST = pd.Timestamp("2026-09-04")
SLOPE = Estimate(30.2, 22.4, 37.1, 0.0004, "bp", n=412, first=pd.Timestamp("2012-01-06"), last=LAST, method="OLS")


@pytest.fixture(autouse=True)
def out() -> Iterator[publish.Collected]:
    with publish.collected(pictures=False) as found:
        yield found


def payload(out: publish.Collected, media: str, at: int = -1) -> Any:
    found: Any = [output["data"][media] for output in out.outputs if media in output["data"]][at]
    return found


def read(newest: str) -> None:
    publish.note({"table": "t", "as_of": None, "newest_period": newest})


def test_a_finding_is_stored_as_readers_see_it_and_linked_to_its_metric(out: publish.Collected) -> None:
    publish.metric("slope", SLOPE, label="Same week", lead=True)
    publish.finding(f"TOPIX rose {SLOPE:ci}  per\n¥100bn of purchases.", figure="same_week", lead=True)
    found = payload(out, publish.FINDING)
    assert found["text"] == "TOPIX rose 30 bp (95% CI 22 to 37) per ¥100bn of purchases."
    assert (found["figure"], found["lead"], found["typed"]) == ("same_week", True, False)
    (link,) = found["links"]
    assert found["text"][link["start"] : link["end"]] == "30 bp (95% CI 22 to 37)"
    assert link["metric"] == "slope"


def test_a_finding_before_its_metric_carries_the_mark_that_leads_to_it(out: publish.Collected) -> None:
    publish.finding(f"TOPIX rose {SLOPE:ci}.")
    publish.metric("slope", SLOPE)
    (link,) = payload(out, publish.FINDING)["links"]
    assert link["metric"] is None
    assert link["mark"] == payload(out, publish.METRIC)["mark"] == SLOPE.id


def test_a_phrase_chosen_by_a_sign_is_linked_too(out: publish.Collected) -> None:
    publish.metric("slope", SLOPE)
    publish.answer(
        f"Foreign flow {say.by_sign(SLOPE, up='leads TOPIX', down='trails TOPIX', unclear='leads nothing')}."
    )
    (link,) = payload(out, publish.ANSWER)["links"]
    assert link["metric"] == "slope"


@pytest.mark.parametrize(
    "typed",
    ["in the two weeks to August", "over 13 weeks", "a 13-week sum", "the heaviest tenth", "since 2024", "at 95%",
     "half of it", "1.7% of turnover", "a 52-week deviation", "a 10-year average", "¥1.52tn", "sold ¥100bn", "FY2025"],
)  # fmt: skip
def test_a_number_that_was_typed_is_refused(typed: str) -> None:
    with pytest.raises(SentenceRefused, match="typed, not printed from a value"):
        publish.finding(f"Foreigners sold {SLOPE}, {typed}.")
    with pytest.raises(SentenceRefused, match="typed"):
        publish.metric("net", 1.0, label=f"Net, {typed}")


def test_a_plain_number_formatted_by_python_is_typed_too() -> None:
    heavy_share = 0.2
    with pytest.raises(SentenceRefused, match=r"typed.*20%"):
        publish.finding(f"In the heaviest {heavy_share:.0%} of weeks TOPIX fell {SLOPE:size}.")
    publish.finding(f"In the heaviest {say.percent(100 * heavy_share)} of weeks TOPIX fell {SLOPE:size}.")


@pytest.mark.parametrize(
    "name",
    ["the S&P 500", "the Nikkei 225", "TOPIX-17 sectors", "the FTSE 100", "10-year yields", "ten-year yields", "per 1%",
     "a three-month bill", "per ¥100bn", "of each additional ¥100bn", "of 100", "JPX-Nikkei 400", "a two-sided test",
     "the Stoxx 600", "per 100 bp", "COVID-19"],
)  # fmt: skip
def test_a_number_that_belongs_to_a_name_or_unit_may_be_typed(name: str, out: publish.Collected) -> None:
    publish.finding(f"It gained {SLOPE:ci}, {name}.")
    assert payload(out, publish.FINDING)["text"].endswith(f", {name}.")


def test_a_person_may_insist_and_the_page_knows(out: publish.Collected) -> None:
    publish.finding("In the two weeks to 29 August foreigners sold ¥502bn.", typed=True)
    assert payload(out, publish.FINDING)["typed"] is True
    publish.answer("They sold in both weeks.", typed=True)
    assert payload(out, publish.ANSWER)["typed"] is True


def test_a_sentence_without_any_value_of_the_data_is_refused() -> None:
    with pytest.raises(SentenceRefused, match="states no value"):
        publish.answer("Foreigners follow the market.")
    with pytest.raises(SentenceRefused, match="states no value"):
        publish.finding("Foreigners follow the market.")


@pytest.mark.parametrize(
    "verb", ["drives", "caused", "led to", "was due to", "triggered", "lifted", "pushed", "results in"]
)
def test_a_cause_is_refused(verb: str) -> None:
    with pytest.raises(SentenceRefused, match="claims a cause"):
        publish.finding(f"Foreign selling {verb} a fall of {SLOPE:ci}.")


@pytest.mark.parametrize("word", ["dear", "dearness", "told nothing of", "held fixed", "the other side", "JPY"])
def test_words_that_the_house_does_not_use_are_refused_with_better_ones(word: str) -> None:
    with pytest.raises(SentenceRefused, match="not how the field says it"):
        publish.finding(f"The names are {word} {SLOPE:ci}.")


def words(count: int) -> str:
    return " ".join(["word"] * count)


def test_lengths_do_not_count_intervals_dates_and_sample_sizes() -> None:
    long = f"{SLOPE:ci} {say.count(412, 'week')} {say.period(SLOPE.first, SLOPE.last, span='week')} {SLOPE:p}"
    publish.finding(f"{words(28)} {long}", lead=True)
    with pytest.raises(SentenceRefused, match="31 words"):
        publish.finding(f"{words(29)} {long}", lead=True)
    publish.finding(f"{words(60)} {long}")
    with pytest.raises(SentenceRefused, match="36 words"):
        publish.answer(f"{words(34)} {long}")
    publish.answer(f"{words(33)} {long}")


def test_a_lead_finding_states_three_numbers_at_most() -> None:
    three = f"{SLOPE:ci}, {say.percent(12)} and {say.amount(557, unit='JPY bn')} over {say.count(40, 'week')}"
    publish.finding(three, lead=True)
    with pytest.raises(SentenceRefused, match="4 numbers"):
        publish.finding(f"{three}, {say.number(4)}", lead=True)
    publish.finding(f"{three}, {say.number(4)}")


def test_there_are_five_lead_findings_at_most_and_one_answer_and_one_lead_figure() -> None:
    for number in range(5):
        publish.finding(f"It gained {say.number(number)}.", lead=True)
    with pytest.raises(SentenceRefused, match="more than 5 lead findings"):
        publish.finding(f"It gained {SLOPE}.", lead=True)
    publish.answer(f"It gained {SLOPE}.")
    with pytest.raises(BadParameter, match="one answer"):
        publish.answer(f"It lost {SLOPE}.")
    publish.figure("a", Figure(), alt="A.", lead=True)
    with pytest.raises(BadParameter, match="one lead figure"):
        publish.figure("b", Figure(), alt="B.", lead=True)


def test_a_name_is_published_once() -> None:
    publish.metric("slope", SLOPE)
    with pytest.raises(BadParameter, match="second time"):
        publish.metric("slope", 1.0)


def test_an_old_sample_must_be_named() -> None:
    read("2026-09-04")
    old = Estimate(30.0, 22.0, 37.0, unit="bp", first=pd.Timestamp("2017-01-06"), last=pd.Timestamp("2022-06-24"))
    with pytest.raises(SentenceRefused, match="ends on 24 Jun 2022, while the page speaks of 4 Sep 2026"):
        publish.finding(f"Lately insurers took {old:ci}.")
    with pytest.raises(SentenceRefused, match="ends on 24 Jun 2022"):
        publish.finding(f"On {say.date(LAST)} insurers took {old:ci}.")
    publish.finding(f"From {old:sample} insurers took {old:ci}.")
    publish.finding(f"By {say.month(old.last)} insurers took {old:ci}.")


@pytest.mark.parametrize(("last", "named"), [("2026-07-10", True), ("2026-07-09", False), ("2026-09-04", True)])
def test_eight_weeks_are_recent(last: str, named: bool) -> None:
    read("2026-09-04")
    recent = Estimate(30.0, 22.0, 37.0, unit="bp", last=pd.Timestamp(last))
    if named:
        publish.finding(f"Insurers took {recent:ci}.")
    else:
        with pytest.raises(SentenceRefused, match="ends on"):
            publish.finding(f"Insurers took {recent:ci}.")
        with pytest.raises(SentenceRefused, match="ends on"):
            publish.finding(f"Insurers took {recent:ci} in {say.year(2026)}.")
        publish.finding(f"Insurers took {recent:ci} by {say.month(recent.last)}.")


def test_a_metric_takes_all_that_its_estimate_knows(out: publish.Collected) -> None:
    publish.metric("slope", SLOPE.described(digits=1), label="Same week", lead=True)
    found = payload(out, publish.METRIC)
    known = ("value", "low", "high", "unit", "digits", "p_value", "n", "method", "lead", "label")
    assert {key: found[key] for key in known} == {
        "value": 30.2, "low": 22.4, "high": 37.1, "unit": "bp", "digits": 1, "p_value": 0.0004, "n": 412,
        "method": "OLS", "lead": True, "label": "Same week",
    }  # fmt: skip
    assert (found["first"], found["last"]) == ("2012-01-06", "2026-09-04")
    assert payloads.checked(publish.METRIC, found) == found
    publish.metric("bare", Estimate(1.0))
    assert payload(out, publish.METRIC)["low"] is None


def test_a_metric_cannot_differ_from_its_estimate() -> None:
    with pytest.raises(SentenceRefused, match="digits are 1, not 0"):
        publish.metric("slope", SLOPE.described(digits=1), digits=0)
    with pytest.raises(BadParameter, match="its own unit"):
        publish.metric("slope", SLOPE, unit="%")
    with pytest.raises(BadParameter, match="needs a label"):
        publish.metric("slope", SLOPE, lead=True)


def test_marks_reach_no_output(out: publish.Collected) -> None:
    table = pd.DataFrame({f"n {say.number(1)}": [f"{SLOPE:ci}", "a"]}, index=pd.Index([f"{SLOPE}", "b"], name="who"))
    publish.table("t", table, caption=f"Of {SLOPE:ci}")
    publish.figure("f", Figure(), alt=f"It gained {SLOPE:ci}.", data=table)
    publish.metric("text", f"{SLOPE:ci}", label=f"Over {say.count(2, 'week')}")
    publish.finding(f"It gained {SLOPE:ci}.")
    publish.takeaway(f"It gained {SLOPE:ci}.")
    assert plain(repr(out.outputs)) == repr(out.outputs)
    assert "\\u2061" not in repr(out.outputs)


def test_a_part_that_cannot_be_had_says_why_in_its_place_and_the_run_goes_on(out: publish.Collected) -> None:
    with publish.part("Before and since") as before:
        publish.need(12, 26, "weeks of foreign selling on one side")
        publish.metric("never", 1.0)
    assert not before
    found = payload(out, publish.PART)
    assert found["name"] == "Before and since"
    assert "too few weeks of foreign selling on one side are known: 12, and at least 26 are needed" in found["why"]
    assert "Before and since: not available. Too few weeks" in out.outputs[-1]["data"]["text/markdown"]
    with publish.part("Since") as since:
        publish.need(26, 26, "weeks")
    assert since and len(out.outputs) == 1
    with publish.part("Years") as years:
        publish.need(0, 1, "calendar years of purchases")
    assert years.why == "no calendar years of purchases are known."


def test_a_table_not_yet_published_ends_its_part_and_no_other_error_does() -> None:
    with publish.part("Futures") as futures:
        raise NotYetPublished("nothing of this table was public", "t", "The first possible day is 2025-08-28.")
    assert futures.why == "nothing of this table was public The first possible day is 2025-08-28."
    with pytest.raises(StatsError), publish.part("Slope"):
        raise StatsError("collinear", "regression")
    with pytest.raises(InsufficientData):
        publish.need(1, 2, "weeks")


def members_of(p_values: list[float]) -> dict[str, Estimate]:
    return {str(n): Estimate(float(n + 1), 0.5, n + 2.0, p, "bp", n=n + 1) for n, p in enumerate(p_values)}


def test_the_best_of_five_holds_only_if_it_does_among_five() -> None:
    alone = members_of([0.03])
    five = members_of([0.03, 0.4, 0.5, 0.6, 0.9])
    assert publish.holds(alone["0"], family=alone)
    assert not publish.holds(five["0"], family=five)
    assert publish.holds(
        members_of([0.003, 0.4, 0.5, 0.6, 0.9])["0"], family=list(members_of([0.003, 0.4, 0.5, 0.6, 0.9]).values())
    )
    with pytest.raises(UnknownName, match="no member"):
        publish.holds(SLOPE, family=five)
    with pytest.raises(SentenceRefused, match="without a p-value"):
        publish.holds(Estimate(1.0), family=[Estimate(1.0)])


def test_the_family_is_printed_with_adjusted_values(out: publish.Collected) -> None:
    for name, estimate in members_of([0.01, 0.04, 0.5]).items():
        assert publish.tested(f"Does {name} lead?", estimate, family="leads") is estimate
    publish.family()
    found = payload(out, publish.TABLE)
    assert [row[:2] for row in found["rows"]] == [["leads", f"Does {n} lead?"] for n in range(3)]
    assert [row[-1] for row in found["rows"]] == ["0.03", "0.06", "0.50"]
    assert publish.holds(members_of([0.01])["0"], family="leads")
    with pytest.raises(UnknownName, match="leads"):
        publish.family("lags")


def test_no_test_at_all_is_said() -> None:
    with pytest.raises(UnknownName, match="no test was entered"):
        publish.family()


def test_what_was_published_stays_in_its_block() -> None:
    publish.metric("slope", SLOPE)
    read("2026-09-04")
    with publish.collected() as inner:
        publish.metric("slope", SLOPE)
        assert publish.reads() == []
    assert len(inner.outputs) == 1
    assert [note["table"] for note in publish.reads()] == ["t"]


def test_without_a_kernel_every_check_is_made_and_nothing_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert np.isfinite(SLOPE.value)
    with pytest.raises(SentenceRefused):
        publish.finding("Two weeks.")
    publish.finding(f"It gained {SLOPE}.")
    assert capsys.readouterr() == ("", "")


def chart(rows: int = 3) -> Figure:
    weeks = pd.date_range("2026-08-07", periods=rows, freq="W-FRI", name="week_end")
    frame = pd.DataFrame({"foreigners": np.arange(rows) - 1.0, "topix": np.arange(rows) * 2.0}, index=weeks)
    return charts.lines(frame, title=f"It rose {say.number(4)}", unit="JPY bn", source="JPX")


def test_a_chart_of_the_house_brings_alt_text_values_points_and_a_phone_drawing(out: publish.Collected) -> None:
    publish.figure("net", chart(), lead=True)
    found = payload(out, publish.FIGURE)
    assert found["alt"] == charts.alt_of(chart())
    assert found["title"] == "It rose 4"
    assert (
        found["data"].splitlines()[0] == "x,Foreigners,TOPIX" or "foreigners" in found["data"].splitlines()[0].lower()
    )
    assert len(found["data"].splitlines()) == 4
    assert {series["name"] for series in found["points"]} and found["points"][0]["points"][0]
    assert (found["phone"]["media"], found["phone"]["width"]) == ("image/svg+xml", 390)


def test_marks_are_not_drawn_by_charts_of_the_house_nor_by_hand() -> None:
    frame = pd.DataFrame({f"in {say.number(3)}": [1.0, 2.0]}, index=[say.count(2, "week"), "b"])
    drawn = charts.bars(frame.iloc[:, 0], title=f"It rose {SLOPE:ci}", unit=f"per {say.number(1)}", source="JPX")
    assert not any("\u2061" in text.get_text() for text in drawn.findobj(Text))
    by_hand = Figure()
    by_hand.suptitle(f"It rose {SLOPE:ci}")
    with publish.collected():
        publish.figure("hand", by_hand, alt=f"It rose {SLOPE:ci}.")
    assert by_hand.get_suptitle() == "It rose 30 bp (95% CI 22 to 37)"


def test_only_the_lead_figure_is_drawn_for_a_phone(out: publish.Collected) -> None:
    publish.figure("net", chart())
    assert payload(out, publish.FIGURE)["phone"] is None and payload(out, publish.FIGURE)["points"]
    with pytest.raises(BadParameter, match="alt"):
        publish.figure("plain", Figure())


def test_intervals_keep_their_ends_in_the_data_behind_a_chart(out: publish.Collected) -> None:
    fig = charts.intervals({"Whole sample": SLOPE, "Since 2024": SLOPE.scaled(2, "bp")}, title="Slopes", source="JPX")
    publish.figure("slopes", fig)
    rows = payload(out, publish.FIGURE)["data"].splitlines()
    assert rows[0] == "series,x,value,low,high" and "30.2,22.4,37.1" in rows[1]


def test_a_column_of_a_table_unfolds_and_one_is_toned(out: publish.Collected) -> None:
    frame = pd.DataFrame({"Claim": ["a", "b"], "Verdict": ["● supported", "✕ contradicted"]})
    rows = [{"Reason": f"It was {SLOPE:.0f}.", "Readings": ["one", "two"]}, {}]
    publish.table("t", frame, caption="c", unfolds={"Claim": rows}, tones={"Verdict": ["good", "bad"]})
    found = payload(out, publish.TABLE)
    first = [{"term": "Reason", "texts": ["It was 30."]}, {"term": "Readings", "texts": ["one", "two"]}]
    assert found["unfolds"] == {"column": "Claim", "rows": [first, []]}
    assert found["tones"] == {"column": "Verdict", "rows": ["good", "bad"]}
    publish.table("plain", frame, caption="c")
    assert payload(out, publish.TABLE)["unfolds"] is None


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        ({"tones": {"Verdict": ["good"]}}, "1 entries for 'Verdict' stand beside 2 rows"),
        ({"tones": {"Nothing": ["good", "bad"]}}, "no column 'Nothing'"),
        ({"tones": {"Verdict": ["good", "red"]}}, "tones"),
        ({"tones": {"Verdict": ["good", "bad"], "Claim": ["good", "bad"]}}, "One column can have it"),
        ({"unfolds": {"Claim": [{}]}}, "1 entries for 'Claim'"),
        ({"unfolds": {"Claim": [{"": "a"}, {}]}}, "unfolds"),
    ],
)
def test_what_stands_beside_no_cell_is_refused(beside: dict[str, Any], message: str) -> None:
    frame = pd.DataFrame({"Claim": ["a", "b"], "Verdict": ["x", "y"]})
    with pytest.raises(BadParameter, match=message):
        publish.table("t", frame, caption="c", **beside)
