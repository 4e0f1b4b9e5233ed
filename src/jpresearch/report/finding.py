"""The search of the index: its own script of a kilobyte, allowed by its hash; without script nothing is missing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from jpresearch.report.words import say

SCRIPT: Final = Path(__file__).parent / "template" / "index.js"


@cache
def script() -> str:
    """The script, a line of code a line; it holds nothing that ends a script."""
    lines = (line.strip() for line in SCRIPT.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def field(lang: str) -> str:
    """The field, hidden until the script shows it, and where it says how much was found."""
    words = say("find", lang)
    found = re.sub(r"\s+", " ", say("found", lang, count="#"))
    return (
        f'<search hidden><input id="find" type="search" placeholder="{words}" aria-label="{words}">'
        f'<span role="status" id="found" data-words="{found}"></span></search>'
    )
