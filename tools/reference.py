"""Write the reference of all modules, from their docstrings: `python tools/reference.py FOLDER [MODULE ...]`."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pdoc

from jpresearch.datasets.pages import markdown

SOURCE = Path(__file__).resolve().parents[1] / "src"


def modules() -> list[str]:
    """The names of all modules of the package but the one that runs the command."""
    files = sorted((SOURCE / "jpresearch").rglob("*.py"))
    names = [".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if not name.endswith("__main__")]


def write(folder: Path, names: list[str]) -> None:
    """Write a page per module, an index and a search into ``folder``."""
    # Annotations that only type checkers can read, such as pd.Series[Any], are shown as they are written.
    warnings.filterwarnings("ignore", "Error parsing type annotation")
    # What the package imports when it is first asked for has its page where it is written.
    warnings.filterwarnings("ignore", "Found 'load' in jpresearch.__all__")
    # A package without __all__ brings its modules along: naming them again adds nothing.
    warnings.filterwarnings("ignore", "The module specification")
    pdoc.render.configure(show_source=False)
    pdoc.render.env.filters["to_markdown"] = markdown
    pdoc.pdoc(*names, output_directory=folder)


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2:] or modules())
