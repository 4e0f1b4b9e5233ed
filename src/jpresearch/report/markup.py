"""A notebook's own text and code as HTML: Markdown without foreign images or scripts, code in four colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any, Final

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from jpresearch.report.direction import visible as visible

# Tags that an author may write in Markdown; any other shows as text.
NOTEBOOK: Final = re.compile(r"([\w-]+)\.ipynb")
HARMLESS: Final = re.compile(r"&lt;(/?(?:br|sub|sup|b|i|em|strong|small|kbd)) ?/?&gt;")
# What would make a cell's HTML output reach out of the page or act in it.
ACTIVE: Final = re.compile(
    r"<\s*(?:script|iframe|object|embed|link|form|input|button|base|meta|svg|math|template)\b|\son\w+\s*=|\bsrc(?:set)?\s*="
    r"|url\s*\(|@import|javascript:",
    re.IGNORECASE,
)
DEEPEST: Final = 6


@dataclass(frozen=True)
class Heading:
    """A heading of the notebook: its level, words and the name to link to."""

    level: int
    text: str
    anchor: str


@dataclass
class Prose:
    """Renders the Markdown cells of one notebook in order; the title is the only heading of the first level.

    ``headings`` collects what was rendered, for the table of contents; ``taken`` holds the names given in the page.
    """

    headings: list[Heading] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def render(self, source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
        """``source`` as HTML."""
        renderer = _Renderer(self, dict(attachments or {}))
        return Markup(MarkdownWithMath(renderer=renderer).render(visible(source)).strip())

    def add(self, level: int, html: str) -> Heading:
        """Note a heading and give it a name of its own."""
        words = Markup(html).striptags()
        self.headings.append(Heading(level, words, unused(slug(words), self.taken)))
        return self.headings[-1]


class _Renderer(IPythonRenderer):
    def __init__(self, prose: Prose, attachments: dict[str, Any]) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True, attachments=attachments)
        self.prose = prose

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        found = self.prose.add(min(max(level, 2), DEEPEST), text)
        return f'<h{found.level} id="{found.anchor}">{text}</h{found.level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link; one to a notebook beside this one leads to that notebook's page."""
        beside = NOTEBOOK.fullmatch(url)
        return str(super().link(text, f"{beside[1]}.html" if beside else url, title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that the notebook carries; one from elsewhere would not load, so it becomes a link."""
        source = self._embed_image_or_attachment(url) if url.partition(":")[2] in self.attachments else url
        words = escape(Markup(text).unescape())
        if re.match(r"data:image/(?:png|jpeg|gif|svg\+xml)[;,]", source):
            return f'<img src="{escape(source)}" alt="{words}">'
        return f'<a href="{escape(self.safe_url(url))}">{words or escape(url)}</a>'

    def inline_html(self, html: str) -> str:
        return HARMLESS.sub(r"<\1>", escape(html))

    def block_html(self, html: str) -> str:
        inner = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL).strip()
        return f"<p>{self.inline_html(inner)}</p>\n" if inner else ""

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def inline_math(self, body: str) -> str:
        return f"<code>{escape(body)}</code>"

    def block_math(self, body: str) -> str:
        return f"<pre><code>{escape(body.strip())}</code></pre>\n"

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(body)

    def table(self, text: str) -> str:
        return f'<div class="table"><table>{text}</table></div>\n'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        mark = ' class="number"' if align == "right" else ""
        return f'<th scope="col"{mark}>{text}</th>' if head else f"<td{mark}>{text}</td>"


def code(source: str) -> Markup:
    """Python as HTML: comments, texts, numbers and keywords marked ``c``, ``s``, ``n`` and ``k``."""
    return Markup("".join(_pieces(visible(source).strip("\n"))))


def _pieces(source: str) -> Iterator[str]:
    """Neighbours of one colour share a mark; most of the code has none."""
    mark, text = "", ""
    for kind, value in _python().get_tokens(source):
        mine = _mark(str(kind))
        if mine != mark and value.strip():
            yield _marked(mark, text)
            mark, text = mine, ""
        text += value
    yield _marked(mark, text.rstrip("\n"))


def _mark(kind: str) -> str:
    if kind.startswith("Token.Comment"):
        return "c"
    if kind.startswith("Token.Literal.String"):
        return "s"
    if kind.startswith("Token.Literal.Number"):
        return "n"
    return "k" if kind.startswith(("Token.Keyword", "Token.Operator.Word")) else ""


def _marked(mark: str, text: str) -> str:
    if not mark:
        return escape(text, quote=False)
    bare = text.rstrip()
    return f"<span class={mark}>{escape(bare, quote=False)}</span>{text[len(bare) :]}"


@cache
def _python() -> Any:
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped,unused-ignore]

    return get_lexer_by_name("python")


def harmless(html: str) -> bool:
    """Whether a cell's own HTML stays within the page: no script, nothing fetched, nothing to act on."""
    return not ACTIVE.search(html)


def slug(text: str) -> str:
    """A name for a link within the page, in letters of any language."""
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-")[:60] or "part"


def unused(name: str, taken: set[str]) -> str:
    """``name``, numbered where it is taken; it is taken from then on."""
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name}-{number}"
    taken.add(chosen)
    return chosen
