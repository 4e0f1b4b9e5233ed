"""Equal parts of records, held once: of a thousand jobs most read the same tables, with the same code."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeVar

Part = TypeVar("Part")


class EqualParts:
    """The parts seen so far; none of them may be changed by whoever holds it."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def one(self, part: Part, *key: Hashable) -> Part:
        """What was seen first under this key where it equals ``part``, else ``part``."""
        known = self._known.setdefault(key, part)
        return known if type(known) is type(part) and known == part else part
