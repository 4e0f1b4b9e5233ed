"""A job is reused exactly if nothing it depends on has changed; the answer names what has."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from jpresearch import catalog, clock, tables
from jpresearch.batch.plan.jobs import Planned, plan
from jpresearch.batch.reuse import fingerprint, success_file, unchanged_job
from jpresearch.batch.reuse.unchanged_job import Reuse
from jpresearch.record import Job, Metric, SeriesRead, Status, TableRead

Write = Callable[..., Path]
PARAMETERS = "as_of: str | None = None  # YYYY-MM-DD\nlags: int = 4  # lags"
CELL = "from jpresearch import load\nload('investor_flows', as_of)"
DAY = "2025-09-05"
TODAY = date(2026, 9, 20)
FIRST, SECOND, THIRD = "20260920-120000-aaaa", "20260921-120000-bbbb", "20260922-120000-cccc"


@pytest.fixture
def reports(project: Path) -> Path:
    return project / "reports"


@pytest.fixture
def notebook(write_notebook: Write) -> Path:
    return write_notebook("01_a", CELL, parameters=PARAMETERS, requires=["investor_flows"], optional=["splits"])


def planned(lang: str = "en", **given: str) -> Planned:
    (job,) = plan(["01_a"], given, lang=lang).jobs
    return job


def read(name: str, as_of: str | None) -> TableRead:
    """The note that ``load`` leaves, with the table's age on the day of the run."""
    table = catalog.table(name)
    note = dict(tables.newest(name, as_of))
    age = (TODAY - date.fromisoformat(note["newest_period"])).days if as_of is None else 8
    digest = hashlib.sha256(table.file.read_bytes()).hexdigest()
    return TableRead(**note, file_digest=digest, age_days=age, allowance_days=14)


def succeed(
    reports: Path,
    job: Planned,
    run: str = FIRST,
    name: str | None = None,
    reuse: Reuse | None = None,
    **update: object,
) -> bool:
    """What a run does with a job: settle its parts, execute it, leave its files, remember it."""
    reuse = reuse or Reuse(reports)
    done = Job(
        name=name or job.name, notebook=job.notebook.name, title="A", parameters=job.parameters, lang=job.lang,
        why="asked for", status=Status.SUCCEEDED, fingerprint=reuse.fingerprint(job), kernel="warm",
        tables=[read("investor_flows", job.parameters["as_of"])], metrics=[Metric(name="m", value=1.0)],
        executed_notebook=f"{name or job.name}.ipynb", page=f"{name or job.name}.html",
    )  # fmt: skip
    folder = reports / run
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{done.name}.ipynb").write_text("{}")
    (folder / f"{done.name}.html").write_text(f'<a href="{done.name}.ipynb">{done.name}.html</a>')
    return reuse.remember(job, done.model_copy(update=update), folder)


def why(reports: Path, today: date = TODAY, **given: str) -> str | None:
    """What changed; ``None`` where the job is reused."""
    decision = Reuse(reports).decide(planned(**given), today)
    assert (decision.earlier is not None) == ("nothing that it depends on has changed" in decision.why)
    return None if decision.earlier is not None else decision.why


def append(name: str, *lines: str, drop: int = 0) -> None:
    """Add lines to a table in the order of its key."""
    table = catalog.table(name)
    header, *old = table.file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    table.file.write_text("\n".join([header, *sorted([*old[drop:], *lines])]) + "\n", encoding="utf-8")


def flows(period: str, published: str, net: str = "1") -> str:
    return f"tse_prime,foreigners,{period},{period},2,3,{net},full,{published}T15:30:00+09:00,rule,jpx-investor-types"


def test_the_first_time_there_is_no_earlier_success(reports: Path, notebook: Path) -> None:
    assert why(reports, as_of=DAY) == "no earlier success"
    assert not reports.exists(), "asking leaves nothing behind"


def test_an_unchanged_job_is_reused(reports: Path, notebook: Path) -> None:
    assert succeed(reports, planned(as_of=DAY))
    assert why(reports, as_of=DAY) is None
    decision = Reuse(reports).decide(planned(as_of=DAY))
    assert decision.why == f"nothing that it depends on has changed since run {FIRST}"


def test_figures_published_after_its_day_do_not_run_it_again(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    succeed(reports, planned())
    append("investor_flows", flows("2026-10-02", "2026-10-08"), flows("2026-10-09", "2026-10-16"))
    append(
        "splits", "9999,2026-10-01,2026-10-01,2026-10-01,2,2026-10-01,x,2026-10-01T09:00:00+09:00,rule,company-splits"
    )
    assert why(reports, as_of=DAY) is None
    assert why(reports) == "investor_flows: 2 rows to 2026-10-09; splits: 1 row to 2026-10-01"


def test_late_news_of_its_day_run_it_again_and_are_named(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    append("investor_flows", flows("2025-08-31", "2025-09-04"), flows("2025-09-07", "2025-09-11"))
    assert why(reports, as_of=DAY) == "investor_flows: 1 row to 2025-08-31"


def test_corrections_are_told_from_new_rows(reports: Path, notebook: Path) -> None:
    succeed(reports, planned())
    table = catalog.table("investor_flows")
    lines = [
        line for line in table.file.read_text(encoding="utf-8").split("\n") if line.startswith("tse_prime,foreigners,")
    ]
    market, investor, period, start, *_ = lines[-1].split(",")
    corrected = f"{market},{investor},{period},{start},2,3,1,full,2026-12-01T15:30:00+09:00,rule,jpx-investor-types"
    append("investor_flows", corrected)
    assert why(reports) == "investor_flows: 1 corrected"
    append("investor_flows", flows("2026-10-02", "2026-10-08"), flows("2026-10-09", "2026-10-16"))
    assert why(reports) == "investor_flows: 2 rows to 2026-10-09, 1 corrected"


def test_history_rewritten_against_the_rules_is_seen(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    table = catalog.table("investor_flows")
    text = table.file.read_text(encoding="utf-8")
    table.file.write_text(text.replace("-135509.151", "-135509.152"), encoding="utf-8")
    assert why(reports, as_of=DAY) == "investor_flows: its rows were rewritten"
    table.file.write_text(text, encoding="utf-8")
    assert why(reports, as_of=DAY) is None
    append("investor_flows", drop=3)
    assert why(reports, as_of=DAY) == "investor_flows: its rows were rewritten, 3 fewer"
    table.file.unlink()
    table.file.with_name("splits.csv").touch()
    assert "the file cannot be read" in (Reuse(reports).decide(planned_without_plan(reports)).why)


def planned_without_plan(reports: Path) -> Planned:
    """The job as planned before the table vanished."""
    return Planned(plan(["01_a"], {}).jobs[0].notebook, {"as_of": DAY}, {"as_of": DAY, "lags": 4})


def test_an_optional_table_that_comes_into_being_counts_though_it_was_never_read(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of="2018-01-31"))
    assert why(reports, as_of="2018-01-31") is None
    append(
        "splits", "9999,2018-01-10,2018-01-10,2018-01-10,2,2018-01-10,x,2018-01-10T09:00:00+09:00,rule,company-splits"
    )
    assert why(reports, as_of="2018-01-31") == "splits: 1 row to 2018-01-10"


def test_a_changed_description_of_a_table_counts_and_a_new_source_does_not(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    descriptor = catalog.table("investor_flows").descriptor
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["sources"].append({"name": "zz", "title": "Z", "publisher": "Z", "path": "https://z.example"})
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    assert why(reports, as_of=DAY) is None
    (resource,) = (r for r in package["resources"] if r["name"] == "investor_flows")
    resource["jpresearch"]["vintage"] = "latest"
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    assert why(reports, as_of=DAY) == "investor_flows: its description"


def test_changed_code_is_named_and_comments_are_not_code(reports: Path, notebook: Path, write_notebook: Write) -> None:
    succeed(reports, planned(as_of=DAY))
    declaration = {"requires": ["investor_flows"], "optional": ["splits"], "parameters": PARAMETERS + "\n\n"}
    write_notebook("01_a", f"# what it is\n{CELL}  # all of it\n", **declaration)
    assert why(reports, as_of=DAY) is None
    write_notebook("01_a", CELL.replace("flows", "flowz"), **declaration)
    assert why(reports, as_of=DAY) == "code: cell 2"


def test_a_changed_module_is_named(reports: Path, notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    succeed(reports, planned(as_of=DAY))
    before = fingerprint.parts

    def changed(*arguments: object) -> dict[str, str]:
        return before(*arguments) | {"module jpresearch.tables.loading": "0", "lock file": "0"}  # type: ignore[arg-type]

    monkeypatch.setattr(fingerprint, "parts", changed)
    assert why(reports, as_of=DAY) == "module jpresearch.tables.loading; lock file"


def test_other_parameters_are_named(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    assert why(reports, as_of=DAY, lags="5") == "parameter lags"
    assert why(reports, as_of="2025-09-12") == "no earlier success as of 2025-09-12"
    assert why(reports, as_of="2025-09-12", lags="5") == "parameters as_of, lags"
    assert why(reports, as_of=DAY, lang="ja") == "language ja"
    assert why(reports, as_of=DAY, lags="4") is None, "a default that is given is the same parameter"
    succeed(reports, planned(as_of=DAY, lags="5"), SECOND)
    assert why(reports, as_of=DAY, lags="5") is None


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.SUCCEEDED])
def test_only_successes_are_remembered(reports: Path, notebook: Path, status: Status) -> None:
    assert not succeed(reports, planned(as_of=DAY), status=status)
    assert why(reports, as_of=DAY) == "no earlier success"


@pytest.mark.parametrize("damage", ["gone", "emptied", "changed", "folder"])
@pytest.mark.parametrize("name", ["01_a.html", "01_a.ipynb"])
def test_files_that_are_gone_or_changed_since_are_made_again(
    reports: Path, notebook: Path, damage: str, name: str
) -> None:
    succeed(reports, planned(as_of=DAY))
    file = reports / FIRST / name
    content = file.read_bytes()
    file.unlink()
    if damage == "emptied":
        file.write_bytes(b"")
    elif damage == "changed":
        file.write_bytes(bytes(reversed(content)))
    elif damage == "folder":
        file.mkdir()
    assert why(reports, as_of=DAY) == f"the earlier {name} in {FIRST} is gone or was changed"


def test_a_damaged_memory_means_to_run_again_and_says_so(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    (file,) = (reports / success_file.FOLDER).glob("01_a--*.json")
    content = file.read_bytes()
    damages = [b"", content[:-5], content.replace(b"investor", b"inventor", 1), b"\xff\xfe", b"{}\n{}"]
    sealed = json.dumps({"form": 99}).encode()
    damages.append(hashlib.sha256(sealed).hexdigest().encode() + b"\n" + sealed)
    for damage in damages:
        file.write_bytes(damage)
        assert why(reports, as_of=DAY) == "the memory of its earlier success is damaged"
        assert why(reports, as_of="2025-09-12") == "no earlier success"
    file.unlink()
    file.mkdir()
    assert why(reports, as_of=DAY) == "the memory of its earlier success is damaged"
    file.rmdir()
    file.write_bytes(content)
    assert why(reports, as_of=DAY) is None


def test_what_changed_while_the_job_ran_is_not_remembered(reports: Path, notebook: Path) -> None:
    job = planned(as_of=DAY)
    note = read("investor_flows", DAY)
    other = replace(note, file_digest="0" * 64)
    assert not succeed(reports, job, tables=[note, other]), "the table is no longer the file that was read"
    assert not succeed(reports, job, fingerprint=Reuse(reports).fingerprint(job) | {"lock file": "0"})
    assert not succeed(reports, job, page=None)
    assert why(reports, as_of=DAY) == "no earlier success"
    assert succeed(reports, job)


def test_an_edit_of_the_notebook_while_it_ran_counts_the_next_time(
    reports: Path, notebook: Path, write_notebook: Write
) -> None:
    job = planned(as_of=DAY)
    reuse = Reuse(reports)
    reuse.fingerprint(job)
    declaration = {"requires": ["investor_flows"], "optional": ["splits"], "parameters": PARAMETERS}
    write_notebook("01_a", "x = 2", **declaration)
    assert succeed(reports, job, reuse=reuse), "the run executed the file as it was when it began"
    assert (why(reports, as_of=DAY) or "").startswith("code: cell 2; modules jpresearch, ")
    write_notebook("01_a", CELL, **declaration)
    assert why(reports, as_of=DAY) is None


def test_without_a_day_it_stays_valid_until_a_table_has_gone_stale(reports: Path, notebook: Path) -> None:
    note = read("investor_flows", None)
    newest = date.fromisoformat(str(note.newest_period))
    fresh = replace(note, age_days=5, allowance_days=14)
    succeed(reports, planned(), tables=[fresh])
    assert why(reports, today=newest + timedelta(days=6)) is None, "a page of a former day stays valid"
    assert why(reports, today=newest + timedelta(days=14)) is None
    assert why(reports, today=newest + timedelta(days=15)) == (
        "investor_flows: stale by now, its newest period is 15 days back"
    )
    succeed(reports, planned(), tables=[replace(fresh, age_days=15)])
    assert why(reports, today=newest + timedelta(days=300)) is None, "its page says that it is stale already"


def test_without_a_day_it_stays_valid_until_a_series_is_late(reports: Path, notebook: Path) -> None:
    note = read("investor_flows", None)
    newest = date.fromisoformat(str(note.newest_period))
    behind = {"tse_prime/foreigners": SeriesRead(newest_period=newest - timedelta(days=7), allowance_days=12)}
    fresh = replace(note, age_days=5, allowance_days=14, behind=behind)
    succeed(reports, planned(), tables=[fresh])
    assert why(reports, today=newest + timedelta(days=5)) is None
    assert why(reports, today=newest + timedelta(days=6)) == "investor_flows: late by now in tse_prime/foreigners"


def test_with_a_day_nothing_goes_stale(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    assert why(reports, today=date(2099, 1, 1), as_of=DAY) is None


def test_a_copy_is_whole_and_its_job_says_where_it_comes_from(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    reuse = Reuse(reports)
    decision = reuse.decide(planned(as_of=DAY))
    assert decision.earlier is not None
    folder = reports / SECOND
    folder.mkdir()
    job = reuse.copy(decision.earlier, folder, "01_a")
    assert (job.status, job.reused_from, job.kernel) == (Status.REUSED, FIRST, "warm")
    assert job.metrics == [Metric(name="m", value=1.0)]
    for name in job.files:
        assert (folder / name).read_bytes() == (reports / FIRST / name).read_bytes()
        assert (folder / name).stat().st_ino != (reports / FIRST / name).stat().st_ino
    assert sorted(path.name for path in folder.iterdir()) == ["01_a.html", "01_a.ipynb"]


def test_a_copy_outlives_the_run_it_was_copied_from(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    for before, now in ((FIRST, SECOND), (SECOND, THIRD)):
        reuse = Reuse(reports)
        decision = reuse.decide(planned(as_of=DAY))
        assert decision.earlier is not None
        (reports / now).mkdir()
        assert reuse.copy(decision.earlier, reports / now, "01_a").reused_from == FIRST
        for file in (reports / before).iterdir():
            file.unlink()
    assert why(reports, as_of=DAY) is None


def test_a_copy_under_another_name_links_to_its_own_files(reports: Path, notebook: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    reuse = Reuse(reports)
    decision = reuse.decide(planned(as_of=DAY))
    assert decision.earlier is not None
    folder = reports / SECOND
    folder.mkdir()
    job = reuse.copy(decision.earlier, folder, f"01_a--{DAY}")
    assert job.files == [f"01_a--{DAY}.ipynb", f"01_a--{DAY}.html"]
    assert (folder / f"01_a--{DAY}.html").read_text() == f'<a href="01_a--{DAY}.ipynb">01_a.html</a>'
    assert why(reports, as_of=DAY) is None, "and can be copied in turn"


def test_a_reused_table_is_as_old_as_it_is_today(reports: Path, notebook: Path) -> None:
    note = replace(read("investor_flows", None), age_days=900)
    succeed(reports, planned(), tables=[note])
    reuse = Reuse(reports)
    decision = reuse.decide(planned())
    assert decision.earlier is not None
    (reports / SECOND).mkdir()
    (table,) = reuse.copy(decision.earlier, reports / SECOND, "01_a").tables
    days = (clock.today() - date.fromisoformat(str(note.newest_period))).days
    assert table.age_days in (days - 1, days)


def test_a_copy_that_fails_leaves_no_part(reports: Path, notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    succeed(reports, planned(as_of=DAY))
    reuse = Reuse(reports)
    decision = reuse.decide(planned(as_of=DAY))
    assert decision.earlier is not None
    (reports / SECOND).mkdir()

    def full(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"part")
        raise OSError("no space left on device")

    monkeypatch.setattr(unchanged_job.shutil, "copyfile", full)
    with pytest.raises(OSError, match="no space"):
        reuse.copy(decision.earlier, reports / SECOND, "01_a")
    assert not list((reports / SECOND).iterdir())
    assert why(reports, as_of=DAY) is None, "the earlier files are still the ones remembered"


def test_a_folder_that_cannot_be_written_costs_only_the_memory(reports: Path, notebook: Path) -> None:
    reports.mkdir()
    (reports / success_file.FOLDER).write_text("a file")
    assert not succeed(reports, planned(as_of=DAY))
    assert why(reports, as_of=DAY) in ("no earlier success", "the memory of its earlier success is damaged")


def test_a_notebook_of_the_same_name_elsewhere_is_another(reports: Path, notebook: Path, tmp_path: Path) -> None:
    succeed(reports, planned(as_of=DAY))
    own = tmp_path / "01_a.ipynb"
    own.write_bytes(notebook.read_bytes())
    (job,) = plan([str(own)], {"as_of": DAY}).jobs
    assert Reuse(reports).decide(job).why == "no earlier success"


def test_a_notebook_that_breaks_meanwhile_is_said(reports: Path, notebook: Path) -> None:
    job = planned(as_of=DAY)
    succeed(reports, job)
    notebook.write_text("not json")
    assert "not a notebook" in Reuse(reports).decide(job).why


def test_nothing_heavy_is_imported_to_answer(root: Path) -> None:
    heavy = ["pandas", "numpy", "papermill", "nbformat", "nbclient", "nbconvert", "yaml", "IPython", "rich"]
    code = f"""
import sys
from pathlib import Path
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.reuse.unchanged_job import Reuse
reuse = Reuse(Path("nowhere"))
for job in plan([], {{"as_of": "{DAY}"}}).jobs:
    reuse.decide(job)
print([name for name in {heavy} if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
