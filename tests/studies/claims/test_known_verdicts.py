"""What the bundled figures say of the claims as of 5 September 2025, and how a changed figure changes that."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from jpresearch.studies import claims as study
from jpresearch.studies.claims import domestic
from jpresearch.studies.claims.facts import Facts
from jpresearch.studies.claims.findings import Findings
from jpresearch.studies.claims.ledger import Judged, Verdict, claims, judge

AS_OF = "2025-09-05"


@pytest.fixture(scope="module")
def found() -> Findings:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JPRESEARCH_DATA", raising=False)
        return study.estimate(AS_OF)


def claim(found: Findings, number: int) -> Judged:
    return next(item for item in found.judged if item.claim.number == number)


def test_claim_1_stands_on_two_weeks_of_cash_only(found: Findings) -> None:
    item = claim(found, 1)
    assert item.measured == pytest.approx(-502.0, abs=0.05)
    assert item.verdict is Verdict.SUPPORTED
    assert list(item.counted.values()).count(True) == 1
    assert item.measurements["week to 22 August"] == pytest.approx(-198.9, abs=0.05)
    assert item.measurements["week to 29 August"] == pytest.approx(-303.2, abs=0.05)
    assert item.measurements["MoF, week to 30 August"] == pytest.approx(-785.7, abs=0.05)


def test_claim_4_mixes_shares_with_bonds(found: Findings) -> None:
    item = claim(found, 4)
    assert item.measured == pytest.approx(3.68, abs=0.005)
    assert item.measurements["MoF with bonds"] == pytest.approx(8.21, abs=0.005)
    assert item.verdict is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("number", "measured", "verdict"),
    [
        (10, 30.1, Verdict.CONTRADICTED),
        (11, -1.89, Verdict.CONTRADICTED),
        (14, -1.39, Verdict.CONTRADICTED),
        (17, 7.08, Verdict.SUPPORTED),
        (24, 24.28, Verdict.CONTRADICTED),
    ],
)
def test_known_verdicts(found: Findings, number: int, measured: float, verdict: Verdict) -> None:
    item = claim(found, number)
    assert item.measured == pytest.approx(measured, abs=0.06)
    assert item.verdict is verdict


def test_claim_10_shows_where_the_number_comes_from(found: Findings) -> None:
    item = claim(found, 10)
    assert item.measurements["Nikkei, low to high"] == pytest.approx(34.3, abs=0.05)
    assert "Nikkei, low to high" not in item.counted


def test_claim_21_is_judged_by_individuals_and_others_only(found: Findings) -> None:
    item = claim(found, 21)
    subjects = {part for reading in item.claim.readings for part in reading.span.subject.split("+")}
    assert subjects <= {"individuals", "others", "trust_banks"}
    assert item.verdict is Verdict.CONTRADICTED


def test_what_the_data_cannot_decide_says_which_table_would(found: Findings) -> None:
    table = study.claims_table(found).set_index("id")
    for number in (5, 6, 18, 19):
        assert table.loc[number, "verdict"] == Verdict.NOT_TESTABLE
        assert "would decide" in table.loc[number, "why"]
    assert list(table.reset_index().columns) == [
        "id", "claim", "measured", "unit", "window", "tolerance", "verdict", "why", "readings",
    ]  # fmt: skip
    assert len(table) == 34


def test_on_the_day_of_the_claims_the_end_was_open_and_a_year_later_it_was_not(found: Findings) -> None:
    assert found.since.answer == "open"
    assert found.since.deepest is None
    later = study.estimate(None)
    assert later.since.answer != "open"
    assert later.since.on is not None and later.since.on > pd.Timestamp(AS_OF)
    assert study.takeaways(found)[-1] != study.takeaways(later)[-1]


CHANGES = [
    (1, {"table": "investor_flows", "column": "net_jpy_mn", "value": -100000, "market": "two_markets",
         "investor": "foreigners", "period_end": "2025-08-29"}),
    (4, {"table": "securities_flows_monthly", "column": "value", "value": 8.5,
         "metric": "mof_foreign_net_equities"}),
    (11, {"table": "market_daily", "column": "value", "value": 42000, "series": "nikkei225",
          "period_end": "2025-08-20"}),
    (24, {"table": "gpif_portfolio", "column": "value", "value": 26.2, "metric": "share_domestic_equities",
          "period_end": "2025-06-30", "basis": "reserve"}),
    (14, {"table": "sector_etf_daily", "column": "adj_close_jpy", "value": 36000, "code": "1625",
          "period_end": "2025-08-29"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "change"), CHANGES, ids=[str(number) for number, _ in CHANGES])
def test_one_figure_changed_changes_the_value_and_past_the_tolerance_the_verdict(
    number: int, change: dict[str, object], found: Findings, change_figure: Callable[..., None]
) -> None:
    before = claim(found, number)
    domestic._implied.cache_clear()
    if number == 14:
        change = change | {"value": round(0.95 * _close("1625", "2025-08-15"), 2)}
    change_figure(**change)
    entry = next(item for item in claims(AS_OF) if item.number == number)
    after = judge(entry, Facts(AS_OF))
    assert after.measured != pytest.approx(before.measured)
    assert after.verdict is not before.verdict


def _close(code: str, day: str) -> float:
    return float(Facts(AS_OF).sectors.loc[day, code])


def test_a_change_within_the_tolerance_changes_the_value_alone(
    found: Findings, change_figure: Callable[..., None]
) -> None:
    key = {"market": "two_markets", "investor": "foreigners", "period_end": "2025-08-29"}
    change_figure("investor_flows", "net_jpy_mn", -280000, **key)
    entry = next(item for item in claims(AS_OF) if item.number == 1)
    after = judge(entry, Facts(AS_OF))
    assert after.measured == pytest.approx(-478.9, abs=0.05)
    assert after.verdict is Verdict.SUPPORTED


def test_the_short_table_says_the_same_as_the_ledger(found: Findings) -> None:
    short, whole = study.verdicts_table(found), study.claims_table(found)
    assert list(short["verdict"]) == list(whole["verdict"])
    assert list(short["why"]) == list(whole["why"])
    assert short.loc[16, "measured"] == "7.08%"
