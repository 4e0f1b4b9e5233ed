"""Schedules and commands in the documentation: they parse, and name only commands and options that there are."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from jpresearch.batch.watch import rules_file
from jpresearch.cli import application

ROOT = Path(__file__).resolve().parents[1]
SCHEDULES = ROOT / "docs" / "schedules"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(SCHEDULES.iterdir())]


def calls(text: str) -> list[list[str]]:
    """The words of every call of the command line, without what a shell does to its output."""
    found = []
    for line in text.replace("$bin ", "jpresearch ").splitlines():
        # In a sentence a command may be named without what follows its last option.
        quoted = [re.sub(r" --[a-z-]+$", "", each) for each in re.findall(r"`(jpresearch [^`]+)`", line)]
        for part in quoted or re.split(r"&&|\|\||;", line.partition("  #")[0]):
            match = re.match(r"(?:run: |cd \S+)?(?:\S*/)?jpresearch ([a-z-].*)$", part.strip())
            if match:
                found.append(shlex.split(re.split(r"\s(?:2>&1|>>|\||#)", match[1])[0]))
    return found


def complaint(words: list[str]) -> str:
    """What the command line would say against these words; nothing is carried out."""
    command: Any = typer.main.get_command(application())
    try:
        context = command.make_context("jpresearch", list(words), resilient_parsing=False)
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        while found is not None:
            inner = found.make_context(name, list(rest), parent=context)
            if not hasattr(found, "resolve_command"):
                return ""
            context, command = inner, found
            name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
    except (typer.Exit, SystemExit):
        return ""
    except Exception as error:
        if len(words) == 1 and type(error).__name__ == "MissingParameter":
            return ""  # a sentence that names the command
        return f"{type(error).__name__}: {error}"
    return "no command"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_only_commands_and_options_that_there_are(document: Path) -> None:
    wrong = {" ".join(words): said for words in calls(document.read_text("utf-8")) if (said := complaint(words))}
    assert wrong == {}


def test_the_check_of_commands_sees_what_is_wrong() -> None:
    assert complaint(["run", "--bach", "weekly"]) and complaint(["fly"]) and complaint(["data", "neww"])
    assert complaint(["run", "--batch", "weekly"]) == "" == complaint(["data", "show", "investor_flows"])
    every = [words for document in DOCUMENTS for words in calls(document.read_text("utf-8"))]
    assert {words[0] for words in every} >= {"run", "update", "watch", "export", "data", "compare", "prune", "lab"}


def test_the_crontab_calls_what_there_is_at_six_on_thursday_in_tokyo() -> None:
    lines = [line for line in (SCHEDULES / "crontab").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "CRON_TZ=Asia/Tokyo"
    for line in lines[1:]:
        assert re.match(r"[\d*]+ [\d*]+ [\d*]+ [\d*]+ [0-7]\s+\S", line)
    when, script = re.match(r"(\S+ \S+ \S+ \S+ \S+)\s+/srv/jpresearch/(\S+)", lines[1]).groups()  # type: ignore[union-attr]
    assert when == "0 18 * * 4" and (ROOT / script).stat().st_mode & 0o100


def test_the_units_of_systemd_belong_together() -> None:
    read = {}
    for ending in ("service", "timer"):
        unit = configparser.ConfigParser(interpolation=None)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read(SCHEDULES / f"jpresearch.{ending}")
        read[ending] = unit
    assert read["timer"]["Timer"]["OnCalendar"] == "Thu 18:00 Asia/Tokyo"
    script = read["service"]["Service"]["ExecStart"]
    assert (ROOT / script.removeprefix("/srv/jpresearch/")).is_file()


def test_the_hosted_workflow_publishes_what_may_leave_and_nothing_else() -> None:
    flow = YAML(typ="safe").load((SCHEDULES / "pages.yml").read_text())
    assert flow["on"]["schedule"] == [{"cron": "0 9 * * 4"}]
    steps = flow["jobs"]["reports"]["steps"]
    text = "\n".join(step.get("run", "") for step in steps)
    order = [text.index(f"jpresearch {word}") for word in ("update", "run", "watch", "export")]
    assert order == sorted(order)
    uploaded = [step["with"]["path"] for step in steps if "upload" in step.get("uses", "")]
    assert next(step for step in steps if step.get("id") == "figures")["continue-on-error"] is True
    assert steps[-1]["if"] == "steps.figures.outcome == 'failure'" and "exit 3" in steps[-1]["run"]
    assert uploaded == ["site"] and "export latest --to site --output site" in text
    assert re.search(r"^\.venv/\.installed-runtime|^\$\(RUNTIME\):", (ROOT / "Makefile").read_text(), re.M)


def test_the_rules_name_metrics_that_the_notebooks_publish() -> None:
    rules = rules_file.read(SCHEDULES / "desk.yaml")
    assert len(rules) == 4
    for rule in rules:
        content = json.loads((ROOT / "notebooks" / f"{rule.notebook}.ipynb").read_text("utf-8"))
        published = content["metadata"]["jpresearch"]["publishes"]["metrics"]
        assert rule.kind == "late" or rule.metric in published


CALLED = """#!/bin/sh
echo "$@" >> calls
echo "Error: one table ($1): https://publisher: it failed
Nothing was changed.
Error: another ($1): no key" >&2
case "$1" in {cases} esac
"""


@pytest.mark.parametrize(
    ("codes", "done", "code"),
    [
        ({}, ["update", "run", "watch", "export"], 0),
        ({"watch": 4}, ["update", "run", "watch", "export"], 0),
        ({"watch": 2}, ["update", "run", "watch"], 2),
        ({"run": 1}, ["update", "run"], 1),
        ({"update": 3}, ["update", "run", "watch", "export"], 3),
        ({"update": 3, "watch": 4}, ["update", "run", "watch", "export"], 3),
        ({"update": 3, "run": 1}, ["update", "run"], 1),
        ({"update": 2}, ["update"], 2),
        ({"update": 130}, ["update"], 130),
        ({"watch": 4, "export": 3}, ["update", "run", "watch", "export"], 3),
    ],
)
def test_an_alert_and_a_publisher_that_fails_stop_nothing_and_a_failed_report_ends_the_evening(
    codes: dict[str, int], done: list[str], code: int, tmp_path: Path
) -> None:
    for folder in ("docs/schedules", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    script = tmp_path / "docs" / "schedules" / "thursday.sh"
    script.write_bytes((SCHEDULES / "thursday.sh").read_bytes())
    stand_in = tmp_path / ".venv" / "bin" / "jpresearch"
    stand_in.write_text(
        CALLED.format(cases=" ".join(f"{word}) exit {code};;" for word, code in codes.items()) or "x);;")
    )
    stand_in.chmod(0o755)
    ended = subprocess.run(["sh", str(script)], cwd=tmp_path.parent, timeout=20).returncode
    assert ended == code
    made = (tmp_path / "calls").read_text().splitlines()
    assert [line.split()[0] for line in made] == done
    missing = [line for line in made if line.startswith("export") and "--note" in line]
    if codes.get("update") == 3 and "export" in done:
        assert [line.partition("--note ")[2] for line in missing] == [
            "Not updated: one table (update); another (update)"
        ]
    else:
        assert not missing
    assert (tmp_path / "outbox").is_dir()
