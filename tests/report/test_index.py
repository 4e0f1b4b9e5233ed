"""The index of a run: every page with its state, what it says, and its figures' past; a batch as tables."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from jpresearch.record import Failure, Finding, Job, Metric, Status
from jpresearch.report.history import sum_up
from jpresearch.report.index import render, write_index
from tests.report.builders_runs import HOSTILE, SHOWN, START, Page, hostile_job, job, kept, run, sound, table

NET = [Metric(name="net_jpy_bn", value=2.0, unit="JPY bn", low=1.0, high=3.0)]


def test_a_page_is_linked_with_its_state_day_and_takeaways() -> None:
    timed = {"started_at": START, "ended_at": START + timedelta(seconds=4.2)}
    html = render(run(job(parameters={"as_of": "2025-09-05"}, **timed)))
    page = sound(html)
    assert "01_a.html" in page.links
    assert "../index.html" in page.links
    assert "record.json" in page.links
    assert "Japanese equities as of 2025-09-05" in page.text
    assert "Title of 01_a succeeded 4 –" in page.text
    assert "Foreigners sold." in page.text
    assert "2026-09-11 18:00 JST" in page.text


def test_a_page_without_a_day_speaks_of_everything_published() -> None:
    page = sound(render(run()))
    assert "Japanese equities: everything published by 2026-09-11" in page.text


def test_every_state_has_its_word_and_the_reason_of_a_bad_one_is_told() -> None:
    failure = Failure(type="ValueError", message="no figure", cell=4)
    jobs = [job(f"0{number}_x", status=status) for number, status in enumerate(Status)]
    jobs.append(job("10_failed", status=Status.FAILED, failure=failure, page=None))
    jobs.append(job("11_skipped", status=Status.SKIPPED, why="not public yet"))
    page = sound(render(run(*jobs)))
    for word in ("1 pending", "1 running", "1 succeeded", "2 failed", "1 timed out", "1 kernel died", "1 reused"):
        assert word in page.text
    assert "in code cell 4: ValueError: no figure" in page.text
    assert "not public yet" in page.text
    assert "10_failed.html" not in page.links


def test_tables_older_than_usual_are_named_with_their_newest_day() -> None:
    stale = table(age_days=79, allowance_days=19)
    fresh = table("market_daily", age_days=2, allowance_days=7)
    page = sound(render(run(job(tables=[stale, fresh]))))
    assert "investor_flows to 2026-09-04 (79 days; usual 19)" in page.text
    assert "market_daily" not in page.text
    assert "1 of 2 tables late, newest data 2026-09-04" in page.text and "1 of 2 late" in page.text
    assert tones(page) == ["warn"]


def tones(page: Page) -> list[str]:
    """How the rows say that tables are late."""
    found = {"warn", "quiet"}
    return [value for tag, name, value in page.attributes if tag == "small" and name == "class" and value in found]


def test_where_most_tables_are_late_it_is_said_once_and_the_rows_stay_calm() -> None:
    old = {"age_days": 79, "allowance_days": 19}
    jobs = [job(tables=[table(**old)]), job("02_b", tables=[table("gpif", **old), table("claims", age_days=1)])]
    page = sound(render(run(*jobs)))
    assert "2 of 3 tables late, newest data 2026-09-04" in page.text
    assert "1 of 1 late" in page.text and "1 of 2 late" in page.text
    assert tones(page) == ["quiet", "quiet"]


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("GPIF undoes 89% of a gap (95% CI 51 to 127) and sold ¥2.04tn.", "Gap 89% 95% CI 51 to 127"),
        ("It sold ¥2.04tn, after 89%.", "Net −¥2.04tn"),
        ("Six claims hold.", "Claims 6 claims"),
        ("Since 6 Apr 2026 the share is 26%.", "Share 26.4% 26.2 to 26.6"),
        ("It is 26.45%, the 6th.", "Claims 6 claims"),
        ("Nothing is named, in 2026 or on 16 Jun.", "Gap 89% 95% CI 51 to 127"),
        ("Up 189%, ¥12.04tn, 6.5 claims, 61.", "Gap 89% 95% CI 51 to 127"),
    ],
)
def test_the_key_number_is_the_one_that_the_answer_prints_first(answer: str, named: str) -> None:
    metrics = [
        Metric(name="late", label="Late", value=2.5),
        Metric(name="claims", label="Claims", value=6.0, unit="claims", digits=0, lead=True),
        Metric(
            name="gap", label="Gap", value=89.0, unit="%", low=51.2, high=126.8, confidence=0.95, digits=0, lead=True
        ),
        Metric(name="share", label="Share", value=26.39, unit="%", low=26.2, high=26.59, digits=1, lead=True),
        Metric(name="net", label="Net", value=-2.0368, unit="JPY tn", digits=2, lead=True),
    ]
    page = sound(render(run(job(answer=answer, metrics=metrics))))
    assert f"{answer} {named} " in page.text


def test_an_interval_of_another_confidence_says_so() -> None:
    metric = Metric(name="gap", label="Gap", value=89.0, unit="%", low=51.2, high=126.8, confidence=0.9, lead=True)
    assert "Gap 89% 90% CI 51 to 127" in sound(render(run(job(metrics=[metric])))).text


def test_a_change_of_a_small_part_of_its_interval_is_no_news() -> None:
    before, after = ([Metric(name="m", value=value, low=0.0, high=40.0, lead=True)] for value in (20.0, 23.9))
    page = sound(render(run(job(metrics=after), week=1), [], run(job(metrics=before))))
    assert "little changed" in page.text and "widths" not in page.text
    assert "No estimate moved by as much as a tenth of its interval." in page.text


def test_the_news_count_tables_that_have_become_late_since_the_run_before() -> None:
    fresh, old = {"age_days": 2, "allowance_days": 7}, {"age_days": 9, "allowance_days": 7}
    before = run(job(tables=[table("a", **old), table("b", **fresh)]))
    after = run(job(tables=[table("a", **old), table("b", **old)]), week=1)
    assert "No new data; 1 more table late." in sound(render(after, [], before)).text
    assert "No new data." in sound(render(after, [], after)).text


def test_late_series_of_a_fresh_table_are_named_with_their_newest_day() -> None:
    yen = {"newest_period": "2026-08-01", "allowance_days": 12}
    page = sound(render(run(job(tables=[table(age_days=2, allowance_days=7, behind={"usdjpy": yen})]))))
    assert "investor_flows usdjpy to 2026-08-01 (36 days; usual 12)" in page.text


def test_key_figures_show_value_interval_and_their_past_runs() -> None:
    earlier = run(job(metrics=[Metric(name="net_jpy_bn", value=-1.0, unit="JPY bn")]), week=-1)
    page = sound(render(run(job(metrics=NET)), [sum_up(earlier, earlier.id)]))
    assert "Net ¥2.0bn 1.0 to 3.0" in page.text
    (told,) = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert told is not None
    assert told.startswith("net: 2 values from 2026-09-04 to 2026-09-11; lowest \N{MINUS SIGN}1")
    assert told.endswith("last 2 JPY bn")


def test_a_first_run_has_figures_and_no_line() -> None:
    page = sound(render(run(job(metrics=NET))))
    assert "svg" not in page.tags
    assert "Net ¥2.0bn" in page.text
    assert "There is no earlier run to compare with." in page.text


def test_the_line_ends_at_the_days_of_the_run_itself() -> None:
    """An article of last year keeps the past it had, however many runs came after."""
    newer = run(job(metrics=[Metric(name="net_jpy_bn", value=9.0)]), week=5)
    page = sound(render(run(job(metrics=NET, parameters={"as_of": "2025-09-05", "lags": 4})), [sum_up(newer, "x")]))
    assert "svg" not in page.tags


def test_the_key_number_is_the_first_estimate_beside_the_answer_then_any_lead_then_a_measure() -> None:
    metrics = [Metric(name="count", value=4), Metric(name="measure", value=0.5)]
    assert "Measure 0.50" in sound(render(run(job(metrics=metrics)))).text
    metrics.append(Metric(name="lead", value=7.5, lead=True))
    assert "Lead 7.5" in sound(render(run(job(metrics=metrics)))).text
    metrics.append(Metric(name="estimate", value=2.5, low=1.0, high=4.0, lead=True))
    page = sound(render(run(job(metrics=metrics))))
    assert "Estimate 2 1 to 4" in page.text
    assert "Lead 7.5" not in page.text


def reports(*answers: str, **changes: object) -> list[Job]:
    return [job(f"0{number}_x", answer=answer, takeaways=[], **changes) for number, answer in enumerate(answers)]


def test_the_first_reports_answer_is_the_view_with_what_its_lead_figure_shows() -> None:
    first, second = reports("The view is calm.", "Banks lead.")
    first.lead_figure = "who"
    first.findings = [Finding(text="It fell.", lead=True), Finding(text="Trust banks carry it.", figure="who")]
    page = sound(render(run(second, first)))
    assert "The view is calm. Trust banks carry it." in page.text
    assert page.text.count("The view is calm.") == 1, "its own row leads up to it"
    assert "It fell." not in page.text
    assert page.text.index("Trust banks carry it.") < page.text.index("Banks lead.")


def test_a_first_report_that_failed_is_no_view() -> None:
    first, second = reports("The view is calm.", "Banks lead.")
    first.status = Status.FAILED
    page = sound(render(run(first, second)))
    assert "The view is calm." not in page.text
    assert "This run failed" in page.text and "Banks lead." in page.text


def test_three_sentences_say_what_changed_since_the_run_before() -> None:
    estimate = {"unit": "bp", "label": "TOPIX in the week", "digits": 0}
    before = [Metric(name="m", value=16.0, low=10.0, high=20.0, **estimate)]
    after = [Metric(name="m", value=21.0, low=15.0, high=25.0, **estimate)]
    old = reports("Foreigners sold 2 bp.", "Banks led by 3%.", metrics=before)
    new = reports(
        "Foreigners bought 2 bp.", "Banks led by 4%.", metrics=after, tables=[table(rows=105, newest="2026-09-11")]
    )
    old[1].metrics.append(Metric(name="view", label="House view", value="a correction"))
    new[1].metrics.append(Metric(name="view", label="House view", value="calm"))
    page = sound(render(run(*new, week=1), [], run(*old), "comparison.html"))
    assert "Since the run of 2026-09-11" in page.text
    assert "1 of 2 answers changed in words: 00 X; 1 only in figures; House view: a correction → calm." in page.text
    assert "00 X, TOPIX in the week, 16 → 21 bp (0.5 widths)." in page.text
    assert "New data in 1 table to 2026-09-11: investor flows." in page.text
    assert "+5 0.5 widths" in page.text
    assert "comparison.html" in page.links


def test_a_report_with_other_parameters_has_no_change() -> None:
    old = run(job(parameters={"as_of": None, "lags": 8}, metrics=NET))
    page = sound(render(run(job(metrics=NET), week=1), [], old))
    assert "unchanged" not in page.text
    assert "There is no earlier run to compare with." in page.text


def test_the_workbook_is_linked_where_there_is_one() -> None:
    assert "01_a.xlsx" in sound(render(run(job(workbook="01_a.xlsx")))).links


def days(count: int) -> list[str]:
    return [f"{2018 + number // 12}-{number % 12 + 1:02d}-28" for number in range(count)]


def test_a_batch_is_a_table_per_notebook_newest_day_first() -> None:
    jobs = [
        job(f"{name}--{day}", title=name, parameters={"as_of": day}, takeaways=[f"As {day} had it."],
            metrics=[Metric(name="net", value=number + 0.5, unit="JPY bn")])
        for name in ("01_a", "02_b") for number, day in enumerate(days(50))
    ]  # fmt: skip
    page = sound(render(run(*jobs)))
    assert page.tags.count("table") == 2
    assert page.tags.count("tr") == 2 * 51
    assert "Japanese equities: 50 days from 2018-01-28 to 2022-02-28" in page.text
    assert page.links.index("01_a--2022-02-28.html") < page.links.index("01_a--2018-01-28.html")
    assert "As 2022-02-28 had it." in page.text
    assert "As 2018-01-28 had it." not in page.text
    assert page.tags.count("svg") == 2
    assert len(render(run(*jobs))) < 100_000


def test_a_batch_over_a_parameter_has_a_column_for_it_and_for_nothing_else() -> None:
    jobs = [job(f"01_a--{lags}", parameters={"as_of": None, "lags": lags, "start": "2012"}) for lags in (4, 8)]
    page = sound(render(run(*jobs)))
    heads = page.text.split("Data as of", 1)[1]
    assert heads.strip().startswith("lags Status net")
    assert "start" not in page.text


def test_a_column_of_figures_has_the_same_decimals_throughout() -> None:
    jobs = [
        job(f"01_a--{day}", parameters={"as_of": day}, metrics=[Metric(name="net", value=value)])
        for day, value in (("2026-01-30", 1.0), ("2026-02-27", 2.25))
    ]
    jobs.append(job("01_a--2026-03-31", parameters={"as_of": "2026-03-31"}, metrics=[], takeaways=[]))
    page = sound(render(run(*jobs)))
    assert "1.00" in page.text.split("Data as of")[1]
    assert "succeeded –" in page.text


def test_a_figure_of_a_batch_stands_with_its_interval() -> None:
    jobs = [
        job(f"01_a--{day}", parameters={"as_of": day}, metrics=[Metric(name="net", value=0.5, low=low, high=1.25)])
        for day, low in (("2026-01-30", -0.25), ("2026-02-27", None))
    ]
    page = sound(render(run(*jobs)))
    rows = page.text.split("Data as of")[1].split("succeeded")
    assert rows[1].strip().startswith("0.50 2026-01-30"), "half an interval is none"
    assert rows[2].strip().startswith("0.50 \u22120.25 to 1.25")


def test_all_metrics_are_linked_where_there_are_any() -> None:
    assert "metrics.csv" in sound(render(run(job()))).links
    assert "metrics.csv" not in sound(render(run(job(metrics=[])))).links


def test_skipped_days_of_a_batch_say_why() -> None:
    jobs = [
        job("01_a--2011-12-30", status=Status.SKIPPED, why="not public yet", page=None, metrics=[], takeaways=[]),
        job("01_a--2026-09-04"),
    ]
    assert "skipped not public yet" in sound(render(run(*jobs))).text.replace("○ ", "")


def test_a_run_in_japanese_has_its_frame_in_japanese() -> None:
    html = render(run(job(lang="ja")))
    page = sound(html)
    assert ("html", "lang", "ja") in page.attributes
    assert "日本株：2026-09-11までの公表データ" in page.text
    assert "Foreigners sold." in page.text


@pytest.mark.parametrize("count", [1, 2])
def test_nothing_from_outside_is_markup(count: int) -> None:
    attacked = run(*[hostile_job(status=Status.FAILED, failure=Failure(type=HOSTILE, message=HOSTILE))] * count)
    past = sum_up(attacked, HOSTILE)
    page = sound(render(attacked, [past]))
    assert SHOWN in "".join(page.texts)
    assert page.tags.count("style") == 1


def test_a_page_called_like_an_address_stays_a_file() -> None:
    page = sound(render(run(job(page="javascript:alert(1)#x?y.html"))))
    assert "javascript%3Aalert%281%29%23x%3Fy.html" in page.links


def test_outside_text_cannot_turn_the_direction_of_the_rest() -> None:
    html = render(run(job(title="\u202eevil", takeaways=["\u202eevil"], parameters={"as_of": "\u202eevil"})))
    assert "\u202e" not in html
    assert "<bdi>[U+202E]evil</bdi>" in html


def test_the_policy_of_the_page_allows_no_script_and_no_fetching() -> None:
    page = sound(render(run()))
    policies = [value for tag, name, value in page.attributes if tag == "meta" and name == "content"]
    assert "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'" in policies


def test_the_index_is_written_beside_the_pages_with_the_past_of_the_folder(tmp_path: Path) -> None:
    kept(tmp_path, run(job(metrics=[Metric(name="net_jpy_bn", value=-1.0, unit="JPY bn")]), week=-1))
    own = run(job(metrics=NET), ended_at=None)
    file = write_index(own, kept(tmp_path, own))
    assert file == tmp_path / own.id / "index.html"
    page = sound(file.read_text(encoding="utf-8"))
    assert page.tags.count("svg") == 1
    assert "Since the run of 2026-09-04" in page.text


def test_the_index_costs_no_heavy_import() -> None:
    code = (
        "import sys, jpresearch.report.index, jpresearch.report.overview, jpresearch.report.comparison_page;"
        "print(*sorted({'pandas', 'nbconvert', 'nbformat', 'jinja2', 'numpy', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
