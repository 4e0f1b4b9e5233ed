"""`jpresearch watch`: each kind of rule on two runs, what is wrong said with its line, nothing run."""

from __future__ import annotations

import email
import json
import os
import shutil
from email import policy
from pathlib import Path

import pytest

from jpresearch.batch.watch import rules_file
from jpresearch.errors import BatchInvalid
from jpresearch.record import Metric
from tests.cli.test_cli import call
from tests.report.builders_runs import job, kept, run, table


def figures(net: float, verdict: str, slope: float) -> list[Metric]:
    return [
        Metric(name="net", value=net, unit="JPY bn", label="Foreign net, latest week", digits=0),
        Metric(name="verdict", value=verdict),
        Metric(name="slope", value=slope, unit="bp"),
    ]


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Two runs: foreigners turned from buying to selling, a verdict and a slope flipped, a table fell behind."""
    late = table("market_daily", newest="2026-08-21", age_days=40, allowance_days=7)
    kept(tmp_path, run(job("01_a", metrics=figures(120.0, "supported", 2.0)), week=0))
    kept(tmp_path, run(job("01_a", metrics=figures(-640.0, "contradicted", -1.0), tables=[late]), week=1))
    older, newer = sorted(path.name for path in tmp_path.iterdir())
    (tmp_path / "latest").symlink_to(newer)
    (tmp_path / "previous").symlink_to(older)
    return tmp_path


def watch(reports: Path, rule: str, *options: str) -> tuple[int, str, str]:
    file = reports / "rules.yaml"
    file.write_text(f"title: A desk\nrules:\n  - {rule}\n", encoding="utf-8")
    done = call("watch", str(file), "--reports", str(reports), *options)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("rule", "code", "says"),
    [
        ("{notebook: 01_a, metric: net, below: -500}", 4, "Foreign net, latest week is −640 JPY bn, below −500"),
        ("{notebook: 01_a, metric: net, below: -640}", 0, ""),
        ("{notebook: 01_a, metric: net, above: -700}", 4, "above −700"),
        ("{notebook: 01_a, metric: net, above: 0}", 0, ""),
        ("{notebook: 01_a, metric: net, change_beyond: 700}", 4, "went from 120 JPY bn to −640 JPY bn (−760.00)"),
        ("{notebook: 01_a, metric: net, change_beyond: 760}", 0, ""),
        ("{notebook: 01_a, metric: verdict, flips: true}", 4, "verdict went from supported to contradicted"),
        ("{notebook: 01_a, metric: slope, flips: true}", 4, "slope went from 2 bp to −1 bp"),
        ("{notebook: 01_a, late: true}", 4, "01_a: late: market_daily to 2026-08-21"),
        ("{notebook: 01_a, metric: net, below: 0, say: Sellers again}", 4, "Sellers again: Foreign net"),
    ],
)
def test_a_rule_fires_where_its_limit_is_crossed_and_only_there(reports: Path, rule: str, code: int, says: str) -> None:
    found, out, _ = watch(reports, rule)
    assert found == code and says in out and bool(out) == (code == 4)


@pytest.mark.parametrize("metric", ["verdict", "slope"])
def test_what_did_not_turn_does_not_flip(reports: Path, metric: str) -> None:
    rule = f"{{notebook: 01_a, metric: {metric}, flips: true}}"
    assert watch(reports, rule, "--against", "latest")[0] == 0
    older = sorted(path for path in reports.iterdir() if path.name[:2] == "20")[0]
    shutil.rmtree(older)
    (reports / "previous").unlink()
    assert watch(reports, rule)[0] == 0, "without a run before nothing has changed"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("{notebook: 01_a, metric: net, below: many}", "below is not a number"),
        ("{notebook: 01_a, metric: net, below: .nan}", "below is not a number"),
        ("{notebook: 01_a, metric: net}", "says one of above"),
        ("{notebook: 01_a, metric: net, above: 1, below: 0}", "and this one 2"),
        ("{notebook: 01_a, above: 1}", "needs a metric"),
        ("{metric: net, above: 1}", "needs a notebook"),
        ("{notebook: 01_a, metric: net, late: true}", "not of a metric"),
        ("{notebook: 01_a, metric: net, flips: maybe}", "`flips: true`"),
        ("{notebook: 01_a, metric: net, change_beyond: -1}", "not below zero"),
        ("{notebook: 01_a, metric: net, beneath: 1}", "unknown name 'beneath'"),
        ("{notebook: 01_a, metric: nett, above: 1}", "unknown metric 'nett'"),
        ("{notebook: 02_b, metric: net, above: 1}", "unknown notebook of this run '02_b'"),
        ("{notebook: 01_a, metric: verdict, above: 1}", "has no level"),
        ("{notebook: 01_a, metric: verdict, change_beyond: 1}", "has no change"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(reports: Path, rule: str, says: str) -> None:
    code, out, error = watch(reports, rule)
    assert (code, out) == (2, "") and says in error and "line 3" in error


@pytest.mark.parametrize("content", ["", "title: A desk\n", "rules: []\n", "rules: [1]\n", "a: [\n"])
def test_a_file_without_rules_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BatchInvalid):
        rules_file.read(file)


def test_the_alert_is_a_message_that_opens(reports: Path) -> None:
    mail = reports / "alert.eml"
    assert watch(reports, "{notebook: 01_a, metric: net, below: -500}", "--mail", str(mail))[0] == 4
    message = email.message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert "Foreign net, latest week is −640 JPY bn" in message["Subject"]
    body = message.get_body()
    assert body is not None and "below −500" in body.get_content()


def test_nothing_fired_writes_no_message(reports: Path) -> None:
    mail = reports / "alert.eml"
    assert watch(reports, "{notebook: 01_a, metric: net, below: -900}", "--mail", str(mail))[0] == 0
    assert not mail.exists()


def test_programs_read_the_answer_as_json(reports: Path) -> None:
    code, out, _ = watch(reports, "{notebook: 01_a, late: true}", "--json")
    assert code == 4 and [set(each) for each in json.loads(out)] == [{"rule", "line"}]


def test_reading_changes_nothing_in_the_reports(reports: Path) -> None:
    watch(reports, "{notebook: 01_a, late: true}")
    before = {path: path.read_bytes() for path in reports.rglob("*.json")}
    watch(reports, "{notebook: 01_a, late: true}")
    assert before == {path: path.read_bytes() for path in reports.rglob("*.json")}


def test_a_run_to_compare_with_that_is_not_there_is_refused(reports: Path) -> None:
    rule = "{notebook: 01_a, metric: net, change_beyond: 700}"
    code, _, said = watch(reports, rule, "--against", "19990101")
    assert code == 2 and "unknown run '19990101'" in said
    (reports / "previous").unlink()
    newer = sorted(path.name for path in reports.iterdir() if path.name[:2] == "20")[-1]
    assert watch(reports, rule)[0] == 4
    assert watch(reports, rule, "--against", newer)[0] == 0


@pytest.mark.parametrize("pointer", ["gone", "itself", "words", "bytes", "empty", "pipe"])
def test_a_latest_that_leads_nowhere_is_said_with_the_run_taken_instead(pointer: str, reports: Path) -> None:
    newer = sorted(path.name for path in reports.iterdir() if path.name[:2] == "20")[-1]
    (latest := reports / "latest").unlink()
    match pointer:
        case "gone":
            latest.symlink_to("20200101-000000-aaaa")
        case "itself":
            latest.symlink_to("latest")
        case "words":
            latest.write_text("the newest one")
        case "bytes":
            latest.write_bytes(b"\xff\xfe\x00")
        case "empty":
            latest.mkdir()
        case "pipe":
            os.mkfifo(latest)
            os.mkfifo(reports / ".history.jsonl")
            (reports / "20991231-000000-zzzz").mkdir()
            os.mkfifo(reports / "20991231-000000-zzzz" / "record.json")
    code, lines, said = watch(reports, "{notebook: 01_a, metric: net, below: -500}")
    assert code == 4 and "Foreign net, latest week is −640 JPY bn" in lines
    assert str(latest) in said and f"taken instead: {newer}" in said


def test_a_latest_that_is_a_file_with_an_id_leads_there(reports: Path) -> None:
    older = sorted(path.name for path in reports.iterdir() if path.name[:2] == "20")[0]
    (latest := reports / "latest").unlink()
    latest.write_text(f"{older}\n")
    code, _, said = watch(reports, "{notebook: 01_a, metric: net, below: -500}")
    assert code == 0 and "taken instead" not in said
