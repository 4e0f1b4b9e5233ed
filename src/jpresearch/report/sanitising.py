"""HTML that comes out of a notebook, taken apart and put together again by nh3: the page's first wall, its policy is
the second.

Only known tags and attributes are left, every tag is closed, and nothing acts, loads or hides what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import nh3
from markupsafe import Markup

HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Those that readers' programs take for parts of the page itself are not for its content.
LANDMARKS: Final = frozenset(("header", "footer", "nav", "aside", "article", "hgroup", "area", "map"))
TAGS: Final = frozenset(nh3.ALLOWED_TAGS) - LANDMARKS | {"section"}
PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]")
IMAGE: Final = re.compile(r"<img(?:\s+[\w-]+=\"[^\"]*\")*>")
# Words that change how a cell's own text looks and nothing around it.
STYLES: Final = frozenset(("color", "background-color", "font-weight", "font-style", "text-align", "white-space"))
SPANS: Final = {name: {"colspan", "rowspan", "scope", "style"} for name in ("th", "td")}
CLASSES: Final = {"td": {"number"}, "th": {"number"}, "div": {"table"}, "sup": {"footnote-ref"}}
SCHEMES: Final = frozenset(("http", "https", "mailto", "data"))
# What is taken away with all that it holds.
WITH_CONTENT: Final = frozenset(("script", "style", "template", "noscript", "noembed", "noframes", "title", "iframe",
                                 "object", "svg", "math", "canvas"))  # fmt: skip
ACTIVE: Final = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|form|input|button|select|textarea|svg|math|canvas|audio|video|template)\b"
    r"|<\s*img\b(?![^>]*\bsrc\s*=\s*[\"']?data:image/)",
    re.IGNORECASE,
)


def of_output(html: str) -> Markup:
    """The HTML that a cell displayed: tables and text, without names, classes and headings of its own."""
    attributes = {**SPANS, "a": {"href"}, "img": {"src", "alt", "width", "height"}, "*": {"style", "lang", "dir"}}
    return _cleaned(html, TAGS - HEADINGS, attributes, {}, _safe)


def of_text(html: str, name: Callable[[str], str]) -> Markup:
    """The HTML of a text cell as rendered from Markdown; ``name`` gives each of its names one that the page has not."""
    attributes = {**SPANS, "a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"}, "*": {"id"}}

    def kept(tag: str, attribute: str, value: str) -> str | None:
        return name(value) if attribute == "id" else _safe(tag, attribute, value)

    return _cleaned(html, TAGS, attributes, CLASSES, kept)


def active(html: str) -> bool:
    """Whether the HTML holds what only works where scripts and forms do, so that a part of it is not shown."""
    return ACTIVE.search(html) is not None


def empty(html: Markup) -> bool:
    """Whether there is nothing to see in cleaned HTML."""
    return not html.striptags().strip() and "<img" not in html and "<hr" not in html


def _cleaned(
    html: str,
    tags: frozenset[str],
    attributes: dict[str, set[str]],
    classes: dict[str, set[str]],
    kept: Callable[[str, str, str], str | None],
) -> Markup:
    cleaned = nh3.clean(
        # Half of a surrogate pair has no letter.
        html.encode("utf-8", "replace").decode("utf-8"),
        tags=set(tags),
        clean_content_tags=set(WITH_CONTENT),
        attributes=attributes,
        attribute_filter=kept,
        link_rel=None,
        url_schemes=set(SCHEMES),
        allowed_classes=classes,
        filter_style_properties=set(STYLES),
    )
    return Markup(IMAGE.sub(lambda found: found.group() if ' src="' in found.group() else "", cleaned))


def _safe(tag: str, attribute: str, value: str) -> str | None:
    """Pictures come with the page, and a link leads to no address that holds its own content."""
    if attribute == "src":
        return value if PICTURE.match(value) else None
    return None if attribute == "href" and value.strip().casefold().startswith("data:") else value
