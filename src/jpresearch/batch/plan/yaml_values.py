"""Values of a YAML file in the types that a notebook declares. Nothing is altered silently.

YAML takes ``0700`` for 448, ``2024_01`` for 202401 and ``no`` for false. A value written without quotes reaches the
notebook only where YAML, the reader and the declared type agree on what it says; else it is refused with advice.
"""

from __future__ import annotations

import re
from typing import Any, Final, get_args, get_origin

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from jpresearch.batch.plan.parameters import LONGEST_NUMBER, Parameter, shown
from jpresearch.errors import BadParameter

PREFIX: Final = "tag:yaml.org,2002:"
KINDS: Final = {
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "timestamp": "a date",
}
WHOLE: Final = re.compile(r"[+-]?(0|[1-9][0-9]*)")
NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def value_of(node: Node, parameter: Parameter) -> Any:
    """The value that ``node`` gives to ``parameter``.

    Raises
    ------
    BadParameter : it has another type than declared, or YAML reads it otherwise than it looks.
    """
    return parameter.check(_value(node, parameter))


def _value(node: Node, parameter: Parameter) -> Any:
    kind = parameter.kind
    if isinstance(node, ScalarNode) and _is_none(node, parameter):
        return None
    if get_origin(kind) is list:
        if not isinstance(node, SequenceNode):
            raise _bad(parameter, f"this is not a {parameter.type_name}", "Write a list: [a, b].")
        (item,) = get_args(kind)
        return [_scalar(entry, item, parameter) for entry in node.value]
    return _scalar(node, kind, parameter)


def _is_none(node: ScalarNode, parameter: Parameter) -> bool:
    """YAML's own word for nothing, or Python's where the type allows it and no quotes make it a text."""
    return _plain(node) and (_kind(node) == "null" or (parameter.optional and node.value == "None"))


def _scalar(node: Node, kind: Any, parameter: Parameter) -> Any:
    if not isinstance(node, ScalarNode):
        found = "a mapping" if isinstance(node, MappingNode) else "a list"
        raise _bad(parameter, f"{found} is not a {parameter.type_name}", "Write one value.")
    if kind is str:
        return _text(node, parameter)
    text = node.value
    if _plain(node) and kind is bool and _kind(node) == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _plain(node) and kind is int and _kind(node) == "int" and WHOLE.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text)
    if _plain(node) and kind is float and NUMBER.fullmatch(text) and not _octal(text):
        return float(text)
    raise _bad(parameter, f"{shown(text)} is not a {parameter.type_name}", _advice(node))


def _text(node: ScalarNode, parameter: Parameter) -> str:
    kind = _kind(node)
    if kind == "str" or (kind == "timestamp" and parameter.is_date):
        return str(node.value)
    said, written = KINDS.get(kind, f"of the type {node.tag}"), shown(node.value)[1:-1]
    raise _bad(parameter, f"{written} without quotes is {said} to YAML", f'Quote it: "{written}".')


def _advice(node: ScalarNode) -> str | None:
    if not _plain(node):
        return "Without quotes it would be no text."
    if len(node.value) > LONGEST_NUMBER:
        return f"A number has {LONGEST_NUMBER} digits at most."
    if _kind(node) == "int" and not WHOLE.fullmatch(node.value):
        return "YAML reads it as another number than it looks: write it plainly, or quote it if it is a text."
    return "Write true or false." if _kind(node) == "bool" else None


def _octal(text: str) -> bool:
    return WHOLE.fullmatch(text) is None and text.lstrip("+-").isdigit()


def _kind(node: ScalarNode) -> str:
    return str(node.tag).removeprefix(PREFIX)


def _bad(parameter: Parameter, what: str, advice: str | None) -> BadParameter:
    steps = [step for step in (advice, parameter.hint) if step]
    return BadParameter(what, f"parameter {parameter.name!r}", "\n".join(steps))


def _plain(node: ScalarNode) -> bool:
    """Whether it is written without quotes."""
    return not node.style
