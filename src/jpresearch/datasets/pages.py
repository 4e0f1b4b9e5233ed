"""A page for every dataset, written from its function: for ``jpresearch data show`` and docs/datasets.md."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from typing import Any, Final

from jpresearch.errors import UnknownName

MODULES: Final = ("flows", "market", "positions", "chips", "gpif", "nisa", "world")
HEADINGS: Final = {"Examples": "Use", "Returns": "Index and columns"}
_SECTION: Final = re.compile(r"^(?P<name>[A-Z][a-z]+)\n-+$", re.MULTILINE)
_TABLE: Final = re.compile(r"^=+ +=+\n(?:.+\n)+=+ +=+$", re.MULTILINE)
_EXAMPLE: Final = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)
_ENTRY: Final = re.compile(r"^(?P<names>[A-Za-z_]+(?:, [A-Za-z_]+)*) : ", re.MULTILINE)


def functions() -> dict[str, Callable[..., Any]]:
    """The public functions of the datasets by name, such as ``flows.weekly``, in the order of their modules."""
    found: dict[str, Callable[..., Any]] = {}
    for name in MODULES:
        module = importlib.import_module(f"jpresearch.datasets.{name}")
        held = {each: getattr(module, each) for each in module.__all__}
        own = [each for each in held if inspect.isfunction(held[each]) and _first(held[each]) == "as_of"]
        found |= {f"{name}.{each}": held[each] for each in sorted(own, key=lambda each: _place(held[each], module))}
    return found


def function(name: str) -> Callable[..., Any]:
    """The dataset called ``name``. Raises ``UnknownName`` with the names there are."""
    known = functions()
    if name not in known:
        raise UnknownName.of("dataset", name, known)
    return known[name]


def page(name: str) -> str:
    """The page of one dataset in Markdown: its call, what it holds, units, gaps, errors, source.

    Raises ``UnknownName`` with the names there are.
    """
    found = function(name)
    text = markdown(inspect.getdoc(found) or "")
    return f"## {name}\n\n`{name}({_call(found)})`\n\n{text}\n"


def markdown(docstring: str) -> str:
    """A docstring in Markdown: headings in bold, entries as a list, tables and examples as they stand."""
    text = _SECTION.sub(lambda match: f"**{HEADINGS.get(match['name'], match['name'])}**\n", docstring)
    text = _ENTRY.sub(lambda match: f"- `{match['names']}`: ", text).replace("``", "`")
    text = _TABLE.sub(lambda match: f"```text\n{match[0]}\n```", text)
    return _EXAMPLE.sub(lambda match: f"```python\n{match[0]}\n```", text)


def document() -> str:
    """docs/datasets.md: how datasets are read, a table of contents, and the page of each."""
    known = functions()
    contents = [f"- [`{name}`](#{name.replace('.', '')}): {_summary(found)}" for name, found in known.items()]
    head = [
        "# The datasets",
        "",
        "Written from the functions in `src/jpresearch/datasets` by `make datasets`; do not edit.",
        "`jpresearch data show NAME` prints one page.",
        "",
        "`from jpresearch.datasets import flows, positions, market, chips, gpif, nisa, world`. Every function takes",
        "`as_of` first: a day (its end in Tokyo), a moment, or `None` for all that is public now. It returns a frame;",
        "`jpresearch.about.about(frame)` gives unit, span, basis, sources and gaps while the values are untouched.",
        "Nothing is filled or interpolated: a missing figure stays missing.",
        "",
    ]
    return "\n".join([*head, *contents, "", *(page(name) for name in known)])


def _first(found: Callable[..., Any]) -> str:
    return next(iter(inspect.signature(found).parameters), "")


def _place(found: Callable[..., Any], module: Any) -> tuple[bool, str, int]:
    """Functions of the module itself first, each in the order in which they stand."""
    return found.__module__ != module.__name__, found.__module__, found.__code__.co_firstlineno


def _call(found: Callable[..., Any]) -> str:
    """The parameters with their defaults, without types."""
    signature = inspect.signature(found)
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return str(signature.replace(parameters=plain, return_annotation=inspect.Signature.empty))[1:-1]


def _summary(found: Callable[..., Any]) -> str:
    return (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ").replace("``", "`").rstrip(".")
