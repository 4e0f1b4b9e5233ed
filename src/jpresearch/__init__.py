"""jpresearch: point-in-time research on Japanese equities.

``from jpresearch import load, publish, charts`` is all that a notebook needs. Importing the package is cheap: pandas
comes with the first table, matplotlib with the first chart.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jpresearch.tables import load as load

__version__ = "0.2.0"
__all__ = ["__version__", "load"]


def __getattr__(name: str) -> Any:
    if name == "load":
        return import_module("jpresearch.tables").load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
