"""The page that compares two runs."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jpresearch.record import Git, Metric, Run, Status
from jpresearch.report.comparison import compare
from jpresearch.report.comparison_page import render, write_against_previous, write_comparison
from jpresearch.report.lead_figures import BUDGET, LARGEST
from tests.report.builders_pages import PIXEL, cell, figure, notebook
from tests.report.builders_runs import (
    HOSTILE,
    HOSTILE_NAME,
    SHOWN,
    START,
    Page,
    hostile_job,
    job,
    kept,
    run,
    sound,
    table,
)

BEFORE = run(job(), job("02_b"), job("03_gone"))
AFTER = run(
    job(
        metrics=[Metric(name="net", value=-3.0, unit="JPY bn", low=-4.0, high=-2.5)],
        tables=[table(rows=112, newest="2026-09-11")],
        takeaways=["Foreigners sold more."],
        parameters={"as_of": None, "lags": 8},
    ),
    job("02_b"),
    job("04_new"),
    week=1,
    git=Git(commit="b" * 40, dirty=False),
)


def test_it_shows_what_moved_what_lay_behind_it_and_both_conclusions() -> None:
    page = sound(render(compare(BEFORE, AFTER), "../a", "."))
    minus = "\N{MINUS SIGN}"
    moved = f"net JPY bn {minus}1.5 {minus}2.0 to {minus}1.0 {minus}3.0 {minus}4.0 to {minus}2.5 {minus}1.5"
    assert moved in page.text
    assert f"{minus}100.0% 1.5 apart Title of 01_a" in page.text
    assert "apart" in page.text
    assert "investor_flows: 12 new rows to 2026-09-11" in page.text
    assert "lags: 4 → 8" in page.text
    assert "commit aaaaaaaaaaaa bbbbbbbbbbbb" in page.text
    assert "Foreigners sold. After Foreigners sold more." in page.text
    assert {"../a/01_a.html", "./01_a.html", "../a/index.html", "./index.html"} <= set(page.links)


def test_answers_and_verdicts_that_changed_come_first_with_the_words_marked() -> None:
    view = Metric(name="view", label="House view", value="a correction")
    calm = replace(view, value="calm")
    before = run(job(answer="Foreigners sold 2 bp.", metrics=[view]), job("02_b", answer="Banks led by 3%."))
    after = run(job(answer="Foreigners bought 5 bp.", metrics=[calm]), job("02_b", answer="Banks led by 4%."), week=1)
    html = render(compare(before, after))
    page = sound(html)
    assert "<mark><bdi>sold 2</bdi></mark>" in html and "<mark><bdi>bought 5</bdi></mark>" in html
    assert "House view, verdict: a correction → calm" in page.text
    assert "Changed in their figures alone: 02 B." in page.text
    assert page.text.index("Foreigners bought") < page.text.index("Report by report")


@pytest.mark.parametrize(("low", "words"), [(-1.0, "no longer significant"), (0.5, None)])
def test_an_estimate_that_loses_its_significance_is_a_turn(low: float, words: str | None) -> None:
    def made(low: float) -> Run:
        return run(job(metrics=[Metric(name="impact", value=2.0, low=low, high=4.0, unit="bp")], takeaways=[str(low)]))

    page = sound(render(compare(made(1.0), made(low))))
    if words is None:
        assert "No answer changed in words, and no verdict." in page.text
    else:
        assert f"impact, {words}: 2 (1 to 4) → 2 (−1 to 4) bp" in page.text


def test_metrics_of_all_reports_stand_by_their_change_in_widths() -> None:
    def made(*values: float) -> Run:
        jobs = [
            job(f"0{n}_x", metrics=[Metric(name=f"m{n}", value=value, low=value - 5, high=value + 5)])
            for n, value in enumerate(values)
        ]
        return run(*jobs, job("09_y", metrics=[Metric(name="bare", value=values[0])]))

    page = sound(render(compare(made(1.0, 1.0, 1.0), made(2.0, 11.0, 4.0))))
    table = page.text.split("Metrics by change in widths")[1].split("Report by report")[0]
    assert table.index("m1") < table.index("m2") < table.index("m0")
    assert "bare" not in table, "without an interval it stands with its report"


def test_changes_of_a_small_part_of_their_interval_are_told_as_such_and_stand_with_their_report() -> None:
    def made(value: float) -> Run:
        metrics = [Metric(name="slight", value=value, low=0.0, high=40.0)]
        return run(job(metrics=metrics))

    page = sound(render(compare(made(20.0), made(23.9))))
    told, _, below = page.text.partition("Report by report")
    assert "No estimate moved by as much as a tenth of its interval." in told and "slight" not in told
    assert "slight" in below and "0.1" in below


def test_a_comparison_of_many_jobs_with_many_metrics_stays_small_and_says_what_it_leaves_out() -> None:
    def made(step: float) -> Run:
        metrics = [Metric(name=f"metric_{n}", value=n + step, low=n - 9.0, high=n + 9.0, unit="bp") for n in range(40)]
        days = [f"{2010 + number // 12}-{number % 12 + 1:02d}-28" for number in range(150)]
        return run(*(job(f"01_a--{day}", parameters={"as_of": day}, metrics=metrics) for day in days))

    html = render(compare(made(0.0), made(0.5)))
    assert len(html) < 3_000_000
    assert html.count("20 more moved; ") == 150


def shown(name: str, folder: Path, picture: str = PIXEL, **changes: Any) -> Any:
    """A job whose executed notebook lies in ``folder`` with a lead figure of this picture."""
    content = notebook(cell("x", figure("other"), figure("who", lead=True, **changes)))
    content.cells[-1].outputs[-1].data["image/png"] = picture
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.ipynb").write_text(nbformat.writes(content), encoding="utf-8")
    return job(name, lead_figure="who", executed_notebook=f"{name}.ipynb", takeaways=[picture[-8:]])


OTHER = base64.b64encode(base64.b64decode(PIXEL) + b" ").decode()


def test_lead_figures_stand_side_by_side_where_they_differ(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    before = run(shown("01_a", old), shown("02_b", old))
    after = run(shown("01_a", new, OTHER, alt=f"It rose {HOSTILE}."), shown("02_b", new, takeaways=["x"]), week=1)
    page = Page(write_comparison(compare(before, after), tmp_path / "c.html", old, new).read_text(encoding="utf-8"))
    pictures = [value for tag, name, value in page.attributes if (tag, name) == ("img", "src")]
    assert pictures == [f"data:image/png;base64,{picture}" for picture in (PIXEL, OTHER)]
    alts = [value for tag, name, value in page.attributes if (tag, name) == ("img", "alt")]
    assert alts == ["It fell: who.", f"It rose {SHOWN}."]


def test_a_picture_too_large_or_a_notebook_that_is_gone_leaves_one_side(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    large = "A" * (LARGEST + 4)
    found = compare(run(shown("01_a", old)), run(shown("01_a", new, large), week=1))
    text = write_comparison(found, tmp_path / "c.html", old, new).read_text(encoding="utf-8")
    assert "No figure that can be shown here." in text and large not in text
    (old / "01_a.ipynb").write_text("[{", encoding="utf-8")
    assert "<img" not in write_comparison(found, tmp_path / "c.html", old, new).read_text(encoding="utf-8")


@pytest.mark.parametrize(("levels", "shown_too"), [([], True), (["nikkei_valuation"], False)])
def test_a_drawing_in_lines_of_data_that_stay_at_the_desk_is_not_shown(
    levels: list[str], shown_too: bool, tmp_path: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    before, after = run(shown("01_a", old)), run(shown("01_a", new, OTHER, levels=levels), week=1)
    file = new / "01_a.ipynb"
    content = nbformat.read(file, as_version=4)
    data = content.cells[-1].outputs[-1].data
    del data["image/png"]
    data["image/svg+xml"] = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 2"/></svg>'
    nbformat.write(content, file)
    text = write_comparison(compare(before, after), tmp_path / "c.html", old, new).read_text(encoding="utf-8")
    assert ("M1%202" in text or "M1 2" in text) is shown_too
    assert PIXEL in text


def test_all_pictures_together_have_a_budget(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    names = [f"{number:02d}_x" for number in range(8)]
    before = run(*(shown(name, old, "A" * 400_000) for name in names))
    after = run(*(shown(name, new, "B" * 400_000) for name in names), week=1)
    file = write_comparison(compare(before, after), tmp_path / "c.html", old, new)
    assert 3 * 800_000 < file.stat().st_size <= BUDGET + 100_000


def test_a_run_is_compared_with_the_one_before_it_that_had_its_reports(tmp_path: Path) -> None:
    kept(tmp_path, run(job(takeaways=["First."]), job("02_b")))
    kept(tmp_path, run(job("02_b"), week=1, whole_collection=False))
    alone = run(job(takeaways=["Third."]), week=2, whole_collection=False)
    folder = kept(tmp_path, alone)
    file = write_against_previous(alone, folder)
    assert file == folder / "comparison.html"
    page = sound(file.read_text(encoding="utf-8"))
    assert "What changed from 2026-09-11 to 2026-09-25" in page.text
    assert f"../{run().id}/01_a.html" in page.links and "./01_a.html" in page.links


def test_a_first_run_and_one_whose_predecessor_cannot_be_read_have_no_comparison(tmp_path: Path) -> None:
    first = run()
    folder = kept(tmp_path, first)
    assert write_against_previous(first, folder) is None
    second = run(week=1)
    place = kept(tmp_path, second)
    (folder / "record.json").write_text("{", encoding="utf-8")
    assert write_against_previous(second, place) is None


def test_reports_that_did_not_change_and_those_of_one_run_are_listed_with_links() -> None:
    page = sound(render(compare(BEFORE, AFTER), "../a", "."))
    assert "Nothing changed Title of 02_b" in page.text
    assert f"Only in the run {BEFORE.id} Title of 03_gone" in page.text
    assert f"Only in the run {AFTER.id} Title of 04_new" in page.text
    assert {"../a/03_gone.html", "./04_new.html"} <= set(page.links)


def test_two_equal_runs_say_so() -> None:
    assert "Nothing changed between the two runs." in sound(render(compare(BEFORE, BEFORE))).text


def test_two_runs_without_jobs_can_be_compared() -> None:
    empty = BEFORE.model_copy(update={"jobs": []})
    assert "Nothing changed between the two runs." in sound(render(compare(empty, empty))).text


def test_a_job_that_failed_now_shows_both_states() -> None:
    page = sound(render(compare(run(job()), run(job(status=Status.FAILED, metrics=[], takeaways=[], page=None)))))
    assert "succeeded → failed" in page.text
    assert "No takeaway." in page.text


@pytest.mark.parametrize(
    ("after", "named"),
    [
        (run(job(parameters={"as_of": "2025-09-05"})), "from 2026-09-11 to 2025-09-05"),
        (run(week=1), "from 2026-09-11 to 2026-09-18"),
        (run(started_at=START + timedelta(hours=1)), "from 2026-09-11 18:00 to 2026-09-11 19:00"),
        (run(id="b"), f"from {BEFORE.id} to b"),
    ],
)
def test_runs_are_called_by_what_tells_them_apart(after: Run, named: str) -> None:
    assert f"What changed {named}" in sound(render(compare(BEFORE, after))).text


def test_jobs_of_a_batch_are_told_apart() -> None:
    before = run(*(job(f"01_a--{day}", title="A") for day in ("2026-01-30", "2026-02-27")))
    after = run(*(job(f"01_a--{day}", title="A", takeaways=[day]) for day in ("2026-01-30", "2026-02-27")))
    page = sound(render(compare(before, after)))
    assert "01_a--2026-01-30" in page.text
    assert "01_a--2026-02-27" in page.text


def test_a_run_in_japanese_is_compared_in_japanese() -> None:
    page = sound(render(compare(run(job(lang="ja")), run(job(lang="ja", takeaways=["x"])))))
    assert "変化" in page.text
    assert "要点" in page.text


def test_nothing_from_outside_is_markup() -> None:
    before = run(
        hostile_job(fingerprint={HOSTILE: "0"}), job(f"only {HOSTILE_NAME}"), git=None, versions={HOSTILE: "1"}
    )
    after = run(
        hostile_job(
            parameters={HOSTILE: "now", "as_of": HOSTILE * 2},
            tables=[table(HOSTILE, rows=7, newest=HOSTILE)],
            takeaways=[HOSTILE * 2],
            metrics=[Metric(name=HOSTILE, value=HOSTILE, unit=HOSTILE)],
        ),
        versions={HOSTILE: HOSTILE},
    )
    page = sound(render(compare(before, after), HOSTILE, HOSTILE))
    assert SHOWN in "".join(page.texts)
    assert page.tags.count("style") == 1


def test_it_is_written_to_the_file_named(tmp_path: Path) -> None:
    file = write_comparison(compare(BEFORE, AFTER), tmp_path / "c.html")
    assert "What changed" in sound(file.read_text(encoding="utf-8")).text
