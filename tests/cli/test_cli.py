"""The commands as typed: what they print and how they exit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jpresearch import tables

Write = Callable[..., Path]
COMMAND = Path(sys.executable).parent / "jpresearch"


def call(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The installed command in a process of its own."""
    return subprocess.run(
        [str(COMMAND), *words], capture_output=True, text=True, cwd=folder, env=dict(os.environ), timeout=300
    )


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "01_foreign_flows", "-p", "lagz=4"], 2, "as_of (date or None)"),
        (["run", "01_foreign_flows", "--as-of", "2025-13-40"], 2, "2025-13-40"),
        (["run", "-p", "as_of=2025-13-40"], 2, "2025-13-40"),
        (["run", "01_foreign_flow"], 2, "01_foreign_flows"),
        (["run", "--as-of", "2025-09-05", "-p", "as_of=2025-09-05"], 2, "twice"),
        (["run", "01_foreign_flows", "--as-of", "2009-05-29"], 3, "first possible day is 2015-01-05"),
        (["run", "--as-of", "1999-12-30"], 3, "first possible day"),
        (["data", "show", "investor_flow"], 2, "investor_flows"),
        (["data", "show", "investor_flows", "--as-of", "2009-05-29"], 3, "2009-06-11"),
        (["data", "show", "investor_flows", "--as-of", "2011-31-12"], 2, "YYYY-MM-DD"),
        (["frobnicate"], 2, "frobnicate"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_answered_in_one_paragraph(words: list[str], code: int, says: str) -> None:
    done = call(*words)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 8


def test_the_checkout_around_the_current_folder_is_the_one_meant(
    write_notebook: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook("77_here", "x = 1")
    monkeypatch.delenv("JPRESEARCH_HOME")
    done = call("run", "nope", folder=project / "notebooks")
    assert "Allowed: 77_here." in done.stderr


def test_data_check_exits_0_on_the_bundled_data() -> None:
    done = call("data", "check")
    assert done.returncode == 0, done.stderr
    assert "37 tables checked, 0 violations" in done.stdout


def test_data_check_exits_3_after_values_are_spoilt_and_names_each(project: Path) -> None:
    names = ("gpif_policy_mix", "market_daily")
    for name in names:
        file = project / "data" / f"{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines()
        cells = lines[3].split(",")
        cells[-3] = "2001-01-01T00:00:00Z"
        lines[3] = ",".join(cells)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = call("data", "check")
    assert done.returncode == 3
    for name in names:
        assert f"{name}.csv, line 4: published_at is not a datetime" in done.stderr
    told = json.loads(call("data", "check", "--json").stdout)
    assert [violation["line"] for violation in told["violations"]] == [4, 4]


def test_data_list_names_every_table_with_its_newest_period() -> None:
    rows = {row["table"]: row for row in json.loads(call("data", "list", "--json").stdout)}
    assert len(rows) == 37
    assert rows["investor_flows"]["newest_period"] == f"{tables.load('investor_flows')['period_end'].max():%Y-%m-%d}"
    assert rows["investor_flows"]["vintage"] == "first_print"
    printed = call("data", "list").stdout
    assert all(name in printed for name in rows)


def test_tables_without_any_row_are_listed_described_checked_and_awaited(project: Path) -> None:
    for name in ("securities_flows", "splits"):
        file = project / "data" / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").split("\n", 1)[0] + "\n", encoding="utf-8")
    listed = {row["table"]: row for row in json.loads(call("data", "list", "--json").stdout)}
    assert (listed["splits"]["rows"], listed["splits"]["newest_period"]) == (0, None)
    status = {row["table"]: row for row in json.loads(call("data", "status", "--json").stdout)}
    assert (status["securities_flows"]["newest_period"], status["securities_flows"]["late"]) == (None, True)
    assert not status["splits"]["late"], "follows no calendar"
    assert "securities_flows" in call("data", "status").stdout
    assert "It has no rows yet." in call("data", "show", "securities_flows").stdout
    assert json.loads(call("data", "show", "splits", "--json").stdout)["newest_rows"] == []
    assert call("data", "check").returncode == 0


def test_data_show_gives_units_terms_and_rows_as_of_a_day() -> None:
    told = json.loads(call("data", "show", "securities_flows", "--as-of", "2025-09-04", "--rows", "1", "--json").stdout)
    assert told["newest_rows"][0]["period_end"] == "2025-08-30"
    assert told["newest_rows"][0]["inward_equity_net_jpy_100mn"] == -7857
    assert told["newest_rows"][0]["published_at"] == "2025-09-04T08:50:00+09:00"
    assert told["terms"]
    printed = call("data", "show", "securities_flows", "--rows", "2").stdout
    assert "JPY 100 million" in printed
    assert "Ministry of Finance" in printed
    assert "Export: yes" in printed


def test_data_show_says_whose_figures_they_are_and_what_may_leave_the_desk() -> None:
    told = json.loads(call("data", "show", "world_indices", "--rows", "1", "--json").stdout)
    assert told["export"] == "derived"
    assert "FTSE Russell" in told["owner"]
    printed = call("data", "show", "world_indices", "--rows", "1").stdout
    assert "Owner: " in printed and "Export: derived only" in printed


def test_data_status_names_the_late_series_of_a_table() -> None:
    status = {row["table"]: row for row in json.loads(call("data", "status", "--json").stdout)}
    series = {each["series"]: each for each in status["market_daily"]["series"]}
    assert series["usdjpy"]["allowance_days"] == 12 and series["nikkei225"]["allowance_days"] == 7
    assert all(each["late"] == (each["age_days"] > each["allowance_days"]) for each in series.values())
    ended = {each["series"]: each for each in status["prime_valuation"]["series"]}["tse_first"]
    assert not ended["late"] and "2022" in ended["ended"]
    assert "late_series" in call("data", "status").stdout


def test_a_table_of_which_nothing_is_public_yet_is_listed_without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPRESEARCH_NOW", "2018-01-01T12:00")
    for command in ("list", "status"):
        done = call("data", command, "--json")
        assert done.returncode == 0, done.stderr
        told = {row["table"]: row for row in json.loads(done.stdout)}
        assert told["claims"]["newest_period"] is None
        assert told["investor_flows"]["newest_period"] == "2017-12-22"


def test_help_names_the_commands() -> None:
    done = call("--help")
    assert done.returncode == 0
    for name in ("run", "update", "data", "compare", "new", "lint", "lab", "prune"):
        assert f" {name} " in done.stdout
