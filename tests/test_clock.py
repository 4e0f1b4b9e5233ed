"""The one clock: now, what a day or a moment means, and how far a read may go."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jpresearch import calendars, clock, tables
from jpresearch.errors import BadParameter, LookAhead

NOON = "2026-09-17T12:00"


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.NOW_VARIABLE, NOON)


def test_now_is_the_real_time_in_tokyo_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.NOW_VARIABLE, raising=False)
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(hours=9)
    monkeypatch.setenv(clock.NOW_VARIABLE, "2026-09-16T22:30:00Z")
    assert clock.now() == datetime(2026, 9, 17, 7, 30, tzinfo=clock.TOKYO)
    assert clock.today() == date(2026, 9, 17), "Tokyo's day, not that of the zone it was written in"
    assert calendars.now() == pd.Timestamp("2026-09-17 07:30", tz="Asia/Tokyo")
    assert str(calendars.now().tz) == "Asia/Tokyo"


def test_the_real_time_stays_real(noon: None) -> None:
    assert abs(clock.wall() - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_process_finds_the_time_that_was_set_for_it() -> None:
    code = "from jpresearch import clock; print(clock.now().isoformat())"
    environment = {**os.environ, clock.NOW_VARIABLE: NOON}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "2026-09-17T12:00:00+09:00"


def test_the_clock_is_light() -> None:
    code = "import sys; import jpresearch.clock; print(*sorted({'pandas', 'numpy', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    "day",
    ["2026-09-17", " 2026-09-17 ", date(2026, 9, 17), np.datetime64("2026-09-17"), np.datetime64("2026-09-17", "ns")],
)
def test_a_day_is_its_last_instant_in_tokyo(day: object) -> None:
    assert clock.moment(day) == datetime(2026, 9, 17, 23, 59, 59, 999999, tzinfo=clock.TOKYO)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "same",
    [
        "2026-09-17T12:00",
        "2026-09-17 12:00:00",
        "2026-09-17T03:00:00Z",
        "2026-09-16T22:00-05:00",
        datetime(2026, 9, 17, 12),
        datetime(2026, 9, 16, 22, tzinfo=timezone(timedelta(hours=-5))),
        pd.Timestamp("2026-09-17 12:00"),
        pd.Timestamp("2026-09-17 03:00", tz="UTC"),
        np.datetime64("2026-09-17T12:00"),
    ],
    ids=str,
)
def test_a_moment_is_one_moment_however_it_is_written(same: object) -> None:
    assert clock.moment(same) == datetime(2026, 9, 17, 12, tzinfo=clock.TOKYO)  # type: ignore[arg-type]
    assert tables.moment(same) == pd.Timestamp("2026-09-17 12:00", tz="Asia/Tokyo")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "nonsense",
    ["", "20260917", "2026-9-17", "2026-W38-4", "2026-09-17T", "2026-09-17T25:00", "2026-02-30", "0000-01-01", "now", 5,
     2.5, pd.NaT, np.datetime64("NaT"), "0001-01-01T00:00+14:00", True],
    ids=repr,
)  # fmt: skip
def test_what_is_no_date_is_refused(nonsense: object) -> None:
    with pytest.raises(BadParameter, match="is not a date"):
        clock.moment(nonsense)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "to_come", ["2026-09-18", "2030-01-01", "2026-09-17T12:01", "2026-09-17T03:01Z", date(2026, 9, 18)]
)
def test_what_is_to_come_is_refused_and_today_is_not(to_come: object, noon: None) -> None:
    with pytest.raises(BadParameter, match="still to come: in Tokyo it is 2026-09-17 12:00"):
        clock.refuse_to_come(to_come)  # type: ignore[arg-type]
    with pytest.raises(BadParameter, match="still to come"):
        tables.load("investor_flows", to_come)  # type: ignore[arg-type]
    for fine in ("2026-09-17", NOON, "2026-09-16", None):
        clock.refuse_to_come(fine)


def test_a_read_without_a_day_and_one_of_today_go_to_now(noon: None) -> None:
    assert clock.until(None, "x") == clock.until("2026-09-17", "x") == clock.now()
    assert clock.until("2026-09-16", "x") == clock.moment("2026-09-16")


def test_a_release_of_this_afternoon_is_not_read_at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    for present, newest in (("2026-09-10T15:29:59", "2026-08-28"), ("2026-09-10T15:30", "2026-09-04")):
        monkeypatch.setenv(clock.NOW_VARIABLE, present)
        for as_of in (None, "2026-09-10"):
            assert tables.load("investor_flows", as_of)["period_end"].max() == pd.Timestamp(newest)


def test_outside_a_run_there_is_no_ceiling(noon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.AS_OF_VARIABLE, raising=False)
    assert clock.ceiling() is None


@pytest.mark.parametrize(
    "as_of", [None, "2022-01-06", "2022-01-05T23:59:59.999999-01:00", date(2026, 9, 16), "2031-01-01"]
)
def test_inside_a_run_nothing_goes_past_its_day(as_of: object, noon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.AS_OF_VARIABLE, "2022-01-05")
    with pytest.raises(LookAhead, match=r"the table boj_policy .* goes past the run's day, 2022-01-05"):
        clock.until(as_of, "boj_policy")  # type: ignore[arg-type]
    assert clock.until("2022-01-05", "boj_policy") == clock.ceiling() == clock.moment("2022-01-05")


def test_a_run_of_today_reads_to_its_start(noon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.AS_OF_VARIABLE, "2026-09-17")
    assert clock.until(None, "x") == clock.until("2026-09-17", "x") == clock.ceiling() == clock.now()
    monkeypatch.setenv(clock.AS_OF_VARIABLE, clock.now().isoformat())
    assert clock.until(None, "x") == clock.now()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.datetimes(datetime(2005, 1, 1), datetime(2026, 9, 17)),
    asked=st.none()
    | st.datetimes(datetime(2004, 1, 1), datetime(2028, 1, 1))
    | st.dates(date(2004, 1, 1), date(2028, 1, 1)),
)
def test_a_read_never_sees_past_now_nor_past_the_run(
    limit: datetime, asked: datetime | date | None, noon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.AS_OF_VARIABLE, limit.isoformat())
    try:
        seen = clock.until(asked, "x")
    except LookAhead:
        meant = clock.now() if asked is None else clock.moment(asked)
        assert meant is not None
        assert meant > limit.replace(tzinfo=clock.TOKYO)
        return
    assert seen <= limit.replace(tzinfo=clock.TOKYO)
    assert seen <= clock.now()
