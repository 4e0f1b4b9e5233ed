"""Whether a notebook has the house form: told from its file alone, without running it or importing what it imports."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from jpresearch.batch.kernels.parameters_used import bindings
from jpresearch.batch.lint import published_calls
from jpresearch.batch.lint.forbidden_code import ALLOWED_ROOTS, importable, trespasses
from jpresearch.batch.lint.published_calls import Call
from jpresearch.batch.lint.sentence_rules import objections_to
from jpresearch.batch.plan.notebooks import (
    PARAMETERS_TAG,
    Declaration,
    Notebook,
    cells,
    read,
    read_json,
    source_of,
    tags_of,
)
from jpresearch.errors import NotebookInvalid
from jpresearch.report.outputs import INJECTED_TAG

MOST_LINES: Final = 30
AS_OF: Final = "as_of"
KERNEL: Final = "python3"
CELL_ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
HEADING: Final = re.compile(r"^# (?=\S)", re.MULTILINE)
FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Finding:
    """One broken rule: ``cell`` counts code cells from 1, ``line`` counts the lines of that cell."""

    notebook: str
    rule: str
    what: str
    cell: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f", code cell {self.cell}" if self.cell else ""
        place += f", line {self.line}" if self.line else ""
        return f"{self.notebook}{place}: {self.what} [{self.rule}]"


@dataclass(frozen=True)
class Code:
    """A code cell: its number among code cells, its source and, where it is Python, its tree."""

    number: int
    source: str
    tags: tuple[str, ...]
    tree: ast.Module | None

    @property
    def lines(self) -> int:
        """How many lines say something."""
        return sum(bool(line.strip()) for line in self.source.splitlines())


@dataclass(frozen=True)
class Subject:
    """A notebook as the rules see it."""

    name: str
    content: Mapping[str, Any]
    notebook: Notebook
    tables: frozenset[str]

    @cached_property
    def code(self) -> list[Code]:
        """The code cells in order."""
        return [
            Code(number, source_of(cell), tuple(tags_of(cell)), _tree(source_of(cell)))
            for number, cell in enumerate(cells(self.content, "code"), start=1)
        ]

    @property
    def declaration(self) -> Declaration:
        """What the notebook's metadata say of tables and outputs."""
        return self.notebook.declaration

    def finding(self, rule: str, what: str, cell: int | None = None, line: int | None = None) -> Finding:
        """A finding in this notebook."""
        return Finding(self.name, rule, what, cell, line)


Rule = Callable[[Subject], Iterator[Finding]]


def lint(path: Path, tables: frozenset[str]) -> list[Finding]:
    """What breaks the house form in the notebook at ``path``, in the order of its cells.

    Parameters
    ----------
    path : the file.
    tables : names of the tables that there are.
    """
    try:
        subject = Subject(path.name, read_json(path), read(path), tables)
    except NotebookInvalid as error:
        where = f" ({error.where})" if error.where and error.where != path.name else ""
        return [Finding(path.name, "notebook", f"{error.what}{where}")]
    found = [finding for rule in RULES for finding in rule(subject)]
    return sorted(found, key=lambda each: (each.cell or 0, each.line or 0))


def _title(subject: Subject) -> Iterator[Finding]:
    first = subject.content["cells"][0] if subject.content["cells"] else None
    if first is None or first["cell_type"] != "markdown" or not source_of(first).startswith("# "):
        yield subject.finding("title", "the first cell is not text that begins with `# ` and the title")
    elif not source_of(first).partition("\n")[2].strip():
        yield subject.finding("title", "no question below the title")
    texts = (FENCE.sub("", source_of(cell)) for cell in cells(subject.content, "markdown"))
    if sum(len(HEADING.findall(text)) for text in texts) > 1:
        yield subject.finding("title", "more than one `# ` heading; sections begin with `## `")


def _stored(subject: Subject) -> Iterator[Finding]:
    """Stored as a program: no outputs, no counts, ids that merge, the ordinary kernel."""
    run = [
        str(number)
        for number, cell in enumerate(cells(subject.content, "code"), start=1)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]
    if run and not filters_outputs(subject.notebook.path.parent):
        what = f"code cells {', '.join(run)} are stored with outputs; `make hooks` keeps them out of commits"
        yield subject.finding("outputs", what)
    ids = [str(cell.get("id", "")) for cell in subject.content["cells"]]
    if not all(CELL_ID.fullmatch(each) for each in ids) or len(set(ids)) < len(ids):
        yield subject.finding("cell ids", "cells without an id of their own (format 4.5)")
    kernel = subject.content["metadata"].get("kernelspec", {})
    if not isinstance(kernel, dict) or kernel.get("name") != KERNEL:
        yield subject.finding("kernel", f"its kernel is not {KERNEL!r}")


@cache
def filters_outputs(folder: Path) -> bool:
    """Whether git takes outputs out of what is committed from ``folder`` (``make hooks`` sets that up)."""
    call = ["git", "config", "--get", "filter.jpresearch-outputs.clean"]
    try:
        return subprocess.run(call, cwd=folder, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _parameters(subject: Subject) -> Iterator[Finding]:
    tagged = [cell for cell in subject.code if PARAMETERS_TAG in cell.tags]
    if not tagged:
        yield subject.finding("parameters", "no cell is tagged `parameters`")
        return
    cell = tagged[0]
    if cell.number != 1:
        yield subject.finding("parameters", "the parameters are not the first code cell", cell.number)
    annotated = {
        statement.target.id: statement.lineno
        for statement in (cell.tree.body if cell.tree else ())
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    for name, parameter in subject.notebook.parameters.items():
        if name not in annotated:
            yield subject.finding("parameters", f"parameter {name!r} has no annotation", cell.number)
        elif not parameter.comment:
            yield subject.finding("parameters", f"parameter {name!r} has no comment", cell.number, annotated[name])
    as_of = subject.notebook.parameters.get(AS_OF)
    if as_of is None or not (as_of.is_date and as_of.default is None):
        form = 'as_of: "Optional[str]" = None  # ..., YYYY-MM-DD'
        yield subject.finding("parameters", f"no parameter `{form}`", cell.number)


def _parameters_kept(subject: Subject) -> Iterator[Finding]:
    """No later cell sets a parameter again: the page would be of another day, or of other values, than was asked."""
    names = {*subject.notebook.parameters, AS_OF}
    for cell in subject.code:
        if INJECTED_TAG in cell.tags:
            yield subject.finding("parameters", "an earlier run put parameters in here; delete the cell", cell.number)
        if cell.tree is None or {PARAMETERS_TAG, INJECTED_TAG} & set(cell.tags):
            continue
        for found in bindings(cell.tree):
            if found.id in names and isinstance(found.ctx, ast.Store):
                what = f"parameter {found.id!r} is set again; give the other value a name of its own"
                yield subject.finding("parameters", what, cell.number, found.lineno)


def _lengths(subject: Subject) -> Iterator[Finding]:
    for cell in subject.code:
        if cell.lines > MOST_LINES:
            yield subject.finding("length", f"{cell.lines} lines; {MOST_LINES} are the most", cell.number)


def _python(subject: Subject) -> Iterator[Finding]:
    for cell in subject.code:
        if cell.tree is None:
            yield subject.finding("python", "not plain Python (magics and shell calls do not re-run)", cell.number)


def _imports(subject: Subject) -> Iterator[Finding]:
    """Imports stand in the first cell after the parameters and name modules that every desk has."""
    allowed_cell = next((cell.number for cell in subject.code if PARAMETERS_TAG not in cell.tags), 0)
    for cell, node in _nodes(subject):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        if cell.number != allowed_cell or (cell.tree and node not in cell.tree.body):
            what = "an import outside the first cell after the parameters"
            yield subject.finding("imports", what, cell.number, node.lineno)
        for name in _imported(node):
            if name.partition(".")[0] not in ALLOWED_ROOTS:
                yield subject.finding("imports", f"{name!r} is not for notebooks", cell.number, node.lineno)
            elif not importable(name):
                yield subject.finding("imports", f"there is no {name!r}", cell.number, node.lineno)


def _trespasses(subject: Subject) -> Iterator[Finding]:
    for cell, node in _nodes(subject):
        for rule, what in trespasses(node):
            yield subject.finding(rule, what, cell.number, getattr(node, "lineno", None))


def _outputs(subject: Subject) -> Iterator[Finding]:
    """What the metadata promise and what the calls publish agree, as far as names stand in the text."""
    calls = list(published_calls.published(subject.code))
    for kind in published_calls.KINDS:
        promised: Sequence[str] = getattr(subject.declaration.publishes, f"{kind}s")
        own = [call for call in calls if call.kind == kind]
        yield from _unkept(subject, kind, promised, own)
        yield from _undeclared(subject, kind, promised, own)
    if not subject.declaration.publishes.figures:
        yield subject.finding("outputs declared", "no figure is declared under `jpresearch.publishes`")


def _unkept(subject: Subject, kind: str, promised: Sequence[str], calls: Sequence[Call]) -> Iterator[Finding]:
    """Names that nothing publishes; a name told at run time may be any."""
    if any(call.name is None for call in calls):
        return
    for name in sorted(set(promised) - {call.name for call in calls}):
        yield subject.finding("outputs declared", f"{kind} {name!r} is declared and never published")


def _undeclared(subject: Subject, kind: str, promised: Sequence[str], calls: Sequence[Call]) -> Iterator[Finding]:
    """Names that every run publishes and nothing declares, or that it publishes twice."""
    seen: set[str] = set()
    for call in calls:
        if not call.always or call.name is None:
            continue
        if call.name not in promised:
            what = f"{kind} {call.name!r} is published and not declared"
            yield subject.finding("outputs declared", what, call.cell, call.line)
        if call.name in seen:
            yield subject.finding("outputs declared", f"{kind} {call.name!r} is published twice", call.cell, call.line)
        seen.add(call.name)


def _tables(subject: Subject) -> Iterator[Finding]:
    """The tables named in calls are declared, and those declared exist and are read."""
    declared = [*subject.declaration.requires, *subject.declaration.optional]
    for name in sorted(set(declared) - subject.tables):
        yield subject.finding("tables", f"there is no table {name!r}")
    for name in sorted({name for name in declared if declared.count(name) > 1}):
        yield subject.finding("tables", f"table {name!r} is declared twice")
    calls = list(published_calls.read_tables(subject.code))
    for call in calls:
        if call.name is not None and call.name not in declared:
            yield subject.finding("tables", f"table {call.name!r} is read and not declared", call.cell, call.line)
    if not subject.declaration.requires:
        yield subject.finding("tables", "no table is declared under `jpresearch.requires`")
    elif not any(call.name is None for call in calls) and not published_calls.reads_elsewhere(subject.code):
        for name in sorted(set(declared) & subject.tables - {call.name for call in calls}):
            yield subject.finding("tables", f"table {name!r} is declared and never read")


def _days(subject: Subject) -> Iterator[Finding]:
    """Every read passes the notebook's day: without it a read goes to now, which a run of a past day refuses."""
    for call in published_calls.without_as_of(subject.code):
        table = f" of {call.name!r}" if call.name else ""
        advice = "takes no day: read with `load`" if call.kind == published_calls.WITHOUT_DAY else "has no `as_of`"
        yield subject.finding(
            "as of", f"`{call.kind}`{table} {advice}; a run of a past day fails", call.cell, call.line
        )


def _sources(subject: Subject) -> Iterator[Finding]:
    last = subject.code[-1] if subject.code else None
    if last is None or not published_calls.names_sources(last):
        number = last.number if last else None
        yield subject.finding("sources", "the last code cell does not call `publish.sources`", number)


def _sentences(subject: Subject) -> Iterator[Finding]:
    for objection in objections_to(subject.code):
        yield subject.finding("sentences", objection.what, objection.cell, objection.line)


def _nodes(subject: Subject) -> Iterator[tuple[Code, ast.AST]]:
    return ((cell, node) for cell in subject.code if cell.tree for node in ast.walk(cell.tree))


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The dotted names that a statement imports; a relative one begins with a dot."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = "." * node.level + (node.module or "")
    return [f"{base}.{alias.name}" for alias in node.names]


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


RULES: Final[tuple[Rule, ...]] = (
    _title, _stored, _parameters, _parameters_kept, _lengths, _python, _imports, _trespasses, _outputs, _tables,
    _days, _sources, _sentences,
)  # fmt: skip
