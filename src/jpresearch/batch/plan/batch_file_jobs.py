"""From a batch file to jobs: its values in the types that the notebooks declare, grids spread out, exclusions out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml.nodes import Node

from jpresearch import clock
from jpresearch.batch.plan.batch_file import Axis, BatchFile, Entry, Exclusion, Found, Named
from jpresearch.batch.plan.grids import Draft, distinct, product
from jpresearch.batch.plan.notebooks import Notebook
from jpresearch.batch.plan.parameters import require_declared, resolve
from jpresearch.batch.plan.yaml_values import value_of
from jpresearch.errors import BadParameter, BatchInvalid, UnknownParameter

MOST_JOBS: Final = 10_000
MOST_IN_ALL: Final = 100_000
AS_OF: Final = "as_of"


def drafts(batch: BatchFile, given: Mapping[str, str]) -> list[Draft]:
    """The jobs of a batch file, none twice.

    Parameters
    ----------
    batch : the file as read.
    given : parameters of the call as typed, for what the file leaves open.

    Raises
    ------
    BatchInvalid : a parameter of the file is unknown, of the wrong type, or given by the call too; an exclusion
        excludes nothing; there are too many jobs, or none.
    UnknownParameter, BadParameter : a parameter of the call is unknown or of the wrong type.
    """
    maker = _Maker(batch, given)
    maker.check_names()
    made: list[Draft] = []
    for entry in batch.entries:
        made += maker.of_entry(entry)
        if len(made) > MOST_IN_ALL:
            raise BatchInvalid(f"it makes more than {MOST_IN_ALL} jobs", str(batch.place.file), "Split it.")
    found = distinct(made)
    if not found:
        raise BatchInvalid("no job is left", str(batch.place.file))
    return found


@dataclass
class _Maker:
    batch: BatchFile
    given: Mapping[str, str]
    _made: dict[tuple[int, str], Any] = field(default_factory=dict)

    def check_names(self) -> None:
        """Every parameter is declared where it is meant to go, and set in one place."""
        everything = [found for entry in self.batch.entries for found in entry.notebooks]
        require_declared(self.given, {found.notebook.name: found.notebook.parameters for found in everything})
        self._check(self.batch.parameters, everything)
        for entry in self.batch.entries:
            for named in (entry.parameters, entry.grid):
                self._check(named, entry.notebooks)
            for exclusion in entry.exclusions:
                self._check(exclusion.values, entry.notebooks, once=False)

    def of_entry(self, entry: Entry) -> list[Draft]:
        made = [draft for found in entry.notebooks for draft in self._of_notebook(found, entry)]
        left = made
        for exclusion in entry.exclusions:
            kept = [draft for draft in left if not self._excludes(exclusion, draft)]
            if len(kept) == len(left):
                raise self.batch.place.wrong(exclusion.node, "this excludes nothing")
            left = kept
        return left

    def _check(self, named: Named, notebooks: Sequence[Found], *, once: bool = True) -> None:
        declared = {found.notebook.name: found.notebook.parameters for found in notebooks}
        for name in named.by_name:
            try:
                require_declared([name], declared)
            except UnknownParameter as error:
                raise self.batch.place.wrong(named.keys[name], error.what, error.next_step) from error
            if once and name in self.given:
                step = "Take it out of the file or out of the call."
                raise self.batch.place.wrong(named.keys[name], f"the call gives {name!r} too", step)

    def _of_notebook(self, found: Found, entry: Entry) -> list[Draft]:
        notebook = found.notebook
        own = {name: text for name, text in self.given.items() if name in notebook.parameters}
        overrides, defaults = resolve(notebook.parameters, own, notebook.name)
        fixed = {**self.batch.parameters.by_name, **entry.parameters.by_name}
        overrides |= {name: values[0] for name, values in self._values(fixed, notebook).items()}
        axes = self._values(entry.grid.by_name, notebook)
        if math.prod(map(len, axes.values())) > MOST_JOBS:
            node = next(iter(entry.grid.keys.values()))
            raise self.batch.place.wrong(node, f"the grid makes more than {MOST_JOBS} jobs of {notebook.name}")
        points = [overrides | point for point in product(axes)]
        return [Draft(notebook, point, defaults | point, tuple(axes), found.broken) for point in points]

    def _excludes(self, exclusion: Exclusion, draft: Draft) -> bool:
        notebook = draft.notebook
        if exclusion.notebooks and notebook.name not in exclusion.notebooks:
            return False
        values = self._values(exclusion.values.by_name, notebook)
        return len(values) == len(exclusion.values.by_name) and all(
            draft.parameters[name] in allowed for name, allowed in values.items()
        )

    def _values(self, by_name: Mapping[str, Axis], notebook: Notebook) -> dict[str, list[Any]]:
        """The values for what the notebook declares, in its types; one that does not fit is told with its line."""
        mine = {name: nodes for name, nodes in by_name.items() if name in notebook.parameters}
        return {name: [self._value(node, notebook, name) for node in nodes] for name, nodes in mine.items()}

    def _value(self, node: Node, notebook: Notebook, name: str) -> Any:
        key = (id(node), f"{notebook.path}:{name}")
        if key not in self._made:
            try:
                value = value_of(node, notebook.parameters[name])
                if name == AS_OF:
                    clock.refuse_to_come(value)
                self._made[key] = value
            except BadParameter as error:
                what = f"parameter {name!r} of {notebook.name}: {error.what}"
                raise self.batch.place.wrong(node, what, error.next_step) from error
        return self._made[key]
