"""Batch files: which notebooks to run with which parameters, in YAML. Errors name the line.

title: The flows at every month end
lang: en                          # or ja; English where it is not said
exports: [pptx, mail]             # or with options: {to: mail, url: https://desk/reports, output: out/, notebooks: all}
parameters: {lags: 4}             # for every notebook that declares them
jobs:
  - notebooks: [01_foreign_flows, 02_semiconductors]      # or: all
    parameters: {start: 2012-01-01}
    grid:                         # every combination of these
      as_of: {month_ends: 2022-01..2026-08}
      confidence: [0.9, 0.95]
    exclude:
      - {notebooks: 01_foreign_flows, as_of: 2022-01-31}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from jpresearch import folders
from jpresearch.batch.plan import notebooks
from jpresearch.batch.plan.batch_file_exports import asked
from jpresearch.batch.plan.grids import month_ends
from jpresearch.batch.plan.notebooks import Notebook
from jpresearch.batch.plan.yaml_lines import Place, like
from jpresearch.errors import NotebookInvalid, UnknownName, UnknownNotebook
from jpresearch.export.writing import Request

FOLDER: Final = "batches"
ENDINGS: Final = (".yaml", ".yml")
ALL: Final = "all"
MONTH_ENDS: Final = "month_ends"
NOTEBOOKS: Final = "notebooks"
EXPORTS: Final = "exports"
AT_THE_TOP: Final = ("title", "lang", "parameters", EXPORTS, "jobs")
IN_AN_ENTRY: Final = (NOTEBOOKS, "parameters", "grid", "exclude")
LANGUAGES: Final = ("en", "ja")
MOST_ENTRIES: Final = 10_000

Axis = Sequence[Node]
# Notebooks already read, by the names that asked for them.
Known = dict[tuple[str, ...], "list[Found]"]


@dataclass(frozen=True)
class Named:
    """Something by the name of a parameter, and the places of the names."""

    by_name: Mapping[str, Axis] = field(default_factory=dict)
    keys: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A notebook, and why it cannot be run, if it cannot."""

    notebook: Notebook
    broken: NotebookInvalid | None


@dataclass(frozen=True)
class Exclusion:
    """Jobs left out: those of these notebooks (of all, if none is named) with, for each name, one of these values."""

    node: Node
    notebooks: Sequence[str]
    values: Named


@dataclass(frozen=True)
class Entry:
    """One entry under ``jobs``: notebooks, what they are given, what a grid varies, and what is left out."""

    notebooks: Sequence[Found]
    parameters: Named
    grid: Named
    exclusions: Sequence[Exclusion]


@dataclass(frozen=True)
class BatchFile:
    """A batch file as read: its form is right, its values have not met the notebooks' declarations yet."""

    place: Place
    lang: str | None
    parameters: Named
    entries: Sequence[Entry]
    exports: Sequence[Request] = ()

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.place.file.stem


def find(batch: Path | str) -> Path:
    """The batch file at a path, or of a name in ``notebooks/batches``. Raises ``UnknownName`` with those there are."""
    path = Path(batch)
    shipped = folders.notebooks() / FOLDER
    choices = [path, *(shipped / f"{batch}{ending}" for ending in ENDINGS), shipped / path.name]
    for choice in choices:
        if choice.is_file():
            return choice
    known = sorted(file.stem for file in shipped.glob("*") if file.suffix in ENDINGS)
    raise UnknownName.of("batch file", str(batch), known)


def read(file: Path) -> BatchFile:
    """The batch file, checked in form.

    Raises
    ------
    BatchInvalid : it is not YAML, breaks the schema or names a notebook that is not there; the error names the line.
    """
    place = Place(file)
    top = place.mapping(place.root(), "the batch file", AT_THE_TOP)
    if "jobs" not in top.values:
        raise place.wrong(place.root(), "the batch file has no jobs", "List what to run under `jobs:`.")
    if "title" in top.values:
        place.text(top.values["title"], "title")
    listed = place.sequence(top.values["jobs"], "jobs")
    if len(listed) > MOST_ENTRIES:
        raise place.wrong(top.keys["jobs"], f"jobs has more than {MOST_ENTRIES:,} entries", "Let a grid make them.")
    known: Known = {}
    entries = [_entry(place, node, known) for node in listed]
    names = list(dict.fromkeys(found.notebook.name for entry in entries for found in entry.notebooks))
    return BatchFile(
        place,
        _lang(place, top.values.get("lang")),
        _fixed(place, top.values.get("parameters")),
        entries,
        asked(place, top.values[EXPORTS], names) if EXPORTS in top.values else (),
    )


def _lang(place: Place, node: Node | None) -> str | None:
    if node is None:
        return None
    lang = place.text(node, "lang")
    if lang not in LANGUAGES:
        raise place.wrong(node, f"{lang!r} is not a language of the pages", f"Allowed: {', '.join(LANGUAGES)}.")
    return lang


def _entry(place: Place, node: Node, known: Known) -> Entry:
    entry = place.mapping(node, "an entry of jobs", IN_AN_ENTRY).values
    if NOTEBOOKS not in entry:
        raise place.wrong(node, "an entry of jobs names no notebooks", "Write `notebooks: all`, or list them.")
    fixed, grid = _fixed(place, entry.get("parameters")), _grid(place, entry.get("grid"))
    for name, key in grid.keys.items():
        if name in fixed.by_name:
            raise place.wrong(key, f"{name!r} stands under parameters and under grid")
    listed = place.sequence(entry["exclude"], "exclude") if "exclude" in entry else []
    return Entry(_notebooks(place, entry[NOTEBOOKS], known), fixed, grid, [_exclusion(place, each) for each in listed])


def _notebooks(place: Place, node: Node, known: Known) -> list[Found]:
    names = tuple(place.texts(node, NOTEBOOKS))
    if names not in known:
        try:
            paths = notebooks.find([] if names == (ALL,) else names)
        except UnknownNotebook as error:
            raise place.wrong(node, error.what, error.next_step) from error
        known[names] = [Found(*notebooks.read_or_broken(path)) for path in paths]
    return known[names]


def _fixed(place: Place, node: Node | None) -> Named:
    if node is None:
        return Named()
    entries = place.mapping(node, "parameters")
    return Named({name: [value] for name, value in entries.values.items()}, entries.keys)


def _grid(place: Place, node: Node | None) -> Named:
    if node is None:
        return Named()
    entries = place.mapping(node, "grid")
    return Named({name: _axis(place, value, name) for name, value in entries.values.items()}, entries.keys)


def _axis(place: Place, node: Node, name: str) -> Axis:
    """The values of an axis: as listed, or the month ends of a range."""
    if not isinstance(node, MappingNode):
        return place.sequence(node, f"the grid's {name}")
    (written,) = place.mapping(node, f"the grid's {name}", [MONTH_ENDS]).values.values() or (None,)
    if written is None:
        raise place.wrong(node, f"the grid's {name} is empty", f"Write {{{MONTH_ENDS}: 2022-01..2026-08}}.")
    try:
        return [like(written, day) for day in month_ends(place.text(written, MONTH_ENDS))]
    except ValueError as error:
        raise place.wrong(written, str(error)) from error


def _exclusion(place: Place, node: Node) -> Exclusion:
    entries = place.mapping(node, "an exclusion")
    names = place.texts(entries.values[NOTEBOOKS], NOTEBOOKS) if NOTEBOOKS in entries.values else []
    given = {name: value for name, value in entries.values.items() if name != NOTEBOOKS}
    values = {name: _one_or_more(place, value, name) for name, value in given.items()}
    return Exclusion(node, [Path(name).stem for name in names], Named(values, entries.keys))


def _one_or_more(place: Place, node: Node, name: str) -> Axis:
    """One value, several, or a range; a value that is a list itself stands in a list."""
    return [node] if isinstance(node, ScalarNode) else _axis(place, node, name)
