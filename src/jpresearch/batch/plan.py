"""What a call asks for, settled before any kernel starts: notebooks, parameters, and whether their tables exist yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jpresearch import catalog
from jpresearch.batch import notebooks
from jpresearch.batch.notebooks import Notebook
from jpresearch.batch.parameters import resolve
from jpresearch.errors import BadParameter, CallError, NotYetPublished, UnknownParameter, UnknownTable

AS_OF = "as_of"


@dataclass(frozen=True)
class Planned:
    """A job to be: its notebook, what to inject, all parameters as resolved, and why it is skipped, if it is."""

    notebook: Notebook
    overrides: dict[str, Any]
    parameters: dict[str, Any]
    skipped: NotYetPublished | None = None


@dataclass(frozen=True)
class Plan:
    """The jobs of a call in order."""

    jobs: tuple[Planned, ...]
    whole_collection: bool


def given_parameters(pairs: Sequence[str], as_of: str | None) -> dict[str, str]:
    """``-p name=value`` pairs and ``--as-of`` as one mapping.

    Raises
    ------
    BadParameter : a pair without ``=``, a name given twice, or ``--as-of`` beside ``-p as_of=``.
    """
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise BadParameter(f"{pair!r} is not NAME=VALUE", "-p")
        if name.strip() in given:
            raise BadParameter("the parameter is given twice", f"-p {name.strip()}")
        given[name.strip()] = value
    if as_of is not None and AS_OF in given:
        raise BadParameter("the day is given twice", "--as-of and -p as_of", "Give one of them.")
    return given if as_of is None else {**given, AS_OF: as_of}


def plan(names: Sequence[str], given: Mapping[str, str]) -> Plan:
    """Settle a call.

    A parameter goes to every notebook that declares it, and at least one must. A notebook whose required tables do not
    exist yet at its ``as_of`` is skipped beside others and refused alone.

    Raises
    ------
    UnknownNotebook, UnknownParameter, BadParameter, NotebookInvalid, UnknownTable : the call or a notebook is wrong.
    NotYetPublished : no notebook can run at that day; names the first possible one.
    """
    found = [notebooks.read(path) for path in notebooks.find(names)]
    _require_distinct(found)
    _require_declared(found, given)
    jobs = tuple(_planned(notebook, given) for notebook in found)
    refusals = [job.skipped for job in jobs if job.skipped is not None]
    if jobs and len(refusals) == len(jobs):
        raise min(refusals, key=lambda refusal: str(refusal.first_day))
    return Plan(jobs, whole_collection=not names)


def _planned(notebook: Notebook, given: Mapping[str, str]) -> Planned:
    own = {name: text for name, text in given.items() if name in notebook.parameters}
    overrides, parameters = resolve(notebook.parameters, own, notebook.name)
    return Planned(notebook, overrides, parameters, _not_yet(notebook, parameters.get(AS_OF)))


def _require_distinct(found: Sequence[Notebook]) -> None:
    names = [notebook.name for notebook in found]
    for name in names:
        if names.count(name) > 1:
            raise CallError("two notebooks of this name", name, "Run them apart, or rename one: pages bear this name.")


def _require_declared(found: Sequence[Notebook], given: Mapping[str, str]) -> None:
    declared = {name: known for notebook in found for name, known in notebook.parameters.items()}
    where = ", ".join(notebook.name for notebook in found)
    for name in given:
        if name not in declared:
            allowed = [f"{known.name} ({known.type_name})" for known in declared.values()]
            raise UnknownParameter.of("parameter", name, allowed, where)


def _not_yet(notebook: Notebook, as_of: str | None) -> NotYetPublished | None:
    """The refusal of a notebook that requires a table of which nothing was public yet; the latest first day counts."""
    described = catalog.catalog()
    for name in (*notebook.declaration.requires, *notebook.declaration.optional):
        if name not in described:
            raise UnknownTable.of("table", name, described, notebook.name)
    if as_of is None:
        return None
    from jpresearch import tables

    moment = tables.moment(as_of)
    assert moment is not None
    firsts = {name: tables.first_publication(name) for name in notebook.declaration.requires}
    late = {name: day for name, day in firsts.items() if day > moment.date()}
    if not late:
        return None
    name = max(late, key=lambda table: late[table])
    return NotYetPublished(
        f"the table {name} that it requires was not public yet as of {as_of}",
        notebook.name,
        f"The first possible day is {late[name].isoformat()}.",
        name,
        late[name],
    )
