"""A notebook's own text and code as HTML."""

from __future__ import annotations

import re

import pytest

from jpresearch.report.markup import Prose, code, visible
from tests.report.builders_pages import Read


def test_headings_get_names_of_their_own_and_no_second_title() -> None:
    prose = Prose(taken={"sources"})
    html = prose.render("# One\n\n## Sources\n\n### *Deep* `x`\n\n## 日本 株\n\n## Sources")
    assert re.findall(r'<(h\d) id="([^"]+)">', html) == [
        ("h2", "one"), ("h2", "sources-2"), ("h3", "deep-x"), ("h2", "日本-株"), ("h2", "sources-3"),
    ]  # fmt: skip
    assert [heading.text for heading in prose.headings][:3] == ["One", "Sources", "Deep x"]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "word <iframe src='http://x'></iframe>",
        "![x](http://elsewhere/x.png)",
        "[x](javascript:alert(1))",
        "![a\" onload=\"x](data:image/png;base64,aGk=)",
        "<style>body{display:none}</style>",
    ],
)  # fmt: skip
def test_nothing_that_acts_or_loads_passes(source: str) -> None:
    found = Read(Prose().render(source))
    assert not {"script", "iframe", "style"} & set(found.tags)
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert not [value for _, _, value in found.attributes if value.startswith("javascript:")]
    assert all(value.startswith("data:") for value in found.values("img", "src"))


def test_harmless_tags_of_the_author_and_pictures_of_the_notebook_pass() -> None:
    assert "H<sub>2</sub>O" in Prose().render("H<sub>2</sub>O")
    assert "<br>" in Prose().render("a<br/>b")
    picture = Prose().render("![A cat](attachment:cat.png)", {"cat.png": {"image/png": "aGk="}})
    assert '<img src="data:image/png;base64,aGk=" alt="A cat">' in picture
    assert Prose().render("![A chart](https://x/y.png)") == '<p><a href="https://x/y.png">A chart</a></p>'


def test_a_table_in_text_has_heads_with_scope_in_a_box_that_scrolls() -> None:
    html = Prose().render("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<th scope="col">a</th>' in html and '<td class="number">2</td>' in html and '<div class="table">' in html


def test_formulas_stay_readable_without_a_script() -> None:
    assert "<code>x_1 &lt; 2</code>" in Prose().render("where $x_1 < 2$ holds")
    assert "<pre><code>\\sum x</code></pre>" in Prose().render("$$\\sum x$$")


def test_code_is_coloured_and_escaped() -> None:
    html = code("def f(x):  # <why>\n    return 'a<b' if x else 12\n")
    assert "<span class=k>def</span>" in html and "<span class=c># &lt;why&gt;</span>" in html
    assert "a&lt;b" in html and "<span class=n>12</span>" in html
    assert re.sub(r"<[^>]+>", "", html).replace("&lt;", "<").replace("&gt;", ">") == (
        "def f(x):  # <why>\n    return 'a<b' if x else 12"
    )


@pytest.mark.parametrize("source", ["%%time\nx = 1", "!ls", "this is not python {{{", "", "\n\n", "x = '''open"])
def test_code_that_is_no_python_still_shows(source: str) -> None:
    import html

    assert html.unescape(re.sub(r"</?span[^>]*>", "", code(source))).strip() == source.strip()


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_letters_that_turn_the_direction_are_shown_by_number(letter: str) -> None:
    assert visible(f"a{letter}b") == f"a[U+{ord(letter):04X}]b"
    assert letter not in code(f"x = 'a{letter}b'") and letter not in Prose().render(f"a{letter}b")


def test_right_to_left_words_stay_as_they_are() -> None:
    assert visible("שלום") == "שלום"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("bought $3bn in May and $5bn in June", "bought $3bn in May and $5bn in June"),
        ("US$3bn, C$5 or $7-$9 (US$)", "US$3bn, C$5 or $7-$9 (US$)"),
        ("$5 + x$ and $\\beta$, $x$", "<code>5 + x</code> and <code>\\beta</code>, <code>x</code>"),
        ("costs \\$5 and \\$6", "costs $5 and $6"),
        ("a &mdash; b, AT&T, &nope; &#8722;3 &lt;b&gt;", "a — b, AT&amp;T, &amp;nope; −3 &lt;b&gt;"),
        ("`&mdash;` and `$3 $4`", "<code>&amp;mdash;</code> and <code>$3 $4</code>"),
        ("**「買い越し」**が増えた", "<strong>「買い越し」</strong>が増えた"),
        ("海外は**「買い」**です、**5%**上昇", "海外は<strong>「買い」</strong>です、<strong>5%</strong>上昇"),
        ("a **bold** and *soft* word, 2 * 3 * 4", "a <strong>bold</strong> and <em>soft</em> word, 2 * 3 * 4"),
        ("<u>so</u> <ruby>日<rt>ひ</rt></ruby>", "<u>so</u> <ruby>日<rt>ひ</rt></ruby>"),
    ],
)
def test_a_text_cell_reads_as_its_author_saw_it(source: str, html: str) -> None:
    assert Prose().render(source) == f"<p>{html}</p>"


def test_links_to_headings_lead_there_as_in_a_notebook() -> None:
    html = Prose().render("[there](#What-the-figures-show)\n\n## What the figures show\n\n## 日本 株\n\n[x](#日本-株)")
    assert 'href="#what-the-figures-show"' in html and 'id="what-the-figures-show"' in html
    assert 'href="#日本-株"' in html and 'id="日本-株"' in html


def test_an_authors_own_anchor_has_a_name_that_the_page_has_not() -> None:
    prose = Prose(taken={"sources"})
    html = prose.render("<a name='Here'></a>a <a id=\"sources\"></a> [b](#Here)")
    assert 'id="here"' in html and 'href="#here"' in html and 'id="sources-2"' in html


def test_footnotes_of_two_cells_lead_to_their_own() -> None:
    prose = Prose()
    html = "".join(prose.render(f"{word}[^1].\n\n[^1]: The {word}.") for word in ("one", "two"))
    read = Read(html)
    names = [value for _, name, value in read.attributes if name == "id"]
    assert len(set(names)) == 4
    assert {value.removeprefix("#") for value in read.values("a", "href")} == set(names)


def test_a_list_of_tasks_shows_what_is_done() -> None:
    html = Prose().render("- [x] done\n- [ ] open")
    assert "☑ done" in html and "☐ open" in html


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("01_foreign_flows.ipynb", "01_foreign_flows.html"),
        ("https://example.org/a.ipynb", "https://example.org/a.ipynb"),
        ("../a.ipynb", "../a.ipynb"),
        ("#sources", "#sources"),
    ],
)
def test_a_link_to_a_notebook_beside_leads_to_its_page(link: str, target: str) -> None:
    assert f'href="{target}"' in Prose().render(f"[beside]({link})")
