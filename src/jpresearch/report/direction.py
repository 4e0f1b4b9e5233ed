"""Characters that turn the direction of text are shown by name, so that nothing reads other than it is."""

from __future__ import annotations

from typing import Final

TURNING: Final = {
    code: f"[U+{code:04X}]" for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def visible(text: str) -> str:
    """``text`` with each turning character by its name, such as ``[U+202E]``."""
    return text.translate(TURNING)
