"""The calls in a notebook's cells that publish something or read a table, with their names where these are literal."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

KINDS: Final = ("figure", "table", "metric")
PUBLISH: Final = "publish"
# ``publish.family`` publishes a table, which has this name unless it is given another.
FAMILY, TESTS = "family", "tests"
SOURCES: Final = "sources"
LOADERS: Final = ("load", "tables.load", "tables.vintages")
# How many arguments that are no ``as_of`` a reader takes in front of it; ``None``: it takes it by name only.
AS_OF_AFTER: Final[dict[str, int | None]] = {
    "load": 1, "tables.load": 1, "tables.vintages": 1, "tables.newest": 1, "tables.snapshot": 1, "tables.sources": None,
}  # fmt: skip
AS_OF: Final = "as_of"
# Reads all there is, whatever the day: refused in a run as of a past day.
WITHOUT_DAY: Final = "tables.read"
TABLE_SOURCES: Final = "tables.sources"
# Rooms whose functions read tables by themselves.
READERS: Final = ("datasets", "models")


class Cell(Protocol):
    """What is needed of a code cell."""

    @property
    def number(self) -> int:
        """Its number among code cells, from 1."""

    @property
    def tree(self) -> ast.Module | None:
        """Its syntax tree, if it is Python."""


@dataclass(frozen=True)
class Call:
    """A call by its kind and literal name (``None``: told at run time); ``always`` where no branch or loop holds it."""

    kind: str
    name: str | None
    cell: int
    line: int
    always: bool


def published(cells: Sequence[Cell]) -> Iterator[Call]:
    """The calls of ``publish.figure``, ``publish.table``, ``publish.family`` and ``publish.metric``."""
    for cell, call, always in _calls(cells):
        module, _, kind = ast.unparse(call.func).rpartition(".")
        if module == PUBLISH and kind in KINDS:
            yield Call(kind, _name(call), cell, call.lineno, always)
        elif module == PUBLISH and kind == FAMILY:
            named = next((_text(each.value) for each in call.keywords if each.arg == "table"), TESTS)
            yield Call("table", named, cell, call.lineno, always)


def read_tables(cells: Sequence[Cell]) -> Iterator[Call]:
    """The tables that ``load`` and ``tables.sources`` are asked for, one by one."""
    for cell, call, always in _calls(cells):
        function = ast.unparse(call.func)
        if function in LOADERS:
            yield Call("load", _name(call), cell, call.lineno, always)
        elif function == TABLE_SOURCES:
            yield from (Call(SOURCES, _text(argument), cell, call.lineno, always) for argument in call.args)


def without_as_of(cells: Sequence[Cell]) -> Iterator[Call]:
    """The calls that read a table and pass no ``as_of`` (or ``None``), by the name of the function."""
    for cell, call, always in _calls(cells):
        function = ast.unparse(call.func).removeprefix("jpresearch.")
        if function == WITHOUT_DAY or (function in AS_OF_AFTER and not _passes_as_of(call, AS_OF_AFTER[function])):
            yield Call(function, _name(call), cell, call.lineno, always)


def _passes_as_of(call: ast.Call, after: int | None) -> bool:
    """Whether a call passes a day; one that unpacks its arguments may."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) and after is not None:
        return True
    if any(keyword.arg is None for keyword in call.keywords):
        return True
    given = [keyword.value for keyword in call.keywords if keyword.arg == AS_OF]
    given += [] if after is None else call.args[after : after + 1]
    return any(not (isinstance(value, ast.Constant) and value.value is None) for value in given)


def reads_elsewhere(cells: Sequence[Cell]) -> bool:
    """Whether something is imported that reads tables by itself, so that the cells do not name them all."""
    trees = (cell.tree for cell in cells if cell.tree)
    imports = (node for tree in trees for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    words = (set(re.findall(r"\w+", ast.unparse(node))) for node in imports)
    return any("jpresearch" in each and each & set(READERS) for each in words)


def names_sources(cell: Cell) -> bool:
    """Whether a cell calls ``publish.sources``."""
    return any(ast.unparse(call.func) == f"{PUBLISH}.{SOURCES}" for _, call, _ in _calls([cell]))


def _calls(cells: Sequence[Cell]) -> Iterator[tuple[int, ast.Call, bool]]:
    """Every call with its cell, and whether it is certain to be reached."""
    for cell in cells:
        for statement in cell.tree.body if cell.tree else ():
            certain = isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign))
            found = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
            yield from ((cell.number, call, certain) for call in found)


def _name(call: ast.Call) -> str | None:
    """The literal name that a call gives first or as ``name``."""
    if call.args:
        return _text(call.args[0])
    return next((_text(keyword.value) for keyword in call.keywords if keyword.arg == "name"), None)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
