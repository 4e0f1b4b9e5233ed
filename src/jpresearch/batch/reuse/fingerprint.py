"""What a job's result depends on beside its parameters and tables, part by part, so that a change can be named.

Parts are ``cell 5`` (the notebook's code cells, counted as failures count them; comments and layout aside), ``text 2``
(its other cells: they stand on the page), ``declaration``, ``module jpresearch.datasets.flows`` (reached from its
imports), ``page jpresearch.report.page`` (what writes the page), ``lock file``, ``installed packages`` and ``Python``.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from jpresearch import folders
from jpresearch.batch.plan.notebooks import PARAMETERS_TAG, cells, source_of, tags_of
from jpresearch.batch.reuse.code_meaning import Readings, digest
from jpresearch.batch.reuse.reachable_modules import Library

LOCK_FILE: Final = "requirements.lock"
LOCKED: Final = re.compile(rb"^([A-Za-z0-9._-]+)==", re.MULTILINE)
INSTALLED: Final = ".dist-info"
PAGE_WRITER: Final = "jpresearch.report.page"
CELL, TEXT, MODULE, PAGE = "cell ", "text ", "module ", "page "
SHOWN: Final = 3


def parts(
    content: Mapping[str, Any], readings: Readings, library: Library, surroundings: Mapping[str, str]
) -> dict[str, str]:
    """The parts of a job with a digest each, in the order in which they are told.

    Parameters
    ----------
    content : the notebook's file as JSON.
    readings, library : what is known of texts, and the modules as they are.
    surroundings : the parts that all jobs share, as ``environment`` gives them.
    """
    code, imports = _code(content, readings)
    own = library.reached(imports)
    page = {name: meaning for name, meaning in library.reached((PAGE_WRITER,)).items() if name not in own}
    return {
        **code,
        **dict(_texts(content)),
        "declaration": digest(json.dumps(content["metadata"].get("jpresearch", {}), sort_keys=True)),
        **{f"{MODULE}{name}": own[name] for name in sorted(own)},
        **{f"{PAGE}{name}": page[name] for name in sorted(page)},
        **surroundings,
    }


def environment() -> dict[str, str]:
    """The parts that all jobs share."""
    try:
        lock = (folders.home() / LOCK_FILE).read_bytes()
    except OSError:
        lock = b""
    names = {normal(name.decode()) for name in LOCKED.findall(lock)}
    found = [f"{name} {version}" for name, version in installed().items() if not names or name in names]
    return {
        "lock file": digest(lock),
        "installed packages": digest("\n".join(sorted(found))),
        "Python": platform.python_version(),
    }


def installed() -> dict[str, str]:
    """Version of every installed distribution by its normal name, told from the names of folders."""
    found: dict[str, str] = {}
    for place in sys.path:
        if place and Path(place).is_dir():
            for entry in os.scandir(place):
                if entry.name.endswith(INSTALLED):
                    name, _, version = entry.name.removesuffix(INSTALLED).partition("-")
                    found.setdefault(normal(name), version)
    return found


def normal(name: str) -> str:
    """A distribution's name in the one form that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What differs between two fingerprints, in words; nothing where they are equal."""
    names = [*after, *(name for name in before if name not in after)]
    changed = [name for name in names if before.get(name) != after.get(name)]
    kinds = {kind: [name.removeprefix(kind) for name in changed if name.startswith(kind)] for kind in KINDS}
    told = [_counted(label, kinds[kind]) for kind, label in KINDS.items() if kinds[kind]]
    return told + [name for name in changed if not name.startswith(tuple(KINDS))]


KINDS: Final = {CELL: "code: cell", TEXT: "text: cell", MODULE: "module", PAGE: "page:"}


def _counted(label: str, names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    plural = "s" if len(names) > 1 and not label.endswith(":") else ""
    return f"{label}{plural} {shown}{more}"


def _code(content: Mapping[str, Any], readings: Readings) -> tuple[dict[str, str], list[str]]:
    """The code cells that hold code, and what they import. The parameters cell counts as the parameters it gives."""
    found: dict[str, str] = {}
    imports: list[str] = []
    for number, cell in enumerate(cells(content, "code"), 1):
        reading = readings.of(source_of(cell))
        imports += reading.imports
        tags = tags_of(cell)
        if reading.meaning and PARAMETERS_TAG not in tags:
            found[f"{CELL}{number}"] = digest(json.dumps([reading.meaning, sorted(tags)])) if tags else reading.meaning
    return found, imports


def _texts(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    others: Iterable[Any] = (cell for cell in content["cells"] if cell["cell_type"] != "code")
    for number, cell in enumerate(others, 1):
        shown = [cell["cell_type"], source_of(cell).strip(), sorted(tags_of(cell)), cell.get("attachments", {})]
        yield f"{TEXT}{number}", digest(json.dumps(shown, sort_keys=True))
