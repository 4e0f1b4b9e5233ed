"""The box "since the last run": what moved, largest first, and what lies behind it."""

from __future__ import annotations

from jpresearch.record import Metric, Status
from jpresearch.report.since import MOST_MOVED, Moved, box
from tests.report.builders_runs import job, table


def test_without_an_earlier_run_there_is_no_box() -> None:
    assert box(job(), None) is None


def test_the_same_run_again_is_quiet() -> None:
    since = box(job(status=Status.REUSED), job(), "20260904-180000-0000")
    assert since is not None
    assert since.quiet
    assert since.previous_run == "20260904-180000-0000"


def test_it_names_the_moment_of_the_earlier_job_where_no_run_is_named() -> None:
    since = box(job(), job())
    assert since is not None
    assert since.previous_run == "2026-09-11 18:00"


def test_figures_are_ready_to_print_with_sign_and_unit() -> None:
    since = box(job(metrics=[Metric(name="net_jpy_bn", value=-502.5, unit="JPY bn")]),
                job(metrics=[Metric(name="net_jpy_bn", value=12000.0, unit="JPY bn")]))  # fmt: skip
    assert since is not None
    assert since.moved == [
        Moved("net", "12,000", "\N{MINUS SIGN}502", "\N{MINUS SIGN}12,502", "JPY bn"),
    ]
    assert not since.quiet


def test_the_largest_changes_come_first_and_the_rest_are_counted() -> None:
    names = [f"m{number}" for number in range(MOST_MOVED + 3)]
    before = [Metric(name=name, value=100.0, unit="x") for name in names]
    after = [Metric(name=name, value=100.0 + 5 * place, unit="x") for place, name in enumerate(names, start=1)]
    since = box(job(metrics=after), job(metrics=before))
    assert since is not None
    assert [moved.name for moved in since.moved] == names[::-1][:MOST_MOVED]
    assert since.others == 3


def test_changes_of_a_small_part_of_their_interval_are_counted_and_not_listed() -> None:
    before, after = (
        [Metric(name="clear", value=far, low=0.0, high=40.0), Metric(name="slight", value=near, low=0.0, high=40.0)]
        for far, near in ((10.0, 20.0), (30.0, 23.9))
    )
    since = box(job(metrics=after), job(metrics=before))
    assert since is not None
    assert [moved.name for moved in since.moved] == ["clear"]
    assert (since.others, since.little, since.quiet) == (0, 1, False)


def test_rows_parameters_and_code_behind_the_figures_are_told_in_the_language_asked_for() -> None:
    later = job(tables=[table(rows=112, newest="2026-09-11")], parameters={"lags": 8}, fingerprint={"cell 5": "2"})
    earlier = job(tables=[table()], parameters={"lags": 4}, fingerprint={"cell 5": "1"})
    since = box(later, earlier)
    assert since is not None
    assert since.data == ["investor_flows: 12 new rows to 2026-09-11"]
    assert since.changed == ["lags: 4 → 8", "code changed: cell 5"]
    japanese = box(later, earlier, lang="ja")
    assert japanese is not None
    assert japanese.data == ["investor_flows：新たな行 12（2026-09-11まで）"]
    assert japanese.changed == ["lags：4 → 8", "コード変更：セル 5"]
