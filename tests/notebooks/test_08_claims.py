"""08: the ledger's page. The table of claims, two days side by side, what happened next, another ledger, triggers."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from jpresearch.batch.scaffold.claims_ledger import create
from jpresearch.models.ledger import TEMPLATES
from jpresearch.report.comparison import compare
from tests.notebooks_in_process import ROOT, Ran, answer, remembered, run
from tests.report.builders_runs import job
from tests.report.builders_runs import run as record_of

NAME = "08_claims"
ARTICLE = "2025-09-05"
TODAY = "2026-10-09"
VERDICTS = ("supported", "partly", "contradicted", "undetermined", "not testable")


def ran(day: str) -> Ran:
    return remembered(NAME, day).require_success()


@pytest.fixture(scope="module")
def two_claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose ledger has two of the claims, for what does not depend on how many there are."""
    home = tmp_path_factory.mktemp("two") / "project"
    shutil.copytree(ROOT / "data", home / "data")
    (home / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / f"{NAME}.ipynb", home / "notebooks")
    for name in ("claims", "claim_readings"):
        rows = pd.read_csv(home / "data" / f"{name}.csv", dtype="str", keep_default_na=False)
        rows[rows["claim"].isin(["9", "11"])].to_csv(home / "data" / f"{name}.csv", index=False)
    return home


def sentences(found: Ran) -> list[str]:
    return [str(payload["text"]) for kind in ("answer", "finding") for payload in found.payloads(kind)]


def words(column: pd.Series[str]) -> list[str]:
    return [re.sub(r"^\S+ |: .*$", "", cell) for cell in column]


@pytest.mark.parametrize("day", [ARTICLE, TODAY])
def test_every_claim_stands_in_the_table_with_mark_and_word_and_the_tally_counts_them(day: str) -> None:
    table = ran(day).tables["verdicts"]
    assert list(table["#"]) == list(range(1, 35))
    tally = Counter(words(table["Verdict"]))
    assert set(tally) <= set(VERDICTS)
    for verdict in VERDICTS:
        assert ran(day).metrics[f"claims_{verdict.replace(' ', '_')}"].value == tally[verdict]
    assert len({cell.split()[0] for cell in table["Verdict"]}) == len(tally), "a mark for each verdict"


def test_on_the_claims_day_there_is_one_column_and_later_two() -> None:
    assert [name for name in ran(ARTICLE).tables["verdicts"] if name.startswith("As known")] == []
    later = ran(TODAY).tables["verdicts"]
    assert list(later["As known 5 Sep 2025"]) == list(ran(ARTICLE).tables["verdicts"]["Verdict"])
    moved = later[later["As known 5 Sep 2025"] != later["Verdict"]]
    said = next(text for text in sentences(ran(TODAY)) if text.startswith("What was published since"))
    assert len(moved) and all(claim in said for claim in moved["Claim"])


def test_what_is_said_of_a_claim_moves_with_the_figures() -> None:
    """Reasons are templates: printed values change between days where figures do, and none is left unfilled."""
    first, second = ran(ARTICLE).tables["claims"], ran(TODAY).tables["claims"]
    assert not [text for table in (first, second) for text in table["Reason"] if "{" in text]
    buybacks = [table.set_index("#").loc[28, "Reason"] for table in (first, second)]
    assert "not known" in buybacks[0] and "not known" not in buybacks[1]
    assert (first["Written"] > ARTICLE).all(), "the page says when a row was really written"


def test_a_fall_from_a_later_high_stands_beside_the_level() -> None:
    closes = pd.read_csv(ROOT / "data" / "market_daily.csv")
    closes = closes[(closes["series"] == "topix") & (closes["published_at"].str[:10] <= TODAY)]
    topix = closes.set_index("period_end")["value"].sort_index()
    since, high = topix.loc[ARTICLE:], topix.loc[:ARTICLE].tail(60).max()
    metrics = ran(TODAY).metrics
    assert metrics["topix_drawdown_since_pct"].value == pytest.approx(((since / since.cummax()).min() - 1) * 100)
    assert metrics["topix_from_high_pct"].value == pytest.approx((since.iloc[-1] / high - 1) * 100)
    assert metrics["topix_drawdown_since_pct"].value == pytest.approx(-11.5, abs=0.05)


def test_on_the_claims_day_the_end_is_open_and_its_part_says_why() -> None:
    assert "still open" in answer(ran(ARTICLE))
    assert {part["name"] for part in ran(ARTICLE).payloads("part")} == {"Foreigners since", "Triggers"}
    assert "still open" not in answer(ran(TODAY))


def test_no_sentence_with_a_figure_of_the_day_stands_on_both_days() -> None:
    first, second = (
        {text for text in sentences(ran(day)) if not text.startswith("Claims about")} for day in (ARTICLE, TODAY)
    )
    assert not first & second


def test_the_answer_turns_where_a_trigger_is_crossed(two_claims: Path) -> None:
    def edited(*edits: tuple[str, str]) -> str:
        return answer(run(NAME, as_of=TODAY, edits=edits, home=two_claims).require_success())

    table = ran(TODAY).tables["triggers"]
    assert table["next_release"].notna().all() and len(table) == 2
    since = 'since = net["foreigners"][net.index > day].dropna()'
    assert "fits profit-taking" in answer(ran(TODAY))
    assert "fits neither" in edited((since, f"{since} - 1000"))
    assert "in a correction now" in edited(("drawdown = after.falls", "drawdown = after.falls - 20"))


@pytest.mark.parametrize(
    ("closes", "branch"),
    [("topix.where(topix.index <= day, topix * 0.7)", "fell to a correction first"),
     ("topix.where(topix.index <= day, topix[day])", "neither a new high nor a deeper fall")],
)  # fmt: skip
def test_other_courses_of_the_index_give_other_answers(closes: str, branch: str, two_claims: Path) -> None:
    line = 'topix = market.daily(as_of, ["topix"])["topix"].dropna()'
    edits = [(line, f"{line}\ntopix = {closes}")]
    assert branch in answer(run(NAME, as_of=TODAY, edits=edits, home=two_claims).require_success())


def test_while_neither_branch_has_come_the_answer_is_open_and_says_what_foreigners_did(two_claims: Path) -> None:
    parameters = {"horizon_weeks": "200", "depth_pct": "30"}
    line = 'topix = market.daily(as_of, ["topix"])["topix"].dropna()'
    edits = [(line, f"{line}\ntopix = topix.where(topix.index <= day, topix[day])")]
    found = run(NAME, as_of=TODAY, parameters=parameters, edits=edits, home=two_claims).require_success()
    assert "foreigners have bought, so correction or profit-taking is still open." in answer(found)


def test_a_branch_that_came_before_any_flow_is_published_is_not_read_as_selling(two_claims: Path) -> None:
    found = run(NAME, as_of="2025-09-08", home=two_claims).require_success()
    assert "TOPIX made a new high first, and which view it fits waits for foreigners' flow" in answer(found)
    assert found.tables["what_happened_next"].iloc[-1, -1].endswith("and their flow is not published yet")


def test_a_deeper_notion_of_correction_and_a_short_horizon_are_parameters(two_claims: Path) -> None:
    parameters = {"horizon_weeks": "1", "depth_pct": "30"}
    found = run(NAME, as_of=TODAY, parameters=parameters, home=two_claims).require_success()
    assert found.metrics["topix_drawdown_since_pct"].value == ran(TODAY).metrics["topix_drawdown_since_pct"].value
    deeper = next(row for row in found.tables["what_happened_next"]["Since the claims"] if row.startswith("Deeper"))
    assert "by 12 Sep 2025" in deeper


def test_the_page_says_what_each_branch_needed_and_what_became_of_it() -> None:
    table = ran(TODAY).tables["what_happened_next"].set_index("Since the claims")
    then, now = table["As known 5 Sep 2025"], table.iloc[:, -1]
    closes = pd.read_csv(ROOT / "data" / "market_daily.csv").query("series == 'topix'").set_index("period_end")["value"]
    high = closes.sort_index().loc[:ARTICLE].tail(60).max()
    deeper, profit = table.index[-2:]
    assert f"at or below {high * 0.9:,.0f} by 6 Mar 2026" in deeper and f"above {high:,.0f} by 6 Mar 2026" in profit
    assert (then[deeper], then[profit], then["Foreigners, cash"]) == ("open", "open", "no week published yet")
    first = closes.sort_index().loc["2025-09-06":]
    day = pd.Timestamp(str(first[first > high].index[0]))
    assert now[deeper] == f"a new high came first, on {day:%-d %b %Y}"
    assert now[profit].startswith(f"the new high came on {day:%-d %b %Y}")
    assert now["Largest fall since"].startswith("\N{MINUS SIGN}11.5%")
    assert list(ran(ARTICLE).tables["what_happened_next"]) == ["Since the claims", "As known 5 Sep 2025"]


def test_a_claim_unfolds_to_its_readings_rule_objection_and_what_would_settle_it() -> None:
    (table,) = (payload for payload in ran(TODAY).payloads("table") if payload["name"] == "verdicts")
    terms = [{each["term"]: each["texts"] for each in row} for row in table["unfolds"]["rows"]]
    assert len(terms) == 34 and table["unfolds"]["column"] == "Claim"
    readings = ran(TODAY).tables["readings"]
    for number, row in enumerate(terms, 1):
        own = readings[readings["#"] == number]
        counted = own[own["Counts"] == "yes"]
        assert len(row.get("Readings that do not count", [])) == len(own) - len(counted)
        said = [text.split(": ")[0].split(" ", 1)[1] for text in row.get("Readings that count", [])]
        assert said == list(counted["Says"])
        assert {"Claim", "Reason", "Best objection", "What would settle it", "Rule and readings written"} <= set(row)
    assert {*table["tones"]["rows"]} == {"good", "fair", "bad", "open", "none"}
    assert "last written 29 Nov 2026" in table["caption"] and "rules last revised" in table["caption"]


def test_two_verdicts_of_the_first_edition_are_overturned_in_a_ledger_of_their_own() -> None:
    found = run(NAME, parameters={"ledger": "first_edition"}).require_success()
    assert words(found.tables["verdicts"]["Verdict"]) == ["contradicted", "contradicted"]
    readings = found.tables["readings"].set_index("Reading")
    assert readings.loc["individuals and the remaining classes, the two weeks to 29 August", "Says"] == "holds"
    assert "of two claims none holds" in answer(found).lower()


def test_a_new_ledger_is_judged_at_once_and_a_row_changed_moves_its_verdict(project: Path) -> None:
    (project / "notebooks" / f"{NAME}.ipynb").write_bytes((ROOT / "notebooks" / f"{NAME}.ipynb").read_bytes())
    _, path = create("desk_views")
    first = run(NAME, parameters={"ledger": "desk_views"}, home=project).require_success()
    verdicts = {name: metric.value for name, metric in first.metrics.items() if name.startswith("verdict_")}
    assert verdicts == {"verdict_01": "partly", "verdict_02": "partly", "verdict_03": "not testable"}
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows.loc[rows["reading"] == "two weeks", "tolerance"] = "200"
    rows.to_csv(path, index=False)
    second = run(NAME, parameters={"ledger": "desk_views"}, home=project).require_success()
    before, after = (job(NAME, metrics=list(each.metrics.values())) for each in (first, second))
    (change,) = compare(record_of(before), record_of(after, week=1)).jobs
    moved = {metric.name: metric.after.value for metric in change.moved if metric.after is not None}
    assert {name: value for name, value in moved.items() if name.startswith("verdict_")} == {
        "verdict_01": "undetermined"
    }


def test_a_reading_changed_in_one_row_moves_its_verdict_alone(project: Path) -> None:
    (project / "notebooks" / f"{NAME}.ipynb").write_bytes((ROOT / "notebooks" / f"{NAME}.ipynb").read_bytes())
    path = project / "data" / "claim_readings.csv"
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows.loc[(rows["claim"] == "10") & (rows["reading"] == "to mid-August"), "admitted"] = "yes"
    rows.to_csv(path, index=False)
    found = run(NAME, as_of=ARTICLE, home=project).require_success()
    before, after = (words(each.tables["verdicts"]["Verdict"]) for each in (ran(ARTICLE), found))
    assert [number for number, (one, two) in enumerate(zip(before, after, strict=True), 1) if one != two] == [10]


def test_without_figures_in_its_table_a_claim_is_not_testable_on_the_page_and_names_it(
    two_claims: Path, tmp_path: Path
) -> None:
    home = tmp_path / "less"
    shutil.copytree(two_claims, home)
    for name in ("claims", "claim_readings"):
        rows = pd.read_csv(ROOT / "data" / f"{name}.csv", dtype="str", keep_default_na=False)
        rows[rows["claim"].isin(["1", "2", "11", "18"])].to_csv(home / "data" / f"{name}.csv", index=False)
    gone = ("futures_flows", "market_size", "world_indices")
    for name in gone:
        head = (home / "data" / f"{name}.csv").read_text(encoding="utf-8").partition("\n")[0]
        (home / "data" / f"{name}.csv").write_text(f"{head}\n", encoding="utf-8")
    found = run(NAME, as_of=ARTICLE, home=home).require_success().tables["verdicts"].set_index("#")["Verdict"]
    assert [found[number] for number in (1, 2, 18)] == [f"– not testable: {name}" for name in gone]
    assert found[11] == "✕ contradicted"


def test_the_page_keeps_to_the_lengths_of_the_house() -> None:
    found = ran(TODAY)
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5
    assert [payload["name"] for payload in found.payloads("figure") if payload["lead"]] == ["against_the_claim"]
    assert found.printed == "" and {"Reason", "Objection"} <= set(found.tables["claims"]) and len(TEMPLATES) == 3
