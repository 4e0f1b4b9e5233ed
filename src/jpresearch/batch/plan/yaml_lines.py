"""A YAML file as ruamel.yaml's nodes, which know their lines: whatever is wrong with it is said with its place.

Nodes, not values: a value has lost how it was written (``0700``, ``no``). A file may be long or deep by mistake or by
malice, so its size is bounded before it is read, and its depth by the interpreter's own limit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from jpresearch.errors import BatchInvalid

MOST_BYTES: Final = 500_000
TEXT: Final = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Entries:
    """A mapping's values and its keys (for their lines) by name, in order."""

    values: Mapping[str, Node]
    keys: Mapping[str, Node]


@dataclass(frozen=True)
class Place:
    """The file that nodes come from, and what it is. A node not as asked raises ``BatchInvalid`` with its line."""

    file: Path
    kind: str = "batch file"

    def root(self) -> Node:
        """The file's document."""
        try:
            with self.file.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise BatchInvalid(f"the {self.kind} cannot be read: {error.strerror}", str(self.file)) from error
        if len(content) > MOST_BYTES:
            step = "Let a grid make the jobs, or split it."
            raise BatchInvalid(f"the {self.kind} has more than {MOST_BYTES:,} bytes", str(self.file), step)
        try:
            node: Node | None = _reader().compose(content)
        except RecursionError as error:
            raise BatchInvalid(f"the {self.kind} is nested too deeply", str(self.file)) from error
        except YAMLError as error:
            raise self._not_yaml(error, len(content.splitlines())) from error
        if node is None:
            raise BatchInvalid(f"the {self.kind} is empty", str(self.file))
        return node

    def wrong(self, node: Node, what: str, next_step: str | None = None) -> BatchInvalid:
        """The error that something is wrong with ``node``."""
        return BatchInvalid(what, f"{self.file}, line {node.start_mark.line + 1}", next_step)

    def mapping(self, node: Node, what: str, allowed: Collection[str] | None = None) -> Entries:
        """A mapping with names as keys, none twice, and none but those allowed."""
        if not isinstance(node, MappingNode):
            raise self.wrong(node, f"{what} is not a mapping of names to values")
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        for key, value in node.value:
            name = self.text(key, f"a name in {what}")
            if name in values:
                raise self.wrong(key, f"{name!r} stands twice in {what}")
            if allowed is not None and name not in allowed:
                raise self.wrong(key, f"unknown name {name!r} in {what}", f"Allowed: {', '.join(allowed)}.")
            values[name], keys[name] = value, key
        return Entries(values, keys)

    def sequence(self, node: Node, what: str) -> Sequence[Node]:
        """A list with at least one entry."""
        if not isinstance(node, SequenceNode):
            raise self.wrong(node, f"{what} is not a list")
        if not node.value:
            raise self.wrong(node, f"{what} is empty")
        return list(node.value)

    def text(self, node: Node, what: str) -> str:
        """A text."""
        if not isinstance(node, ScalarNode) or node.tag != TEXT:
            raise self.wrong(node, f"{what} is not a text", "Quote it, if it is one." if _plain(node) else None)
        return str(node.value)

    def texts(self, node: Node, what: str) -> list[str]:
        """A text or a list of texts."""
        if isinstance(node, ScalarNode):
            return [self.text(node, what)]
        return [self.text(entry, f"an entry of {what}") for entry in self.sequence(node, what)]

    def _not_yaml(self, error: YAMLError, lines: int) -> BatchInvalid:
        """What is not YAML, with its line; what is missing at the end is told of the last one."""
        mark = getattr(error, "problem_mark", None)
        where = f"{self.file}, line {min(mark.line + 1, lines)}" if mark is not None else str(self.file)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        return BatchInvalid(f"not YAML: {problem}", where)


def _reader() -> YAML:
    """In pure Python: what the parser in C does with a deep file is to end the process."""
    reader = YAML(typ="safe", pure=True)
    # As most people's tools still read it: what `no` and `0700` are to YAML is said where it matters.
    reader.version = (1, 1)
    return reader


def _plain(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.style


def like(node: Node, text: str) -> ScalarNode:
    """A text in the place of ``node``."""
    return ScalarNode(TEXT, text, node.start_mark, node.end_mark, style="'")
