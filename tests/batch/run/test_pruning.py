"""Old runs go; the latest, the one before it and those in progress stay; nothing dangles."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jpresearch import record
from jpresearch.batch.plan.jobs import Planned, plan
from jpresearch.batch.reuse import success_file
from jpresearch.batch.reuse.unchanged_job import Reuse
from jpresearch.batch.run import pruning
from jpresearch.batch.run.pruning import choose, prune, span
from jpresearch.errors import BadParameter
from jpresearch.record import Job, Run, Status

NOW = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)
LONG = timedelta(days=90)
Write = Callable[..., Path]


def add(reports: Path, days_ago: int, jobs: list[Job] | None = None) -> Path:
    """A run that began then, with its record and a page."""
    started = NOW - timedelta(days=days_ago)
    folder = reports / f"{started:%Y%m%d-%H%M%S}-{days_ago:04x}"
    folder.mkdir(parents=True)
    run = Run(
        id=folder.name, started_at=started, ended_at=started, command=["run"], whole_collection=True, git=None,
        versions={}, cores=2, jobs=jobs or [],
    )  # fmt: skip
    record.write(run, folder)
    (folder / "01_a.html").write_text("page")
    return folder


def point(reports: Path, name: str, folder: Path) -> None:
    (reports / name).symlink_to(folder.name, target_is_directory=True)


def pruned(reports: Path, older_than: timedelta = LONG) -> list[str]:
    chosen = choose(reports, older_than, NOW)
    prune(reports, chosen)
    return sorted(run.folder.name for run in chosen.pruned)


def test_only_runs_older_than_asked_go(tmp_path: Path) -> None:
    old, young = add(tmp_path, 91), add(tmp_path, 89)
    (tmp_path / "notes").mkdir()
    (tmp_path / "20200101-000000-dead").mkdir()
    assert pruned(tmp_path) == [old.name]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["20200101-000000-dead", young.name, "notes"]


def test_the_latest_run_and_the_one_before_it_stay_whatever_their_age(tmp_path: Path) -> None:
    oldest, previous, latest = add(tmp_path, 300), add(tmp_path, 200), add(tmp_path, 100)
    point(tmp_path, "latest", latest)
    point(tmp_path, "previous", previous)
    chosen = choose(tmp_path, LONG, NOW)
    assert {kept.folder.name: kept.reason for kept in chosen.kept} == {
        previous.name: "previous points to it",
        latest.name: "latest points to it",
    }
    assert pruned(tmp_path) == [oldest.name]
    assert (tmp_path / "latest" / "01_a.html").is_file()


def test_a_pointer_may_be_a_small_file_where_links_are_not_possible(tmp_path: Path) -> None:
    latest = add(tmp_path, 100)
    (tmp_path / "latest").write_text(f"{latest.name}\n")
    assert pruned(tmp_path) == []


def test_a_run_in_progress_stays(tmp_path: Path) -> None:
    going, dead = add(tmp_path, 100), add(tmp_path, 101)
    (dead / ".lock").write_text("{}")
    with (going / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert [kept.reason for kept in choose(tmp_path, LONG, NOW).kept] == ["it is in progress"]
        assert pruned(tmp_path) == [dead.name]
    assert pruned(tmp_path) == [going.name]


def test_a_run_whose_record_is_damaged_goes_by_the_age_of_the_file(tmp_path: Path) -> None:
    folder = add(tmp_path, 300)
    (folder / "record.json").write_text("{")
    assert [run.folder for run in choose(tmp_path, LONG, datetime.now(UTC)).pruned] == []
    assert [run.folder for run in choose(tmp_path, LONG, datetime.now(UTC) + timedelta(days=91)).pruned] == [folder]


def test_choosing_removes_nothing(tmp_path: Path) -> None:
    folder = add(tmp_path, 100)
    (run,) = choose(tmp_path, LONG, NOW).pruned
    assert run.size == sum(file.stat().st_size for file in folder.iterdir())
    assert folder.is_dir()


def test_what_an_interrupted_pruning_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = add(tmp_path, 100)
    remove = pruning.shutil.rmtree
    monkeypatch.setattr(pruning.shutil, "rmtree", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        prune(tmp_path, choose(tmp_path, LONG, NOW))
    assert not folder.exists(), "half a run is never seen as one"
    monkeypatch.setattr(pruning.shutil, "rmtree", remove)
    assert pruned(tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_runs_kept_for_an_address_are_pruned_too(tmp_path: Path) -> None:
    place = tmp_path / ".remote" / "s3-bucket-12345678"
    old, latest = add(place, 200), add(place, 100)
    point(place, "latest", latest)
    assert pruned(tmp_path) == [old.name]


def test_the_index_of_all_runs_no_longer_links_to_what_is_gone(tmp_path: Path) -> None:
    from jpresearch.report.overview import write_overview

    old, young = add(tmp_path, 100), add(tmp_path, 1)
    write_overview(tmp_path)
    assert old.name in (tmp_path / "index.html").read_text(encoding="utf-8")
    pruned(tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert old.name not in text
    assert young.name in text


@pytest.fixture
def job(write_notebook: Write) -> Planned:
    write_notebook("01_a", "x = 1")
    return plan(["01_a"], {}).jobs[0]


def succeed(reports: Path, job: Planned, days_ago: int) -> Path:
    folder = add(reports, days_ago)
    reuse = Reuse(reports)
    done = Job(
        notebook="01_a", title="A", parameters=job.parameters, why="asked for", status=Status.SUCCEEDED,
        fingerprint=reuse.fingerprint(job), page="01_a.html",
    )  # fmt: skip
    assert reuse.remember(job, done, folder)
    return folder


def remembered(reports: Path) -> list[Path]:
    return sorted((reports / success_file.FOLDER).glob("*--*.json"))


def test_a_success_goes_with_the_only_run_that_holds_its_files(project: Path, job: Planned) -> None:
    reports = project / "reports"
    succeed(reports, job, 100)
    assert len(remembered(reports)) == 1
    pruned(reports)
    assert remembered(reports) == []
    assert Reuse(reports).decide(job).why == "no earlier success"


def test_a_success_whose_files_another_run_holds_is_found_there(project: Path, job: Planned) -> None:
    reports = project / "reports"
    other = add(reports, 1)
    succeed(reports, job, 100)
    add(reports, 2).joinpath("01_a.html").write_text("another page")
    pruned(reports)
    decision = Reuse(reports).decide(job)
    assert decision.earlier is not None
    assert decision.earlier.folder == other


def test_a_reused_page_outlives_the_run_that_computed_it(project: Path, job: Planned) -> None:
    reports = project / "reports"
    succeed(reports, job, 100)
    decision = Reuse(reports).decide(job)
    assert decision.earlier is not None
    newer = add(reports, 1)
    Reuse(reports).copy(decision.earlier, newer, "01_a")
    pruned(reports)
    assert (newer / "01_a.html").read_text() == "page"
    assert Reuse(reports).decide(job).earlier is not None


def test_a_damaged_success_is_cleared_away(project: Path, job: Planned) -> None:
    reports = project / "reports"
    succeed(reports, job, 1)
    (file,) = remembered(reports)
    file.write_text("{")
    pruned(reports)
    assert remembered(reports) == []


@pytest.mark.parametrize(
    ("text", "meant"), [("90d", timedelta(days=90)), ("12w", timedelta(weeks=12)), ("36h", timedelta(hours=36))]
)
def test_spans(text: str, meant: timedelta) -> None:
    assert span(text) == meant


@pytest.mark.parametrize("text", ["90", "d", "-1d", "90 days", "1.5d", "", "9" * 12 + "d"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="--older-than"):
        span(text)
