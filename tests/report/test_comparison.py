"""Two runs compared: what moved, what lay behind it, and nothing where nothing changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpresearch.record import Git, Job, Metric, Run, Status, TableRead
from jpresearch.report.comparison import JobChange, changed_job, compare, part_sentences
from jpresearch.report.comparison_json import as_json
from jpresearch.report.metric_change import MetricChange, name_in_words
from jpresearch.report.table_change import Kind, table_changes
from tests.report.builders_runs import job, run, table

NO_INTERVAL = (None, None)


def moved(before: Any, after: Any, unit: str | None = "JPY bn", ends: Any = (NO_INTERVAL, NO_INTERVAL)) -> MetricChange:
    sides = [
        Metric(name="net", value=value, unit=unit, low=low, high=high)
        for value, (low, high) in zip((before, after), ends, strict=True)
    ]
    return MetricChange(*sides)


@pytest.mark.parametrize(
    ("before", "after", "unit", "change", "relative"),
    [
        (29.5, 31.0, "JPY bn", "+1.5", "+5.1%"),
        (-200.0, -300.0, "JPY bn", "\N{MINUS SIGN}100", "\N{MINUS SIGN}50.0%"),
        (-1.5, 2.0, "JPY bn", "+3.5", ""),
        (0.0, 2.0, "JPY bn", "+2.0", ""),
        (24.0, 26.0, "%", "+2 pp", ""),
        (24.0, 26.0, "% of gross purchases", "+2 pp", ""),
        (0.2, 0.1, "p value: past flow, next index change", "\N{MINUS SIGN}0.10", ""),
        (0.34, 0.36, None, "+0.02", ""),
        (12, 15, "weeks", "+3", "+25.0%"),
        (12000.0, 24000.0, "JPY bn", "+12,000", "+100.0%"),
        ("sells", "buys", None, "", ""),
        ("2026-09-04", "2026-09-11", None, "", ""),
        (1, "not available", "weeks", "", ""),
    ],
)
def test_a_change_is_told_in_units_and_relatively_only_where_that_makes_sense(
    before: Any, after: Any, unit: str | None, change: str, relative: str
) -> None:
    metric = moved(before, after, unit)
    assert metric.moved
    assert metric.change_text == change
    assert metric.relative_text == relative


def test_a_change_below_the_shown_decimals_is_not_told_as_zero() -> None:
    metric = moved(0.00012, 0.00034)
    assert metric.change == pytest.approx(0.00022)
    assert metric.change_text == "+0.0002"


def test_another_unit_is_no_change_in_figures() -> None:
    metric = MetricChange(Metric(name="net", value=1.0, unit="JPY tn"), Metric(name="net", value=1000.0, unit="JPY bn"))
    assert metric.moved
    assert metric.change is None
    assert (metric.before_text, metric.after_text) == ("1.00 JPY tn", "1,000 JPY bn")


@pytest.mark.parametrize(
    ("before", "after", "ends", "widths", "text"),
    [
        (2.0, 3.0, ((1.0, 3.0), (2.0, 8.0)), 0.5, "0.5"),
        (2.0, 3.0, (NO_INTERVAL, (1.0, 5.0)), 0.25, "0.2"),
        (3.0, 2.0, ((1.0, 5.0), NO_INTERVAL), 0.25, "0.2"),
        (2.0, 2.1, ((0.0, 4.0), (0.0, 4.0)), 0.025, "0.03"),
        (2.0, 3.0, (NO_INTERVAL, NO_INTERVAL), None, ""),
        (2.0, 3.0, ((2.0, 2.0), (3.0, 3.0)), None, ""),
    ],
)
def test_a_change_is_told_in_widths_of_the_interval_before(
    before: float, after: float, ends: Any, widths: float | None, text: str
) -> None:
    metric = moved(before, after, ends=ends)
    assert metric.widths == (None if widths is None else pytest.approx(widths))
    assert metric.widths_text == text


@pytest.mark.parametrize(
    ("ends", "turned"),
    [(((-1.0, 3.0), (0.5, 3.0)), True), (((0.5, 3.0), (-1.0, 3.0)), False), (((1.0, 3.0), (0.5, 3.0)), None),
     (((-1.0, 3.0), (-2.0, 3.0)), None), ((NO_INTERVAL, (0.5, 3.0)), None)],
)  # fmt: skip
def test_a_figure_turns_where_zero_leaves_its_interval_or_enters_it(ends: Any, turned: bool | None) -> None:
    assert moved(2.0, 2.5, ends=ends).significance is turned


def test_words_are_a_verdict_and_days_are_none() -> None:
    assert moved("sells", "buys").verdict
    assert not moved("2026-09-04", "2026-09-11").verdict
    assert not moved(1.0, 2.0).verdict


def test_two_figures_that_differ_never_look_the_same() -> None:
    metric = moved(300.01, 300.04)
    assert (metric.before_text, metric.after_text, metric.change_text) == ("300.01", "300.04", "+0.03")


@pytest.mark.parametrize(
    ("before", "after", "overlap"),
    [((1.0, 2.0), (2.0, 3.0), True), ((1.0, 2.0), (2.1, 3.0), False), ((2.1, 3.0), (1.0, 2.0), False),
     ((1.0, 4.0), (2.0, 3.0), True)],
)  # fmt: skip
def test_intervals_overlap_where_they_have_a_value_in_common(
    before: tuple[float, float], after: tuple[float, float], overlap: bool
) -> None:
    assert moved(2.0, 2.5, ends=(before, after)).overlap is overlap
    assert moved(2.0, 2.5, ends=(before, NO_INTERVAL)).overlap is None


def test_an_interval_that_alone_moved_is_told_as_such() -> None:
    change = changed_job(
        job(metrics=[Metric(name="net", value=1.0, low=0.0, high=2.0)]),
        job(metrics=[Metric(name="net", value=1.0, low=0.5, high=2.0)]),
    )
    assert change.moved == []
    assert [metric.name for metric in change.only_intervals] == ["net"]
    assert not change.same


def test_metrics_come_largest_change_first_words_before_and_days_after() -> None:
    before = {
        "tiny": 1e9,
        "small": 100.0,
        "day": "2026-09-04",
        "big": 100.0,
        "verdict": "buyer",
        "gone": 1.0,
        "still": 3,
    }
    after = {
        "tiny": 1e9 + 5000,
        "small": 101.0,
        "day": "2026-09-11",
        "big": -100.0,
        "verdict": "seller",
        "new": 1.0,
        "still": 3,
    }
    before, after = before | {"gone": 1.0, "still": 3}, after | {"new": 1.0, "still": 3}
    change = changed_job(
        job(metrics=[Metric(name=name, value=value) for name, value in before.items()]),
        job(metrics=[Metric(name=name, value=value) for name, value in after.items()]),
    )
    assert [metric.name for metric in change.moved][:5] == ["verdict", "big", "small", "tiny", "day"]
    assert {metric.name for metric in change.moved[5:]} == {"new", "gone"}


@pytest.mark.parametrize(
    ("name", "unit", "words"),
    [("foreign_net_1w_jpy_bn", "JPY bn", "foreign net 1w"), ("drawdown_pct", "%", "drawdown"),
     ("basket_percentile", "percentile", "basket percentile"), ("accounts_mn", "million accounts", "accounts mn"),
     ("_", None, ""), ("purchases_jpy_tn", "JPY tn, gross", "purchases")],
)  # fmt: skip
def test_a_metrics_name_does_not_repeat_its_unit(name: str, unit: str | None, words: str) -> None:
    assert name_in_words(name, unit) == words


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (table(rows=100), table(rows=112, newest="2026-09-11"), "investor_flows: 12 new rows to 2026-09-11"),
        (table(rows=100), table(rows=101, newest="2026-09-11"), "investor_flows: 1 new row to 2026-09-11"),
        (
            table(rows=100, lines=103),
            table(rows=112, lines=117, newest="2026-09-11"),
            "investor_flows: 12 new rows to 2026-09-11, 2 corrected",
        ),
        (
            table(rows=100, lines=103),
            table(rows=101, lines=104, newest="2026-09-11"),
            "investor_flows: 1 new row to 2026-09-11",
        ),
        (table(rows=100), table(rows=101, lines=109), "investor_flows: 1 new row to 2026-09-04"),
        (table(rows=112), table(rows=100, newest="2026-08-28"), "investor_flows: 12 rows fewer to 2026-08-28"),
        (table(), table(content_hash="other"), "investor_flows: corrected, no new row to 2026-09-04"),
        (table(), table(newest="2026-09-11"), "investor_flows: other rows, as many to 2026-09-11"),
        (table(rows=1, newest=None), table(rows=2, newest=None), "investor_flows: 1 new row"),
        (None, table(), "investor_flows: not read before"),
        (table(), None, "investor_flows: no longer read"),
    ],
)
def test_a_table_says_in_words_what_rows_came_in(
    before: TableRead | None, after: TableRead | None, sentence: str
) -> None:
    changes = table_changes([read for read in [before] if read], [read for read in [after] if read])
    assert [change.sentence() for change in changes] == [sentence]
    assert all("investor_flows" in change.sentence("ja") for change in changes)


def test_a_table_read_twice_is_judged_by_its_fullest_read() -> None:
    short, full = table(rows=10, newest="2026-01-09"), table(rows=100)
    assert table_changes([short, full], [full]) == []


def test_parameters_language_and_the_parts_of_the_code_that_changed_are_named() -> None:
    before = job(parameters={"as_of": None, "lags": 4, "old": "x"}, fingerprint={"cell 5": "1", "lock file": "1"})
    after = job(
        parameters={"as_of": "2026-09-11", "lags": 4},
        lang="ja",
        fingerprint={"cell 5": "2", "lock file": "2", "odd": "3"},
    )
    change = changed_job(before, after)
    assert change.parameter_sentences() == [
        "as_of: everything published → 2026-09-11",
        "lang: en → ja",
        "old: x → none",
    ]
    assert change.code == ["cell 5", "lock file", "odd"]
    assert change.code_sentences() == ["code changed: cell 5", "changed: lock file", "changed: odd"]


def test_parts_of_one_kind_are_told_in_one_sentence_the_first_by_name() -> None:
    parts = [f"module jpresearch.m{number}" for number in range(9)] + ["cell 3", "cell 4", "Python", "page"]
    assert part_sentences(parts) == [
        "code changed: cell 3, 4",
        "module changed: jpresearch.m0, jpresearch.m1, jpresearch.m2, jpresearch.m3 and 5 more",
        "changed: Python",
        "changed: page",
    ]


def test_a_parameter_that_only_changed_its_type_is_named() -> None:
    change = changed_job(job(parameters={"codes": "700"}), job(parameters={"codes": 700}))
    assert [setting.name for setting in change.parameters] == ["codes"]


def test_code_is_unknown_where_a_run_did_not_record_its_parts() -> None:
    assert changed_job(job(), job(fingerprint={"code": "1"})).code is None


def test_commit_and_versions_are_compared_per_run() -> None:
    later = run(git=Git(commit="b" * 40, dirty=True), versions={"pandas": "3.2.0"})
    found = compare(run(), later)
    assert [setting.sentence() for setting in found.environment] == [
        "commit: aaaaaaaaaaaa → bbbbbbbbbbbb with changes",
        "pandas: 3.1.1 → 3.2.0",
    ]
    assert not found.same


def test_jobs_pair_by_name_and_those_of_one_run_are_listed() -> None:
    before = run(job("01_a"), job("02_b--2026-01-30"), job("03_c"))
    after = run(job("01_a"), job("02_b--2026-02-27"), job("03_c"), job("03_c", status=Status.FAILED))
    found = compare(before, after)
    assert [change.name for change in found.jobs] == ["01_a", "03_c"]
    assert [each.name for each in found.only_before] == ["02_b--2026-01-30"]
    assert [(each.name, each.status) for each in found.only_after] == [
        ("02_b--2026-02-27", Status.SUCCEEDED),
        ("03_c", Status.FAILED),
    ]


def test_a_reused_job_is_the_same_and_a_failed_one_is_not() -> None:
    assert changed_job(job(), job(status=Status.REUSED)).same
    assert not changed_job(job(), job(status=Status.FAILED)).same


NAMES = st.sampled_from(["a", "b", "c"])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
METRICS = st.builds(
    Metric,
    name=NAMES,
    value=st.one_of(FLOATS, st.integers(-(10**12), 10**12), st.sampled_from(["buys", "sells", "2026-09-04"])),
    unit=st.sampled_from([None, "%", "JPY bn", "names"]),
    low=st.none() | FLOATS,
    high=st.none() | FLOATS,
)
TABLES = st.builds(
    table, NAMES, st.integers(0, 3), st.sampled_from([None, "2026-09-04", "2026-09-11"]), content_hash=NAMES
)
JOBS = st.builds(
    job,
    NAMES,
    metrics=st.lists(METRICS, max_size=4),
    tables=st.lists(TABLES, max_size=3),
    parameters=st.dictionaries(NAMES, st.none() | st.integers(0, 1) | st.just("x"), max_size=2),
    fingerprint=st.dictionaries(NAMES, NAMES, max_size=2),
    takeaways=st.lists(NAMES, max_size=2),
    status=st.sampled_from([Status.SUCCEEDED, Status.FAILED, Status.REUSED, Status.SKIPPED]),
)
RUNS = st.builds(lambda jobs: run(*jobs), st.lists(JOBS, max_size=3))


@given(RUNS)
def test_a_run_compared_with_itself_shows_no_change(one: Run) -> None:
    found = compare(one, one)
    assert found.same
    assert not (found.only_before or found.only_after or found.environment)
    assert all(change.same and not change.moved and not change.tables for change in found.jobs)


@given(JOBS, JOBS)
def test_the_comparison_the_other_way_round_is_its_mirror(one: Job, other: Job) -> None:
    there, back = changed_job(one, other), changed_job(other, one)
    assert there.same == back.same
    assert _figures(there) == {name: (b, a, _minus(change)) for name, (a, b, change) in _figures(back).items()}
    opposite = {Kind.MORE: Kind.FEWER, Kind.FIRST: Kind.GONE, Kind.FEWER: Kind.MORE, Kind.GONE: Kind.FIRST}
    kinds = {change.table: (change.kind, change.rows) for change in there.tables}
    assert kinds == {change.table: (opposite.get(change.kind, change.kind), -change.rows) for change in back.tables}
    assert {(s.name, s.before, s.after) for s in there.parameters} == {
        (s.name, s.after, s.before) for s in back.parameters
    }
    assert sorted(there.code or []) == sorted(back.code or [])


def _figures(change: JobChange) -> dict[str, tuple[Metric | None, Metric | None, float | None]]:
    return {metric.name: (metric.before, metric.after, metric.change) for metric in change.moved}


def _minus(change: float | None) -> float | None:
    return None if change is None else -change


@given(RUNS, RUNS)
def test_any_comparison_can_be_written_as_json(one: Run, other: Run) -> None:
    plain = as_json(compare(one, other))
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_the_json_gives_the_figures_behind_the_page() -> None:
    before = run(job(tables=[table()], answer="They sold 2 bp."))
    moved_net = Metric(name="net", value=-3.0, unit="JPY bn", low=-4.0, high=-2.5)
    after = run(
        job(metrics=[moved_net], tables=[table(rows=112)], answer="They sold 3 bp."),
        job("02_b"),
        week=1,
    )
    plain = as_json(compare(before, after))
    (first,) = plain["jobs"]
    assert first["metrics"] == [
        {
            "name": "net",
            "before": {"value": -1.5, "unit": "JPY bn", "low": -2.0, "high": -1.0},
            "after": {"value": -3.0, "unit": "JPY bn", "low": -4.0, "high": -2.5},
            "change": -1.5,
            "relative": -1.0,
            "widths": 1.5,
            "became_significant": None,
            "intervals_overlap": False,
        }
    ]
    assert first["answer"] == {"before": "They sold 2 bp.", "after": "They sold 3 bp.", "change": "figures"}
    assert first["tables"][0]["says"] == "investor_flows: 12 new rows to 2026-09-04"
    assert [each["name"] for each in plain["only_after"]] == ["02_b"]
    assert plain["before"]["statuses"] == {"succeeded": 1}
