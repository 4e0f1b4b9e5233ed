"""`jpresearch export`: where files go, several at once, what is refused and with which exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from jpresearch.cli import application
from jpresearch.errors import JPResearchError
from tests.batch.commands import COMMAND, make_project, runs
from tests.export.builders import write_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one run, the latest."""
    folder = write_run(tmp_path_factory.mktemp("reports"))
    (folder.parent / "latest").symlink_to(folder.name)
    return folder.parent


@pytest.fixture
def reports(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "reports", symlinks=True))


def call(reports: Path, *words: str) -> Result:
    return CliRunner().invoke(application(["export"]), ["export", *words, "--reports", str(reports)])


def code_of(done: Result) -> int:
    return done.exception.exit_code if isinstance(done.exception, JPResearchError) else done.exit_code


def path_of(done: Result) -> Path:
    """The path that the last line names."""
    return Path(done.output.strip().splitlines()[-1].rpartition(": ")[2])


def test_by_default_a_file_lies_with_its_run_and_its_path_is_printed(reports: Path) -> None:
    done = call(reports, "latest", "--to", "mail")
    assert done.exit_code == 0, done.output
    file = path_of(done)
    assert file.parent == (reports / "latest").resolve()
    assert file.name == "jpresearch-2026-09-11.eml"
    assert file.stat().st_size > 10_000


def test_one_report_gives_the_file_its_name(reports: Path) -> None:
    done = call(reports, "latest", "03", "--to", "pptx")
    assert path_of(done).name == "03_gpif-2026-09-11.pptx"


def test_several_forms_go_into_one_folder(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call(reports, "latest", "--to", "mail", "--to", "png", "--output", str(out)).exit_code == 0
    assert sorted(file.name for file in out.iterdir()) == [
        "01_foreign_flows-eras.png",
        "01_foreign_flows-lines.png",
        "01_foreign_flows-net.png",
        "01_foreign_flows-pairs.png",
        "01_foreign_flows-stack.png",
        "03_gpif-share.png",
        "jpresearch-2026-09-11.eml",
    ]


def test_a_file_is_written_where_it_is_asked_for(reports: Path, tmp_path: Path) -> None:
    file = tmp_path / "new" / "meeting.pptx"
    assert call(reports, "latest", "03", "--to", "pptx", "--output", str(file)).exit_code == 0
    assert file.is_file()
    assert [path.name for path in file.parent.iterdir()] == ["meeting.pptx"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["latest"], 2, "--to"),
        (["latest", "--to", "ppt"], 2, "Allowed: pptx, pdf, mail, png, site"),
        (["2025", "--to", "mail"], 2, "unknown run '2025'"),
        (["latest", "07", "--to", "mail"], 2, "Allowed: 01_foreign_flows, 03_gpif"),
        (["latest", "--to", "pptx", "--output", "x.eml"], 2, "ends with .pptx"),
        (["latest", "--to", "pptx", "--to", "mail", "--output", "x.pptx"], 2, "x.pptx"),
        (["latest", "--to", "mail", "--against", "2020"], 2, "unknown run '2020'"),
        (["latest", "--to", "pptx", "--all"], 2, "--all: it belongs to --to png"),
        (["latest", "--to", "pptx", "--url", "https://x.example"], 2, "--url: it belongs to --to mail"),
    ],
)
def test_a_wrong_call_is_refused_and_writes_nothing(reports: Path, words: list[str], code: int, says: str) -> None:
    before = sorted(reports.rglob("*"))
    done = call(reports, *words)
    assert code_of(done) == code
    assert says in str(done.exception)
    assert sorted(reports.rglob("*")) == before


def test_a_place_that_cannot_be_written_is_a_data_error(reports: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = call(reports, "latest", "03", "--to", "mail", "--output", str(tmp_path / "taken" / "m.eml"))
    assert code_of(done) == 3
    assert "m.eml" in str(done.exception)


CELL = """
import pandas as pd
from jpresearch import charts, publish
share = pd.Series([1.0, 2.0], index=["one", "two"])
publish.answer("Two are more than one.", typed=True)
publish.finding("Two are more.", figure="share", lead=True, typed=True)
publish.figure("share", charts.bars(share, title="Shares", unit="%", source="Nobody"), lead=True)
"""


def test_a_batch_file_writes_its_exports_and_one_that_cannot_be_leaves_the_run_as_it_is(tmp_path: Path) -> None:
    home = make_project(tmp_path / "home", {"01_a": [CELL]})
    batch = home / "week.yaml"
    exports = "[mail, {to: png, output: out}, {to: pptx, output: taken/week.pptx}]"
    batch.write_text(f"jobs: [{{notebooks: all}}]\nexports: {exports}\n", encoding="utf-8")
    (tmp_path / "taken").write_text("", encoding="utf-8")
    words = ("run", "--batch", str(batch), "--output", str(tmp_path / "reports"))
    done = command(*words, folder=tmp_path, JPRESEARCH_HOME=str(home))
    assert done.returncode == 3
    assert "Not exported: taken/week.pptx" in done.stderr
    assert "1 job: 1 succeeded" in done.stdout
    (folder,) = runs(tmp_path / "reports")
    (mail,) = folder.glob("*.eml")
    assert str(mail) in done.stdout
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["01_a-share.png"]


def command(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The installed command in a process of its own, in a folder."""
    return subprocess.run(
        [str(COMMAND), *words], capture_output=True, text=True, cwd=folder, env=os.environ | environment, timeout=300
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--output", ""), "it is empty"),
        (("--output", " "), "it is empty"),
        (("--output", "n" * 300), "no file can have this name"),
        (("--output", "a\x00b"), "no file can have this name"),
        (("--url", "https://x/\r\nBcc: a@b"), "no address of the web"),
        (("--url", "javascript:alert(1)"), "no address of the web"),
        (("--url", "desk"), "no address of the web"),
        (("--url", "http://[::1"), "no address"),
        (("--url", "https://me:hunter2-x@desk/r"), "holds a log-in"),
    ],
)
def test_outputs_and_addresses_that_nothing_can_be_written_to_or_read_at_are_refused(
    words: tuple[str, ...], says: str, reports: Path
) -> None:
    done = call(reports, "latest", "--to", "mail", *words)
    assert code_of(done) == 2
    assert says in str(done.exception) and "hunter2" not in str(done.exception)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_an_answer_that_cannot_be_written_is_said(made: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        words = ["export", "latest", "--to", "mail", "--output", str(tmp_path / "m.eml"), "--reports", str(made)]
        done = subprocess.run([COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 3 and "Traceback" not in done.stderr
    assert "the answer cannot be written: No space left on device" in done.stderr
