"""What a run would refuse of a notebook's sentences, told from its cells: typed numbers, causes, no value, no answer.

A sentence is what ``publish.answer`` and ``publish.finding`` are given; a caption is a title, label, alternative text
or table caption. Only what stands in the text is judged: a variable that holds a text is followed to where it is set.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jpresearch.batch.lint.published_calls import Cell
from jpresearch.publish.sentences import MOST_LEADS
from jpresearch.publish.wording import objections, typed_numbers

ANSWER, FINDING, METRIC, FIGURE, PART, TAKEAWAY = (
    f"publish.{kind}" for kind in ("answer", "finding", "metric", "figure", "part", "takeaway")
)
SENTENCES: Final = (ANSWER, FINDING)
CAPTIONS: Final = ("title", "label", "alt", "caption")
CAPTIONED: Final = ("publish", "charts")
SAID: Final = "say"
# What an f-string shows in the place of a value: no digit and no word that a rule looks for.
VALUE: Final = "…"
# The formats of an estimate; any other is Python's own and marks nothing.
OF_ESTIMATES: Final = re.compile(r"(?:(?:signed|size) ?)?(?:\+?,?\.\df|value|ci|sig|interval|p|n|sample)?")
COMPUTED: Final = frozenset({"len", "round", "int", "float", "sum", "max", "min", "abs"})


@dataclass(frozen=True)
class Objection:
    """What is wrong with a sentence, and where it stands."""

    what: str
    cell: int | None = None
    line: int | None = None


@dataclass(frozen=True)
class Called:
    """A call with the name it is made by, its cell, and whether it is certain to be reached, once."""

    name: str
    node: ast.Call
    cell: int
    always: bool

    @property
    def first(self) -> ast.expr | None:
        """The first argument, also where it is named ``text``."""
        return self.node.args[0] if self.node.args else self.keyword("text")

    def keyword(self, name: str) -> ast.expr | None:
        """The argument given by that name."""
        return next((each.value for each in self.node.keywords if each.arg == name), None)

    def true(self, name: str) -> bool:
        """Whether ``name=True`` stands in the call."""
        value = self.keyword(name)
        return isinstance(value, ast.Constant) and value.value is True


def objections_to(cells: Sequence[Cell]) -> Iterator[Objection]:
    """What the run would refuse of a notebook's sentences, or leave a page without.

    A notebook of the older form, which has takeaways and no answer, is not judged: its sentences come from functions.
    """
    calls = list(_calls(cells))
    if not any(call.name == ANSWER for call in calls) and any(call.name == TAKEAWAY for call in calls):
        return
    texts = _assigned(cells)
    yield from _counts(calls)
    for call in calls:
        if call.name in SENTENCES and not call.true("typed"):
            yield from _sentence(call, texts)
        if call.name == METRIC and call.true("lead") and call.keyword("label") is None:
            yield Objection("a lead metric without `label=`", call.cell, call.node.lineno)
        if call.name.partition(".")[0] in CAPTIONED:
            yield from _captions(call, texts)
        if call.name.startswith(f"{SAID}."):
            yield from _said(call)


def _counts(calls: Sequence[Called]) -> Iterator[Objection]:
    if not any(call.name == ANSWER for call in calls):
        yield Objection("there is no `publish.answer`")
    for name, words in ((ANSWER, "answer"), (FIGURE, "lead figure")):
        certain = [
            call for call in calls if call.name == name and call.always and (name == ANSWER or call.true("lead"))
        ]
        for call in certain[1:]:
            yield Objection(f"a second {words}", call.cell, call.node.lineno)
    leads = [call for call in calls if call.name == FINDING and call.true("lead")]
    if not leads:
        yield Objection("there is no finding with `lead=True`")
    for call in [call for call in leads if call.always][MOST_LEADS:]:
        yield Objection(f"more than {MOST_LEADS} lead findings", call.cell, call.node.lineno)
    if not any(call.name == FIGURE and call.true("lead") for call in calls):
        yield Objection("there is no figure with `lead=True`")


def _sentence(call: Called, texts: dict[str, list[ast.expr]]) -> Iterator[Objection]:
    for node in _resolved(call.first, texts):
        values = [part for part in ast.walk(node) if isinstance(part, ast.FormattedValue)]
        if isinstance(node, ast.Constant) or (isinstance(node, ast.JoinedStr) and not values):
            yield Objection("a sentence without a formatted value", call.cell, node.lineno)
        for text in _written(node):
            for what in objections(text):
                yield Objection(what, call.cell, node.lineno)
        for value in values:
            yield from _value(value, call.cell)


def _value(value: ast.FormattedValue, cell: int) -> Iterator[Objection]:
    """Values that Python formats: they are printed without a mark, as if typed."""
    spec = value.format_spec
    form = "".join(str(part.value) for part in spec.values if isinstance(part, ast.Constant)) if spec else ""  # type: ignore[attr-defined]
    shown = ast.unparse(value.value)
    if form and not OF_ESTIMATES.fullmatch(form):
        yield Objection(f"{{{shown}:{form}}} is formatted by Python; print it with `say`", cell, value.lineno)
    elif isinstance(value.value, ast.BinOp) or _computes(value.value):
        yield Objection(f"{{{shown}}} is a bare number; print it with `say`", cell, value.lineno)


def _computes(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (int, float))
    return isinstance(node, ast.Call) and ast.unparse(node.func) in COMPUTED


def _captions(call: Called, texts: dict[str, list[ast.expr]]) -> Iterator[Objection]:
    given = {name: call.keyword(name) for name in CAPTIONS} | ({"name": call.first} if call.name == PART else {})
    for name, value in given.items():
        for node in _resolved(value, texts):
            for text in _written(node):
                typed = typed_numbers(text)
                if typed:
                    what = f"typed in `{name}=`, not printed from a value: {', '.join(typed)}"
                    yield Objection(what, call.cell, node.lineno)


def _said(call: Called) -> Iterator[Objection]:
    """A number or date that is typed into ``say`` is typed all the same; the words of a phrase are judged as a text."""
    first = call.first
    if isinstance(first, ast.UnaryOp):
        first = first.operand
    literal = first.value if isinstance(first, ast.Constant) else None
    bare = isinstance(literal, (int, float)) and not isinstance(literal, bool)
    if bare or (isinstance(literal, str) and call.name != f"{SAID}.capital" and re.search(r"\d", literal)):
        what = f"`{ast.unparse(call.node)}` prints what was typed; give it the variable"
        yield Objection(what, call.cell, call.node.lineno)
    for name in ("up", "down", "unclear"):
        for node in _resolved(call.keyword(name), {}):
            for what in (each for text in _written(node) for each in objections(re.sub(r"\{[^{}]*\}", VALUE, text))):
                yield Objection(what, call.cell, node.lineno)


def _resolved(node: ast.expr | None, texts: dict[str, list[ast.expr]], depth: int = 3) -> Iterator[ast.expr]:
    """The texts that an expression may be: both sides of a choice or a sum, and what a variable was set to."""
    if node is None or not depth:
        return
    if isinstance(node, ast.IfExp):
        yield from _resolved(node.body, texts, depth)
        yield from _resolved(node.orelse, texts, depth)
    elif isinstance(node, ast.Name):
        for text in texts.get(node.id, []):
            yield from _resolved(text, texts, depth - 1)
    elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    elif isinstance(node, ast.BinOp):
        yield from _resolved(ast.JoinedStr(values=list(_parts(node)), lineno=node.lineno, col_offset=0), texts, depth)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of texts that are added up, as parts of one f-string."""
    if isinstance(node, ast.BinOp):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.Constant):
        yield node
    else:
        yield ast.FormattedValue(value=node, conversion=-1, format_spec=None, lineno=node.lineno, col_offset=0)


def _written(node: ast.expr) -> Iterator[str]:
    """What a person wrote of a text, with ``VALUE`` in the place of each value."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values)


def _assigned(cells: Sequence[Cell]) -> dict[str, list[ast.expr]]:
    """Every text that a variable is set to, by its name."""
    found: dict[str, list[ast.expr]] = {}
    for cell in cells:
        for node in ast.walk(cell.tree) if cell.tree else ():
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found.setdefault(target.id, []).append(node.value)
    return found


def _calls(cells: Sequence[Cell]) -> Iterator[Called]:
    for cell in cells:
        for statement in cell.tree.body if cell.tree else ():
            always = isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign))
            for node in ast.walk(statement):
                if isinstance(node, ast.Call):
                    yield Called(ast.unparse(node.func), node, cell.number, always)
