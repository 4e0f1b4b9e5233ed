"""Reading values on a page: its own script, allowed by its hash, and the points of its charts in a compact form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from jpresearch.payloads.fields import finite

SCRIPT: Final = Path(__file__).parent / "template" / "page.js"
# What the script holds as text, which stays as it is, and the space around marks of its code.
TEXT: Final = re.compile(r"(\"[^\"\n]*\"|/\^?[^/\s*]+/(?=[.g,]))")
SPACE: Final = re.compile(r"\s*([{}()\[\];,:?=<>+*&|!])\s*|(?<=\n)\s+")
# Digits of a value that a reader can take from a chart.
DIGITS: Final = 9


@cache
def script() -> Markup:
    """The page's script, without the space that only its editors need."""
    pieces = TEXT.split(SCRIPT.read_text(encoding="utf-8").strip())
    return Markup("".join(piece if place % 2 else SPACE.sub(r"\1", piece) for place, piece in enumerate(pieces)))


def points(series: Sequence[Mapping[str, Any]] | None) -> Markup:
    """The points of a chart for an attribute in single quotes; empty where there are none that can be read.

    Each series has its name ``n1`` (its mark where one of several has none), unit ``u``, mark ``k``, labels ``x``,
    values ``v``, ends ``l`` and ``h``, and places ``p``; one without the form of a chart's points is left out.
    """
    kept = [found for each in series or () if (found := _compact(each))]
    for found in kept[: len(kept) if len(kept) > 1 else 0]:
        found["n1"] = found["n1"] or found["k"]
    if not kept:
        return Markup("")
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;"))


def _compact(series: Mapping[str, Any]) -> dict[str, Any] | None:
    names, values, places = (_list(series.get(key)) for key in ("x", "values", "points"))
    if not len(names) == len(values) == len(places):
        return None
    there = [n for n, place in enumerate(places) if _place(place) and finite(values[n])]
    if not there:
        return None
    ends = (_list(series.get(key)) for key in ("low", "high"))
    low, high = ([_number(end[n]) for n in there] if len(end) == len(names) else [] for end in ends)
    return {
        "n1": str(series.get("name") or ""),
        "u": str(series.get("unit") or ""),
        "k": str(series.get("kind") or ""),
        "x": [_label(names[n]) for n in there],
        "v": [_number(values[n]) for n in there],
        "l": low,
        "h": high,
        "p": [[round(place) for place in places[n]] for n in there],
    }


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _place(found: Any) -> bool:
    return isinstance(found, list) and len(found) == 2 and all(finite(part) and abs(part) < 1e5 for part in found)


def _number(value: Any) -> float | None:
    return float(f"{value:.{DIGITS}g}") if finite(value) else None


def _label(value: Any) -> str | float:
    return float(value) if finite(value) else str(value)
