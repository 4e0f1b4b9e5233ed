"""The page that compares two runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jpresearch.record import Git, Metric, Run, Status
from jpresearch.report.comparison import compare
from jpresearch.report.comparison_page import render, write_comparison
from tests.report.builders_runs import HOSTILE, SHOWN, START, hostile_job, job, run, sound, table

BEFORE = run(job(), job("02_b"), job("03_gone"))
AFTER = run(
    job(
        metrics=[Metric(name="net", value=-3.0, unit="JPY bn", low=-4.0, high=-2.5)],
        tables=[table(rows=112, newest="2026-09-11")],
        takeaways=["Foreigners sold more."],
        parameters={"as_of": None, "lags": 8},
    ),
    job("02_b"),
    job("04_new"),
    week=1,
    git=Git(commit="b" * 40, dirty=False),
)


def test_it_shows_what_moved_what_lay_behind_it_and_both_conclusions() -> None:
    page = sound(render(compare(BEFORE, AFTER), "../a", "."))
    minus = "\N{MINUS SIGN}"
    assert f"net JPY bn {minus}1.5 {minus}2 to {minus}1 {minus}3 {minus}4 to {minus}2.5 {minus}1.5" in page.text
    assert "apart" in page.text
    assert "investor_flows: 12 new rows to 2026-09-11" in page.text
    assert "lags: 4 → 8" in page.text
    assert "commit aaaaaaaaaaaa bbbbbbbbbbbb" in page.text
    assert "Foreigners sold. After Foreigners sold more." in page.text
    assert {"../a/01_a.html", "./01_a.html", "../a/index.html", "./index.html", "#report-1"} <= set(page.links)


def test_reports_that_did_not_change_and_those_of_one_run_are_listed_with_links() -> None:
    page = sound(render(compare(BEFORE, AFTER), "../a", "."))
    assert "Nothing changed Title of 02_b" in page.text
    assert f"Only in the run {BEFORE.id} Title of 03_gone" in page.text
    assert f"Only in the run {AFTER.id} Title of 04_new" in page.text
    assert {"../a/03_gone.html", "./04_new.html"} <= set(page.links)


def test_two_equal_runs_say_so() -> None:
    assert "Nothing changed between the two runs." in sound(render(compare(BEFORE, BEFORE))).text


def test_two_runs_without_jobs_can_be_compared() -> None:
    empty = BEFORE.model_copy(update={"jobs": []})
    assert "Nothing changed between the two runs." in sound(render(compare(empty, empty))).text


def test_a_job_that_failed_now_shows_both_states() -> None:
    page = sound(render(compare(run(job()), run(job(status=Status.FAILED, metrics=[], takeaways=[], page=None)))))
    assert "succeeded → failed" in page.text
    assert "No takeaway." in page.text


@pytest.mark.parametrize(
    ("after", "named"),
    [
        (run(job(parameters={"as_of": "2025-09-05"})), "from 2026-09-11 to 2025-09-05"),
        (run(week=1), "from 2026-09-11 to 2026-09-18"),
        (run(started_at=START + timedelta(hours=1)), "from 2026-09-11 18:00 to 2026-09-11 19:00"),
        (run(id="b"), f"from {BEFORE.id} to b"),
    ],
)
def test_runs_are_called_by_what_tells_them_apart(after: Run, named: str) -> None:
    assert f"What changed {named}" in sound(render(compare(BEFORE, after))).text


def test_jobs_of_a_batch_are_told_apart() -> None:
    before = run(*(job(f"01_a--{day}", title="A") for day in ("2026-01-30", "2026-02-27")))
    after = run(*(job(f"01_a--{day}", title="A", takeaways=[day]) for day in ("2026-01-30", "2026-02-27")))
    page = sound(render(compare(before, after)))
    assert "01_a--2026-01-30" in page.text
    assert "01_a--2026-02-27" in page.text


def test_a_run_in_japanese_is_compared_in_japanese() -> None:
    page = sound(render(compare(run(job(lang="ja")), run(job(lang="ja", takeaways=["x"])))))
    assert "変化" in page.text
    assert "要点" in page.text


def test_nothing_from_outside_is_markup() -> None:
    before = run(hostile_job(fingerprint={HOSTILE: "0"}), job(f"only {HOSTILE}"), git=None, versions={HOSTILE: "1"})
    after = run(
        hostile_job(
            parameters={HOSTILE: "now", "as_of": HOSTILE * 2},
            tables=[table(HOSTILE, rows=7, newest=HOSTILE)],
            takeaways=[HOSTILE * 2],
            metrics=[Metric(name=HOSTILE, value=HOSTILE, unit=HOSTILE)],
        ),
        versions={HOSTILE: HOSTILE},
    )
    page = sound(render(compare(before, after), HOSTILE, HOSTILE))
    assert SHOWN in "".join(page.texts)
    assert page.tags.count("style") == 1


def test_it_is_written_to_the_file_named(tmp_path: Path) -> None:
    file = write_comparison(compare(BEFORE, AFTER), tmp_path / "c.html")
    assert "What changed" in sound(file.read_text(encoding="utf-8")).text
