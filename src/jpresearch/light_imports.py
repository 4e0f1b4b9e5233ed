"""Libraries imported without what costs much and is not needed: both were found by ``python -X importtime``."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

DISABLE: Final = "PYDANTIC_DISABLE_PLUGINS"
IRI_PARSER: Final = "rfc3987_syntax"


@contextmanager
def without_plugins() -> Iterator[None]:
    """Within, pydantic looks for no plugins, as in Typer's own models; what a notebook does is not touched.

    Reading the metadata of some two hundred distributions takes as long as half of our models.
    """
    before = os.environ.get(DISABLE)
    os.environ[DISABLE] = "__all__"
    try:
        yield
    finally:
        if before is None:
            del os.environ[DISABLE]
        else:
            os.environ[DISABLE] = before


def nbformat() -> Any:
    """The module ``nbformat``, first of all in a process.

    jsonschema, which it imports, builds a parser of IRIs from their grammar wherever JupyterLab has brought one along:
    a second in every process, for a check of formats that no schema of a notebook asks for.
    """
    if IRI_PARSER in sys.modules or "jsonschema" in sys.modules:
        return importlib.import_module("nbformat")
    # What is None there raises ImportError, and jsonschema goes on without.
    sys.modules[IRI_PARSER] = None  # type: ignore[assignment]
    try:
        return importlib.import_module("nbformat")
    finally:
        del sys.modules[IRI_PARSER]
