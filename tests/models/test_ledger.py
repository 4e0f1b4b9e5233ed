"""The ledger as of 5 September 2025: what its rules give, how a figure, a tolerance, a missing table changes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jpresearch import publish
from jpresearch.batch.scaffold import claims_ledger
from jpresearch.errors import DataError, NotYetPublished
from jpresearch.models import ledger
from jpresearch.models.ledger import Finding, judge, judge_all
from jpresearch.models.measures import flows
from jpresearch.models.measures.measuring import Facts
from jpresearch.models.verdicts import Outcome, Verdict, verdict

DAY = "2025-09-05"
ROOT = Path(__file__).resolve().parents[2]
CONTRADICTED, UNDETERMINED = Verdict.CONTRADICTED, Verdict.UNDETERMINED


@cache
def bundled() -> dict[int, Finding]:
    """Called with the repository's own data alone: ``project`` fixtures judge anew."""
    return {each.claim.number: each for each in judge_all(DAY)}


@pytest.fixture(scope="module", autouse=True)
def before_any_copy() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JPRESEARCH_HOME", str(ROOT))
        bundled()


def numbers(found: Finding) -> str:
    lines = [f"{found.claim.number} {found.claim.short}: {found.verdict}, parts {found.parts}"]
    for each in found.readings:
        low, high = each.measured.low, each.measured.high
        rule = f"{each.reading.kind} {each.threshold:g} {each.reading.unit}"
        lines.append(f"  {each.reading.name}: {each.measured.value:g} ({low:g} to {high:g}), {rule}, {each.outcome}")
    return "\n".join(lines)


def again(number: int) -> Finding:
    return judge(next(claim for claim in ledger.read(DAY) if claim.number == number), Facts(DAY))


def value(number: int, reading: str) -> float:
    return next(each.measured.value for each in bundled()[number].readings if each.reading.name == reading)


def change(project: Path, table: str, column: str, new: object, **key: str) -> None:
    path = project / "data" / f"{table}.csv"
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    chosen = pd.Series(True, index=rows.index)
    for name, wanted in key.items():
        chosen &= rows[name] == wanted
    assert chosen.any(), key
    rows.loc[chosen, column] = str(new)
    rows.to_csv(path, index=False)


def remove(project: Path, *names: str) -> None:
    path = project / "data" / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["resources"] = [each for each in content["resources"] if each["name"] not in names]
    path.write_text(json.dumps(content), encoding="utf-8")
    for name in names:
        (project / "data" / f"{name}.csv").unlink()


TESTABLE = frozenset(Verdict) - {Verdict.NOT_TESTABLE}
NOT_CONTRADICTED = frozenset({Verdict.SUPPORTED, Verdict.PARTLY, UNDETERMINED})
EXPECTED = {
    **{number: {CONTRADICTED} for number in (4, 10, 11, 12, 14)},
    **dict.fromkeys((15, 21, 28), NOT_CONTRADICTED),
    **{number: {UNDETERMINED} for number in (16, 29)},
    **dict.fromkeys((5, 6, 7, 18, 19, 22), TESTABLE),
    **{number: {Verdict.NOT_TESTABLE} for number in (8, 31, 32, 34)},
    9: {Verdict.SUPPORTED},
    24: TESTABLE - {Verdict.SUPPORTED},
}


@pytest.mark.parametrize("number", list(EXPECTED))
def test_the_rules_meet_an_independent_computation(number: int) -> None:
    found = bundled()[number]
    assert found.verdict in EXPECTED[number], numbers(found)


def test_locals_are_all_domestic_customers() -> None:
    """Individuals +564, investment trusts -505, trust banks -445, the rest +417 bn of 502 sold."""
    assert value(21, "bought") == pytest.approx(31.26, abs=0.01)
    assert value(21, "all customers") == pytest.approx(0.062, abs=0.001)
    assert bundled()[21].verdict is Verdict.SUPPORTED


def test_a_compound_claim_is_judged_by_its_parts() -> None:
    then = bundled()[28]
    assert then.parts == {"over the amount": Verdict.SUPPORTED, "a record": Verdict.NOT_TESTABLE}
    assert then.verdict is Verdict.PARTLY, "the record was not known yet, the amount was"
    later = judge(then.claim, Facts("2026-09-01"))
    assert later.parts["a record"] is Verdict.SUPPORTED and later.verdict is Verdict.SUPPORTED


def test_a_fall_starts_at_each_names_own_peak() -> None:
    prices = pd.read_csv(ROOT / "data" / "semiconductor_prices.csv", dtype={"code": "str"})
    rows = prices[prices["period_end"].between("2025-07-01", DAY) & ~prices["code"].isin(["1625", "2243", "200A"])]
    falls = {}
    for code, closes in rows.groupby("code"):
        held = closes.set_index("period_end")["close_jpy"].sort_index()
        falls[code] = (held.loc[held.idxmax() :].min() / held.max() - 1) * 100
    assert falls["8035"] == pytest.approx(-28.8, abs=0.05) and falls["6920"] == pytest.approx(-26.0, abs=0.05)
    assert value(15, "from own peaks") == pytest.approx(pd.Series(falls).median())


@pytest.mark.parametrize(("known", "low"), [(DAY, 2.61), ("2026-03-24", 2.61), ("2026-03-26", 2.94)])
def test_nisa_stays_within_what_rounding_allows_on_the_day(known: str, low: float) -> None:
    """The total of 2025 and its two quotas, public from 25 March 2026, narrow what 2023 can have been."""
    claim = bundled()[26].claim
    found = next(each for each in judge(claim, Facts(known)).readings if each.reading.name == "year over year")
    assert (found.measured.low, found.measured.high) == (pytest.approx(low, abs=0.005), pytest.approx(3.84, abs=0.005))
    assert found.outcome is Outcome.HOLDS


def test_bounds_of_gpif_reach_the_verdict() -> None:
    year = next(each for each in bundled()[25].readings if each.reading.name == "year to June")
    assert year.measured.low < year.measured.value < year.measured.high
    quarters = [value(25, name) for name in ("newest quarter", "half-year to June")]
    assert quarters[0] == pytest.approx(-1.3, abs=0.05) and all(each < 0 for each in quarters)


def test_no_reading_is_a_verdict_by_itself(project: Path) -> None:
    """Which reading stands first changes nothing."""
    path = project / "data" / "claim_readings.csv"
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows["place"] = (100 - rows["place"].astype("int64")).astype("str")
    rows.to_csv(path, index=False)
    for number in (1, 3, 21, 24):
        assert again(number).verdict is bundled()[number].verdict
        assert again(number).first is not bundled()[number].first


def test_inside_the_noise_nothing_is_decided() -> None:
    banks = bundled()[16]
    assert {each.outcome for each in banks.admitted} == {Outcome.UNCLEAR}
    assert all(each.measured.high - each.measured.value > 3 for each in banks.admitted), "two weeks of two series"
    assert {each.outcome for each in bundled()[29].admitted} <= {Outcome.UNCLEAR, Outcome.FAILS}


def test_ownership_comes_from_the_survey() -> None:
    survey = next(each for each in bundled()[7].readings if each.reading.name == "survey, one year")
    assert survey.reading.tables == ("ownership",)
    assert survey.measured.value == pytest.approx(0.6, abs=0.001) and survey.outcome is Outcome.HOLDS


def test_sums_over_classes_are_whole_or_name_what_they_leave_out() -> None:
    walked = [each.reading for found in bundled().values() for each in found.readings]
    sums = [reading for reading in walked if reading.measure in flows.OVER_CLASSES]
    assert len(sums) > 8
    for reading in sums:
        named = {*flows.members(reading.window.subject), *reading.leaves_out.split()}
        assert named == {*flows.DOMESTIC, "proprietary"}, reading.name


def test_all_classes_and_brokers_together_buy_what_foreigners_sell() -> None:
    net = flows.flows.weekly(DAY, flows.CLASSES, others=True).loc["2025-08-18":"2025-08-29"].sum()
    assert net.sum() == pytest.approx(0.0, abs=0.01)


SHARED = [
    (1, "last week", "00_dashboard", "foreign_net_1w_jpy_bn"),
    (1, "last week", "01_foreign_flows", "foreign_net_newest"),
    (24, "June", "03_gpif", "gpif_newest_share_pct"),
    (25, "newest quarter", "03_gpif", "gpif_flow_jpy_tn"),
    (25, "year to June", "03_gpif", "gpif_flow_stretch_jpy_tn"),
    (26, "year over year", "04_nisa", "nisa_first_year_ratio_x"),
]


@pytest.mark.parametrize(("number", "reading", "page", "metric"), SHARED)
def test_a_page_that_states_what_a_reading_measures_states_the_same(
    number: int, reading: str, page: str, metric: str
) -> None:
    """The pages' figures as frozen on the same day, which the golden test holds to what they publish."""
    frozen = json.loads((ROOT / "tests" / "golden" / "notebooks" / DAY / f"{page}.json").read_text(encoding="utf-8"))
    stated = frozen["metrics"][metric]
    measured = next(each.measured for each in bundled()[number].readings if each.reading.name == reading)
    assert float(stated["value"]) == pytest.approx(measured.value)
    if "low" in stated:
        assert (float(stated["low"]), float(stated["high"])) == pytest.approx((measured.low, measured.high))


def test_markets_of_a_year_start_from_their_own_last_close_of_the_year_before() -> None:
    closes = pd.read_csv(ROOT / "data" / "world_indices.csv").query("frequency == 'daily'")
    shanghai = closes[closes["series"] == "shanghai_composite"].set_index("period_end")["close_index_points"]
    assert value(19, "Shanghai") == pytest.approx((shanghai[DAY] / shanghai["2024-12-31"] - 1) * 100)


def test_every_row_says_when_it_was_written_and_templates_hold_no_figures() -> None:
    for found in bundled().values():
        claim = found.claim
        assert claim.made_on == pd.Timestamp(DAY) and claim.decided_on > claim.made_on
        assert all(getattr(claim, name) for name in ledger.TEMPLATES)
        assert not any(letter.isdigit() for name in ledger.TEMPLATES for letter in getattr(claim, name))
        assert all(each.reading.because and each.reading.tolerance_from for each in found.readings)


def test_the_verdict_is_what_the_outcomes_say() -> None:
    for found in bundled().values():
        for part, given in found.parts.items():
            assert given is verdict(each.outcome for each in found.admitted if each.reading.part == part)


def test_before_the_claims_were_made_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotYetPublished, match=DAY):
        ledger.read("2025-09-04")


CHANGES = [
    (1, "investor_flows", "net_jpy_mn", -100000,
     {"market": "two_markets", "investor": "foreigners", "period_end": "2025-08-29"}),
    (7, "ownership", "value", 31.0, {"metric": "share_foreigners", "period_end": "2025-03-31"}),
    (10, "market_daily", "value", 3066, {"series": "topix", "period_end": "2025-07-31"}),
    (11, "market_daily", "value", 41966, {"series": "nikkei225", "period_end": "2025-08-20"}),
    (12, "market_daily", "value", 3027.3, {"series": "topix", "period_end": "2025-08-20"}),
    (14, "sector_etf_daily", "adj_close_jpy", 36000, {"code": "1625", "period_end": "2025-08-29"}),
    (19, "world_indices", "close_index_points", 3000,
     {"series": "shanghai_composite", "frequency": "daily", "period_end": "2025-09-05"}),
    (21, "investor_flows", "net_jpy_mn", -569149,
     {"market": "two_markets", "investor": "proprietary", "period_end": "2025-08-29"}),
    (22, "ownership", "value", 20.0, {"metric": "share_foreigners", "period_end": "2025-03-31"}),
    (23, "investor_flows", "net_jpy_mn", 5000000,
     {"market": "two_markets", "investor": "trust_banks", "period_end": "2025-08-29"}),
    (24, "gpif_portfolio", "value", 30.0,
     {"metric": "share_domestic_equities", "basis": "reserve", "period_end": "2024-06-30"}),
    (27, "investor_flows", "net_jpy_mn", -413479,
     {"market": "two_markets", "investor": "individuals", "period_end": "2025-08-29"}),
    (28, "buybacks", "value", 9.0, {"metric": "buyback_authorised_jan_may", "period_end": "2025-05-31"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "table", "column", "new", "key"), CHANGES, ids=[f"claim {c[0]}" for c in CHANGES])
def test_one_figure_changed_moves_the_value_and_the_verdict(
    number: int, table: str, column: str, new: float, key: dict[str, str], project: Path
) -> None:
    before = bundled()[number]
    change(project, table, column, new, **key)
    after = again(number)
    moved = [
        (one.measured, other.measured)
        for one, other in zip(before.admitted, after.admitted, strict=True)
        if one.measured.value != pytest.approx(other.measured.value, nan_ok=True)
    ]
    assert moved
    assert after.verdict is not before.verdict, numbers(after)


class Watching(Facts):
    """Facts that remember which tables each dataset has read."""

    def __init__(self) -> None:
        super().__init__(DAY)
        object.__setattr__(self, "tables", set())
        object.__setattr__(self, "of", {})

    def __call__(self, dataset: Callable[..., Any], *args: Any, **options: Any) -> Any:
        key = (dataset.__qualname__, args, tuple(sorted(options.items())))
        read = self.of  # type: ignore[attr-defined]
        with publish.collected(pictures=False) as out:
            found = super().__call__(dataset, *args, **options)
        notes = {output["data"][publish.NOTE]["table"] for output in out.outputs if publish.NOTE in output["data"]}
        self.tables.update(read.setdefault(key, notes))  # type: ignore[attr-defined]
        return found


def test_a_reading_names_the_tables_that_it_reads() -> None:
    """So that a claim whose table is gone says so, and no verdict comes from what is left."""
    facts = Watching()
    unnamed = {}
    for found in bundled().values():
        for each in found.readings:
            facts.tables.clear()  # type: ignore[attr-defined]
            ledger.MEASURES[each.reading.measure](facts, each.reading.window)
            missing = facts.tables - set(each.reading.tables)  # type: ignore[attr-defined]
            if missing:
                unnamed[found.claim.number, each.reading.name] = missing
    assert unnamed == {}


@pytest.mark.parametrize("table", ["futures_flows", "market_size", "world_indices", "ownership", "trading_share"])
def test_without_its_table_a_claim_is_not_testable_and_names_it(table: str, project: Path) -> None:
    needing = {number for number, found in bundled().items() for each in found.admitted if table in each.reading.tables}
    assert needing
    remove(project, table)
    for number in needing:
        found = again(number)
        assert found.verdict is Verdict.NOT_TESTABLE and found.missing == (table,), numbers(found)
    assert again(11).verdict is bundled()[11].verdict


TRUTHS = {
    Verdict.SUPPORTED: ((-0.5, 0.1), (-2.0, 1.0)),
    Verdict.CONTRADICTED: ((0.5, 0.1), (2.0, 1.0)),
    Verdict.UNDETERMINED: ((0.5, 1.0), (0.5, 0.1)),
    Verdict.PARTLY: ((-0.5, 0.1), (-0.5, 1.0)),
}
"""For each class two readings: how far the threshold lies above the true change, and the noise, in percent."""


def test_a_ledger_of_known_truth_is_judged_right_in_every_class(project: Path) -> None:
    """Rows written here, closes read from the file: TOPIX must have risen by at least so much."""
    claims, readings = claims_ledger.create("known_truth")
    days = ("2025-04-30", "2025-08-29")
    closes = pd.read_csv(ROOT / "data" / "market_daily.csv").query("series == 'topix'").set_index("period_end")["value"]
    truth = (closes[days[1]] / closes[days[0]] - 1) * 100
    claim, reading = (pd.read_csv(path, dtype="str", keep_default_na=False) for path in (claims, readings))
    like = reading[reading["reading"] == "to the end of August"].iloc[0]
    plain = claim.iloc[2].to_dict() | {"reason": "It was {first}."}
    rows = [
        {**like, "claim": number, "reading": name, "place": place, "part": "whole", "first_day": days[0],
         "last_day": days[1], "rule": "at_least", "threshold": truth + distance, "width": "", "tolerance": noise}
        for number, pair in enumerate(TRUTHS.values(), 1)
        for place, (name, (distance, noise)) in enumerate(zip(("first", "second"), pair, strict=True), 1)
    ]  # fmt: skip
    pd.DataFrame(
        [{**plain, "claim": number} for number in range(1, 5)] + [claim.iloc[2].to_dict() | {"claim": 5}]
    ).to_csv(claims, index=False)
    pd.DataFrame(rows).to_csv(readings, index=False)
    found = [each.verdict for each in judge_all(None, "known_truth")]
    assert found == [*TRUTHS, Verdict.NOT_TESTABLE]


def test_one_row_changed_by_someone_who_disagrees_changes_the_verdict(project: Path) -> None:
    change(project, "claim_readings", "tolerance", "5", claim="10", reading="low to high")
    assert (bundled()[10].verdict, again(10).verdict) == (CONTRADICTED, UNDETERMINED)
    change(project, "claim_readings", "admitted", "yes", claim="21", reading="individuals alone")
    assert (bundled()[21].verdict, again(21).verdict) == (Verdict.SUPPORTED, Verdict.PARTLY)


@pytest.mark.parametrize(
    ("table", "column", "new", "key", "message"),
    [
        ("claim_readings", "measure", "guess", {"claim": "1", "reading": "two weeks"}, "no measure is called 'guess'"),
        ("claim_readings", "leaves_out", "", {"claim": "21", "reading": "bought"}, "names what it leaves out"),
        ("claim_readings", "first_day", "2025-09-01", {"claim": "1", "reading": "two weeks"}, "ends before it begins"),
        ("claim_readings", "width", "1", {"claim": "1", "reading": "two weeks"}, "Only near has one"),
        ("claim_readings", "threshold", "101", {"claim": "2", "reading": "one-week level"}, "no percentile"),
        ("claims", "reason", "Sales were 502 bn.", {"claim": "1"}, "a digit is typed"),
        ("claims", "objection", "But {futures}.", {"claim": "1"}, "no reading is called 'futures'"),
    ],
)
def test_a_row_that_cannot_be_judged_is_refused(
    table: str, column: str, new: str, key: dict[str, str], message: str, project: Path
) -> None:
    change(project, table, column, new, **key)
    with pytest.raises(DataError, match=message):
        ledger.read(DAY)
