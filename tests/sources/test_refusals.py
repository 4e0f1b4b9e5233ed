"""What no update takes: figures of the future, impossible days, keys twice; a dry run refuses it in the same words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jpresearch import calendars, catalog, tables
from jpresearch.clock import NOW_VARIABLE
from jpresearch.errors import DataError, TableInvalid, Violation
from jpresearch.sources import updating
from jpresearch.tables.appending import render
from jpresearch.tables.plausibility import ENDS, implausible

COMMAND = Path(sys.executable).parent / "jpresearch"
CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "U"
HEADER = "metric,period_end,period_start,value,unit,confidence,note,published_at,grade,source"
KEY = "nav_equity_funds_ex_etf"
NOW = "2026-11-27T12:00"
TO_COME = "is still to come"
DAY_ALONE = pd.Timestamp("2026-11-27 23:59:59", tz="Asia/Tokyo")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NOW_VARIABLE, NOW)


def call(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(COMMAND), *words], capture_output=True, text=True, env=dict(os.environ), timeout=120, check=False
    )


def row(
    end: str = "2026-03-31", published: str = "2026-04-20T15:00:00+09:00", start: str = "", value: str = "1"
) -> str:
    grade = "stated" if published else ""
    return f"{KEY},{end},{start or end},{value},JPY tn,single source,,{published},{grade},traders-41d76"


REFUSED = {
    "published in 2062": (
        row(published="2062-01-20T15:00:00+09:00"),
        "published_at 2062-01-20T15:00:00+09:00 is still",
    ),
    "published tomorrow": (row(published="2026-11-28T00:00:00+09:00"), TO_COME),
    "published this afternoon": (row(published="2026-11-27T12:00:01+09:00"), TO_COME),
    "published before its end": (row(published="2026-03-30T15:00:00+09:00"), "published before its period ended"),
    "a period to come": (row("2052-12-31", ""), "period_end 2052-12-31 is still to come"),
    "a period to come, dated": (row("2026-11-28"), "period_end 2026-11-28 is still to come"),
    "before the calendar": (row("1998-03-31", ""), "the release rule cannot date it"),
    "the first day of a spreadsheet": (row("1900-01-01"), "period_end 1900-01-01 lies before 1949-05-16"),
    "an absurd year": (row("0226-03-31"), "period_end 0226-03-31 lies before 1949-05-16"),
    "a start of another age": (row(start="1026-01-01"), "period_start 1026-01-01 lies before 1949-05-16"),
    "a start after its end": (row(start="2026-04-01"), "period_start is not after period_end"),
    "infinite": (row(value="inf"), "value is not a number: 'inf'"),
    "negative infinity": (row(value="-Infinity"), "value is not a number: '-Infinity'"),
    "no number": (row(value="nan"), "value is not a number: 'nan'"),
    "beyond all numbers": (row(value="1e999"), "value is not a number: '1e999'"),
    "no day": (row("2026-02-30"), "period_end is not a date"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_row_is_refused_with_the_users_file_and_line_and_the_dry_run_says_the_same(
    case: str, project: Path, tmp_path: Path
) -> None:
    wrong, said = REFUSED[case]
    file = tmp_path / "desk.csv"
    sound = row("2026-02-28", "2026-03-20T15:00:00+09:00")
    file.write_text(f"{HEADER}\n{sound}\n{wrong}\n", encoding="utf-8")
    before = catalog.table("fund_flows").file.read_bytes()
    settled = (updating.settle(updating.from_files(file, ["fund_flows"]), write=write) for write in (False, True))
    dry, real = ({name: str(error) for name, error in result.failures.items()} for result in settled)
    assert dry == real
    (sentence,) = real.values()
    assert "desk.csv, line 3: " in sentence
    assert said in sentence
    assert catalog.table("fund_flows").file.read_bytes() == before


@pytest.mark.parametrize("case", ["published in 2062", "published before its end", "a period to come"])
def test_the_command_refuses_in_a_sentence_with_exit_code_3(case: str, project: Path, tmp_path: Path) -> None:
    wrong, said = REFUSED[case]
    (tmp_path / "desk.csv").write_text(f"{HEADER}\n{wrong}\n", encoding="utf-8")
    words = ["update", "fund_flows", "--from", str(tmp_path / "desk.csv")]
    dry, real = call(*words, "--dry-run"), call(*words)
    assert (dry.returncode, real.returncode, dry.stderr) == (3, 3, real.stderr)
    assert said in real.stderr
    assert "Traceback" not in real.stderr
    assert len(real.stderr.splitlines()) <= 2


def test_a_refusal_is_in_the_json_of_a_dry_run(project: Path, tmp_path: Path) -> None:
    (tmp_path / "desk.csv").write_text(f"{HEADER}\n{row('2052-12-31', '')}\n", encoding="utf-8")
    told = json.loads(call("update", "fund_flows", "--from", str(tmp_path / "desk.csv"), "--dry-run", "--json").stdout)
    assert "desk.csv, line 2: period_end 2052-12-31" in told["failures"]["fund_flows"]


@pytest.mark.parametrize("published", ["2026-11-27T12:00:00+09:00", "2026-11-27T23:59:59+09:00"])
def test_a_row_of_today_is_taken_with_its_moment_or_by_its_day(published: str, project: Path, tmp_path: Path) -> None:
    file = tmp_path / "desk.csv"
    file.write_text(f"{HEADER}\n{row('2026-10-31', published)}\n", encoding="utf-8")
    done = call("update", "fund_flows", "--from", str(file))
    assert done.returncode == 0, done.stderr
    assert tables.check(catalog.table("fund_flows")) == []
    newest = tables.load("fund_flows")["published_at"].max()
    assert newest <= pd.Timestamp(NOW, tz="Asia/Tokyo"), "by its day it is public when the day is over"


def test_a_row_that_contradicts_the_table_at_one_moment_names_the_users_line(project: Path) -> None:
    table = catalog.table("fund_flows")
    one = tables.read(table).head(1)
    origins = pd.DataFrame({"file": ["desk.csv"], "line": [9]})
    for value in (one["value"] + 5, one["value"] - 5):
        with pytest.raises(TableInvalid, match=r"desk\.csv, line 9: duplicate key .* a correction needs a later one"):
            tables.append("fund_flows", one.assign(value=value), origins=origins)


def test_a_row_without_a_line_is_named_by_its_key(project: Path) -> None:
    one = tables.read(catalog.table("fund_flows")).head(1).assign(published_at=DAY_ALONE + pd.Timedelta(days=1))
    for file, named in ((None, "fund_flows: "), ("flows.xls", "flows.xls: ")):
        origins = None if file is None else pd.DataFrame({"file": [file], "line": [float("nan")]})
        with pytest.raises(
            TableInvalid, match=rf"{named}published_at .* \({one[catalog.table('fund_flows').key[0]][0]}"
        ):
            tables.append("fund_flows", one, origins=origins)


def test_a_text_of_two_lines_is_refused(project: Path) -> None:
    one = tables.read(catalog.table("fund_flows")).head(1)
    changed = one.assign(note="two\nlines", published_at=one["published_at"] + pd.Timedelta(days=1))
    with pytest.raises(TableInvalid, match="note holds a line break"):
        tables.append("fund_flows", changed)


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
@pytest.mark.parametrize("name", ["u07_future_pub", "u07b_pub_before_period", "u08_future_period"])
def test_the_files_that_were_tried_are_refused(name: str, project: Path) -> None:
    path = str(CASES / f"{name}.csv")
    dry, real = (call("update", "fund_flows", "--from", path, *more) for more in (["--dry-run"], []))
    assert (dry.returncode, real.returncode, dry.stderr) == (3, 3, real.stderr)
    assert f"{name}.csv, line 2" in real.stderr


def spoilt(name: str, **changes: object) -> list[Violation]:
    """What is found where the last row of a table is another; its file is written without a check."""
    table = catalog.table(name)
    frame = tables.read(table)
    table.file.write_text(
        render(pd.concat([frame.iloc[:-1], frame.tail(1).assign(**changes)]), table), encoding="utf-8"
    )
    return tables.check(table)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"published_at": pd.Timestamp("2062-01-20 15:00", tz="Asia/Tokyo")}, "published_at 2062-01-20T15:00:00+09:00"),
        ({"published_at": pd.Timestamp("2026-11-28 09:00", tz="Asia/Tokyo")}, "published_at 2026-11-28T09:00:00+09:00"),
        ({"period_start": pd.Timestamp("1026-01-01")}, "period_start 1026-01-01 lies before"),
    ],
)
def test_check_finds_what_an_update_refuses(changes: dict[str, object], said: str, project: Path) -> None:
    (found,) = spoilt("fund_flows", **changes)
    assert said in found.rule


def test_the_check_of_all_tables_names_the_line_that_an_update_refuses(project: Path) -> None:
    (found,) = spoilt("fund_flows", period_start=pd.Timestamp("1026-01-01"))
    done = call("data", "check")
    assert done.returncode == 3
    assert f"fund_flows.csv, line {found.row}: period_start 1026-01-01 lies before" in done.stderr
    assert call("data", "status").returncode == 0


def test_the_bundled_tables_say_nothing_that_cannot_be() -> None:
    assert {name: found for name, table in catalog.catalog().items() if (found := tables.check(table))} == {}


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("investor_flows", "2026-08-27", "the last session of its week"),
        ("investor_flows", "2024-05-03", "the last session of its week"),
        ("securities_flows", "2026-08-28", "a Saturday"),
        ("prime_valuation", "2026-05-29", "the last day of a month"),
        ("semiconductor_prices", "2026-05-05", "a session of the Tokyo exchange"),
    ],
)
def test_a_period_that_ends_between_those_of_its_rule_is_refused(name: str, day: str, said: str, project: Path) -> None:
    published = pd.Timestamp("2026-10-01 15:00", tz="Asia/Tokyo")
    last = tables.read(catalog.table(name)).tail(1)
    wrong = last.assign(period_end=pd.Timestamp(day), period_start=pd.Timestamp(day), published_at=published)
    origins = pd.DataFrame({"file": ["desk.csv"], "line": [7]})
    with pytest.raises(TableInvalid, match=rf"desk\.csv, line 7: period_end {day} is not {said}"):
        tables.append(name, wrong, origins=origins)
    with pytest.raises(TableInvalid, match=said):
        tables.rehearse(name, wrong)


def test_survey_weeks_end_as_the_calendar_says() -> None:
    weeks = calendars.survey_weeks("2012-01-01", "2030-12-31")
    days = pd.Series(pd.date_range("2012-01-01", "2030-12-31"))
    assert set(days[ENDS["jpx_investor_types"][1](days)]) == set(weeks["period_end"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    end=st.dates(date(1, 1, 1), date(9999, 12, 31)),
    published=st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    name=st.sampled_from(["fund_flows", "securities_flows", "gpif_annual", "boj_etf_purchases"]),
)
def test_any_days_are_taken_or_refused_in_a_sentence_and_alike(
    end: date, published: datetime | None, name: str, project: Path, tmp_path: Path
) -> None:
    table = catalog.table(name)
    cells = tables.read(table).tail(1).astype("object")
    moment = "" if published is None else f"{published.isoformat(timespec='seconds')}+09:00"
    cells = cells.assign(period_start=end.isoformat(), period_end=end.isoformat(), published_at=moment)
    for column in set(table.of_type("date")) - {"period_start", "period_end"}:
        cells[column] = [f"{value:%Y-%m-%d}" for value in cells[column]]
    file = tmp_path / "desk.csv"
    cells.drop(columns="grade").to_csv(file, index=False)
    outcomes = []
    for write in (False, True):
        with suppress(DataError):
            result = updating.settle(updating.from_files(file, [name]), write=write)
            outcomes.append({failed: str(error) for failed, error in result.failures.items()})
    assert len(outcomes) in (0, 2)
    assert len(set(map(str, outcomes))) <= 1
    assert tables.check(table) == []
    assert list(implausible(tables.read(table), table, pd.Timestamp(NOW, tz="Asia/Tokyo"))) == []
