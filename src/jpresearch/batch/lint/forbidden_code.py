"""What the code of a notebook may reach: no file, no network, no state of the whole process."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import jpresearch

PACKAGE: Final = Path(jpresearch.__file__).parent
# What a notebook may import: this package, the stack that its environment pins, and what of the language only computes.
ALLOWED_ROOTS: Final = frozenset(
    {
        "jpresearch", "pandas", "numpy", "scipy", "statsmodels", "arch", "linearmodels", "matplotlib", "seaborn",
        "calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "itertools",
        "math", "operator", "re", "statistics", "string", "textwrap", "typing", "zoneinfo", "__future__",
    }
)  # fmt: skip
PATH: Final = re.compile(
    r"(?:~|\.{1,2})/"  # from the user's folder or from here
    r"|/\w[\w.-]*(?:/|\.\w+$)|/(?:tmp|home|root|usr|var|mnt|srv|Users|Volumes)\b|[A-Za-z]:[/\\]"  # from the root
    r"|[\w./\\-]+\.(?:csv|xlsx?|parquet|json|pkl|feather|h5|png|svg|ipynb|html)$"  # a file by its ending
)
ADDRESS: Final = re.compile(r"(?:https?|ftp|s3|gs|file)://", re.IGNORECASE)
FILE_CALLS: Final = re.compile(
    r"(?:^|\.)(?:open|savefig|read_(?:csv|excel|parquet|json|table|pickle|html|sql|feather|hdf)"
    r"|to_(?:csv|excel|parquet|pickle|feather|hdf|sql)|loadtxt|savetxt|genfromtxt|fromfile|tofile|imread|imsave)$"
)
STATE: Final = re.compile(
    r"(?:^|\.)(?:filterwarnings|simplefilter|set_option|rcParams|random\.seed|set_theme|set_style|switch_backend)$"
)
# What a run cannot see, so that it would answer from an earlier one though the answer has changed.
UNSEEN: Final = re.compile(
    r"(?:^|\.)(?:(?:date|datetime|Timestamp)\.(?:now|today|utcnow)|time\.(?:time|time_ns|localtime|gmtime|strftime)"
    r"|urlopen|urlretrieve|create_connection|getaddrinfo|HTTPS?Connection|os\.environ|os\.getenv|random\.random"
    r"|uuid\.uuid[14])$|^(?:requests|httpx|urllib|socket|aiohttp|yfinance)\."
)
FORBIDDEN_NAMES: Final = frozenset({"exec", "eval", "compile", "input", "__import__", "globals", "breakpoint"})


def importable(name: str) -> bool:
    """Whether a name of this package is one of its modules or stands in one; other packages are not looked into."""
    root, *parts = name.split(".")
    if root != jpresearch.__name__ or not parts:
        return True
    if _file(parts) is not None:
        return True
    holder = _file(parts[:-1])
    return holder is not None and parts[-1] in _names(holder)


def trespasses(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The rules that one node of a syntax tree breaks, each with what to say."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _of_text(node.value)
    elif isinstance(node, ast.Call):
        function = ast.unparse(node.func)
        if FILE_CALLS.search(function):
            yield "paths", f"`{function}` reads or writes a file; tables come from `load`"
        elif UNSEEN.search(function):
            what = f"`{function}` reads the clock, the network or the environment, which decide nothing about a re-run"
            yield "unseen", f"{what}; take the day from `as_of`, data from `load`"
        elif function in FORBIDDEN_NAMES:
            yield "code", f"`{function}` is not for notebooks"
    if isinstance(node, (ast.Attribute, ast.Name)) and STATE.search(ast.unparse(node)):
        yield "state", f"`{ast.unparse(node)}` changes the whole process"


def _of_text(text: str) -> Iterator[tuple[str, str]]:
    if ADDRESS.match(text):
        yield "network", f"an address: {text!r}"
    elif PATH.match(text):
        yield "paths", f"a path: {text!r}"


def _file(parts: list[str]) -> Path | None:
    """The file of a module of this package."""
    place = PACKAGE.joinpath(*parts)
    found = (file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file())
    return next(found, None)


@cache
def _names(file: Path) -> frozenset[str]:
    """What a module defines or imports, wherever it does so."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return frozenset(found)
