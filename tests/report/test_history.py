"""Past runs: found by name, summed up once, read again only where a record changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.errors import CallError
from jpresearch.record import Metric, Run, Status
from jpresearch.report import history, past_run
from jpresearch.report.history import find, past_runs, points, series_of, sum_up
from jpresearch.report.past_run import CACHE
from tests.report.builders_runs import job, kept, run


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Three good weekly runs, a failed one, and one of a single notebook; the newest is the last."""
    for week in range(3):
        kept(tmp_path, run(week=week))
    kept(tmp_path, run(job(status=Status.FAILED), week=3))
    kept(tmp_path, run(week=4, whole_collection=False))
    return tmp_path


def week_of(folder: Path) -> int:
    return int(folder.name[-4:], 16)


def test_latest_is_where_the_link_points(reports: Path) -> None:
    (reports / "latest").symlink_to(run(week=1).id)
    assert week_of(find("latest", reports)) == 1
    assert week_of(find("previous", reports)) == 0


def test_latest_may_be_a_file_with_the_id(reports: Path) -> None:
    (reports / "latest").write_text(f"{run(week=1).id}\n")
    (reports / "previous").write_text(run(week=2).id)
    assert week_of(find("latest", reports)) == 1
    assert week_of(find("previous", reports)) == 2


def test_without_a_link_latest_is_the_newest_whole_run_in_which_nothing_failed(reports: Path) -> None:
    assert week_of(find("latest", reports)) == 2
    assert week_of(find("previous", reports)) == 1


def test_an_unreadable_record_is_never_taken_for_the_latest(reports: Path) -> None:
    (reports / run(week=2).id / "record.json").write_text("{")
    assert week_of(find("latest", reports)) == 1


def test_runs_are_found_by_id_by_its_unique_beginning_and_by_path(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = reports / run(week=1).id
    assert find(folder.name, reports) == folder
    assert find(folder.name[:10], reports) == folder
    assert find(str(folder), Path("elsewhere")) == folder
    monkeypatch.chdir(reports)
    assert find(f"./{folder.name}", Path("elsewhere")) == folder


@pytest.mark.parametrize("name", ["", "nope", "20990101", "../", "."])
def test_an_unknown_run_is_answered_with_the_newest_ones(reports: Path, name: str) -> None:
    with pytest.raises(CallError) as caught:
        find(name, reports)
    assert "unknown run" in caught.value.what
    assert run(week=4).id in str(caught.value)


def test_a_beginning_that_fits_several_runs_is_refused_with_their_names(reports: Path) -> None:
    with pytest.raises(CallError, match="5 runs begin with '2026'") as caught:
        find("2026", reports)
    assert run(week=4).id in str(caught.value)


@pytest.mark.parametrize("name", ["latest", "previous"])
def test_a_folder_without_runs_says_how_to_make_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(CallError, match="jpresearch run"):
        find(name, tmp_path / "reports")


def test_there_is_no_previous_run_before_the_first(tmp_path: Path) -> None:
    kept(tmp_path, run())
    with pytest.raises(CallError, match="there is no previous run"):
        find("previous", tmp_path)


def test_past_runs_come_newest_first_with_unreadable_ones_said(reports: Path) -> None:
    (reports / run(week=2).id / "record.json").write_text("{")
    found = past_runs(reports)
    assert [each.id[-1] for each in found] == ["4", "3", "2", "1", "0"]
    assert [bool(each.problem) for each in found] == [False, False, True, False, False]
    assert found[1].statuses == {"failed": 1}


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders whose record was read."""
    found: list[str] = []
    read = record.read

    def noted(folder: Path) -> Run:
        found.append(folder.name)
        return read(folder)

    monkeypatch.setattr(record, "read", noted)
    return found


def test_a_finished_run_is_read_once(reports: Path, readings: list[str]) -> None:
    first = past_runs(reports)
    assert len(readings) == 5
    readings.clear()
    assert past_runs(reports) == first
    assert readings == []


def test_a_run_that_was_remembered_as_it_closed_is_never_read_for_its_summary(
    reports: Path, readings: list[str]
) -> None:
    new = run(week=6)
    kept(reports, new)
    history.remember(new, reports / new.id)
    assert past_runs(reports)[0] == sum_up(new, new.id) and new.id not in readings
    readings.clear()
    (reports / CACHE).unlink()
    history._closed.clear()
    assert past_runs(reports)[0] == sum_up(new, new.id) and new.id in readings, "the same as read"


def test_one_in_progress_is_not_remembered(tmp_path: Path) -> None:
    open_run = run(ended_at=None)
    kept(tmp_path, open_run)
    history.remember(open_run, tmp_path / open_run.id)
    assert not (tmp_path / CACHE).exists()


def test_a_large_record_is_not_held(tmp_path: Path, readings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, run())
    monkeypatch.setattr(history, "SMALL_BYTES", 10)
    for _ in range(2):
        history.read(tmp_path / run().id)
    assert len(readings) == 2 and not history._closed.get(tmp_path / run().id)


def test_a_record_that_changed_is_read_again(reports: Path, readings: list[str]) -> None:
    past_runs(reports)
    readings.clear()
    changed = run(job(title="Another"), week=1)
    record.write(changed, reports / changed.id)
    assert past_runs(reports)[3].jobs[0].title == "Another"
    assert readings == [changed.id]


def test_a_run_in_progress_is_not_kept(tmp_path: Path, readings: list[str]) -> None:
    kept(tmp_path, run())
    open_run = run(ended_at=None, week=1)
    kept(tmp_path, open_run)
    past_runs(tmp_path)
    readings.clear()
    assert [each.finished for each in past_runs(tmp_path)] == [False, True]
    assert readings == [open_run.id]


def test_a_pruned_run_leaves_the_cache(reports: Path) -> None:
    past_runs(reports)
    gone = reports / run(week=1).id
    (gone / "record.json").unlink()
    assert gone.name not in [each.folder for each in past_runs(reports)]
    assert gone.name not in (reports / CACHE).read_text()


DAMAGED = [
    "", "\n", "{", "[]", "{}", '{"version": 4}', '{"version": 99, "stamp": [1, 2], "run": {}}',
    '{"version": 4, "stamp": [1], "run": {}}', '{"version": 4, "stamp": [1, 2], "run": {"x": 1}}',
    '{"version": 4, "stamp": 1, "run": []}',
]  # fmt: skip


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_cache_only_costs_a_reading(reports: Path, content: str, whole: bool) -> None:
    expected = past_runs(reports)
    sound = (reports / CACHE).read_text()
    (reports / CACHE).write_text(content if whole else content + sound)
    assert past_runs(reports) == expected
    assert sorted((reports / CACHE).read_text().splitlines()) == sorted(sound.splitlines())


def test_signs_that_break_lines_break_no_line_of_the_cache(tmp_path: Path, readings: list[str]) -> None:
    kept(tmp_path, run(job(title="Flows\u2028and\x85moves\x1c, \r\n")))
    first = past_runs(tmp_path)
    history._closed.clear()
    readings.clear()
    assert past_runs(tmp_path) == first and readings == []


def test_a_line_that_broke_off_costs_the_reading_of_its_run(reports: Path, readings: list[str]) -> None:
    expected = past_runs(reports)
    sound = (reports / CACHE).read_text()
    (reports / CACHE).write_text(sound[:-20])
    history._closed.clear()
    readings.clear()
    assert past_runs(reports) == expected and len(readings) == 1
    assert sorted((reports / CACHE).read_text().splitlines()) == sorted(sound.splitlines())


def test_a_cache_that_is_not_text_only_costs_a_reading(reports: Path) -> None:
    expected = past_runs(reports)
    (reports / CACHE).write_bytes(b"\xff\xfe\x00")
    assert past_runs(reports) == expected


def test_a_cache_that_cannot_be_written_does_not_stop_the_index(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(past_run, "write_atomically", full)
    assert len(past_runs(reports)) == 5


def test_folders_that_are_no_runs_are_passed_over(reports: Path) -> None:
    (reports / ".successes").mkdir()
    (reports / "notes").mkdir()
    (reports / "notes" / "record.json").write_text("{}")
    (reports / "latest").symlink_to(run(week=1).id)
    (reports / "20260101-000000-beef").mkdir()
    assert len(past_runs(reports)) == 5


def figure(value: float | int | str, day: str | None, week: int, **changes: object) -> Run:
    metrics = [Metric(name="net", value=value)]
    return run(job(metrics=metrics, parameters={"as_of": day, **changes}), week=week)


def test_a_figures_past_runs_by_the_day_the_data_speak_of() -> None:
    runs = [
        figure(5.0, None, 3),
        figure(4.0, "2026-09-18", 2),
        figure(3.0, "2026-01-09", 1),
        figure(2.5, "2026-01-09", 0),
    ]
    past = [sum_up(each, each.id) for each in runs]
    series = series_of(runs[0].jobs[0])
    assert points(past, series, "net", "2026-12-31") == {"2026-01-09": 3.0, "2026-09-18": 4.0, "2026-10-02": 5.0}
    assert points(past, series, "net", "2026-09-18") == {"2026-01-09": 3.0, "2026-09-18": 4.0}


def test_other_parameters_words_and_infinities_are_no_part_of_a_figures_past() -> None:
    own = figure(5.0, None, 3, lags=4)
    others = [figure(4.0, None, 2, lags=8), figure("none", None, 1, lags=4), figure(float("inf"), None, 0, lags=4)]
    past = [sum_up(each, each.id) for each in [own, *others]]
    assert points(past, series_of(own.jobs[0]), "net", "2026-12-31") == {"2026-10-02": 5.0}


def test_a_large_batch_is_counted_but_not_kept_job_by_job() -> None:
    batch = run(*(job(f"01_a--{number}") for number in range(100)))
    kept_of_it = sum_up(batch, batch.id)
    assert kept_of_it.jobs == []
    assert kept_of_it.statuses == {"succeeded": 100}
