"""What a notebook hands on: figures, tables, metrics, takeaways, sources, and the note of each table read.

Everything becomes an output of the cell with a media type of its own, so that the executed notebook alone suffices for
the record and the report. Outside a kernel every function checks its arguments and is silent.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from jpresearch.errors import BadParameter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PREFIX: Final = "application/vnd.jpresearch."
FIGURE: Final = f"{PREFIX}figure+json"
TABLE: Final = f"{PREFIX}table+json"
METRIC: Final = f"{PREFIX}metric+json"
TAKEAWAY: Final = f"{PREFIX}takeaway+json"
SOURCES: Final = f"{PREFIX}sources+json"
NOTE: Final = f"{PREFIX}note+json"
FIGURE_DPI: Final = 144

Value = float | str | date


def in_kernel() -> bool:
    """Whether a Jupyter kernel listens (a plain or a terminal interpreter does not)."""
    from IPython import get_ipython

    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


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
    BadParameter : empty ``name`` or ``alt``.
    MissingGlyph : a text of the figure has a character that its font lacks.
    """
    _require_text(name=name, alt=alt)
    if not in_kernel():
        return
    from jpresearch.charts.png import to_picture

    picture = to_picture(fig)
    words = {"title": _written(fig, "title"), "source": source or _written(fig, "source")}
    payload = {"name": name, "alt": alt, **words, "width": picture.width, "height": picture.height, **_behind(data)}
    binary = picture.media == "image/png"
    content = base64.b64encode(picture.content).decode("ascii") if binary else picture.content.decode("utf-8")
    size = {"alt": alt, "width": picture.width, "height": picture.height}
    _display({picture.media: content, "text/plain": alt, FIGURE: payload}, {picture.media: size})


def table(name: str, frame: pd.DataFrame, *, caption: str, source: str | None = None) -> None:
    """Publish a table; a named index becomes its first columns. Raises ``BadParameter`` on an empty name or caption."""
    _require_text(name=name, caption=caption)
    if not in_kernel():
        return
    flat = _frame(frame)
    payload = {
        "name": name,
        "caption": caption,
        "source": source,
        "columns": [str(column) for column in flat.columns],
        "fields": _fields(flat),
        "rows": [[_cell(value) for value in row] for row in flat.itertuples(index=False)],
    }
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
        raise BadParameter(f"the interval {low}..{high} does not hold the value {plain!r}", f"metric {name!r}")
    if not in_kernel():
        return
    payload = {"name": name, "value": plain, "unit": unit, "low": _number(low), "high": _number(high)}
    interval = "" if low is None else f" ({low:g} to {high:g})"
    _display({"text/plain": f"{name} = {plain} {unit or ''}{interval}".strip(), METRIC: payload})


def takeaway(text: str) -> None:
    """Publish a sentence of the conclusion, built from numbers at run time."""
    _require_text(text=text)
    if in_kernel():
        _display({"text/plain": text, "text/markdown": f"- {text}", TAKEAWAY: {"text": text}})


def sources(rows: list[Mapping[str, Any]]) -> None:
    """Publish the table of sources: a mapping per table read, as ``jpresearch.tables.sources`` gives them."""
    if in_kernel():
        lines = [" | ".join(str(value) for value in row.values()) for row in rows]
        _display({"text/plain": "\n".join(lines), SOURCES: {"rows": [dict(row) for row in rows]}})


def note(content: Mapping[str, Any]) -> None:
    """Publish the note of a table read; ``jpresearch.tables.load`` calls it."""
    if in_kernel():
        _display({NOTE: dict(content)})


def _display(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
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
    return {"data": flat.to_csv(index=False, lineterminator="\n"), "fields": _fields(flat)}


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
    if (isinstance(plain, (int, float)) and math.isfinite(plain)) or (isinstance(plain, str) and plain):
        return plain
    raise BadParameter(
        f"the value {value!r} is neither a finite number nor a date nor a text",
        f"metric {name!r}",
        "Publish a text that says why there is no number.",
    )


def _inside(value: float | str, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(low) and math.isfinite(high) and low <= value <= high


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _require_text(**texts: str) -> None:
    for field, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise BadParameter(f"{field} must be a text that is not empty", "publish")
