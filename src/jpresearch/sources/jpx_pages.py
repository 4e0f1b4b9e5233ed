"""Links on pages of JPX: the addresses of files change every week, so they are read off the page that lists them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from jpresearch.sources.model import Page, SourceError

HOST: Final = "www.jpx.co.jp"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HREF: Final = re.compile(r"""\bhref\s*=\s*(?:"([^"<>]{1,500})"|'([^'<>]{1,500})')""", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """A file linked on a page: its address, and what the pattern found in its name."""

    address: str
    name: re.Match[str]


def links(page: Page, address: str, pattern: re.Pattern[str]) -> list[Link]:
    """The files linked on the page at ``address`` whose whole name fits ``pattern``, each once, in the page's order.

    Raises ``SourceError`` where such a link leads away from the publisher, or is not https (or loopback).
    """
    text = page(address).decode("utf-8", errors="replace")
    found: dict[str, Link] = {}
    for href in _HREF.finditer(text):
        target = urljoin(address, html.unescape(href[1] or href[2]))
        name = pattern.fullmatch(urlsplit(target).path.rsplit("/", 1)[-1])
        if name is not None:
            _require_publisher(target, address)
            found.setdefault(target, Link(target, name))
    return list(found.values())


def _require_publisher(target: str, page: str) -> None:
    parts = urlsplit(target)
    own = parts.scheme == "https" and parts.hostname == HOST
    if not own and not (parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK):
        raise SourceError.of(f"a link leads away from https://{HOST}: {target[:200]}", page)
