"""The collection's notebooks: where they are, what they declare."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from jpresearch import folders, light_imports
from jpresearch.batch.plan.parameters import Parameter, declared
from jpresearch.errors import CallError, NotebookInvalid, UnknownNotebook

PARAMETERS_TAG = "parameters"
# What readers of JSON and of notebooks raise at a file that is neither.
MALFORMED: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
STRAY: Final = re.compile(r"-Copy\d+$|^Untitled\d*$")


class Outputs(BaseModel):
    """What a run of the notebook must publish, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


class Declaration(BaseModel):
    """The notebook's metadata under ``jpresearch``: tables it requires or can do without, and what it must publish."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = None
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    publishes: Outputs = Outputs()


@dataclass(frozen=True)
class Notebook:
    """A notebook file and its interface."""

    path: Path
    title: str
    parameters: dict[str, Parameter]
    declaration: Declaration

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def collection() -> list[Path]:
    """All notebooks of the notebooks folder in reading order, without ``strays``."""
    return sorted(path for path in _files() if not STRAY.search(path.stem))


def strays() -> list[Path]:
    """What JupyterLab leaves behind: copies (``-Copy1``) and notebooks without a name (``Untitled``)."""
    return sorted(path for path in _files() if STRAY.search(path.stem))


def _files() -> list[Path]:
    return [path for path in folders.notebooks().glob("*.ipynb") if not path.name.startswith(".")]


def find(names: Sequence[str]) -> list[Path]:
    """The notebooks called ``names``: a name of the collection, its number alone, or a path to any notebook.

    A name may carry its ending; a number (``01``) must be that of one notebook only. Without names the whole
    collection, in reading order.

    Raises
    ------
    UnknownNotebook : lists the names there are.
    CallError : the whole collection is asked for and there is none.
    """
    known = {path.stem: path for path in collection()}
    found = [
        known.get(name.removesuffix(".ipynb")) or _numbered(name, known) or _elsewhere(name, known) for name in names
    ]
    if not names and not known:
        raise CallError("there are no notebooks here", str(folders.notebooks()), folders.CHECKOUT_NEEDED)
    return list(dict.fromkeys(found)) if names else list(known.values())


def read(path: Path) -> Notebook:
    """The interface of the notebook at ``path``. Raises ``NotebookInvalid`` where it is not in the house form."""
    content = read_json(path)
    tagged = [cell for cell in cells(content, "code") if PARAMETERS_TAG in tags_of(cell)]
    if len(tagged) > 1:
        raise NotebookInvalid("more than one cell is tagged `parameters`", path.name)
    parameters = declared(source_of(tagged[0]), path.name) if tagged else {}
    declaration = _declaration(content["metadata"].get("jpresearch", {}), path)
    return Notebook(path, declaration.title or _heading(content) or path.stem, parameters, declaration)


def read_or_broken(path: Path) -> tuple[Notebook, NotebookInvalid | None]:
    """The notebook, or a bare one with the reason why its file is none: beside others it is one failed job."""
    try:
        return read(path), None
    except NotebookInvalid as error:
        return Notebook(path, path.stem, {}, Declaration()), error


def read_content(path: Path) -> Any:
    """The notebook as an nbformat node of the current format. Raises ``NotebookInvalid``."""
    nbformat = light_imports.nbformat()
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, *MALFORMED, nbformat.ValidationError) as error:
        raise NotebookInvalid(f"not a notebook: {error}", str(path)) from error


def read_json(path: Path) -> dict[str, Any]:
    """The notebook's file as JSON. nbformat takes long to import for a call that is refused or reused.

    Raises
    ------
    NotebookInvalid : it is no notebook of format 4.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["nbformat"] != 4:
            raise ValueError(f"format {content['nbformat']}, not 4")
        if not all(isinstance(source_of(cell), str) and cell["cell_type"] for cell in content["cells"]):
            raise ValueError("a cell without source or type")
        content["metadata"].get("jpresearch")
    except (OSError, *MALFORMED) as error:
        raise NotebookInvalid(f"not a notebook: {error}", str(path)) from error
    return dict(content)


def cells(content: Mapping[str, Any], kind: str) -> list[Any]:
    """The cells of a kind (``code``, ``markdown``) in order."""
    return [cell for cell in content["cells"] if cell["cell_type"] == kind]


def source_of(cell: Any) -> str:
    """A cell's text."""
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else source


def _numbered(name: str, known: dict[str, Path]) -> Path | None:
    """The notebook of a number, where there is one and no other."""
    found = [path for stem, path in known.items() if name.isdigit() and stem.split("_")[0] == name]
    return found[0] if len(found) == 1 else None


def _elsewhere(name: str, known: dict[str, Path]) -> Path:
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve()
    raise UnknownNotebook.of("notebook", name, known, None)


def tags_of(cell: Any) -> list[str]:
    """A cell's tags."""
    return list(cell.get("metadata", {}).get("tags", []))


def _declaration(metadata: Any, path: Path) -> Declaration:
    try:
        return Declaration.model_validate(metadata)
    except ValidationError as error:
        raise NotebookInvalid(f"its metadata under `jpresearch` are wrong: {error}", path.name) from error


def _heading(content: dict[str, Any]) -> str | None:
    """The text of the first heading."""
    for cell in content["cells"]:
        for line in source_of(cell).splitlines() if cell["cell_type"] == "markdown" else ():
            if line.startswith("# "):
                return str(line[2:].strip())
    return None
