"""08: the ledger's page. The table of claims, two days side by side, what happened next, another ledger, triggers."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from jpresearch.models.ledger import TEMPLATES
from tests.notebooks_in_process import ROOT, Ran, run

NAME = "08_claims"
ARTICLE = "2025-09-05"
TODAY = "2026-10-09"
VERDICTS = ("supported", "partly", "contradicted", "undetermined", "not testable")


@cache
def ran(day: str, *edits: tuple[str, str]) -> Ran:
    return run(NAME, as_of=day, edits=list(edits)).require_success()


def sentences(found: Ran) -> list[str]:
    return [str(payload["text"]) for kind in ("answer", "finding") for payload in found.payloads(kind)]


def answer(found: Ran) -> str:
    (payload,) = found.payloads("answer")
    return str(payload["text"])


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


def test_the_answer_turns_where_a_trigger_is_crossed() -> None:
    table = ran(TODAY).tables["triggers"]
    assert table["next_release"].notna().all() and len(table) == 2
    since = 'since = net["foreigners"][net.index > day].dropna()'
    assert "fits profit-taking" in answer(ran(TODAY))
    assert "fits neither" in answer(ran(TODAY, (since, f"{since} - 1000")))
    drawdown = "drawdown = (topix.loc[day:] / high - 1) * 100"
    assert "in a correction now" in answer(ran(TODAY, (drawdown, f"{drawdown} - 20")))


@pytest.mark.parametrize(
    ("closes", "branch"),
    [("topix.where(topix.index <= day, topix * 0.7)", "fell to a correction first"),
     ("topix.where(topix.index <= day, topix[day])", "neither a new high nor a deeper fall")],
)  # fmt: skip
def test_other_courses_of_the_index_give_other_answers(closes: str, branch: str) -> None:
    line = 'topix = market.daily(as_of, ["topix"])["topix"].dropna()'
    assert branch in answer(ran(TODAY, (line, f"{line}\ntopix = {closes}")))


def test_a_deeper_notion_of_correction_and_a_short_horizon_are_parameters() -> None:
    found = run(NAME, as_of=TODAY, parameters={"horizon_weeks": "1", "depth_pct": "30"}).require_success()
    assert found.metrics["topix_drawdown_since_pct"].value == ran(TODAY).metrics["topix_drawdown_since_pct"].value


def test_another_ledger_is_a_parameter(project: Path) -> None:
    """Two claims of the shipped ledger under another name, in a project of their own."""
    (project / "notebooks" / f"{NAME}.ipynb").write_bytes((ROOT / "notebooks" / f"{NAME}.ipynb").read_bytes())
    path = project / "data" / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for name, other in (("claims", "views"), ("claim_readings", "view_readings")):
        entry = next(each for each in content["resources"] if each["name"] == name)
        content["resources"].append(entry | {"name": other, "path": f"{other}.csv"})
        rows = pd.read_csv(project / "data" / f"{name}.csv", dtype="str", keep_default_na=False)
        rows[rows["claim"].isin(["11", "16"])].to_csv(project / "data" / f"{other}.csv", index=False)
    path.write_text(json.dumps(content), encoding="utf-8")
    found = run(NAME, as_of=ARTICLE, parameters={"ledger": "views"}, home=project).require_success()
    assert list(found.tables["verdicts"]["#"]) == [11, 16]
    assert "of 2 hold" in answer(found) or "No claim" in answer(found) or "of two" in answer(found)


def test_a_reading_changed_in_one_row_moves_its_verdict_alone(project: Path) -> None:
    (project / "notebooks" / f"{NAME}.ipynb").write_bytes((ROOT / "notebooks" / f"{NAME}.ipynb").read_bytes())
    path = project / "data" / "claim_readings.csv"
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows.loc[(rows["claim"] == "10") & (rows["reading"] == "to mid-August"), "admitted"] = "yes"
    rows.to_csv(path, index=False)
    found = run(NAME, as_of=ARTICLE, home=project).require_success()
    before, after = (words(each.tables["verdicts"]["Verdict"]) for each in (ran(ARTICLE), found))
    assert [number for number, (one, two) in enumerate(zip(before, after, strict=True), 1) if one != two] == [10]


def test_the_page_keeps_to_the_lengths_of_the_house() -> None:
    found = ran(TODAY)
    lead = [payload for payload in found.payloads("finding") if payload["lead"]]
    metrics = [payload for payload in found.payloads("metric") if payload["lead"]]
    assert 3 <= len(lead) <= 5 and 4 <= len(metrics) <= 5
    assert [payload["name"] for payload in found.payloads("figure") if payload["lead"]] == ["against_the_claim"]
    assert found.printed == "" and {"Reason", "Objection"} <= set(found.tables["claims"]) and len(TEMPLATES) == 3
