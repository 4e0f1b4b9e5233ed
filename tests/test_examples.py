"""The example in the docstring of every public function of datasets, charts, publish and say: it is there, and true."""

from __future__ import annotations

import doctest
import importlib
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from jpresearch import charts, publish, say
from jpresearch.datasets import pages


def public(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions that a module offers, by name."""
    name = module.__name__.rpartition(".")[2]
    offered = {each: getattr(module, each) for each in module.__all__}
    return {f"{name}.{each}": found for each, found in offered.items() if inspect.isfunction(found)}


FUNCTIONS = {**pages.functions(), **public(charts), **public(publish), **public(say)}
# What every example finds imported: the datasets by their names, and these.
NAMES = {
    **{name: importlib.import_module(f"jpresearch.datasets.{name}") for name in pages.MODULES},
    "charts": charts,
    "publish": publish,
    "say": say,
    "Estimate": say.Estimate,
    "pd": pd,
}


@pytest.fixture(autouse=True)
def as_in_an_interpreter() -> Iterator[None]:
    """No window, one width of frames, and nothing published by one example that another finds."""
    mpl.use("agg")
    with pd.option_context("display.width", 100, "display.max_columns", 20), publish.collected():
        yield
    plt.close("all")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_shows_what_the_function_gives(name: str) -> None:
    """Whitespace and the exact place of a line's end do not count, everything else does."""
    text = inspect.getdoc(FUNCTIONS[name]) or ""
    example = doctest.DocTestParser().get_doctest(text, dict(NAMES), name, None, 0)
    assert any(f"{name}(" in each.source for each in example.examples), "no example calls the function"
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=said.append)
    assert result.attempted and not result.failed, "".join(said)
