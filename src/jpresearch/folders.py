"""Where the project's folders are: notebooks, data and reports of the checkout one works in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from jpresearch import transactions
from jpresearch.errors import CallError

HOME_VARIABLE = "JPRESEARCH_HOME"
DATA_VARIABLE = "JPRESEARCH_DATA"
# Set in the kernels of a run, in which every cell runs once.
RUN_VARIABLE = "JPRESEARCH_RUN"
# The folder of copies that a run reads instead of the tables and their descriptors.
EDITION_VARIABLE = "JPRESEARCH_EDITION"
# Where copies of what can be computed again are kept.
CACHE_VARIABLE = "JPRESEARCH_CACHE"
DESCRIPTOR = "datapackage.json"
CHECKOUT_NEEDED = (
    f"Run inside a checkout of the project, or set {HOME_VARIABLE} to one: the folder with data/ and notebooks/."
)


def home() -> Path:
    """The project's root: ``JPRESEARCH_HOME``, else the checkout around the current folder, else the installed one."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named).resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / DESCRIPTOR).is_file() and (folder / "notebooks").is_dir():
            return folder
    return Path(__file__).resolve().parents[2]


def in_force(file: Path) -> Path:
    """What to read for a table or descriptor: within a run the copy that was made for it, else the file.

    Raises
    ------
    DataError : an update was interrupted and cannot be carried out.
    """
    edition = os.environ.get(EDITION_VARIABLE)
    if not edition:
        transactions.complete(file.parent)
        return file
    copy = copy_of(file, Path(edition))
    return copy if copy.is_file() else file


def copy_of(file: Path, edition: Path) -> Path:
    """Where a run keeps its copy of a table or descriptor."""
    return edition / f"{hashlib.sha256(str(file.absolute()).encode()).hexdigest()[:16]}-{file.name}"


def cache() -> Path:
    """The folder of what is kept between processes: ``JPRESEARCH_CACHE``, else the user's own for caches."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jpresearch"


def notebooks() -> Path:
    """The folder of the collection's notebooks."""
    return home() / "notebooks"


def reports() -> Path:
    """The folder that runs write to."""
    return home() / "reports"


def own_package() -> Path:
    """The descriptor of the project's own tables."""
    return home() / "data" / DESCRIPTOR


def desk_package() -> Path:
    """The descriptor of the desk's own tables: what ``JPRESEARCH_DATA`` names (file or folder), else in ``desk/``."""
    named = os.environ.get(DATA_VARIABLE)
    path = Path(named).resolve() if named else home() / "desk"
    return path if path.suffix == ".json" else path / DESCRIPTOR


def data_packages() -> list[Path]:
    """The descriptors in force: the project's own and the desk's, if there is one.

    Raises
    ------
    CallError : there is no data package where ``JPRESEARCH_DATA`` says.
    """
    own = own_package()
    named = os.environ.get(DATA_VARIABLE)
    desk = desk_package()
    if not named:
        return [own, desk] if desk.is_file() else [own]
    if not desk.is_file():
        what = f"{DATA_VARIABLE} names {named}, where there is no {DESCRIPTOR}"
        raise CallError(what, None, f"Name the desk's data package (its folder or its {DESCRIPTOR}), or unset it.")
    return [own, desk]
