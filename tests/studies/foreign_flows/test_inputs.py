from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jpresearch.calendars import sessions
from jpresearch.errors import BadParameter, InsufficientData, NotYetPublished
from jpresearch.studies import foreign_flows as study
from jpresearch.studies import reading
from jpresearch.studies.foreign_flows import inputs as module
from jpresearch.studies.foreign_flows.inputs import Inputs, trailing_spread

Make = Callable[..., Inputs]


@pytest.mark.parametrize(
    ("as_of", "latest", "one", "two"),
    [
        ("2025-09-05", "2025-08-29", -303.2, -502.0),
        ("2025-09-04", "2025-08-29", -303.2, -502.0),
        ("2025-09-03", "2025-08-22", -198.9, 374.9),
        (None, "2026-09-04", 689.3, 557.4),
    ],
)
def test_the_newest_weeks_are_those_published_by_the_day(
    as_of: str | None, latest: str, one: float, two: float
) -> None:
    weeks = study.weekly(study.load_inputs(as_of))
    assert weeks.index[-1] == pd.Timestamp(latest)
    assert round(weeks["net"].iloc[-1], 1) == one
    rank = study.rank_of_newest(weeks, 2)
    assert rank is not None
    assert round(rank.value, 1) == two


def test_a_week_runs_from_last_session_to_last_session() -> None:
    weeks = study.weekly(study.load_inputs("2025-09-05"))
    # TOPIX: 3,107.68 on 15 August, 3,100.87 on the 22nd, 3,075.18 on the 29th.
    assert weeks["topix_pct"]["2025-08-22"] == pytest.approx((3100.87 / 3107.68 - 1) * 100)
    assert weeks["topix_pct"]["2025-08-29"] == pytest.approx((3075.18 / 3100.87 - 1) * 100)


def test_a_calendar_week_without_a_session_is_no_survey_week() -> None:
    weeks = study.weekly(study.load_inputs("2020-01-31"))
    golden = weeks["2019-04-20":"2019-05-12"]  # type: ignore[misc]
    assert list(golden.index) == [pd.Timestamp("2019-04-26"), pd.Timestamp("2019-05-10")]
    before, after = golden["topix"]
    assert golden["topix_pct"].iloc[1] == pytest.approx((after / before - 1) * 100)


def test_weeks_missing_from_the_survey_stay_missing_and_are_not_closed_up() -> None:
    weeks = study.weekly(study.load_inputs(None))
    missing = weeks.index[weeks["net"].isna()]
    expected = ["2012-05-02", "2013-01-04", "2013-12-30", "2014-12-26", "2015-05-08", "2015-09-25"]
    assert [f"{day:%Y-%m-%d}" for day in missing] == expected
    two = study.span_sum(weeks["net"], 2)
    for place in weeks.index.get_indexer(missing):
        assert two.iloc[place : place + 2].isna().all()


def test_closes_that_are_not_there_yet_leave_the_week_without_a_change() -> None:
    weeks = study.weekly(study.load_inputs(None))
    assert weeks["topix"][:"2026-08-21"].notna().all()  # type: ignore[misc]
    assert weeks["topix_pct"]["2026-08-28":].isna().all()  # type: ignore[misc]


def test_a_missing_last_close_is_not_replaced_by_an_earlier_day(
    make_inputs: Make, noise: tuple[pd.Series, pd.Series]
) -> None:
    inputs = make_inputs(*noise)
    lost = noise[0].index[100]
    daily = inputs.market[inputs.market["period_end"] != lost]
    eve = sessions()[sessions().searchsorted(lost) - 1]
    extra = pd.DataFrame({"series": ["topix", "nikkei225"], "period_end": eve, "value": [1.0, 12.0]})
    weeks = study.weekly(Inputs(inputs.flows, pd.concat([daily, extra], ignore_index=True), None, inputs.start))
    assert np.isnan(weeks["topix"][lost])
    assert weeks["topix_pct"].iloc[[100, 101]].isna().all()
    assert weeks["topix_pct"].notna().sum() == 258


def test_a_day_inside_the_week_changes_no_weekly_figure(make_inputs: Make, noise: tuple[pd.Series, pd.Series]) -> None:
    inputs = make_inputs(*noise)
    middle = sessions()[sessions().searchsorted(noise[0].index[60]) - 1]
    extra = pd.DataFrame({"series": ["topix", "nikkei225"], "period_end": middle, "value": [5.0, 7.0]})
    market = pd.concat([inputs.market, extra], ignore_index=True)
    with_day = study.weekly(Inputs(inputs.flows, market, None, inputs.start))
    pd.testing.assert_frame_equal(with_day, study.weekly(inputs))


def test_flow_and_change_stand_in_the_same_week(make_inputs: Make, noise: tuple[pd.Series, pd.Series]) -> None:
    net, change = noise
    weeks = study.weekly(make_inputs(net, change))
    assert weeks["net"].to_numpy() == pytest.approx(net.to_numpy())
    assert weeks["topix_pct"].to_numpy() == pytest.approx(change.to_numpy())
    assert weeks["nikkei225_pct"].to_numpy() == pytest.approx(change.to_numpy())


def test_the_spread_knows_only_the_weeks_before(noise: tuple[pd.Series, pd.Series]) -> None:
    net = noise[0]
    spread = trailing_spread(net)
    assert spread[:26].isna().all()
    assert spread.iloc[60] == pytest.approx(net.iloc[8:60].std())
    pd.testing.assert_series_equal(trailing_spread(net[:150]), spread[:150])


def test_the_spread_of_a_span_shares_no_week_with_it(noise: tuple[pd.Series, pd.Series]) -> None:
    two = study.span_sum(noise[0], 2)
    spread = trailing_spread(two, 2)
    assert spread.iloc[100] == pytest.approx(two.iloc[47:99].std())


def test_the_past_never_changes_but_for_the_published_revision() -> None:
    early, late = (study.weekly(study.load_inputs(day)) for day in ("2022-04-06", "2022-04-07"))
    revised = [pd.Timestamp("2022-03-18"), pd.Timestamp("2022-03-25")]
    assert early["net"][revised].tolist() == [-195.519, -164.974]
    assert late["net"][revised].tolist() == [-199.662, -164.402]
    same = early.index.difference(revised)
    pd.testing.assert_series_equal(late["net"][same], early["net"][same])


def test_too_few_weeks_are_refused_in_words() -> None:
    with pytest.raises(InsufficientData, match="weeks with a flow and an index change are too few"):
        study.weekly(study.load_inputs("2012-12-28"))
    with pytest.raises(InsufficientData, match="ends on or after 2030-01-01"):
        study.load_inputs(None, "2030-01-01")


def test_a_day_before_the_first_publication_and_a_bad_date_are_refused() -> None:
    with pytest.raises(NotYetPublished):
        study.load_inputs("2011-06-30")
    with pytest.raises(BadParameter):
        study.load_inputs("2025-13-40")


def test_the_ministrys_survey_may_be_missing_the_exchanges_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(table: str) -> Callable[..., pd.DataFrame]:
        def load(name: str, *args: object, **options: object) -> pd.DataFrame:
            if name == table:
                raise NotYetPublished.of(name, "2025-09-05", pd.Timestamp("2026-01-01").date())
            return real(name, *args, **options)  # type: ignore[arg-type]

        return load

    real = module.load
    monkeypatch.setattr(reading, "load", without("securities_flows"))
    assert study.load_inputs("2025-09-05").mof is None
    monkeypatch.setattr(module, "load", without("investor_flows"))
    with pytest.raises(NotYetPublished):
        study.load_inputs("2025-09-05")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lags", -1),
        ("lags", 60),
        ("horizon_weeks", 0),
        ("horizon_weeks", 60),
        ("extreme_share", 0.0),
        ("extreme_share", 0.5),
        ("episode_weeks", 0),
        ("episode_unit", "dollars"),
        ("response_weeks", 2),
        ("draws", 50),
        ("confidence", 1.0),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(name: str, value: object) -> None:
    with pytest.raises(BadParameter, match=name):
        study.Settings(**{name: value})  # type: ignore[arg-type]


def test_since_the_turn_of_the_year_starts_anew_in_january(
    make_inputs: Make, noise: tuple[pd.Series, pd.Series]
) -> None:
    net, change = noise
    since = study.year_to_date(study.weekly(make_inputs(net, change)), years=2)
    assert sorted(set(since.index.year)) == [2017, 2018]
    first = since[since.index.year == 2018].index[0]
    assert since["foreigners"][first] == pytest.approx(net[first])
    assert since["topix"][first] == pytest.approx(change[first])
    assert since.loc["2017-12-31"].isna().all()


def test_a_year_is_summed_over_the_weeks_known(make_inputs: Make, noise: tuple[pd.Series, pd.Series]) -> None:
    net, change = noise
    holed = net.mask(net.index == net.index[10])
    years = study.impact_by_year(study.weekly(make_inputs(holed, change)), study.Settings())
    assert (years.loc[2014, "weeks"], years.loc[2014, "known"]) == (52, 51)
    assert years.loc[2014, "net"] == pytest.approx(holed["2014"].sum())
    assert years.loc[2014, "topix_pct"] == pytest.approx(((1 + change["2014"] / 100).prod() - 1) * 100)


def test_markets_abroad_are_read_and_newer_ones_add_no_week() -> None:
    inputs = study.load_inputs("2025-09-05")
    assert set(inputs.market["series"]) == {"topix", "nikkei225", "sp500", "usdjpy", "sox"}
    tokyo = inputs.market[inputs.market["series"].isin(["topix", "nikkei225"])]
    later = pd.DataFrame({"series": ["sp500"], "period_end": [pd.Timestamp("2025-10-10")], "value": [6500.0]})
    market = pd.concat([inputs.market, later], ignore_index=True)
    alone, beside = (Inputs(inputs.flows, rows, None, inputs.start) for rows in (tokyo, market))
    pd.testing.assert_frame_equal(study.week_closes(alone), study.week_closes(beside))
