"""``jpresearch compare`` as typed: what it prints, where the page goes, how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from jpresearch.cli import app
from jpresearch.errors import CallError, DataError
from jpresearch.record import Metric
from tests.report.builders_runs import job, kept, run, table

OLD = run()
NEW = run(job(metrics=[Metric(name="net", value=-3.0, unit="JPY bn")], tables=[table(rows=112)]), week=1)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Two whole runs a week apart."""
    kept(tmp_path, OLD)
    kept(tmp_path, NEW)
    return tmp_path


def call(reports: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["compare", *words, "--reports", str(reports)])


def test_it_prints_the_changes_and_where_the_page_is(reports: Path) -> None:
    done = call(reports, "previous", "latest")
    assert done.exit_code == 0, done.output
    assert "01_a: 1 of 1 metrics moved" in done.output
    assert (
        "net: \N{MINUS SIGN}1.5 → \N{MINUS SIGN}3.0 JPY bn (\N{MINUS SIGN}1.5), 1.5 widths of its interval"
        in done.output
    )
    assert "investor_flows: 12 new rows to 2026-09-04" in done.output
    page = reports / NEW.id / f"compare-{OLD.id}-{NEW.id}.html"
    assert done.output.strip().splitlines()[-1] == f"Comparison: {page}"
    html = page.read_text(encoding="utf-8")
    assert f'href="../{OLD.id}/01_a.html"' in html
    assert 'href="./01_a.html"' in html


def test_the_page_lies_with_the_newer_run_whichever_is_named_first(reports: Path) -> None:
    assert call(reports, NEW.id, OLD.id).exit_code == 0
    assert (reports / NEW.id / f"compare-{NEW.id}-{OLD.id}.html").is_file()


def test_the_page_goes_where_it_is_told(reports: Path, tmp_path: Path) -> None:
    page = tmp_path / "elsewhere.html"
    done = call(reports, OLD.id, NEW.id, "--output", str(page))
    assert done.exit_code == 0
    assert f'href="{NEW.id}/01_a.html"' in page.read_text(encoding="utf-8")
    assert not list((reports / NEW.id).glob("compare*"))


def test_json_is_the_whole_answer_and_writes_nothing(reports: Path) -> None:
    done = call(reports, "previous", "latest", "--json")
    told = json.loads(done.stdout)
    assert told["jobs"][0]["metrics"][0]["change"] == -1.5
    assert not list(reports.rglob("compare*"))


def test_json_with_a_file_gives_both(reports: Path, tmp_path: Path) -> None:
    done = call(reports, "previous", "latest", "--json", "--output", str(tmp_path / "c.html"))
    assert json.loads(done.stdout)["same"] is False
    assert (tmp_path / "c.html").is_file()


def test_a_run_compared_with_itself_says_that_nothing_changed(reports: Path) -> None:
    assert "Nothing changed." in call(reports, "latest", NEW.id).output


def test_jobs_of_one_run_alone_are_named(reports: Path) -> None:
    later = run(job("02_b"), week=2)
    kept(reports, later)
    done = call(reports, NEW.id, later.id)
    assert f"only in {NEW.id}: 01_a" in done.output
    assert f"only in {later.id}: 02_b" in done.output


def test_an_unknown_run_exits_2_with_the_newest_runs(reports: Path) -> None:
    done = call(reports, "latest", "nope")
    assert isinstance(done.exception, CallError)
    assert done.exception.exit_code == 2
    assert NEW.id in str(done.exception)


@pytest.mark.parametrize("content", ["{", "[]", '{"schema_version": 1}', "\x00"])
def test_an_unreadable_record_exits_3_and_names_the_file(reports: Path, content: str) -> None:
    file = reports / NEW.id / "record.json"
    file.write_text(content)
    done = call(reports, OLD.id, NEW.id)
    assert isinstance(done.exception, DataError)
    assert done.exception.exit_code == 3
    assert str(file) in str(done.exception)


def test_a_page_that_cannot_be_written_exits_3(reports: Path) -> None:
    done = call(reports, OLD.id, NEW.id, "--output", str(reports / "no" / "such" / "c.html"))
    assert isinstance(done.exception, DataError)
    assert "cannot be written" in str(done.exception)


def test_answers_that_changed_in_words_come_first(tmp_path: Path) -> None:
    kept(tmp_path, run(job(answer="Foreigners sold 2 bp.")))
    kept(tmp_path, run(job(answer="Foreigners bought 2 bp."), week=1))
    lines = call(tmp_path, "previous", "latest").output.splitlines()
    assert [line.strip() for line in lines[:3]] == [
        "01_a: the answer changed", "before: Foreigners sold 2 bp.", "after:  Foreigners bought 2 bp.",
    ]  # fmt: skip
