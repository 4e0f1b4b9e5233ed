"""Models made without asking every installed distribution for plugins of pydantic."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

DISABLE: Final = "PYDANTIC_DISABLE_PLUGINS"


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
