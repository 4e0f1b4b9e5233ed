"""Who buys when foreigners sell: shares known in advance, the identity, capacity and matches without look-ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jpresearch.errors import BadParameter, InsufficientData
from jpresearch.studies import absorption as study
from jpresearch.studies.absorption import conclusions, milder, price, shares
from jpresearch.studies.absorption.inputs import SIDES, Inputs, Settings, capacity, residuals, weeks
from jpresearch.studies.weekly import week_ends

SURE = Settings(confidence=0.999)
ENDS = week_ends(pd.Timestamp("2012-01-06"), pd.Timestamp("2016-12-30"))
SHARES = {"individuals": 0.5, "investment_trusts": 0.1, "trust_banks": 0.1, "proprietary": 0.2}


def market(seed: int = 0, noise: float = 30.0, impact: float = 0.0, drop: dict[str, float] | None = None) -> Inputs:
    """Weekly balances with known shares; TOPIX follows the S&P 500 one for one, plus ``impact`` % per 100 bn bought."""
    draw = np.random.default_rng(seed)
    foreign = pd.Series(draw.normal(0, 200, len(ENDS)), index=ENDS)
    nets = {name: -share * foreign + draw.normal(0, noise, len(ENDS)) for name, share in SHARES.items()}
    nets["foreigners"] = foreign
    long = (
        pd.DataFrame(nets).stack().rename("net_jpy_mn").mul(1000).rename_axis(["period_end", "investor"]).reset_index()
    )
    world = pd.Series(draw.normal(0, 1.5, len(ENDS)), index=ENDS)
    moves = world + impact * foreign / 100 + draw.normal(0, 0.7, len(ENDS))
    for day, change in (drop or {}).items():
        moves[pd.Timestamp(day)] = change
    days = pd.DatetimeIndex([ENDS[0] - pd.Timedelta(days=7), *ENDS])
    levels = lambda changes, at: pd.Series(1000 * np.cumprod(np.r_[1.0, 1 + changes / 100]), index=at)  # noqa: E731
    night = days - pd.Timedelta(days=1)
    series = {
        "topix": levels(moves, days),
        "sp500": levels(world, night),
        "usdjpy": levels(pd.Series(draw.normal(0, 0.5, len(ENDS)), index=ENDS), night),
        "vix": pd.Series(20 + draw.normal(0, 2, len(days)), index=night),
    }
    return Inputs(long.assign(market="two_markets"), series, ENDS[0])


def test_the_other_sides_and_foreigners_sum_to_zero_in_every_week() -> None:
    table = weeks(market())
    assert table[["foreigners_same_basis", *SIDES]].sum(axis=1).abs().max() < 1e-9


def test_known_shares_are_found_and_sum_to_a_hundred() -> None:
    found = shares.shares(weeks(market()), SURE)
    assert found.whole["estimate"].sum() == pytest.approx(100)
    for name, share in SHARES.items():
        row = found.whole.loc[name]
        assert row["low"] < share * 100 < row["high"]
    assert found.change is None, "no week lies after the day"


def test_a_share_that_changes_on_the_day_is_found_and_the_others_are_not_moved_by_it() -> None:
    table = weeks(market())
    late = table.index >= "2015-01-01"
    moved = table["foreigners_same_basis"].where(late, 0.0) * 0.3
    table["individuals"] += moved
    table["proprietary"] -= moved
    change = shares.shares(table, Settings(since="2015-01-01")).change
    assert change is not None
    assert change.loc["individuals", "estimate"] == pytest.approx(-30, abs=5)
    assert change.loc["proprietary", "estimate"] == pytest.approx(30, abs=5)
    assert change.loc["trust_banks", "low"] < 0 < change.loc["trust_banks", "high"]
    assert change["estimate"].sum() == pytest.approx(0, abs=1e-6)


def test_selling_with_an_impact_is_found_and_without_one_is_not() -> None:
    spread = 200.0
    loud = price.price(weeks(market(impact=1.0)), SURE).plain.estimate("sold")
    assert loud.value == pytest.approx(-100 * spread / 100, rel=0.2)
    assert not loud.covers_zero
    assert price.price(weeks(market()), SURE).plain.estimate("sold").covers_zero


def test_heavy_weeks_are_judged_on_their_own_day() -> None:
    table = weeks(market())
    whole = price.heavy(table, Settings())
    for cut in (120, 180):
        assert list(price.heavy(table.iloc[:cut], Settings())) == [day for day in whole if day <= table.index[cut - 1]]
    assert (table.loc[whole, "sold"] > 0).all()


def test_capacity_uses_weeks_before_only_and_is_high_after_sales() -> None:
    net = pd.Series(np.random.default_rng(2).normal(0, 100, 120), index=ENDS[:120])
    net.iloc[100:113] = -300.0
    found = capacity(net)
    assert found.iloc[113] > 3
    changed = net.copy()
    changed.iloc[113:] = 9999.0
    assert capacity(changed).iloc[113] == found.iloc[113]


def test_the_worst_close_by_hand() -> None:
    changes = pd.Series([-2.0, -3.0, 10.0, 1.0, np.nan, 5.0])
    found = milder.worst_after(changes, 1)
    assert found.iloc[0] == pytest.approx((0.98 * 0.97 - 1) * 100)
    assert found.iloc[1] == pytest.approx(-3.0)
    assert found.iloc[2] == 0.0
    assert found.iloc[3:].isna().all(), "a week that is missing leaves the course open"


def test_episodes_are_matched_with_the_nearest_earlier_weeks_only() -> None:
    table = weeks(market(seed=5))
    found = milder.milder(table, Settings(since="2015-01-01", matches=2))
    known = table[["sold", "sp500_pct"]].dropna()
    for day, row in found.pairs.iterrows():
        assert day >= pd.Timestamp("2015-01-01")
        earlier = known[(known.index < "2015-01-01") & (known["sold"] > 0)]
        gap = (((earlier - known.loc[day]) / earlier.std()) ** 2).sum(axis=1)
        named = [pd.Timestamp(text) for text in str(row["matches"]).split(", ")]
        assert all(match < pd.Timestamp("2015-01-01") for match in named)
        assert gap.idxmin() in named


def test_harder_episodes_are_called_harder_and_too_few_are_no_answer() -> None:
    table = weeks(market(seed=5))
    table.loc[table.index >= "2015-01-01", "topix_pct"] -= 3.0
    row = milder.milder(table, Settings(since="2015-01-01")).summary.loc["week_pct"]
    assert row["high"] < 0
    assert row["without_one_low"] <= row["estimate"] <= row["without_one_high"]
    assert milder.milder(table, Settings(since="2016-12-01")).summary.empty


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(-1.0, 1.0, "not shown"), (0.0, 1.0, "not shown"), (0.01, 1.0, "milder than before"), (-1.0, -0.01, "harder")],
)
def test_words_follow_the_interval(low: float, high: float, words: str) -> None:
    assert words in conclusions._milder_words(low, high)


def test_every_takeaway_is_written_also_where_little_is_known() -> None:
    found = study.estimate(market(), Settings())
    said = study.takeaways(found)
    assert conclusions.NO_NEWER in said
    assert any("nothing follows" in sentence for sentence in said)
    assert len(said) == 6
    assert study.tests_table(study.tests(found))["q_value"].notna().all()


def test_the_residual_of_the_identity_is_that_of_the_figures() -> None:
    inputs = market()
    extra = pd.concat(
        [
            inputs.flows,
            pd.DataFrame({"period_end": ENDS, "investor": "insurance", "net_jpy_mn": 5000.0, "market": "two_markets"}),
        ]
    )
    sums = extra.pivot_table(index="period_end", columns="investor", values="net_jpy_mn").sum(axis=1) / 1000
    row = residuals(Inputs(extra, inputs.series, inputs.start)).loc["Tokyo and Nagoya"]
    assert row["largest_jpy_bn"] == pytest.approx(sums.abs().max())
    assert row["weeks"] == len(ENDS)


@pytest.mark.parametrize("wrong", [{"heavy_share": 0.0}, {"horizon_weeks": 0}, {"matches": 0}, {"since": "soon"}])
def test_a_choice_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadParameter):
        Settings(**wrong)


def test_too_few_weeks_are_said() -> None:
    inputs = market()
    short = inputs.flows[inputs.flows["period_end"] < "2013-01-01"]
    with pytest.raises(InsufficientData, match="too few"):
        weeks(Inputs(short, inputs.series, inputs.start))


def test_the_two_weeks_to_29_august_2025() -> None:
    found = study.estimate(study.load_inputs("2025-09-05"), Settings())
    assert "sold a net JPY 502.0 billion" in conclusions.newest(found)
    assert "individuals +563.7" in conclusions.newest(found)
    assert found.weeks.index[-1] == pd.Timestamp("2025-08-29")


def test_a_day_on_all_data_equals_the_day_on_data_cut_there(project: Path) -> None:
    as_of = "2024-11-08"
    whole = study.metrics(study.estimate(study.load_inputs(as_of), Settings()))
    for name in ("market_daily", "investor_flows"):
        path = project / "data" / f"{name}.csv"
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows[rows["published_at"].str[:10] <= as_of].to_csv(path, index=False)
    assert study.metrics(study.estimate(study.load_inputs(as_of), Settings())) == whole
