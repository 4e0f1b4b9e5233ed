"""Characters that turn the direction of text are shown by name, so that nothing reads other than it is."""

from __future__ import annotations

import re
from typing import Final

TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """``text`` with each turning character by its name, such as ``[U+202E]``."""
    return TURNING.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
