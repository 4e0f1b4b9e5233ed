"""Modules of the room import each other in one direction."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import jpresearch.report

ROOM = Path(jpresearch.report.__file__).parent
NAME = "jpresearch.report"


def imported(source: str, modules: set[str]) -> set[str]:
    """The modules of the room that a module imports: at its top, in its functions and for its types."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == NAME:
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{NAME}."):
            found.add(str(node.module).removeprefix(f"{NAME}.").partition(".")[0])
        elif isinstance(node, ast.Import):
            found |= {each.name.removeprefix(f"{NAME}.") for each in node.names}
    return found & modules


def test_no_module_of_the_room_imports_one_that_leads_back_to_it_not_even_in_a_function() -> None:
    modules = {path.stem: path.read_text(encoding="utf-8") for path in ROOM.glob("*.py") if path.stem != "__init__"}
    graph = {name: imported(source, set(modules)) for name, source in modules.items()}
    assert graph["page"] >= {"arrangement", "outputs"}, "an import inside a function counts"
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError where there is a circle
    assert order.index("outputs") < order.index("arrangement") < order.index("page")
