"""What the feedback-and-impact part hands on, from the bundled figures as they stood on a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows import impact_pages as pages
from jpresearch.studies.foreign_flows import impact_words as words
from jpresearch.studies.foreign_flows.impact import Path
from jpresearch.studies.results import Metric

Found = Callable[..., study.Findings]
DAYS = ["2025-09-05", "2018-06-29", "2014-06-30", "2013-03-29", None]


def open_share(path: Path) -> Path:
    return replace(path, lasting=replace(path.lasting, bounded=False, low=-np.inf, high=np.inf))


def metric(items: list[Metric], name: str) -> Metric:
    return next(item for item in items if item.name == name)


@pytest.mark.parametrize("day", DAYS)
def test_everything_is_whole_on_any_day(found: Found, day: str | None) -> None:
    findings = found(day)
    part, tests = findings.impact, study.all_tests(findings)
    sentences = words.impact_takeaways(part, tests)
    captions = [make(part) for make in (words.path_caption, words.orderings_caption, words.checks_caption)]
    captions += [words.states_caption(part), words.announced_caption(part)]
    captions.append(words.published_caption(pages.published_shown(part)))
    for text in [*sentences, *(part for caption in captions for part in caption)]:
        assert "nan" not in text.lower() and "inf " not in text
    assert max(len(sentence.split()) for sentence in sentences) <= 45
    for frame in (pages.path_frame(part.impact.given), pages.checks_shown(part), pages.announced_cloud(part)):
        assert len(frame) and np.isfinite(frame.to_numpy()).all()
    for item in pages.impact_metrics(part, tests, 0.05):
        if isinstance(item.value, float):
            assert np.isfinite([value for value in (item.value, item.low, item.high) if value is not None]).all()


def test_two_days_say_different_things(found: Found) -> None:
    one, other = (
        words.impact_takeaways(found(day).impact, study.all_tests(found(day))) for day in ("2025-09-05", "2018-06-29")
    )
    assert not set(one) & set(other)


def test_a_share_without_bounds_is_no_metric_and_no_infinite_cell(found: Found) -> None:
    findings = found("2025-09-05")
    part = findings.impact
    open_ = replace(part, impact=replace(part.impact, given=open_share(part.impact.given)))
    item = metric(pages.impact_metrics(open_, study.all_tests(findings), 0.05), "impact_share_left")
    assert str(item.value).startswith("not available: the share has no bounds")
    assert "no bounds" in pages.lasting_table(open_)["share left"].iloc[0]


def test_the_metrics_are_those_of_the_sentences(found: Found) -> None:
    findings = found("2025-09-05")
    items = pages.impact_metrics(findings.impact, study.all_tests(findings), 0.05)
    value = metric(items, "impact_given_abroad_bp_per_100bn").value
    text = words.impact_takeaways(findings.impact, study.all_tests(findings))[0]
    assert f"TOPIX {float(str(value)):.0f} basis points higher" in text
    kind = study.impact_verdict(findings.impact.impact).kind
    assert metric(items, "impact_verdict").value == f"{kind}, if flow came first"


def test_every_question_is_tested_once_and_listed(found: Found) -> None:
    findings = found("2025-09-05")
    table = study.tests_table(study.all_tests(findings)).set_index("test")
    assert len(table) == 17
    assert table["family_p"].notna().sum() == 5
    assert table.loc["Past flow, next TOPIX", "p_value"] == pytest.approx(findings.lead_lag.leads.p_value, abs=1e-4)
    slope = findings.same_week
    assert table.loc["Flow and TOPIX of the same week", "estimate"] == pytest.approx(slope.params["flow"], rel=1e-3)
    assert (table["q_value"] >= table["p_value"]).all()
    heavy = table.loc["TOPIX after the heaviest weeks less that of all"]
    result = findings.aftermath.result
    assert result is not None and findings.aftermath.usual is not None
    inside = result.low <= findings.aftermath.usual <= result.high
    assert (heavy["p_value"] > 0.05) == inside


def test_what_differs_between_states_is_named_only_where_it_does(found: Found) -> None:
    part = found("2025-09-05").impact
    states = part.states.assign(p_value=part.states["p_value"] * 0 + 0.5)
    assert "does not clearly differ" in words.hanging_words(replace(part, states=states), 0.05)
    states.loc["Unexpected selling", "p_value"] = 0.01
    text = words.hanging_words(replace(part, states=states), 0.05)
    assert text.endswith("Alone, the path differs between unexpected buying and selling (p = 0.010).")
    none = replace(part, states=states.assign(p_value=float("nan")))
    assert "Too few weeks" in words.hanging_words(none, 0.05)


def test_the_published_figure_is_placed_against_the_interval(found: Found) -> None:
    part = found("2025-09-05").impact
    assert "below the interval here" in words.published_words(part)
    table = part.impact.given.projection.responses.assign(low=1.0, high=3.0)
    near = replace(part.impact.given, projection=replace(part.impact.given.projection, responses=table))
    assert "inside the interval here" in words.published_words(replace(part, impact=replace(part.impact, given=near)))
    bare = words.published_words(replace(part, swings=None))
    assert "newest swing" not in bare


def test_a_release_that_cannot_be_judged_is_said(found: Found) -> None:
    findings = found("2025-09-05")
    part = replace(findings.impact, announced=None)
    text = words.announced_words(part, study.all_tests(findings), 0.05)
    assert text.startswith("The session after publication cannot be judged yet.")
    assert pages.announced_cloud(part).empty
    assert pages.announced_line(part) is None
    assert "cannot be judged" in words.announced_caption(part).title


def test_who_predicts_whom_is_asked_with_and_without_the_markets_abroad(found: Found) -> None:
    part = found("2025-09-05").impact
    table = pages.predictions_table(part)
    assert {"the S&P 500 and the yen", "nothing"} == set(table["beside"])
    first = part.impact.leads
    row = table.iloc[0]
    assert (row["p"], row["p, wild bootstrap"]) == (round(first.p_value, 3), round(first.bootstrap_p_value, 3))
