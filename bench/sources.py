"""Speed of bringing figures in: `python -m bench.sources [WORKBOOKS]` from the root of the repository.

1. Legacy JPX workbooks, all sheets, parsed, compared and appended in one transaction, against ``pandas.read_excel`` of
   one sheet of each, with either reader it has for them.
2. An update of one new week from a local server to the table, beyond the start of the process (interpreter, imports).
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pandas as pd
from pytest_httpserver import HTTPServer

ROOT = Path(__file__).resolve().parents[1]
MOF = "/www.mof.go.jp/policy/international_policy/reference/itn_transactions_in_securities/week.csv"
ONE_WEEK = """
import time
from pathlib import Path
from jpresearch import catalog, tables
from jpresearch.sources import registry, updating
registry.publishers()
import requests, pandera.pandas
started = time.perf_counter()
result = updating.settle(updating.from_publishers(["securities_flows"]), write=True)
assert result.added == {"securities_flows": 1} and not result.failures, (result.added, result.failures)
print(time.perf_counter() - started)
"""


def main() -> None:
    """Print both measurements."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "project"
        shutil.copytree(ROOT / "data", home / "data")
        (home / "notebooks").mkdir()
        os.environ["JPRESEARCH_HOME"] = str(home)
        archive(Path(folder) / "archive", count)
        one_week()


def archive(folder: Path, count: int) -> None:
    """Write ``count`` workbooks of weeks the table lacks the classes of, then read them both ways."""
    from jpresearch import calendars
    from jpresearch.sources import updating
    from tests.sources.builders_jpx import Style, legacy_workbook, week_of_figures

    folder.mkdir()
    weeks = calendars.survey_weeks("2007-01-01", "2026-09-11").tail(count)
    for number, week in enumerate(weeks.itertuples()):
        start, end = week.period_start.date(), week.period_end.date()
        era = "new" if start >= date(2022, 4, 4) else "old"
        book = legacy_workbook(week_of_figures(number, week.sessions, era), start, end, style=Style(padded=True))
        (folder / f"stock_val_1_{end:%y%m%d}.xls").write_bytes(book)
    contents = [file.read_bytes() for file in sorted(folder.iterdir())]
    size = sum(map(len, contents)) / len(contents) / 1024
    print(f"{count} workbooks of {size:.0f} KB")

    started = time.perf_counter()
    result = updating.from_files(folder, ["investor_flows"])
    parsed = time.perf_counter() - started
    result = updating.settle(result, write=True)
    whole = time.perf_counter() - started
    assert not result.failures, next(iter(result.failures.values()))
    print(f"  parsed, all sheets with their identities: {parsed:.1f} s")
    print(
        f"  and compared and appended, {result.added['investor_flows']:,} rows in one transaction: {whole:.1f} s in all"
    )
    for engine, words in (("xlrd", "its default for .xls"), ("calamine", "the reader that we use")):
        seconds = one_sheet_of_each(contents, engine)
        ratios = f"parsing {seconds / parsed:.2f}, parsing and appending {seconds / whole:.2f} times as fast"
        print(f"  pandas.read_excel of one sheet of each, {engine} ({words}): {seconds:.1f} s; {ratios}")


def one_sheet_of_each(contents: list[bytes], engine: Literal["xlrd", "calamine"]) -> float:
    """Seconds that pandas takes for the first sheet of each workbook."""
    started = time.perf_counter()
    for content in contents:
        pd.read_excel(io.BytesIO(content), sheet_name=0, header=None, engine=engine)
    return time.perf_counter() - started


def one_week() -> None:
    """Serve one new week on loopback and time its way into the table."""
    from jpresearch import catalog, tables
    from tests.sources.builders_mof import week_csv
    from tests.sources.conftest import figures

    frame = tables.read(catalog.table("securities_flows")).tail(1130)
    weeks = [(row["period_start"].date(), figures(row)) for _, row in frame.iterrows()]
    weeks.append((weeks[-1][0] + timedelta(days=7), figures(frame.iloc[-1])))
    with HTTPServer(host="127.0.0.1", port=0) as server:
        server.expect_request(MOF).respond_with_data(week_csv(weeks, date(2026, 9, 24)))
        environment = {**os.environ, "JPRESEARCH_MIRROR": server.url_for("/")}
        done = subprocess.run(
            [sys.executable, "-c", ONE_WEEK], env=environment, capture_output=True, text=True, check=True, cwd=ROOT
        )
    print(f"update of one new week among {len(weeks):,}, beyond process start: {float(done.stdout):.2f} s")


if __name__ == "__main__":
    main()
