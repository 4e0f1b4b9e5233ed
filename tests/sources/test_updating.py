"""`jpresearch update` from end to end, with a local server as publisher."""

from __future__ import annotations

import errno
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from jpresearch import catalog, tables
from jpresearch.calendars import next_business_day
from jpresearch.sources import fred, locking, updating
from jpresearch.sources.locking import LOCK_NAME, sole_writer
from jpresearch.sources.model import SourceError
from tests.sources.builders_jpx import legacy_workbook, unified_workbook, week_of_figures
from tests.sources.builders_jpx_derivatives import derivatives_csv, week_of_futures
from tests.sources.builders_jquants import CLIENTS, Week, as_csv, service_week
from tests.sources.builders_nikkei import daily_csv
from tests.sources.builders_us import cftc_txt, fred_csv, positions

COMMAND = Path(sys.executable).parent / "jpresearch"
MOF = "/www.mof.go.jp/policy/international_policy/reference/itn_transactions_in_securities/week.csv"
JPX = "/www.jpx.co.jp/markets/statistics-equities/investor-type"
NIKKEI = "/indexes.nikkei.co.jp/nkave/historical/nikkei_stock_average_daily_en.csv"

NET = "inward_equity_net_jpy_100mn"

Mof = Callable[..., bytes]
Lines = Callable[[str], list[str]]


def call(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(COMMAND), "update", *words], capture_output=True, text=True, env=dict(os.environ), timeout=120
    )


def serve_jpx(server: HTTPServer, name: str, workbook: bytes) -> None:
    page = f'<a href="/markets/statistics-equities/investor-type/abc123-att/{name}">x</a>'
    server.expect_request(f"{JPX}/index.html").respond_with_data(page)
    for archive in range(11):
        server.expect_request(f"{JPX}/00-00-archives-{archive:02d}.html").respond_with_data(page)
    server.expect_request(f"{JPX}/abc123-att/{name}").respond_with_data(workbook)


def test_a_newer_week_is_added_and_nothing_else_changes(
    publishers: HTTPServer, mof_file: Mof, project: Path, lines: Lines
) -> None:
    publishers.expect_request(MOF).respond_with_data(mof_file())
    before, as_it_stood = lines("securities_flows"), tables.load("securities_flows", "2026-09-18").to_csv()
    done = call("securities_flows")
    assert done.returncode == 0, done.stderr
    assert "securities_flows: 1 new, 0 corrected, 60 unchanged" in done.stdout
    after = lines("securities_flows")
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert "2026-09-19" in after[-1]
    assert "2026-09-24T08:50:00+09:00,rule" in after[-1]
    assert tables.load("securities_flows", "2026-09-18").to_csv() == as_it_stood
    again = call("securities_flows")
    assert "0 new, 0 corrected, 61 unchanged" in again.stdout
    assert lines("securities_flows") == after
    assert sorted(path.name for path in (project / "data").iterdir() if path.name.startswith(".")) in ([], [LOCK_NAME])


def test_a_table_without_rows_is_filled(publishers: HTTPServer, mof_file: Mof, project: Path, lines: Lines) -> None:
    publishers.expect_request(MOF).respond_with_data(mof_file(newer=False))
    (project / "data" / "securities_flows.csv").write_text(lines("securities_flows")[0] + "\n", encoding="utf-8")
    done = call("securities_flows")
    assert "securities_flows: 60 new, 0 corrected, 0 unchanged" in done.stdout
    assert len(lines("securities_flows")) == 61
    assert "0 new, 0 corrected, 60 unchanged" in call("securities_flows").stdout


@pytest.mark.parametrize("form", ["legacy", "unified"])
def test_a_newer_week_of_investor_flows_comes_in_either_layout(
    form: str, publishers: HTTPServer, project: Path, lines: Lines
) -> None:
    figures = week_of_figures(7)
    if form == "legacy":
        start, end = date(2026, 9, 7), date(2026, 9, 11)
        workbook, name = legacy_workbook(figures, start, end, filed_under=(2026, 9, 2)), "stock_val_1_260902.xls"
    else:
        start, end = date(2026, 9, 14), date(2026, 9, 18)
        workbook, name = unified_workbook(figures, "2026093"), "stock_1_w_20260914_20260918.xlsx"
    serve_jpx(publishers, name, workbook)
    before = lines("investor_flows")
    done = call("investor_flows")
    assert done.returncode == 0, done.stderr
    after = lines("investor_flows")
    assert set(before) < set(after), "every earlier line is still there, byte for byte"
    frame = tables.load("investor_flows", start=start)
    week = frame[(frame["period_end"] == pd.Timestamp(end)) & (frame["market"] == "two_markets")].set_index("investor")
    sales, purchases = figures["two_markets"]["foreigners"]
    assert week.loc["foreigners", "net_jpy_mn"] == pytest.approx((purchases - sales) / 1000)
    assert week.loc["foreigners", "coverage"] == "full"
    assert "0 new" in call("investor_flows").stdout
    assert lines("investor_flows") == after


def test_newer_closes_are_added(publishers: HTTPServer, project: Path, lines: Lines) -> None:
    closes = tables.load("market_daily", start="2026-07-01")
    closes = closes[closes["series"] == "nikkei225"]
    days = [(row.period_end.date(), (row.value,) * 4) for row in closes.itertuples()]
    following = next_business_day(pd.DatetimeIndex([days[-1][0]]))[0].date()
    days.append((following, (days[-1][1][0] + 100,) * 4))
    publishers.expect_request(NIKKEI).respond_with_data(daily_csv(days, "en"))
    before = lines("market_daily")
    done = call("market_daily")
    assert f"market_daily: 1 new, 0 corrected, {len(days) - 1} unchanged" in done.stdout
    known = set(before)
    added = [line for line in lines("market_daily") if line not in known]
    assert len(added) == 1
    assert added[0].startswith(f"nikkei225,{following}")
    assert f"{following}T15:30:00+09:00,rule,nikkei-indexes" in added[0]
    # The other publishers of the table were not there to answer: said, and the exit code tells.
    assert done.returncode == 3
    assert "mof_jgb" in done.stderr


def test_a_correction_is_shown_with_old_and_new_and_never_overwrites(
    publishers: HTTPServer, mof_file: Mof, project: Path, lines: Lines
) -> None:
    publishers.expect_request(MOF).respond_with_data(mof_file(newer=False, corrected="2026-08-29"))
    week = tables.load("securities_flows").set_index("period_end").loc["2026-08-29"]
    old = int(week["inward_equity_net_jpy_100mn"])
    before = lines("securities_flows")
    dry = call("securities_flows", "--dry-run")
    assert "0 new, 1 corrected, 59 unchanged" in dry.stdout
    assert f"2026-08-29: inward_equity_net_jpy_100mn {old:,} -> {old + 10:,}" in dry.stdout
    assert lines("securities_flows") == before
    assert call("securities_flows").returncode == 0
    assert set(before) < set(lines("securities_flows"))
    early, late = (tables.load("securities_flows", day).set_index("period_end") for day in ("2026-09-23", "2026-09-24"))
    assert early.loc["2026-08-29", "inward_equity_net_jpy_100mn"] == old
    assert late.loc["2026-08-29", "inward_equity_net_jpy_100mn"] == old + 10


def test_a_figure_that_does_not_add_up_is_shown_by_a_dry_run_and_refused_by_an_update(
    project: Path, tmp_path: Path, mof_file: Mof, lines: Lines
) -> None:
    whole = mof_file(newer=False, corrected="2025-08-30").decode("cp932")
    plain = mof_file(newer=False).decode("cp932")
    week = next(at for at, (a, b) in enumerate(zip(whole.split("\r\n"), plain.split("\r\n"), strict=True)) if a != b)
    altered = plain.split("\r\n")
    net = f'"{int(tables.load("securities_flows").set_index("period_end").loc["2025-08-30", NET]):,} "'
    assert altered[week].count(net) == 1
    altered[week] = altered[week].replace(net, '"12,345 "')
    (tmp_path / "week.csv").write_bytes("\r\n".join(altered).encode("cp932"))
    before = lines("securities_flows")
    dry = call("securities_flows", "--from", str(tmp_path / "week.csv"), "--dry-run")
    assert dry.returncode == 3
    assert "0 new, 1 corrected, 59 unchanged" in dry.stdout
    assert "-> 12,345" in dry.stdout
    assert "inward equity: net of the week to 2025-08-30 does not add up" in dry.stdout
    real = call("securities_flows", "--from", str(tmp_path / "week.csv"))
    assert (real.returncode, real.stderr) == (dry.returncode, dry.stderr)
    assert "does not add up" in real.stderr
    assert lines("securities_flows") == before


def test_one_publisher_down_does_not_stop_the_others(
    publishers: HTTPServer, mof_file: Mof, project: Path, lines: Lines
) -> None:
    publishers.expect_request(MOF).respond_with_data(mof_file())
    publishers.expect_request(f"{JPX}/index.html").respond_with_data(status=404)
    before = lines("investor_flows")
    done = call("investor_flows", "securities_flows")
    assert done.returncode == 3
    assert "investor_flows (jpx_investor_types_legacy)" in done.stderr
    assert "404" in done.stderr
    assert "Traceback" not in done.stderr
    assert "securities_flows: 1 new" in done.stdout
    assert lines("investor_flows") == before


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BAD_FILES = {
    "html served as xls": ("stock_val_1_260902.xls", b"<html><body>Service unavailable</body></html>"),
    "html served as csv": ("week.csv", b"<!DOCTYPE html><html><body>Service unavailable</body></html>"),
    "empty": ("week.csv", b""),
    "truncated workbook": ("stock_1_w_20260914_20260918.xlsx", b"PK\x03\x04\x14\x00\x00\x00"),
    "password": (
        "perpbr202510.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"),
    ),
    "nothing known": ("holiday.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4),
}


@pytest.mark.parametrize("kind", BAD_FILES, ids=str)
def test_a_bad_file_is_refused_in_one_paragraph_and_changes_nothing(
    kind: str, project: Path, tmp_path: Path, lines: Lines
) -> None:
    name, content = BAD_FILES[kind]
    (tmp_path / name).write_bytes(content)
    before = {path.name: path.read_bytes() for path in (project / "data").iterdir()}
    done = call("--from", str(tmp_path / name))
    assert done.returncode == 3, done.stdout
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 4
    assert {path.name: path.read_bytes() for path in (project / "data").iterdir()} == before


def test_a_file_over_the_limit_is_not_even_read(project: Path, tmp_path: Path) -> None:
    with (tmp_path / "week.csv").open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    done = call("--from", str(tmp_path / "week.csv"))
    assert done.returncode == 3
    assert "larger than" in done.stderr


def test_a_truncated_file_never_shortens_the_table(project: Path, tmp_path: Path, mof_file: Mof, lines: Lines) -> None:
    whole = mof_file()
    before = lines("securities_flows")
    for cut in (len(whole) // 3, len(whole) // 2, len(whole) - 40):
        (tmp_path / "week.csv").write_bytes(whole[:cut])
        call("securities_flows", "--from", str(tmp_path / "week.csv"))
        assert set(before) <= set(lines("securities_flows"))


def test_a_folder_is_read_with_the_adapter_said_for_each_file(project: Path, tmp_path: Path, mof_file: Mof) -> None:
    (tmp_path / "downloaded.csv").write_bytes(mof_file())
    (tmp_path / "notes.txt").write_text("call the desk")
    done = call("--from", str(tmp_path), "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["read"] == [{"file": "downloaded.csv", "adapter": "mof_securities"}]
    assert told["passed_over"] == ["notes.txt"]
    assert told["tables"]["securities_flows"]["new"] == 1


def test_a_table_without_a_machine_readable_publisher_says_what_to_do(project: Path) -> None:
    done = call("buybacks")
    assert done.returncode == 3
    assert "--from" in done.stderr


def test_two_updates_at_once_the_second_says_who_holds_the_lock(project: Path) -> None:
    folder = project / "data"
    refused = pytest.raises(SourceError, match=rf"process {os.getpid()} on")
    with sole_writer(folder), refused, sole_writer(folder, wait_seconds=0.1):
        pass
    with sole_writer(folder, wait_seconds=0.1):
        assert FileLock(folder / LOCK_NAME, timeout=0.05).is_locked is False


def test_the_second_of_two_updates_waits_and_adds_nothing_twice(
    publishers: HTTPServer, mof_file: Mof, project: Path, lines: Lines
) -> None:
    publishers.expect_request(MOF).respond_with_data(mof_file())
    before = lines("securities_flows")
    words = [str(COMMAND), "update", "securities_flows"]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.wait(120) for process in both] == [0, 0]
    assert len(lines("securities_flows")) == len(before) + 1


def gained_after_a_kill(project: Path, lines: Lines, seed: int) -> int:
    """Kill an update at a random instant: the table is the old one or the new one. The lines after the next update."""
    before = lines("securities_flows")
    process = subprocess.Popen([str(COMMAND), "update", "securities_flows"], stdout=subprocess.DEVNULL)
    time.sleep(random.Random(seed).uniform(0.3, 1.6))
    process.send_signal(signal.SIGKILL)
    process.wait()
    after = lines("securities_flows")
    assert after in (before, [*before, after[-1]])
    assert tables.check(catalog.table("securities_flows")) == []
    assert call("securities_flows").returncode == 0
    assert not list((project / "data").glob(locking.PARTS))
    return len(lines("securities_flows")) - len(before)


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_update_leaves_the_old_table_or_the_new_one(
    seed: int, publishers: HTTPServer, mof_file: Mof, project: Path, lines: Lines
) -> None:
    publishers.expect_request(MOF).respond_with_data(mof_file())
    assert gained_after_a_kill(project, lines, seed) == 1


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3, 55))
def test_a_killed_update_leaves_the_old_table_or_the_new_one_many_times(
    seed: int, publishers: HTTPServer, mof_file: Mof, project: Path, lines: Lines
) -> None:
    publishers.expect_request(MOF).respond_with_data(mof_file())
    assert gained_after_a_kill(project, lines, seed) == 1


END = date(2026, 10, 9)
NEW_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "futures_flows": (
        "Tousi_DV_W_20261005_20261009.csv",
        lambda: derivatives_csv(week_of_futures(1), date(2026, 10, 5), END),
    ),
    "futures_positions": ("FinFutYY.txt", lambda: cftc_txt([(date(2026, 10, 6), "240743", positions(1))])),
    "short_rates": ("DTB3.csv", lambda: fred_csv([(date(2026, 10, 5), 3.5), (date(2026, 10, 6), 3.51)])),
    "investor_flows": (
        "equities_investor_types.csv.gz",
        lambda: gzip.compress(
            as_csv([service_week(Week("TSEStandard", date(2026, 10, 5), END, date(2026, 10, 16), *FLOWS))])
        ),
    ),
}
FLOWS: tuple[tuple[int, int], dict[str, tuple[int, int]]] = ((10**7, 10**7), dict.fromkeys(CLIENTS, (10**7, 10**7)))


def gained_after_a_kill_while_reading(table: str, folder: Path, lines: Lines, seed: int) -> int:
    """Kill an update from a file at a random instant: old table or new one. The lines that the next update adds."""
    name, content = NEW_FILES[table]
    (folder / name).write_bytes(content())
    before = lines(table)
    process = subprocess.Popen([str(COMMAND), "update", "--from", str(folder / name)], stdout=subprocess.DEVNULL)
    time.sleep(random.Random(f"{table}{seed}").uniform(0.5, 3.0))
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = lines(table)
    done = call("--from", str(folder / name))
    assert done.returncode == 0, done.stderr
    after = lines(table)
    assert killed in (before, after)
    assert set(before) <= set(after)
    assert tables.check(catalog.table(table)) == []
    return len(after) - len(before)


@pytest.mark.parametrize("table", ["futures_positions"])
def test_an_update_from_a_file_that_is_killed_leaves_the_old_table_or_the_new_one(
    table: str, project: Path, tmp_path: Path, lines: Lines
) -> None:
    assert gained_after_a_kill_while_reading(table, tmp_path, lines, 0) > 0


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(13))
@pytest.mark.parametrize("table", NEW_FILES)
def test_an_update_from_a_file_that_is_killed_leaves_the_old_table_or_the_new_one_many_times(
    table: str, seed: int, project: Path, tmp_path: Path, lines: Lines
) -> None:
    assert gained_after_a_kill_while_reading(table, tmp_path, lines, seed) > 0


def test_a_publisher_of_two_tables_is_asked_once_and_adds_to_those_asked_for_only(
    publishers: HTTPServer, project: Path, lines: Lines
) -> None:
    def serve(request: Request) -> Response:
        series = fred.SERIES[request.args["id"]]
        held = tables.read(catalog.table(series.table))
        value = held[held["series"] == series.series].iloc[-1][
            "value" if series.table == "market_daily" else "value_pct"
        ]
        return Response(
            fred_csv([(date(2026, 10, 5), float(value)), (date(2026, 10, 6), float(value))], request.args["id"])
        )

    publishers.expect_request("/fred.stlouisfed.org/graph/fredgraph.csv").respond_with_handler(serve)
    before = lines("market_daily")
    done = call("short_rates")
    assert f"short_rates: {2 * sum(each.table == 'short_rates' for each in fred.SERIES.values())} new" in done.stdout
    assert "market_daily" not in done.stdout
    assert lines("market_daily") == before


def test_the_series_that_is_furthest_behind_says_from_which_day_to_ask(project: Path) -> None:
    frame = tables.read(catalog.table("short_rates"))
    behind = frame.groupby("series")["period_end"].max().min().date()
    assert updating._since("short_rates") == behind - updating.LOOK_BACK
    sections = tables.read(catalog.table("investor_flows")).groupby("market")["period_end"].max()
    assert updating._since("investor_flows") > sections["tse_first"].date() + timedelta(days=365), (
        "ended series decide nothing"
    )


def test_a_crash_while_writing_leaves_the_old_table(
    mof_file: Mof, project: Path, tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "week.csv").write_bytes(mof_file())
    before = lines("securities_flows")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = updating.settle(updating.from_files(tmp_path / "week.csv", ()), write=True)
    assert "the table cannot be written: No space left on device" in str(result.failures["securities_flows"])
    assert lines("securities_flows") == before
    assert not list((project / "data").glob(locking.PARTS))


def test_an_archive_read_on_all_cores_says_the_same_as_file_by_file(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for week, day in enumerate((7, 14, 21), 1):
        start, end = date(2025, 7, day), date(2025, 7, day + 4)
        figures = week_of_figures(week, 5 if day != 21 else 4)
        (tmp_path / f"stock_val_1_25070{week}.xls").write_bytes(legacy_workbook(figures, start, end))
    (tmp_path / "broken.xls").write_bytes(b"<html>")
    (tmp_path / "stock_val_1_250799.xls").write_bytes(b"<html>")
    one_by_one = updating.from_files(tmp_path, ("investor_flows",))
    monkeypatch.setattr(updating, "ARCHIVE", 2)
    lines: list[str] = []
    together = updating.from_files(tmp_path, ("investor_flows",), lines.append)
    assert [read.file for read in together.read] == [read.file for read in one_by_one.read]
    assert len(together.read) == len(lines) >= 2
    assert together.passed_over == one_by_one.passed_over == ["broken.xls"]
    assert {name: str(error) for name, error in together.failures.items()} == {
        name: str(error) for name, error in one_by_one.failures.items()
    }
    assert "stock_val_1_250799.xls" in together.failures
    for here, there in zip(together.read, one_by_one.read, strict=True):
        pd.testing.assert_frame_equal(here.parsed[0].rows, there.parsed[0].rows)
