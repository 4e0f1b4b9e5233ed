"""The index of all runs: where things stand, the newest runs, the earlier ones."""

from __future__ import annotations

from pathlib import Path

from jpresearch.record import Metric, Status
from jpresearch.report import overview
from jpresearch.report.history import KEPT, PastRun, sum_up
from jpresearch.report.overview import NEWEST, render, write_overview
from tests.report.builders_runs import HOSTILE, SHOWN, hostile_job, job, kept, run, sound


def week(number: int, value: float = 1.5, **changes: object) -> PastRun:
    made = run(job(metrics=[Metric(name="net", value=value, unit="JPY bn")], **changes), week=number)
    return sum_up(made, made.id)


def test_runs_come_newest_first_with_links_states_and_days() -> None:
    past = [week(number) for number in range(NEWEST + 2, -1, -1)]
    page = sound(render(past))
    indices = [link for link in page.links if link.endswith("/index.html")]
    assert indices == [f"{each.folder}/index.html" for each in past]
    assert page.tags.count("table") == 1
    assert page.tags.count("tr") == 1 + 3
    assert "1 succeeded" in page.text
    assert "everything published" in page.text


def test_where_things_stand_is_the_newest_good_page_of_each_notebook_with_its_line() -> None:
    broken = week(3, 9.0, status=Status.FAILED, takeaways=["Broken."])
    past = [broken, week(2, 7.25, takeaways=["They bought."]), week(1, 5.0), week(0, 4.0)]
    page = sound(render(past))
    standing = page.text.split("Newest runs")[0]
    assert "They bought." in standing
    assert "7.25 JPY bn" in standing
    assert "Broken." not in standing
    assert f"{past[1].folder}/01_a.html" in page.links
    (told,) = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert told is not None
    assert told.startswith("net: 3 values from 2026-09-11 to 2026-09-25")


def test_a_run_in_progress_is_not_where_things_stand() -> None:
    made = run(job(), ended_at=None)
    page = sound(render([sum_up(made, made.id)]))
    assert "Where things stand" not in page.text
    assert "in progress" in page.text


def test_a_batch_shows_its_days_and_how_many_jobs() -> None:
    made = run(*(job(f"01_a--2026-0{m}-28", parameters={"as_of": f"2026-0{m}-28"}) for m in range(1, 10)))
    page = sound(render([sum_up(made, made.id)]))
    assert "2026-01-28 to 2026-09-28, 9 days" in page.text
    assert "9 jobs" in page.text


def test_an_unreadable_record_is_said_and_hides_no_other() -> None:
    page = sound(render([PastRun(folder="20260911-180000-0001", id="20260911-180000-0001", problem="x"), week(0)]))
    assert "cannot be read" in page.text
    assert "1 succeeded" in page.text


def test_without_runs_it_says_so() -> None:
    assert "There is no run yet." in sound(render([])).text


def test_it_speaks_japanese() -> None:
    page = sound(render([week(0)], lang="ja"))
    assert "日本株：実行一覧" in page.text
    assert "現状" in page.text


def test_nothing_from_outside_is_markup() -> None:
    attacked = run(hostile_job(), id=HOSTILE)
    page = sound(render([sum_up(attacked, HOSTILE)] * (NEWEST + 1)))
    assert SHOWN in "".join(page.texts)


def test_a_long_takeaway_is_cut_between_words() -> None:
    page = sound(render([week(0, takeaways=["word " * 200])]))
    assert "word…" in page.text
    assert "word " * 100 not in page.text


def test_it_is_written_over_the_runs_of_the_folder_and_counts_those_too_old(tmp_path: Path) -> None:
    for number in range(3):
        kept(tmp_path, run(week=number))
    file = write_overview(tmp_path)
    assert file == tmp_path / "index.html"
    assert "older" not in sound(file.read_text(encoding="utf-8")).text
    assert KEPT > 500
    assert "2 older runs are not listed." in sound(overview.render([week(0)], older=2)).text
