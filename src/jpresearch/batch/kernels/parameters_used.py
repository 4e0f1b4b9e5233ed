"""What the cells of a notebook use as its parameters: asked of the kernel together with each cell.

A parameter that a cell sets again is no longer what the run was given, and the page would say something else than the
cells did.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

DAY: Final = "as_of"
LONGEST: Final = 200
LONGEST_LITERAL: Final = 10_000
WHOLE_DAY: Final = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MISSING: Final = object()


@dataclass
class ParameterWatch:
    """The values of a notebook's parameters as its cells left them.

    Attributes
    ----------
    given : the parameters as resolved, by name.
    used : their values after the parameters cell and what was put in below it; ``None`` before.
    at_end : their values after the last cell that ended well.
    day_changed : the first own code cell (from 1) that set the day to something else, and a clause that says to what.
    """

    given: Mapping[str, Any]
    used: dict[str, Any] | None = None
    at_end: dict[str, Any] = field(default_factory=dict)
    day_changed: tuple[int, str] | None = None

    @property
    def expressions(self) -> dict[str, str]:
        """What the kernel is asked with each cell, as ``user_expressions``."""
        return {name: f"__import__('builtins').repr({name})" for name in {**self.given, DAY: None}}

    def note(self, cell: int, source: str, reply: Mapping[str, Any], *, declares: bool) -> None:
        """Take in what the kernel said after a cell.

        Parameters
        ----------
        cell : its number among the notebook's own code cells, from 1.
        source : its code.
        reply : the content of the kernel's reply.
        declares : whether it is the parameters cell or what was put in below it.
        """
        found = {
            name: value
            for name, answer in (reply.get("user_expressions") or {}).items()
            if name in self.expressions and (value := _value(answer)) is not MISSING
        }
        if reply.get("status") != "ok":
            return
        own = {name: found[name] for name in self.given if name in found}
        self.at_end |= own
        if declares:
            self.used = own
        elif self.day_changed is None:
            words = self._day_words(found, source)
            self.day_changed = None if words is None else (cell, words)

    def _day_words(self, found: Mapping[str, Any], source: str) -> str | None:
        day = self.given.get(DAY)
        if DAY in found and not _same_day(found[DAY], day):
            return f"sets `{DAY}` to {_short(found[DAY])}, and the run's day is {_short(day)}"
        if _sets_in_turn(source, DAY):
            return f"sets `{DAY}` to one value after another, and the run's day is {_short(day)}"
        return None


def bindings(tree: ast.AST, *, in_turn: bool = False) -> Iterator[ast.Name]:
    """The names that code sets where it stands, not within functions; those of loops twice if ``in_turn``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, SCOPES):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node
        if in_turn and isinstance(node, (ast.For, ast.AsyncFor)):
            yield from (name for name in ast.walk(node.target) if isinstance(name, ast.Name))
        if isinstance(node, COMPREHENSIONS):
            # Its own names stay inside; only what `:=` sets comes out.
            walrus = (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
            yield from walrus
        else:
            yield from bindings(node, in_turn=in_turn)


def _sets_in_turn(source: str, name: str) -> bool:
    if name not in source:
        return False
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return sum(found.id == name for found in bindings(tree, in_turn=True)) > 1


def _value(answer: Any) -> Any:
    """The value that the kernel's answer tells of: a literal, or else the text by which Python shows it."""
    try:
        shown = ast.literal_eval(answer["data"]["text/plain"])
    except (KeyError, TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
        return MISSING
    if len(str(shown)) > LONGEST_LITERAL:
        return f"{shown:.{LONGEST}}"
    try:
        return _plain(ast.literal_eval(shown))
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return str(shown)[:LONGEST]


def _plain(value: Any) -> Any:
    """A literal as JSON has it; anything else by its text."""
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)[:LONGEST]


def _same_day(value: Any, day: Any) -> bool:
    """Whether a value means the run's day; a day of Python's own is the same day."""
    found = WHOLE_DAY.fullmatch(value) if isinstance(value, str) else None
    if found:
        value = "-".join(part.zfill(2) for part in found.groups())
    return type(value) is type(day) and value == day


def _short(value: Any) -> str:
    return "everything published" if value is None else f"{value!s:.60}"
