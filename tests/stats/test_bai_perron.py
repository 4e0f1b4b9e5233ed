from __future__ import annotations

from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import ruptures

from jpresearch.errors import StatsError
from jpresearch.stats.bai_perron import BaiPerron, bai_perron
from jpresearch.stats.breaks import sup_f

GOLDEN = Path(__file__).parents[1] / "golden"
OPTIONS: dict[str, dict[str, Any]] = {"classical": {}, "hc": {}, "hac": {"lags": 4}}


def estimate(name: str, **options: Any) -> BaiPerron:
    if name == "nile":
        return bai_perron(pd.read_csv(GOLDEN / "nile.csv", index_col="year")["flow"], shortest=15, **options)
    if name == "real_interest":
        return bai_perron(pd.read_csv(GOLDEN / "real_interest.csv", index_col="time")["rate"], shortest=15, **options)
    drivers = np.log10(pd.read_csv(GOLDEN / "seatbelts.csv", index_col="time")["drivers"])
    belts = pd.DataFrame({"y": drivers, "lag1": drivers.shift(1), "lag12": drivers.shift(12)}).dropna()
    return bai_perron(belts["y"], belts[["lag1", "lag12"]], shortest=18, **options)


@pytest.mark.parametrize("name", ["nile", "real_interest", "seatbelts"])
def test_partitions_and_criterion_agree_with_strucchange(name: str) -> None:
    found = estimate(name)
    golden = pd.read_csv(GOLDEN / "break_partitions.csv", keep_default_na=False).query("series == @name")
    assert list(found.table()["positions"]) == list(golden["positions"])
    np.testing.assert_allclose(found.partitions["ssr"], golden["rss"], rtol=1e-10)
    np.testing.assert_allclose(found.partitions["bic"], golden["bic"], rtol=1e-10)
    assert found.by_bic == golden["bic"].astype(float).argmin()


@pytest.mark.parametrize("errors", OPTIONS)
@pytest.mark.parametrize("name", ["nile", "real_interest", "seatbelts"])
def test_intervals_of_the_dates_agree_with_strucchange(name: str, errors: Any) -> None:
    found = estimate(name, errors=errors, **OPTIONS[errors]).dates
    golden = pd.read_csv(GOLDEN / "break_intervals.csv").query("series == @name and errors == @errors")
    assert len(golden) == 6
    known = found[found.index.get_level_values("breaks") <= 3]
    for column in ("low", "position", "high"):
        assert list(known[column]) == list(golden[column])


def test_the_nile_has_one_break_between_1895_and_1902() -> None:
    found = estimate("nile")
    assert (found.by_bic, found.by_lwz, found.by_sequence) == (1, 1, 1)
    row = found.dates.loc[(1, 1)]
    assert (row["position"], row["low"], row["high"]) == (28, 25, 32)
    assert (row["low_label"], row["last_before"], row["high_label"]) == (1895, 1898, 1902)
    np.testing.assert_allclose(found.partitions["ssr"][:4], [2835156.75, 1597457.19, 1552923.62, 1538096.51], atol=5e-3)
    assert list(found.regimes.loc[1, "observations"]) == [28, 72]
    assert found.regimes.loc[(1, 1), "const"] == pytest.approx(1097.75)


def test_the_real_interest_rate_has_two_breaks_in_1972_and_1980() -> None:
    found = estimate("real_interest")
    assert found.by_bic == 2
    assert found.positions(2) == (47, 79)
    assert list(found.dates.loc[2, "last_before"]) == [1972.5, 1980.5]  # the third quarters


def test_labels_of_an_interval_stay_within_the_sample() -> None:
    dates = estimate("nile").dates
    assert (dates.loc[(5, 1), "low"], dates.loc[(5, 1), "high"]) == (-368, 272)
    assert (dates.loc[(5, 1), "low_label"], dates.loc[(5, 1), "high_label"]) == (1871, 1970)


def test_the_nile_partitions_are_those_of_ruptures() -> None:
    flow = pd.read_csv(GOLDEN / "nile.csv")["flow"].to_numpy(dtype=float)
    search = ruptures.Dynp(model="l2", min_size=15, jump=1).fit(flow)
    found = estimate("nile")
    for breaks, places in ((1, {28}), (2, {28, 83}), (3, {28, 68, 83})):
        assert set(found.positions(breaks)) == places == set(search.predict(breaks)[:-1])


def test_the_first_of_the_sequence_is_the_sup_f_and_the_next_the_largest_within_regimes() -> None:
    flow = pd.read_csv(GOLDEN / "nile.csv", index_col="year")["flow"]
    found = estimate("nile").partitions
    assert found.loc[0, ["statistic", "p_value"]].tolist() == pytest.approx(
        [sup_f(flow).statistic, sup_f(flow).p_value], abs=1e-12
    )
    parts = [sup_f(flow.loc[:1898]), sup_f(flow.loc[1899:])]
    assert found.loc[1, "statistic"] == max(part.statistic for part in parts)
    assert found.loc[1, "p_value"] == pytest.approx(1 - (1 - min(part.p_value for part in parts)) ** 2)


def test_the_criterion_of_liu_wu_and_zidek_charges_more_for_a_break_than_bic() -> None:
    found = estimate("nile").partitions
    n, free = 100, 3
    assert found.loc[1, "lwz"] == pytest.approx(
        log(found.loc[1, "ssr"] / (n - free)) + 0.299 * free * log(n) ** 2.1 / n
    )
    gain = found["bic"].diff() / 100 - found["lwz"].diff()
    assert (gain.dropna() < 0).all()


def test_the_sequence_finds_three_breaks_in_a_series_that_has_three() -> None:
    generator = np.random.default_rng(5)
    weeks = pd.date_range("2018-01-05", periods=240, freq="7D")
    y = pd.Series(generator.normal(size=240) + np.repeat([0.0, 3.0, 1.0, -2.0], 60), index=weeks)
    found = bai_perron(y, errors="hac")
    assert (found.by_bic, found.by_lwz, found.by_sequence) == (3, 3, 3)
    assert np.abs(np.array(found.positions(3)) - [60, 120, 180]).max() <= 2
    assert found.dates.loc[(3, 1), "first_after"] == weeks[found.positions(3)[0]]


def test_the_interval_covers_the_true_date_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(9)
    hits = []
    for _ in range(150):
        y = pd.Series(generator.normal(size=100) + np.repeat([0.0, 1.5], [40, 60]))
        row = bai_perron(y, most=1).dates.loc[(1, 1)]
        hits.append(row["low"] <= 40 <= row["high"])
    assert 0.88 <= np.mean(hits) <= 0.995


def test_too_many_breaks_for_the_sample_are_left_out() -> None:
    y = pd.Series(np.random.default_rng(6).normal(size=40))
    found = bai_perron(y, shortest=12, most=5)
    assert list(found.partitions.index) == [0, 1, 2]
    with pytest.raises(StatsError, match="3 breaks were not estimated"):
        found.positions(3)


def test_a_regime_without_error_leaves_its_interval_missing_not_wrong() -> None:
    y = pd.Series(np.concatenate([np.zeros(30), 5 + np.random.default_rng(7).normal(size=30)]))
    row = bai_perron(y, shortest=10, most=1).dates.loc[(1, 1)]
    assert row["position"] == 30
    assert row[["low", "high", "low_label"]].isna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"most": 0}, "most"),
        ({"shortest": 1}, "too short"),
        ({"shortest": 31}, "no two segments"),
        ({"trim": 0.6}, "trim"),
        ({"level": 5}, "confidence"),
        ({"confidence": 1.0}, "confidence"),
        ({"errors": "nw"}, "errors"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    y = pd.Series(np.random.default_rng(8).normal(size=60))
    with pytest.raises(StatsError, match=message):
        bai_perron(y, **options)


def test_a_perfect_fit_is_refused() -> None:
    with pytest.raises(StatsError, match="without error"):
        bai_perron(pd.Series(np.repeat([0.0, 1.0], 20)), shortest=10)
