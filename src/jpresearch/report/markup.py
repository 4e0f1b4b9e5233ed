"""A notebook's own text and code as HTML: Markdown without foreign images or scripts, code in four colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from typing import Any, ClassVar, Final
from urllib.parse import unquote

from markupsafe import Markup
from mistune.plugins import import_plugin

from jpresearch import light_imports

# nbconvert imports it too.
light_imports.nbformat()

from nbconvert.filters.markdown_mistune import (  # noqa: E402
    IPythonRenderer,
    MarkdownWithMath,
    MathInlineParser,
)

from jpresearch.report.direction import visible as visible  # noqa: E402
from jpresearch.report.sanitising import TAGS, of_text  # noqa: E402

NOTEBOOK: Final = re.compile(r"([\w-]+)\.ipynb")
# Tags that an author may write in Markdown, as far as nh3 lets them through; any other shows as text.
WRITTEN: Final = TAGS - {"img"}
TAG: Final = re.compile(r"</?([A-Za-z][\w:-]*)[^<>]*>?")
NAMED_ANCHOR: Final = re.compile(r"<a\s+name=", re.IGNORECASE)
ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Markdown ends emphasis at a space or a mark between letters; Japanese writes neither around it.
JAPANESE: Final = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
STARS: Final = re.compile(rf"(?<=[^\s*])(\*{{1,3}})(?={JAPANESE})|(?<={JAPANESE})(\*{{1,3}})(?=[^\s*])")
BOXES: Final = ("\N{BALLOT BOX}", "\N{BALLOT BOX WITH CHECK}")
BETWEEN: Final = "\ue000"
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
        markdown = MarkdownWithMath(renderer=renderer, inline=_Inline(hard_wrap=False))
        import_plugin("footnotes")(markdown)
        html = markdown.render(_emphasised(visible(source))).replace(BETWEEN, "")
        return Markup(of_text(html, renderer.name_of).strip())

    def add(self, level: int, html: str) -> Heading:
        """Note a heading and give it a name of its own."""
        words = Markup(html).striptags()
        self.headings.append(Heading(level, words, unused(slug(words), self.taken)))
        return self.headings[-1]


class _Inline(MathInlineParser):
    """Formulas between dollar signs, and amounts in dollars as what they are.

    No space stands inside next to a sign of a formula, no digit follows it, and a number followed by words is an
    amount.
    """

    AMOUNT = r"\d[^$\\^_={}<>+*]*\s[^$\\^_={}<>+*]*\$"
    INLINE_MATH_TEX = rf"(?<![$\\\w])\$(?P<math_inline_tex>(?!\s)(?!{AMOUNT})[^$]*?[^$\s\\]|[^$\s\\])\$(?![\d$])"
    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathInlineParser.SPECIFICATION, "inline_math_tex": INLINE_MATH_TEX,
    }  # fmt: skip


class _Renderer(IPythonRenderer):
    def __init__(self, prose: Prose, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True,
                         attachments=attachments)  # fmt: skip
        self.prose = prose
        self.own: set[str] = set()
        self.note = unused("note", prose.taken)

    def name_of(self, name: str) -> str:
        """A name in the page: those given here as they are, an author's own as links to it would have it."""
        return name if name in self.own else unused(slug(name), self.prose.taken)

    def text(self, text: str) -> str:
        return escape(ENTITY.sub(lambda found: unescape(found.group()), text), quote=False)

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{BOXES[checked]} {text}</li>\n"

    def footnote_ref(self, key: str, index: int) -> str:
        here = f"{self.note}-{index}-from"
        self.own.add(here)
        return f'<sup class="footnote-ref" id="{here}"><a href="#{self.note}-{index}">{index}</a></sup>'

    def footnotes(self, text: str) -> str:
        return f"<hr>\n<ol>\n{text}</ol>\n"

    def footnote_item(self, text: str, key: str, index: int) -> str:
        here = f"{self.note}-{index}"
        self.own.add(here)
        return f'<li id="{here}">{text.rstrip()} <a href="#{here}-from">&#8617;</a></li>\n'

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        found = self.prose.add(min(max(level, 2), DEEPEST), text)
        self.own.add(found.anchor)
        return f'<h{found.level} id="{found.anchor}">{text}</h{found.level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link; one to a notebook beside this one leads to that notebook's page, one to a heading to its name."""
        beside = NOTEBOOK.fullmatch(url)
        if url.startswith("#") and not url.startswith(f"#{self.note}"):
            url = f"#{slug(unquote(url[1:]))}"
        return str(super().link(text, f"{beside[1]}.html" if beside else url, title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that the notebook carries; one from elsewhere would not load, so it becomes a link."""
        source = self._embed_image_or_attachment(url) if url.partition(":")[2] in self.attachments else url
        words = escape(Markup(text).unescape())
        if re.match(r"data:image/(?:png|jpeg|gif|svg\+xml)[;,]", source):
            return f'<img src="{escape(source)}" alt="{words}">'
        return f'<a href="{escape(self.safe_url(url))}">{words or escape(url)}</a>'

    def inline_html(self, html: str) -> str:
        return TAG.sub(_written, NAMED_ANCHOR.sub("<a id=", html))

    def block_html(self, html: str) -> str:
        return f"{self.inline_html(html)}\n"

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


def _written(found: re.Match[str]) -> str:
    return found.group() if found[1].lower() in WRITTEN else escape(found.group())


def _emphasised(source: str) -> str:
    """``source`` with letters, which go again, where stars next to Japanese would otherwise stay stars."""
    return STARS.sub(lambda found: f"{BETWEEN}{found.group()}{BETWEEN}", source.replace(BETWEEN, ""))


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
