"""What each of our media types may hold: checked in the cell that publishes it, and again where outputs are collected.

Any code in a cell may display any of these media types, so a payload read from a notebook is not to be trusted. A new
media type is one more model in ``MODELS``; keys that a model does not name are dropped.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from jpresearch.payloads.exhibits import Figure, Table
from jpresearch.payloads.fields import Count, Payload, Text
from jpresearch.payloads.reads import Note, Sources
from jpresearch.payloads.sentences import Answer, Finding, Metric, Part, Takeaway, View

PREFIX: Final = "application/vnd.jpresearch."
FIGURE: Final = f"{PREFIX}figure+json"
TABLE: Final = f"{PREFIX}table+json"
METRIC: Final = f"{PREFIX}metric+json"
TAKEAWAY: Final = f"{PREFIX}takeaway+json"
ANSWER: Final = f"{PREFIX}answer+json"
FINDING: Final = f"{PREFIX}finding+json"
PART: Final = f"{PREFIX}part+json"
# What only the editor of a notebook shows: the page has its own form of it.
VIEW: Final = f"{PREFIX}view+json"
SOURCES: Final = f"{PREFIX}sources+json"
NOTE: Final = f"{PREFIX}note+json"
# What stands in the place of an output that was refused.
BAD: Final = f"{PREFIX}bad+json"


class Bad(Payload):
    """An output that was refused: what it was, why, and its cell, counted among the notebook's own code cells."""

    kind: Text
    what: Text
    cell: Count


MODELS: Final[dict[str, type[Payload]]] = {
    FIGURE: Figure, TABLE: Table, METRIC: Metric, TAKEAWAY: Takeaway, ANSWER: Answer, FINDING: Finding, PART: Part,
    VIEW: View, SOURCES: Sources, NOTE: Note, BAD: Bad,
}  # fmt: skip


# What a notebook publishes once under one name.
NAMED: Final = (FIGURE, TABLE, METRIC)


class Refused(ValueError):
    """A payload that does not have its form; the message is a clause that says what is wrong with which key."""


def checked(media: str, payload: object) -> dict[str, Any]:
    """The payload with the keys that its model names. Raises ``Refused``; a media type without a model is refused."""
    model = MODELS.get(media)
    if model is None:
        raise Refused("its kind is unknown")
    try:
        return model.model_validate(payload).model_dump()
    except ValidationError as error:
        raise Refused(_sentence(error)) from error
    except (RecursionError, OverflowError) as error:
        raise Refused("it is nested too deeply or holds a number that is too large") from error


def kind_of(media: str) -> str:
    """The media type in a word: ``figure``, ``metric`` ..."""
    return media.removeprefix(PREFIX).removesuffix("+json")


def _sentence(error: ValidationError, shown: int = 3) -> str:
    """What is wrong, key by key, without the values: they may be of any length."""
    found = list(dict.fromkeys(f"{_place(each['loc'])}{_words(each)}" for each in error.errors(include_url=False)))
    more = [f"and {len(found) - shown} more"] if len(found) > shown else []
    return "; ".join([*found[:shown], *more])


def _place(location: tuple[int | str, ...]) -> str:
    keys = [str(key) for key in location if isinstance(key, int) or key.isidentifier()]
    return f"{'.'.join(keys[:3])}: " if keys else ""


def _words(error: Any) -> str:
    known = {
        "missing": "is missing",
        "string_type": "must be a text",
        "string_unicode": "has a character that no page or workbook can show",
        "finite_number": "must be a finite number",
        "model_type": "must be a mapping",
    }
    message = str(error["msg"])
    plain = known.get(error["type"]) or message.removeprefix("Value error, ").replace("Input should be", "must be")
    return plain[:300]
