"""The metrics of a run as one CSV that pandas reads back."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd

from jpresearch.record import Metric, Status
from jpresearch.report.metrics_file import as_csv, write_metrics
from tests.report.builders_runs import job, run

NET = Metric(name="net", value=-1.5, unit="JPY bn", low=-2.0, high=-1.0)


def frame(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text))


def test_a_metric_over_days_is_one_selection_away() -> None:
    days = ["2026-01-30", "2026-02-27"]
    jobs = [job(f"01_a--{day}", parameters={"as_of": day}, metrics=[NET]) for day in days]
    found = frame(as_csv(run(*jobs, job("02_b", metrics=[Metric(name="ends", value="2026-02-20")]))))
    net = found[found["metric"] == "net"].set_index("as_of")
    assert list(net.index) == days
    assert net[["value", "low", "high"]].to_numpy().tolist() == [["-1.5", -2.0, -1.0]] * 2
    assert found["job"].tolist() == ["01_a--2026-01-30", "01_a--2026-02-27", "02_b"]
    assert found["notebook"].tolist() == ["01_a", "01_a", "02_b"]
    assert found.iloc[-1][["as_of", "low", "high", "unit"]].isna().all()


def test_a_parameter_has_a_column_where_the_run_varies_it_for_a_notebook() -> None:
    jobs = [job(f"01_a--{lags}", parameters={"lags": lags, "start": "2012"}, metrics=[NET]) for lags in (4, 8)]
    found = frame(as_csv(run(*jobs, job("02_b", parameters={"start": "2015"}, metrics=[NET]))))
    assert "start" not in found
    assert found["lags"].tolist()[:2] == [4, 8]
    assert pd.isna(found["lags"].iloc[2]), "not a parameter of that notebook"


def test_a_parameter_called_like_a_column_takes_the_place_of_none() -> None:
    jobs = [job(f"01_a--{unit}", parameters={"unit": unit}, metrics=[NET]) for unit in ("day", "week")]
    found = frame(as_csv(run(*jobs)))
    assert found["unit"].tolist() == ["JPY bn"] * 2
    assert found["unit_parameter"].tolist() == ["day", "week"]


def test_text_is_kept_as_it_is_and_a_job_without_metrics_has_no_row(tmp_path: Path) -> None:
    odd = 'a "quoted", text\nof two lines'
    failed = job("02_b", status=Status.FAILED, metrics=[])
    own = run(job(metrics=[Metric(name="said", value=odd)]), failed)
    file = write_metrics(own, tmp_path)
    assert file == tmp_path / "metrics.csv"
    assert pd.read_csv(file)["value"].tolist() == [odd]
