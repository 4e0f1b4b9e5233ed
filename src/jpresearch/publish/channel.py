"""Where outputs go: to the kernel's cell, or into a block that collects them; nowhere in a plain interpreter."""

from __future__ import annotations

import base64
import os
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jpresearch import folders, payloads
from jpresearch.errors import BadParameter
from jpresearch.payloads import VIEW
from jpresearch.payloads.fields import LONGEST_DRAWING
from jpresearch.publish.page import Page
from jpresearch.say import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure


EMPTY_DRAWING: Final = '<svg xmlns="http://www.w3.org/2000/svg"/>'


@dataclass(frozen=True)
class Collected:
    """Outputs in order, each as a notebook's format keeps it: ``output_type``, ``data`` by media type, ``metadata``.

    Without ``pictures`` no figure is drawn: its output has the payload (frame, words, size) and an empty picture.
    """

    pictures: bool = True
    outputs: list[dict[str, Any]] = field(default_factory=list)
    page: Page = field(default_factory=Page)


_own = Page()
_collecting: ContextVar[Collected | None] = ContextVar("jpresearch.publish", default=None)


@contextmanager
def collected(*, pictures: bool = True) -> Iterator[Collected]:
    """Take what is published inside the block, that of one notebook, instead of showing it.

    Parameters
    ----------
    pictures : whether figures are drawn; a glyph that a font lacks is found only where they are.

    Examples
    --------
    >>> with publish.collected() as page:
    ...     publish.metric("net", -502.0, unit="JPY bn")
    >>> page.outputs[0]["data"][publish.METRIC]["value"]
    -502.0
    """
    found = Collected(pictures)
    before = _collecting.set(found)
    try:
        yield found
    finally:
        _collecting.reset(before)


def page() -> Page:
    """The page in the making: that of the collecting block, else that of this process.

    Examples
    --------
    >>> with publish.collected() as found:
    ...     publish.page() is found.page
    True
    """
    found = _collecting.get()
    return _own if found is None else found.page


def reads() -> list[dict[str, Any]]:
    """The newest note of each table read so far, in the order of first reads.

    Examples
    --------
    >>> with publish.collected():
    ...     publish.note({"table": "boj_policy", "as_of": None, "newest_period": "2026-09-04"})
    ...     [note["table"] for note in publish.reads()]
    ['boj_policy']
    """
    return list(page().reads.values())


def in_kernel() -> bool:
    """Whether a Jupyter kernel listens (a plain or a terminal interpreter does not).

    Examples
    --------
    >>> publish.in_kernel()
    False
    """
    # Where nobody has loaded IPython there is no kernel, and to load it takes a third of a second.
    ipython = sys.modules.get("IPython")
    shell = getattr(ipython, "get_ipython", lambda: None)()
    return shell is not None and hasattr(shell, "kernel")


def heard() -> bool:
    """Whether anyone takes what is published."""
    return _collecting.get() is not None or in_kernel()


def execution() -> int | None:
    """The number of the execution going on: 0 where outputs are collected, ``None`` in a plain interpreter."""
    if _collecting.get() is not None:
        return 0
    from IPython import get_ipython

    return getattr(get_ipython(), "execution_count", None)


def checked(media: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload in its form. Raises ``BadParameter`` where a reader of the notebook would refuse it."""
    name = payload.get("name")
    where = f"publish.{payloads.kind_of(media)}" + (f" {name!r:.60}" if isinstance(name, str) else "")
    try:
        found = payloads.checked(media, dict(payload))
    except payloads.Refused as error:
        raise BadParameter(str(error), where) from error
    if media in payloads.NAMED:
        require_first(media, found["name"], where, "this name is published a second time", "Give it a name of its own.")
    return found


def require_first(media: str, name: str, where: str, what: str, next_step: str) -> None:
    """Raises ``BadParameter`` where the name is taken. In a session a cell may run again and publish it anew."""
    now = execution()
    if now is None:
        return
    names = page().names
    before = names.get((media, name))
    if before is not None and (before == now or folders.RUN_VARIABLE in os.environ):
        raise BadParameter(what, where, next_step)
    names[media, name] = now


def display(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Show an output, or collect it."""
    found = _collecting.get()
    if found is not None:
        found.outputs.append({"output_type": "display_data", "data": bundle, "metadata": metadata or {}})
        return
    from IPython.display import display as show

    show(bundle, metadata=metadata or {}, raw=True)


def view(of: str, html: str, plain: str, *, id: str | None = None, again: bool = False) -> None:
    """Show something that a notebook's editor shows and the page does not: it has its own form of it.

    Parameters
    ----------
    of : what is shown: ``"metrics"``, ``"caption"``, ``"sources"``, ``"late"``.
    id : name of the output, to be replaced by a later call with ``again``.
    """
    if not in_kernel() or _collecting.get() is not None:
        return
    from IPython.display import display as show

    bundle = {"text/plain": plain, "text/html": html, VIEW: {"of": of}}
    show(bundle, raw=True, display_id=id, update=again)


def picture(fig: Figure, *, svg: bool = False) -> tuple[dict[str, str], str | None]:
    """The figure drawn without marks, by media type, and with ``svg`` in lines, packed by zlib, in base64.

    An empty drawing where nobody wants pictures; no lines where they would be very many.
    """
    found = _collecting.get()
    if found is not None and not found.pictures:
        return {"image/svg+xml": EMPTY_DRAWING}, None
    from matplotlib.text import Text

    from jpresearch.charts.png import to_picture

    for text in fig.findobj(Text):
        if isinstance(text, Text) and plain(text.get_text()) != text.get_text():
            text.set_text(plain(text.get_text()))
    drawn = to_picture(fig, svg=svg)
    packed = "" if drawn.svg is None else base64.b64encode(zlib.compress(drawn.svg)).decode("ascii")
    content = base64.b64encode(drawn.content).decode("ascii")
    return {drawn.media: content}, packed if 0 < len(packed) <= LONGEST_DRAWING else None
