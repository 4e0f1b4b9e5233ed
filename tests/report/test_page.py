"""The page: complete, offline, takeaways first, and nothing that a name or a parameter can break."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jpresearch.record import Failure, Metric, Status
from jpresearch.report import reading, typeface
from jpresearch.report.policy import page_policy
from tests.report.builders_pages import (
    HOSTILE,
    Read,
    cell,
    error,
    failed_job,
    figure,
    hostile_job,
    hostile_report,
    job,
    metric,
    nodes,
    notebook,
    output,
    page,
    report,
    rows_of,
    stream,
    table,
    table_read,
    takeaway,
    text,
)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(report(), tmp_path_factory.mktemp("page"))


def test_a_page_needs_nothing_from_outside_and_says_so_to_the_browser(html: str) -> None:
    found = Read(html)
    assert found.tags.count("script") == 1 and not found.values("script", "src")
    allowed = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'sha256-"
    policy = found.values("meta", "content")[1]
    assert policy == page_policy(reading.script()) and policy.startswith(allowed)
    assert found.values("meta", "http-equiv") == ["Content-Security-Policy"]
    loads = [value for _, name, value in found.attributes if name in ("src", "srcset", "data", "poster")]
    assert loads and all(value.startswith("data:image/") for value in loads)
    assert found.values("link", "href") == ["data:,"], "no request for an icon"
    assert not re.search(r"@import|url\((?!data:font/woff;base64,)", html)


def test_the_frame_of_a_page_is_small(tmp_path: Path) -> None:
    """All that stands around what a notebook says: style, script and furniture, but not the letters."""
    frame = page(notebook(text("# T")), tmp_path)
    assert len(frame.encode()) - len(typeface.faces()) <= 40_000


def test_a_page_has_language_title_one_h1_landmarks_and_a_skip_link(html: str) -> None:
    found = Read(html)
    assert found.values("html", "lang") == ["en"]
    assert found.inside("h1") == ["Foreign flows"] == found.inside("title")
    assert [found.tags.count(tag) for tag in ("h1", "header", "main", "nav", "footer")] == [1, 1, 1, 2, 1]
    assert found.values("a", "href")[0] == "#takeaways"
    assert "takeaways" in found.values("h2", "id")


def test_every_link_within_the_page_has_its_target_once(html: str) -> None:
    found = Read(html)
    names = [value for _, name, value in found.attributes if name == "id"]
    assert len(names) == len(set(names))
    targets = [value[1:] for value in found.values("a", "href") if value.startswith("#")]
    assert len(targets) >= 4
    assert set(targets) <= set(names)


def test_the_takeaways_come_before_the_argument_and_the_question_before_them(html: str) -> None:
    order = [
        "Do foreigners move",
        "Foreigners sold.",
        "A <em>survey</em> week",
        "Table 1",
        "Key figures</h2>",
        "Sources</h2>",
    ]
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    assert html.count("Foreigners sold.") == 1


def test_sections_that_only_held_what_the_page_gathers_are_gone(html: str) -> None:
    headings = Read(html).inside("h2")
    assert headings == ["Takeaways", "Contents", "The newest weeks", "Key figures", "Sources"]
    assert Read(html).values("nav", "aria-labelledby") == ["contents"]


def test_code_is_folded_beside_its_figure_and_silent_cells_join_the_next(html: str) -> None:
    assert Read(html).tags.count("details") == 7, (
        "late tables, how it was made and what prepares it, figure, its caption, table, sources"
    )
    folded = re.findall(r"<pre class=code.*?</pre>", html, flags=re.DOTALL)
    assert ["check()" in code and "publish.table()" in code for code in folded].count(True) == 1
    assert "load()" in folded[0] and "publish.takeaway()" in folded[0]
    after_figure = html[html.index("<figure") :]
    assert after_figure.index("</figure>") < after_figure.index("fig = draw()") < after_figure.index("Caption of runs")
    assert "details open" not in html


def test_a_figure_has_alt_text_size_number_title_and_its_data(html: str) -> None:
    found = Read(html)
    assert found.values("img", "alt") == ["It fell: net."]
    assert found.values("img", "width") == ["806"] and found.values("img", "height") == ["410"]
    assert "Figure 1" in found.inside("figcaption")
    address, *others = [value for value in found.values("a", "href") if value.startswith("data:")]
    assert len(others) == 2, "the table and the key figures"
    assert rows_of(address) == [["week", "net", "who"], ["2026-08-28", "-131.9", "a,b"], ["2026-09-04", "689.343", ""]]
    assert found.values("a", "download") == [
        "01-net-2026-09-04.csv",
        "01-runs-2026-09-04.csv",
        "01-key-figures-2026-09-04.csv",
    ]


def test_a_table_has_heads_with_scope_figures_in_line_and_its_data(html: str) -> None:
    found = Read(html)
    assert set(found.values("th", "scope")) == {"col", "row"}
    assert len(found.values("th", "scope")) == found.tags.count("th")
    assert "1234567.00" not in html and "1,234,567.00" in html and "−3.25" in html
    table_data = [value for value in found.values("a", "href") if value.startswith("data:")][1]
    assert rows_of(table_data)[1:] == [["2026-09-04", "1234567.0", "a"], ["", "-3.25", "'=1+1"]], "text, not a formula"


def test_key_figures_are_listed_with_interval_and_unit(html: str) -> None:
    assert re.search(
        r"<th scope=row class=t>Net<td>−502.0<td>−503.0 to −501.0<td class=t>JPY bn",
        html,
    )


def test_a_page_says_what_it_was_computed_from_and_how_it_came_to_be(html: str) -> None:
    found = Read(html)
    words = " ".join(words for _, words in found.texts)
    assert "https://www.jpx.co.jp/" in found.values("a", "href")
    for said in ("Trading by type of investors", "JPX", "2026-09-04", "2026-09-10 15:30", "12,345 rows",
                 "first published figures", "publish dates by rule", "Internal research"):  # fmt: skip
        assert said in words
    assert "Run 20261122-090000-ab12, 2026-11-22 09:00 UTC; commit 0123456789ab with changes; python 3.11" in words
    assert "as_of = 2026-09-11" in words and "lags = none" in words
    assert "2026-09-11" in found.inside("dd")


def test_without_a_day_everything_published_is_meant(tmp_path: Path) -> None:
    html = page(report(), tmp_path, job(parameters={"as_of": None}))
    assert "2026-11-22, everything published" in html


def test_a_fresh_table_gets_a_banner_for_its_late_series(tmp_path: Path) -> None:
    old = {"newest_period": "2026-08-01", "allowance_days": 12}
    many = {name: old | {"newest_period": f"2026-07-{day}"} for day, name in enumerate("abcde", start=10)}
    html = page(report(), tmp_path, job(tables=[table_read(age_days=7, behind={"usdjpy": old})]))
    assert "investor_flows is late in usdjpy (to 2026-08-01, 41 days back; 12 are usual)." in html
    html = page(report(), tmp_path, job(tables=[table_read(age_days=7, behind=many)]))
    assert "late in a (to 2026-07-10, 63 days back" in html and "; 1 more." in html and "; e (to" not in html


def test_a_stale_table_gets_a_banner_with_its_newest_day(html: str, tmp_path: Path) -> None:
    assert "investor_flows is stale: its newest period is 2026-09-04, 79 days back; 14 are usual." in html
    fresh = page(report(), tmp_path, job(tables=[table_read(age_days=14)]))
    assert "is stale" not in fresh and "banner" not in Read(fresh).values("div", "class")


def test_a_failed_run_gets_a_banner_that_leads_to_the_failing_cell(tmp_path: Path) -> None:
    content = notebook(
        text("An Exception was encountered", tags=["papermill-error-cell-tag"]),
        text("# Title\n\nWhy?"),
        text("## One"),
        cell("draw()", figure()),
        text("## Two"),
        cell("broken()", error()),
        text("## Takeaways"),
        cell("publish.takeaway()", run=False),
    )
    html = page(content, tmp_path, failed_job())
    found = Read(html)
    assert "This run failed in code cell 4: ValueError: no" in html
    assert "#failed" in found.values("a", "href") and found.values("pre", "id") == ["failed"]
    assert html.count("<details class=code open>") == 1
    assert html.index("ValueError: no</pre>") < html.index("broken()") < html.index("Cells that did not run")
    assert "An Exception was encountered" not in html
    assert found.inside("h2").count("Takeaways") == 1
    assert "This run published no takeaways." in html


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.TIMED_OUT, "This run ran out of time"),
        (Status.KERNEL_DIED, "This run lost its kernel"),
        (Status.CANCELLED, "This run was cancelled"),
    ],
)
def test_a_run_that_did_not_finish_says_how(status: Status, words: str, tmp_path: Path) -> None:
    failure = Failure(type="Limit", message="20 s", cell=2)
    html = page(report(), tmp_path, job(status=status, failure=failure))
    assert f"{words} in code cell 2: Limit: 20 s" in html


def test_hostile_content_shows_as_text(tmp_path: Path) -> None:
    html = page(hostile_report(), tmp_path, hostile_job())
    found = Read(html)
    assert found.tags.count("script") == 1 and found.tags.count("img") == 1
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert html.count("&lt;script&gt;alert(1)") >= 20
    assert "\u202e" not in html and "[U+202E]gnp.exe" in html
    assert not any(value.startswith("javascript:") for value in found.values("a", "href"))
    assert all(re.fullmatch(r"[\w.-]+\.csv", name) for name in found.values("a", "download"))


def test_output_that_reaches_out_of_the_page_is_replaced_by_its_text(tmp_path: Path) -> None:
    active = output({"text/html": "<div><script src='x.js'></script></div>", "text/plain": "a widget"})
    calm = output({"text/html": "<table><tr><td>calm</td></tr></table>", "text/plain": "a frame"})
    alone = output({"text/html": "<img src='http://x/y.png'>"})
    html = page(notebook(text("# T"), cell("x", active, calm, alone)), tmp_path)
    assert "x.js" not in html and "a widget" in html
    assert "<td>calm</td>" in html and "a frame" not in html
    assert "http://x" not in html and "An output of this kind (text/html) is not shown here" in html


def test_other_outputs_show_too(tmp_path: Path) -> None:
    outputs = [
        output({"image/png": "aGk=\n", "text/plain": "<Figure>"}),
        output({"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0#"/></svg>'}),
        output({"text/markdown": "**bold**", "text/plain": "x"}),
        nodes().new_output("execute_result", data={"text/plain": "42 < 43"}, execution_count=1),
        stream("one\n"),
        stream("\x1b[31mtwo\x1b[0m\n"),
        stream("warned", "stderr"),
    ]
    html = page(notebook(text("# T"), cell("x", *outputs)), tmp_path)
    found = Read(html)
    assert found.values("img", "src")[0] == "data:image/png;base64,aGk="
    assert found.values("img", "src")[1].startswith("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E")
    assert "#" not in found.values("img", "src")[1]
    assert found.values("img", "alt") == ["Figure without a description"] * 2
    assert "<strong>bold</strong>" in html and "42 &lt; 43" in html
    assert ">one\ntwo\n</pre>" in html and ">warned</pre>" in html


def test_a_long_table_is_cut_on_the_page_but_whole_in_its_data(tmp_path: Path) -> None:
    rows = [[f"row {number}", 1.0, ""] for number in range(200)]
    html = page(notebook(text("# T"), cell("x", table(rows=rows, columns=["a", "b", "c"]))), tmp_path)
    assert "row 59<" in html and "row 60<" not in html
    assert "60 of 200 rows; all of them are in the data." in html
    assert len(rows_of(next(value for value in Read(html).values("a", "href") if value.startswith("data:")))) == 201


def test_what_changed_since_the_last_run_is_in_a_box(tmp_path: Path) -> None:
    before = job(tables=[table_read(rows=12000, content_hash="1")], metrics=[Metric(name="net", value=1.0)])
    now = job(metrics=[Metric(name="net", value=3.5)])
    html = page(report(), tmp_path, now, previous=before)
    box = html[html.index("<aside") : html.index("</aside>")]
    assert "Since the last run" in box
    assert "<th scope=row>Net</th><td class=number>1.0</td>" in box and "3.5" in box
    assert "investor_flows" in box and "345" in box
    assert "<aside" not in page(report(), tmp_path, now)
    assert "Nothing moved" in page(report(), tmp_path, now, previous=now)


def test_a_page_in_japanese_has_a_japanese_frame_and_marks_the_notebooks_own_language(tmp_path: Path) -> None:
    html = page(report(), tmp_path, job(lang="ja"))
    found = Read(html)
    assert found.values("html", "lang") == ["ja"]
    assert found.inside("h2") == ["要点", "目次", "The newest weeks", "主要数値", "出所"]
    assert "図1" in html and "表1" in html and "データ（CSV）" in html
    assert found.values("h1", "lang") == ["en"] and set(found.values("div", "lang")) == {"en"}
    for word in ("Takeaways", "Parameters", "Data as of", ">Code<", "Sources"):
        assert word not in html


def test_the_same_notebook_gives_the_same_page(tmp_path: Path) -> None:
    content = report()
    before = repr(content)
    first = page(content, tmp_path)
    assert page(content, tmp_path) == first
    assert repr(content) == before, "the notebook stays as it is"


def test_a_notebook_of_another_form_still_gives_a_page(tmp_path: Path) -> None:
    html = page(notebook(cell("1", stream("hi")), text("text ##"), nodes().new_raw_cell("raw")), tmp_path)
    assert Read(html).inside("h1") == ["Foreign flows"]
    assert page(notebook(), tmp_path)
    first_section = page(notebook(text("# T\n\nWhy?\n\n## Inside\n\nmore"), text("# Another title")), tmp_path)
    assert Read(first_section).tags.count("h1") == 1
    assert {"Inside", "Another title"} <= set(Read(first_section).inside("h2"))


def test_takeaways_published_beside_a_figure_move_to_the_top(tmp_path: Path) -> None:
    content = notebook(text("# T"), text("## S\n\nwords"), cell("x", takeaway("It rose."), figure(), metric()))
    html = page(content, tmp_path)
    assert html.index("It rose.") < html.index(">S</h2>") < html.index("<figure")


def test_the_hostile_text_of_these_tests_is_one() -> None:
    assert "script" in Read(f'<p title="{HOSTILE}">').tags


def test_a_cell_of_a_table_unfolds_without_script_and_a_tone_only_repeats_its_words(tmp_path: Path) -> None:
    beside = {
        "unfolds": {"column": "week", "rows": [[{"term": "<Why>", "texts": ["one & two", "three"]}], []]},
        "tones": {"column": "who", "rows": ["good", "bad"]},
    }
    html = page(notebook(text("# A"), cell("publish.table()", table("runs", **beside))), tmp_path)
    assert (
        "<details class=unfold><summary>2026-09-04</summary><dl><dt>&lt;Why&gt;<dd>one &amp; two<dd>three</dl>" in html
    )
    assert html.count("class=unfold") == 1, "a row without terms stays as it was"
    assert '<span class="tone good">a</span>' in html and '<span class="tone bad">' in html
