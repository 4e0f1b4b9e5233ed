"""HTML of cells: nothing acts, loads, hides the page or swallows what comes after it."""

from __future__ import annotations

import pytest

from jpresearch.report import sanitising
from tests.report.builders_pages import Read

HOSTILE = [
    "<script>alert(1)</script>", "<p/onclick=alert(1)>x", "<a href='java&#x73;cript:alert(1)'>x</a>", "<!-- open",
    "<textarea>", "<style>body{display:none}</style>", "<style>@import 'http://x/'", "<title>", "<xmp>", "<plaintext>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>", "<img src=http://x/ onerror=alert(1)>",
    "<img srcset='http://x/ 1x'>", "<iframe srcdoc='<script>alert(1)</script>'>", "<base href='http://x/'>",
    "<meta http-equiv=refresh content='0;url=http://x/'>", "<link rel=stylesheet href=http://x/>",
    "<form action=http://x/><button>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
    "<p style='position:fixed;inset:0;background:url(http://x/)'>x", "<a href='data:text/html,<script>1</script>'>x",
    "<object data=http://x/>", "<embed src=http://x/>", "<video poster=http://x/ src=http://x/>", "</body></html>",
    "<table background=http://x/><tr><td>", "<template><img src=http://x/>", "<![CDATA[", "<b id=takeaways class=vh>",
    "<a href='vbscript:x'>x", "<body onload=alert(1)>", "<h1>A title</h1>", "<select><option>", "<frameset>",
]  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_what_is_left_does_nothing_and_is_closed(html: str) -> None:
    found = str(sanitising.of_output(html))
    read = Read(f"<main>{found}<p>after</p></main>")
    assert read.inside("p")[-1] == "after", "nothing is swallowed"
    assert not set(read.tags) & {"script", "style", "iframe", "svg", "textarea", "form", "link", "meta", "h1", "base"}
    names = {name for _, name, _ in read.attributes}
    assert not {name for name in names if name.startswith("on")} and not names & {"id", "class", "srcset", "background"}
    values = [value for _, name, value in read.attributes if name in ("href", "src", "style")]
    assert not [value for value in values if "script" in value or "url" in value or "position" in value]


def test_tables_of_pandas_and_statsmodels_stay_as_they_are() -> None:
    head = '<tr style="text-align: right;"><th>a</th></tr>'
    html = f'<table border="1" class="dataframe">{head}<tr><td>1 &lt; 2</td></tr></table>'
    found = sanitising.of_output(html)
    assert '<tr style="text-align:right"><th>a</th></tr>' in found and "1 &lt; 2" in found
    assert not sanitising.active(html) and not sanitising.empty(found)


def test_a_picture_that_comes_along_stays_and_one_from_elsewhere_is_told_of() -> None:
    inside, outside = '<img src="data:image/png;base64,aGk=">', '<img src="http://x/y.png">'
    assert "data:image/png" in sanitising.of_output(inside) and not sanitising.active(inside)
    assert "http" not in sanitising.of_output(outside) and sanitising.active(outside)
