"""The index of all runs: the collection's newest results lead, then every run and every answer so far."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.record import Job, Metric, Run, Status
from jpresearch.report import overview
from jpresearch.report.archive import archive
from jpresearch.report.history import past_runs, sum_up
from jpresearch.report.overview import render, write_overview
from jpresearch.report.past_run import KEPT, PastRun
from tests.report.builders_runs import HOSTILE, SHOWN, Page, hostile_job, job, kept, run, searched, sound

LARGEST_BYTES = 3_000_000


def week(number: int, value: float = 1.5, **changes: object) -> PastRun:
    made = run(job(metrics=[Metric(name="net", value=value, unit="JPY bn")], **changes), week=number)
    return sum_up(made, made.id)


def written(reports: Path, *runs: Run, existing: list[str] | None = None) -> Page:
    for made in runs:
        kept(reports, made)
    return searched(write_overview(reports, existing=existing).read_text(encoding="utf-8"))


def front(page: Page) -> str:
    return page.text.split("All runs")[0]


def test_runs_come_newest_first_with_links_states_and_days() -> None:
    past = [week(number) for number in range(6, -1, -1)]
    page = searched(render(past))
    indices = [link for link in page.links if link.endswith("/index.html")]
    assert indices == [f"{each.folder}/index.html" for each in past]
    assert "1 succeeded" in page.text
    assert "everything published" in page.text


def test_the_newest_good_result_of_each_report_leads_with_its_line_and_what_changed(tmp_path: Path) -> None:
    weeks = [run(job(answer=f"Week {n}.", metrics=[Metric(name="net", value=n + 0.5)]), week=n) for n in range(3)]
    page = written(tmp_path, *weeks)
    assert "Week 2." in front(page) and "Week 1." not in front(page)
    assert "Since the run of 2026-09-18" in page.text
    assert f"{weeks[2].id}/01_a.html" in page.links
    (told,) = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert told is not None
    assert told.startswith("net: 3 values from 2026-09-11 to 2026-09-25")


def test_a_failed_newest_run_is_said_and_its_last_success_leads(tmp_path: Path) -> None:
    page = written(tmp_path, run(job(answer="Good.")), run(job(status=Status.FAILED, answer="Broken."), week=1))
    assert "Good. The run of 2026-09-18 18:00 did not succeed; this is its last success." in front(page)
    assert "Broken." not in front(page)


def test_a_newer_run_of_one_report_as_the_collection_asks_it_leads(tmp_path: Path) -> None:
    alone = run(job(answer="Newer."), week=1, whole_collection=False)
    assert "Newer." in front(written(tmp_path, run(job(answer="Older."), job("02_b")), alone))


@pytest.mark.parametrize("parameters", [{"as_of": None, "lags": 8}, {"as_of": "2020-01-31", "lags": 4}])
def test_experiments_and_past_days_do_not_lead(parameters: dict[str, object], tmp_path: Path) -> None:
    odd = run(job(answer="An experiment.", parameters=parameters), week=1, whole_collection=False)
    page = written(tmp_path, run(job(answer="The answer.")), odd)
    assert "The answer." in front(page)
    assert "An experiment." not in front(page)
    assert "An experiment." in page.text, "it can be found below"


def test_reports_whose_notebook_is_gone_do_not_lead(tmp_path: Path) -> None:
    made = run(job(answer="Stays."), job("02_b", answer="Gone."))
    assert "Gone." in front(written(tmp_path, made))
    page = searched(write_overview(tmp_path, existing=["01_a"]).read_text(encoding="utf-8"))
    assert "Stays." in front(page) and "Gone." not in front(page)
    dropped = run(job(answer="Stays."), week=1)
    assert "Gone." not in front(written(tmp_path, dropped)), "the newest run of the collection has it no more"


def test_a_run_in_progress_does_not_lead(tmp_path: Path) -> None:
    page = written(tmp_path, run(job(answer="Half."), ended_at=None))
    assert "Half." not in front(page)
    assert "in progress" in page.text


def test_each_run_that_has_one_links_its_comparison_with_the_run_before(tmp_path: Path) -> None:
    first, second = run(), run(week=1)
    folder = kept(tmp_path, second)
    (folder / "comparison.html").write_text("x", encoding="utf-8")
    page = written(tmp_path, first)
    links = [link for link in page.links if link.endswith("comparison.html")]
    assert links == [f"{second.id}/comparison.html"] * 2


def test_a_batch_shows_its_days_and_how_many_jobs() -> None:
    made = run(*(job(f"01_a--2026-0{m}-28", parameters={"as_of": f"2026-0{m}-28"}) for m in range(1, 10)))
    page = searched(render([sum_up(made, made.id)]))
    assert "2026-01-28 to 2026-09-28, 9 days" in page.text
    assert "9 jobs" in page.text


def test_an_unreadable_record_is_said_and_hides_no_other(tmp_path: Path) -> None:
    broken = kept(tmp_path, run(week=1))
    (broken / record.FILE_NAME).write_text("{", encoding="utf-8")
    page = written(tmp_path, run(job(answer="Readable.")))
    assert "cannot be read" in page.text
    assert "Readable." in front(page)


def test_without_runs_it_says_so() -> None:
    assert "There is no run yet." in sound(render([])).text


def test_it_speaks_japanese() -> None:
    page = searched(render([week(0)], lang="ja"))
    assert "日本株" in page.text
    assert "実行一覧" in page.text


def test_nothing_from_outside_is_markup(tmp_path: Path) -> None:
    attacked = run(hostile_job(answer=HOSTILE), hostile_job(status=Status.FAILED, name="x", notebook="x"), week=1)
    page = written(tmp_path, attacked, run(hostile_job(answer=f"{HOSTILE} before")))
    assert SHOWN in "".join(page.texts)


def test_a_long_answer_is_cut_between_words() -> None:
    page = searched(render([week(0, takeaways=["word " * 200])]))
    assert "word…" in page.text
    assert "word " * 100 not in page.text


def test_the_policy_allows_the_search_by_its_hash_and_static_has_no_script() -> None:
    html = render([week(0)])
    script = html.split("<script>")[1].split("</script>")[0]
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'\"" in html
    assert len(script) < 2_000
    page = sound(render([week(0)], static=True))
    assert "script" not in page.tags and "input" not in page.tags


def test_the_same_answer_stands_once_and_the_oldest_are_left_out_beyond_the_budget() -> None:
    past = [week(number, takeaways=[f"Answer {number // 2}."]) for number in range(5, -1, -1)]
    whole = archive(past, "en")
    assert [whole.count(f"Answer {number}.") for number in range(3)] == [1, 1, 1]
    short = archive(past, "en", budget=len(whole) // 3)
    assert "Answer 2." in short and "Answer 0." not in short
    assert "older answers are left out here" in short


def test_it_is_written_over_the_runs_of_the_folder_and_counts_those_too_old(tmp_path: Path) -> None:
    for number in range(3):
        kept(tmp_path, run(week=number))
    file = write_overview(tmp_path)
    assert file == tmp_path / "index.html"
    assert "older" not in searched(file.read_text(encoding="utf-8")).text
    assert KEPT > 500
    assert "2 older runs are not listed." in searched(overview.render([week(0)], older=2)).text


def full(number: int, name: str) -> Job:
    """A report as long as house rules allow, with other words in every run."""
    words = " ".join(f"word{number}{place}" for place in range(35))
    findings = [{"text": f"{words} {place}", "lead": True} for place in range(5)]
    metrics = [
        Metric(
            name=f"m{place}",
            label=f"Measure {place}",
            value=number / 3,
            low=number / 3 - 1,
            high=number / 3 + 1,
            lead=True,
        )
        for place in range(5)
    ]
    return job(name, answer=words, findings=findings, metrics=metrics)


def test_ten_reports_and_two_hundred_runs_take_three_megabytes_at_most(tmp_path: Path) -> None:
    for number in range(200):
        kept(tmp_path, run(*(full(number, f"{place:02d}_report") for place in range(10)), week=number - 200))
    file = write_overview(tmp_path)
    page = file.read_text(encoding="utf-8")
    assert file.stat().st_size <= LARGEST_BYTES
    assert page.count("index.html") == 200
    assert page.count("<svg") == 10
    assert len(past_runs(tmp_path)) == 200
