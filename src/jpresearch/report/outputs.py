"""The outputs of an executed notebook, each checked once: what cannot be used is replaced by a note that says why.

Whatever code in a cell has displayed, the notebook that ``checked`` gives holds only outputs of the usual form and, of
our own media types, only payloads that have theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jpresearch import payloads
from jpresearch.payloads import BAD, FIGURE, PREFIX, Refused
from jpresearch.payloads.fields import UNWRITABLE, finite

INJECTED_TAG: Final = "injected-parameters"
PICTURES: Final = ("image/png", "image/svg+xml", "image/jpeg", "image/gif", "image/webp")
# What a page shows of an output that has no payload of ours, the richest first.
SHOWN: Final = (*PICTURES, "text/html", "text/markdown", "text/latex", "text/plain")
SIZES: Final = ("width", "height")
BASE64: Final = re.compile(r"[A-Za-z0-9+/=\s]*")
SHOWN_KINDS: Final = 5


def checked(notebook: Any) -> Any:
    """A copy of ``notebook`` (an nbformat node) with every output checked; the original stays as it is.

    A bad output becomes one of the media type ``payloads.BAD``. A second output of one kind and name is a bad one.
    """
    from nbformat import NotebookNode

    names: set[tuple[str, str]] = set()
    cells, number = [], 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            number += INJECTED_TAG not in cell.metadata.get("tags", [])
            outputs = [_node(_checked(output, number, names)) for output in _list(cell.get("outputs"))]
            cell = NotebookNode({**cell, "outputs": outputs})
        cells.append(cell)
    return NotebookNode({**notebook, "cells": cells})


def bad_outputs(notebook: Any) -> list[payloads.Bad]:
    """What ``checked`` has replaced, in order."""
    found = (output["data"].get(BAD) for output in outputs(notebook) if output.get("data"))
    return [payloads.Bad.model_validate(payload) for payload in found if payload is not None]


def outputs(notebook: Any) -> Iterator[Any]:
    """All outputs of all code cells in order."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from cell.get("outputs", [])


def _checked(output: Any, cell: int, names: set[tuple[str, str]]) -> dict[str, Any]:
    kind = "output"
    try:
        found = dict(_mapping(output))
        kind = str(found.get("output_type"))[:40]
        if kind == "stream":
            return {"output_type": kind, "name": str(found.get("name"))[:20], "text": _text(found.get("text"))}
        if kind == "error":
            return _error(found)
        if kind not in ("display_data", "execute_result"):
            raise Refused("its type is unknown")
        content = dict(_mapping(found.get("data")))
        kind = ", ".join(map(str, content))[:200]
        own = [str(media) for media in content if str(media).startswith(PREFIX)]
        kind = ", ".join(map(payloads.kind_of, own[:SHOWN_KINDS])) or kind
        return {**found, "data": _data(content, own, names), "metadata": _metadata(found.get("metadata"))}
    except Refused as error:
        return _bad(kind, str(error), cell)


def _error(found: dict[str, Any]) -> dict[str, Any]:
    trace = [str(line) for line in _list(found.get("traceback"))]
    return {"output_type": "error", "ename": str(found.get("ename")), "evalue": str(found.get("evalue")),
            "traceback": trace}  # fmt: skip


def _data(content: dict[str, Any], own: list[str], names: set[tuple[str, str]]) -> dict[str, Any]:
    """The bundle with its own payload checked, its texts as texts and its pictures in a form that can be linked."""
    if len(own) > 1:
        raise Refused("it has several payloads")
    data = {str(media): _content(str(media), value) for media, value in content.items() if media not in own}
    for media in own:
        payload = payloads.checked(media, _plain(content[media]))
        if media == FIGURE and not any(picture in data for picture in PICTURES):
            raise Refused("it has no picture")
        _require_new(media, payload, names)
        data[media] = payload
    return data


def _require_new(media: str, payload: Mapping[str, Any], names: set[tuple[str, str]]) -> None:
    """Names are unique in a notebook, kind by kind; there is one answer."""
    if media == payloads.ANSWER:
        name = ""
    elif media in payloads.NAMED:
        name = str(payload["name"])
    else:
        return
    if (media, name) in names:
        raise Refused(f"{name!r} is published a second time" if name else "it is published a second time")
    names.add((media, name))


def _content(media: str, value: Any) -> Any:
    if media.startswith("text/") or media == "image/svg+xml":
        return _text(value)
    if media.startswith("image/"):
        text = _text(value)
        if not BASE64.fullmatch(text):
            raise Refused(f"its {media} is not base64")
        return text
    return value


def _metadata(found: Any) -> dict[str, Any]:
    """What is said of each media type: an alternative text and a size."""
    said = found if isinstance(found, Mapping) else {}
    return {str(media): _said(about) for media, about in said.items() if isinstance(about, Mapping)}


def _said(about: Mapping[str, Any]) -> dict[str, Any]:
    sizes = {name: about[name] for name in SIZES if finite(about.get(name))}
    alt = about.get("alt")
    return {**sizes, "alt": alt} if isinstance(alt, str) else sizes


def _bad(kind: str, what: str, cell: int) -> dict[str, Any]:
    shown = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", kind)
    words = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", what)
    payload = payloads.checked(BAD, {"kind": shown, "what": words, "cell": cell})
    return {"output_type": "display_data", "data": {BAD: payload}, "metadata": {}}


def _text(value: Any) -> str:
    """A text, also as the list of lines in which a notebook keeps it."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    if not isinstance(value, str):
        raise Refused("it has no text where one belongs")
    return UNWRITABLE.sub(_replacement, value)


def _replacement(found: re.Match[str]) -> str:
    """Terminal colours stay until the page takes them out; what no page can show becomes a mark."""
    return found.group() if found.group() == "\x1b" else "\N{REPLACEMENT CHARACTER}"


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused("it has not the form of an output")
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(value: Any) -> Any:
    """Nodes of a notebook as plain values."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _node(output: dict[str, Any]) -> Any:
    from nbformat import NotebookNode

    shallow = {key: NotebookNode(value) if isinstance(value, dict) else value for key, value in output.items()}
    return NotebookNode(shallow)
