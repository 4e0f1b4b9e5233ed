from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jpresearch import record
from jpresearch.cli import app
from jpresearch.record import Run


@pytest.fixture
def old(project: Path) -> Path:
    """An old run, beside one of today that is the latest."""
    folders = []
    for days in (100, 0):
        started = datetime.now(UTC) - timedelta(days=days)
        folder = project / "reports" / f"{started:%Y%m%d-%H%M%S}-{days:04x}"
        folder.mkdir(parents=True)
        empty = Run(
            id=folder.name,
            started_at=started,
            command=[],
            whole_collection=True,
            git=None,
            versions={},
            cores=1,
            jobs=[],
        )
        record.write(empty, folder)
        folders.append(folder)
    (project / "reports" / "latest").symlink_to(folders[1].name)
    return folders[0]


def test_old_runs_are_named_and_removed(old: Path) -> None:
    asked = CliRunner().invoke(app, ["prune", "--older-than", "90d", "--dry-run"])
    assert asked.exit_code == 0
    assert asked.output.startswith(f"{old.name}: 0.0 MB\n")
    assert "Dry run: nothing was removed. 1 run, 0.0 MB would go." in asked.output
    assert old.is_dir()
    done = CliRunner().invoke(app, ["prune", "--older-than", "90d"])
    assert done.exit_code == 0
    assert "1 run, 0.0 MB removed." in done.output
    assert not old.exists()
    assert "0 runs" in CliRunner().invoke(app, ["prune", "--older-than", "90d"]).output


def test_the_answer_as_json(old: Path) -> None:
    done = CliRunner().invoke(app, ["prune", "--older-than", "0h", "--output", str(old.parent), "--json"])
    answer = json.loads(done.output)
    assert answer["dry_run"] is False
    assert [run["run"] for run in answer["pruned"]] == [old.name]
    assert [run["reason"] for run in answer["kept"]] == ["latest points to it"]
    assert not old.exists()


def test_without_a_span_or_with_a_bad_one_nothing_goes(old: Path) -> None:
    assert CliRunner().invoke(app, ["prune"]).exit_code == 2
    refused = CliRunner().invoke(app, ["prune", "--older-than", "soon"])
    assert refused.exit_code != 0
    assert old.is_dir()


def test_a_folder_without_runs_is_no_error(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["prune", "--older-than", "1d", "--output", str(tmp_path / "none")])
    assert done.exit_code == 0
    assert "0 runs" in done.output
