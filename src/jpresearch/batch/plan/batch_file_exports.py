"""The exports that a batch file asks for, checked when it is read: what is wrong is said with its line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node

from jpresearch.batch.plan.yaml_lines import Place
from jpresearch.errors import CallError
from jpresearch.export import writing
from jpresearch.export.writing import Request

ALL: Final = "all"
IN_AN_EXPORT: Final = ("to", "notebooks", "output", "url")


def asked(place: Place, node: Node, notebooks: Sequence[str]) -> tuple[Request, ...]:
    """The exports listed in ``node``, of which each is a form or a mapping with further wishes.

    Parameters
    ----------
    place : the batch file.
    node : what stands under ``exports``.
    notebooks : the names of the notebooks that the batch runs.

    Raises
    ------
    BatchInvalid : an unknown form, a notebook that the batch does not run, an output that does not fit its form.
    """
    return tuple(_request(place, each, notebooks) for each in place.sequence(node, "exports"))


def _request(place: Place, node: Node, notebooks: Sequence[str]) -> Request:
    values = place.mapping(node, "an export", IN_AN_EXPORT).values if isinstance(node, MappingNode) else {"to": node}
    if "to" not in values:
        raise place.wrong(node, "an export does not say its form", f"Write `to: {writing.FORMS[0]}`.")
    texts = {name: place.text(values[name], name) for name in ("to", "output", "url") if name in values}
    output = Path(texts["output"]).expanduser() if "output" in texts else None
    chosen = _chosen(place, values["notebooks"], notebooks) if "notebooks" in values else ()
    try:
        form = writing.require_form(texts["to"])
        request = Request(form, chosen, output, texts.get("url", ""))
        writing.require_outputs([request])
    except CallError as error:
        raise place.wrong(node, error.what, error.next_step) from error
    return request


def _chosen(place: Place, node: Node, notebooks: Sequence[str]) -> tuple[str, ...]:
    names = place.texts(node, "notebooks")
    for name in names:
        if name != ALL and name not in notebooks:
            allowed = f"Allowed: {', '.join([ALL, *notebooks])}."
            raise place.wrong(node, f"the batch does not run {name!r}", allowed)
    return () if ALL in names else tuple(names)
