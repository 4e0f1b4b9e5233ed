"""What a notebook hands on: figures, tables, metrics, takeaways, sources, and the note of each table read.

Everything becomes an output of the cell with a media type of its own, so that the executed notebook alone suffices for
the record and the report. Outside a kernel every function checks its arguments and is silent, unless ``collected``
takes its outputs.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from jpresearch import folders, payloads
from jpresearch.errors import BadParameter
from jpresearch.payloads import FIGURE, METRIC, NOTE, SOURCES, TABLE, TAKEAWAY

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

DOTS_PER_INCH: Final = 96
EMPTY_DRAWING: Final = '<svg xmlns="http://www.w3.org/2000/svg"/>'

Value = float | str | date
_READS: Final[dict[str, dict[str, Any]]] = {}

# What this kernel has published: the number of the execution that did it.
_published: dict[tuple[str, str], int] = {}


@dataclass(frozen=True)
class Collected:
    """Outputs in order, each as a notebook's format keeps it: ``output_type``, ``data`` by media type, ``metadata``.

    Without ``pictures`` no figure is drawn: its output has the payload (frame, words, size) and an empty picture.
    """

    pictures: bool = True
    outputs: list[dict[str, Any]] = field(default_factory=list)
    names: dict[tuple[str, str], int] = field(default_factory=dict)


_collecting: ContextVar[Collected | None] = ContextVar("jpresearch.publish", default=None)


@contextmanager
def collected(*, pictures: bool = True) -> Iterator[Collected]:
    """Take what is published inside the block, that of one notebook, instead of showing it.

    Parameters
    ----------
    pictures : whether figures are drawn; a glyph that a font lacks is found only where they are.
    """
    found = Collected(pictures)
    before = _collecting.set(found)
    try:
        yield found
    finally:
        _collecting.reset(before)


def in_kernel() -> bool:
    """Whether a Jupyter kernel listens (a plain or a terminal interpreter does not)."""
    from IPython import get_ipython

    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def _heard() -> bool:
    """Whether anyone takes what is published."""
    return _collecting.get() is not None or in_kernel()


def figure(
    name: str,
    fig: Figure,
    *,
    alt: str,
    data: pd.DataFrame | pd.Series[Any] | None = None,
    source: str | None = None,
) -> None:
    """Publish a figure.

    Parameters
    ----------
    name : short name, unique in the notebook.
    fig : the figure; drawn as PNG or SVG, whichever is smaller, crisp on screens of high density.
    alt : the finding in words, for readers who cannot see the picture.
    data : the frame (or series) behind the figure, offered to readers as CSV and in the workbook.
    source : where the figures come from; a chart of the house carries it already.

    Raises
    ------
    BadParameter : empty ``name`` or ``alt``, or one that is no text; more than 62 inches on a side; data with control
        letters or cells longer than a workbook takes.
    MissingGlyph : a text of the figure has a character that its font lacks.
    """
    _require_text(name=name, alt=alt)
    width, height = (round(float(side) * DOTS_PER_INCH) for side in fig.get_size_inches())
    payload = {"name": name, "alt": alt, "title": _written(fig, "title"), "source": source or _written(fig, "source")}
    payload = _checked(FIGURE, {**payload, "width": width, "height": height, **_behind(data)})
    if not _heard():
        return
    picture = _picture(fig)
    size = {"alt": alt, "width": width, "height": height}
    _display({**picture, "text/plain": alt, FIGURE: payload}, dict.fromkeys(picture, size))


def table(name: str, frame: pd.DataFrame, *, caption: str, source: str | None = None) -> None:
    """Publish a table; a named index becomes its first columns. Raises ``BadParameter`` on an empty name or
    caption, infinite numbers, control letters and cells longer than a workbook takes.
    """
    _require_text(name=name, caption=caption)
    flat = _frame(frame)
    payload = {
        "name": name,
        "caption": caption,
        "source": source,
        "columns": [str(column) for column in flat.columns],
        "fields": _fields(flat),
        "rows": [[_cell(value) for value in row] for row in flat.itertuples(index=False)],
    }
    payload = _checked(TABLE, payload)
    if not _heard():
        return
    _display({"text/plain": f"{caption}\n{flat.to_string(index=False)}", "text/html": _html(flat), TABLE: payload})


def metric(
    name: str, value: Value, *, unit: str | None = None, low: float | None = None, high: float | None = None
) -> None:
    """Publish a figure by name: a number, a date or a text, with the ends of its interval where it is an estimate.

    Raises
    ------
    BadParameter : empty name, a number that is not finite, or an interval that does not hold the value.
    """
    _require_text(name=name)
    plain = _plain(name, value)
    if (low is None) != (high is None):
        raise BadParameter("an interval needs both ends", f"metric {name!r}")
    if low is not None and high is not None and not _inside(plain, low, high):
        interval = f"{_shown(low)}..{_shown(high)}"
        raise BadParameter(f"the interval {interval} does not hold the value {_shown(plain)}", f"metric {name!r}")
    payload = {"name": name, "value": plain, "unit": unit, "low": _number(low), "high": _number(high)}
    payload = _checked(METRIC, payload)
    if not _heard():
        return
    interval = "" if low is None else f" ({low:g} to {high:g})"
    _display({"text/plain": f"{name} = {plain} {unit or ''}{interval}".strip(), METRIC: payload})


def takeaway(text: str) -> None:
    """Publish a sentence of the conclusion, built from numbers at run time."""
    _require_text(text=text)
    payload = _checked(TAKEAWAY, {"text": text})
    if _heard():
        _display({"text/plain": text, "text/markdown": f"- {text}", TAKEAWAY: payload})


def sources(rows: list[Mapping[str, Any]]) -> None:
    """Publish the table of sources: a mapping per table read, as ``jpresearch.tables.sources`` gives them."""
    payload = _checked(SOURCES, {"rows": [dict(row) for row in rows]})
    if _heard():
        lines = [" | ".join(str(value) for value in row.values()) for row in rows]
        _display({"text/plain": "\n".join(lines), SOURCES: payload})


def note(content: Mapping[str, Any]) -> None:
    """Publish the note of a table read; ``jpresearch.tables.load`` calls it."""
    _READS[str(content.get("table"))] = dict(content)
    if _heard():
        _display({NOTE: dict(content)})


def _checked(media: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload in its form. Raises ``BadParameter`` where a reader of the notebook would refuse it."""
    name = payload.get("name")
    where = f"publish.{payloads.kind_of(media)}" + (f" {name!r:.60}" if isinstance(name, str) else "")
    try:
        found = payloads.checked(media, dict(payload))
    except payloads.Refused as error:
        raise BadParameter(str(error), where) from error
    if media in payloads.NAMED:
        _require_first(media, found["name"], where)
    return found


def _require_first(media: str, name: str, where: str) -> None:
    """Raises ``BadParameter`` where the name is taken. In a session a cell may run again and publish it anew."""
    from IPython import get_ipython

    found = _collecting.get()
    execution = getattr(get_ipython(), "execution_count", None) if found is None else 0
    if execution is None:
        return
    names = _published if found is None else found.names
    before = names.get((media, name))
    if before is not None and (before == execution or folders.RUN_VARIABLE in os.environ):
        raise BadParameter("this name is published a second time", where, "Give it a name of its own.")
    names[media, name] = execution


def _picture(fig: Figure) -> dict[str, str]:
    """The figure drawn, by media type; an empty drawing where nobody wants pictures."""
    found = _collecting.get()
    if found is not None and not found.pictures:
        return {"image/svg+xml": EMPTY_DRAWING}
    from jpresearch.charts.png import to_picture

    drawn = to_picture(fig)
    binary = drawn.media == "image/png"
    return {drawn.media: base64.b64encode(drawn.content).decode("ascii") if binary else drawn.content.decode("utf-8")}


def reads() -> list[dict[str, Any]]:
    """The newest note of each table read in this process, in the order of first reads."""
    return list(_READS.values())


def _display(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    found = _collecting.get()
    if found is not None:
        found.outputs.append({"output_type": "display_data", "data": bundle, "metadata": metadata or {}})
        return
    from IPython.display import display

    display(bundle, metadata=metadata or {}, raw=True)


def _written(fig: Figure, gid: str) -> str | None:
    """What a chart of the house has written as its title or source, on one line."""
    found = [" ".join(text.get_text().split()) for text in fig.texts if text.get_gid() == gid]
    return " ".join(found) or None


def _behind(data: pd.DataFrame | pd.Series[Any] | None) -> dict[str, Any]:
    """The frame behind a figure as CSV, with the kind of each column, which CSV does not keep."""
    if data is None:
        return {"data": None, "fields": []}
    flat = _frame(data)
    text = flat.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        # The csv module leaves a bare carriage return without quotes, and no reader takes it there.
        text = flat.replace("\r\n?", "\n", regex=True).to_csv(index=False, lineterminator="\n")
    return {"data": text, "fields": _fields(flat)}


def _frame(data: pd.DataFrame | pd.Series[Any]) -> pd.DataFrame:
    """The data with a meaningful index (any but a bare range) turned into columns."""
    import pandas as pd

    frame = data.to_frame() if isinstance(data, pd.Series) else data
    bare = frame.index.nlevels == 1 and frame.index.name is None and frame.index.dtype.kind in "iu"
    flat = frame if bare else frame.reset_index()
    return flat.rename(columns=lambda name: str(name).removesuffix(" 00:00:00"))


def _fields(frame: pd.DataFrame) -> list[str]:
    """The kind of each column: ``date``, ``number`` or ``string``."""
    kinds = {"M": "date", "i": "number", "u": "number", "f": "number"}
    return [kinds.get(getattr(dtype, "kind", "O"), "string") for dtype in frame.dtypes]


def _html(frame: pd.DataFrame) -> str:
    return str(frame.to_html(index=False, border=0, na_rep="", escape=True))


def _cell(value: Any) -> Any:
    """A table cell as JSON: missing is ``None``, a moment or day is ISO text, numbers and texts stay."""
    if value is None or str(value) in ("NaT", "nan", "<NA>"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10] if str(value).endswith("00:00:00") else value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def _plain(name: str, value: Value) -> float | str:
    """A metric's value as JSON. Raises ``BadParameter`` unless it is a finite number, a date or a text."""
    plain = _cell(value)
    if payloads.finite(plain) or (isinstance(plain, str) and plain):
        return plain  # type: ignore[no-any-return]
    raise BadParameter(
        f"the value {_shown(value)} is neither a finite number nor a date nor a text",
        f"metric {name!r}",
        "Publish a text that says why there is no number.",
    )


def _shown(value: object) -> str:
    """A value as a message shows it; a whole number of thousands of digits has no text."""
    try:
        return f"{value!r:.80}"
    except ValueError:
        return "given"


def _inside(value: float | str, low: object, high: object) -> bool:
    return payloads.finite(value) and payloads.finite(low) and payloads.finite(high) and low <= value <= high  # type: ignore[operator]


def _number(value: Any) -> Any:
    """An end of an interval as JSON; what is no number is refused with the payload."""
    return value if value is None or isinstance(value, int) else _cell(value)


def _require_text(**texts: str) -> None:
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise BadParameter(f"{name} must be a text that is not empty", "publish")
