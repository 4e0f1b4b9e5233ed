"""Differences of rounded totals: they hold the truth, and totals of another kind stay out of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jpresearch import load
from jpresearch.datasets import nisa_totals
from jpresearch.errors import InsufficientData
from jpresearch.stats.rounding import Interval

TOTALS = ("purchases_cumulative", "purchases_cumulative_alt")
EVE = pd.Timestamp("2013-12-31")
ENDS = pd.date_range("2014-12-31", "2025-12-31", freq="YE")


def fsa(*rows: tuple[str, str, float], note: str = "") -> pd.DataFrame:
    """FSA figures (metric, end of period, value): totals since 2014, or flows since the turn of the year."""
    frame = pd.DataFrame(rows, columns=["metric", "period_end", "value"])
    flow = frame["metric"].str.startswith(("purchases_year", "purchases_ytd"))
    frame["period_start"] = pd.to_datetime(frame["period_end"].str[:4].where(flow, "2014") + "-01-01")
    frame["period_end"] = pd.to_datetime(frame["period_end"])
    frame["unit"] = frame["metric"].str.startswith("accounts").map({True: "accounts", False: "JPY tn"})
    return frame.assign(survey="fsa", note=note, source="one page", value=frame["value"].astype(float))


def known(*frames: pd.DataFrame) -> pd.DataFrame:
    return nisa_totals.figures(pd.concat(frames, ignore_index=True))


def between(made: nisa_totals.Totals, first: str, last: str) -> Interval:
    found = made.between(pd.Timestamp(first), pd.Timestamp(last))
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(25))
def test_the_truth_behind_rounded_figures_is_inside_the_bounds_of_every_difference(seed: int) -> None:
    draw = np.random.default_rng(seed)
    truth = pd.Series(np.cumsum(draw.uniform(0.2, 18.0, len(ENDS))), index=ENDS)
    flows = truth.diff().fillna(truth.iloc[0])
    rows = []
    for end in ENDS:
        if draw.random() < 0.7:
            rows.append(("purchases_cumulative", str(end.date()), round(truth[end], int(draw.integers(0, 4)))))
        if draw.random() < 0.5:
            rows.append(("purchases_year", str(end.date()), round(flows[end], int(draw.integers(0, 3)))))
    made = nisa_totals.bounded(known(fsa(*rows)))
    assert made.left_out.empty
    totals = truth.reindex(made.dates, fill_value=0.0)
    for first in made.dates:
        for last in made.dates[made.dates > first]:
            low, high = made.ends(first, last)
            assert low - 1e-9 <= totals[last] - totals[first] <= high + 1e-9


def test_a_difference_of_two_rounded_totals_carries_the_rounding_of_both() -> None:
    made = nisa_totals.bounded(
        known(fsa(("purchases_cumulative", "2022-12-31", 30.0), ("purchases_cumulative", "2023-12-31", 35.2)))
    )
    found = between(made, "2022-12-31", "2023-12-31")
    assert (found.low, found.high) == pytest.approx((4.65, 5.75))


def test_a_year_known_to_a_decimal_pins_down_a_total_that_was_printed_in_whole_trillions() -> None:
    rows = [("purchases_cumulative", "2024-12-31", 53.0), ("purchases_cumulative", "2025-12-31", 71.4)]
    made = nisa_totals.bounded(known(fsa(*rows, ("purchases_year", "2025-12-31", 18.8))))
    found = between(made, str(EVE.date()), "2024-12-31")
    assert (found.low, found.high) == pytest.approx((52.5, 52.7))


def test_gross_purchases_never_fall_between_two_dates() -> None:
    made = nisa_totals.bounded(
        known(fsa(("purchases_cumulative", "2014-12-31", 3.0), ("purchases_cumulative", "2015-12-31", 3.0)))
    )
    assert between(made, "2014-12-31", "2015-12-31").low == 0.0


def test_a_total_with_junior_accounts_is_never_differenced_and_bounds_the_other_from_above_only() -> None:
    junior = fsa(("purchases_cumulative", "2023-12-31", 36.5), note="incl. junior")
    plain = fsa(("purchases_cumulative", "2022-12-31", 30.0), ("purchases_cumulative", "2024-12-31", 53.0))
    found = between(nisa_totals.bounded(known(junior, plain)), "2022-12-31", "2023-12-31")
    assert found.low == 0.0
    assert found.high == pytest.approx(36.55 - 29.5)


def test_the_conflicting_total_is_never_used() -> None:
    plain = fsa(("purchases_cumulative", "2024-12-31", 53.0))
    other = fsa(("purchases_cumulative_alt", "2024-12-31", 56.5))
    both, alone = nisa_totals.bounded(known(plain, other)), nisa_totals.bounded(known(plain))
    assert both.ends(EVE, ENDS[-2]) == alone.ends(EVE, ENDS[-2])


def test_a_figure_that_cannot_be_true_beside_the_more_precise_ones_is_left_out_and_listed() -> None:
    rows = [("purchases_cumulative", "2023-12-31", 35.2), ("purchases_year", "2024-12-31", 17.4)]
    made = nisa_totals.bounded(known(fsa(*rows, ("purchases_cumulative", "2024-12-31", 60.0))))
    assert list(made.left_out["metric"]) == ["purchases_cumulative"]
    assert between(made, str(EVE.date()), "2024-12-31").high == pytest.approx(52.7)


def test_two_quotas_together_give_the_year_and_one_alone_does_not() -> None:
    growth, rest = ("purchases_year_growth", "2025-12-31", 12.6), ("purchases_year_tsumitate", "2025-12-31", 6.2)
    total = ("purchases_cumulative", "2024-12-31", 53.0)
    found = between(nisa_totals.bounded(known(fsa(total, growth, rest))), "2024-12-31", "2025-12-31")
    assert (found.low, found.high) == pytest.approx((18.7, 18.9))
    assert pd.Timestamp("2025-12-31") not in nisa_totals.bounded(known(fsa(total, growth))).dates


def test_what_nothing_bounds_from_above_has_no_bounds() -> None:
    made = nisa_totals.bounded(known(fsa(("purchases_ytd", "2024-03-31", 6.2))))
    assert made.between(EVE, pd.Timestamp("2023-12-31")) is None
    assert made.between(pd.Timestamp("2023-12-31"), pd.Timestamp("2024-03-31")) is not None


def test_a_date_without_a_figure_is_refused() -> None:
    made = nisa_totals.bounded(known(fsa(("purchases_ytd", "2024-03-31", 6.2))))
    with pytest.raises(InsufficientData, match="2024-06-30"):
        made.between(EVE, pd.Timestamp("2024-06-30"))


def test_a_figure_ending_in_zeros_is_taken_as_rounded_there_and_not_as_exact() -> None:
    made = known(fsa(("purchases_cumulative", "2025-03-31", 59.0), ("accounts_total", "2022-12-31", 18_000_000)))
    assert list(made["low"]) == [58.5, 17_500_000]
    assert list(made["high"]) == [59.5, 18_500_000]


def test_parts_of_one_total_share_its_decimals_unless_called_rounded() -> None:
    rows = [("purchases_year", "2024-12-31", 17.4), ("purchases_year_tsumitate", "2024-12-31", 5.0)]
    assert known(fsa(*rows))["high"].tolist() == pytest.approx([17.45, 5.05])
    assert known(fsa(*rows, note="rounded"))["high"].tolist() == pytest.approx([17.45, 5.5])


def implied(figures: pd.DataFrame, period_end: pd.Timestamp) -> tuple[float, float]:
    """Between what the other figures leave the total of purchases to a date."""
    own = figures["metric"].isin(TOTALS) & (figures["period_end"] == period_end)
    # The date keeps its place, with a figure that says nothing but that purchases are not negative.
    empty = figures[own].assign(metric=TOTALS[0], counts="excl_junior", low=0.0, high=np.inf).head(1)
    others = nisa_totals.bounded(pd.concat([figures[~own], empty], ignore_index=True))
    return others.ends(others.dates[0], period_end)


def test_real_totals_of_another_kind_are_found_out_by_the_other_figures() -> None:
    figures = nisa_totals.figures(load("nisa_usage"))
    wrong = []
    for row in figures[figures["metric"].isin(TOTALS)].itertuples():
        low, high = implied(figures, row.period_end)
        if row.low > high + 1e-9 or row.high < low - 1e-9:
            wrong.append((str(row.period_end.date()), row.metric, row.counts))
    assert sorted(wrong) == [
        ("2023-12-31", "purchases_cumulative", "incl_junior"),
        ("2024-12-31", "purchases_cumulative_alt", "excl_junior"),
    ]


def test_real_years_come_out_as_published() -> None:
    made = nisa_totals.bounded(nisa_totals.figures(load("nisa_usage")))
    assert made.left_out.empty
    for year, value in ((2024, 17.4), (2025, 18.8)):
        found = between(made, f"{year - 1}-12-31", f"{year}-12-31")
        assert found.centre == pytest.approx(value)
        assert found.width <= 0.2 + 1e-9
    last_before = between(made, "2022-12-31", "2023-12-31")
    assert (last_before.low, last_before.high) == pytest.approx((4.55, 5.9))


def test_a_reading_of_the_past_knows_nothing_published_later() -> None:
    early = nisa_totals.figures(load("nisa_usage", "2024-06-30"))
    assert early["published_at"].max() <= pd.Timestamp("2024-06-30 23:59:59.999999", tz="Asia/Tokyo")
    made = nisa_totals.bounded(early)
    assert made.dates[-1] == pd.Timestamp("2024-03-31")
    assert between(made, "2022-12-31", "2023-12-31").width > 6
