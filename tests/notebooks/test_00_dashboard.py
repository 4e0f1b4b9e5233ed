"""00: the house's view and its facts, the nowcast of a Thursday, what turns the view."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from tests.notebooks_in_process import ROOT, Ran, answer, findings, remembered, run

NAME = "00_dashboard"
TODAY = "2026-10-09"
ARTICLE = "2025-09-05"
NOON = "2026-09-17T12:00"
DAYS = ["2018-06-29", "2022-06-30", ARTICLE, NOON, TODAY]


def ran(day: str, *edits: tuple[str, str]) -> Ran:
    return remembered(NAME, day, *edits).require_success()


@cache
def closes() -> pd.Series:
    rows = pd.read_csv(ROOT / "data" / "market_daily.csv", dtype={"series": "str"})
    rows = rows[rows["series"] == "nikkei225"].sort_values("published_at")
    known = rows.drop_duplicates("period_end", keep="last").set_index("period_end")["value"]
    return known.set_axis(pd.DatetimeIndex(known.index)).sort_index()


@pytest.mark.parametrize("day", DAYS)
def test_it_runs_on_every_day_with_its_answer_and_its_numbers(day: str) -> None:
    found = ran(day)
    assert answer(found) and found.printed == ""
    assert 3 <= sum(payload["lead"] for payload in found.payloads("finding")) <= 5
    assert 4 <= sum(payload["lead"] for payload in found.payloads("metric")) <= 5
    assert [figure["name"] for figure in found.payloads("figure") if figure["lead"]] == ["flows_by_class"]


def test_no_sentence_stands_on_two_days_whose_newest_weeks_lie_in_different_months() -> None:
    said = {day: {*findings(ran(day)), answer(ran(day))} for day in DAYS}
    month = {day: ran(day).metrics["foreign_net_1w_jpy_bn"].label.split()[-2:] for day in DAYS}
    apart = [(one, other) for one in DAYS for other in DAYS if month[one] != month[other]]
    assert len(apart) >= 12
    assert not [(one, other, said[one] & said[other]) for one, other in apart if said[one] & said[other]]


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_the_drawdown_is_from_the_highest_close_of_the_year(day: str) -> None:
    known = closes().loc[: day[:10]]
    year = known[known.index > known.index[-1] - pd.Timedelta(days=365)]
    expected = (known.iloc[-1] / year.max() - 1) * 100
    assert ran(day).metrics["nikkei_drawdown_pct"].value == pytest.approx(expected)


def test_between_the_releases_of_a_thursday_the_week_is_nowcast_beside_the_ministrys() -> None:
    found = ran(NOON)
    metric = found.metrics["foreign_nowcast_1w_jpy_bn"]
    assert metric.low is not None and metric.high is not None
    assert metric.value == pytest.approx(-700, abs=60) and metric.low < -303.7 < metric.high
    assert any("¥1.52tn" in text for text in findings(found)), "the ministry's figure stands beside JPX's newest"
    assert any("of past weeks" in text for text in findings(found)), "how often such intervals held"


@pytest.mark.parametrize("day", [ARTICLE, "2018-06-29"])
def test_where_jpx_knows_as_much_as_the_ministry_nothing_is_nowcast(day: str) -> None:
    found = ran(day)
    assert "foreign_nowcast_1w_jpy_bn" not in found.metrics
    assert any(text.startswith("Nothing is to be nowcast") for text in findings(found))


@pytest.fixture
def moved(tmp_path: Path) -> Callable[[float, float], Ran]:
    """Runs the notebook as of the article's day on a copy of the data: the newest close as a share of the year's high,
    and foreigners' newest four weeks in JPY mn each.
    """

    def run_on(share_of_high: float, net_jpy_mn: float) -> Ran:
        home = tmp_path / f"home-{share_of_high}-{net_jpy_mn}"
        shutil.copytree(ROOT / "data", home / "data")
        (home / "notebooks").mkdir()
        shutil.copy(ROOT / "notebooks" / f"{NAME}.ipynb", home / "notebooks")
        known = closes().loc[:ARTICLE]
        level = round(known.tail(240).max() * share_of_high, 2)
        rewrite(home / "data" / "market_daily.csv", "value", level, series="nikkei225", period_end=ARTICLE)
        for week in ("2025-08-08", "2025-08-15", "2025-08-22", "2025-08-29"):
            keys = {"market": "two_markets", "investor": "foreigners", "period_end": week}
            rewrite(home / "data" / "investor_flows.csv", "net_jpy_mn", net_jpy_mn, **keys)
        return run(NAME, as_of=ARTICLE, home=home).require_success()

    return run_on


def rewrite(file: Path, column: str, value: float, **keys: str) -> None:
    """Changes one figure of a table; every other line stays as it is."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    hit = [row for row in rows if all(row[key] == wanted for key, wanted in keys.items())]
    assert hit, keys
    for row in hit:
        row[column] = str(value)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_view_turns_where_a_trigger_is_crossed(moved: Callable[[float, float], Ran]) -> None:
    triggers = ran(ARTICLE).tables["triggers"]
    assert len(triggers) == 2 and triggers["next_release"].notna().all()
    assert "neither correction nor profit-taking" in answer(ran(ARTICLE))
    assert "The house view is a correction" in answer(moved(0.88, 100_000.0))
    assert "neither" in answer(moved(0.99, 100_000.0))
    sold = answer(moved(0.99, -900_000.0))
    assert "neither" not in sold and "sold" in sold


def test_another_line_for_a_correction_is_a_parameter() -> None:
    found = run(NAME, as_of=ARTICLE, parameters={"correction_pct": "-1.0"}).require_success()
    assert "The house view is a correction" in answer(found)
    assert any("a correction begins at 1%" in text for text in findings(found))


def test_the_season_counts_the_same_month_of_earlier_years() -> None:
    table = ran(TODAY).tables["season"]
    (text,) = [text for text in findings(ran(TODAY)) if "in the month of the newest week" in text.lower()]
    assert f"in {int((table['mean_bp_a_week'] < 0).sum())} of {len(table)}" in text


def test_before_flows_can_be_set_against_the_market_the_parts_on_them_are_left_open() -> None:
    found = remembered(NAME, "2014-12-31").require_success()
    left = {part["name"]: part["why"] for part in found.payloads("part")}
    assert left["Season"].startswith("no weeks whose flow can be set against the market are known")
    assert "Foreigners over a month" in left
    assert "over four weeks what foreigners did is not known" in answer(found)
    assert "foreign_net_4w_bp" not in found.metrics


def test_before_half_a_year_of_flows_the_page_says_that_too_few_are_known() -> None:
    failure = remembered(NAME, "2009-07-16").failure
    assert failure is not None
    assert failure.type == "InsufficientData"
    assert "half a year of flows by class" in failure.message
