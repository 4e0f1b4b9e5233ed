"""No look-ahead: a run as of a day knows what was public then, whatever the tables hold besides."""

from __future__ import annotations

import random
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jpresearch import record
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run import lifecycle
from jpresearch.record import Job, Status

ROOT = Path(__file__).resolve().parents[1]
EVERY_NOTEBOOK = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
DRAWN = random.Random(20260822).sample(list(pd.bdate_range("2018-01-02", "2026-08-20").strftime("%Y-%m-%d")), 10)


def known_on(home: Path, as_of: str) -> None:
    """Copies notebooks and data as they stood: without the rows published after the day, closes on the day's basis."""
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    shutil.copytree(ROOT / "data", home / "data")
    for path in (home / "data").glob("*.csv"):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows = rows[rows["published_at"].str[:10] <= as_of]
        if path.stem == "semiconductor_prices":
            rows["close_jpy"] = rows["close_jpy"].astype(float) * rows["code"].map(later_splits(as_of)).fillna(1.0)
        rows.to_csv(path, index=False)


def later_splits(as_of: str) -> pd.Series[float]:
    """By code, new shares for one old share by all splits after the day: the bundled closes are restated for them."""
    splits = pd.read_csv(ROOT / "data" / "splits.csv", dtype={"code": "str"})
    ratios: pd.Series[float] = splits[splits["ex_date"] > as_of].groupby("code")["ratio"].prod()
    return ratios


def told(home: Path, names: list[str], as_of: str, folder: Path, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """By notebook: status, metrics, takeaways and figures of a run as of the day on the data of ``home``."""
    patch.setenv("JPRESEARCH_HOME", str(home))
    made = lifecycle.run(plan(names, {"as_of": as_of}), ["run"], folder)
    return {job.notebook: _content(job) for job in record.read(made).jobs}


def _content(job: Job) -> tuple[Status, list[dict[str, Any]], list[str], list[str]]:
    assert job.status in (Status.SUCCEEDED, Status.SKIPPED) or (
        job.failure and job.failure.type == "InsufficientData"
    ), job.failure
    return job.status, [asdict(metric) for metric in job.metrics], sentences(job), job.figures


def sentences(job: Job) -> list[str]:
    """The answer, the findings and, in notebooks that have them, the takeaways."""
    return [*filter(None, [job.answer]), *(finding.text for finding in job.findings), *job.takeaways]


def same_without_later_rows(names: list[str], as_of: str, folder: Path, patch: pytest.MonkeyPatch) -> bool:
    """Whether a run tells the same of the whole tables and of tables that end at its day; a success has metrics."""
    known_on(folder / "home", as_of)
    whole = told(ROOT, names, as_of, folder / "whole", patch)
    cut = told(folder / "home", names, as_of, folder / "cut", patch)
    if any(status is Status.SUCCEEDED for status, *_ in whole.values()):
        assert any(metrics for _, metrics, *_ in whole.values())
    return whole == cut


@pytest.mark.parametrize("as_of", [pytest.param("2025-09-05", marks=pytest.mark.proof), "2024-08-09"])
def test_later_rows_change_nothing_of_a_run(as_of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert same_without_later_rows(["01_foreign_flows", "05_absorption"], as_of, tmp_path, monkeypatch)


@pytest.mark.proof
@pytest.mark.parametrize("as_of", DRAWN)
def test_later_rows_change_nothing_of_any_notebook_on_random_days(
    as_of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [name for name in EVERY_NOTEBOOK if name != "08_claims" or as_of >= "2025-09-05"]
    assert same_without_later_rows(late, as_of, tmp_path, monkeypatch)
