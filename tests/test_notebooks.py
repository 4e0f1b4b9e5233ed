"""The collection itself, run with real kernels: the known figures come out, the pages are whole."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from jpresearch import payloads, record, tables
from jpresearch.batch.plan.jobs import plan
from jpresearch.batch.run import lifecycle
from jpresearch.record import Job, Metric, Status
from tests.notebooks_in_process import Ran, findings, remembered
from tests.test_no_lookahead import sentences

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
EVERY_NOTEBOOK = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
ARGUED = [name for name in EVERY_NOTEBOOK if "publish.answer" in (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")]
LONG_AGO = [
    "2009-07-16", "2014-01-31", "2014-06-30", "2014-12-31", "2018-06-29", "2021-06-30", "2022-12-30", "2024-08-09",
    "2025-04-11", "2025-11-30",
]  # fmt: skip


def run(folder: Path, names: list[str], as_of: str | None = None) -> dict[str, Job]:
    given = {} if as_of is None else {"as_of": as_of}
    made = lifecycle.run(plan(names, given), ["run", *names], folder)
    return {job.notebook: job for job in record.read(made).jobs}


def metric(job: Job, name: str) -> Metric:
    return next(metric for metric in job.metrics if metric.name == name)


def alt_texts(page: str) -> list[str]:
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "img" and (dict(attrs)["src"] or "").startswith("data:image/"):
                found.append(dict(attrs).get("alt") or "")

    Reader().feed(page)
    return found


@pytest.mark.xdist_group("collection")
@pytest.mark.parametrize("name", EVERY_NOTEBOOK)
def test_a_notebook_runs_on_everything_published_and_its_page_is_whole(name: str, everything: Path) -> None:
    job = next(job for job in record.read(everything).jobs if job.notebook == name)
    assert job.status is Status.SUCCEEDED, job.failure
    page = (everything / f"{name}.html").read_text(encoding="utf-8")
    page = re.sub(r"(?<=base64,)[A-Za-z0-9+/=]+", "AAAA", page)  # letters of pictures and of the typeface are no words
    figures = alt_texts(page)
    assert len(figures) >= 3
    assert all(len(alt.split()) >= 5 for alt in figures), "an alt text states the finding"
    assert len(set(figures)) == len(figures)
    assert "Traceback" not in page
    assert not re.search(r"\bnan\b|\bNaT\b|\binf\b", re.sub(r"<pre class=code.*?</pre>", "", page, flags=re.S))
    assert not re.search(r'(?:src|href)="(?!data:|https?://|#|record\.json|[\w-]+\.(?:xlsx|html))[^"]', page)
    assert len(sentences(job)) >= 5
    assert job.tables


@pytest.mark.xdist_group("collection")
@pytest.mark.parametrize("name", EVERY_NOTEBOOK)
def test_a_notebook_prints_nothing_but_what_it_publishes(name: str, everything: Path) -> None:
    content = json.loads((everything / f"{name}.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", [])]
    streams = ["".join(output["text"]) for output in outputs if output["output_type"] == "stream"]
    assert streams == [], "a warning or a print"


@pytest.mark.xdist_group("collection")
def test_with_no_day_the_latest_week_is_the_newest_in_the_table(everything: Path) -> None:
    jobs = {job.notebook: job for job in record.read(everything).jobs}
    flows = tables.load("investor_flows")
    week = flows[(flows["market"] == "two_markets") & (flows["investor"] == "foreigners")].iloc[-1]
    newest = metric(jobs["01_foreign_flows"], "foreign_net_newest")
    day = week["period_end"]
    assert newest.label == f"Net, the week to {day.day} {day:%b %Y}"
    assert newest.value == pytest.approx(week["net_jpy_mn"] / 1000, abs=5e-4)


@pytest.mark.xdist_group("01_foreign_flows")
def test_the_week_to_29_august_2025_is_known_from_its_publication_on() -> None:
    known = remembered("01_foreign_flows", "2025-09-05").require_success()
    newest = known.metrics["foreign_net_newest"]
    assert (newest.value, newest.label) == (-303.154, "Net, the week to 29 Aug 2025")
    before = remembered("01_foreign_flows", "2025-09-03").require_success()
    assert before.metrics["foreign_net_newest"].label == "Net, the week to 22 Aug 2025"
    assert findings(known)[0] != findings(before)[0]


@pytest.mark.xdist_group("03_gpif")
def test_gpif_sold_into_the_summer_of_2025() -> None:
    found = remembered("03_gpif", "2025-11-30").require_success().metrics
    assert found["gpif_newest_share_pct"].value == 24.45
    assert -2.1 < float(found["gpif_flow_jpy_tn"].value) < -2.0


@pytest.mark.proof
@pytest.mark.parametrize("as_of", LONG_AGO)
def test_on_any_day_a_notebook_runs_or_says_why_not(as_of: str, tmp_path: Path) -> None:
    jobs = run(tmp_path, [], as_of)
    for job in jobs.values():
        if job.status is Status.SKIPPED:
            assert "first possible day" in job.why
        elif job.status is Status.FAILED:
            assert job.failure is not None
            assert job.failure.type == "InsufficientData", job.failure
        else:
            assert job.status is Status.SUCCEEDED
            assert not [table for table in job.tables if (table.newest_published_at or "")[:10] > as_of]


@pytest.mark.xdist_group("collection")
@pytest.mark.parametrize("name", EVERY_NOTEBOOK)
def test_a_sentence_is_short_beside_its_intervals_and_names_no_cause(name: str, everything: Path) -> None:
    job = next(job for job in record.read(everything).jobs if job.notebook == name)
    for sentence in sentences(job):
        assert len(re.sub(r" \(.*?\)", "", sentence).split()) <= 60, sentence
        assert not re.search(r"foreigners (moved|drove|caused)|because foreigners", sentence)


@pytest.fixture(scope="module")
def early() -> dict[str, Ran]:
    """The collection as of the day of the story, run once, without pictures."""
    return {name: remembered(name, "2025-09-05").require_success() for name in EVERY_NOTEBOOK}


@pytest.mark.xdist_group("collection")
def test_no_sentence_is_the_same_by_accident(early: dict[str, Ran], everything: Path) -> None:
    """On two days the words differ, but for those that say what is missing or cannot be known on both."""
    late = {job.notebook: job for job in record.read(everything).jobs}
    for name in EVERY_NOTEBOOK:
        shared = set(early[name].sentences) & set(sentences(late[name]))
        assert len(early[name].sentences) >= 4
        assert not shared, f"{name} says the same on two days: {shared}"


@pytest.mark.proof
def test_in_2018_a_notebook_runs_and_says_what_is_missing_or_is_skipped_with_the_first_day(tmp_path: Path) -> None:
    jobs = run(tmp_path, [], "2018-06-29")
    for job in jobs.values():
        if job.status is Status.SKIPPED:
            assert "first possible day" in job.why
        else:
            assert job.status is Status.SUCCEEDED, (job.notebook, job.failure)
            assert sentences(job)
    assert jobs["08_claims"].status is Status.SKIPPED
    assert jobs["01_foreign_flows"].status is Status.SUCCEEDED


@pytest.mark.xdist_group("collection")
@pytest.mark.parametrize("name", ARGUED)
def test_the_answer_comes_first_with_the_numbers_and_the_figure_that_carry_it(name: str, everything: Path) -> None:
    job = next(job for job in record.read(everything).jobs if job.notebook == name)
    assert job.answer and len(job.answer.split()) <= 60, "35 words beside intervals and dates"
    assert 3 <= sum(finding.lead for finding in job.findings) <= 5
    lead = [metric for metric in job.metrics if metric.lead]
    assert 4 <= len(lead) <= 5 and all(metric.label for metric in lead)
    assert job.lead_figure in job.figures
    assert figures_above_the_appendix(everything / f"{name}.ipynb") <= 12


def figures_above_the_appendix(executed: Path) -> int:
    count = 0
    for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith("## Appendix"):
            return count
        count += sum(payloads.FIGURE in output.get("data", {}) for output in cell.get("outputs", []))
    raise AssertionError("no section `## Appendix`")


@pytest.mark.xdist_group("collection")
def test_two_pages_never_differ_on_one_fact(early: dict[str, Ran], everything: Path) -> None:
    """A metric's name says what is measured, over which sample, by which estimator: one name, one figure."""
    late = {job.notebook: job.metrics for job in record.read(everything).jobs}
    for pages in (late, {name: list(ran.metrics.values()) for name, ran in early.items()}):
        stated: dict[str, tuple[str, Any]] = {}
        for name, metrics in pages.items():
            for metric in metrics:
                fact = {name: getattr(metric, name) for name in ("value", "unit", "low", "high", "n", "method")}
                page, other = stated.setdefault(metric.name, (name, fact))
                assert agree(fact, other), f"{metric.name}: {name} {fact}, {page} {other}"


def agree(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Equal to the last digit that a reader can see; texts and units to the letter."""
    pairs = [(one[key], other[key]) for key in one]
    return all(
        a == pytest.approx(b, rel=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b for a, b in pairs
    )
