"""What a call asks for, settled before any kernel starts: jobs, parameters, and whether their tables exist yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jpresearch import catalog, clock
from jpresearch.batch import table_as_of
from jpresearch.batch.plan import notebooks
from jpresearch.batch.plan.grids import Draft, name_jobs
from jpresearch.batch.plan.notebooks import Notebook
from jpresearch.batch.plan.parameters import require_declared, resolve
from jpresearch.errors import BadParameter, CallError, NotebookInvalid, NotYetPublished, UnknownTable

if TYPE_CHECKING:
    from jpresearch.export.writing import Request

AS_OF = "as_of"
ENGLISH = "en"
LANGUAGES = ("en", "ja")


@dataclass(frozen=True)
class Planned:
    """A job to be.

    Attributes
    ----------
    notebook : the notebook's file and interface.
    overrides, parameters : what to inject, and all parameters as resolved.
    skipped : why it cannot run at its day, if it cannot.
    name : unique in the plan, the stem of the job's files; the notebook's name unless it runs more than once.
    lang : language of the page, ``en`` or ``ja``.
    broken : why the notebook's file cannot be run at all; such a job has failed before it starts.
    static : whether the page is without script.
    """

    notebook: Notebook
    overrides: dict[str, Any]
    parameters: dict[str, Any]
    skipped: NotYetPublished | None = None
    name: str = ""
    lang: str = ENGLISH
    broken: NotebookInvalid | None = None
    static: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.notebook.name)


@dataclass(frozen=True)
class Plan:
    """The jobs of a call in order; ``batch`` is the name of the batch file they come from, if they come from one.

    ``exports`` are what the batch file asks for once the jobs have ended.
    """

    jobs: tuple[Planned, ...]
    whole_collection: bool
    batch: str | None = None
    exports: tuple[Request, ...] = ()

    @property
    def moves_latest(self) -> bool:
        """Whether a run of it without failure becomes ``latest``: the whole collection on the newest data alone."""
        return self.whole_collection and all(job.parameters.get(AS_OF) is None for job in self.jobs)


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


def plan(
    names: Sequence[str],
    given: Mapping[str, str],
    *,
    batch: Path | str | None = None,
    lang: str | None = None,
    static: bool = False,
) -> Plan:
    """Settle a call.

    A parameter goes to every notebook that declares it, and at least one must. A notebook whose required tables do not
    exist yet at its ``as_of`` is skipped beside others and refused alone; so is a file that is no notebook, which
    beside others is a failed job.

    Parameters
    ----------
    names : notebooks by name or path; none means all, or those of the batch.
    given : parameters as typed.
    batch : a batch file, by path or by its name in ``notebooks/batches``.
    lang : language of the pages; by default the batch file's, else English.
    static : pages without script, for mail and print.

    Raises
    ------
    UnknownNotebook, UnknownParameter, BadParameter, NotebookInvalid, UnknownTable, BatchInvalid : the call, a notebook
        or the batch file is wrong.
    NotYetPublished : no notebook can run at that day; names the first possible one.
    """
    if lang is not None and lang not in LANGUAGES:
        raise BadParameter(f"{lang!r} is not a language of the pages", "--lang", f"Allowed: {', '.join(LANGUAGES)}.")
    settled = _from_names(names, given, lang or ENGLISH) if batch is None else _from_file(batch, names, given, lang)
    _refuse_if_nothing_runs(settled.jobs)
    return replace(settled, jobs=tuple(replace(job, static=True) for job in settled.jobs)) if static else settled


def _from_names(names: Sequence[str], given: Mapping[str, str], lang: str) -> Plan:
    found = [notebooks.read_or_broken(path) for path in notebooks.find(names)]
    _require_distinct([notebook for notebook, _ in found])
    require_declared(given, {notebook.name: notebook.parameters for notebook, _ in found})
    jobs = [_planned(notebook, broken, given, lang) for notebook, broken in found]
    return Plan(tuple(jobs), whole_collection=not names)


def _planned(notebook: Notebook, broken: NotebookInvalid | None, given: Mapping[str, str], lang: str) -> Planned:
    own = {name: text for name, text in given.items() if name in notebook.parameters}
    overrides, parameters = resolve(notebook.parameters, own, notebook.name)
    clock.refuse_to_come(parameters.get(AS_OF), f"parameter {AS_OF!r} of {notebook.name}")
    skipped = None if broken else _not_yet(notebook, parameters.get(AS_OF))
    return Planned(notebook, overrides, parameters, skipped, lang=lang, broken=broken)


def _from_file(batch: Path | str, names: Sequence[str], given: Mapping[str, str], lang: str | None) -> Plan:
    # Imported here: a call without a batch file does without YAML.
    from jpresearch.batch.plan import batch_file
    from jpresearch.batch.plan.batch_file_jobs import drafts

    if names:
        raise CallError("notebooks are named beside a batch file", "--batch", "Name notebooks, or give a batch file.")
    read = batch_file.read(batch_file.find(batch))
    if read.exports:
        from jpresearch.export.exporting import require_possible

        require_possible(read.exports)
    made = drafts(read, given)
    _require_distinct(list({draft.notebook.path: draft.notebook for draft in made}.values()))
    language = lang or read.lang or ENGLISH
    jobs = [_from_draft(draft, name, language) for draft, name in zip(made, name_jobs(made), strict=True)]
    return Plan(tuple(jobs), _whole(jobs), batch=read.name, exports=tuple(read.exports))


def _whole(jobs: Sequence[Planned]) -> bool:
    """Whether the jobs are what a call without notebooks runs: each of the collection once, as it stands."""
    collection = {path.resolve() for path in notebooks.collection()}
    paths = [job.notebook.path.resolve() for job in jobs]
    asked = {name for job in jobs for name in job.overrides if name != AS_OF}
    return len(paths) == len(collection) and set(paths) == collection and not asked


def _from_draft(draft: Draft, name: str, lang: str) -> Planned:
    clock.refuse_to_come(draft.parameters.get(AS_OF), f"parameter {AS_OF!r} of {draft.notebook.name}")
    skipped = None if draft.broken else _not_yet(draft.notebook, draft.parameters.get(AS_OF))
    return Planned(
        draft.notebook, draft.overrides, draft.parameters, skipped, name=name, lang=lang, broken=draft.broken
    )


def _refuse_if_nothing_runs(jobs: Sequence[Planned]) -> None:
    """A call of which nothing could run is refused: for a broken notebook's reason, else for the nearest first day."""
    if not jobs or any(job.skipped is None and job.broken is None for job in jobs):
        return
    for job in jobs:
        if job.broken is not None:
            raise job.broken
    raise min((job.skipped for job in jobs if job.skipped is not None), key=lambda refusal: str(refusal.first_day))


def _require_distinct(found: Sequence[Notebook]) -> None:
    names = [notebook.name for notebook in found]
    for name in names:
        if names.count(name) > 1:
            raise CallError("two notebooks of this name", name, "Run them apart, or rename one: pages bear this name.")


def _not_yet(notebook: Notebook, as_of: str | None) -> NotYetPublished | None:
    """The refusal of a notebook that requires a table of which nothing was public yet; the latest first day counts."""
    described = catalog.catalog()
    for name in (*notebook.declaration.requires, *notebook.declaration.optional):
        if name not in described:
            raise UnknownTable.of("table", name, described, notebook.name)
    moment = table_as_of.as_text(as_of)
    required = [described[name] for name in notebook.declaration.requires]
    for table in required:
        if table_as_of.empty(table):
            what = f"the table {table.name} that it requires has no rows yet"
            return NotYetPublished(what, notebook.name, "Bring figures in, then run it again.", table.name)
    if moment is None:
        return None
    late = [(table_as_of.first_day(table), table.name) for table in required if not table_as_of.public(table, moment)]
    if not late:
        return None
    day, name = max(late)
    return NotYetPublished(
        f"the table {name} that it requires was not public yet as of {as_of}",
        notebook.name,
        f"The first possible day is {day.isoformat()}.",
        name,
        day,
    )
