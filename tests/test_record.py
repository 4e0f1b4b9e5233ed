from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from jpresearch import record
from jpresearch.errors import DataError
from jpresearch.record import Failure, Finding, Job, Metric, Run, SeriesRead, Status, TableRead

NOW = datetime(2026, 9, 10, 12, 0, tzinfo=UTC)


def table(age: int | None, allowance: int | None) -> TableRead:
    return TableRead(
        table="t", as_of=None, rows=1, newest_period="2026-09-04", newest_published_at="2026-09-10T15:30:00+09:00",
        content_hash="0", vintage="latest", grade="rule", age_days=age, allowance_days=allowance,
    )  # fmt: skip


def a_run(status: Status = Status.SUCCEEDED) -> Run:
    job = Job(
        notebook="01_a", title="A", parameters={"as_of": None, "codes": ["8035"]}, why="asked for", status=status,
        failure=Failure(type="ValueError", message="no", cell=2), tables=[table(6, 14)],
        metrics=[Metric(name="m", value=-502.0, low=-503, high=-501), Metric(name="d", value="2026-09-04")],
    )  # fmt: skip
    return Run(
        id="r", started_at=NOW, command=["run"], whole_collection=True, git=None, versions={}, cores=2, jobs=[job]
    )


def test_a_record_reads_back_as_it_was_written(tmp_path: Path) -> None:
    record.write(a_run(), tmp_path)
    assert record.read(tmp_path) == a_run()
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]


def test_equal_parts_of_a_record_are_held_once_and_no_others(tmp_path: Path) -> None:
    run = a_run()
    run.jobs[0].fingerprint = {"cell 1": "a", "module m": "b"}
    run.jobs += [run.jobs[0].model_copy(deep=True, update={"name": name}) for name in ("twin", "other", "swapped")]
    run.jobs[2].tables = [table(7, 14)]
    run.jobs[2].fingerprint = {"cell 1": "a", "module m": "c"}
    run.jobs[3].tables = [replace(table(6, 14), rows=2)]
    run.jobs[3].fingerprint = {"cell 2": "a", "module m": "b"}
    record.write(run, tmp_path)
    found = record.read(tmp_path)
    first, twin, *others = found.jobs
    assert found == run
    assert twin.fingerprint is first.fingerprint and twin.tables[0] is first.tables[0]
    assert all(each.fingerprint is not first.fingerprint for each in others)
    assert all(each.tables[0] is not first.tables[0] for each in others)


def test_a_record_of_the_first_schema_still_reads(tmp_path: Path) -> None:
    record.write(a_run(), tmp_path)
    content = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    content["schema_version"] = 1
    del content["batch"]
    (job,) = content["jobs"]
    for name in ("name", "lang", "fingerprint", "kernel", "kernel_note", "reused_from", "workbook"):
        del job[name]
    del job["tables"][0]["file_digest"]
    (tmp_path / "record.json").write_text(json.dumps(content), encoding="utf-8")
    (found,) = record.read(tmp_path).jobs
    assert (found.name, found.lang, found.fingerprint, found.kernel) == ("01_a", "en", {}, None)
    assert found.tables[0].file_digest is None
    assert found.metrics == a_run().jobs[0].metrics


def test_a_record_of_the_second_schema_still_reads_and_concludes_with_its_takeaways(tmp_path: Path) -> None:
    record.write(a_run(), tmp_path)
    content = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    content["schema_version"] = 2
    (job,) = content["jobs"]
    job["takeaways"] = ["They sold."]
    for name in ("answer", "findings", "lead_figure"):
        del job[name]
    for metric in job["metrics"]:
        for name in ("label", "digits", "lead", "p_value", "n", "first", "last", "method"):
            del metric[name]
    (tmp_path / "record.json").write_text(json.dumps(content), encoding="utf-8")
    (found,) = record.read(tmp_path).jobs
    assert (found.answer, found.findings, found.lead_figure, found.conclusions) == (None, [], None, ["They sold."])
    assert found.metrics == a_run().jobs[0].metrics


def test_conclusions_begin_with_the_answer_then_the_lead_findings() -> None:
    job = a_run().jobs[0]
    findings = [Finding(text="b"), Finding(text="a", lead=True, metrics=["m"])]
    assert job.model_copy(update={"answer": "yes", "findings": findings}).conclusions == ["yes", "a", "b"]


def test_a_record_of_a_later_schema_is_not_guessed_at(tmp_path: Path) -> None:
    record.write(a_run().model_copy(update={"schema_version": 4}), tmp_path)
    with pytest.raises(DataError, match="its schema is version 4; this jpresearch knows 3"):
        record.read(tmp_path)


def test_a_job_is_called_as_its_notebook_unless_it_has_a_name() -> None:
    job = a_run().jobs[0]
    assert job.name == "01_a"
    named = Job(name="01_a--2022-01-31", notebook="01_a", title="A", parameters={}, why="asked for")
    assert named.name == "01_a--2022-01-31"
    assert Job.model_validate_json(named.model_dump_json()) == named


def test_a_job_lists_the_files_it_left() -> None:
    job = a_run().jobs[0]
    assert job.files == []
    left = {"executed_notebook": "a.ipynb", "page": "a.html", "workbook": "a.xlsx"}
    assert job.model_copy(update=left).files == ["a.ipynb", "a.html", "a.xlsx"]


@pytest.mark.parametrize("status", list(Status))
def test_only_jobs_that_ended_badly_make_a_run_fail(status: Status) -> None:
    bad = {"failed", "timed_out", "kernel_died", "cancelled"}
    assert a_run(status).failed == (status.value in bad)


@pytest.mark.parametrize(
    ("age", "allowance", "stale"), [(14, 14, False), (15, 14, True), (900, None, False), (None, 14, False)]
)
def test_a_table_is_stale_past_its_allowance(age: int | None, allowance: int | None, stale: bool) -> None:
    assert table(age, allowance).stale is stale


@pytest.mark.parametrize(("age", "late"), [(5, []), (6, ["usdjpy"]), (30, ["usdjpy", "vix"]), (None, [])])
def test_a_series_is_late_past_its_own_allowance_though_the_table_is_fresh(age: int | None, late: list[str]) -> None:
    day = date.fromisoformat(str(table(age, None).newest_period))
    behind = {
        "usdjpy": SeriesRead(newest_period=day - timedelta(days=7), allowance_days=12),
        "vix": SeriesRead(newest_period=day - timedelta(days=1), allowance_days=7),
    }
    read = replace(table(age, 60), behind=behind)
    assert not read.stale
    assert [each.series for each in read.late_series] == late
    assert [each.age_days for each in read.late_series[:1]] == [age + 7 for _ in late[:1] if age is not None]
    kind = TypeAdapter(TableRead)
    again = kind.validate_json(kind.dump_json(read))
    assert again == read and again.late_series == read.late_series


@pytest.mark.parametrize("newest", ["", "soon", "2026-13-45", '"><script>alert(1)</script>', "9999-12-31"])
def test_a_newest_period_that_is_no_day_stays_a_text_and_never_stops_a_record(newest: str, tmp_path: Path) -> None:
    behind = {"usdjpy": SeriesRead(newest_period=date(2026, 8, 1), allowance_days=12)}
    run = a_run()
    odd = replace(table(6, 14), newest_period=newest, behind=behind, age_days=10**7)
    run.jobs[0].tables.append(odd)
    record.write(run, tmp_path)
    again = record.read(tmp_path).jobs[0].tables[-1]
    assert (again.newest_period, again.late_series, again.stale) == (newest, [], True)


@pytest.mark.parametrize("text", [None, "{", "{}"])
def test_a_record_that_cannot_be_read_is_said(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "record.json").write_text(text)
    with pytest.raises(DataError, match="run record"):
        record.read(tmp_path)
