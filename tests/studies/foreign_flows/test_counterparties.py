from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import InsufficientData
from jpresearch.studies import foreign_flows as study
from jpresearch.studies.foreign_flows.counterparties import CLASSES
from jpresearch.studies.foreign_flows.inputs import Inputs

Make = Callable[..., Inputs]
Noise = tuple[pd.Series, pd.Series]


@pytest.fixture
def with_classes(make_inputs: Make, noise: Noise) -> Inputs:
    """Individuals take half of what foreigners sell, brokers a fifth, the others idle: 30 % is left."""
    net, change = noise
    draw = np.random.default_rng(3)
    taken = {"individuals": 0.5, "proprietary": 0.2, "investment_trusts": 0.0, "trust_banks": 0.0}
    classes = {name: -part * net + draw.normal(0, 5, len(net)) for name, part in taken.items()}
    return make_inputs(net, change, classes)


def test_others_are_minus_the_sum_of_the_known(with_classes: Inputs) -> None:
    frame = study.balances(with_classes).frame
    assert list(frame.columns) == ["foreigners", *CLASSES, "others"]
    assert frame.sum(axis=1).abs().max() < 1e-9
    known = frame[["foreigners", *CLASSES]].sum(axis=1)
    assert frame["others"].to_numpy() == pytest.approx(-known.to_numpy())


def test_the_slopes_find_who_takes_what_and_sum_to_a_hundred(with_classes: Inputs, settings: study.Settings) -> None:
    known = study.balances(with_classes)
    table = study.other_side(known, settings)
    assert list(table.index[:3]) == ["individuals", "others", "proprietary"]
    assert table.loc["individuals", "estimate"] == pytest.approx(50, abs=2)
    assert table.loc["others", "estimate"] == pytest.approx(30, abs=3)
    assert table["estimate"].sum() == pytest.approx(100)
    assert (table["weeks"] == (known.frame["foreigners"] < 0).sum()).all()


def test_a_week_that_lacks_one_class_is_left_out_whole(with_classes: Inputs) -> None:
    lost = with_classes.flows["period_end"].unique()[30]
    rows = with_classes.flows
    rows = rows[~((rows["investor"] == "trust_banks") & (rows["period_end"] == lost))]
    frame = study.balances(Inputs(rows, with_classes.market, None, with_classes.start)).frame
    assert lost not in frame.index
    assert len(frame) == 259


def test_sections_are_summed_only_where_all_three_are_there(with_classes: Inputs) -> None:
    ends = pd.DatetimeIndex(with_classes.flows["period_end"].unique())
    first, second = ends[:2]
    rows = with_classes.flows
    week = rows[rows["period_end"] == first]
    thirds = [week.assign(market=name, net_jpy_mn=week["net_jpy_mn"] / 3) for name in ("tse_first", "tse_second")]
    growth = week.assign(market="tse_growth", net_jpy_mn=week["net_jpy_mn"] / 3)
    foreigners_only = rows[(rows["period_end"] > second) | (rows["investor"] == "foreigners")]
    other = rows[rows["period_end"] == second].assign(market="tse_first")
    parts = [foreigners_only, *thirds, growth, other]
    known = study.balances(Inputs(pd.concat(parts, ignore_index=True), with_classes.market, None, with_classes.start))
    assert known.basis[first] == "three_sections"
    assert known.frame.loc[first, "individuals"] == pytest.approx(
        week.set_index("investor")["net_jpy_mn"]["individuals"] / 1000
    )
    assert second not in known.frame.index
    assert (known.basis[ends[2:]] == "two_markets").all()


def test_the_two_bases_of_the_bundled_data_do_not_overlap_and_foreigners_agree() -> None:
    inputs = study.load_inputs(None)
    known, weeks = study.balances(inputs), study.weekly(inputs)
    summed = known.basis == "three_sections"
    assert (summed.sum(), (~summed).sum()) == (255, 497)
    assert summed.index[summed].min() == pd.Timestamp("2017-01-06")
    assert summed.index[summed].max() == pd.Timestamp("2021-11-26")
    gap = (known.frame["foreigners"] - weeks["net"].reindex(known.frame.index)).abs()
    assert gap[~summed].max() < 1e-9
    assert gap[summed].max() < 4.1  # Nagoya
    assert gap[summed].mean() < 0.2


def test_the_short_weeks_with_foreigners_alone_are_left_out() -> None:
    known = study.balances(study.load_inputs(None))
    for week in ("2022-05-06", "2023-05-02", "2024-01-05", "2024-12-30", "2025-12-30", "2026-05-08"):
        assert pd.Timestamp(week) not in known.frame.index


def test_the_other_side_of_late_august_2025(found: Callable[..., study.Findings]) -> None:
    sides = found("2025-09-05").latest_sides
    assert sides is not None
    expected = {"foreigners": -502.0, "individuals": 563.7, "trust_banks": -444.8, "investment_trusts": -504.9}
    for name, value in expected.items():
        assert round(float(sides[name]), 1) == value
    assert sides.sum() == pytest.approx(0, abs=1e-9)


def test_no_other_side_for_weeks_whose_classes_are_unknown(with_classes: Inputs, noise: Noise) -> None:
    last = noise[0].index[-1]
    rows = with_classes.flows
    rows = rows[(rows["period_end"] < last) | (rows["investor"] == "foreigners")]
    inputs = Inputs(rows, with_classes.market, None, with_classes.start)
    known, weeks = study.balances(inputs), study.weekly(inputs)
    assert study.latest_other_side(known, weeks) is None
    newest = study.newest_balances(known, weeks, 4)
    assert newest["others"].isna().tolist() == [False, False, False, True]


def test_few_selling_weeks_are_refused(make_inputs: Make, noise: Noise, settings: study.Settings) -> None:
    net, change = noise[0].abs(), noise[1]
    known = study.balances(make_inputs(net, change, dict.fromkeys(CLASSES, net * 0 - 1.0)))
    with pytest.raises(InsufficientData, match="0 weeks of foreign selling"):
        study.other_side(known, settings)


def test_years_average_only_the_selling_weeks(with_classes: Inputs) -> None:
    known = study.balances(with_classes)
    table = study.selling_weeks_by_year(known)
    mine = known.frame.loc["2016"]
    assert table.loc["individuals", 2016] == pytest.approx(mine.loc[mine["foreigners"] < 0, "individuals"].mean())
    assert (table.loc["foreigners"] < 0).all()


@pytest.mark.parametrize(
    ("as_of", "stretches"),
    [
        ("2013-03-29", []),
        ("2018-06-29", ["three Tokyo sections, summed, January 2017 to June 2018"]),
        (
            None,
            [
                "Tokyo and Nagoya, September 2025 to July 2026",
                "three Tokyo sections, summed, January 2017 to November 2021",
            ],
        ),
    ],
)
def test_the_finer_classes_stand_in_separate_stretches(as_of: str | None, stretches: list[str]) -> None:
    table = study.finer_classes(study.load_inputs(as_of))
    assert list(table.columns) == stretches
    for stretch in stretches:
        assert table[stretch].drop("weeks").sum() == pytest.approx(0, abs=1e-6)


def test_where_no_stretch_shows_the_classes_the_table_says_so() -> None:
    table = study.inside_others(study.finer_classes(study.load_inputs("2013-03-29")))
    assert "not published" in str(table["remark"].iloc[0])
